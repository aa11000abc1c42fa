//! Evidence: what the target says of the things of a red case stands below its cause, and changes nothing else.

use crate::support::{Answer, Played, Seen, Stage, Store};
use harness_model::event::{Event, Found, Scope};
use harness_model::verdict::Verdict;

const EVIDENCE: &str = r#"
[flow]
inputs  = ["key"]
outputs = ["last_error", "last_event"]
[[step]]
name     = "row"
run.http = { on = "api", path = "/rows/{{ key }}" }
expect   = ["status == 200"]
[step.capture]
last_error = "body.last_error"
[[step]]
name     = "events"
run.http = { on = "api", path = "/events/{{ key }}" }
expect   = ["status == 200"]
[step.capture]
last_event = "body.last"
"#;

const RED: &str = r#"
[[step]]
name     = "create"
run.http = { on = "api", method = "POST", path = "/things/one" }
owns     = { thing = "one" }
expect   = ["status == 201"]
[[step]]
name     = "then"
run.http = { on = "api", path = "/then" }
expect   = ["status == 418"]
"#;

async fn play(store: &Store, scenario: &str, row: Answer) -> Played {
    let shelf = store.clone();
    let script = move |seen: &Seen| match seen.path.as_str() {
        "/rows/one" => row.clone(),
        "/events/one" => Answer::new(200, r#"{"last": "THING_FAILED"}"#),
        "/then" => Answer::new(200, "{}"),
        _ => shelf.answer(seen),
    };
    let stage = Stage::with(script).await.things().flow("flows/evidence", EVIDENCE);
    let stage = stage
        .secret("top-secret-token")
        .amend("key     = \"name\"", "key     = \"name\"\nevidence = \"flows/evidence\"");
    stage.scenario(scenario).play().await
}

fn told(played: &Played) -> Vec<(Scope, Vec<Found>, Vec<String>)> {
    let events = played.chronicle.events().into_iter().filter_map(|event| match event {
        Event::Evidence { scope, found, trouble, .. } => Some((scope, found, trouble)),
        _ => None,
    });
    events.collect()
}

#[tokio::test]
async fn what_the_target_says_of_a_thing_stands_below_the_cause_of_its_red_and_it_is_released_after() {
    let store = Store::default();
    let row = Answer::new(200, r#"{"last_error": "no space left, token top-secret-token"}"#);
    let played = play(&store, RED, row).await;
    let error = "\n  evidence thing one: last_error = no space left, token [secret]";
    played.assert_cause(Verdict::Failed, &[error, "\n  evidence thing one: last_event = THING_FAILED"]);
    let lines = played.chronicle.lines();
    let asked = lines.iter().position(|line| line == "GET /events/one").expect("it was asked");
    let removed = lines.iter().position(|line| line == "DELETE /things/one").expect("it was released");
    assert!(asked < removed, "{lines:?}");
    assert_eq!(store.names(), Vec::<String>::new());
    let (scope, found, trouble) = told(&played).remove(0);
    assert!(matches!(scope, Scope::Evidence(case) if case.as_str() == "small"));
    assert_eq!((found.len(), trouble.len()), (2, 0));
    let exchanges = played.chronicle.events().into_iter().filter(
        |event| matches!(event, Event::Exchange { scope: Scope::Evidence(_), exchange, .. } if exchange.status == Some(200)),
    );
    assert_eq!(exchanges.count(), 2);
}

#[tokio::test]
async fn evidence_that_cannot_be_had_is_noted_and_the_rest_is_still_asked_for() {
    let played = play(&Store::default(), RED, Answer::new(500, r#"{"error": "out of order"}"#)).await;
    let trouble = "\n  evidence thing one: not all of it could be had, in step `row`: expect status == 200";
    played.assert_cause(
        Verdict::Failed,
        &[trouble, "\n  evidence thing one: last_event = THING_FAILED", "status == 418"],
    );
    assert_eq!(told(&played)[0].2.len(), 1);
}

#[tokio::test]
async fn a_green_case_is_asked_nothing() {
    let played = play(&Store::default(), &RED.replace("418", "200"), Answer::new(200, "{}")).await;
    played.assert(Verdict::Passed);
    assert_eq!((told(&played).len(), played.ending().cause.as_str()), (0, ""));
    assert!(!played.chronicle.lines().contains(&"GET /rows/one".to_owned()));
}
