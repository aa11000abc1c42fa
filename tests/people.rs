//! What helps people to write suites: examples that run, explanations, completions, manual pages.

use crate::support::stub::Stub;
use crate::support::{Ended, shakedown};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn empty() -> TempDir {
    TempDir::new().expect("a temporary folder")
}

fn at(root: &Path, arguments: &[&str]) -> Ended {
    shakedown().arg("--root").arg(root).args(arguments).output().expect("it starts").into()
}

fn anywhere(arguments: &[&str]) -> Ended {
    shakedown().args(arguments).current_dir("/").output().expect("it starts").into()
}

#[test]
fn a_new_suite_is_right_and_green_and_red_with_its_fault_in_the_step_that_it_names() {
    let root = empty();
    let written = at(root.path(), &["new", "suite", "demo"]);
    assert_eq!(written.code, Some(0), "{}", written.said());
    assert!(written.stdout.starts_with("written: scenarios/demo/suite.toml\n"), "{}", written.said());
    assert!(written.stdout.contains("\nnext:\n  shakedown check demo\n"), "{}", written.said());
    let check = at(root.path(), &["check", "demo"]);
    assert_eq!((check.code, check.stderr.as_str()), (Some(0), ""), "{}", check.said());
    let green = at(root.path(), &["run", "demo"]);
    assert_eq!(green.code, Some(0), "{}", green.said());
    assert!(green.stderr.contains("demo on embedded: 2 passed; 0 leaked of 3 created"), "{}", green.said());
    let red = at(root.path(), &["run", "demo", "codex", "--fault", "a2a-echo"]);
    assert_eq!(red.code, Some(1), "{}", red.said());
    assert!(red.stderr.contains("step    round trip"), "{}", red.said());
}

#[test]
fn a_new_suite_for_a_service_of_ones_own_is_right_and_takes_the_scenario_of_the_readme() {
    let (root, stub) = (empty(), Stub::start());
    let written = at(root.path(), &["new", "suite", "my-shop", "--own"]);
    let files = "written: scenarios/my-shop/suite.toml\nwritten: scenarios/my-shop/up.toml\nwritten: shakedown.schema.json\n";
    assert!(written.stdout.starts_with(files), "{}", written.said());
    assert!(
        written.stdout.contains("  MY_SHOP_URL=http://127.0.0.1:8080 shakedown run my-shop "),
        "{}",
        written.said()
    );
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("a README");
    let (_, order) = readme.split_once("```toml\n[scenario]\nname = \"order\"\n").expect("a scenario");
    let order = format!("[scenario]\nname = \"order\"\n{}", order.split("```").next().expect("its end"));
    fs::write(root.path().join("scenarios/my-shop/order.toml"), order).expect("a file");
    let check = at(root.path(), &["check", "--deny-warnings"]);
    assert_eq!((check.code, check.stderr.as_str()), (Some(0), ""), "{}", check.said());
    let mut live = shakedown();
    live.env("MY_SHOP_URL", &stub.url).arg("--root").arg(root.path()).args(["run", "my-shop", "up"]);
    let green: Ended = live.output().expect("it starts").into();
    assert_eq!(green.code, Some(0), "{}", green.said());
    assert!(green.stderr.contains("my-shop on live: 1 passed; 0 leaked of 0 created"), "{}", green.said());
    let nowhere = at(root.path(), &["run", "my-shop"]);
    assert!(nowhere.stderr.contains("no environment to run against: set MY_SHOP_URL"), "{}", nowhere.said());
    // A name that would select is none.
    let other = at(root.path(), &["new", "suite", "e2e", "--own"]);
    assert!(other.stdout.contains("  TARGET_E2E_URL="), "{}", other.said());
    assert_eq!(at(root.path(), &["check", "e2e", "--deny-warnings"]).code, Some(0));
}

#[test]
fn a_new_scenario_fits_into_a_suite_of_ours_and_its_fault_turns_it_red() {
    let root = empty();
    assert_eq!(at(root.path(), &["new", "suite", "demo"]).code, Some(0));
    let written = at(root.path(), &["new", "scenario", "demo", "refund"]);
    assert_eq!(written.code, Some(0), "{}", written.said());
    assert!(written.stdout.contains("added to: scenarios/demo/faults.toml\n"), "{}", written.said());
    let check = at(root.path(), &["check"]);
    assert!(check.stdout.starts_with("demo: right, 2 scenarios, 10 flows, 2 faults"), "{}", check.said());
    let green = at(root.path(), &["run", "demo", "refund::"]);
    assert!(green.stderr.contains("2 passed; 0 leaked of 3 created"), "{}", green.said());
    assert_eq!(at(root.path(), &["run", "demo", "refund::codex", "--fault", "a2a-echo"]).code, Some(1));
}

