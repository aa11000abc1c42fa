//! The loader under attack: what stands in a suite's folder is a file of a sensible length, or it is refused by name.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "what cannot be set up fails its test")]

use harness_model::source::SuiteText;
use harness_runner::load::{LoadError, suite};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// A root with a suite, and the path of a file in it that is to be made.
fn root(file: &str) -> (TempDir, PathBuf) {
    let root = TempDir::new().unwrap();
    let folder = root.path().join("scenarios/sample");
    fs::create_dir_all(folder.join("flows")).unwrap();
    fs::write(folder.join("suite.toml"), "").unwrap();
    let path = folder.join(file);
    (root, path)
}

fn load(root: &TempDir) -> Result<SuiteText, LoadError> {
    suite(root.path(), "sample")
}

fn refusal(root: &TempDir) -> String {
    let refused = load(root).unwrap_err().to_string();
    refused.replace(&root.path().display().to_string(), "ROOT")
}

#[test]
fn a_hundred_megabytes_are_refused_before_they_are_read() {
    let (root, path) = root("long.toml");
    // A hole: it takes no room, and reading it would.
    fs::File::create(path).unwrap().set_len(100 * 1024 * 1024).unwrap();
    let expected = "ROOT/scenarios/sample/long.toml has 104857600 bytes, 4194304 at most";
    assert_eq!(refusal(&root), expected);
}

#[test]
fn a_pipe_is_not_waited_for() {
    let (root, path) = root("pipe.toml");
    #[expect(
        clippy::disallowed_methods,
        reason = "the ban is for the sources; std makes no pipes with a name"
    )]
    let made = Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
    assert_eq!(
        refusal(&root),
        "ROOT/scenarios/sample/pipe.toml is no file: it cannot be read once and be done"
    );
}

#[test]
fn a_device_without_an_end_is_not_read() {
    let (root, path) = root("flows/zero.toml");
    symlink("/dev/zero", path).unwrap();
    let expected = "ROOT/scenarios/sample/flows/zero.toml is no file: it cannot be read once and be done";
    assert_eq!(refusal(&root), expected);
}

#[test]
fn a_folder_that_is_called_like_a_file_is_named() {
    let (root, path) = root("folder.toml");
    fs::create_dir(path).unwrap();
    let expected = "ROOT/scenarios/sample/folder.toml is no file: it cannot be read once and be done";
    assert_eq!(refusal(&root), expected);
}

#[test]
fn a_link_to_itself_is_named() {
    let (root, path) = root("loop.toml");
    symlink(&path, &path).unwrap();
    assert_eq!(refusal(&root), "cannot read ROOT/scenarios/sample/loop.toml");
}

#[test]
fn folders_that_link_back_come_to_an_end() {
    let (root, path) = root("flows/one");
    let flows = path.parent().unwrap();
    symlink(flows, &path).unwrap();
    symlink(flows, flows.join("two")).unwrap();
    let expected = "ROOT/scenarios/sample/flows has more than 10000 files: does a link in it lead back?";
    assert_eq!(refusal(&root), expected);
}

#[test]
fn what_is_not_text_is_named_with_its_place() {
    let (root, path) = root("binary.toml");
    fs::write(path, b"[scenario]\nname = \"\xff\"").unwrap();
    let expected = "ROOT/scenarios/sample/binary.toml is not text: byte 19 is not UTF-8";
    assert_eq!(refusal(&root), expected);
}

#[test]
fn the_mark_of_an_editor_is_no_part_of_the_text() {
    let (root, path) = root("marked.toml");
    fs::write(path, "\u{feff}[scenario]\r\nname = \"x\"\r\n").unwrap();
    assert_eq!(load(&root).unwrap().scenarios[0].text(), "[scenario]\r\nname = \"x\"\r\n");
}

#[test]
fn a_scenario_one_folder_too_deep_is_named_instead_of_never_run() {
    let (root, path) = root("more/deep/forgotten.toml");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, "").unwrap();
    let expected = "ROOT/scenarios/sample/more/deep/forgotten.toml is read by nobody: scenarios stand beside suite.toml, \
                    flows below flows/";
    assert_eq!(refusal(&root), expected);
}
