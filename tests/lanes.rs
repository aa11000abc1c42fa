//! Lanes and selections from outside: by argument and by variable, their policy, their clock, their group.

use crate::support::stub::Stub;
use crate::support::verdicts::{SUITE, root};
use crate::support::{Ended, Root};
use std::fs::{self, File};

const LANES: &str = r#"
[lane.green]
select  = { verdict = ["passed", "flaky"] }
flaky   = "fail"
timeout = "50s"
[lane.strict]
select       = { verdict = "skipped" }
require-live = true
[lane.alone]
select    = { verdict = "passed" }
exclusive = "one-at-a-time"
timeout   = "25s"
"#;

fn with_lanes() -> Root {
    let root = root("required");
    root.write("suite.toml", &format!("{SUITE}{LANES}"));
    root
}

fn exit(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code, Some(code), "{}", ended.said());
    for words in words {
        assert!(ended.said().contains(words), "{words}\n{}", ended.said());
    }
}

#[test]
fn a_lane_selects_and_brings_its_policy_through_both_fronts() {
    let stub = Stub::start();
    let (root, live) = (with_lanes(), ("TRUTH_URL", stub.url.as_str()));
    let native = root.native(&[live], &["--lane", "green"]);
    exit(
        &native,
        1,
        &["lane green (--lane was given), selected verdict = passed,flaky", "1 passed, 1 flaky"],
    );
    let libtest = root.libtest(&[live, ("E2E_LANE", "green")], &[]);
    exit(&libtest, 1, &["running 2 tests", "lane green"]);
    exit(&root.native(&[live, ("E2E_LANE", "strict")], &[]), 5, &["1 refused"]);
    exit(&root.native(&[live, ("E2E_LANE", "green")], &["--lane", "alone"]), 0, &["lane alone", "1 passed"]);
}

#[test]
fn arguments_and_variables_narrow_a_lane_and_each_other() {
    let stub = Stub::start();
    let (root, live) = (with_lanes(), ("TRUTH_URL", stub.url.as_str()));
    let narrowed = root.native(&[live, ("E2E_LANE", "green")], &["--arm", "!flaky"]);
    exit(&narrowed, 0, &["verdict = passed,flaky, --arm !flaky", "1 passed"]);
    let listed = root.native(&[live, ("E2E_VERDICT", "passed,known-red,!known-red")], &[]);
    exit(&listed, 0, &["1 passed; 0 leaked"]);
    let both = root.native(&[live], &["--select", "verdict=passed,blocked", "--select", "scenario=truth"]);
    exit(&both, 0, &["1 passed, 1 blocked"]);
    exit(
        &root.native(&[live, ("E2E_LANE", "green"), ("E2E_VERDICT", "blocked")], &[]),
        5,
        &["selects no case"],
    );
}

#[test]
fn what_nothing_lists_is_5_with_what_was_probably_meant() {
    let stub = Stub::start();
    let (root, live) = (with_lanes(), ("TRUTH_URL", stub.url.as_str()));
    exit(&root.native(&[live], &["--lane", "gren"]), 5, &["no lane `gren`", "did you mean `green`?"]);
    exit(&root.native(&[live], &["--select", "verdikt=passed"]), 5, &["did you mean `verdict`?"]);
    exit(&root.native(&[live], &["--arm", "pased,flaky"]), 5, &["`pased`", "did you mean `passed`?"]);
    exit(&root.native(&[live], &["--tag", "slow"]), 5, &["lists `slow` as tag"]);
    exit(&root.native(&[live], &["--select", "verdict"]), 2, &["has no `=`"]);
    assert_eq!(stub.seen(), Vec::<String>::new());
}

#[test]
fn a_run_that_takes_too_long_is_stopped_and_its_open_cases_are_errors() {
    let stub = Stub::start();
    let root = root("required");
    let suite = "[suite]\nname = \"staging\"\nconcurrency = 1\ncase-timeout = \"300ms\"\ntimeout = \"400ms\"\n\
        [environment.live]\n[variable.TRUTH_URL]\n[service.stub]\nbase = \"{{ env.TRUTH_URL }}\"\n";
    root.write("suite.toml", suite);
    root.write("gates.toml", "");
    root.write(
        "truth.toml",
        "[scenario]\nname = \"slow\"\n[matrix]\nturn = [\"a\", \"b\", \"c\"]\n[[step]]\nname = \"waits\"\n\
         run.http = { on = \"stub\", path = \"/ok\" }\n\
         poll = { until = \"status == 201\", every = \"20ms\", within = \"280ms\" }\n",
    );
    let ended = root.native(&[("TRUTH_URL", &stub.url)], &[]);
    exit(&ended, 1, &["1 failed, 2 errored", "the run did not end within its timeout of 400ms"]);
}

#[test]
fn of_a_group_one_run_at_a_time_is_under_way_and_the_other_waits() {
    let stub = Stub::start();
    let root = with_lanes();
    let groups = root.path().join(".shakedown/groups");
    fs::create_dir_all(&groups).expect("a folder");
    let held = File::create(groups.join("one-at-a-time.lock")).expect("a file");
    held.lock().expect("nobody else has it");
    let mut waiting = root.start(&[("TRUTH_URL", &stub.url), ("E2E_LANE", "alone")]);
    let mut said = String::new();
    let stderr = std::io::BufReader::new(waiting.stderr.take().expect("piped"));
    for line in std::io::BufRead::lines(stderr).map_while(Result::ok) {
        if line.contains("waiting for another run of group `one-at-a-time`") {
            assert_eq!(stub.seen(), Vec::<String>::new());
            held.unlock().expect("it was ours");
        }
        said.push_str(&(line + "\n"));
    }
    assert_eq!(waiting.wait().expect("it ends").code(), Some(0), "{said}");
    assert!(said.contains("waiting for another run") && said.contains("1 passed"), "{said}");
}
