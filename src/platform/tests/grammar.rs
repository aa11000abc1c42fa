//! The text of a fault: read, written, and refused with a word on how to mend it.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;
use shakedown_platform::{Defect, Fault, Need, Wire};

/// A limit as it is written.
fn limit() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    prop_oneof![
        Just(vec![]),
        (1..u64::MAX).prop_map(|time| vec![("nth", time.to_string())]),
        (1..u64::MAX).prop_map(|times| vec![("first", times.to_string())]),
        (1..=999_999_u32, any::<u64>())
            .prop_map(|(share, seed)| vec![("share", format!("0.{share:06}")), ("seed", seed.to_string())]),
    ]
}

/// A pattern as it is written.
fn on() -> impl Strategy<Value = String> {
    let method = select(vec!["GET", "POST", "DELETE", "*"]);
    let segment = prop_oneof![Just("*".to_owned()), "[a-z0-9._-]{1,8}", "%2C|%2A|%3A|a%20b|%7Bid}"];
    (method, prop::collection::vec(segment, 1..4), any::<bool>()).prop_map(|(method, segments, has_rest)| {
        format!("{method} /{}{}", segments.join("/"), if has_rest { "/**" } else { "" })
    })
}

/// A value that suits a parameter.
fn value(key: &'static str, fault: &'static str) -> BoxedStrategy<String> {
    match key {
        "is" => (200..600_u16).prop_map(|status| status.to_string()).boxed(),
        "body" => select(vec!["json", "text", "html", "empty"]).prop_map(str::to_owned).boxed(),
        "retry-after" | "bytes" => any::<u64>().prop_map(|number| number.to_string()).boxed(),
        "by" => (0..3_600_000_u32).prop_map(|by| format!("{by}ms")).boxed(),
        "at" => "(/[a-z]{1,4}|/\\*|/0|/a~0b|/a~1b){1,4}".boxed(),
        "name" => "[a-z]{1,8}(-[a-z]{1,8})?".boxed(),
        "to" if fault == "header" => "[a-z0-9]{1,8}(, [a-z0-9=]{1,8})?".boxed(),
        _ => prop_oneof![
            "[ -~]{0,16}".prop_map(|text| json!(text)),
            any::<i64>().prop_map(|number| json!(number)),
            any::<bool>().prop_map(|truth| json!(truth)),
            ("[a-z,=]{1,8}", any::<u8>()).prop_map(|(key, number)| json!({ key: [number, null] })),
        ]
        .prop_map(|value| value.to_string())
        .boxed(),
    }
}

