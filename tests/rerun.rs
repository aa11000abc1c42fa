//! Running again what was red: from which recording, which cases, and what is said when there is nothing to run.

use crate::support::stub::Stub;
use crate::support::verdicts::root;
use crate::support::{Ended, Root};
use serde_json::Value;
use std::fs;

/// What the run's first line says, of the run that is the newest or the only one with this parent.
fn first_lines(root: &Root) -> Vec<Value> {
    let firsts = root.log();
    let firsts = firsts.lines().filter(|line| line.contains("\"event\":\"run-started\""));
    firsts.map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// The ids of the cases that a run planned, in their order.
fn planned(root: &Root, run: &Value) -> Vec<String> {
    let run = run["run"].as_str().expect("a run");
    let log = root.path().join(".shakedown/runs").join(run).join("events.jsonl");
    let text = fs::read_to_string(log).expect("a log");
    let events = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let planned = events.filter(|event| event["event"] == "case-planned");
    planned.map(|event| event["case"].as_str().expect("a case").to_owned()).collect()
}

/// A root in which everything ran once: three cases are red, one of them known to be an operator's.
fn ran(stub: &Stub) -> (Root, Ended) {
    let root = root("required");
    let ended = root.native(
        &[("TRUTH_URL", &stub.url), ("E2E_VERDICT", "passed,failed,errored,operator,skipped,known-red")],
        &[],
    );
    (root, ended)
}

#[test]
fn only_what_was_red_runs_again_and_the_recording_says_of_which_run() {
    let stub = Stub::start();
    let (root, _) = ran(&stub);
    let parent = first_lines(&root)[0]["run"].clone();
    let again = root.native(&[("TRUTH_URL", &stub.url)], &["--rerun-failed"]);
    assert_eq!(again.code, Some(1), "{}", again.said());
    let lines = first_lines(&root);
    let run = lines.iter().find(|line| line["again"]["parent"] == parent).expect("a run of reds");
    assert_eq!(planned(&root, run), ["truth::failed", "truth::errored", "truth::operator"]);
    let id = parent.as_str().expect("a run");
    assert!(again.stderr.contains(&format!("selected reds of run {id}")), "{}", again.said());
}

#[test]
fn the_test_target_takes_the_same_from_a_variable() {
    let stub = Stub::start();
    let (root, _) = ran(&stub);
    let parent = first_lines(&root)[0]["run"].as_str().expect("a run").to_owned();
    for asked in ["1", &parent] {
        let again = root.libtest(&[("TRUTH_URL", &stub.url), ("E2E_RERUN_FAILED", asked)], &[]);
        assert_eq!(again.code, Some(1), "{}", again.said());
        assert!(again.stdout.contains("running 3 tests"), "{}", again.said());
    }
    let off = root.libtest(&[("TRUTH_URL", &stub.url), ("E2E_RERUN_FAILED", "0")], &["truth::passed"]);
    assert_eq!(off.code, Some(0), "{}", off.said());
}

#[test]
fn nothing_to_run_again_is_an_empty_selection_and_names_the_run() {
    let (stub, root) = (Stub::start(), root("required"));
    let url = [("TRUTH_URL", stub.url.as_str())];
    let none = root.native(&url, &["--rerun-failed"]);
    assert_eq!(none.code, Some(5), "{}", none.said());
    assert!(none.stderr.contains("no run of staging on live is recorded in "), "{}", none.said());
    root.native(&[url[0], ("E2E_VERDICT", "passed")], &[]);
    let run = first_lines(&root)[0]["run"].as_str().expect("a run").to_owned();
    let green = root.native(&url, &["--rerun-failed"]);
    assert_eq!(green.code, Some(5), "{}", green.said());
    assert!(green.stderr.contains(&format!("no case of run {run} is red (1 in it)")), "{}", green.said());
    let slip = root.native(&url, &["--rerun-failed", &run[..run.len() - 1]]);
    assert_eq!(slip.code, Some(2), "{}", slip.said());
    assert!(slip.stderr.contains(&format!("did you mean `{run}`?")), "{}", slip.said());
}

#[test]
fn a_red_that_is_not_selected_any_more_is_named_and_none_at_all_is_an_empty_selection() {
    let stub = Stub::start();
    let (root, _) = ran(&stub);
    let url = ("TRUTH_URL", stub.url.as_str());
    let run = first_lines(&root)[0]["run"].as_str().expect("a run").to_owned();
    let narrower = root.native(&[url, ("E2E_VERDICT", "failed")], &["--rerun-failed", &run]);
    assert_eq!(narrower.code, Some(1), "{}", narrower.said());
    let said = format!("note red in run {run}, and not selected here: truth::errored, truth::operator");
    assert!(narrower.stderr.contains(&said), "{}", narrower.said());
    let none = root.native(&[url, ("E2E_VERDICT", "passed")], &["--rerun-failed", &run]);
    assert_eq!(none.code, Some(5), "{}", none.said());
    assert!(none.stderr.contains(&format!("of 3 red in run {run} none is selected here")), "{}", none.said());
}

#[test]
fn the_last_lines_say_how_to_run_one_again_and_that_line_runs_it() {
    let stub = Stub::start();
    let (_root, ran) = ran(&stub);
    let line = ran.stderr.lines().find_map(|line| line.strip_prefix("run one again   ")).expect("a line");
    assert!(line.ends_with("--exact truth::failed"), "{line}");
    let again = crate::support::command("sh")
        .args(["-c", line])
        .env("TRUTH_URL", &stub.url)
        .output()
        .expect("a shell");
    let again = Ended::from(again);
    assert_eq!(again.code, Some(1), "{}", again.said());
    assert!(again.stderr.contains("[1/1] failed"), "{}", again.said());
    let line = ran.stderr.lines().find_map(|line| line.strip_prefix("all reds again  ")).expect("a line");
    assert!(line.contains("--rerun-failed 2"), "{line}");
}

#[test]
fn a_case_is_picked_by_its_whole_id_and_a_slip_is_answered() {
    let (stub, root) = (Stub::start(), root("required"));
    let url = [("TRUTH_URL", stub.url.as_str())];
    assert_eq!(root.native(&url, &["--exact", "truth::passed"]).code, Some(0));
    let slip = root.native(&url, &["--exact", "truth::pased"]);
    assert_eq!(slip.code, Some(5), "{}", slip.said());
    assert!(slip.stderr.contains("did you mean `truth::passed`?"), "{}", slip.said());
}
