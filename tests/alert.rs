//! The issue that tells people of a red lane, from outside: the plan, and the very script that applies it, against a
//! tracker of each kind on loopback.

use crate::support::stub::Stub;
use crate::support::tracker::Tracker;
use crate::support::verdicts::{SUITE, root};
use crate::support::{Ended, Root, command, shakedown};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const LANES: &str = r#"
[lane.green]
select = { verdict = "passed" }
[lane.green.alert]
title      = "The green lane is red"
label      = "green-staging"
labels     = ["priority-high"]
open-after = 2
[lane.red]
select = { verdict = "failed" }
[lane.red.alert]
title = "The red lane is red"
label = "red-staging"
open-after = 2
[lane.quiet]
"#;
const TOKEN: &str = "token-of-the-tracker";

fn with_lanes() -> Root {
    let root = root("required");
    root.write("suite.toml", &format!("{SUITE}{LANES}"));
    root
}

fn alert(root: &Root, arguments: &[&str], tracker: &str) -> Ended {
    let file = root.path().join("tracker.json");
    fs::write(&file, tracker).expect("a file");
    let mut command = shakedown();
    command.args(["alert", "staging", "--tracker"]).arg(file).args(arguments).arg("--root").arg(root.path());
    command.output().expect("it starts").into()
}

fn plan(ended: &Ended) -> Value {
    ended.document("alert")
}

const NONE: &str = r#"{"issue": null, "conclusions": []}"#;
const REDS: &str = r#"{"issue": null, "conclusions": ["failure", "timed_out"]}"#;

