//! What the faults of families, tiers and refusals look like from outside.

use reqwest::Method;
use serde_json::json;
use shakedown_platform::Fault;

use super::support::{World, call, eventually, former, managed};
use super::text;

/// What the platform shows, and what it shows with the fault; nothing for a fault of another group.
pub(crate) async fn bite(world: &World, fault: Fault) -> Option<(String, &'static str)> {
    Some(match fault {
        Fault::TenantGuardOpen => (hidden(world).await, "401"),
        Fault::TenantGuardForbids => (hidden(world).await, "403"),
        Fault::TenantGuardSpeaks => (hidden(world).await, r#"404 {"error":"organization not found"}"#),
        Fault::ForeignTokenAccepted => (with_token(world, "other", "activity").await, "200"),
        Fault::WorkspaceTokenIsAdmin => (with_token(world, "one", "events").await, "200"),
        Fault::TokensOutliveWorkspace => (with_token(world, "removed", "activity").await, "200"),
        Fault::TenantTokenUnchecked => {
            let headers = [("authorization", "Bearer poisoned")];
            (world.ask_with(Method::GET, "/workspaces", &headers, None).await.status.to_string(), "200 OK")
        }
        Fault::ForeignAdminAccepted => (neighbour(world).await, "200"),
        Fault::HierarchyIgnored => (niece(world).await, "200"),
        Fault::PeersEmpty => (peers(world).await, "0"),
        Fault::PeersWithItself => (peers(world).await, "2"),
        Fault::DelegationListedTwice => (delegations(world).await, "2 true"),
        Fault::DelegationNeverCompletes => (delegation(world, "dispatched").await, "dispatched null"),
        Fault::DelegationWithoutAnswer => (delegation(world, "completed").await, "completed null"),
        Fault::CascadeIgnored => (family(world, "pause?cascade=true").await, "200 online"),
        Fault::ResumeBelowPaused => (resumed_child(world).await, "200"),
        Fault::PauseTwice => {
            let (id, _) = world.online(&managed("a")).await;
            world.verb(&id, "pause").await;
            (world.verb(&id, "pause").await.status.as_u16().to_string(), "200")
        }
        Fault::DeleteLeavesChildren => (orphan(world).await, "removed 1 online"),
        Fault::DeleteUnconfirmed => (family(world, "").await, "200 removed"),
        Fault::RemovedRevives => (after_a_late_heartbeat(world).await, "online"),
        Fault::CreateUnchecked => {
            let body = json!({ "name": "a{b", "runtime": "claude-code", "model": "moonshot/kimi-k2.6" });
            (created(world, &body).await, "201 null a{b")
        }
        Fault::CreateUnresolved => (created(world, &unsupported()).await, "201 null a"),
        Fault::RefusalWithoutCode => (created(world, &unsupported()).await, "422 null "),
        Fault::RefusedIsCreated => (created(world, &unsupported()).await, "422 \"RUNTIME_UNSUPPORTED\" a"),
        _ => return None,
    })
}

fn unsupported() -> serde_json::Value {
    json!({ "name": "a", "runtime": "cobol", "model": "m" })
}

/// What a request without the organisation's header gets.
async fn hidden(world: &World) -> String {
    let answer = call(Method::GET, &format!("{}/workspaces", world.tenant), &[], None).await.unwrap();
    if answer.status == 404 { format!("404 {}", answer.text) } else { answer.status.as_u16().to_string() }
}

/// What a token gets at a workspace that is called `one`: its own, another's, or its own after its removal.
async fn with_token(world: &World, whose: &str, what: &str) -> String {
    let (id, _) = world.online(&managed("one")).await;
    let (other, _) = world.online(&managed("two")).await;
    let owner = if whose == "other" { &other } else { &id };
    let path = format!("/admin/workspaces/{owner}/test-token");
    let bearer = format!("Bearer {}", text(&world.ask(Method::GET, &path, None).await.body["auth_token"]));
    if whose == "removed" {
        world.ask(Method::DELETE, &format!("/workspaces/{id}"), None).await;
    }
    let path = if what == "events" { "/events".to_owned() } else { format!("/workspaces/{id}/{what}") };
    let answer = world.ask_with(Method::GET, &path, &[("authorization", &bearer)], None).await;
    answer.status.as_u16().to_string()
}

/// What the admin of a second organisation gets.
async fn neighbour(world: &World) -> String {
    let body = json!({ "slug": "beta", "name": "Beta" });
    assert_eq!(world.control(Method::POST, "/cp/admin/orgs", Some(&body)).await.status, 201);
    let token = world.control(Method::GET, "/cp/admin/orgs/beta/admin-token", None).await.body;
    let bearer = format!("Bearer {}", text(&token["admin_token"]));
    let answer = world.ask_with(Method::GET, "/workspaces", &[("authorization", &bearer)], None).await;
    answer.status.as_u16().to_string()
}

/// A parent and its child, both online.
async fn parent_and_child(world: &World) -> (String, String) {
    let parent = world.create(&managed("parent")).await;
    let mut child = managed("child");
    child["parent_id"] = json!(parent);
    let child = world.create(&child).await;
    world.reaches(&parent, "online").await;
    world.reaches(&child, "online").await;
    (parent, child)
}

/// What a message gets that a workspace sends to the child of its sibling.
async fn niece(world: &World) -> String {
    let (_, child) = parent_and_child(world).await;
    let (aunt, _) = world.online(&managed("aunt")).await;
    let bearer = format!("Bearer {}", world.token);
    let headers = [("authorization", bearer.as_str()), ("x-workspace-id", aunt.as_str())];
    let path = format!("/workspaces/{child}/a2a");
    world.ask_with(Method::POST, &path, &headers, Some(&former("1 + 1"))).await.status.as_u16().to_string()
}

async fn peers(world: &World) -> String {
    let (parent, _) = parent_and_child(world).await;
    let answer = world.ask(Method::GET, &format!("/registry/{parent}/peers"), None).await;
    answer.body.as_array().unwrap().len().to_string()
}

/// A delegation of a parent when it is this far, and what its child has answered.
async fn delegation(world: &World, progress: &str) -> String {
    let (parent, child) = parent_and_child(world).await;
    let body = json!({ "target_id": child, "task": "What is 2 + 3?" });
    let taken = world.ask(Method::POST, &format!("/workspaces/{parent}/delegate"), Some(&body)).await;
    assert_eq!(taken.status, 202);
    let path = format!("/workspaces/{parent}/delegations");
    let row = eventually(progress, async || {
        let row = world.ask(Method::GET, &path, None).await.body[0].clone();
        (row["status"] == progress).then_some(row)
    })
    .await;
    format!("{progress} {}", row["response"])
}

/// How many delegations are listed of one, and whether they are the same.
async fn delegations(world: &World) -> String {
    delegation(world, "completed").await;
    let listed = world.ask(Method::GET, "/workspaces", None).await.body;
    let path = format!("/workspaces/{}/delegations", text(&listed[0]["id"]));
    let listed = world.ask(Method::GET, &path, None).await.body;
    format!("{} {}", listed.as_array().unwrap().len(), listed[0] == listed[1])
}

/// What a parent with a child is after its confirmed end, how many went along, and what the child is.
async fn orphan(world: &World) -> String {
    let (parent, child) = parent_and_child(world).await;
    let gone = world.ask(Method::DELETE, &format!("/workspaces/{parent}?confirm=true"), None).await;
    let (parent, child) = (world.row(&parent).await, world.row(&child).await);
    format!("{} {} {}", text(&parent["status"]), gone.body["cascade_deleted"], text(&child["status"]))
}

/// What a parent gets, and what its child is then; without a verb the parent is deleted.
async fn family(world: &World, verb: &str) -> String {
    let (parent, child) = parent_and_child(world).await;
    let answer = if verb.is_empty() {
        world.ask(Method::DELETE, &format!("/workspaces/{parent}"), None).await
    } else {
        world.verb(&parent, verb).await
    };
    format!("{} {}", answer.status.as_u16(), text(&world.row(&child).await["status"]))
}

async fn resumed_child(world: &World) -> String {
    let (parent, child) = parent_and_child(world).await;
    world.verb(&parent, "pause?cascade=true").await;
    world.verb(&child, "resume").await.status.as_u16().to_string()
}

async fn after_a_late_heartbeat(world: &World) -> String {
    let (id, _) = world.online(&managed("a")).await;
    world.ask(Method::DELETE, &format!("/workspaces/{id}"), None).await;
    let beat = json!({ "workspace_id": id });
    assert_eq!(world.ask(Method::POST, "/registry/heartbeat", Some(&beat)).await.status, 200);
    text(&world.row(&id).await["status"])
}

/// What a creation gets, and the names that there are then.
async fn created(world: &World, body: &serde_json::Value) -> String {
    let answer = world.ask(Method::POST, "/workspaces", Some(body)).await;
    let listed = world.ask(Method::GET, "/workspaces", None).await.body;
    let names: Vec<String> = listed.as_array().unwrap().iter().map(|row| text(&row["name"])).collect();
    let code = answer.body.get("code").cloned().unwrap_or_default();
    format!("{} {code} {}", answer.status.as_u16(), names.join(" "))
}
