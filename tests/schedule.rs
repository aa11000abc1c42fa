//! The order in which cases start: the longest first, from what earlier runs took.

use crate::support::stub::Stub;
use crate::support::verdicts::{SCENARIO, SUITE};
use crate::support::{Root, shakedown};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// A suite that runs one case at a time, and a file that says how long each takes.
fn root(url: &str, took: &[(&str, f64)]) -> Root {
    let suite = SUITE.replace("[suite]", "[suite]\nconcurrency = 1");
    let root = Root::new(&[("suite.toml", &suite), ("truth.toml", SCENARIO)]);
    let mut command = shakedown();
    let plan = command.args(["plan", "staging", "--json", "--root"]).arg(root.path()).env("TRUTH_URL", url);
    let plan = plan.output().expect("it starts").stdout;
    let mut document: Value = serde_json::from_slice(&plan).expect("JSON");
    document["estimated-from"] = 2.into();
    for case in document["cases"].as_array_mut().expect("cases") {
        let known = took.iter().find(|(id, _)| case["id"] == *id);
        case["estimate"] = known.map_or(Value::Null, |(_, seconds)| (*seconds).into());
    }
    fs::write(root.path().join("plan.json"), document.to_string()).expect("a file");
    root
}

/// The cases in the order in which they began.
fn started(root: &Root) -> Vec<String> {
    let log = root.log();
    let events = log.lines().map(|line| serde_json::from_str::<Value>(line).expect("an event"));
    let started = events.filter(|event| event["event"] == "case-started");
    started.map(|event| event["case"].as_str().expect("an id").to_owned()).collect()
}

fn estimates(root: &Path) -> String {
    root.join("plan.json").display().to_string()
}

#[test]
fn both_fronts_start_the_longest_case_first_and_before_it_what_nobody_knows() {
    let stub = Stub::start();
    let took = [("truth::passed", 5.0), ("truth::failed", 50.0)];
    for front in ["native", "libtest"] {
        let root = root(&stub.url, &took);
        let estimates = estimates(root.path());
        let only = ("E2E_VERDICT", "passed,flaky,failed");
        let variables = [("TRUTH_URL", stub.url.as_str()), ("E2E_ESTIMATES", &estimates), only];
        let ended = match front {
            "native" => root.native(&variables, &[]),
            _ => root.libtest(&variables, &["--test-threads", "1"]),
        };
        assert_eq!(ended.code, Some(0), "{}", ended.said());
        // Its scenario took 50 s by the median, so a case of it that was never seen is as long as that.
        assert_eq!(started(&root), ["truth::flaky", "truth::failed", "truth::passed"], "{front}");
    }
}

#[test]
fn without_a_file_the_recordings_of_earlier_runs_say_what_is_long_and_the_plan_shows_it() {
    let stub = Stub::start();
    let root = root(&stub.url, &[]);
    let only = ("E2E_VERDICT", "passed,known-red");
    let ran = root.native(&[("TRUTH_URL", &stub.url), only], &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.said());
    let run =
        fs::read_dir(root.path().join(".shakedown/runs")).expect("runs").flatten().next().expect("a run");
    let log = run.path().join("events.jsonl");
    let text = fs::read_to_string(&log).expect("a log");
    let lines = text.lines().map(|line| {
        let mut event: Value = serde_json::from_str(line).expect("an event");
        if event["event"] == "case-ended" {
            event["elapsed"] = if event["case"] == "truth::known-red" { 90.0.into() } else { 30.0.into() };
        }
        event.to_string() + "\n"
    });
    fs::write(&log, lines.collect::<String>()).expect("a log");
    // What the history remembers comes first; without it the recordings tell.
    fs::remove_file(root.path().join(".shakedown/history.db")).expect("a history");
    let mut command = shakedown();
    command
        .args(["plan", "staging", "--root"])
        .arg(root.path())
        .env("TRUTH_URL", &stub.url)
        .env("E2E_VERDICT", only.1);
    let shown = String::from_utf8(command.output().expect("it starts").stdout).expect("text");
    let order = "order      the longest first: truth::known-red 1m 30s, truth::passed 30.0s\n";
    assert!(shown.contains(order), "{shown}");
    let mut command = shakedown();
    command.args(["plan", "staging", "--why", "passed", "--root"]).arg(root.path());
    command.env("TRUTH_URL", &stub.url).env("E2E_VERDICT", "passed,failed,known-red");
    let why = String::from_utf8(command.output().expect("it starts").stdout).expect("text");
    let schedule = "schedule  predicted 30.0s (the median of its earlier runs); starts as number 3 of 3, the longest first\n";
    assert!(why.contains(schedule), "{why}");
    let again = root.native(&[("TRUTH_URL", &stub.url), only], &[]);
    assert_eq!(again.code, Some(0), "{}", again.said());
    let newest = started(&root);
    let (first, second) = newest.split_at(2);
    assert_ne!(first, second);
    assert!(
        [first, second].contains(&["truth::known-red".to_owned(), "truth::passed".to_owned()].as_slice()),
        "{newest:?}"
    );
}
