//! Known reds, conditions and traces: what the language says about a case beyond its expectations.

use crate::support::{Answer, Played, Seen, Stage, Store};
use harness_model::event::{Event, StepOutcome};
use harness_model::verdict::Verdict;

const MARKED: &str = r#"
[matrix]
kind = ["new"]
[[arm]]
name      = "new"
match     = { kind = "new" }
known-red = { step = "create", when = "status == 422 and body.code == 'UNSUPPORTED'", until = "it is listed", expires = 2027-03-31 }
[[step]]
name     = "before"
run.http = { on = "api", path = "/before" }
expect   = ["status == 200"]
[[step]]
name     = "create"
run.http = { on = "api", method = "POST", path = "/create" }
expect   = ["status == 201"]
"#;

async fn marked(before: u16, create: (u16, &'static str)) -> Played {
    let stage = Stage::with(move |seen| match seen.path.as_str() {
        "/before" => Answer::new(before, "{\"code\": \"UNSUPPORTED\"}"),
        _ => Answer::new(create.0, create.1),
    });
    stage.await.scenario(MARKED).play().await
}

#[tokio::test]
async fn a_red_in_exactly_the_declared_way_is_known() {
    let played = marked(200, (422, "{\"code\": \"UNSUPPORTED\"}")).await;
    played.assert_cause(Verdict::KnownRed, &["until it is listed", "expires 2027-03-31"]);
    assert_eq!(played.ending().step.as_ref().map(ToString::to_string), Some("create".to_owned()));
}

#[tokio::test]
async fn the_same_reply_in_another_step_is_not_the_known_red() {
    let played = marked(422, (422, "{\"code\": \"UNSUPPORTED\"}")).await;
    played.assert(Verdict::Failed);
    assert_eq!(played.ending().step.as_ref().map(ToString::to_string), Some("before".to_owned()));
}

#[tokio::test]
async fn another_status_or_another_code_is_not_the_known_red() {
    marked(200, (500, "{\"code\": \"UNSUPPORTED\"}")).await.assert(Verdict::Failed);
    marked(200, (422, "{\"code\": \"INVALID\"}")).await.assert(Verdict::Failed);
    marked(200, (422, "<html>")).await.assert(Verdict::Failed);
}

#[tokio::test]
async fn a_known_red_that_passes_is_an_unexpected_pass() {
    marked(200, (201, "{}")).await.assert_cause(Verdict::UnexpectedPass, &["take the mark off"]);
}

#[tokio::test]
async fn a_mark_that_has_expired_excuses_nothing() {
    let stage = Stage::with(|seen| match seen.path.as_str() {
        "/before" => Answer::new(200, "{}"),
        _ => Answer::new(422, "{\"code\": \"UNSUPPORTED\"}"),
    });
    let played = stage.await.scenario(&MARKED.replace("2027-03-31", "2026-11-20")).play().await;
    played.assert(Verdict::Failed);
}

#[tokio::test]
async fn a_step_whose_condition_does_not_hold_sends_nothing_and_says_so() {
    let steps = r#"
[[step]]
name     = "look"
run.http = { on = "api", path = "/look" }
expect   = ["status == 200"]
capture  = { ready = "body.ready" }
[[step]]
name     = "only when ready"
when     = "ready"
run.http = { on = "api", path = "/ready" }
expect   = ["status == 200"]
"#;
    let played = Stage::with(|_| Answer::new(200, "{\"ready\": false}")).await.scenario(steps).play().await;
    played.assert(Verdict::Passed);
    assert_eq!(played.chronicle.lines(), ["GET /look"]);
    assert_eq!(played.chronicle.step("only when ready"), Some((StepOutcome::NotApplicable, 0)));
}

const CREATE: &str = r#"
[[step]]
name     = "create"
run.http = { on = "api", method = "POST", path = "/things/one" }
owns     = { thing = "one" }
expect   = ["status == 201"]
"#;

const STATES: &str = r#"
[flow]
inputs  = ["key"]
outputs = ["states"]
[[step]]
name     = "list states"
run.http = { on = "api", path = "/states/{{ key }}" }
expect   = ["status == 200"]
capture  = { states = "body" }
"#;

async fn traced(states: &'static str) -> Played {
    traced_in(states, CREATE).await
}

async fn traced_in(states: &'static str, scenario: &str) -> Played {
    let store = Store::default();
    let script = move |seen: &Seen| match seen.path.as_str() {
        "/states/one" => Answer::new(200, states),
        "/then" => Answer::new(200, "{}"),
        _ => store.answer(seen),
    };
    let stage = Stage::with(script).await.things().flow("flows/states", STATES).scenario(scenario);
    let stage = stage.amend(
        "gone    = \"flows/thing-gone\"",
        "gone = \"flows/thing-gone\"\ntrace = \"flows/states\"\ntolerate = [\"failed\"]\n\
         states = { made = [\"online\"], online = [\"paused\"], paused = [\"made\"], failed = [] }",
    );
    stage.play().await
}

#[tokio::test]
async fn what_a_red_went_through_is_read_before_its_release_and_judged_by_nobody() {
    let red = format!(
        "{CREATE}[[step]]\nname = \"then\"\nrun.http = {{ on = \"api\", path = \"/then\" }}\nexpect = [\"status == 418\"]\n"
    );
    let played = traced_in("[\"made\", \"failed\", \"online\", \"elsewhere\"]", &red).await;
    played.assert_cause(Verdict::Failed, &["expect  status == 418"]);
    let traces: Vec<_> = played
        .chronicle
        .events()
        .into_iter()
        .filter_map(|event| match event {
            Event::Traced { key, states, .. } => Some((key, states.len())),
            _ => None,
        })
        .collect();
    assert_eq!(traces, [("one".to_owned(), 4)]);
    let lines = played.chronicle.lines();
    let read = lines.iter().position(|line| line == "GET /states/one");
    assert!(read < lines.iter().position(|line| line == "DELETE /things/one"), "{lines:?}");
    assert_eq!(played.chronicle.released(), ["one"]);
}

#[tokio::test]
async fn a_trace_along_allowed_and_tolerated_edges_passes_and_is_recorded() {
    let played = traced("[\"made\", \"failed\", \"online\"]").await;
    played.assert_cause(Verdict::Failed, &["failed → online is not an allowed edge"]);
    let played = traced("[\"made\", \"online\", \"paused\", \"made\", \"failed\"]").await;
    played.assert(Verdict::Passed);
    let tolerated = played.chronicle.events().into_iter().find_map(|event| match event {
        Event::Traced { tolerated, .. } => Some(tolerated),
        _ => None,
    });
    assert_eq!(tolerated, Some(vec!["failed".to_owned()]));
}

#[tokio::test]
async fn a_trace_with_a_forbidden_edge_fails_and_names_it() {
    let played = traced("[\"made\", \"online\", \"made\"]").await;
    played.assert_cause(Verdict::Failed, &["online → made is not an allowed edge", "made → online → made"]);
    assert_eq!(played.ending().step.as_ref().map(ToString::to_string), Some("trace of thing".to_owned()));
    assert_eq!(played.chronicle.released(), ["one"]);
}

#[tokio::test]
async fn a_trace_that_is_no_list_of_states_is_an_error() {
    traced("{\"made\": 1}").await.assert(Verdict::Errored);
}

#[tokio::test]
async fn an_edge_over_its_budget_fails_with_its_time() {
    let times = "[\"2026-11-21T07:00:00Z\", \"2026-11-21T07:00:04.5Z\"]";
    let store = Store::default();
    let script = move |seen: &Seen| match seen.path.as_str() {
        "/states/one" => Answer::new(200, format!("{{\"states\": [\"made\", \"online\"], \"at\": {times}}}")),
        _ => store.answer(seen),
    };
    let flow = STATES.replace("[\"states\"]", "[\"states\", \"entered\"]");
    let flow = flow.replace("states = \"body\"", "states = \"body.states\", entered = \"body.at\"");
    let stage = Stage::with(script).await.things().flow("flows/states", &flow).scenario(CREATE);
    let stage = stage.amend(
        "gone    = \"flows/thing-gone\"",
        "gone = \"flows/thing-gone\"\ntrace = \"flows/states\"\n\
         states = { made = [{ to = \"online\", within = \"4s\" }], online = [] }",
    );
    let played = stage.play().await;
    played.assert_cause(Verdict::Failed, &["made → online took 4.5s, its budget is 4.0s", "made → online"]);
    assert_eq!(played.chronicle.released(), ["one"]);
}
