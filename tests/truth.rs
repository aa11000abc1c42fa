//! Run-level truth, end to end: every verdict × gate through both fronts, every exit code, and the words that explain it.

use crate::support::stub::Stub;
use crate::support::verdicts::{SCENARIO, SUITE, TABLE, root};
use crate::support::{Ended, cargo, signal};
use std::process::{Child, Output};

#[test]
fn every_verdict_and_gate_has_its_exit_code_and_its_line_through_both_fronts() {
    let stub = Stub::start();
    for gate in ["required", "advisory"] {
        let root = root(gate);
        for (verdict, required, advisory, line) in TABLE {
            let expected = if gate == "required" { required } else { advisory };
            let variables = [("TRUTH_URL", stub.url.as_str()), ("E2E_VERDICT", verdict)];
            let native = root.native(&variables, &[]);
            assert_eq!(native.code, Some(expected), "{verdict} {gate} {}", native.said());
            let libtest = root.libtest(&variables, &[]);
            assert_eq!(libtest.code, Some(expected), "{verdict} {gate} {}", libtest.said());
            let case = format!("test truth::{verdict} ... {line}");
            assert!(libtest.stdout.contains(&case), "{case}\n{}", libtest.said());
        }
    }
}

#[test]
fn a_red_that_does_not_count_is_named_in_the_last_line() {
    let stub = Stub::start();
    let ended = root("advisory").libtest(&[("TRUTH_URL", &stub.url), ("E2E_VERDICT", "failed")], &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    let last = ended.stderr.trim_end().lines().last().unwrap_or_default().to_owned();
    assert_eq!(last, "exit 0: red and advisory, so it does not count: truth::failed");
}

#[test]
fn a_failure_names_its_step_its_place_the_condition_and_what_was_seen() {
    let stub = Stub::start();
    let ended = root("required").native(&[("TRUTH_URL", &stub.url), ("E2E_VERDICT", "failed")], &[]);
    for words in [
        "step    compared (scenarios/staging/truth.toml:",
        "expect  body.status == 'paused'",
        "actual  body.status = \"ok\"",
        "reply   200 {\"status\":\"ok\"}",
    ] {
        assert!(ended.stderr.contains(words), "{words}\n{}", ended.said());
    }
}

#[test]
fn a_flaky_pass_counts_as_red_where_the_suite_says_so() {
    let stub = Stub::start();
    let root = root("required");
    root.write("suite.toml", &SUITE.replace("[suite]", "[suite]\nflaky = \"fail\""));
    let ended = root.native(&[("TRUTH_URL", &stub.url), ("E2E_VERDICT", "flaky")], &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    assert!(ended.stderr.contains("1 flaky"), "{}", ended.said());
}

#[test]
fn live_required_without_a_live_environment_refuses_every_case_and_names_what_is_missing() {
    let ended = root("advisory").libtest(&[("REQUIRE_LIVE", "1")], &[]);
    assert_eq!(ended.code, Some(5), "{}", ended.said());
    assert!(ended.stdout.contains("live is required, missing TRUTH_URL"), "{}", ended.said());
    assert!(ended.stdout.contains("test truth::passed          ... FAILED"), "{}", ended.said());
    assert!(ended.stdout.contains("test truth::blocked         ... ignored"), "{}", ended.said());
}

#[test]
fn live_required_turns_a_skip_into_a_refusal_whatever_its_gate() {
    let stub = Stub::start();
    let variables = [("TRUTH_URL", stub.url.as_str()), ("E2E_VERDICT", "skipped"), ("REQUIRE_LIVE", "1")];
    for ended in [root("advisory").native(&variables, &[]), root("required").libtest(&variables, &[])] {
        assert_eq!(ended.code, Some(5), "{}", ended.said());
        assert!(ended.stderr.contains("refused"), "{}", ended.said());
    }
}

#[test]
fn a_leak_beats_every_green_and_every_red() {
    let stub = Stub::start();
    let root = root("required");
    root.write(
        "suite.toml",
        &format!("{SUITE}\n[resource.thing]\nkey = \"name\"\nfind = \"flows/find\"\nrelease = \"flows/release\"\ngone = \"flows/gone\"\n"),
    );
    let flow = |outputs: &str, path: &str, rest: &str| {
        format!(
            "[flow]\ninputs = [\"key\"]\n{outputs}\n[[step]]\nname = \"x\"\nrun.http = {{ on = \"stub\", path = \"{path}\" }}\n{rest}\n"
        )
    };
    root.write(
        "flows/find.toml",
        &flow(
            "outputs = [\"found\"]",
            "/ok",
            "expect = [\"status == 200\"]\n[step.capture]\nfound = \"true\"",
        ),
    );
    root.write("flows/release.toml", &flow("", "/ok", "expect = [\"status == 200\"]"));
    root.write("flows/gone.toml", &flow("", "/ok", "expect = [\"status == 404\"]"));
    let owning = SCENARIO.replacen(
        "expect   = [\"status == 200\"]",
        "owns = { thing = \"{{ case.token }}\" }\nexpect   = [\"status == 200\"]",
        1,
    );
    root.write("truth.toml", &owning);
    for verdict in ["passed", "failed"] {
        let ended = root.libtest(&[("TRUTH_URL", &stub.url), ("E2E_VERDICT", verdict)], &[]);
        assert_eq!(ended.code, Some(4), "{verdict} {}", ended.said());
        assert!(ended.stderr.contains("1 leaked of 1 created"), "{}", ended.said());
        assert!(
            ended.stderr.contains("exit 4: something was left behind, whatever the cases say"),
            "{}",
            ended.said()
        );
    }
}

#[test]
fn a_fixture_of_the_run_that_never_comes_up_is_3_and_its_cases_are_errored() {
    let stub = Stub::start();
    let root = root("required");
    root.write("suite.toml", &format!("{SUITE}\n[fixture.org]\nscope = \"run\"\nuse = \"flows/org\"\n"));
    root.write("flows/org.toml", "[flow]\n[[step]]\nname = \"org\"\nrun.http = { on = \"stub\", path = \"/fails\" }\nexpect = [\"status == 201\"]\n");
    root.write("truth.toml", &SCENARIO.replace("name = \"truth\"", "name = \"truth\"\nfixtures = [\"org\"]"));
    let ended = root.libtest(&[("TRUTH_URL", &stub.url), ("E2E_VERDICT", "passed")], &[]);
    assert_eq!(ended.code, Some(3), "{}", ended.said());
    assert!(ended.stderr.contains("1 errored"), "{}", ended.said());
    assert!(ended.stderr.contains("out of order"), "{}", ended.said());
}

#[test]
fn an_interrupted_run_is_130_and_has_an_end_for_every_case() {
    let stub = Stub::start();
    let root = root("required");
    root.write(
        "truth.toml",
        &SCENARIO.replacen(
            "path = \"/ok\" }",
            "path = \"/busy\" }\npoll = { until = \"status == 200\", within = \"15s\" }",
            1,
        ),
    );
    for name in ["INT", "TERM", "HUP"] {
        let child = root.start(&[("TRUTH_URL", &stub.url), ("E2E_VERDICT", "passed")]);
        stub.wait_for("GET /busy");
        let ended = signalled(child, name);
        assert_eq!(ended.code, Some(130), "{name} {}", ended.said());
        assert!(ended.stderr.contains("1 cancelled"), "{}", ended.said());
    }
}

fn signalled(child: Child, name: &str) -> Ended {
    signal(&child, name);
    let output: Output = child.wait_with_output().expect("it ends");
    output.into()
}

#[test]
fn under_nextest_a_required_case_that_is_skipped_at_run_time_fails() {
    let stub = Stub::start();
    let variables = [("TRUTH_URL", stub.url.as_str()), ("NEXTEST_RUN_ID", "a-run")];
    let case = |verdict: &str| ["--exact".to_owned(), format!("truth::{verdict}"), "--nocapture".to_owned()];
    for (gate, expected) in [("required", 5), ("advisory", 0)] {
        let root = root(gate);
        let skipped = case("skipped");
        let mut arguments: Vec<&str> = skipped.iter().map(String::as_str).collect();
        arguments.push("--ignored");
        let ended = root.libtest(&variables, &arguments);
        assert_eq!(ended.code, Some(expected), "{gate} {}", ended.said());
        let passed = case("passed");
        let ended = root.libtest(&variables, &passed.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(ended.code, Some(0), "{gate} {}", ended.said());
        assert!(root.path().join(".shakedown/runs/a-run").is_dir(), "the processes share one run's folder");
    }
}

#[test]
fn two_tallies_that_disagree_are_70() {
    // Asked for by name and not as an ignored one, the case is counted by libtest and never comes to its end.
    let variables = [("TRUTH_URL", "http://127.0.0.1:1"), ("NEXTEST_RUN_ID", "a-run")];
    let ended = root("required").libtest(&variables, &["--exact", "truth::blocked"]);
    assert_eq!(ended.code, Some(70), "{}", ended.said());
    assert!(
        ended.stderr.contains("libtest counts [0, 0, 1] (ok, failed, ignored), the event log [0, 0, 0]"),
        "{}",
        ended.said()
    );
    assert!(ended.stderr.contains("1 lost"), "{}", ended.said());
}

#[test]
fn a_closed_stdout_is_70_and_everything_is_released_all_the_same() {
    let mut command = crate::support::staging();
    command.env("SHAKEDOWN_ROOT", env!("CARGO_MANIFEST_DIR")).env("E2E_RUNTIME", "mock");
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a full disk");
    let ended: Ended = command.stdout(full).output().expect("it starts").into();
    assert_eq!(ended.code, Some(70), "{}", ended.said());
    assert!(ended.stderr.contains("libtest could not print its lines"), "{}", ended.said());
    assert!(ended.stderr.contains("0 leaked of"), "{}", ended.said());
}

#[test]
fn the_exit_code_goes_through_cargo() {
    let stub = Stub::start();
    let root = root("required");
    for (verdict, expected) in [("passed", 0), ("failed", 1)] {
        let mut cargo = cargo(&["test", "--quiet", "--test", "staging"]);
        cargo.env("SHAKEDOWN_ROOT", root.path()).env("TRUTH_URL", &stub.url).env("E2E_VERDICT", verdict);
        let ended: Ended = cargo.output().expect("cargo starts").into();
        assert_eq!(ended.code, Some(expected), "{}", ended.said());
    }
    let mut refused = cargo(&["test", "--quiet", "--test", "staging"]);
    let ended: Ended = refused.env("REQUIRE_LIVE", "1").output().expect("cargo starts").into();
    assert_eq!(ended.code, Some(5), "{}", ended.said());
    for name in ["MOLECULE_CP_URL", "MOLECULE_ADMIN_TOKEN"] {
        assert!(ended.stdout.contains(name), "{name}\n{}", ended.said());
    }
}

#[test]
fn what_a_target_says_commands_no_runner_of_a_job() {
    let stub = Stub::start();
    let root = root("required");
    root.write(
        "truth.toml",
        &SCENARIO.replacen("path = \"/ok\"", "path = \"/commands\"", 1).replacen(
            "status == 200",
            "text == ''",
            1,
        ),
    );
    let variables = [("TRUTH_URL", stub.url.as_str()), ("E2E_VERDICT", "passed"), ("GITHUB_ACTIONS", "true")];
    for ended in [root.native(&variables, &[]), root.libtest(&variables, &[])] {
        assert_eq!(ended.code, Some(1), "{}", ended.said());
        assert!(ended.said().contains("set-output name=exit"), "{}", ended.said());
        let commands = |line: &str| line.trim_start().starts_with("::") || line.contains("##[");
        assert!(!ended.said().split(['\n', '\r']).any(commands), "{}", ended.said());
    }
}
