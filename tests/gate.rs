//! `shakedown gate`: what the history of a root says of its arms, and what is written of it.

use crate::support::stub::Stub;
use crate::support::verdicts::{SCENARIO, SUITE};
use crate::support::{Ended, Root, command, shakedown};
use serde_json::Value;
use std::fs;
use std::path::Path;

const LANES: &str = "\n[lane.full]\n[lane.external]\nselect = { arm = [\"passed\", \"flaky\"] }\n\
                     [lane.sanity]\nexpect-exit = 1\n";

const GATES: &str = "# Who counts.\n[window]\nlanes = [\"full\", \"external\"]\ngreens = 2\ndays = 0\n\n\
                     [quarantine]\nreds = 2\nmost = 1\n\n\
                     [[gate]] # it was always red\narm   = \"failed\"\ngate  = \"required\" # until now\nowner = \"agents\"\n";

/// A root with two lanes, and whatever is in its `gates.toml`.
fn root(gates: &str) -> Root {
    Root::new(&[("suite.toml", &format!("{SUITE}{LANES}")), ("truth.toml", SCENARIO), ("gates.toml", gates)])
}

fn gate(root: &Root, arguments: &[&str]) -> Ended {
    let mut command = shakedown();
    command.args(["gate", "staging"]).args(arguments).arg("--root").arg(root.path());
    command.output().expect("it starts").into()
}

fn run(root: &Root, stub: &Stub, lane: &str, branch: &str, more: &[(&str, &str)]) {
    let variables = [
        ("TRUTH_URL", stub.url.as_str()),
        ("GITHUB_SHA", "abcdef0123"),
        ("GITHUB_REF", branch),
        ("E2E_LANE", lane),
    ];
    root.native(&[&variables[..], more].concat(), &[]);
}

