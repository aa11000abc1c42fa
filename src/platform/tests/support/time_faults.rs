//! The faults of what happens by itself: what a platform with one shows, and what it must show.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use reqwest::Method;
use serde_json::{Value, json};
use shakedown_platform::Fault;

use crate::support::{World, eventually, former, managed};

/// What a platform with the fault shows, and what it must show; `None` for a fault of something else.
pub(crate) async fn bite(world: &World, fault: Fault) -> Option<(String, &'static str)> {
    let found = match fault {
        Fault::AdvanceDoesNothing => {
            world.advance("90s").await;
            let clock = world.control(Method::GET, "/__platform/orgs/acme/clock", None).await;
            (clock.body["advanced_ms"].to_string(), "0")
        }
        Fault::StaleNeverNoticed => {
            let (id, _) = world.registered("mine", "external").await;
            world.advance("120s").await;
            (status(world, &id).await, "online")
        }
        Fault::HeartbeatsIgnored => {
            let (id, token) = world.registered("mine", "external").await;
            (beat(world, &id, &token, 0.6).await, "online")
        }
        Fault::RecoversTooEarly => {
            let (id, token) = world.registered("mine", "external").await;
            beat(world, &id, &token, 0.6).await;
            (beat(world, &id, &token, 0.3).await, "online")
        }
        Fault::HibernateIgnoresTasks => (hibernate(world, "hibernate").await, "200 hibernated"),
        Fault::ForceNeverClaims => (hibernate(world, "hibernate?force=true").await, "200 online"),
        Fault::PausedSweptOffline => {
            let (id, _) = world.online(&managed("a")).await;
            world.verb(&id, "pause").await;
            world.advance("240s").await;
            (status(world, &id).await, "offline")
        }
        Fault::StaleGoesOffline => {
            let (id, _) = world.registered("mine", "external").await;
            world.advance("120s").await;
            (status(world, &id).await, "offline")
        }
        Fault::BootsNeverGivenUp => {
            let never = json!({ "boot": "never" });
            world.control(Method::POST, "/__platform/orgs/acme/agents", Some(&never)).await;
            let id = world.create(&managed("a")).await;
            world.advance("1h").await;
            (status(world, &id).await, "provisioning")
        }
        Fault::FlappingBoot => {
            let (id, _) = world.online(&managed("a")).await;
            let events = eventually("it flaps", async || {
                Some(world.event_types(&id).await).filter(|events| events.len() == 4)
            });
            (events.await[1..].join(" "), "WORKSPACE_ONLINE WORKSPACE_OFFLINE WORKSPACE_ONLINE")
        }
        Fault::BootSwept => {
            let id = world.create(&managed("a")).await;
            world.reaches(&id, "removed").await;
            (world.event_types(&id).await.join(" "), "WORKSPACE_PROVISIONING WORKSPACE_REMOVED")
        }
        Fault::AlwaysThrottled => {
            let id = world.create(&managed("a")).await;
            let row = world.ask(Method::GET, &format!("/workspaces/{id}"), None).await;
            let after = row.headers["retry-after"].to_str().unwrap();
            (format!("{} {after}", row.status.as_u16()), "429 1")
        }
        Fault::InstanceKeepsRunning => {
            let (id, _) = world.online(&managed("a")).await;
            world.verb(&id, "pause").await;
            let path = format!("/__platform/orgs/acme/workspaces/{id}/agent");
            let running = world.control(Method::GET, &path, None).await.body["running"].clone();
            (format!("{} {running}", status(world, &id).await), "paused true")
        }
        Fault::RestartReturnsEarly => {
            let (id, _) = world.online(&managed("a")).await;
            let answer = world.verb(&id, "restart").await;
            (format!("{} {}", answer.status.as_u16(), status(world, &id).await), "200 online")
        }
        Fault::QueueNeverDrains | Fault::QueueItemLost | Fault::DeliveredTwice | Fault::QueuedWithoutId => {
            (kept(world).await, expected_of_queue(fault))
        }
        _ => return None,
    };
    Some(found)
}

async fn status(world: &World, id: &str) -> String {
    world.row(id).await["status"].as_str().unwrap().to_owned()
}

/// Whether the item of a message to a busy agent is named, its status after a minute, and what the agent heard.
async fn kept(world: &World) -> String {
    let (id, _) = world.online(&managed("a")).await;
    world.direct(&id, &["busy"]).await;
    let answer = world.message(&id, &former("1 + 1")).await;
    world.advance("1m").await;
    let item = world.item(&id, &answer).await;
    let status = item["status"].as_str().unwrap_or_default();
    format!("{} {status} {}", answer.body["queue_id"].is_string(), world.heard(&id).await)
}

fn expected_of_queue(fault: Fault) -> &'static str {
    match fault {
        Fault::QueueNeverDrains => "true queued 1",
        Fault::QueueItemLost => "true  2",
        Fault::DeliveredTwice => "true completed 3",
        _ => "false  2",
    }
}

async fn report(world: &World, id: &str, token: &str, report: &Value) {
    let bearer = format!("Bearer {token}");
    let mut body = report.clone();
    body["workspace_id"] = json!(id);
    let headers = [("authorization", bearer.as_str())];
    let answer = world.ask_with(Method::POST, "/registry/heartbeat", &headers, Some(&body)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

async fn beat(world: &World, id: &str, token: &str, rate: f64) -> String {
    report(world, id, token, &json!({ "error_rate": rate })).await;
    status(world, id).await
}

async fn hibernate(world: &World, verb: &str) -> String {
    let (id, _) = world.online(&managed("a")).await;
    let minted = world.ask(Method::GET, &format!("/admin/workspaces/{id}/test-token"), None).await;
    let token = minted.body["auth_token"].as_str().unwrap().to_owned();
    report(world, &id, &token, &json!({ "active_tasks": 1 })).await;
    let answer = world.verb(&id, verb).await;
    format!("{} {}", answer.status.as_u16(), status(world, &id).await)
}