/// A wire fault as it is written, with its parameters in any order.
fn wire() -> impl Strategy<Value = String> {
    select(Wire::forms()).prop_flat_map(|form| {
        let values: Vec<BoxedStrategy<(&'static str, String)>> = form
            .parameters
            .iter()
            .map(|parameter| {
                let key = parameter.key;
                value(key, form.name).prop_map(move |value| (key, value)).boxed()
            })
            .collect();
        (on(), prop::option::of(on()), values, limit())
            .prop_map(|(on, after, values, limit)| {
                let after = after.map(|after| ("after", after)).into_iter().collect();
                [vec![("on", on)], after, values, limit].concat()
            })
            .prop_shuffle()
            .prop_map(move |parameters| {
                let written: Vec<String> =
                    parameters.iter().map(|(key, value)| format!("{key}={value}")).collect();
                format!("{}:{}", form.name, written.join(","))
            })
    })
}

fn inside() -> impl Strategy<Value = String> {
    (select(Fault::ALL), limit()).prop_map(|(fault, limit)| {
        let written: Vec<String> = limit.iter().map(|(key, value)| format!("{key}={value}")).collect();
        if written.is_empty() { fault.to_string() } else { format!("{fault}:{}", written.join(",")) }
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back(text in prop_oneof![inside(), wire()]) {
        let defect: Defect = text.parse().map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        let written = defect.to_string();
        prop_assert_eq!(written.parse::<Defect>(), Ok(defect), "{} from {}", written, text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(status|json|header|create-500):?[ -~]{0,40}") {
        if let Ok(defect) = text.parse::<Defect>() {
            prop_assert_eq!(defect.to_string().parse::<Defect>(), Ok(defect));
        }
    }
}

#[test]
fn every_form_reads_its_example_and_misses_what_it_must_have() {
    for form in Wire::forms() {
        let defect: Defect = form.example.parse().unwrap_or_else(|error| panic!("{}: {error}", form.name));
        assert_eq!((defect.name(), defect.to_string().parse::<Defect>()), (form.name, Ok(defect.clone())));
        let alone = form.name.parse::<Defect>().unwrap_err().to_string();
        assert_eq!(
            alone,
            format!("fault `{0}` lacks `on=…`; it is written like `{1}`", form.name, form.example)
        );
        let bare = format!("{}:on=GET /a", form.name).parse::<Defect>();
        let first = form.parameters.iter().find(|parameter| parameter.need == Need::Required);
        let told = bare.map_err(|error| error.to_string());
        match first {
            Some(parameter) => {
                let lack = format!(
                    "fault `{}` lacks `{}=…`; it is written like `{}`",
                    form.name, parameter.key, form.example
                );
                assert_eq!(told, Err(lack));
            }
            None => assert_eq!(told.map(|defect| defect.name()), Ok(form.name)),
        }
    }
}

#[test]
fn what_is_written_is_the_shortest_right_order() {
    for (text, written) in [
        ("create-500", "create-500"),
        (" create-500 : nth = 2 ", "create-500:nth=2"),
        ("a2a-echo:seed=7,share=0.250", "a2a-echo:share=0.25,seed=7"),
        ("a2a-echo:share=1", "a2a-echo:share=1,seed=0"),
        (
            "json:to={\"a\": [1, 2]},at=/status,nth=1,on=GET /workspaces/*",
            "json:on=GET /workspaces/*,at=/status,nth=1,to={\"a\":[1,2]}",
        ),
        ("header:on=* /**,name=X-A,to=a, b,first=2", "header:on=* /**,name=x-a,first=2,to=a, b"),
        ("status:nth=1,is=503,after=POST /b,on=GET /a", "status:on=GET /a,after=POST /b,is=503,nth=1"),
        ("delay:on=GET /a,by=1500ms", "delay:on=GET /a,by=1s 500ms"),
    ] {
        assert_eq!(text.parse::<Defect>().map(|defect| defect.to_string()), Ok(written.to_owned()), "{text}");
    }
}

#[test]
fn what_is_wrong_is_named_with_the_way_to_mend_it() {
    let limits = "`nth`, `first`, `share`, `seed`";
    for (text, told) in [
        ("create-50", "unknown fault `create-50`, did you mean `create-500`?; known faults: create-500, ".to_owned()),
        ("statu:on=GET /a,is=500", "unknown fault `statu`, did you mean `status`?; known faults: create-500, ".to_owned()),
        ("create-500:2", "fault `create-500`: `2` is no parameter; they are written `key=value`, with commas between them: `create-500:nth=2`".to_owned()),
        ("create-500:", "fault `create-500`: `` is no parameter; they".to_owned()),
        ("create-500:shares=1", format!("fault `create-500` has no parameter `shares`, did you mean `share`?; it takes {limits}")),
        ("status:on=GET /a,si=5", format!("fault `status` has no parameter `si`; it takes `on`, `after`, `is`, {limits}")),
        ("create-500:nth=2,nth=3", "fault `create-500` has `nth` twice; one of them is enough".to_owned()),
        ("create-500:nth=0", "fault `create-500`: `nth=0` is wrong: it must be a whole number from 1 on".to_owned()),
        ("create-500:share=25%", "fault `create-500`: `share=25%` is wrong: a share is more than 0 and at most 1, with at most six decimal places, such as 0.25".to_owned()),
        ("create-500:nth=2,first=3", "fault `create-500` has both `nth` and `first`; it can be limited in one way only (nth=2, first=3, or share=0.25,seed=7)".to_owned()),
        ("create-500:seed=7", "fault `create-500` lacks `share=…`; it is written like `create-500:share=0.25,seed=7`".to_owned()),
        ("status:on=GET /a,is=ok", "fault `status`: `is=ok` is wrong: it is the status of an answer, 200 to 599".to_owned()),
        ("status:on=GET /a,is=100", "fault `status`: `is=100` is wrong".to_owned()),
        ("status:on=/a,is=500", "fault `status`: `on=/a` is wrong: it is a method and a path, such as `GET /workspaces/*`; either may be any: `* /**`".to_owned()),
        ("status:on=GET /a,after=/b,is=500", "fault `status`: `after=/b` is wrong: it is a method and a path, such as `GET /workspaces/*`".to_owned()),
        ("json:on=GET /a,at=status,to=1", "fault `json`: `at=status` is wrong: it is a JSON Pointer, such as `/status` or `/orgs/0/status`".to_owned()),
        ("json:on=GET /a,at=/status,to=failed", "fault `json`: `to=failed` is wrong: it is JSON: a text has quotes (to=\"failed\")".to_owned()),
        ("json:on=GET /a,at=/status,to=1 2", "fault `json`: `to=1 2` is wrong".to_owned()),
        ("without:on=GET /a,at=", "fault `without`: `at=` is wrong: the document itself is there in any case".to_owned()),
        ("delay:on=GET /a,by=2h", "fault `delay`: `by=2h` is wrong: it is a duration above zero and of at most an hour, such as `500ms` or `2s`".to_owned()),
        ("body-slow:on=GET /a,by=0s", "fault `body-slow`: `by=0s` is wrong: it is a duration above zero".to_owned()),
        ("answer:on=GET /a,is=500,body=xml", "fault `answer`: `body=xml` is wrong: it is `json`, `text`, `html` or `empty`".to_owned()),
        ("header:on=GET /a,name=a b,to=1", "fault `header`: `name=a b` is wrong: it is the name of a header".to_owned()),
    ] {
        let error = text.parse::<Defect>().unwrap_err().to_string();
        assert!(error.starts_with(&told), "{text}: {error}");
    }
}
