//! A canary goes everywhere that a secret can go, and is nowhere to be seen.

use crate::support::{Answer, Played, Stage};
use harness_model::verdict::Verdict;

/// With characters that JSON and URLs escape, and some that only one of the URL encodings escapes.
const SECRET: &str = r#"sk-ca_na.ry"1/\2&%~x"#;
/// What a server hands out later.
const LATER: &str = r#"at-la_te.r"3/\4&%~y"#;

/// The canaries in every form: plain, JSON-escaped, percent-encoded (strictly and as in paths), base64.
const FORMS: [&str; 9] = [
    SECRET,
    LATER,
    r#"sk-ca_na.ry\"1/\\2&%~x"#,
    r#"at-la_te.r\"3/\\4&%~y"#,
    "sk-ca_na.ry%221%2F%5C2%26%25~x",
    "at-la_te.r%223%2F%5C4%26%25~y",
    "at%2Dla%5Fte%2Er%223%2F%5C4%26%25%7Ey",
    "c2stY2FfbmEucnkiMS9cMiYlfng",
    "YXQtbGFfdGUuciIzL1w0JiV+eQ",
];

const STEPS: &str = r#"
[[step]]
name     = "log in"
run.http = { on = "api", as = "key", method = "POST", path = "/login", body = "login.json.j2" }
secret   = ["body.session.token"]
expect   = ["status == 200"]
capture  = { later = "body.session.token" }
[[step]]
name     = "go on"
run.http = { on = "api", path = "/with/{{ later }}", headers = { x-later = "{{ later }}" } }
expect   = ["text == later", "body.echo == 'no'"]
"#;

fn assert_clean(played: &Played) {
    let mut written: Vec<String> = Vec::new();
    for event in played.chronicle.events() {
        written.push(format!("{event:?}"));
        written.push(serde_json::to_string(&event).expect("an event is JSON"));
        if let harness_model::event::Event::Exchange { exchange, .. } = event {
            written.extend([exchange.url, exchange.response_body]);
            written.extend(exchange.request_body);
        }
    }
    written.push(played.ending().cause.clone());
    for text in written {
        let seen = FORMS.iter().find(|form| text.contains(**form));
        assert_eq!(seen, None, "in {text}");
    }
}

#[tokio::test]
async fn a_secret_is_in_no_event_and_in_no_ending_in_any_form() {
    let stage = Stage::with(|seen| match seen.path.as_str() {
        "/login" => {
            let token = serde_json::Value::from(LATER);
            Answer::new(200, format!("{{\"session\": {{\"token\": {token}}}, \"echo\": {}}}", seen.body))
                .with("x-echo", seen.header("authorization").unwrap_or_default())
        }
        _ => Answer::new(200, format!("{} {SECRET} {} {}", seen.path, LATER, FORMS.join(" "))),
    });
    let stage =
        stage.await.secret(SECRET).scenario(STEPS).template("login.json.j2", "{\"pw\": {{ secret.TOKEN }}}");
    let played = stage.play().await;
    played.assert(Verdict::Failed);
    let requests = played.chronicle.requests();
    assert_eq!(requests[0].json()["pw"], SECRET);
    assert_eq!(requests[0].header("authorization"), Some(format!("Bearer {SECRET}").as_str()));
    assert_eq!(requests[1].header("x-later"), Some(LATER));
    assert_clean(&played);
    assert!(played.journal.scrub(LATER) == "[secret]");
}

#[tokio::test]
async fn a_secret_in_an_error_is_not_shown() {
    let steps = "[[step]]\nname = \"look\"\nrun.http = { on = \"api\", as = \"key\", path = \"/x\" }\nexpect = [\"text\"]";
    let played = Stage::with(|_| Answer::new(200, SECRET)).await.secret(SECRET).scenario(steps).play().await;
    played.assert_cause(Verdict::Errored, &["[secret]"]);
    assert_clean(&played);
}

#[tokio::test]
async fn a_secret_that_a_summary_would_cut_in_two_is_not_shown_in_part() {
    let steps =
        "[[step]]\nname = \"look\"\nrun.http = { on = \"api\", path = \"/x\" }\nexpect = [\"status == 201\"]";
    let stage = Stage::with(|_| Answer::new(200, format!("{}{SECRET}", "x".repeat(392))));
    let played = stage.await.secret(SECRET).scenario(steps).play().await;
    played.assert(Verdict::Failed);
    assert!(!played.ending().cause.contains("sk-ca_na"), "{}", played.ending().cause);
}
