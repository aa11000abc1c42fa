//! What `secret` names is not shown, whatever shape the answer has in which it was to stand.

use crate::support::{Answer, Played, Stage};
use harness_model::verdict::Verdict;

const CANARY: &str = "tk-canary-4471";

fn step(secret: &str, rest: &str) -> String {
    format!(
        "[[step]]\nname = \"ask\"\nrun.http = {{ on = \"api\", path = \"/x\" }}\nsecret = [\"{secret}\"]\n{rest}\n"
    )
}

async fn meet(reply: Answer, steps: &str) -> Played {
    Stage::with(move |_| reply.clone()).await.scenario(steps).play().await
}

/// Everything that a run writes down or says.
fn written(played: &Played) -> String {
    let mut written = played.ending().cause.clone();
    for event in played.chronicle.events() {
        written += &serde_json::to_string(&event).expect("an event is JSON");
    }
    written
}

/// Nothing of it is seen, however the step reads the reply.
async fn hides(reply: Answer, secret: &str, canary: &str) -> Vec<Played> {
    let reads = [
        "expect = [\"status == 418\", \"body.token == 1\"]",
        "expect = [\"text == '' and headers.x_key == '' and body.data.Token == ''\"]",
        "expect = [\"text\"]",
        "expect = [\"body\"]",
        "expect = [\"status == 200\"]\ncapture = { it = \"body.nowhere.at.all\" }",
        "poll = { until = \"status == 418\", fail-if = \"text != ''\", every = \"5ms\", within = \"20s\" }",
    ];
    let mut all = Vec::new();
    for rest in reads {
        let played = meet(reply.clone(), &step(secret, rest)).await;
        let written = written(&played);
        assert!(!written.contains(canary), "{rest} {written}");
        all.push(played);
    }
    all
}

#[tokio::test]
async fn a_reply_of_another_shape_than_expected_is_hidden_as_a_whole() {
    let deep = format!("{}\"{CANARY}\"{}", "{\"token\": ".repeat(200), "}".repeat(200));
    let shapes = [
        format!("\u{feff}{{\"token\": \"{CANARY}\"}}"),
        format!("{{\"token\": \"{CANARY}\"}} trailing"),
        format!("{{\"token\": \"{CANARY}\", \"rate\": NaN}}"),
        format!("{{\"token\": \"{CANARY}\", \"rate\": 1e999}}"),
        format!("{{\"token\": \"{CANARY}\", \"odd\": \"\\ud800\"}}"),
        format!("{{\"token\": \"{CANARY}\", \"odd\": \"\u{1}\"}}"),
        format!(")]}}'\n{{\"token\": \"{CANARY}\"}}"),
        format!("token={CANARY}&kind=x"),
        format!("{{\"data\": {{\"token\": \"{CANARY}\"}}}}"),
        format!("{{\"Token\": \"{CANARY}\"}}"),
        format!("{{\"token\": null, \"data\": {{\"Token\": \"{CANARY}\"}}}}"),
        deep,
    ];
    for body in shapes {
        let start = body.chars().take(80).collect::<String>();
        let played = &hides(Answer::new(200, body), "body.token", CANARY).await[0];
        let words = ["[body hidden: it ", " what `secret` names", ": body.token]"];
        assert!(
            words.iter().all(|word| played.ending().cause.contains(word)),
            "{start}: {}",
            played.ending().cause
        );
        let body = &played.chronicle.exchanges()[0].response_body;
        assert!(body.starts_with("[body hidden: it "), "{start}: {body}");
    }
}

#[tokio::test]
async fn a_reply_of_too_many_values_is_hidden_and_so_is_what_a_poll_sees_of_one() {
    let many = format!("{{\"token\": \"{CANARY}\", \"all\": [{}0]}}", "0,".repeat(200_001));
    let missing = format!("{{\"Token\": \"{CANARY}\", \"status\": \"down\"}}");
    for (body, until) in [(many, "text == ''"), (missing, "body.status == 'up'")] {
        let rest = format!("poll = {{ until = \"{until}\", every = \"50ms\", within = \"400ms\" }}");
        let played = meet(Answer::new(200, body), &step("body.token", &rest)).await;
        assert!(!written(&played).contains(CANARY), "{until} {}", written(&played));
        played.assert_cause(Verdict::Failed, &["not within 400ms", "[body hidden: it does not have "]);
    }
}

#[tokio::test]
async fn a_key_that_is_there_twice_hides_the_reply_in_which_it_is() {
    let body = format!("{{\"token\": \"{CANARY}\", \"token\": \"tk-another-4471\"}}");
    let played = &hides(Answer::new(200, body), "body.token", CANARY).await[0];
    played.assert_cause(
        Verdict::Failed,
        &["[body hidden: it has more than once what `secret` names: body.token]"],
    );
}

