//! The scripts of the workflows, with a `cargo` that ends as it is told.

use crate::support::{Ended, command};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn script(name: &str, arguments: &[&str]) -> Ended {
    command("bash").arg(here().join("ci").join(name)).args(arguments).output().expect("bash starts").into()
}

#[test]
fn the_last_word_of_a_workflow_is_green_only_when_the_lane_was_or_nothing_called_for_it() {
    for (lanes, detected, ran, expected) in [
        ("[\"full\"]", "success", "success", 0),
        ("[]", "success", "skipped", 0),
        ("[\"canary\",\"full2\"]", "success", "skipped", 0),
        ("[\"canary\",\"full\"]", "success", "skipped", 1),
        ("", "success", "skipped", 1),
        ("[\"full\"]", "success", "failure", 1),
        ("[\"full\"]", "success", "cancelled", 1),
        ("", "failure", "skipped", 1),
        ("", "cancelled", "skipped", 1),
        ("[\"full\"]", "success", "", 1),
    ] {
        let ended = script("verdict", &["full", lanes, detected, ran]);
        assert_eq!(ended.code, Some(expected), "{lanes} {detected} {ran}\n{}", ended.said());
    }
    assert!(script("verdict", &["full", "[]", "success", "skipped"]).stdout.contains("nothing to run"));
}

/// A folder with a `cargo` that ends like this, and writes down what it was called with.
fn cargo_that_ends(code: u8) -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder");
    let cargo = folder.path().join("cargo");
    // A test run leaves a recording; a report is one line, and comes off whatever the run did.
    let script = format!(
        "#!/bin/sh\necho \"$E2E_LANE $*\" >>'{}/called'\n\
         case \"$*\" in *report*) echo \"a view: $*\"; exit 0;; test*) mkdir -p .shakedown/runs/r1;; esac\n\
         exit {code}\n",
        folder.path().display()
    );
    fs::write(&cargo, script).expect("a file");
    let done = command("chmod").arg("+x").arg(&cargo).status().expect("chmod starts");
    assert!(done.success());
    let called = folder.path().join("called");
    (folder, called)
}

fn with_cargo(name: &str, arguments: &[&str], code: u8) -> (Ended, String, String) {
    with_cargo_and(name, arguments, code, &[])
}

fn with_cargo_and(
    name: &str,
    arguments: &[&str],
    code: u8,
    variables: &[(&str, &str)],
) -> (Ended, String, String) {
    let (folder, called) = cargo_that_ends(code);
    let output = folder.path().join("output");
    #[expect(clippy::disallowed_methods, reason = "the fake comes before the rest of the path")]
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").expect("a path"));
    let mut command = command("bash");
    command.arg(here().join("ci").join(name)).args(arguments).env("PATH", path).env("GITHUB_OUTPUT", &output);
    if name == "lane" {
        command.current_dir(folder.path()).env("GITHUB_STEP_SUMMARY", folder.path().join("summary"));
    }
    command.envs(variables.iter().copied());
    let ended: Ended = command.output().expect("bash starts").into();
    let text = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    (ended, text(&called), text(&output))
}

#[test]
fn a_lane_hands_its_exit_code_on_and_is_green_only_with_the_one_that_is_good() {
    for (good, code, expected) in [
        (&["canary"][..], 0, 0),
        (&["canary"], 1, 1),
        (&["canary"], 4, 4),
        (&["canary"], 101, 101),
        (&["sanity", "1"], 1, 0),
        (&["sanity", "1"], 0, 1),
        (&["sanity", "1"], 4, 4),
        (&["sanity", "1"], 101, 101),
    ] {
        let (ended, called, output) = with_cargo("lane", good, code);
        assert_eq!(ended.code, Some(expected), "{good:?} {code}\n{}", ended.said());
        assert_eq!(output, format!("exit={code}\n"));
        let lane = good[0];
        let view = |format: &str| format!(" run --locked --quiet -- report r1 --format {format}\n");
        let expected_calls =
            format!("{lane} test --locked --test staging\n{}{}", view("markdown"), view("annotations"));
        assert_eq!(called, expected_calls);
        assert!(ended.stdout.contains("a view: run --locked --quiet -- report r1 --format annotations"));
        assert!(!ended.stdout.contains("--format markdown"), "it belongs on the page: {}", ended.said());
        assert_eq!(ended.stderr.contains("ALARM"), expected != 0, "{}", ended.said());
    }
}

#[test]
fn a_push_asks_what_changed_and_everything_else_wants_the_lane() {
    let (ended, called, output) = with_cargo("affected", &["full", "schedule", ""], 0);
    assert_eq!((ended.code, called.as_str(), output.as_str()), (Some(0), "", "lanes=[\"full\"]\n"));
    // A base that is not there is a red, and nothing is put out.
    let (ended, called, output) =
        with_cargo("affected", &["full", "push", "0123456789012345678901234567890123456789"], 0);
    assert_eq!((ended.code, called.as_str(), output.as_str()), (Some(2), "", ""), "{}", ended.said());
}

#[test]
fn a_preflight_asks_the_doctor_and_stops_for_everything_but_a_target_that_may_come_back() {
    let set =
        [("MOLECULE_CP_URL", "https://staging-api.example.com"), ("MOLECULE_ADMIN_TOKEN", "0123456789")];
    for (code, expected) in [(0, 0), (2, 2), (3, 0), (70, 70), (101, 101)] {
        let (ended, called, _) = with_cargo_and("preflight", &["canary"], code, &set);
        assert_eq!(ended.code, Some(expected), "{code}\n{}", ended.said());
        assert_eq!(called, " run --locked --quiet -- doctor staging --lane canary\n");
        assert_eq!(ended.stderr.contains("the run will wait for it"), code == 3, "{}", ended.said());
    }
}

#[test]
fn a_preflight_names_what_is_missing_and_a_sweep_says_how_old_and_how_many() {
    let (ended, called, _) = with_cargo("preflight", &["canary"], 0);
    assert_eq!((ended.code, called.as_str()), (Some(2), ""));
    assert!(ended.stderr.contains("not set: MOLECULE_CP_URL MOLECULE_ADMIN_TOKEN"), "{}", ended.said());
    let swept = |arguments: &[&str]| with_cargo("sweep", arguments, 4);
    let (ended, called, _) = swept(&["", ""]);
    assert_eq!(
        (ended.code, called.as_str()),
        (Some(4), " run --locked -- sweep staging --older-than 120m --cap 50\n")
    );
    assert_eq!(
        swept(&["30m", "yes"]).1,
        " run --locked -- sweep staging --older-than 30m --cap 50 --dry-run\n"
    );
    assert_eq!(swept(&["30m", "true"]).0.code, Some(2));
}
