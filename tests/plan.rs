//! `shakedown plan` as a user types it.

use crate::support::stub::Stub;
use crate::support::{Ended, Root, shakedown};

/// Plans a suite of a root.
fn plan(root: &Root, variables: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let mut command = shakedown();
    command.args(["plan", "staging"]).args(arguments).arg("--root").arg(root.path());
    command.envs(variables.iter().copied()).output().expect("it starts").into()
}

fn json(ended: &Ended) -> serde_json::Value {
    serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}\n{}", ended.said()))
}

#[test]
fn plan_shows_every_case_with_gate_and_decision_and_starts_nothing() {
    let root = Root::like_ours();
    let ended = plan(&root, &[], &[]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(ended.stdout);
    assert!(!root.path().join(".shakedown").exists());
}

#[test]
fn a_plan_of_a_live_environment_says_what_is_missing_and_sends_nothing() {
    let (stub, root) = (Stub::start(), Root::like_ours());
    let live = [("MOLECULE_CP_URL", stub.url.as_str()), ("MOLECULE_ADMIN_TOKEN", "not-a-real-token")];
    let ended = plan(&root, &live, &["steady::codex"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    assert!(ended.stdout.starts_with("staging on live (MOLECULE_CP_URL is set)\n"), "{}", ended.said());
    assert!(ended.stdout.contains("skipped: missing E2E_OPENAI_API_KEY\n"), "{}", ended.said());
    assert!(
        ended.stdout.ends_with("1 skipped\n31 of 32 cases left out by the selection\n"),
        "{}",
        ended.said()
    );
    let required: Vec<(&str, &str)> = live.into_iter().chain([("REQUIRE_LIVE", "1")]).collect();
    let ended = plan(&root, &required, &["steady::codex"]);
    assert!(ended.stdout.contains("refused: missing E2E_OPENAI_API_KEY\n"), "{}", ended.said());
    assert_eq!(stub.seen(), Vec::<String>::new());
}

#[test]
fn a_plan_for_programs_is_one_document_with_a_version() {
    let root = Root::like_ours();
    let ended = plan(&root, &[("E2E_RUNTIME", "google-adk")], &["--json"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    let document = json(&ended);
    assert_eq!((&document["version"], &document["selection"]), (&1.into(), &"E2E_RUNTIME=google-adk".into()));
    assert_eq!((&document["counts"]["known-red"], &document["left-out"]), (&3.into(), &26.into()));
    assert_eq!(document["cases"].as_array().map(Vec::len), Some(6));
    let vertex = &document["cases"][1];
    assert_eq!((&vertex["decision"], &vertex["timeout"]), (&"blocked".into(), &4500.0.into()));
    assert_eq!(vertex["keys"]["model"], "platform:gemini-2.5-pro");
}

#[test]
fn an_estimate_is_what_earlier_runs_on_the_same_environment_took() {
    let root = Root::like_ours();
    assert_eq!(root.native(&[], &["steady::mock"]).code, Some(0));
    let document = json(&plan(&root, &[], &["mock", "--json"]));
    assert_eq!(document["estimated-from"], 1);
    let estimate = document["cases"][0]["estimate"].as_f64().expect("an estimate");
    assert!(estimate > 0.0 && estimate < 10.0, "{estimate}");
    assert_eq!((&document["cases"][1]["estimate"], &document["estimate"]), (&().into(), &().into()));
    let one = plan(&root, &[], &["steady::mock"]);
    assert!(one.stdout.contains("estimates  from one earlier run on embedded\n"), "{}", one.said());
    assert!(one.stdout.contains("\nabout "), "{}", one.said());
}

#[test]
fn a_plan_of_nothing_is_5_and_a_selection_that_nothing_lists_is_too() {
    let root = Root::like_ours();
    let nothing = plan(&root, &[], &["no-such-case"]);
    let unknown = plan(&root, &[("E2E_RUNTIME", "codec")], &[]);
    assert_eq!((nothing.code, unknown.code), (Some(5), Some(5)), "{} {}", nothing.said(), unknown.said());
    assert!(
        nothing.stderr.contains("no case of suite `staging` contains `no-such-case`"),
        "{}",
        nothing.said()
    );
    assert!(unknown.stderr.contains("did you mean `codex`?"), "{}", unknown.said());
}
