//! Files that are derived from others are current.

use crate::support::{Ended, Root, shakedown};
use std::fs;

#[test]
fn the_workflows_are_copies_of_those_in_ci() {
    let root = env!("CARGO_MANIFEST_DIR");
    let ended: Ended =
        shakedown().args(["generate", "--check", "--root", root]).output().expect("it starts").into();
    assert_eq!(ended.code, Some(0), "run `cargo run -- generate`\n{}", ended.said());
}

#[test]
fn a_stale_copy_is_named_and_then_written() {
    let root = Root::new(&[
        ("suite.toml", "[suite]\nname = \"staging\"\n"),
        ("ci/x.yml", "on: push\n"),
        (".github/workflows/x.yml", "on: pull\n"),
    ]);
    let generate = |arguments: &[&str]| -> Ended {
        shakedown()
            .arg("generate")
            .args(arguments)
            .arg("--root")
            .arg(root.path())
            .output()
            .expect("it starts")
            .into()
    };
    let stale = generate(&["--check"]);
    assert_eq!((stale.code, stale.stdout.as_str()), (Some(1), "stale: .github/workflows/x.yml\n"));
    assert_eq!(generate(&[]).code, Some(0));
    assert_eq!(
        fs::read_to_string(root.path().join(".github/workflows/x.yml")).expect("a copy"),
        "on: push\n"
    );
    assert_eq!(generate(&["--check"]).code, Some(0));
}
