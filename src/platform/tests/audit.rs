//! The audit: what a request carried, by name and never by value.

mod support;

use reqwest::Method;
use serde_json::json;
use shakedown_platform::{AuditRow, Door};

use support::{World, call, managed};

/// The rows that were written since there were `before`.
fn since(world: &World, before: usize) -> Vec<AuditRow> {
    world.platform.audit().rows.into_iter().skip(before).collect()
}

#[tokio::test]
async fn a_row_names_the_headers_and_marks_the_token_and_has_no_value() {
    let world = World::new().await;
    let id = world.create(&managed("one")).await;
    let before = world.platform.audit().rows.len();
    let bearer = format!("Bearer {}", world.token);
    let headers = [("authorization", bearer.as_str()), ("x-private", "a value that nobody may see")];
    world.ask_with(Method::GET, &format!("/workspaces/{id}/activity?limit=3"), &headers, None).await;
    world.ask_with(Method::GET, "/workspaces", &[], None).await;
    call(Method::GET, &format!("{}/workspaces", world.tenant), &[], None).await.unwrap();
    world.ask(Method::GET, "/nowhere", None).await;
    let rows = since(&world, before);
    let doors: Vec<(Door, u16)> = rows.iter().map(|row| (row.door, row.status)).collect();
    assert_eq!(doors, [(Door::Passed, 200), (Door::Refused, 401), (Door::Hidden, 404), (Door::Unknown, 501)]);
    let first = &rows[0];
    assert_eq!((first.tenant.as_str(), first.method.as_str()), ("acme", "GET"));
    assert_eq!(first.path, format!("/workspaces/{id}/activity"));
    assert_eq!(first.headers, ["accept", "authorization", "host", "x-molecule-org-id", "x-private"]);
    assert_eq!(first.org.as_deref(), Some(world.org.as_str()));
    assert_eq!((&rows[1].bearer, &rows[2].org), (&None, &None));
    assert_eq!(rows[3].bearer, first.bearer);
    let whole = serde_json::to_string(&rows).unwrap();
    assert!(!whole.contains("nobody may see") && !whole.contains(&world.token), "{whole}");
    world.platform.stop().await;
}

#[tokio::test]
async fn a_token_in_any_other_place_is_found() {
    let world = World::new().await;
    let before = world.platform.audit().rows.len();
    let token = world.token.clone();
    world.ask(Method::GET, &format!("/workspaces?token={token}"), None).await;
    world.ask(Method::GET, &format!("/workspaces/{token}"), None).await;
    world.ask_with(Method::GET, "/workspaces", &[("x-admin-token", &token)], None).await;
    world.ask(Method::POST, "/workspaces", Some(&json!({ "name": token }))).await;
    let rows = since(&world, before);
    let places: Vec<&str> = rows.iter().map(|row| row.strays[0].place.as_str()).collect();
    assert_eq!(places, ["query", "path", "x-admin-token", "body"]);
    assert!(rows.iter().all(|row| Some(&row.strays[0].mark) == rows[0].bearer.as_ref()), "{rows:?}");
    world.platform.stop().await;
}

#[tokio::test]
async fn the_route_shows_what_the_platform_has_to_its_admin() {
    let world = World::new().await;
    let rows = world.platform.audit().rows.len();
    let shown = world.control(Method::GET, "/__platform/audit", None).await;
    assert_eq!((shown.status.as_u16(), &shown.body["dropped"]), (200, &json!(0)));
    assert_eq!(shown.body["rows"].as_array().unwrap().len(), rows);
    assert_eq!(shown.body["rows"][0]["path"], "/cp/admin/orgs");
    world.platform.stop().await;
}
