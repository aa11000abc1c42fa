//! Cases that are tried several times: against a platform whose agents get some sums wrong.

use crate::support::{Ended, Root, shakedown};
use harness_runner::model::event::{Event, read};
use harness_runner::model::verdict::Verdict;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

/// A case for each shift: attempt 1 asks for the sum of 1 and it, attempt 2 for that of 2 and it, and so on. Fickle agents get
/// those wrong that can be divided by three.
const SCENARIO: &str = r#"
[scenario]
name     = "fickle"
fixtures = ["org"]

[matrix]
shift = [9, 10, 11]
[[matrix.agent]]
runtime = "mock"
model   = "canned"

[[arm]]
name  = "fickle"
match = { runtime = "mock" }
pass  = { of = 5, at-least = 4 }

[[step]]
use = "flows/workspace"

[[step]]
name    = "sum"
run.a2a = { on = "tenant", as = "tenant_admin", path = "/workspaces/{{ workspace_id }}/a2a", prompt = "a2a/sum.txt.j2" }
expect  = ["('The sum is ' ~ (case.attempt + shift)) in text"]
[step.poll]
until  = "outcome == 'answer'"
every  = "5s"
within = "3m"
"#;

fn root() -> Root {
    let root = Root::like_ours();
    root.unproved();
    // Five attempts of the longest case take longer than a run otherwise may.
    let path = root.path().join("scenarios/staging/suite.toml");
    let suite = fs::read_to_string(&path).expect("a suite");
    fs::write(&path, suite.replace("timeout      = \"2h\"", "timeout      = \"12h\"")).expect("a file");
    root.write("fickle.toml", SCENARIO);
    root.write("templates/a2a/sum.txt.j2", "What is {{ case.attempt }} + {{ shift }}?");
    root
}

fn run(root: &Root, arguments: &[&str]) -> Ended {
    root.native(&[("E2E_SCENARIO", "fickle")], arguments)
}

fn report(root: &Root, format: &str) -> String {
    let mut command = shakedown();
    command.args(["report", "--format", format, "--root"]).arg(root.path());
    let ended: Ended = command.output().expect("it starts").into();
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    ended.stdout
}

#[test]
fn enough_of_several_attempts_are_a_pass_and_the_rest_is_not_tried() {
    let root = root();
    let ended = run(&root, &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    let told = "passed          4 of 4 attempts passed: at least 51.0 % do, by 95 %; 4 of 5 must pass\n";
    assert!(ended.stderr.contains(told), "{}", ended.said());
    // Three cases, four attempts each, an organisation for all: everything is made and released anew.
    assert!(ended.stderr.contains("3 passed; 0 leaked of 13 created"), "{}", ended.said());
}

#[test]
fn what_is_wrong_too_often_is_red_with_the_tally_its_bound_and_every_attempt() {
    let root = root();
    let ended = run(&root, &["--fault", "a2a-wrong-sometimes"]);
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    for part in [
        "4 of 5 attempts passed: at least 37.6 % do, by 95 %; 4 of 5 must pass",
        "3 of 5 attempts passed: at least 23.1 % do, by 95 %; 4 of 5 must pass",
        "2 of 4 attempts passed: at least 15.0 % do, by 95 %; 4 of 5 must pass",
        "1 passed, 2 failed; 0 leaked of 15 created",
        "  step    sum",
    ] {
        assert!(ended.stderr.contains(part), "{part}\n{}", ended.said());
    }
    let events: Vec<Event> =
        read(&root.log()).expect("a log").into_iter().map(|record| record.event).collect();
    let mut names = BTreeSet::new();
    let mut attempts = Vec::new();
    for event in &events {
        match event {
            Event::OwnershipIntended { kind, key, .. } if kind.as_str() == "workspace" => {
                assert!(names.insert(key.clone()), "{key} is made twice");
            }
            Event::Attempted { case, number, ending, .. } if case.as_str().starts_with("fickle::10") => {
                attempts.push((*number, ending.verdict));
            }
            _ => {}
        }
    }
    assert_eq!(names.len(), 14);
    let (green, red) = (Verdict::Passed, Verdict::Failed);
    assert_eq!(attempts, [(1, green), (2, red), (3, green), (4, green), (5, red)]);
    let json: Value = serde_json::from_str(&report(&root, "json")).expect("JSON");
    let of = |shift: &str| {
        let cases = json["cases"].as_array().expect("cases");
        let case = cases.iter().find(|case| case["axes"]["shift"] == shift).expect("a case").clone();
        let attempts = case["attempts"].as_array().expect("attempts").clone();
        (case["verdict"].as_str().expect("a word").to_owned(), attempts.len())
    };
    assert_eq!(
        [of("9"), of("10"), of("11")].map(|(word, tried)| format!("{word} {tried}")),
        ["passed 5", "failed 5", "failed 4"]
    );
    let junit = report(&root, "junit");
    assert_eq!(
        (junit.matches("<flakyFailure").count(), junit.matches("<rerunFailure").count()),
        (1, 2),
        "{junit}"
    );
    assert!(junit.contains("failures=\"2\""), "{junit}");
}

#[test]
fn a_plan_counts_every_attempt() {
    let root = root();
    let mut plan = shakedown();
    plan.args(["plan", "staging", "--json", "--root"]).arg(root.path()).env("E2E_SCENARIO", "fickle");
    let plan: Ended = plan.output().expect("it starts").into();
    let document: Value = serde_json::from_str(&plan.stdout).expect("JSON");
    let case = &document["cases"][0];
    assert_eq!((&case["pass"]["of"], &case["pass"]["at-least"]), (&5.into(), &4.into()), "{}", plan.said());
    assert_eq!(case["timeout"], 5.0 * 110.0 * 60.0);
    let mut why = shakedown();
    why.args(["plan", "staging", "--why", "fickle::9::mock::canned", "--root"]).arg(root.path());
    let why: Ended = why.output().expect("it starts").into();
    for part in [
        "attempts  4 of 5 attempts must pass, each anew; no more are made than decide it (arm fickle)",
        "wait 20.0s at most in each attempt",
    ] {
        assert!(why.stdout.contains(part), "{part}\n{}", why.said());
    }
}

#[test]
fn what_an_attempt_leaves_behind_is_a_leak_also_when_the_case_passes() {
    let root = root();
    root.write("fickle.toml", &SCENARIO.replace("of = 5, at-least = 4", "of = 2, at-least = 2"));
    let variables = [("E2E_SCENARIO", "fickle"), ("E2E_SHIFT", "9")];
    let leaked = root.native(&variables, &["--fault", "workspace-delete-does-nothing"]);
    assert_eq!(leaked.code, Some(4), "{}", leaked.said());
    assert!(leaked.stderr.contains("1 passed; 2 leaked of 3 created"), "{}", leaked.said());
}
