//! The stream of a workspace's events, over the wire.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod support;

use reqwest::Method;
use serde_json::{Value, json};

use support::{World, managed, read_to};

/// The events on a stream, taken apart.
fn events(text: &str) -> Vec<Value> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("data: "));
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn it_begins_with_a_ping_and_shows_what_the_list_shows_from_then_on() {
    let world = World::new().await;
    let (id, _) = world.online(&managed("a")).await;
    let mut stream = world.stream(&id, &world.token).await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    assert_eq!(read_to(&mut stream, "\n\n").await, ": ping\n\n");

    world.verb(&id, "pause").await;
    world.verb(&id, "resume").await;
    let text = read_to(&mut stream, "WORKSPACE_ONLINE").await;
    let listed = world.ask(Method::GET, &format!("/events/{id}"), None).await.body;
    // It was opened after the first boot, which wrote two events.
    let listed = &listed.as_array().unwrap()[2..];
    let streamed = events(&text);
    assert_eq!(streamed.len(), 3, "{text}");
    for (streamed, listed) in streamed.iter().zip(listed) {
        assert_eq!(streamed["type"], listed["event_type"]);
        assert_eq!(streamed["data"], listed["payload"]);
        let created: jiff::Timestamp = listed["created_at"].as_str().unwrap().parse().unwrap();
        assert_eq!(streamed["timestamp"], json!(created.as_millisecond()));
    }
    world.platform.stop().await;
}

#[tokio::test]
async fn it_shows_one_workspace_alone_to_that_workspace_and_to_the_admin() {
    let world = World::new().await;
    let (one, _) = world.online(&managed("one")).await;
    let (other, _) = world.online(&managed("other")).await;
    let mint = async |id: &str| {
        let path = format!("/admin/workspaces/{id}/test-token");
        world.ask(Method::GET, &path, None).await.body["auth_token"].as_str().unwrap().to_owned()
    };
    let (own, foreign) = (mint(&one).await, mint(&other).await);
    assert_eq!(world.stream(&one, &foreign).await.status(), 401);
    let path = format!("/workspaces/{one}/events/stream");
    let nobody = world.ask_with(Method::GET, &path, &[], None).await;
    assert_eq!(
        (nobody.status.as_u16(), &nobody.body["error"]),
        (401, &json!("missing workspace auth token"))
    );
    let nowhere = world.stream("00000000-0000-4000-8000-000000000000", &world.token).await;
    assert_eq!(nowhere.status(), 404);

    let mut stream = world.stream(&one, &own).await;
    world.verb(&other, "pause").await;
    world.verb(&one, "pause").await;
    let text = read_to(&mut stream, "WORKSPACE_PAUSED").await;
    assert_eq!(events(&text).len(), 1, "{text}");
    world.platform.stop().await;
}

#[tokio::test]
async fn it_ends_with_its_tenant_and_with_the_platform() {
    let world = World::new().await;
    let (id, _) = world.online(&managed("a")).await;
    let mut stream = world.stream(&id, &world.token).await;
    let gone =
        world.control(Method::DELETE, "/cp/admin/tenants/acme", Some(&json!({ "confirm": "acme" }))).await;
    assert_eq!(gone.status, 200);
    assert_eq!(read_to(&mut stream, "never").await, ": ping\n\n");
    world.platform.stop().await;

    let world = World::new().await;
    let (id, _) = world.online(&managed("a")).await;
    let mut stream = world.stream(&id, &world.token).await;
    world.platform.stop().await;
    assert_eq!(read_to(&mut stream, "never").await, ": ping\n\n");
}
