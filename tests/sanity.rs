//! The sanity lane: a run that is broken on purpose is red and leaves nothing, and anything else is an alarm.

use crate::support::{Ended, Root};
use std::fs;

/// Our suites, which do not wait long for what will not happen.
#[expect(clippy::expect_used, reason = "a root that cannot be written fails its test")]
fn root() -> Root {
    let root = Root::like_ours();
    let suite = fs::read_to_string(root.path().join("scenarios/staging/suite.toml")).expect("a suite");
    root.write("suite.toml", &suite.replace("poll-within = \"10s\"", "poll-within = \"1s\""));
    root
}

fn exit(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code, Some(code), "{}", ended.said());
    for words in words {
        assert!(ended.said().contains(words), "{words}\n{}", ended.said());
    }
}

#[test]
fn a_token_that_is_wrong_on_purpose_makes_the_run_red_and_leaves_nothing() {
    let ended = root().native(&[], &["--lane", "sanity"]);
    let said = [
        "lane sanity (--lane was given), exit 1 is good",
        "in `create`  expect  status == 201",
        "1 failed; 0 leaked of 1 created",
        "exit 1: a required case is red, as lane sanity expects",
    ];
    exit(&ended, 1, &said);
}

#[test]
fn a_platform_that_takes_any_token_is_an_alarm() {
    let ended = root().native(&[], &["--lane", "sanity", "--fault", "tenant-token-unchecked"]);
    let alarm = "exit 0: nothing is red; ALARM: lane sanity expects exit 1: what was broken on purpose was not noticed";
    exit(&ended, 0, &["0 leaked of 2 created", alarm]);
}

#[test]
fn a_platform_that_leaves_something_behind_is_an_alarm_and_a_leak() {
    let ended = root().native(&[], &["--lane", "sanity", "--fault", "org-delete-leaves-instance"]);
    let alarm = "ALARM: lane sanity expects exit 1: what was broken on purpose was not cleaned up after";
    exit(&ended, 4, &["1 leaked of 1 created", "LEAKED org", alarm]);
}

#[test]
fn a_fixture_that_never_comes_up_is_an_alarm_of_another_kind() {
    let ended = root().native(&[], &["--lane", "sanity", "--fault", "org-never-runs"]);
    exit(&ended, 3, &["ALARM: lane sanity expects exit 1: it did not come to what was broken on purpose"]);
}

#[test]
fn the_older_variable_breaks_any_lane_on_purpose_and_no_is_no() {
    let canary = [("E2E_MODE", "canary"), ("E2E_INTENTIONAL_FAILURE", "1")];
    let ended = root().native(&canary, &[]);
    exit(&ended, 1, &["lane canary (E2E_MODE is set)", "1 failed; 0 leaked of 1 created"]);
    assert!(!ended.said().contains("ALARM"), "{}", ended.said());
    let purpose = "broken on purpose: E2E_INTENTIONAL_FAILURE";
    let last = ended.stderr.lines().last().unwrap_or_default();
    assert!(last.ends_with(&format!("; {purpose}")), "{}", ended.said());
    exit(
        &ended,
        1,
        &[
            &format!("note {purpose}\n"),
            "note replaced intentional_failure = true (E2E_INTENTIONAL_FAILURE)\n",
        ],
    );
    let not = [("E2E_MODE", "canary"), ("E2E_INTENTIONAL_FAILURE", "0")];
    exit(&root().native(&not, &[]), 0, &["1 passed; 0 leaked of 2 created"]);
}