#[test]
fn a_new_scenario_of_a_suite_with_other_words_asks_its_first_service() {
    let root = empty();
    let suite = root.path().join("scenarios/other");
    fs::create_dir_all(&suite).expect("a folder");
    let text = "[suite]\nname = \"other\"\n[environment.embedded]\nprovides = \"secrets\"\n\
                [environment.live]\nwhen = \"MOLECULE_CP_URL\"\n[service.front]\nbase = \"{{ env.MOLECULE_CP_URL }}\"\n";
    fs::write(suite.join("suite.toml"), text).expect("a file");
    let written = at(root.path(), &["new", "scenario", "other", "up"]);
    assert_eq!(written.code, Some(0), "{}", written.said());
    assert!(fs::read_to_string(suite.join("up.toml")).expect("a scenario").contains("on = \"front\""));
    let green = at(root.path(), &["run", "other"]);
    assert_eq!(green.code, Some(0), "{}", green.said());
}

#[test]
fn nothing_that_is_there_is_overwritten() {
    let root = empty();
    fs::create_dir_all(root.path().join("templates/hello")).expect("a folder");
    let payload = root.path().join("templates/hello/workspace.json.j2");
    fs::write(&payload, "mine").expect("a file");
    let written = at(root.path(), &["new", "suite", "demo"]);
    assert!(written.stdout.contains("kept: templates/hello/workspace.json.j2 (it was"), "{}", written.said());
    assert_eq!(fs::read_to_string(&payload).expect("a file"), "mine");
    let again = at(root.path(), &["new", "suite", "demo"]);
    assert_eq!(again.code, Some(2));
    assert!(again.stderr.contains("nothing is overwritten"), "{}", again.said());
    let again = at(root.path(), &["new", "scenario", "demo", "hello"]);
    assert_eq!(again.code, Some(2));
    assert!(again.stderr.contains("has a scenario `hello` already"), "{}", again.said());
}

#[test]
fn a_name_that_is_no_folder_or_file_of_ours_is_refused() {
    let root = empty();
    for name in ["../demo", "a/b", "/tmp/demo", "Demo", "2fast", "", "a b", "-x", "suite"] {
        let ended = at(root.path(), &["new", "suite", "--", name]);
        assert_eq!(ended.code, Some(2), "{name}: {}", ended.said());
        assert!(ended.stderr.contains(&format!("`{name}`")), "{name}: {}", ended.said());
    }
    assert_eq!(fs::read_dir(root.path()).expect("a folder").count(), 0);
    assert_eq!(at(root.path(), &["new", "suite", "demo"]).code, Some(0));
    let ended = at(root.path(), &["new", "scenario", "../scenarios/demo", "x"]);
    assert_eq!(ended.code, Some(2), "{}", ended.said());
    assert!(ended.stderr.contains("known here: demo"), "{}", ended.said());
    assert_eq!(at(root.path(), &["new", "scenario", "demo", "gates"]).code, Some(2));
}

#[test]
fn a_code_is_explained_with_an_example_in_any_folder() {
    insta::assert_snapshot!(anywhere(&["explain", "E0313"]).stdout);
    let two = anywhere(&["explain", "E0313", "e0601"]);
    assert!(two.stdout.starts_with("E0313: ") && two.stdout.contains("\n\nE0601: a case"), "{}", two.said());
    let all = anywhere(&["explain"]);
    assert!(
        all.stdout.starts_with("E0101  a file does not have the shape of the language\n"),
        "{}",
        all.said()
    );
    assert!(all.stdout.lines().count() > 60, "{}", all.said());
}

#[test]
fn a_code_that_is_none_is_a_usage_error_that_suggests_one() {
    let begun = anywhere(&["explain", "e060"]);
    assert_eq!(begun.code, Some(2));
    assert!(begun.stderr.contains("known here: E0601, E0602, E0603"), "{}", begun.said());
    let mistyped = anywhere(&["explain", "E0731"]);
    assert!(mistyped.stderr.contains("did you mean E0"), "{}", mistyped.said());
}

#[test]
fn four_shells_complete_subcommands_and_faults() {
    // `run` and `serve` take faults.
    for (shell, begin, faults) in [
        ("bash", "COMPREPLY", 2),
        ("zsh", "#compdef shakedown", 2),
        ("fish", "complete -c shakedown", 2),
        ("powershell", "Register-ArgumentCompleter", 0),
    ] {
        let script = anywhere(&["completions", shell]);
        assert_eq!(script.code, Some(0), "{shell}: {}", script.said());
        assert!(script.stdout.contains(begin) && script.stdout.contains("explain"), "{shell}");
        assert!(script.stdout.matches("pause-does-nothing").count() >= faults, "{shell}");
    }
}

#[test]
fn every_subcommand_has_a_manual_page_with_its_examples() {
    let folder = empty();
    let out = folder.path().to_str().expect("a path");
    let written = anywhere(&["man", "--out", out]);
    assert_eq!(written.code, Some(0), "{}", written.said());
    let pages = [
        ("shakedown", "Exit codes"),
        ("shakedown-run", "break the embedded platform"),
        ("shakedown-new-suite", "green on the embedded platform"),
    ];
    for (name, words) in pages {
        let text = fs::read_to_string(folder.path().join(format!("{name}.1"))).expect("a page");
        assert!(text.contains(&format!(".TH {name} 1")), "{text}");
        assert!(text.contains(words), "{text}");
    }
    assert!(anywhere(&["man"]).stdout.contains(".SH SYNOPSIS"));
}
