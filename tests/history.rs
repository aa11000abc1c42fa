//! The history of a root: what a run leaves in it, what comes from elsewhere, what goes, and what cannot break it.

use crate::support::stub::Stub;
use crate::support::verdicts::{SUITE, root};
use crate::support::{Ended, Root, shakedown, signal};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

fn history(root: &Root, arguments: &[&str]) -> Ended {
    let mut command = shakedown();
    command.arg("history").args(arguments).arg("--root").arg(root.path());
    command.output().expect("it starts").into()
}

fn document(root: &Root, arguments: &[&str]) -> Value {
    let ended = history(root, &[&["staging", "--json"], arguments].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    serde_json::from_str(&ended.stdout).expect("JSON")
}

fn ids(document: &Value) -> Vec<String> {
    let runs = document["runs"].as_array().expect("runs");
    runs.iter().map(|run| run["id"].as_str().expect("an id").to_owned()).collect()
}

fn database(root: &Root) -> PathBuf {
    root.path().join(".shakedown/history.db")
}

/// A root in which one run passed and skipped, and the next one failed.
fn two_runs() -> Root {
    let (stub, root) = (Stub::start(), root("required"));
    let ci = [("TRUTH_URL", stub.url.as_str()), ("GITHUB_REF", "refs/heads/main")];
    let of = |verdicts, commit| [&ci[..], &[("E2E_VERDICT", verdicts), ("GITHUB_SHA", commit)]].concat();
    assert_eq!(root.native(&of("passed,failed,skipped", "aaaa"), &[]).code, Some(1));
    assert_eq!(root.native(&of("passed,flaky", "bbbb"), &[]).code, Some(0));
    root
}

/// The only recording of a root whose log contains this.
pub(crate) fn recording(root: &Root, part: &str) -> PathBuf {
    let runs =
        fs::read_dir(root.path().join(".shakedown/runs")).expect("runs").flatten().map(|run| run.path());
    let has =
        |run: &PathBuf| fs::read_to_string(run.join("events.jsonl")).is_ok_and(|log| log.contains(part));
    runs.into_iter().find(has).expect("a recording")
}

/// Copies of a recording as other runs.
pub(crate) fn copies(recording: &Path, to: &Path, count: usize) {
    let run = recording.file_name().expect("a name").to_string_lossy().into_owned();
    let log = fs::read_to_string(recording.join("events.jsonl")).expect("a log");
    for number in 0..count {
        let other = format!("{}{number:04}", &run[..run.len() - 4]);
        fs::create_dir_all(to.join(&other)).expect("a folder");
        fs::write(to.join(&other).join("events.jsonl"), log.replacen(&run, &other, 1)).expect("a log");
        fs::copy(recording.join("plan.json"), to.join(&other).join("plan.json")).expect("a plan");
    }
}

#[test]
fn every_run_that_ends_is_in_the_history_with_its_commit_and_what_sets_it_apart() {
    let root = two_runs();
    let document = document(&root, &[]);
    let runs = document["runs"].as_array().expect("runs");
    let told: Vec<_> = runs.iter().map(|run| (&run["commit"], &run["branch"], &run["exit"])).collect();
    assert_eq!(told.len(), 2, "{document}");
    assert_eq!((told[0].0, told[0].1, told[0].2), (&"aaaa".into(), &"main".into(), &1.into()));
    assert_eq!((told[1].0, told[1].2), (&"bbbb".into(), &0.into()));
    let apart = runs[1]["apart"][0].as_str().expect("a reason");
    assert!(apart.starts_with("only 2 of 10 cases selected: E2E_VERDICT="), "{apart}");
    let trends = document["trends"].as_array().expect("trends");
    let of = |name: &str| trends.iter().find(|trend| trend["name"] == name).expect("a trend");
    assert_eq!(of("passed")["lights"], serde_json::from_str::<Value>(r#"["green","green"]"#).expect("JSON"));
    assert_eq!(of("flaky")["lights"], serde_json::from_str::<Value>(r#"[null,"soft"]"#).expect("JSON"));
    assert_eq!(of("failed")["first-red"]["commit"], "aaaa");
    assert_eq!(of("passed")["last-green"]["commit"], "bbbb");
}

#[test]
fn what_is_imported_is_what_the_run_itself_added_and_nothing_comes_in_twice() {
    let root = two_runs();
    let before = history(&root, &["staging", "--json"]).stdout;
    fs::remove_file(database(&root)).expect("a history");
    let runs = root.path().join(".shakedown/runs").display().to_string();
    let first = history(&root, &["--import", &runs]);
    assert_eq!(first.code, Some(0), "{}", first.said());
    assert!(first.stdout.ends_with("2 runs added, 0 there already, 0 not read\n"), "{}", first.said());
    assert_eq!(history(&root, &["staging", "--json"]).stdout, before);
    let again = history(&root, &["--import", &runs, &runs]);
    assert_eq!(again.stdout, "0 runs added, 4 there already, 0 not read\n", "{}", again.said());
    assert_eq!(history(&root, &["staging", "--json"]).stdout, before);
}

#[test]
fn recordings_that_are_not_what_was_written_are_named_with_their_line_and_keep_no_other_out() {
    let root = two_runs();
    let (good, elsewhere) = (recording(&root, "\"bbbb\""), root.path().join("elsewhere"));
    copies(&good, &elsewhere, 4);
    let mut logs: Vec<PathBuf> =
        fs::read_dir(&elsewhere).expect("runs").flatten().map(|run| run.path()).collect();
    logs.sort();
    let change = |number: usize, change: &dyn Fn(&str) -> String| {
        let path = logs[number].join("events.jsonl");
        fs::write(&path, change(&fs::read_to_string(&path).expect("a log"))).expect("a log");
    };
    change(0, &|log| log.replace("\"verdict\":\"passed\"", "\"verdict\":\"failed\""));
    change(1, &|log| log.replacen("\"version\":", "\"version\":9", 1));
    change(2, &|_| "no log\n".to_owned());
    let before = fs::read_to_string(logs[0].join("events.jsonl")).expect("a log");
    let ended = history(&root, &["--import", &elsewhere.display().to_string()]);
    assert_eq!(ended.code, Some(2), "{}", ended.said());
    assert!(ended.stdout.ends_with("1 run added, 0 there already, 3 not read\n"), "{}", ended.said());
    for part in
        ["says that the run ended with exit 0", "this program reads up to", "does not begin with a run"]
    {
        assert!(ended.stdout.contains(part), "{part}: {}", ended.said());
    }
    assert_eq!(fs::read_to_string(logs[0].join("events.jsonl")).expect("a log"), before);
    assert_eq!(ids(&document(&root, &[])).len(), 3);
    let none = history(&root, &["--import", &root.path().join("scenarios").display().to_string()]);
    assert_eq!(none.code, Some(2), "{}", none.said());
    assert!(none.stdout.contains("there is no recording in it"), "{}", none.said());
}

#[test]
fn processes_that_write_at_once_lose_nothing_and_one_that_is_killed_breaks_nothing() {
    const RUNS: usize = 40;
    let root = two_runs();
    let elsewhere = root.path().join("elsewhere");
    copies(&recording(&root, "\"bbbb\""), &elsewhere, RUNS);
    fs::remove_file(database(&root)).expect("a history");
    let mut writers: Vec<_> = (0..5)
        .map(|_| {
            let mut command = shakedown();
            command.args(["history", "--import"]).arg(&elsewhere).arg("--root").arg(root.path());
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
        })
        .collect();
    // One dies somewhere in its middle, whatever it is doing.
    while !database(&root).exists() && writers[0].try_wait().expect("a process").is_none() {
        std::thread::yield_now();
    }
    signal(&writers[0], "KILL");
    for (number, writer) in writers.iter_mut().enumerate() {
        let status = writer.wait().expect("it ends");
        assert_eq!(status.success(), number > 0, "{number}: {status}");
    }
    let held = history(&root, &[]);
    assert!(held.stdout.starts_with(&format!("staging on live: {RUNS} runs")), "{}", held.said());
    let document = document(&root, &["--limit", "1000"]);
    assert_eq!(ids(&document).len(), RUNS);
    assert_eq!(document["trends"][0]["lights"].as_array().map(Vec::len), Some(RUNS));
}

#[test]
fn a_history_that_cannot_be_written_changes_no_verdict_and_is_named_in_the_last_lines() {
    let (stub, root) = (Stub::start(), root("required"));
    fs::create_dir_all(root.path().join(".shakedown")).expect("a folder");
    fs::write(database(&root), "no database, and longer than the head of one would be ".repeat(20))
        .expect("a file");
    let before = fs::read(database(&root)).expect("a file");
    let ended = root.native(&[("TRUTH_URL", &stub.url), ("E2E_VERDICT", "passed")], &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    let last: Vec<&str> = ended.stderr.trim_end().lines().rev().take(2).collect();
    assert!(
        last[1].starts_with("NOT WRITTEN history: ") && last[1].contains("history.db"),
        "{}",
        ended.said()
    );
    assert_eq!(last[0], "exit 0: nothing is red");
    assert_eq!(fs::read(database(&root)).expect("a file"), before);
    let shown = history(&root, &["staging"]);
    assert_eq!(shown.code, Some(2), "{}", shown.said());
}

#[test]
fn the_processes_of_nextest_are_one_run() {
    let (stub, root) = (Stub::start(), root("required"));
    let variables = [("TRUTH_URL", stub.url.as_str()), ("NEXTEST_RUN_ID", "n-1")];
    for (case, code) in [("truth::passed", 0), ("truth::failed", 1)] {
        assert_eq!(root.libtest(&variables, &["--exact", case]).code, Some(code), "{case}");
    }
    let told = document(&root, &[]);
    assert_eq!(ids(&told), ["n-1"]);
    assert_eq!((&told["runs"][0]["exit"], told["trends"].as_array().map(Vec::len)), (&1.into(), Some(2)));
    fs::remove_file(database(&root)).expect("a history");
    let imported = history(&root, &["--import", &root.path().join(".shakedown/runs").display().to_string()]);
    assert_eq!(
        imported.stdout,
        "added n-1: 2 cases\n1 run added, 0 there already, 0 not read\n",
        "{}",
        imported.said()
    );
}

#[test]
fn old_recordings_go_but_for_what_is_left_to_sweep_and_the_estimates_stay() {
    let root = two_runs();
    let (first, second) = (recording(&root, "\"aaaa\""), recording(&root, "\"bbbb\""));
    for (run, left) in [(&first, ""), (&second, "owned")] {
        let path = run.join("events.jsonl");
        let log = fs::read_to_string(&path).expect("a log");
        let mut log = log.replace("\"at\":\"2", "\"at\":\"1");
        if !left.is_empty() {
            let end = log.rfind("{\"at\"").expect("an end");
            let intended = "{\"at\":\"1026-11-21T05:00:00Z\",\"event\":\"ownership-intended\",\"scope\":\"run\",\
                            \"kind\":\"org\",\"key\":\"o1\",\"bindings\":{}}\n";
            log.insert_str(end, intended);
        }
        fs::write(&path, log).expect("a log");
    }
    let dry = history(&root, &["--prune", "--older-than", "90d", "--recordings", "--dry-run"]);
    assert!(dry.stdout.contains("would remove 1 recording") && first.exists(), "{}", dry.said());
    let ended = history(&root, &["--prune", "--older-than", "90d", "--recordings"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    let second_id = second.file_name().expect("a name").to_string_lossy().into_owned();
    let kept = format!("kept the recording of {second_id}: 1 thing may still stand");
    assert!(ended.stdout.contains(&kept), "{}", ended.said());
    assert_eq!((first.exists(), second.exists()), (false, true));
    assert_eq!(ids(&document(&root, &[])).len(), 2);
    let stub = Stub::start();
    let mut plan = shakedown();
    plan.args(["plan", "staging", "--json", "--root"]).arg(root.path()).env("TRUTH_URL", &stub.url);
    let plan: Ended = plan.output().expect("it starts").into();
    let plan: Value = serde_json::from_str(&plan.stdout).expect("JSON");
    assert_eq!(plan["estimated-from"], 2);
}

#[test]
fn a_slip_is_answered_with_what_was_meant() {
    let root = two_runs();
    for (arguments, words) in [
        (&["stagin"][..], "no run of suite `stagin`: did you mean `staging`?"),
        (&["staging", "--environment", "live1"], "did you mean `live`?"),
        (&["staging", "--arm", "pased"], "no run with arm `pased`: did you mean `passed`?"),
        (&["staging", "--case", "nothing"], "no case with `nothing` in its id"),
        (&["staging", "--branch", "side"], "no run of suite `staging` in the history is like that"),
    ] {
        let ended = history(&root, arguments);
        assert_eq!(ended.code, Some(2), "{}", ended.said());
        assert!(ended.stderr.contains(words), "{words}: {}", ended.said());
    }
    let none = history(&Root::new(&[]), &["staging"]);
    assert!(none.stderr.contains("there is no history at "), "{}", none.said());
}

#[test]
fn an_arm_is_shown_of_the_suites_that_have_it_and_missed_only_where_none_has() {
    let root = two_runs();
    let folder = root.path().join("scenarios/other");
    fs::create_dir_all(&folder).expect("a folder");
    let one = "[scenario]\nname = \"one\"\n[[step]]\nname = \"asked\"\n\
               run.http = { on = \"stub\", path = \"/ok\" }\nexpect = [\"status == 200\"]\n";
    for (name, text) in [("suite.toml", SUITE.replace("staging", "other").as_str()), ("one.toml", one)] {
        fs::write(folder.join(name), text).expect("a file");
    }
    let (stub, mut other) = (Stub::start(), shakedown());
    other.args(["run", "other", "--root"]).arg(root.path()).env("TRUTH_URL", &stub.url);
    let ended: Ended = other.output().expect("it starts").into();
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    let suites = |arguments: &[&str]| {
        let ended = history(&root, &[&["--json"], arguments].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.said());
        let documents = serde_json::Deserializer::from_str(&ended.stdout).into_iter::<Value>();
        let suite = |document: Value| document["suite"].as_str().expect("a suite").to_owned();
        documents.map(|document| suite(document.expect("JSON"))).collect::<Vec<_>>()
    };
    assert_eq!(suites(&[]), ["other", "staging"]);
    assert_eq!(suites(&["--arm", "failed"]), ["staging"]);
    assert_eq!(suites(&["--arm", "one"]), ["other"]);
    assert_eq!(suites(&["--case", "truth::"]), ["staging"]);
    let page = history(&root, &["--format", "html", "--arm", "failed"]);
    assert!(page.stdout.contains("<title>Trends of staging on live</title>"), "{}", page.said());
    let nowhere = history(&root, &["--json", "--arm", "faild"]);
    assert_eq!(nowhere.code, Some(2), "{}", nowhere.said());
    assert!(nowhere.stderr.contains("no run with arm `faild`: did you mean `failed`?"), "{}", nowhere.said());
}

#[test]
fn a_page_of_trends_is_written_where_it_is_wanted_and_over_nothing_else() {
    let root = two_runs();
    let page = root.path().join("new/trends.html");
    let wanted = |format| {
        let ended = history(&root, &["--format", format, "--output", &page.display().to_string()]);
        (ended.code, ended.stdout, ended.stderr)
    };
    // Of every suite and environment, when none is named; and once more over itself.
    for _time in 0..2 {
        assert_eq!(wanted("html"), (Some(0), String::new(), String::new()));
    }
    let written = fs::read_to_string(&page).expect("a page");
    assert!(written.starts_with("<!DOCTYPE html>\n<!-- shakedown history -->\n"), "{written}");
    assert!(written.contains("<title>Trends of staging on live</title>"), "{written}");
    assert!(written.contains("\"name\":\"truth::failed\""), "the cases are in it");
    assert!(written.contains("1 of 4 arms red now, over 2 runs"), "{written}");
    for format in ["json", "text"] {
        let (code, _, said) = wanted(format);
        assert!(code == Some(2) && said.contains("it is there already and is not ours"), "{format}: {said}");
    }
    assert_eq!(fs::read_to_string(&page).expect("a page"), written);
    let named = history(&root, &["staging", "--format", "html", "--arm", "failed"]);
    assert!(named.stdout.contains("1 of 1 arm red now, over 1 run"), "{}", named.said());
    assert_eq!(history(&root, &["--format", "json"]).stdout, history(&root, &["staging", "--json"]).stdout);
    let both = history(&root, &["--json", "--format", "html"]);
    assert!(both.code == Some(2) && both.stderr.contains("cannot be used with"), "{}", both.said());
}

/// A root whose suite keeps this, in which runs of one case each have ended, the first one first.
fn kept_by(retention: &str, cases: &[&str]) -> (Stub, Root) {
    let (stub, root) = (Stub::start(), root("required"));
    root.write("suite.toml", &format!("{SUITE}[retention]\n{retention}\n"));
    for case in cases {
        one_run(&stub, &root, case);
    }
    (stub, root)
}

fn one_run(stub: &Stub, root: &Root, case: &str) -> Ended {
    root.native(&[("TRUTH_URL", stub.url.as_str()), ("E2E_VERDICT", case)], &[])
}

fn recordings(root: &Root) -> usize {
    fs::read_dir(root.path().join(".shakedown/runs")).expect("runs").count()
}

#[test]
fn the_end_of_a_run_removes_what_its_suite_no_longer_keeps_and_says_so() {
    let (stub, root) = kept_by("recordings = { runs = 2 }", &["passed", "failed", "passed", "failed"]);
    // The first two were beyond: a red, and a green that has a newer one.
    assert_eq!(recordings(&root), 2);
    let ended = one_run(&stub, &root, "failed");
    assert!(!ended.said().contains("retention"), "the newest green stays: {}", ended.said());
    assert_eq!(recordings(&root), 3);
    let ended = one_run(&stub, &root, "failed");
    assert!(ended.said().contains("retention 1 recording ("), "{}", ended.said());
    assert!(ended.said().contains(" kB) and 0 runs from the history removed"), "{}", ended.said());
    assert_eq!((recordings(&root), ids(&document(&root, &[])).len()), (3, 6));
    let ended = history(&root, &["--prune"]);
    assert!(ended.stdout.contains(": it is the newest green of passed on live\n"), "{}", ended.said());
    assert!(
        ended.stdout.ends_with("staging: removed 0 recordings (0 kB) and 0 runs from the history\n"),
        "{}",
        ended.said()
    );
}

#[test]
fn without_an_age_pruning_is_what_the_suites_say_and_keeps_what_somebody_needs() {
    let bounds = "recordings = { age = \"365d\" }\nhistory = { age = \"365d\" }";
    let (_stub, root) = kept_by(bounds, &["passed", "failed", "failed", "failed"]);
    let runs = ids(&document(&root, &[]));
    let log = |run: &str| root.path().join(".shakedown/runs").join(run).join("events.jsonl");
    let change = |run: &str, change: &dyn Fn(String) -> String| {
        fs::write(log(run), change(fs::read_to_string(log(run)).expect("a log"))).expect("a log");
    };
    // All but the last are a thousand years old.
    runs[..3].iter().for_each(|run| change(run, &|log| log.replace("\"at\":\"2", "\"at\":\"1")));
    fs::remove_file(database(&root)).expect("a history");
    let all = root.path().join(".shakedown/runs").display().to_string();
    assert_eq!(history(&root, &["--import", &all]).code, Some(0));
    // The second left something behind.
    let intended = "{\"at\":\"1026-11-21T05:00:00Z\",\"event\":\"ownership-intended\",\"scope\":\"run\",\
                    \"kind\":\"org\",\"key\":\"o1\",\"bindings\":{}}\n";
    change(&runs[1], &|mut log| {
        let end = log.rfind("{\"at\"").expect("an end");
        log.insert_str(end, intended);
        log
    });
    let dry = history(&root, &["--prune", "--dry-run"]);
    assert!(dry.stdout.contains(&format!("would remove the recording of {}: ", runs[2])), "{}", dry.said());
    assert_eq!((recordings(&root), ids(&document(&root, &[])).len()), (4, 4));
    let ended = history(&root, &["--prune"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    let green = format!("kept the recording of {}: it is the newest green of passed on live\n", runs[0]);
    let open = format!("kept the recording of {}: 1 thing may still stand", runs[1]);
    for part in [&green, &open, &format!("removed {} from the history\n", runs[2])] {
        assert!(ended.stdout.contains(part.as_str()), "{part}: {}", ended.said());
    }
    assert!(ended.stdout.contains("staging: removed 1 recording ("), "{}", ended.said());
    let left: Vec<&String> = runs.iter().filter(|run| log(run).exists()).collect();
    assert_eq!(left, [&runs[0], &runs[1], &runs[3]]);
    assert_eq!(ids(&document(&root, &[])), [runs[0].as_str(), &runs[1], &runs[3]]);
}

#[test]
fn pruning_without_an_age_and_without_a_retention_says_where_one_is_written() {
    let ended = history(&two_runs(), &["--prune"]);
    assert_eq!(ended.code, Some(2), "{}", ended.said());
    assert!(
        ended.stderr.contains("say how much in [retention] of a suite.toml, or name an age"),
        "{}",
        ended.said()
    );
}
