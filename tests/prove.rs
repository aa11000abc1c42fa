//! Every scenario can turn red, in its step and for its cause; and a proof that does not hold says so.

use crate::support::{Ended, Root, shakedown, signal};
use harness_runner::model::exit::ExitCode;
use harness_runner::model::proof::Outcome;
use harness_runner::report::{Paint, proof_schema};
use shakedown::prove::{Wanted, prove};
use std::fs;
use std::process::Stdio;

/// The cases of a row that is over in a moment.
const PENDING: &str = "scenario = \"approvals\"\nmatch = { runtime = \"mock\" }\n";

/// What must come of a message that is lost.
const NOTIFIED: &str = "step = \"shown to who comes later\"\ncause = \"provision\"";

/// Something that nobody minds.
const HARMLESS: &str = "header:on=GET /workspaces/*,name=x-broken,to=1";

/// No organisation can be made.
const DOWN: &str = "status:on=POST /cp/admin/orgs,is=500";

#[test]
fn every_fault_row_of_the_staging_suite_holds() {
    let recordings = tempfile::TempDir::new().expect("a temporary folder");
    let proof = prove(&Wanted::all("staging"), recordings.path()).expect("the suite is right");
    assert_eq!(proof.exit(), ExitCode::Success, "{}", proof.text(Paint::Never));
    assert!(proof.rows.len() >= 79, "{} rows", proof.rows.len());
    let unexplained: Vec<_> = proof.gaps.iter().filter(|gap| gap.why.is_none()).collect();
    assert!(unexplained.is_empty(), "no row is about these, and nobody says why: {unexplained:#?}");
}

/// Our suite with other rows.
fn root(rows: &[String]) -> Root {
    let root = Root::like_ours();
    root.unproved();
    root.write("faults.toml", &rows.concat());
    root
}

fn row(fault: &str, of: &str, must: &str) -> String {
    format!("[[fault]]\nfault = {fault:?}\n{of}{must}\n")
}

fn proved(root: &Root, arguments: &[&str]) -> Ended {
    let mut command = shakedown();
    command.arg("prove").args(arguments).arg("--root").arg(root.path());
    command.output().expect("it starts").into()
}

#[test]
fn what_does_not_hold_is_told_with_what_came_instead_and_keeps_its_recording_and_no_other() {
    let red = |step: &str, cause: &str| format!("step = {step:?}\ncause = {cause:?}");
    let root = root(&[
        row("approval-decides-nothing", PENDING, &red("pending no more", "assertion")),
        row("approval-decides-nothing", PENDING, &red("decided once", "assertion")),
        row("approval-decides-nothing", PENDING, &red("pending no more", "edge")),
        row(HARMLESS, PENDING, &red("pending no more", "assertion")),
        row("workspace-delete-does-nothing", PENDING, "leaks = \"workspace\""),
        // What the fixture of the run ended in is no kill of a fault that nobody came to.
        format!(
            "[[fault]]\nfault = [{DOWN:?}, \"a2a-echo\"]\n{PENDING}{}\n",
            red("org created", "provision")
        ),
        format!("[[survives]]\nfault = {HARMLESS:?}\n{PENDING}"),
        format!("[[survives]]\nfault = \"approval-decides-nothing\"\n{PENDING}"),
    ]);
    let ended = proved(&root, &["--format", "json"]);
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    let document: serde_json::Value = serde_json::from_str(&ended.stdout).expect("JSON");
    let schema = jsonschema::validator_for(&proof_schema()).expect("a schema");
    assert!(schema.is_valid(&document), "{document:#}");
    let rows = document["rows"].as_array().expect("rows");
    let outcomes: Vec<&str> = rows.iter().filter_map(|row| row["outcome"].as_str()).collect();
    let expected = [
        "killed",
        "wrong-step",
        "wrong-cause",
        "survived",
        "killed",
        "never-bit",
        "withstood",
        "not-withstood",
    ];
    assert_eq!(outcomes, expected, "{document:#}");
    let kept: Vec<&str> = rows.iter().filter_map(|row| row["recording"].as_str()).collect();
    let there: Vec<_> = fs::read_dir(root.path().join(".shakedown/prove")).expect("it").flatten().collect();
    assert_eq!((kept.len(), there.len()), (5, 5), "{document:#}");
    assert!(kept.iter().all(|path| root.path().join(path).join("events.jsonl").is_file()), "{kept:?}");
    let again = rows[1]["again"].as_str().expect("a command");
    assert!(
        again.contains("--environment embedded --fault approval-decides-nothing")
            && again.contains("--exact approvals::mock::canned"),
        "{again}"
    );
    let text = proved(&root, &["--fault", "header", "staging"]);
    assert!(
        text.stdout.contains(" of approvals: survived (scenarios/staging/faults.toml:"),
        "{}",
        text.said()
    );
    assert!(text.stdout.contains("  came    approvals::mock::canned passed\n"), "{}", text.said());
    assert!(text.stdout.ends_with("exit 1: 1 row does not hold\n"), "{}", text.said());
}

