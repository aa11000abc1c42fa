//! A team's own suite, `tests/elsewhere/`, through the command line of this repository; `ci/check.sh` runs it through its
//! own crate, which is compiled without the platform.

use crate::support::stub::Stub;
use crate::support::{Ended, command, copy, shakedown};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/elsewhere")
}

fn at(arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
    below(&root(), arguments, variables)
}

fn below(root: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
    let mut command = shakedown();
    command.arg("--root").arg(root).args(arguments).envs(variables.iter().copied());
    command.output().expect("it starts").into()
}

#[test]
fn a_suite_with_its_own_words_and_its_own_target_is_checked_and_planned() {
    let check = at(&["check", "--deny-warnings"], &[]);
    assert_eq!(
        (check.code, check.stdout.as_str()),
        (Some(0), "shop: right, 1 scenario, 3 flows, 0 faults\n"),
        "{}",
        check.said()
    );
    let plan = at(&["plan", "shop", "--json"], &[("E2E_ITEM", "book")]);
    let plan: serde_json::Value = serde_json::from_str(&plan.stdout).expect("a plan");
    assert_eq!((&plan["environment"], &plan["cases"][0]["id"]), (&"local".into(), &"checkout::book".into()));
}

#[test]
fn its_environment_is_not_taken_for_the_embedded_platform() {
    let ended = at(&["run", "shop"], &[]);
    assert_eq!(ended.code, Some(2), "{}", ended.said());
    assert!(ended.stderr.contains("service `shop` reads SHOP_URL"), "{}", ended.said());
    assert!(ended.stderr.contains("`Harness::environment`"), "{}", ended.said());
}

#[test]
fn a_live_target_is_chosen_by_its_variable_and_a_wrong_one_turns_the_suite_red() {
    let stub = Stub::start();
    let refused = at(&["run", "shop"], &[("SHOP_URL", stub.url.as_str())]);
    assert_eq!(refused.code, Some(2), "{}", refused.said());
    assert!(refused.stderr.contains("without its credential: set SHOP_TOKEN"), "{}", refused.said());
    let live = [("SHOP_URL", stub.url.as_str()), ("SHOP_TOKEN", "token-of-nobody")];
    // Recordings go elsewhere than those of people.
    let copied = TempDir::new().expect("a folder");
    for folder in ["scenarios", "templates"] {
        copy(&root().join(folder), &copied.path().join(folder));
    }
    let red = below(copied.path(), &["run", "shop", "book"], &live);
    assert_eq!(red.code, Some(4), "{}", red.said());
    assert!(red.stderr.contains("step    order (scenarios/shop/checkout.toml:14)"), "{}", red.said());
    assert!(!red.said().contains("token-of-nobody"), "{}", red.said());
}

#[test]
fn the_readme_shows_the_main_that_the_crate_has() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(here.join("README.md")).expect("a README");
    let main = fs::read_to_string(root().join("tests/shop.rs")).expect("a main");
    let (_, main) = main.split_once("\n\n").expect("a heading and a main");
    assert!(readme.contains(main), "{main}");
    let git = command("git")
        .args(["-C"])
        .arg(here)
        .args(["check-ignore", "-q", "tests/elsewhere/Cargo.lock"])
        .status();
    assert!(git.expect("git starts").success(), "its lock file is made of ours");
}
