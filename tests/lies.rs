//! What hand-written scripts took for green, written as a scenario: every one of them is red here, and says why.

use crate::support::Root;

/// The steps that lied, each in a case of its own; the name of the step and what its red must say.
const LIES: [(&str, &[&str]); 6] = [
    // `/activity?workspace_id=` never existed, and its error was taken for an empty list.
    ("activity of nobody", &["actual  status = 501", "this platform has no route GET /activity"]),
    // The reply has `approval_id`, so nothing was ever decided.
    ("approval by id", &["body.id", "approval_id"]),
    // The open row has no current task, so comparing it with anything was comparing nothing.
    ("task after removal", &["body.current_task == ''", "current_task"]),
    ("no task after removal", &["body.current_task != 'busy'", "current_task"]),
    // These routes never existed either …
    ("memory of nobody", &["actual  status = 501", "this platform has no route POST /memories"]),
    // … and whoever did not name the organisation got a 404 that nobody looked at.
    ("without the header", &["actual  status = 404"]),
];

const SCENARIO: &str = r#"
[scenario]
name     = "lies"
fixtures = ["org"]

[matrix]
lie = ["activity of nobody", "approval by id", "task after removal", "no task after removal", "memory of nobody", "without the header"]
[[matrix.agent]]
runtime = "mock"
model   = "canned"

[[arm]]
name  = "mock"
match = { runtime = "mock" }

[[step]]
use = "flows/workspace"

[[step]]
name     = "activity of nobody"
when     = "lie == 'activity of nobody'"
run.http = { on = "tenant", as = "tenant_admin", path = "/activity?workspace_id={{ workspace_id }}" }
expect   = ["status == 200"]

[[step]]
name     = "approval by id"
when     = "lie == 'approval by id'"
run.http = { on = "tenant", as = "tenant_admin", method = "POST", path = "/workspaces/{{ workspace_id }}/approvals", body = "approvals/ask.json.j2" }
expect   = ["status == 201"]
[step.capture]
approval = "body.id"

[[step]]
name     = "decided"
when     = "lie == 'approval by id'"
run.http = { on = "tenant", as = "tenant_admin", method = "POST", path = "/workspaces/{{ workspace_id }}/approvals/{{ approval }}/decide", body = "approvals/decide.json.j2" }
expect   = ["status == 200"]

[[step]]
name     = "task after removal"
when     = "lie == 'task after removal'"
run.http = { on = "tenant", as = "tenant_admin", path = "/workspaces/{{ workspace_id }}" }
expect   = ["body.current_task == ''"]

[[step]]
name     = "no task after removal"
when     = "lie == 'no task after removal'"
run.http = { on = "tenant", as = "tenant_admin", path = "/workspaces/{{ workspace_id }}" }
expect   = ["body.current_task != 'busy'"]

[[step]]
name     = "memory of nobody"
when     = "lie == 'memory of nobody'"
run.http = { on = "tenant", as = "tenant_admin", method = "POST", path = "/memories?workspace_id={{ workspace_id }}", body = "memory/local.json.j2" }
expect   = ["status == 201"]

[[step]]
name     = "without the header"
when     = "lie == 'without the header'"
run.http = { on = "tenant", as = "tenant_admin", path = "/workspaces/{{ workspace_id }}/memories", headers = { X-Molecule-Org-Id = "none" } }
expect   = ["status == 200"]
"#;

#[test]
fn what_scripts_took_for_green_is_red_in_the_step_that_lied() {
    let root = Root::like_ours();
    root.unproved();
    root.write("lies.toml", SCENARIO);
    let ended = root.native(&[], &["lies"]);
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    for (step, words) in LIES {
        let told = ended.stderr.split(&format!("step    {step} (")).nth(1);
        let told = told.unwrap_or_else(|| panic!("`{step}` is not red\n{}", ended.said()));
        let told = told.split("step    ").next().unwrap_or_default();
        for word in words {
            assert!(told.contains(word), "{step}: `{word}`\n{told}");
        }
    }
    assert!(ended.stderr.contains("6 failed"), "{}", ended.said());
}
