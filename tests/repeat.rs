//! Running the same several times: how often, until when, and what all of it comes to.

use crate::support::stub::Stub;
use crate::support::verdicts::{SUITE, root};
use crate::support::{Root, shakedown, signal};
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

/// A case that is green twice and red from then on.
const TURNS: &str = r#"
[scenario]
name = "turns"
[[arm]]
name  = "turns"
match = {}
[[step]]
name     = "turned"
run.http = { on = "stub", path = "/turns" }
expect   = ["status == 200"]
"#;

/// A root with that case, whose reds count or do not.
fn turning(gate: &str) -> Root {
    let gates = format!("[[gate]]\narm = \"turns\"\ngate = \"{gate}\"\n");
    Root::new(&[("suite.toml", SUITE), ("turns.toml", TURNS), ("gates.toml", &gates)])
}

fn runs(root: &Root) -> usize {
    root.log().matches("\"event\":\"run-started\"").count()
}

#[test]
fn each_repetition_is_a_run_of_its_own_and_the_last_lines_tell_of_all() {
    let (stub, root) = (Stub::start(), root("required"));
    let variables = [("TRUTH_URL", stub.url.as_str()), ("E2E_VERDICT", "passed,skipped")];
    let ended = root.native(&variables, &["--repeat", "3"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    assert_eq!(runs(&root), 3);
    assert!(ended.stderr.contains(", repetition 2 of 3\n"), "{}", ended.said());
    assert!(ended.stderr.contains("\n3 runs: 3 green, 0 red\n  1  20"), "{}", ended.said());
    assert!(ended.stderr.ends_with("exit 0: nothing that counts is red in any run\n"), "{}", ended.said());
    let log = root.log();
    assert_eq!(log.matches("\"repetition\":{\"number\":3,\"of\":3}").count(), 1, "{log}");
}

#[test]
fn the_worst_exit_code_of_all_runs_is_that_of_the_whole() {
    let (stub, root) = (Stub::start(), turning("required"));
    let variables = [("TRUTH_URL", stub.url.as_str())];
    let ended = root.native(&variables, &["--repeat", "4"]);
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    assert!(ended.stderr.contains("\n4 runs: 2 green, 2 red\n"), "{}", ended.said());
    assert!(ended.stderr.contains("red turns: 2 of 4\n  first   failed in `turned`"), "{}", ended.said());
    assert!(ended.stderr.ends_with("exit 1: the worst of all runs\n"), "{}", ended.said());
}

#[test]
fn until_red_ends_with_the_first_red_and_says_how_often_it_was_green() {
    let (stub, root) = (Stub::start(), turning("advisory"));
    let variables = [("TRUTH_URL", stub.url.as_str())];
    let ended = root.native(&variables, &["--until-red", "--repeat", "10"]);
    // A red that does not count is looked for as well, and still does not count.
    assert_eq!((ended.code, runs(&root)), (Some(0), 3), "{}", ended.said());
    assert!(ended.stderr.contains("the first red was run 3 of 3, after 2 green\n"), "{}", ended.said());
}

#[test]
fn a_deadline_ends_repetitions_and_one_run_takes_place_in_any_case() {
    let (stub, root) = (Stub::start(), root("required"));
    let variables = [("TRUTH_URL", stub.url.as_str()), ("E2E_VERDICT", "passed")];
    let ended = root.native(&variables, &["--until-red", "--for", "1ms"]);
    assert_eq!((ended.code, runs(&root)), (Some(0), 1), "{}", ended.said());
    assert!(ended.stderr.contains("\n1 run: 1 green, 0 red\n"), "{}", ended.said());
}

#[test]
fn what_would_never_end_is_refused_before_anything_runs() {
    let (stub, root) = (Stub::start(), root("required"));
    let ended = root.native(&[("TRUTH_URL", &stub.url)], &["--until-red"]);
    assert_eq!(ended.code, Some(2), "{}", ended.said());
    assert!(ended.stderr.contains("add --repeat 100, or --for 10m, or both"), "{}", ended.said());
    assert_eq!(root.native(&[], &["--repeat", "0"]).code, Some(2));
}

#[test]
fn an_interruption_ends_the_whole_and_not_one_run() {
    let (stub, root) = (Stub::start(), root("required"));
    let mut command = shakedown();
    command.args(["run", "staging", "passed", "--repeat", "100000", "--root"]).arg(root.path());
    let mut child = command.env("TRUTH_URL", &stub.url).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut lines = BufReader::new(child.stderr.take().expect("a stream"));
    let mut line = String::new();
    while !line.contains("repetition 3 of") {
        line.clear();
        assert_ne!(lines.read_line(&mut line).expect("a line"), 0, "it ended before");
    }
    signal(&child, "INT");
    let mut rest = String::new();
    lines.read_to_string(&mut rest).expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{rest}");
    assert!(rest.ends_with("exit 130: interrupted\n"), "{rest}");
}
