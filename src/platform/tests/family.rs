//! Families: who reaches whom, who is near, and what one workspace asks of another.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod support;

use reqwest::Method;
use serde_json::{Value, json};

use support::{Answer, World, eventually, former, managed};

/// A family: two at the root, a child of the first, and a child of that child.
struct Family {
    world: World,
    root: String,
    other: String,
    child: String,
    grandchild: String,
}

impl Family {
    async fn new() -> Self {
        let world = World::new().await;
        let (root, other) = (born(&world, "root", None).await, born(&world, "other", None).await);
        let child = born(&world, "child", Some(&root)).await;
        let grandchild = born(&world, "grandchild", Some(&child)).await;
        for id in [&root, &other, &child, &grandchild] {
            world.reaches(id, "online").await;
        }
        Self { world, root, other, child, grandchild }
    }

    async fn token(&self, id: &str) -> String {
        let path = format!("/admin/workspaces/{id}/test-token");
        let body = self.world.ask(Method::GET, &path, None).await.body;
        format!("Bearer {}", body["auth_token"].as_str().unwrap())
    }

    async fn says(&self, from: &str, to: &str, prompt: &str, more: &[(&str, &str)]) -> Answer {
        let bearer = format!("Bearer {}", self.world.token);
        let mut headers = vec![("authorization", bearer.as_str()), ("x-workspace-id", from)];
        headers.extend_from_slice(more);
        let path = format!("/workspaces/{to}/a2a");
        self.world.ask_with(Method::POST, &path, &headers, Some(&former(prompt))).await
    }

    async fn peers(&self, id: &str, query: &str) -> Vec<String> {
        let rows = self.world.ask(Method::GET, &format!("/registry/{id}/peers{query}"), None).await.body;
        rows.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
    }

    /// The delegations of a workspace, when the newest one is this far.
    async fn delegations(&self, id: &str, status: &str) -> Value {
        eventually(status, async || {
            let path = format!("/workspaces/{id}/delegations");
            let rows = self.world.ask(Method::GET, &path, None).await.body;
            (rows[0]["status"] == status).then_some(rows)
        })
        .await
    }

    async fn delegate(&self, id: &str, body: &Value) -> Answer {
        self.world.ask(Method::POST, &format!("/workspaces/{id}/delegate"), Some(body)).await
    }
}

async fn born(world: &World, name: &str, parent: Option<&str>) -> String {
    let mut body = managed(name);
    body["parent_id"] = json!(parent);
    world.create(&body).await
}

#[tokio::test]
async fn messages_and_looks_reach_oneself_siblings_and_whoever_is_above_or_below() {
    let family = Family::new().await;
    let Family { world, root, other, child, grandchild } = &family;
    for (from, to, allowed) in [
        (root, root, true),
        (root, other, true),
        (root, grandchild, true),
        (grandchild, root, true),
        (child, other, false),
        (other, child, false),
        (other, grandchild, false),
    ] {
        let body = json!({ "caller_id": from, "target_id": to });
        let answer = world.ask(Method::POST, "/registry/check-access", Some(&body)).await;
        assert_eq!(answer.body, json!({ "allowed": allowed }), "{from} {to}");
        let status = if allowed { 200 } else { 403 };
        assert_eq!(family.says(from, to, "1 + 1", &[]).await.status, status, "{from} {to}");
        let path = format!("/registry/discover/{to}");
        let found = world.ask_with(Method::GET, &path, &[("x-workspace-id", from)], None).await;
        assert_eq!(found.status, status, "{from} {to}");
    }
    let answer = world.ask(Method::GET, &format!("/registry/discover/{root}"), None).await;
    assert_eq!(
        (answer.status.as_u16(), answer.body["error"].as_str()),
        (400, Some("X-Workspace-ID header is required"))
    );
    family.world.platform.stop().await;
}

#[tokio::test]
async fn peers_are_siblings_children_and_the_parent_and_nobody_else() {
    let family = Family::new().await;
    assert_eq!(family.peers(&family.root, "").await, ["other", "child"]);
    assert_eq!(family.peers(&family.child, "").await, ["root", "grandchild"]);
    assert_eq!(family.peers(&family.grandchild, "").await, ["child"]);
    assert_eq!(family.peers(&family.child, "?q=GRAND").await, ["grandchild"]);
    family.world.ask(Method::DELETE, &format!("/workspaces/{}", family.grandchild), None).await;
    assert_eq!(family.peers(&family.child, "").await, ["root"]);
    family.world.platform.stop().await;
}