#[test]
fn a_proof_that_holds_leaves_nothing() {
    let root = root(&[row(
        "approval-decides-nothing",
        PENDING,
        "step = \"pending no more\"\ncause = \"assertion\"",
    )]);
    let ended = proved(&root, &["staging"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    assert!(ended.stdout.ends_with("exit 0: every row holds\n"), "{}", ended.said());
    assert!(!root.path().join(".shakedown").exists(), "something is left");
}

#[test]
fn a_suite_that_is_red_with_nothing_broken_proves_nothing_and_is_named() {
    let root = root(&[row(
        "approval-decides-nothing",
        PENDING,
        "step = \"pending no more\"\ncause = \"assertion\"",
    )]);
    let path = root.path().join("scenarios/staging/approvals.toml");
    let scenario = fs::read_to_string(&path).expect("a scenario");
    fs::write(&path, scenario.replace("body.status == 'pending'", "body.status == 'asked'")).expect("a file");
    let ended = proved(&root, &["staging"]);
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    assert!(ended.stdout.contains("  approvals::mock::canned failed in `asked`"), "{}", ended.said());
    assert!(!ended.stdout.contains("killed"), "{}", ended.said());
}

#[test]
fn what_there_is_no_row_for_is_refused_with_what_may_be_meant() {
    let root = root(&[row(
        "approval-decides-nothing",
        PENDING,
        "step = \"pending no more\"\ncause = \"assertion\"",
    )]);
    let table: [(&[&str], i32, &str); 5] = [
        (&["--scenario", "aprovals"], 2, "has no scenario `aprovals`: did you mean `approvals`?"),
        (&["--fault", "approval-decide-nothing"], 2, "did you mean `approval-decides-nothing`?"),
        (
            &["--scenario", "memory", "--fault", "a2a-echo"],
            2,
            "has no row with `a2a-echo` for scenario `memory`",
        ),
        (&["--scenario", "memory"], 5, "suite `staging` has no fault row"),
        (&["--format", "html"], 2, "say text, json or markdown"),
    ];
    for (arguments, code, words) in table {
        let ended = proved(&root, arguments);
        assert_eq!(ended.code, Some(code), "{}", ended.said());
        assert!(ended.stderr.contains(words), "{words}: {}", ended.said());
    }
}

#[test]
fn a_row_that_is_wrong_accuses_nothing_else() {
    let root = root(&[row("memory-lost", "scenario = \"memory\"\n", "step = \"key read\"")]);
    let ended = proved(&root, &["staging"]);
    assert_eq!(ended.code, Some(2), "{}", ended.said());
    let codes: Vec<&str> = ended.stderr.lines().filter(|line| line.trim_start().starts_with("E0")).collect();
    assert_eq!(codes.len(), 1, "{}", ended.said());
    assert!(ended.stderr.contains("faults.toml:"), "{}", ended.said());
}

#[test]
fn a_proof_that_is_interrupted_ends_with_130_and_leaves_no_recording() {
    // It waits for a state that never comes, for ten seconds.
    let of = "scenario = \"provision\"\nmatch = { lifecycle = \"steady\", runtime = \"codex\" }\n";
    let root = root(&[row("stuck-provisioning", of, "step = \"online\"\ncause = \"provision\"")]);
    let mut command = shakedown();
    command.args(["prove", "staging", "--root"]).arg(root.path());
    let mut started = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let recordings = root.path().join(".shakedown/prove");
    let broken = || {
        let runs = fs::read_dir(&recordings).into_iter().flatten().flatten();
        let logs = runs.filter_map(|run| fs::read_to_string(run.path().join("events.jsonl")).ok());
        logs.into_iter().any(|log| log.contains("stuck-provisioning") && log.contains("\"online\""))
    };
    while !broken() {
        assert!(started.try_wait().expect("a process").is_none(), "it ended before anybody interrupted it");
        std::thread::yield_now();
    }
    signal(&started, "INT");
    let ended: Ended = started.wait_with_output().expect("it ends").into();
    assert_eq!(ended.code, Some(130), "{}", ended.said());
    assert!(ended.stdout.contains("exit 130: interrupted, 0 of 1 run"), "{}", ended.said());
    assert!(!recordings.exists(), "a recording is left");
}

#[test]
fn every_outcome_has_words_of_its_own() {
    let words: std::collections::BTreeSet<&str> = Outcome::WORDS.iter().map(|(_, words)| *words).collect();
    assert_eq!(words.len(), Outcome::WORDS.len());
}

#[test]
fn an_assertion_that_no_row_misses_is_named_with_its_place() {
    let red = "step = \"pending no more\"\ncause = \"assertion\"";
    let other = "scenario = \"activity\"\nmatch = { runtime = \"mock\" }\n";
    let root = root(&[row("approval-decides-nothing", PENDING, red), row("notify-lost", other, NOTIFIED)]);
    let ended = proved(&root, &["staging", "--scenario", "approvals", "--weaken"]);
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    let missed = "expect   approval_id not in text  in `pending no more`";
    let unmissed = "expect   approval_id in text  in `pending`";
    assert!(ended.stdout.contains(unmissed) && !ended.stdout.contains(missed), "{}", ended.said());
    assert!(ended.stdout.contains("✗ scenarios/staging/approvals.toml:"), "{}", ended.said());
    let others = "assertions of flows left out: other scenarios come to them, whose rows were not asked";
    assert!(ended.stdout.contains(others) && !ended.stdout.contains("flows/"), "{}", ended.said());
    let refused = proved(&root, &["staging", "--weaken", "--format", "json"]);
    assert_eq!(refused.code, Some(2), "{}", refused.said());
}

#[test]
fn what_is_waited_for_is_missed_where_a_row_says_that_it_may_come_late() {
    let late = "json:on=GET /workspaces/*/activity,after=POST /workspaces/*/activity,nth=1,at=,to=[]";
    let of = "scenario = \"activity\"\nmatch = { runtime = \"mock\" }\n";
    let root = root(&[format!("[[survives]]\nfault = {late:?}\n{of}"), row("notify-lost", of, NOTIFIED)]);
    let ended = proved(&root, &["staging", "--scenario", "activity", "--weaken"]);
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    let told = |step: &str| ended.stdout.lines().any(|line| line.contains(" until ") && line.contains(step));
    assert!(!told("`entered once`") && told("`after the cursor`"), "{}", ended.said());
}
