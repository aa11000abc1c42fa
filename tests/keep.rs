//! What is left standing on purpose, and what is released although nobody can write it down any more.

use crate::support::served::Served;
use crate::support::{Ended, command, shakedown};

const CODEX: [&str; 3] = ["run", "staging", "pause-resume::codex"];

fn exit(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code, Some(code), "{}", ended.said());
    for words in words {
        assert!(ended.said().contains(words), "{words}\n{}", ended.said());
    }
}

#[test]
fn what_a_red_case_created_is_kept_on_demand_and_the_run_says_how_to_release_it() {
    let served = Served::start(&["pause-does-nothing"]);
    served.root.write("gates.toml", "[[gate]]\narm = \"codex\"\ngate = \"required\"\n");
    let arguments = [&CODEX[..], &["--keep", "on-failure"]].concat();
    let words = ["kept workspace e2e-", "kept org e2e-", "0 leaked, 2 kept of 2 created"];
    let kept = served.run(&arguments, &[]);
    exit(&kept, 1, &words);
    exit(&kept, 1, &[", until 20", "release it with: shakedown sweep staging 20"]);
    exit(&served.run(&CODEX, &[]), 1, &["0 leaked of 2 created"]);
    served.stop();
}

#[test]
fn a_green_case_is_kept_only_by_always_also_under_the_name_that_older_workflows_use() {
    let served = Served::start(&[]);
    let on_failure = [&CODEX[..], &["--keep", "on-failure"]].concat();
    exit(&served.run(&on_failure, &[("E2E_KEEP_ORG", "1")]), 0, &["0 leaked of 2 created"]);
    exit(&served.run(&CODEX, &[("E2E_KEEP_ORG", "1")]), 0, &["0 leaked, 2 kept of 2 created"]);
    exit(&served.run(&CODEX, &[("E2E_KEEP_ORG", "0")]), 0, &["0 leaked of 2 created"]);
    exit(&served.run(&CODEX, &[("E2E_KEEP_ORG", "perhaps")]), 2, &["E2E_KEEP_ORG=perhaps"]);
    served.stop();
}

#[test]
fn nothing_of_a_platform_that_ends_with_the_run_can_be_kept() {
    let mut kept = shakedown();
    kept.args(["run", "staging", "codex", "--keep", "always", "--root", env!("CARGO_MANIFEST_DIR")]);
    exit(&kept.output().expect("it starts").into(), 2, &["nothing can be kept (--keep was given)", "serve"]);
}

#[test]
fn a_log_that_cannot_be_written_any_more_stops_the_run_and_everything_is_released() {
    let served = Served::start(&[]);
    // The shell's unit is half a kilobyte or a whole one; a run of the suite writes more than either.
    let mut run = command("sh");
    run.args(["-c", "trap '' XFSZ; ulimit -f 128; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_shakedown")]);
    run.args(["run", "staging", "--root"]).arg(served.root.path()).envs(served.variables.clone());
    let ended: Ended = run.output().expect("it starts").into();
    exit(&ended, 70, &["the event log cannot be written", "0 leaked of"]);
    let roster = served.run(&["run", "staging", "steady::codex"], &[]);
    exit(&roster, 0, &["0 leaked of 2 created"]);
    served.stop();
}

#[test]
fn what_a_case_deletes_itself_is_judged_and_shown_gone_by_the_id_that_its_reply_gave() {
    let served = Served::start(&[]);
    served.root.write(
        "deleting.toml",
        r#"
[scenario]
name     = "deleting"
fixtures = ["org"]
[[arm]]
name  = "mock"
match = {}
bind  = { runtime = "mock", model = "canned" }
[[step]]
name     = "create"
run.http = { on = "tenant", as = "tenant_admin", method = "POST", path = "/workspaces", body = "workspace/create.json.j2" }
owns     = { workspace = "{{ workspace_name }}" }
expect   = ["status == 201"]
[step.capture]
workspace_id = "body.id"
[[step]]
name     = "delete"
run.http = { on = "tenant", as = "tenant_admin", method = "DELETE", path = "/workspaces/{{ workspace_id }}" }
expect   = ["status in [200, 204]"]
"#,
    );
    served.root.unproved();
    let deleted = served.run(&["run", "staging", "deleting"], &[]);
    exit(&deleted, 0, &["1 passed; 0 leaked of 2 created"]);
    let recorded = served.root.recordings();
    assert!(recorded.contains("\"states\":[\"online\",\"removed\"]"), "{recorded}");
    served.stop();
}