#[tokio::test]
async fn the_source_of_a_message_is_its_caller_and_no_other_header_says_so() {
    let family = Family::new().await;
    let (root, child) = (&family.root, &family.child);
    let token = family.token(root).await;
    let headers = [("authorization", token.as_str()), ("x-source-workspace-id", root.as_str())];
    let path = format!("/workspaces/{child}/a2a");
    let said = family.world.ask_with(Method::POST, &path, &headers, Some(&former("1 + 1"))).await;
    assert_eq!(said.status, 200);
    assert_eq!(family.says(root, child, "2 + 2", &[]).await.status, 200);
    let sources = eventually("two rows", async || {
        let path = format!("/workspaces/{child}/activity?type=a2a_receive");
        let rows = family.world.ask(Method::GET, &path, None).await.body;
        let sources: Vec<Value> = rows.as_array()?.iter().map(|row| row["source_id"].clone()).collect();
        (sources.len() == 2).then_some(sources)
    })
    .await;
    assert_eq!(sources, [json!(root), Value::Null]);
    family.world.platform.stop().await;
}

#[tokio::test]
async fn a_delegation_is_sent_once_answered_and_told_of() {
    let family = Family::new().await;
    let (root, child) = (&family.root, &family.child);
    let task = json!({ "target_id": child, "task": "What is 417 + 286?", "idempotency_key": "k" });
    let taken = family.delegate(root, &task).await;
    assert_eq!((taken.status.as_u16(), &taken.body["status"]), (202, &json!("delegated")));
    let rows = family.delegations(root, "completed").await;
    assert_eq!(rows[0]["response"], "The sum is 703.");
    let again = family.delegate(root, &task).await;
    assert_eq!((again.status.as_u16(), &again.body["idempotent_hit"]), (200, &json!(true)));
    assert_eq!(again.body["delegation_id"], taken.body["delegation_id"]);
    assert_eq!(family.delegations(root, "completed").await.as_array().unwrap().len(), 1);
    let told: Vec<String> = family.world.event_types(root).await;
    let told: Vec<&str> =
        told.iter().map(String::as_str).filter(|kind| kind.starts_with("DELEGATION")).collect();
    assert_eq!(told, ["DELEGATION_SENT", "DELEGATION_STATUS", "DELEGATION_COMPLETE"]);
    let path = format!("/workspaces/{child}/activity");
    let row = async || family.world.ask(Method::GET, &path, None).await.body.get(0).cloned();
    assert_eq!(eventually("the row of the child", row).await["source_id"], *root);
    let sent =
        family.world.ask(Method::GET, &format!("/workspaces/{root}/activity?type=a2a_send"), None).await;
    assert_eq!((&sent.body[0]["target_id"], &sent.body[0]["source_id"]), (&json!(child), &json!(root)));
    family.world.platform.stop().await;
}

#[tokio::test]
async fn a_delegation_goes_no_further_than_a_message() {
    let family = Family::new().await;
    let task = json!({ "target_id": family.child, "task": "What is 1 + 1?" });
    assert_eq!(family.delegate(&family.other, &task).await.status, 202);
    let rows = family.delegations(&family.other, "failed").await;
    let refused = "access denied: workspaces cannot communicate per hierarchy rules";
    assert_eq!((&rows[0]["error"], &rows[0]["response"]), (&json!(refused), &Value::Null));
    let types = family.world.event_types(&family.other).await;
    assert_eq!(types.last().map(String::as_str), Some("DELEGATION_FAILED"));
    family.world.platform.stop().await;
}

#[tokio::test]
async fn a_delegation_that_found_nobody_is_sent_once_more_and_one_to_a_poller_waits() {
    let family = Family::new().await;
    let (root, world) = (&family.root, &family.world);
    // Nobody listens there: the first attempt has the child restarted, the second one finds it booting or back.
    let token = family.token(&family.child).await;
    let card = json!({ "id": family.child, "url": "http://127.0.0.1:9/", "agent_card": {} });
    world.ask_with(Method::POST, "/registry/register", &[("authorization", &token)], Some(&card)).await;
    let task = json!({ "target_id": family.child, "task": "What is 1 + 1?" });
    family.delegate(root, &task).await;
    let failed = family.delegations(root, "failed").await;
    assert_eq!(failed[0]["error"], "workspace has no URL", "the second attempt met the boot");
    let restarted = world.event_types(&family.child).await;
    assert!(restarted.contains(&"WORKSPACE_OFFLINE".to_owned()), "{restarted:?}");

    let poller = world.create(&json!({ "name": "poller", "external": true })).await;
    family.delegate(root, &json!({ "target_id": poller, "task": "What is 1 + 1?" })).await;
    family.delegations(root, "queued").await;
    family.world.platform.stop().await;
}

