//! The lanes that a change calls for, from outside.

use crate::support::{Ended, Root, command, shakedown};
use std::fs;
use std::path::Path;

const SUITE: &str = r#"[suite]
name = "staging"
[environment.here]
when = "API_URL"
[service.api]
base = "{{ env.API_URL }}"
[lane.full]
paths = ["src/**", "scenarios/**", "Cargo.lock"]
[lane.canary]
paths = ["templates/**", "src/server/**"]
[lane.nightly]
"#;
const SCENARIO: &str = "[scenario]\nname = \"one\"\n[[step]]\nname = \"a\"\nrun.http = { on = \"api\", path = \"/\" }\n\
                        expect = [\"status == 200\"]\n";

fn root() -> Root {
    Root::new(&[("suite.toml", SUITE), ("one.toml", SCENARIO)])
}

fn detect(root: &Root, changed: &str, arguments: &[&str]) -> Ended {
    let list = root.path().join("changed");
    fs::write(&list, changed).expect("a file");
    let mut command = shakedown();
    command.args(["detect", "--changed"]).arg(&list).args(arguments).arg("--root").arg(root.path());
    command.output().expect("it starts").into()
}

#[test]
fn a_change_calls_for_the_lanes_that_claim_it_each_with_its_reason() {
    let root = root();
    for (changed, lanes) in [
        ("src/lib.rs", "lanes=[\"full\"]\n"),
        ("src/server/a.rs\nREADME.md\n", "lanes=[\"full\",\"canary\"]\n"),
        ("src/server/a.rs\0Cargo.lock\0", "lanes=[\"full\",\"canary\"]\n"),
        ("templates/a.j2\r\ntemplates/b.j2\r\n", "lanes=[\"canary\"]\n"),
        ("README.md\ndocs/src/lib.rs\n", "lanes=[]\n"),
    ] {
        let ended = detect(&root, changed, &["--github"]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), lanes), "{changed}\n{}", ended.said());
    }
    let told = detect(&root, "templates/a.j2\ntemplates/b.j2\nREADME.md", &[]);
    assert_eq!(
        told.stdout,
        "canary  templates/a.j2 (templates/**), and 1 more\n1 file that no lane claims (--strict)\n"
    );
    let json = detect(&root, "Cargo.lock\nREADME.md", &["--json", "--suite", "staging"]);
    assert_eq!(
        json.stdout,
        "{\"version\":1,\"suite\":\"staging\",\"changed\":2,\"lanes\":[{\"lane\":\"full\",\"because\":[{\"path\":\"Cargo.lock\",\
         \"pattern\":\"Cargo.lock\"}]}],\"unclaimed\":[\"README.md\"]}\n"
    );
}

#[test]
fn a_change_that_no_lane_claims_is_an_explicit_green_and_can_be_listed() {
    let root = root();
    let green = detect(&root, "README.md\nLICENSE\n", &[]);
    assert_eq!(green.code, Some(0));
    assert!(
        green.stdout.starts_with("no lane is affected by 2 changed files: nothing to run\n"),
        "{}",
        green.said()
    );
    let listed = detect(&root, "README.md\nsrc/lib.rs\n", &["--strict"]);
    assert_eq!(listed.stdout, "full  src/lib.rs (src/**)\nunclaimed  README.md\n");
}

#[test]
fn what_a_failed_git_leaves_is_refused_and_not_a_green() {
    let root = root();
    for changed in ["", "\n\n", "\0"] {
        let ended = detect(&root, changed, &["--github"]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{}", ended.said());
        assert!(ended.stderr.contains("not one changed file"), "{}", ended.said());
    }
    let empty = detect(&root, "", &["--allow-empty", "--github"]);
    assert_eq!((empty.code, empty.stdout.as_str()), (Some(0), "lanes=[]\n"));
    let quoted = detect(&root, "\"src/\\303\\251.rs\"\n", &[]);
    assert_eq!(quoted.code, Some(2));
    assert!(quoted.stderr.contains("with -z"), "{}", quoted.said());
    fs::remove_file(root.path().join("changed")).expect("it was written");
    let mut missing = shakedown();
    missing.args(["detect", "--changed", "changed", "--root"]).arg(root.path()).current_dir(root.path());
    assert_eq!(Ended::from(missing.output().expect("it starts")).code, Some(2));
}

#[test]
fn a_list_with_states_is_understood_and_what_is_not_is_refused() {
    let root = root();
    let absolute = format!("{}/src/a.rs\n", root.path().display());
    for changed in ["M\tsrc/a.rs\n", "R100\tsrc/a.rs\tnotes/a.rs\n", "./src/a.rs\n", &absolute] {
        let ended = detect(&root, changed, &["--github"]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "lanes=[\"full\"]\n"), "{}", ended.said());
    }
    for (changed, words) in [
        ("README.md\n/src/a.rs\n", "line 2, \"/src/a.rs\", is outside of the repository"),
        ("src\\a.rs\n", "has a backslash: paths have `/` between folders"),
        (" M src/a.rs\n", "take the list of `git diff --no-renames --name-only`"),
        ("M\0src/a.rs\0", "is what `git diff --name-status -z` writes"),
    ] {
        let ended = detect(&root, changed, &["--github"]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{}", ended.said());
        assert!(ended.stderr.contains(words), "{}", ended.said());
    }
}

#[test]
fn a_change_of_ours_calls_for_the_lanes_of_staging_that_it_can_break() {
    for (changed, lanes) in [
        ("src/platform/src/state.rs", "lanes=[\"full\",\"external\"]\n"),
        ("harness/engine/src/step.rs\nREADME.md", "lanes=[\"full\",\"external\"]\n"),
        ("scenarios/staging/provision.toml", "lanes=[\"full\"]\n"),
        ("scenarios/staging/external.toml", "lanes=[\"full\",\"external\"]\n"),
        ("templates/workspace/create.json.j2", "lanes=[\"full\"]\n"),
        ("Cargo.lock", "lanes=[\"full\",\"external\"]\n"),
        ("README.md\nci/canary.yml\ntests/cli.rs\nsrcs/x", "lanes=[]\n"),
    ] {
        let ended = detect(&Root::like_ours(), changed, &["--github", "--suite", "staging"]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), lanes), "{changed}\n{}", ended.said());
    }
}

