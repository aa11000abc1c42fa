//! What the staging suite knows of reds: the contract's list row by row, and a platform whose provider refuses.

use crate::support::{Ended, Root, shakedown};
use harness_runner::load;
use harness_runner::model::context::Bindings;
use harness_runner::model::known::{FailureClass, Symptoms, name};
use harness_runner::model::validate::compile;
use std::path::Path;

/// What an agent says, how its reply was taken, and what the red is known as.
const ROWS: [(&str, &str, FailureClass, &str); 14] = [
    (
        "[hermes-agent error 401] unauthorized",
        "answer",
        FailureClass::Product,
        "the gateway's key was not propagated",
    ),
    (
        "hermes-agent unreachable: connection refused",
        "answer",
        FailureClass::Product,
        "the gateway process died",
    ),
    (
        "Error code: 404 - model_not_found",
        "answer",
        FailureClass::Product,
        "a prefixed model id was passed upstream",
    ),
    (
        "Encrypted content is not supported with this model",
        "answer",
        FailureClass::Product,
        "the wrong API mode",
    ),
    (
        "Unknown provider: byok",
        "answer",
        FailureClass::Product,
        "the installer wrote a provider that is not registered",
    ),
    (
        "Invalid API key provided",
        "error",
        FailureClass::Setup,
        "a stale key, or the race in the tenant's auth chain",
    ),
    ("You exceeded your current quota", "answer", FailureClass::Operator, "the provider's quota is spent"),
    ("Agent error: insufficient_quota", "error", FailureClass::Operator, "the provider's quota is spent"),
    (
        "422 MISSING_BYOK_CREDENTIAL",
        "error",
        FailureClass::Setup,
        "the provider's key did not reach the workspace",
    ),
    (
        "Error: message contained no text content",
        "answer",
        FailureClass::Product,
        "the backend completed with an empty answer",
    ),
    ("Agent error: it broke", "answer", FailureClass::Product, "an error that came as text"),
    ("the tool gave an error result", "answer", FailureClass::Product, "an error that came as text"),
    ("Traceback: ValueException", "error", FailureClass::Product, "an error that came as text"),
    ("The sum is 12.", "answer", FailureClass::Product, "the answer is not that to the question"),
];

#[test]
fn every_text_of_the_contract_has_its_cause_and_the_first_row_counts() {
    let text = load::suite(Path::new(env!("CARGO_MANIFEST_DIR")), "staging").expect("the suite");
    let suite = compile(&text).expect("the suite is right");
    for (heard, outcome, class, cause) in ROWS {
        let (heard, seen) = ([heard.to_owned()], Bindings::default().with("outcome", outcome));
        let said = "What is 4711 + 815?";
        let symptoms = Symptoms { heard: &heard, said, cause: "expect", kind: "a2a", arms: &[], seen: &seen };
        let known = name(&suite.failures, &symptoms).expect("a cause");
        assert_eq!((known.cause.as_str(), known.class), (cause, class), "{heard:?}");
        assert!(known.hint.is_some() && known.owner.is_some(), "{cause}");
    }
    let causes: Vec<&str> = ROWS.iter().map(|row| row.3).collect();
    let untested = suite.failures.iter().filter(|row| !causes.contains(&row.known.cause.as_str()));
    assert_eq!(untested.count(), 0, "a row that no text of this table names");
}

fn run(fault: &str) -> Ended {
    let root = Root::like_ours();
    let mut run = shakedown();
    run.args(["run", "staging", "steady::codex", "--fault", fault]).arg("--root").arg(root.path());
    run.output().expect("it starts").into()
}

#[test]
fn a_spent_quota_is_for_an_operator_and_an_error_as_text_is_not() {
    let ended = run("a2a-quota-text");
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    for words in [
        "for an operator the provider's quota is spent: top up",
        "staging on embedded: 1 for an operator; 0 leaked",
        "exit 1: a required case needs an operator, and nothing is known of the product there",
    ] {
        assert!(ended.stderr.contains(words), "{words}\n{}", ended.said());
    }
    let ended = run("a2a-error-text");
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    assert!(ended.stderr.contains("known as        an error that came as text: "), "{}", ended.said());
    assert!(ended.stderr.contains("staging on embedded: 1 failed;"), "{}", ended.said());
    assert!(ended.stderr.contains("exit 1: a required case is red"), "{}", ended.said());
}
