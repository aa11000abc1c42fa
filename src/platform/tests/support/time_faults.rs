//! The faults of what happens by itself: what a platform with one shows, and what it must show.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use reqwest::Method;
use serde_json::{Value, json};
use shakedown_platform::Fault;

use crate::support::{World, managed};

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
        _ => return None,
    };
    Some(found)
}

async fn status(world: &World, id: &str) -> String {
    world.row(id).await["status"].as_str().unwrap().to_owned()
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
