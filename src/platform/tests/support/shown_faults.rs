//! The faults of what is shown, taken and left behind: what a platform with one shows, and what it must show.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use shakedown_platform::Fault;

use crate::support::{World, call, eventually, former, managed, read_to};

/// What a platform with the fault shows, and what it must show; `None` for a fault of something else.
pub(crate) async fn bite(world: &World, fault: Fault) -> Option<(String, &'static str)> {
    let found = match fault {
        Fault::BootFailsFirst => {
            let (id, _) = world.online(&managed("a")).await;
            (types(world, &id).await, "PROVISIONING PROVISION_FAILED ONLINE")
        }
        Fault::BootsTenTimesSlower => {
            let id = world.create(&managed("a")).await;
            // A healthy boot takes a quarter of a second.
            let online =
                tokio::time::timeout(Duration::from_millis(1500), world.reaches(&id, "online")).await;
            let later = world.reaches(&id, "online").await;
            (
                format!("in time: {}, later: {}", online.is_ok(), text(&later["status"])),
                "in time: false, later: online",
            )
        }
        Fault::RegistryOpen => {
            let (id, _) = world.registered("mine", "external").await;
            let body = json!({ "workspace_id": id, "agent_card": {} });
            let headers = [("authorization", "Bearer nobody's")];
            let answer = world.ask_with(Method::POST, "/registry/update-card", &headers, Some(&body)).await;
            (answer.status.as_u16().to_string(), "200")
        }
        Fault::CardLost => (card(world).await, "200 {\"name\":\"mine\"}"),
        Fault::PatchLost => {
            let (id, _) = world.online(&managed("a")).await;
            let body = json!({ "name": "b" });
            let answer = world.ask(Method::PATCH, &format!("/workspaces/{id}"), Some(&body)).await;
            (format!("{} {}", answer.status.as_u16(), text(&world.row(&id).await["name"])), "200 a")
        }
        Fault::AgentOutlivesWorkspace => {
            let (id, url) = world.online(&managed("a")).await;
            world.ask(Method::DELETE, &format!("/workspaces/{id}"), None).await;
            let card = format!("{url}/.well-known/agent-card.json");
            let lives = call(Method::GET, &card, &[], None).await.is_ok();
            (format!("{} {lives}", text(&world.row(&id).await["status"])), "removed true")
        }
        Fault::PurgeUnconfirmed => {
            let answer = world.control(Method::DELETE, "/cp/admin/tenants/acme", Some(&json!({}))).await;
            (answer.status.as_u16().to_string(), "200")
        }
        Fault::WakeLosesMessage => (lost(world).await, "202 404 online 0"),
        Fault::WrongWorkspaceAnswers => {
            let (id, _) = world.online(&managed("a")).await;
            let alone = world.message(&id, &former("1 + 1")).await.status.as_u16();
            let (other, _) = world.online(&managed("b")).await;
            world.message(&id, &former("1 + 1")).await;
            (format!("{alone} {} {}", world.heard(&id).await, world.heard(&other).await), "200 1 1")
        }
        Fault::BudgetIgnored => {
            let mut body = managed("a");
            body["budget_limit"] = json!(0);
            let (id, _) = world.online(&body).await;
            (world.message(&id, &former("1 + 1")).await.status.as_u16().to_string(), "200")
        }
        Fault::DelegatedTwice => (delegated(world).await, "202 202 2"),
        Fault::DiscoverOpen | Fault::AccessAlwaysAllowed => stranger(world, fault).await,
        Fault::TestTokenRefused => {
            let (id, _) = world.online(&managed("a")).await;
            let answer = world.ask(Method::GET, &format!("/admin/workspaces/{id}/test-token"), None).await;
            (format!("{} {}", answer.status.as_u16(), text(&answer.body["error"])), "401 admin auth required")
        }
        Fault::AdminTokenShown => {
            let (id, _) = world.online(&managed("a")).await;
            ((world.row(&id).await["admin_token"] == world.token.as_str()).to_string(), "true")
        }
        Fault::WorkspaceHidden => {
            world.create(&managed("a")).await;
            let id = world.create(&managed("b")).await;
            let roster = world.ask(Method::GET, "/workspaces", None).await.body;
            let shown = roster.as_array().unwrap().len();
            (format!("{shown} of 2, {} alone", text(&world.row(&id).await["name"])), "1 of 2, b alone")
        }
        Fault::EventsLost => {
            let (id, _) = world.online(&managed("a")).await;
            (types(world, &id).await, "")
        }
        Fault::EventsDatedEarly => (behind(world).await, "an hour"),
        Fault::SseOutOfOrder => {
            let (id, _) = world.online(&managed("a")).await;
            let mut stream = world.stream(&id, &world.token).await;
            world.verb(&id, "pause").await;
            world.verb(&id, "resume").await;
            let told = read_to(&mut stream, "WORKSPACE_PAUSED").await;
            (told.contains("WORKSPACE_PROVISIONING").to_string(), "true")
        }
        Fault::DatabaseBusy => {
            let nobody = "/workspaces/00000000-0000-4000-8000-000000000000";
            let answer = world.ask(Method::GET, nobody, None).await;
            (format!("{} {}", answer.status.as_u16(), text(&answer.body["code"])), "503 platform_unavailable")
        }
        _ => return None,
    };
    Some(found)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The types of the events of a workspace, without what they have in common.
async fn types(world: &World, id: &str) -> String {
    world.event_types(id).await.join(" ").replace("WORKSPACE_", "")
}

/// How far the clock of the first event is behind that of its organisation.
async fn behind(world: &World) -> String {
    let (id, _) = world.online(&managed("a")).await;
    let event = world.ask(Method::GET, &format!("/events/{id}"), None).await.body[0].clone();
    let clock = world.control(Method::GET, "/__platform/orgs/acme/clock", None).await.body;
    let hour = |moment: &Value| text(moment)[11..13].parse::<i32>().unwrap();
    // Another may have begun between the two.
    match (hour(&clock["now"]) - hour(&event["created_at"])).rem_euclid(24) {
        1 | 2 => "an hour".to_owned(),
        hours => format!("{hours} hours"),
    }
}

/// What an agent is told that shows another card, and the card then.
async fn card(world: &World) -> String {
    let (id, token) = world.registered("mine", "external").await;
    let bearer = format!("Bearer {token}");
    let body = json!({ "workspace_id": id, "agent_card": { "name": "another" } });
    let headers = [("authorization", bearer.as_str())];
    let answer = world.ask_with(Method::POST, "/registry/update-card", &headers, Some(&body)).await;
    format!("{} {}", answer.status.as_u16(), world.row(&id).await["agent_card"])
}

/// What becomes of a message to a workspace that sleeps: taken, looked for, the workspace, and heard by its agent.
async fn lost(world: &World) -> String {
    let (id, _) = world.online(&managed("a")).await;
    world.verb(&id, "hibernate").await;
    let taken = world.message(&id, &former("1 + 1")).await;
    let item = format!("/workspaces/{id}/a2a/queue/{}", text(&taken.body["queue_id"]));
    let looked = world.ask(Method::GET, &item, None).await.status.as_u16();
    let status = text(&world.reaches(&id, "online").await["status"]);
    format!("{} {looked} {status} {}", taken.status.as_u16(), world.heard(&id).await)
}

/// What is said of two delegations with one key, and how many there are.
async fn delegated(world: &World) -> String {
    let (id, _) = world.online(&managed("a")).await;
    let (other, _) = world.online(&managed("b")).await;
    let body = json!({ "target_id": other, "task": "What is 2 + 3?", "idempotency_key": "k" });
    let path = format!("/workspaces/{id}/delegate");
    let first = world.ask(Method::POST, &path, Some(&body)).await.status.as_u16();
    let second = world.ask(Method::POST, &path, Some(&body)).await.status.as_u16();
    let rows = world.ask(Method::GET, &format!("/workspaces/{id}/delegations"), None).await.body;
    format!("{first} {second} {}", rows.as_array().unwrap().len())
}

/// What a workspace is told of the child of another, whom it may not speak to.
async fn stranger(world: &World, fault: Fault) -> (String, &'static str) {
    let (parent, _) = world.online(&managed("parent")).await;
    let mut child = managed("child");
    child["parent_id"] = json!(parent);
    let (child, _) = world.online(&child).await;
    let (aunt, _) = world.online(&managed("aunt")).await;
    if fault == Fault::AccessAlwaysAllowed {
        let body = json!({ "caller_id": aunt, "target_id": child });
        let answer = world.ask(Method::POST, "/registry/check-access", Some(&body)).await;
        return (answer.body["allowed"].to_string(), "true");
    }
    let headers = [("x-workspace-id", aunt.as_str())];
    let path = format!("/registry/discover/{child}");
    let answer = eventually("an answer", async || {
        Some(world.ask_with(Method::GET, &path, &headers, None).await).filter(|answer| answer.status != 503)
    });
    (answer.await.status.as_u16().to_string(), "200")
}