#[test]
fn a_suite_whose_lanes_claim_nothing_cannot_say_that_nothing_is_affected() {
    let root =
        Root::new(&[("suite.toml", SUITE.split("[lane").next().expect("a head")), ("one.toml", SCENARIO)]);
    let ended = detect(&root, "src/lib.rs", &[]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("no lane of suite `staging` has `paths`"), "{}", ended.said());
}

/// Runs git in a folder, as nobody in particular.
fn git(folder: &Path, arguments: &[&str]) -> Ended {
    let mut git = command("git");
    git.current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null").env("HOME", folder);
    git.args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]);
    git.args(arguments).output().expect("git starts").into()
}

/// Runs the script of the workflows in a repository, with the binary of this build.
fn changed(folder: &Path, base: &str) -> Ended {
    let mut script = command("bash");
    script.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("ci/changed")).arg(base);
    script.current_dir(folder).output().expect("bash starts").into()
}

#[test]
fn renamed_and_deleted_files_count_under_every_name_that_they_had() {
    let root = root();
    let folder = root.path();
    git(folder, &["init", "-q", "-b", "main"]);
    fs::create_dir_all(folder.join("src/server")).expect("a folder");
    fs::write(folder.join("src/server/a.rs"), "fn a() {}\n".repeat(20)).expect("a file");
    fs::write(folder.join("Cargo.lock"), "# locked\n").expect("a file");
    git(folder, &["add", "."]);
    git(folder, &["commit", "-qm", "before"]);
    let before = git(folder, &["rev-parse", "HEAD"]).stdout.trim().to_owned();
    fs::create_dir_all(folder.join("notes")).expect("a folder");
    git(folder, &["mv", "src/server/a.rs", "notes/é a.rs"]);
    git(folder, &["rm", "-q", "Cargo.lock"]);
    git(folder, &["commit", "-qm", "after"]);
    let list = changed(folder, &before);
    assert_eq!(list.code, Some(0), "{}", list.said());
    let ended = detect(&root, &list.stdout, &["--json"]);
    let found = ended.document("detection");
    let lanes = found["lanes"].as_array().expect("lanes");
    let paths = |lane: usize| -> Vec<&str> {
        let claims = lanes[lane]["because"].as_array().expect("claims").iter();
        claims.filter_map(|claim| claim["path"].as_str()).collect()
    };
    assert_eq!((paths(0), paths(1)), (vec!["Cargo.lock", "src/server/a.rs"], vec!["src/server/a.rs"]));
    assert_eq!(found["unclaimed"][0], "notes/é a.rs");
}

#[test]
fn a_base_that_is_not_there_is_an_error_that_says_how_to_get_it() {
    let root = root();
    let folder = root.path();
    git(folder, &["init", "-q", "-b", "main"]);
    git(folder, &["add", "."]);
    git(folder, &["commit", "-qm", "first"]);
    let shallow = changed(folder, "0123456789012345678901234567890123456789");
    assert_eq!((shallow.code, shallow.stdout.as_str()), (Some(2), ""), "{}", shallow.said());
    assert!(shallow.stderr.contains("fetch-depth: 0"), "{}", shallow.said());
    // A branch that is new has no commit before it: everything is new.
    let new = changed(folder, "0000000000000000000000000000000000000000");
    assert_eq!(new.code, Some(0), "{}", new.said());
    assert_eq!(
        new.stdout.split_terminator('\0').collect::<Vec<_>>(),
        ["scenarios/staging/one.toml", "scenarios/staging/suite.toml"]
    );
    assert_eq!(changed(folder, "").code, Some(2));
    assert_eq!(changed(folder, "--output=/tmp/x").code, Some(2));
}
