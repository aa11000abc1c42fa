//! Shards: every case once between them, the same on every machine, and put together again only when nothing is missing.

use crate::support::stub::Stub;
use crate::support::verdicts::{SUITE, root};
use crate::support::{Ended, Root, cargo, shakedown};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn plan(root: &Root, url: &str, arguments: &[&str]) -> Ended {
    let mut command = shakedown();
    command.args(["plan", "staging"]).args(arguments).arg("--root").arg(root.path()).env("TRUTH_URL", url);
    command.output().expect("it starts").into()
}

fn planned(root: &Root, url: &str, arguments: &[&str]) -> Vec<String> {
    let ended = plan(root, url, &[&["--json"], arguments].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    let document = ended.document("plan");
    let cases = document["cases"].as_array().expect("cases").iter();
    cases.map(|case| case["id"].as_str().expect("an id").to_owned()).collect()
}

fn call(root: &Root, arguments: &[&str]) -> Ended {
    let mut command = shakedown();
    command.args(arguments).arg("--root").arg(root.path()).output().expect("it starts").into()
}

/// The recordings of a root, the oldest first.
fn runs(root: &Root) -> Vec<PathBuf> {
    let found = fs::read_dir(root.path().join(".shakedown/runs")).expect("runs").flatten();
    let mut found: Vec<_> = found
        .map(|run| (run.metadata().expect("a folder").modified().expect("a time"), run.path()))
        .collect();
    found.sort();
    found.into_iter().map(|(_, path)| path).collect()
}

/// A root in which these shards ran, one after the other, and their recordings.
fn sharded(stub: &Stub, shards: &[&str]) -> (Root, Vec<PathBuf>) {
    let root = root("required");
    for shard in shards {
        let ended = root.native(&[("TRUTH_URL", &stub.url), ("E2E_SHARD", shard)], &[]);
        assert!(matches!(ended.code, Some(0 | 1)), "{}", ended.said());
    }
    let runs = runs(&root);
    assert_eq!(runs.len(), shards.len());
    (root, runs)
}

/// What merging says when it refuses; nothing is left of the attempt then.
fn refused(root: &Root, recordings: &[&Path], words: &[&str]) {
    let before = runs(root).len();
    let paths: Vec<String> = recordings.iter().map(|path| path.display().to_string()).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let ended = call(root, &[&["merge"], paths.as_slice()].concat());
    assert_eq!(ended.code, Some(2), "{}", ended.said());
    for word in words {
        assert!(ended.stderr.contains(word), "{word}: {}", ended.said());
    }
    assert_eq!(runs(root).len(), before, "{}", ended.said());
}

#[test]
fn every_case_is_in_exactly_one_shard_whatever_the_division() {
    let root = root("required");
    let all: BTreeSet<String> = planned(&root, "http://127.0.0.1:1", &[]).into_iter().collect();
    for (flag, division) in [("--shard", ""), ("--partition", "slice:"), ("--partition", "count:")] {
        let mut seen = BTreeSet::new();
        for number in 1..=3 {
            for case in planned(&root, "http://127.0.0.1:1", &[flag, &format!("{division}{number}/3")]) {
                assert!(seen.insert(case.clone()), "{case} is in two shards");
            }
        }
        assert_eq!(seen, all, "{flag} {division}");
    }
    let many = plan(&root, "http://127.0.0.1:1", &["--shard", "11/11"]);
    assert_eq!(many.code, Some(5), "{}", many.said());
    assert!(many.stderr.contains("shard 11 of 11 has no case: the plan has 10 cases"), "{}", many.said());
}

#[test]
fn shards_are_balanced_by_estimates_that_all_of_them_are_given_and_the_plan_says_so() {
    let root = root("required");
    let text = plan(&root, "http://127.0.0.1:1", &["--json"]).stdout;
    let mut document: Value = serde_json::from_str(&text).expect("JSON");
    document["estimated-from"] = 3.into();
    for case in document["cases"].as_array_mut().expect("cases") {
        let is_long = case["id"] == "truth::errored";
        case["estimate"] = if is_long { 600.0.into() } else { 60.0.into() };
    }
    let file = root.path().join("plan.json");
    fs::write(&file, document.to_string()).expect("a file");
    let file = file.display().to_string();
    let shard = |number: u8| {
        planned(&root, "http://127.0.0.1:1", &["--shard", &format!("{number}/2"), "--estimates", &file])
    };
    let alone = [shard(1), shard(2)];
    let with_long = alone.iter().find(|cases| cases.contains(&"truth::errored".to_owned())).expect("a shard");
    // Two cases do not run; what takes ten minutes has no other that does beside it.
    assert!(with_long.len() <= 3, "{alone:?}");
    let shown = plan(&root, "http://127.0.0.1:1", &["--shard", "1/2", "--estimates", &file]).stdout;
    let words = format!(
        "shard      1 of 2, {} of 10 cases, by the estimates of {file}, for 8 of 8 cases",
        alone[0].len()
    );
    assert!(shown.contains(&words), "{shown}");
    assert!(shown.contains("shard totals 10m, 7m"), "{shown}");
    let why =
        plan(&root, "http://127.0.0.1:1", &["--why", "errored", "--shard", "2/2", "--estimates", &file])
            .stdout;
    let words =
        "schedule  shard 1 of 2: predicted 10m (the median of its earlier runs); shard totals 10m, 7m\n";
    assert!(why.contains(words), "{why}");
    let equal = plan(&root, "http://127.0.0.1:1", &["--shard", "1/2"]).stdout;
    assert!(
        equal.contains("1 of 2, 5 of 10 cases, no file of estimates, so every case weighs the same"),
        "{equal}"
    );
    let foreign = fs::read_to_string(&file)
        .expect("a file")
        .replace("\"environment\":\"live\"", "\"environment\":\"embedded\"");
    fs::write(&file, foreign).expect("a file");
    let refused = plan(&root, "http://127.0.0.1:1", &["--shard", "1/2", "--estimates", &file]);
    assert_eq!(refused.code, Some(2), "{}", refused.said());
    assert!(
        refused.stderr.contains("is a plan of staging on embedded, and this is staging on live"),
        "{}",
        refused.said()
    );
}

#[test]
fn shards_put_together_say_the_same_as_the_run_that_was_not_divided() {
    let stub = Stub::start();
    let whole = root("required");
    whole.native(&[("TRUTH_URL", &stub.url)], &[]);
    let (root, runs) = sharded(&stub, &["2/3", "1/3", "3/3"]);
    let artifacts = root.path().join("artifacts");
    for (number, run) in runs.iter().enumerate() {
        crate::support::copy(run, &artifacts.join(format!("{number}/a-run")));
    }
    let merged = root.path().join("merged");
    let (from, to) = (artifacts.display().to_string(), merged.display().to_string());
    let ended = call(&root, &["merge", &from, "--output", &to]);
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    assert!(ended.stdout.contains("merged    shard 1 of 3 ("), "{}", ended.said());
    assert!(ended.stdout.trim_end().ends_with("exit 1: a required case is red"), "{}", ended.said());
    let view = |root: &Root, run: &[&str]| -> Value {
        let json = call(root, &[&["report", "--format", "json"], run].concat());
        serde_json::from_str(&json.stdout).expect("JSON")
    };
    let (one, other) = (view(&whole, &[]), view(&root, &[&to]));
    let verdicts = |report: &Value| -> Vec<(String, String)> {
        let cases = report["cases"].as_array().expect("cases").iter();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        cases.map(|case| (text(&case["id"]), text(&case["verdict"]))).collect()
    };
    assert_eq!(verdicts(&other), verdicts(&one));
    assert_eq!((&other["exit"], &other["selection"]), (&one["exit"], &one["selection"]));
    let shards = other["merged"].as_array().expect("shards");
    let numbers: Vec<u64> = shards.iter().map(|shard| shard["number"].as_u64().expect("a number")).collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert!(
        shards.iter().all(|shard| shard["log"].as_str().is_some_and(|log| log.len() == 64)),
        "{shards:?}"
    );
    for format in ["text", "junit", "markdown", "annotations"] {
        let shown = call(&root, &["report", &to, "--format", format]);
        assert_eq!(shown.code, Some(0), "{}", shown.said());
    }
    let again = call(&root, &["merge", &from, "--output", &to]);
    assert_eq!(again.code, Some(2), "{}", again.said());
    assert!(again.stderr.contains("is there already: name another folder with --output"), "{}", again.said());
}

#[test]
fn a_merge_names_what_is_missing_what_is_there_twice_and_what_is_no_shard_of_it() {
    let stub = Stub::start();
    let (root, runs) = sharded(&stub, &["1/3", "2/3", "3/3", "1/2", "1/3"]);
    let [first, second, third, half, again] = runs.as_slice() else { panic!("{runs:?}") };
    let missing = ["no shard has 3 cases: shard 2 of 3 is not there", "\n    truth::"];
    refused(&root, &[first, third], &missing);
    refused(&root, &[first, second, third, half], &["more than one shard has 5 cases", "(runs "]);
    let twice = ["shard 1 of 3 is there twice, as run ", "leave one of them out, or say --latest"];
    refused(&root, &[first, second, third, again], &twice);
    let paths: Vec<String> = [first, second, third, again].map(|path| path.display().to_string()).into();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let latest = call(&root, &[&["merge", "--latest"], paths.as_slice()].concat());
    assert_eq!(latest.code, Some(1), "{}", latest.said());
    let newest = again.file_name().expect("a name").to_string_lossy();
    assert!(latest.stdout.contains(&format!("shard 1 of 3 ({newest})")), "{}", latest.said());
    root.native(&[("TRUTH_URL", &stub.url)], &[]);
    let whole = self::runs(&root).pop().expect("a run");
    refused(&root, &[&whole], &[" is no shard (", "`shakedown report` shows it"]);
}

#[test]
fn what_was_put_together_is_an_ordinary_run_of_its_commit_and_in_the_history() {
    let stub = Stub::start();
    let root = root("required");
    let shard = |shard: &str, commit: &str| {
        let variables = [
            ("TRUTH_URL", stub.url.as_str()),
            ("E2E_SHARD", shard),
            ("GITHUB_SHA", commit),
            ("GITHUB_REF", "refs/heads/main"),
        ];
        root.native(&variables, &[]);
        runs(&root).pop().expect("a run")
    };
    let (one, two, other) = (shard("1/2", "aaaa"), shard("2/2", "aaaa"), shard("2/2", "bbbb"));
    refused(&root, &[&one, &other], &["its commit is bbbb, and not aaaa"]);
    let first = |run: &Path| -> Value {
        let log = fs::read_to_string(run.join("events.jsonl")).expect("a log");
        serde_json::from_str(log.lines().next().expect("a line")).expect("an event")
    };
    assert_eq!(first(&two)["provenance"]["apart"], serde_json::json!(["only shard 2 of 2"]));
    let ended = call(&root, &["merge", &one.display().to_string(), &two.display().to_string()]);
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    let whole = first(&runs(&root).pop().expect("a run"));
    assert_eq!(whole["provenance"], serde_json::json!({ "commit": "aaaa", "branch": "main" }));
    let history = call(&root, &["history", "staging", "--json"]);
    let history: Value = serde_json::from_str(&history.stdout).expect("JSON");
    let apart = |run: &&Value| run["apart"] == serde_json::json!([]);
    let ordinary: Vec<&Value> = history["runs"].as_array().expect("runs").iter().filter(apart).collect();
    assert_eq!(ordinary.iter().map(|run| &run["id"]).collect::<Vec<_>>(), [&whole["run"]]);
}

#[test]
fn a_merge_refuses_shards_of_another_plan_and_recordings_that_are_torn_or_changed() {
    let stub = Stub::start();
    let (root, runs) = sharded(&stub, &["1/2", "2/2"]);
    root.native(&[("TRUTH_URL", &stub.url), ("E2E_SHARD", "2/2"), ("E2E_VERDICT", "!blocked")], &[]);
    let other = self::runs(&root).pop().expect("a run");
    let words = [
        "is not a shard of the same plan as run ",
        "its selection is E2E_VERDICT=!blocked, and not everything",
    ];
    refused(&root, &[&runs[0], &other], &words);
    root.write("gates.toml", "");
    root.native(&[("TRUTH_URL", &stub.url), ("E2E_SHARD", "2/2")], &[]);
    let other = self::runs(&root).pop().expect("a run");
    refused(&root, &[&runs[0], &other], &["gates, decisions, deadlines or replaced bindings are different"]);
    root.native(&[("TRUTH_URL", &stub.url), ("E2E_SHARD", "2/2"), ("REQUIRE_LIVE", "1")], &[]);
    let other = self::runs(&root).pop().expect("a run");
    refused(
        &root,
        &[&runs[0], &other],
        &["its policy is forbidden skips, flaky pass, and not tolerated skips"],
    );
    let (log, plan) = (runs[1].join("events.jsonl"), runs[1].join("plan.json"));
    let (text, document) =
        (fs::read_to_string(&log).expect("a log"), fs::read_to_string(&plan).expect("a plan"));
    fs::write(&log, &text[..=text.trim_end().rfind('\n').expect("lines")]).expect("a file");
    refused(
        &root,
        &[&runs[0], &runs[1]],
        &["shard 2 of 2 did not come to its end (run ", "merge with --latest"],
    );
    fs::write(&log, &text).expect("a file");
    fs::write(&plan, document.replace("\"gate\": \"required\"", "\"gate\": \"advisory\"")).expect("a file");
    refused(&root, &[&runs[0], &runs[1]], &["plan.json is not the plan that line 1 of the log names"]);
    fs::remove_file(&plan).expect("a file");
    refused(&root, &[&runs[0], &runs[1]], &["has no plan beside its log", "take plan.json along"]);
}

#[test]
fn the_leaks_of_all_shards_are_those_of_the_whole() {
    let stub = Stub::start();
    let (root, runs) = sharded(&stub, &["1/2", "2/2"]);
    for (number, run) in runs.iter().enumerate() {
        let log = run.join("events.jsonl");
        let text = fs::read_to_string(&log).expect("a log");
        let (lines, end) = text.trim_end().rsplit_once('\n').expect("lines");
        let at = end.split("\",").next().expect("a time");
        let leak = format!(
            "{at}\",\"event\":\"leaked\",\"kind\":\"org\",\"key\":\"e2e-{number}\",\"cause\":\"it is still there\"}}"
        );
        let (head, _) = end.split_once("\"exit\":").expect("an exit");
        fs::write(&log, format!("{lines}\n{leak}\n{head}\"exit\":\"leak\"}}\n")).expect("a file");
    }
    let paths: Vec<String> = runs.iter().map(|path| path.display().to_string()).collect();
    let ended = call(&root, &["merge", &paths[0], &paths[1]]);
    assert_eq!(ended.code, Some(4), "{}", ended.said());
    assert!(ended.stdout.contains("; 2 leaked of 2 created;"), "{}", ended.said());
    let same = fs::read_to_string(runs[1].join("events.jsonl")).expect("a log").replace("e2e-1", "e2e-0");
    fs::write(runs[1].join("events.jsonl"), same).expect("a file");
    refused(&root, &[&runs[0], &runs[1]], &["both created org e2e-0: they were not two shards of one run"]);
}

const LANE: &str = "[lane.broad]\nfloor = { verdict = 1 }\nselect = { verdict = [\"passed\", \"flaky\"] }\nmax-skipped = 0\n";

#[test]
fn what_a_lane_demands_is_judged_when_the_shards_are_put_together_and_in_none_of_them() {
    let stub = Stub::start();
    let root = root("required");
    root.write("suite.toml", &format!("{SUITE}{}", LANE.replace("\"flaky\"", "\"skipped\"")));
    for shard in ["1/2", "2/2"] {
        let ended =
            root.native(&[("TRUTH_URL", &stub.url), ("E2E_SHARD", shard), ("E2E_LANE", "broad")], &[]);
        assert_eq!(ended.code, Some(0), "{}", ended.said());
        let number = &shard[..1];
        let off = format!(
            "lane broad demands of a whole run: this is shard {number} of 2, `shakedown merge` asks for it"
        );
        assert!(ended.stderr.contains(&off), "{}", ended.said());
        let header = format!("shard {number} of 2 (no file of estimates, so every case weighs the same)");
        assert!(ended.stderr.contains(&header), "{}", ended.said());
    }
    let paths: Vec<String> = runs(&root).iter().map(|path| path.display().to_string()).collect();
    let ended = call(&root, &["merge", &paths[0], &paths[1]]);
    assert_eq!(ended.code, Some(5), "{}", ended.said());
    let demands =
        "lane broad demands more: 1 of 2 cases skipped, 0 at most, 0 cases of verdict skipped executed";
    assert!(ended.stdout.contains(demands), "{}", ended.said());
}

#[test]
fn the_test_target_runs_and_lists_the_shard_that_its_variable_names() {
    let stub = Stub::start();
    let root = root("required");
    let variables = |shard| [("TRUTH_URL", stub.url.as_str()), ("E2E_SHARD", shard)];
    let expected = planned(&root, &stub.url, &["--shard", "2/4"]);
    let listed = root.libtest(&variables("2/4"), &["--list", "--format", "terse"]);
    let lines: Vec<String> = listed.stdout.lines().map(|line| line.replace(": test", "")).collect();
    assert_eq!((listed.code, &lines), (Some(0), &expected), "{}", listed.said());
    let ran = root.libtest(&variables("2/4"), &[]);
    assert!(ran.stdout.contains(&format!("running {} tests", expected.len())), "{}", ran.said());
    let wrong = root.libtest(&variables("5/4"), &[]);
    assert_eq!(wrong.code, Some(2), "{}", wrong.said());
    assert!(wrong.stderr.contains("E2E_SHARD: `5/4` names none of 4"), "{}", wrong.said());
    let variables = [("TRUTH_URL", stub.url.as_str()), ("E2E_SHARD", "2/4"), ("NEXTEST_RUN_ID", "a-run")];
    let nextest = root.libtest(&variables, &["--list"]);
    assert_eq!(nextest.code, Some(2), "{}", nextest.said());
    assert!(nextest.stderr.contains("say `cargo nextest run --partition slice:2/4`"), "{}", nextest.said());
}

/// What the real nextest lists in a partition; none where it is not installed.
fn nextest(root: &Root, url: &str, partition: &str) -> Option<Vec<String>> {
    if !cargo(&["nextest", "--version"]).output().is_ok_and(|ended| ended.status.success()) {
        return None;
    }
    let arguments =
        ["nextest", "list", "--package", "shakedown", "--test", "staging", "--run-ignored", "all"];
    let mut command =
        cargo(&[&arguments[..], &["--message-format", "json", "--partition", partition]].concat());
    command.env("SHAKEDOWN_ROOT", root.path()).env("TRUTH_URL", url);
    let ended: Ended = command.output().expect("it starts").into();
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    let document: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    let suites = document["rust-suites"].as_object().expect("suites").values();
    let cases = suites.flat_map(|suite| suite["testcases"].as_object().expect("cases"));
    let matching = cases.filter(|(_, case)| case["filter-match"]["status"] == "matches");
    Some(matching.map(|(name, _)| name.clone()).collect())
}

#[test]
fn a_partition_has_the_cases_that_nextest_gives_it() {
    let root = root("required");
    for partition in ["slice:1/3", "slice:2/3", "slice:3/3", "hash:1/2", "hash:2/2", "count:2/4"] {
        let Some(theirs) = nextest(&root, "http://127.0.0.1:1", partition) else {
            eprintln!("cargo nextest is not here: its partitions are compared where it is");
            return;
        };
        let mut ours = planned(&root, "http://127.0.0.1:1", &["--partition", partition]);
        ours.sort();
        assert_eq!(ours, theirs, "{partition}");
    }
}
