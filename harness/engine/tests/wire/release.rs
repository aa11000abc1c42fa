//! What was created is released, the last first, whatever became of the case.

use crate::support::{Answer, Played, Seen, Stage, Store, Trouble};
use harness_model::event::Event;
use harness_model::verdict::Verdict;

const TWO: &str = r#"
[[step]]
name     = "first"
run.http = { on = "api", method = "POST", path = "/things/one" }
owns     = { thing = "one" }
expect   = ["status == 201"]
[[step]]
name     = "second"
run.http = { on = "api", method = "POST", path = "/things/two" }
owns     = { thing = "two" }
expect   = ["status == 201"]
"#;

const BUT_THEN: &str = r#"
[[step]]
name     = "then"
run.http = { on = "api", method = "POST", path = "/then" }
"#;

/// Both things were released, and nothing of them is left.
fn assert_released(played: &Played, store: &Store) {
    let mut released = played.chronicle.released();
    released.sort();
    assert_eq!(released, ["one", "two"]);
    assert_eq!(played.chronicle.leaked(), []);
    assert_eq!(store.names(), Vec::<String>::new());
}

/// What was sent after the last create.
fn releasing(played: &Played) -> Vec<String> {
    let lines = played.chronicle.lines();
    let created = lines.iter().rposition(|line| line.starts_with("POST")).expect("something was created");
    lines[created + 1..].to_vec()
}

#[tokio::test]
async fn what_was_made_from_another_thing_is_released_before_it() {
    let store = Store::default();
    let from = TWO
        .replacen("expect", "capture  = { parent = \"status\" }\nexpect", 1)
        .replace("\"/things/two\"", "\"/things/two\", headers = { X-Parent = \"{{ parent }}\" }");
    let played = Stage::store(&store).await.scenario(&from).play().await;
    played.assert(Verdict::Passed);
    assert_released(&played, &store);
    let one_by_one =
        ["GET /things", "DELETE /things/two", "GET /things", "GET /things", "DELETE /things/one"];
    assert_eq!(releasing(&played)[..5], one_by_one);
}

#[tokio::test]
async fn what_needs_nothing_of_each_other_is_released_side_by_side() {
    let store = Store::default();
    let played = Stage::store(&store).await.scenario(TWO).play().await;
    assert_released(&played, &store);
    assert_eq!(releasing(&played)[..2], ["GET /things", "GET /things"]);
}

#[tokio::test]
async fn everything_owned_is_released_after_a_pass() {
    let store = Store::default();
    let played = Stage::store(&store).await.scenario(TWO).play().await;
    played.assert(Verdict::Passed);
    assert_released(&played, &store);
}

#[tokio::test]
async fn everything_owned_is_released_after_a_failed_expectation() {
    let store = Store::default();
    let steps = format!("{TWO}{BUT_THEN}expect = [\"status == 418\"]");
    let played = Stage::store(&store).await.scenario(&steps).play().await;
    played.assert(Verdict::Failed);
    assert_released(&played, &store);
}

#[tokio::test]
async fn everything_owned_is_released_after_an_error() {
    let store = Store::default();
    let steps = format!("{TWO}{BUT_THEN}expect = [\"status\"]");
    let played = Stage::store(&store).await.scenario(&steps).play().await;
    played.assert(Verdict::Errored);
    assert_released(&played, &store);
}

#[tokio::test]
async fn everything_owned_is_released_after_a_panic() {
    let store = Store::default();
    let steps = format!("{TWO}{BUT_THEN}expect = [\"status == 200\"]");
    let stage = Stage::store(&store).await.scenario(&steps).trouble(Trouble::PanicsAt("then"));
    let played = stage.play().await;
    played.assert_cause(Verdict::Errored, &["the harness panicked", "the recorder panics as it was told"]);
    assert_released(&played, &store);
}

#[tokio::test]
async fn everything_owned_is_released_after_the_timeout_of_the_case() {
    let store = Store::default();
    let shelf = store.clone();
    let script = move |seen: &Seen| match seen.path.as_str() {
        "/then" => Answer::Hang,
        _ => shelf.answer(seen),
    };
    let steps = format!("timeout = \"1s\"\n{TWO}{BUT_THEN}expect = [\"status == 200\"]");
    let stage = Stage::with(script).await.things().scenario(&steps);
    let played = stage.play().await;
    played.assert_cause(Verdict::Failed, &["did not end within its timeout of 1.0s"]);
    assert_released(&played, &store);
}

#[tokio::test]
async fn everything_owned_is_released_after_a_cancellation() {
    let store = Store::default();
    let (shelf, stop) = (store.clone(), tokio_util::sync::CancellationToken::new());
    let cancel = stop.clone();
    let script = move |seen: &Seen| {
        if seen.path == "/then" {
            cancel.cancel();
            return Answer::Hang;
        }
        shelf.answer(seen)
    };
    let steps = format!("{TWO}{BUT_THEN}expect = [\"status == 200\"]");
    let mut stage = Stage::with(script).await.things().scenario(&steps);
    stage.cancel = stop;
    let played = stage.play().await;
    played.assert(Verdict::Cancelled);
    assert_released(&played, &store);
}

#[tokio::test]
async fn a_create_that_was_under_way_at_the_cancellation_is_found_and_released() {
    let store = Store::default();
    let (shelf, stop) = (store.clone(), tokio_util::sync::CancellationToken::new());
    let cancel = stop.clone();
    let script = move |seen: &Seen| {
        let answer = shelf.answer(seen);
        if seen.path == "/things/two" && seen.method == "POST" {
            cancel.cancel();
            return Answer::Hang;
        }
        answer
    };
    let mut stage = Stage::with(script).await.things().patience("500ms").scenario(TWO);
    stage.cancel = stop;
    let played = stage.play().await;
    played.assert(Verdict::Cancelled);
    assert_released(&played, &store);
}

#[tokio::test]
async fn the_case_ends_only_when_its_release_has_ended() {
    let store = Store::default();
    let played = Stage::store(&store).await.scenario(TWO).play().await;
    let events = played.chronicle.events();
    let ended = events.iter().position(|event| matches!(event, Event::CaseEnded { .. }));
    assert_eq!(ended, Some(events.len() - 1));
}

#[tokio::test]
async fn the_intent_is_recorded_before_the_server_sees_the_request() {
    let store = Store::default();
    let played = Stage::store(&store).await.scenario(TWO).play().await;
    let story: Vec<String> = played.chronicle.story();
    let expected = [
        "intended one",
        "POST /things/one",
        "confirmed one",
        "intended two",
        "POST /things/two",
        "confirmed two",
    ];
    assert_eq!(story[..expected.len()], expected);
}

#[tokio::test]
async fn nothing_is_sent_when_the_intent_cannot_be_recorded() {
    let store = Store::default();
    let played = Stage::store(&store).await.scenario(TWO).trouble(Trouble::DiskFull).play().await;
    played.assert_cause(Verdict::Errored, &["no space left on device", "nothing was created"]);
    assert_eq!(played.chronicle.lines(), Vec::<String>::new());
}