#[test]
fn the_recording_of_the_newest_run_of_the_lane_says_what_happened() {
    let stub = Stub::start();
    let (root, live) = (with_lanes(), ("TRUTH_URL", stub.url.as_str()));
    let unknown = plan(&alert(&root, &["--lane", "red"], NONE));
    assert!(
        unknown["because"].as_str().expect("why").contains("neither an exit code nor a recording"),
        "{unknown}"
    );
    assert_eq!(root.native(&[live], &["--lane", "red"]).code, Some(1));
    assert_eq!(root.native(&[live], &["--lane", "green"]).code, Some(0));
    let red = plan(&alert(&root, &["--lane", "red", "--exit", "1"], REDS));
    assert_eq!((&red["action"], &red["version"]), (&json!("open"), &json!(1)));
    let body = red["body"].as_str().expect("a body");
    assert!(body.contains("failed truth::") && body.contains("scenarios/staging/"), "{body}");
    let green =
        plan(&alert(&root, &["--lane", "green", "--exit", "0"], r#"{"issue": 3, "conclusions": null}"#));
    assert_eq!((&green["action"], &green["issue"]), (&json!("close"), &json!(3)));
    // The process and its recording must agree.
    let odd = plan(&alert(&root, &["--lane", "red", "--exit", "0"], NONE));
    assert!(odd["because"].as_str().expect("why").contains("and its recording says exit 1"), "{odd}");
    let run = root.path().join(".shakedown/runs/0");
    fs::create_dir_all(&run).expect("a folder");
    fs::write(run.join("events.jsonl"), "{\"event\":\"nonsense\"}\n").expect("a file");
    let torn = plan(&alert(&root, &["--lane", "green", "--exit", "0"], NONE));
    assert!(torn["because"].as_str().expect("why").contains("cannot be read"), "{torn}");
}

#[test]
fn the_safety_net_of_staging_alarms_at_once_on_everything_but_a_run_that_is_red_and_left_nothing() {
    let ours = Root::like_ours();
    for exit in ["0", "4", "2", "3", "5", "70", "101", "130", "137"] {
        let plan = plan(&alert(&ours, &["--lane", "sanity", "--exit", exit], NONE));
        assert_eq!(
            (&plan["action"], &plan["labels"]),
            (&json!("open"), &json!(["e2e-safety-net", "priority-high"])),
            "{exit}"
        );
        let canary = self::plan(&alert(&ours, &["--lane", "canary", "--exit", exit], NONE));
        assert_eq!(canary["action"], "nothing", "{exit}");
    }
    // Exit 1 is good when a recording shows that it was the run.
    let blind = plan(&alert(&ours, &["--lane", "sanity", "--exit", "1"], NONE));
    assert_eq!(blind["action"], "open", "{blind}");
    let run = ours.native(&[], &["--lane", "sanity"]);
    assert_eq!(run.code, Some(1), "{}", run.said());
    let good =
        plan(&alert(&ours, &["--lane", "sanity", "--exit", "1"], r#"{"issue": 5, "conclusions": null}"#));
    assert_eq!((&good["action"], &good["because"]), (&json!("close"), &json!("green again")));
    let opened = plan(&alert(&ours, &["--lane", "canary", "--exit", "1"], REDS));
    assert_eq!((&opened["action"], &opened["labels"]), (&json!("open"), &json!(["canary-staging"])));
}

#[test]
fn what_a_lane_says_of_its_issue_is_what_the_script_looks_for() {
    let root = with_lanes();
    let mut command = shakedown();
    command.args(["alert", "staging", "--lane", "green", "--policy", "--root"]).arg(root.path());
    let ended: Ended = command.output().expect("it starts").into();
    assert_eq!(
        ended.document("alert-policy"),
        json!({
            "title": "The green lane is red",
            "label": "green-staging",
            "labels": ["priority-high"],
            "open-after": 2,
        })
    );
}

#[test]
fn what_cannot_be_meant_is_a_usage_error() {
    let root = with_lanes();
    for (arguments, tracker, words) in [
        (&["--lane", "gren"][..], NONE, "did you mean `green`?"),
        (&["--lane", "quiet"], NONE, "[lane.quiet.alert]"),
        (&["--lane", "green"], r#"{"message": "Not Found"}"#, "does not say what the tracker says"),
        (&["--lane", "green"], "", "does not say what the tracker says"),
        (&["--lane", "green", "--link", "https://x)[y](z"], NONE, "an http or https address"),
        (&["--lane", "green", "--exit", "red"], NONE, "--exit"),
    ] {
        let ended = alert(&root, arguments, tracker);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{arguments:?}\n{}", ended.said());
        assert!(ended.stderr.contains(words), "{words}\n{}", ended.said());
    }
}

/// An open issue, as both trackers give it.
fn issue(number: u64, title: &str, label: &str, pull_request: &Value) -> Value {
    json!({ "number": number, "title": title, "labels": [{ "name": label }], "pull_request": pull_request })
}

/// A run of the workflow, as both trackers give it.
fn run(id: u64, path: &str, conclusion: &str) -> Value {
    json!({ "id": id, "path": path, "status": "completed", "conclusion": conclusion })
}

/// Issues that look like ours and are not, and perhaps ours.
fn issues(ours: Option<u64>) -> String {
    let mut all = vec![
        issue(1, "The green lane is red", "other", &Value::Null),
        issue(2, "The green lane is red again", "green-staging", &Value::Null),
        issue(3, "The green lane is red", "green-staging", &json!({ "url": "…" })),
    ];
    all.extend(ours.map(|number| issue(number, "The green lane is red", "green-staging", &Value::Null)));
    Value::from(all).to_string()
}

fn apply(root: &Root, tracker: &Tracker, kind: &str, exit: &str) -> Ended {
    applied(root, tracker, kind, exit, "")
}

fn applied(root: &Root, tracker: &Tracker, kind: &str, exit: &str, dry: &str) -> Ended {
    let mut script = command("bash");
    script.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("ci/apply-alert")).envs([
        ("ALERT_SUITE", "staging"),
        ("ALERT_LANE", "green"),
        ("ALERT_EXIT", exit),
        ("ALERT_WORKFLOW", "canary.yml"),
        ("ALERT_LINK", "https://git.example/runs/9"),
        ("ALERT_TRACKER", kind),
        ("ALERT_TOKEN", TOKEN),
        ("ALERT_DRY_RUN", dry),
        ("GITHUB_API_URL", tracker.url.as_str()),
        ("GITHUB_REPOSITORY", "team/shop"),
        ("GITHUB_RUN_ID", "9"),
        ("GITHUB_REF_NAME", "main"),
        ("SHAKEDOWN", env!("CARGO_BIN_EXE_shakedown")),
    ]);
    let ended: Ended = script.env("SHAKEDOWN_ROOT", root.path()).output().expect("bash starts").into();
    assert!(!ended.said().contains(TOKEN), "{}", ended.said());
    ended
}

const RUNS: [(&str, &str, &str); 2] = [
    ("github", "GET /repos/team/shop/actions/workflows/canary.yml/runs", ".github/workflows/canary.yml"),
    ("gitea", "GET /repos/team/shop/actions/runs", "canary.yml@refs/heads/main"),
];

/// A tracker of a kind, with the issue that is open and the conclusion of the run before this one.
fn tracker(kind: &str, open: Option<u64>, before: &str) -> Tracker {
    let (_, runs, path) = *RUNS.iter().find(|(known, ..)| *known == kind).expect("a kind");
    let under_way = json!({ "id": 10, "path": path, "status": "in_progress", "conclusion": null });
    let listed = [
        run(9, path, "success"),
        under_way,
        run(6, path, before),
        run(7, "full.yml@x", "success"),
        run(5, path, "success"),
    ];
    let labels = json!([{ "id": 40, "name": "green-staging" }]).to_string();
    Tracker::start(vec![
        ("GET /repos/team/shop/issues", issues(open)),
        ("GET /repos/team/shop/labels", labels),
        (runs, json!({ "workflow_runs": listed }).to_string()),
    ])
}

#[test]
fn the_second_red_in_a_row_opens_an_issue_in_each_dialect() {
    let root = with_lanes();
    for (kind, labels) in [("github", json!(["green-staging", "priority-high"])), ("gitea", json!([40, 41]))]
    {
        let tracker = tracker(kind, None, "failure");
        let ended = apply(&root, &tracker, kind, "1");
        assert_eq!(ended.code, Some(0), "{}", ended.said());
        assert!(ended.stdout.contains("alert: open: red 2 times in a row: exit 1"), "{}", ended.said());
        assert!(ended.stdout.ends_with("alert: opened #7\n"), "{}", ended.said());
        let changes = tracker.changes();
        let (what, opened) = changes.last().expect("a change");
        assert_eq!(what, "POST /repos/team/shop/issues");
        assert_eq!(
            (&opened["title"], &opened["labels"]),
            (&json!("The green lane is red"), &labels),
            "{kind}"
        );
        assert!(
            opened["body"].as_str().expect("a body").contains("(https://git.example/runs/9)"),
            "{opened}"
        );
        let made: Vec<&str> =
            changes.iter().map(|(what, _)| what.as_str()).filter(|what| what.ends_with("labels")).collect();
        let expected: &[&str] = if kind == "gitea" { &["POST /repos/team/shop/labels"] } else { &[] };
        assert_eq!(made, expected, "{kind}");
    }
}

#[test]
fn one_red_after_a_green_changes_nothing_and_earlier_runs_that_cannot_be_had_count_as_red() {
    let root = with_lanes();
    for (kind, ..) in RUNS {
        let single = tracker(kind, None, "success");
        let ended = apply(&root, &single, kind, "1");
        assert_eq!((ended.code, single.changes()), (Some(0), Vec::new()), "{}", ended.said());
        assert!(ended.stdout.contains("alert: nothing: red 1 of 2 times in a row"), "{}", ended.said());
        let old = Tracker::start(vec![
            ("GET /repos/team/shop/issues", issues(None)),
            ("GET /repos/team/shop/labels", "[]".to_owned()),
        ]);
        let ended = apply(&root, &old, kind, "1");
        assert!(ended.stdout.contains("what came before is not known and counts as red"), "{}", ended.said());
        assert_eq!(old.changes().last().map(|(what, _)| what.as_str()), Some("POST /repos/team/shop/issues"));
    }
}

#[test]
fn the_open_issue_is_commented_by_a_red_and_closed_by_a_green() {
    let root = with_lanes();
    for (kind, scheme) in [("github", "Bearer"), ("gitea", "token")] {
        let red = tracker(kind, Some(12), "success");
        assert_eq!(apply(&root, &red, kind, "4").code, Some(0));
        let changes = red.changes();
        assert_eq!(changes.len(), 1, "{changes:?}");
        assert_eq!(changes[0].0, "POST /repos/team/shop/issues/12/comments");
        assert!(changes[0].1["body"].as_str().expect("a body").contains("something was left behind"));
        let stub = Stub::start();
        assert_eq!(root.native(&[("TRUTH_URL", &stub.url)], &["--lane", "green"]).code, Some(0));
        let green = tracker(kind, Some(12), "failure");
        assert_eq!(apply(&root, &green, kind, "0").code, Some(0));
        let changes = green.changes();
        let whats: Vec<&str> = changes.iter().map(|(what, _)| what.as_str()).collect();
        assert_eq!(whats, ["POST /repos/team/shop/issues/12/comments", "PATCH /repos/team/shop/issues/12"]);
        assert_eq!(changes[1].1, json!({ "state": "closed" }));
        let sent = green.sent();
        assert!(sent.iter().all(|sent| sent.authorization == format!("{scheme} {TOKEN}")), "{sent:?}");
        let asked: Vec<&str> =
            sent.iter().map(|sent| sent.query.as_str()).filter(|query| query.contains("labels=")).collect();
        assert!(
            asked.iter().all(|query| query.contains("state=open&type=issues&labels=green-staging&")),
            "{asked:?}"
        );
    }
}

#[test]
fn a_dry_run_prints_the_plan_and_a_tracker_that_does_not_answer_ends_the_script() {
    let root = with_lanes();
    let red = tracker("github", None, "failure");
    let dry = applied(&root, &red, "github", "1", "1");
    assert_eq!((dry.code, red.changes()), (Some(0), Vec::new()), "{}", dry.said());
    let (told, printed) = dry.stdout.split_once('\n').expect("two parts");
    assert!(told.starts_with("alert: open: "), "{told}");
    assert_eq!(serde_json::from_str::<Value>(printed).expect("a plan")["action"], "open");
    let silent = Tracker::start(Vec::new());
    let ended = apply(&root, &silent, "github", "1");
    assert_ne!(ended.code, Some(0), "{}", ended.said());
    assert_eq!(silent.changes(), Vec::new());
    let mistyped = apply(&root, &silent, "gitlab", "1");
    assert_eq!(mistyped.code, Some(2));
    assert!(mistyped.stderr.contains("neither github nor gitea"), "{}", mistyped.said());
}