#[tokio::test]
async fn a_changed_workspace_is_another_row_and_another_place_in_the_family() {
    let family = Family::new().await;
    let world = &family.world;
    let path = format!("/workspaces/{}", family.other);
    let change = json!({ "name": "renamed", "role": "reviewer", "parent_id": family.root, "x": 3.0, "y": 4.0,
        "collapsed": true });
    assert_eq!(world.ask(Method::PATCH, &path, Some(&change)).await.body, json!({ "status": "updated" }));
    let row = world.row(&family.other).await;
    for (key, value) in change.as_object().unwrap() {
        assert_eq!(row[key], *value, "{key}");
    }
    assert_eq!(family.peers(&family.child, "").await, ["root", "renamed", "grandchild"]);
    let restart =
        world.ask(Method::PATCH, &path, Some(&json!({ "runtime": "codex", "parent_id": null }))).await;
    assert_eq!(restart.body, json!({ "status": "updated", "needs_restart": true }));
    let row = world.row(&family.other).await;
    assert_eq!((&row["runtime"], &row["parent_id"]), (&json!("codex"), &Value::Null));
    family.world.platform.stop().await;
}

#[tokio::test]
async fn a_workspace_knows_its_own_state_until_it_is_gone_and_purged_without_a_trace() {
    let family = Family::new().await;
    let world = &family.world;
    let path = format!("/workspaces/{}/state", family.other);
    let token = family.token(&family.other).await;
    let own = [("authorization", token.as_str())];
    let state = world.ask_with(Method::GET, &path, &own, None).await.body;
    let expected =
        json!({ "workspace_id": family.other, "status": "online", "paused": false, "deleted": false });
    assert_eq!(state, expected);
    world.ask(Method::DELETE, &format!("/workspaces/{}", family.other), None).await;
    assert_eq!(world.ask_with(Method::GET, &path, &own, None).await.status, 401);
    let gone = world.ask(Method::GET, &path, None).await;
    let expected = json!({ "workspace_id": family.other, "status": "removed", "deleted": true });
    assert_eq!((gone.status.as_u16(), gone.body), (404, expected));
    let purged = world.ask(Method::DELETE, &format!("/workspaces/{}?purge=true", family.other), None).await;
    assert_eq!(purged.body, json!({ "status": "purged", "cascade_deleted": 0 }));
    let absent = world.ask(Method::GET, &format!("/workspaces/{}", family.other), None).await;
    assert_eq!((absent.status.as_u16(), &absent.body["error"]), (404, &json!("workspace not found")));
    family.world.platform.stop().await;
}

#[tokio::test]
async fn a_boot_that_is_given_up_fails_once_and_registers_back() {
    let world = World::faulty(shakedown_platform::Fault::StuckProvisioning).await;
    let id = world.create(&managed("slow")).await;
    let path = format!("/admin/workspaces/{id}/bootstrap-failed");
    let report = json!({ "error": "no disk", "log_tail": "" });
    assert_eq!(world.ask(Method::POST, &path, Some(&report)).await.body, json!({ "ok": true }));
    assert_eq!(world.row(&id).await["status"], "failed");
    let again = world.ask(Method::POST, &path, Some(&report)).await.body;
    assert_eq!(again, json!({ "ok": true, "no_change": true }));
    let card = json!({ "id": id, "url": "http://127.0.0.1:9/", "agent_card": {} });
    assert_eq!(world.ask(Method::POST, "/registry/register", Some(&card)).await.status, 200);
    assert_eq!(world.row(&id).await["status"], "online");
    world.platform.stop().await;
}

#[tokio::test]
async fn a_name_is_numbered_until_the_numbers_are_used_up() {
    let world = World::new().await;
    let mut names = Vec::new();
    for _ in 0..20 {
        let id = world.create(&json!({ "name": "twin", "runtime": "mock" })).await;
        names.push(world.row(&id).await["name"].as_str().unwrap().to_owned());
    }
    assert_eq!((names[0].as_str(), names[1].as_str(), names[19].as_str()), ("twin", "twin (2)", "twin (20)"));
    let refused =
        world.ask(Method::POST, "/workspaces", Some(&json!({ "name": "twin", "runtime": "mock" }))).await;
    let text = "workspace name already in use; please pick a different name";
    assert_eq!((refused.status.as_u16(), refused.body["error"].as_str()), (409, Some(text)));
    world.platform.stop().await;
}