#[tokio::test]
async fn whole_numbers_and_keys_are_learnt_like_texts() {
    let number = "918273645546372";
    let body = format!("{{\"token\": {number}, \"again\": \"{number}\"}}");
    let played = &hides(Answer::new(200, body), "body.token", number).await[0];
    let shown = &played.chronicle.exchanges()[0].response_body;
    assert_eq!(shown, "{\"token\": [secret], \"again\": \"[secret]\"}");
    let body =
        format!("{{\"token\": {{\"{CANARY}\": {{\"expires_in\": 1234567890}}}}, \"name\": \"expires_in\"}}");
    let played = &hides(Answer::new(200, body), "body.token", CANARY).await[0];
    let shown = &played.chronicle.exchanges()[0].response_body;
    assert_eq!(shown, "{\"token\": {\"[secret]\": {\"expires_in\": [secret]}}, \"name\": \"expires_in\"}");
}

#[tokio::test]
async fn what_is_too_short_to_be_learnt_is_masked_at_its_place_and_hides_no_words() {
    for short in ["\"9904471\"", "9904471", "0.99044719904471", "{\"pin\": \"9904471\"}", "[\"9904471\"]"] {
        let body = format!("{{\"token\": {short}, \"status\": \"up\"}}");
        let all = hides(Answer::new(200, body), "body.token", "9904471").await;
        let shown = &all[0].chronicle.exchanges()[0].response_body;
        assert_eq!(shown, "{\"token\":\"[secret]\",\"status\":\"up\"}", "{short}");
    }
    let mask = |text: &str| Answer::new(200, "{}").with("x-key", text.to_owned());
    for played in hides(mask("9904471"), "headers.x_key", "9904471").await {
        let (_, shown) = played.chronicle.exchanges()[0]
            .response_headers
            .iter()
            .find(|(name, _)| name == "x-key")
            .cloned()
            .expect("it came");
        assert_eq!(shown, "[secret]");
    }
    let status = meet(
        Answer::new(200, "{\"token\": \"up\", \"status\": \"up\"}"),
        &step("body.token", "expect = [\"body.status == 'down'\"]"),
    )
    .await;
    status.assert_cause(Verdict::Failed, &["body.status = \"up\""]);
}

#[tokio::test]
async fn conditions_and_captures_read_what_is_hidden() {
    let steps = step(
        "body.token",
        "expect = [\"body.data.token is string\"]\ncapture = { it = \"body.data.token\" }\n[[step]]\nname = \"use\"\nrun.http = { on = \"api\", path = \"/y\", headers = { x-it = \"{{ it }}\" } }\nexpect = [\"status == 200\"]",
    );
    let played = meet(Answer::new(200, format!("{{\"data\": {{\"token\": \"{CANARY}\"}}}}")), &steps).await;
    played.assert(Verdict::Passed);
    assert_eq!(played.chronicle.requests()[1].header("x-it"), Some(CANARY));
}

#[tokio::test]
async fn a_refusal_is_read_unless_something_in_it_has_the_name_of_the_secret() {
    let step = step("body.auth_token", "expect = [\"status == 201\"]");
    for open in [
        "{\"code\": \"QUOTA\", \"error\": \"no auth_token left\"}",
        "<h1>Bad Gateway</h1>",
        "{\"auth_token\": null, \"error\": \"QUOTA\"}",
    ] {
        let played = meet(Answer::new(403, open), &step).await;
        assert_eq!(played.chronicle.exchanges()[0].response_body, open);
        played.assert_cause(Verdict::Failed, &["status = 403", open]);
    }
    for hidden in [format!("{{\"key\": {{\"Auth_Token\": \"{CANARY}\"}}}}"), format!("auth_token={CANARY}")] {
        let played = meet(Answer::new(409, hidden), &step).await;
        assert!(!written(&played).contains(CANARY), "{}", written(&played));
        played.assert_cause(
            Verdict::Failed,
            &["[body hidden: it does not have what `secret` names: body.auth_token]"],
        );
    }
}

#[tokio::test]
async fn a_reply_that_is_empty_has_nothing_to_hide() {
    let played = meet(Answer::new(204, ""), &step("body.token", "expect = [\"status == 201\"]")).await;
    played.assert_cause(Verdict::Failed, &["204 with an empty body"]);
}

#[tokio::test]
async fn a_program_whose_secret_is_not_found_shows_nothing_of_what_it_said() {
    let run = |said: &str, exit: &str, rest: &str| {
        let said = said.replace('"', "\\\"");
        Stage::at("http://127.0.0.1:1").scenario(&format!(
            "[[step]]\nname = \"ask\"\nrun.exec = {{ program = \"programs/answer\", args = [\"{said}\", \"\", \"{exit}\"] }}\nsecret = [\"json.token\"]\n{rest}\n"
        ))
    };
    let hidden = "[stdout hidden: it does not have what `secret` names: json.token]";
    for rest in ["expect = [\"exit == 7\"]", "expect = [\"stdout == ''\"]", "expect = [\"stdout\"]"] {
        // What a program is told with its command line is no answer.
        let played = run("%CANARY%", "0", rest).play().await;
        let said = written(&played);
        assert!(said.contains(hidden) && !said.contains("\"stdout\":\"%CANARY%"), "{said}");
    }
    let played = run("{\"token\": 447144}", "0", "expect = [\"json.token == 1\"]").play().await;
    played.assert_cause(Verdict::Failed, &["json.token = \"[secret]\"", "exit 0, {\"token\":\"[secret]\"}"]);
    let played = run("no such region", "2", "expect = [\"exit == 0\"]").play().await;
    played.assert_cause(Verdict::Failed, &["exit 2, no such region"]);
}
