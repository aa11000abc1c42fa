//! Two recordings compared through the command line: which two, in what format, and the exit code.

use crate::support::stub::Stub;
use crate::support::verdicts::SUITE;
use crate::support::{Ended, Root, shakedown};
use serde_json::Value;
use std::fs;

/// A case that is green twice and red from then on.
const TURNS: &str = r#"
[scenario]
name = "turns"
[[step]]
name     = "turned"
run.http = { on = "stub", path = "/turns" }
expect   = ["status == 200"]
"#;

fn report(root: &Root, arguments: &[&str]) -> Ended {
    let mut command = shakedown();
    command.arg("report").args(arguments).arg("--root").arg(root.path());
    command.output().expect("it starts").into()
}

/// The ids of all runs, the first first.
fn runs(root: &Root) -> Vec<String> {
    let mut lines: Vec<Value> = root
        .log()
        .lines()
        .filter(|line| line.contains("\"event\":\"run-started\""))
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    lines.sort_by_key(|line| line["at"].to_string());
    lines.iter().map(|line| line["run"].as_str().expect("a run").to_owned()).collect()
}

/// A root with three runs of a case: green, green, red.
fn turned() -> (Root, Vec<String>) {
    let (stub, root) = (Stub::start(), Root::new(&[("suite.toml", SUITE), ("turns.toml", TURNS)]));
    let ended = root.native(&[("TRUTH_URL", &stub.url)], &["--repeat", "3"]);
    assert!(ended.stderr.contains("3 runs: 2 green, 1 red"), "{}", ended.said());
    let runs = runs(&root);
    (root, runs)
}

#[test]
fn a_new_red_is_told_and_ends_with_1_when_somebody_asks_for_the_exit_code() {
    let (root, runs) = turned();
    let shown = report(&root, &["--compare", &runs[0], &runs[2]]);
    assert_eq!(shown.code, Some(0), "{}", shown.said());
    assert!(shown.stdout.contains("new red         1\n  turns"), "{}", shown.said());
    assert_eq!(report(&root, &["--compare", &runs[0], &runs[2], "--exit-code"]).code, Some(1));
    let back = report(&root, &["--compare", &runs[2], &runs[0], "--exit-code"]);
    assert_eq!(back.code, Some(0), "{}", back.said());
    assert!(back.stdout.contains("fixed           1\n  turns (was failed)"), "{}", back.said());
    let same = report(&root, &["--compare", &runs[0], &runs[1], "--exit-code"]);
    assert_eq!(same.code, Some(0), "{}", same.said());
    assert!(same.stdout.ends_with("nothing has changed\n"), "{}", same.said());
}

#[test]
fn without_a_second_run_it_is_the_newest_other_one_of_the_suite_and_environment() {
    let (root, runs) = turned();
    let json = report(&root, &["--compare", &runs[1], "--format", "json"]);
    let document: Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(document["after"]["run"], runs[2].as_str(), "{document:#}");
    let json = report(&root, &["--compare", &runs[2], "--format", "json"]);
    let document: Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(document["after"]["run"], runs[1].as_str(), "{document:#}");
}

#[test]
fn a_file_is_replaced_by_a_comparison_only_where_it_is_one() {
    let (root, runs) = turned();
    let path = root.path().join("changes.md");
    let arguments =
        ["--compare", &runs[0], &runs[2], "--format", "markdown", "--output", &path.display().to_string()];
    for _ in 0..2 {
        assert_eq!(report(&root, &arguments).code, Some(0));
    }
    fs::write(&path, "# notes of somebody").expect("a file");
    let refused = report(&root, &arguments);
    assert_eq!(refused.code, Some(2), "{}", refused.said());
    assert!(refused.stderr.contains("it is there already and is not ours"), "{}", refused.said());
    assert_eq!(fs::read_to_string(&path).expect("a text"), "# notes of somebody");
}

#[test]
fn what_cannot_be_compared_is_refused_by_name() {
    let (root, runs) = turned();
    let junit = report(&root, &["--compare", &runs[0], "--format", "junit"]);
    assert_eq!(junit.code, Some(2), "{}", junit.said());
    assert!(junit.stderr.contains("a comparison has no format junit"), "{}", junit.said());
    let other = Root::new(&[]);
    let suite = SUITE.replace("name            = \"staging\"", "name            = \"shop\"");
    fs::create_dir_all(other.path().join("scenarios/shop")).expect("a folder");
    fs::write(other.path().join("scenarios/shop/suite.toml"), suite).expect("a file");
    fs::write(other.path().join("scenarios/shop/turns.toml"), TURNS).expect("a file");
    let stub = Stub::start();
    let mut command = shakedown();
    command.args(["run", "shop", "--root"]).arg(other.path()).env("TRUTH_URL", &stub.url);
    assert!(command.status().expect("it starts").success());
    let shop = other.path().join(".shakedown/runs");
    let shop = fs::read_dir(shop).expect("runs").flatten().next().expect("a run").path();
    let refused = report(&root, &["--compare", &runs[0], &shop.display().to_string()]);
    assert_eq!(refused.code, Some(2), "{}", refused.said());
    assert!(refused.stderr.contains("they have no case in common"), "{}", refused.said());
    let alone = report(&other, &["--compare", &shop.display().to_string()]);
    assert_eq!(alone.code, Some(2), "{}", alone.said());
    assert!(alone.stderr.contains("there is no other run of shop on live"), "{}", alone.said());
}