fn decisions(root: &Root, arguments: &[&str]) -> Vec<(String, String)> {
    let ended = gate(root, &[&["--json"], arguments].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    let document = ended.document("gate");
    let arms = document["arms"].as_array().expect("arms");
    let words = |arm: &Value, key: &str| arm[key].as_str().expect("a word").to_owned();
    arms.iter().map(|arm| (words(arm, "arm"), words(arm, "decision"))).collect()
}

const MAIN: &str = "refs/heads/main";

#[test]
fn an_arm_is_promoted_by_both_jobs_and_taken_out_when_it_is_red_and_the_file_keeps_its_comments() {
    let (stub, root) = (Stub::start(), root(GATES));
    for lane in ["full", "full", "external"] {
        run(&root, &stub, lane, MAIN, &[]);
    }
    // None of these counts.
    run(&root, &stub, "external", "refs/heads/side", &[]);
    run(&root, &stub, "external", MAIN, &[("E2E_VERDICT", "passed")]);
    let found = decisions(&root, &[]);
    let of = |arm: &str| found.iter().find(|row| row.0 == arm).expect("an arm").1.clone();
    assert_eq!(
        (of("passed").as_str(), of("failed").as_str(), of("flaky").as_str()),
        ("hold", "demote", "hold")
    );
    let told = gate(&root, &[]);
    for part in [
        "3 runs of main on live environments count; not counted: 1 of other branches, 1 set apart by a fault",
        "DEMOTE  failed  required → quarantined until ",
        "2 of its last 2 runs red in full",
        "hold    passed  advisory\n  1 of 2 greens in external\n",
        "known-red  advisory\n  0 of 2 greens in full\n",
    ] {
        assert!(told.stdout.contains(part), "{part}\n{}", told.said());
    }
    run(&root, &stub, "external", MAIN, &[]);
    let written = gate(&root, &["--write"]);
    assert_eq!(written.code, Some(0), "{}", written.said());
    assert!(
        written.stdout.ends_with("gates.toml is written: look at the change, and commit it\n"),
        "{}",
        written.said()
    );
    let text = fs::read_to_string(root.path().join("scenarios/staging/gates.toml")).expect("a file");
    for part in [
        "# Who counts.\n[window]\n",
        "[[gate]] # it was always red\narm   = \"failed\"\ngate  = \"quarantined\" # until now\nowner = \"agents\"\nreason = \"2 of its last 2 runs red in full, the first in run ",
        "arm = \"passed\"\ngate = \"required\"\nreason = \"2 greens over 0 days in external, 2 greens over 0 days in full\"\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let again = gate(&root, &["--write"]);
    assert!(again.stdout.ends_with("gates.toml stays as it is\n"), "{}", again.said());
    assert_eq!(decisions(&root, &["--at", "2020-01-01"]).iter().filter(|row| row.1 != "hold").count(), 0);
}

#[test]
fn a_storm_promotes_and_demotes_nobody() {
    let root = root(&GATES.replace("greens = 2", "greens = 1").replace("reds = 2", "reds = 1"));
    // Nobody is there: every case that runs is red.
    for _ in 0..2 {
        let variables = [
            ("TRUTH_URL", "http://127.0.0.1:1"),
            ("GITHUB_SHA", "a"),
            ("GITHUB_REF", MAIN),
            ("E2E_LANE", "full"),
        ];
        root.native(&variables, &[]);
    }
    let told = gate(&root, &[]);
    assert!(told.stdout.contains("  full       !!\n"), "{}", told.said());
    assert!(decisions(&root, &[]).iter().all(|row| row.1 == "hold"), "{}", told.said());
}

#[test]
fn a_check_fails_when_a_mark_has_expired_or_too_many_are_out_and_names_what_is_not_there() {
    let out = |arm: &str, expires: &str| {
        format!(
            "[[gate]]\narm = \"{arm}\"\ngate = \"quarantined\"\nreason = \"r\"\nowner = \"o\"\nexpires = {expires}\n"
        )
    };
    let fine = root(&format!("{GATES}{}", out("passed", "2199-01-01")));
    assert_eq!(gate(&fine, &["--check"]).code, Some(0));
    let expired = root(&format!("{GATES}{}", out("passed", "2026-01-31")));
    let ended = gate(&expired, &["--check"]);
    assert_eq!(ended.code, Some(5), "{}", ended.said());
    assert!(
        ended.stdout.contains("CHECK passed is quarantined, and the mark expired on 2026-01-31 (owner o)"),
        "{}",
        ended.said()
    );
    assert_eq!(gate(&expired, &["--check", "--at", "2026-01-31"]).code, Some(0));
    assert_eq!(gate(&expired, &[]).code, Some(0));
    let crowded = root(&format!("{GATES}{}{}", out("passed", "2199-01-01"), out("flaky", "2199-01-01")));
    let ended = gate(&crowded, &["--check"]);
    assert_eq!(ended.code, Some(5), "{}", ended.said());
    assert!(ended.stdout.contains("CHECK 2 arms quarantined, 1 may be: flaky, passed"), "{}", ended.said());
    let failures = |root: &Root| gate(root, &["--json"]).document("gate")["failures"].clone();
    assert_eq!((&failures(&fine)[0], failures(&expired).as_array().map(Vec::len)), (&Value::Null, Some(1)));
    assert_eq!(failures(&expired)[0]["expired"], "2026-01-31");
    assert_eq!(
        (&failures(&crowded)[0]["failure"], &failures(&crowded)[0]["most"]),
        (&"crowded".into(), &1.into())
    );
    let nobody = gate(&root(&GATES.replace("\"failed\"", "\"faild\"")), &["--check"]);
    assert_eq!(nobody.code, Some(2), "{}", nobody.said());
    assert!(nobody.stderr.contains("E0701") && nobody.stderr.contains("failed"), "{}", nobody.said());
}

/// The script of the workflow, with programs of its own for what it asks others.
#[test]
fn the_workflow_says_it_on_the_page_of_the_run_and_hands_the_exit_code_on() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().expect("a folder");
    let program = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("a file");
        assert!(command("chmod").arg("+x").arg(&path).status().expect("chmod starts").success());
    };
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (called, arguments, config) = (path("called"), path("arguments"), path("config"));
    program(
        "told",
        &format!("echo \"$*\" >>'{called}'\ncase $1 in gate) echo 'PROMOTE codex'; exit 5;; esac"),
    );
    let artifacts = r#"{"artifacts":[{"id":7,"expired":false,"workflow_run":{"head_branch":"main"}},{"id":8,"expired":true,"workflow_run":{"head_branch":"main"}},{"id":9,"expired":false,"workflow_run":{"head_branch":"side"}}]}"#;
    program(
        "curl",
        &format!(
            "echo \"$*\" >>'{arguments}'\nwhile [ $# -gt 1 ]; do\ncase $1 in --output) out=$2;; --config) cat \"$2\" >>'{config}';; \
             esac\nshift\ndone\necho \"$1\" >>'{called}'\nprintf '%s' '{artifacts}' >\"$out\""
        ),
    );
    program("unzip", "mkdir -p \"$4\"");
    #[expect(clippy::disallowed_methods, reason = "the fakes come before the rest of the path")]
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").expect("a path"));
    let (summary, mut script) = (folder.path().join("summary"), command("bash"));
    script.arg(here.join("ci/gates")).env("PATH", path).env("GITHUB_STEP_SUMMARY", &summary);
    script.env("SHAKEDOWN", "told").env("GATES_TOKEN", "hidden-token").env("GATES_TRACKER", "github");
    script.env("GITHUB_API_URL", "https://api.example").env("GITHUB_REPOSITORY", "o/r");
    let ended: Ended = script.output().expect("bash starts").into();
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(5), "PROMOTE codex\n"), "{}", ended.said());
    let text = fs::read_to_string(&summary).expect("a summary");
    assert_eq!(text, "### Gates\n\n```text\nPROMOTE codex\n```\n");
    let read = |path: &str| fs::read_to_string(path).expect("a file");
    let called = read(&called);
    let lines: Vec<&str> = called.lines().collect();
    assert_eq!(lines[0], "https://api.example/repos/o/r/actions/artifacts?name=recording&per_page=100");
    assert_eq!(lines[1], "https://api.example/repos/o/r/actions/artifacts/7/zip");
    assert!(lines[2].starts_with("history --import ") && lines[3] == "gate staging --check", "{called}");
    assert_eq!(lines.len(), 4, "{called}");
    // Whoever lists the processes of the machine sees what a program is called with.
    let arguments = read(&arguments);
    assert!(arguments.contains("--output") && !arguments.contains("hidden-token"), "{arguments}");
    assert_eq!(read(&config), "header = \"authorization: Bearer hidden-token\"\n".repeat(2));
}
