use super::{Assertion, Part, assertions};
use crate::name::FixtureName;
use crate::source::{Source, SuiteText};
use crate::suite::Suite;
use crate::validate::compile;
use crate::verdict::unmade;

const SUITE: &str = "[suite]\nname = \"shop\"\n[service.api]\nbase = \"https://api.example\"\n[environment.here]\n\
                     provides = \"secrets\"\n";
const SCENARIO: &str = r#"
[scenario]
name = "one"
[[step]]
name     = "look"
run.http = { on = "api", path = "/x" }
expect   = ["status == 200", "body.ready"]
[[step]]
name     = "wait"
run.http = { on = "api", path = "/x" }
[step.poll]
until   = "body.state == 'up'"
fail-if = "body.state == 'down'"
within  = "1m"
"#;

fn suite() -> Suite {
    let text = SuiteText {
        suite: Some(Source::new("suite.toml", SUITE)),
        scenarios: vec![Source::new("one.toml", SCENARIO)],
        ..SuiteText::default()
    };
    compile(&text).expect("it is right")
}

fn told(assertion: &Assertion) -> String {
    format!("{} {} {} {}", assertion.location, assertion.step, assertion.part, assertion.text)
}

#[test]
fn every_assertion_is_found_with_its_place() {
    let found: Vec<String> = assertions(&suite(), |_| true).iter().map(told).collect();
    assert_eq!(
        found,
        [
            "one.toml:7 look expect status == 200",
            "one.toml:7 look expect body.ready",
            "one.toml:12 wait until body.state == 'up'",
            "one.toml:13 wait fail-if body.state == 'down'",
        ]
    );
    assert!(assertions(&suite(), |_| false).is_empty());
}

#[test]
fn exactly_one_assertion_is_taken_out() {
    let whole: Vec<String> = assertions(&suite(), |_| true).iter().map(told).collect();
    for assertion in assertions(&suite(), |_| true) {
        let weaker = assertion.taken_out_of(&suite()).expect("it has it");
        let left: Vec<String> = assertions(&weaker, |_| true).iter().map(told).collect();
        let gone: Vec<&String> = whole.iter().filter(|told| !left.contains(told)).collect();
        assert_eq!(gone, [&told(&assertion)]);
        let expected = if assertion.part == Part::Until { whole.len() } else { whole.len() - 1 };
        assert_eq!(left.len(), expected, "a poll still waits for something: {left:?}");
    }
}

#[test]
fn a_red_names_the_condition_that_was_violated_and_one_that_was_waited_for_is_the_only_one() {
    let found = assertions(&suite(), |_| true);
    let says = |cause: &str| {
        let of: Vec<String> =
            found.iter().filter(|one| one.may_say(cause)).map(|one| one.text.clone()).collect();
        of
    };
    assert_eq!(says("expect  body.ready"), ["body.ready"]);
    assert_eq!(says(&unmade(&FixtureName::new("org"), "expect  body.ready")), ["body.ready"]);
    assert_eq!(says("must notbody.state == 'down'"), ["body.state == 'down'"]);
    assert_eq!(says("not within 10.0s, in 3 looks"), ["body.state == 'up'"]);
}
