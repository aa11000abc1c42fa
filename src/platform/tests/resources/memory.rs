//! Memories, keys with versions, and approvals.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::World;
use crate::{mock, walk};

#[tokio::test]
async fn memories_reach_as_far_as_their_scope_and_keep_no_credential() {
    let world = World::new().await;
    let parent = mock(&world, "parent").await;
    let child = world.create(&json!({ "name": "child", "runtime": "mock", "parent_id": parent })).await;
    let stranger = mock(&world, "stranger").await;
    for (scope, content) in [("LOCAL", "mine"), ("TEAM", "ours"), ("GLOBAL", "everybody's sk-0123456789")] {
        let body = json!({ "content": content, "scope": scope, "namespace": "n" });
        let told = world.ask(Method::POST, &format!("/workspaces/{parent}/memories"), Some(&body)).await;
        assert_eq!((told.status.as_u16(), &told.body["namespace"]), (201, &json!("n")));
    }
    let read = async |id: &str, query: &str| {
        let rows = world.ask(Method::GET, &format!("/workspaces/{id}/memories{query}"), None).await.body;
        rows.as_array()
            .unwrap()
            .iter()
            .map(|row| row["content"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let own = read(&parent, "").await;
    assert!(own[0].starts_with("[MEMORY id=") && own[0].ends_with("]: everybody's [REDACTED]"), "{own:?}");
    assert_eq!(own[1..], ["ours", "mine"]);
    for (id, query, expected) in [
        (&child, "?scope=TEAM", vec!["ours"]),
        (&child, "?scope=LOCAL", vec![]),
        (&stranger, "?scope=TEAM", vec![]),
        (&parent, "?q=MINE", vec!["mine"]),
        (&parent, "?namespace=other", vec![]),
        (&parent, "?scope=LOCAL&limit=0", vec![]),
    ] {
        assert_eq!(read(id, query).await, expected, "{query}");
    }
    assert_eq!(read(&stranger, "?scope=GLOBAL").await.len(), 1);
    walk(
        &world,
        &child,
        vec![
            (
                "POST",
                "/workspaces/{id}/memories",
                json!({ "content": "x", "scope": "GLOBAL" }),
                403,
                "/error",
                json!("only root workspaces can write GLOBAL memories"),
            ),
            (
                "POST",
                "/workspaces/{id}/memories",
                json!({ "content": "x", "scope": "ALL" }),
                400,
                "/error",
                json!("scope must be LOCAL, TEAM or GLOBAL"),
            ),
            (
                "POST",
                "/workspaces/{id}/memories",
                json!({ "content": "", "scope": "LOCAL" }),
                400,
                "/error",
                json!("content is required"),
            ),
            (
                "POST",
                "/workspaces/{id}/memories",
                json!({ "scope": "LOCAL" }),
                400,
                "/error",
                json!("invalid request body"),
            ),
            (
                "DELETE",
                "/workspaces/{id}/memories/nobody",
                Value::Null,
                404,
                "/error",
                json!("memory not found"),
            ),
            (
                "POST",
                "/memories",
                json!({}),
                501,
                "/error",
                json!("this platform has no route POST /memories"),
            ),
        ],
    )
    .await;
    let told = world
        .ask(
            Method::POST,
            &format!("/workspaces/{child}/memories"),
            Some(&json!({ "content": "x", "scope": "LOCAL" })),
        )
        .await;
    let one = format!("/workspaces/{child}/memories/{}", told.body["id"].as_str().unwrap());
    assert_eq!(world.ask(Method::DELETE, &one, None).await.body, json!({ "status": "deleted" }));
    assert_eq!(world.ask(Method::DELETE, &one, None).await.status, 404);
    world.platform.stop().await;
}

#[tokio::test]
async fn a_key_is_written_only_over_the_version_that_was_expected() {
    let world = World::new().await;
    let id = mock(&world, "a").await;
    let path = "/workspaces/{id}/memory";
    let write = |value: Value, expected: Option<i64>| {
        let mut body = json!({ "key": "k", "value": value });
        if let Some(expected) = expected {
            body["if_match_version"] = json!(expected);
        }
        body
    };
    walk(
        &world,
        &id,
        vec![
            (
                "POST",
                path,
                write(json!("a"), Some(1)),
                409,
                "",
                json!({ "error": "if_match_version mismatch", "expected_version": 1, "current_version": 0 }),
            ),
            (
                "POST",
                path,
                write(json!("a"), Some(0)),
                200,
                "",
                json!({ "status": "ok", "key": "k", "version": 1 }),
            ),
            ("POST", path, write(json!({ "b": [1] }), None), 200, "/version", json!(2)),
            ("POST", path, write(json!("c"), Some(1)), 409, "/current_version", json!(2)),
            ("POST", path, write(json!("c"), Some(2)), 200, "/version", json!(3)),
            ("GET", "/workspaces/{id}/memory/k", Value::Null, 200, "/value", json!("c")),
            ("GET", "/workspaces/{id}/memory/k", Value::Null, 200, "/version", json!(3)),
            ("POST", path, json!({ "key": "gone", "value": 1, "ttl_seconds": 0 }), 200, "/version", json!(1)),
            ("GET", "/workspaces/{id}/memory/gone", Value::Null, 404, "/error", json!("key not found")),
            (
                "POST",
                path,
                json!({ "key": "stays", "value": 1, "ttl_seconds": 600 }),
                200,
                "/version",
                json!(1),
            ),
            ("GET", path, Value::Null, 200, "/1/key", json!("stays")),
            ("GET", path, Value::Null, 200, "/2", Value::Null),
            ("DELETE", "/workspaces/{id}/memory/k", Value::Null, 200, "/status", json!("deleted")),
            ("DELETE", "/workspaces/{id}/memory/k", Value::Null, 404, "/error", json!("key not found")),
            ("POST", path, json!({ "value": 1 }), 400, "/error", json!("key is required")),
        ],
    )
    .await;
    world.platform.stop().await;
}

#[tokio::test]
async fn an_approval_is_decided_once_and_by_its_approval_id() {
    let world = World::new().await;
    let id = mock(&world, "a").await;
    let asked = world
        .ask(Method::POST, &format!("/workspaces/{id}/approvals"), Some(&json!({ "action": "deploy" })))
        .await;
    assert_eq!(
        (asked.status.as_u16(), &asked.body["status"], asked.body.get("id")),
        (201, &json!("pending"), None)
    );
    let decide =
        format!("/workspaces/{{id}}/approvals/{}/decide", asked.body["approval_id"].as_str().unwrap());
    let decide: &'static str = decide.leak();
    walk(
        &world,
        &id,
        vec![
            (
                "GET",
                "/approvals/pending",
                Value::Null,
                200,
                "/0/approval_id",
                asked.body["approval_id"].clone(),
            ),
            (
                "POST",
                decide,
                json!({ "decision": "yes" }),
                400,
                "/error",
                json!("decision must be 'approved' or 'denied'"),
            ),
            (
                "POST",
                decide,
                json!({ "decision": "approved", "decided_by": "me" }),
                200,
                "/status",
                json!("approved"),
            ),
            ("GET", "/workspaces/{id}/approvals", Value::Null, 200, "/0/decided_by", json!("me")),
            ("GET", "/workspaces/{id}/approvals", Value::Null, 200, "/0/status", json!("approved")),
            ("GET", "/approvals/pending", Value::Null, 200, "", json!([])),
            (
                "POST",
                decide,
                json!({ "decision": "denied" }),
                404,
                "/error",
                json!("approval not found or not pending"),
            ),
            (
                "POST",
                "/workspaces/{id}/approvals/x/decide",
                json!({ "decision": "denied" }),
                404,
                "/error",
                json!("approval not found or not pending"),
            ),
            ("POST", "/workspaces/{id}/approvals", json!({}), 400, "/error", json!("action is required")),
            ("GET", "/events/{id}", Value::Null, 200, "/2/event_type", json!("APPROVAL_DECIDED")),
        ],
    )
    .await;
    world.platform.stop().await;
}

#[tokio::test]
async fn an_approval_that_nobody_decides_expires_after_ten_minutes() {
    let world = World::new().await;
    let id = mock(&world, "a").await;
    let path = format!("/workspaces/{id}/approvals");
    let asked = world.ask(Method::POST, &path, Some(&json!({ "action": "deploy" }))).await.body;
    let decide = format!("/workspaces/{id}/approvals/{}/decide", asked["approval_id"].as_str().unwrap());
    world.advance("9m 50s").await;
    let status = async || world.ask(Method::GET, &path, None).await.body[0]["status"].clone();
    assert_eq!(status().await, "pending");
    world.advance("20s").await;
    assert_eq!(status().await, "expired");
    assert_eq!(world.ask(Method::GET, "/approvals/pending", None).await.body, json!([]));
    assert_eq!(world.ask(Method::POST, &decide, Some(&json!({ "decision": "denied" }))).await.status, 404);
    world.platform.stop().await;
}

#[tokio::test]
async fn a_key_lives_as_long_as_it_was_given() {
    let world = World::new().await;
    let id = mock(&world, "a").await;
    let path = format!("/workspaces/{id}/memory");
    world.ask(Method::POST, &path, Some(&json!({ "key": "k", "value": 1, "ttl_seconds": 60 }))).await;
    let key = format!("{path}/k");
    world.advance("50s").await;
    assert_eq!(world.ask(Method::GET, &key, None).await.status, 200);
    world.advance("20s").await;
    assert_eq!(world.ask(Method::GET, &key, None).await.status, 404);
    let again =
        world.ask(Method::POST, &path, Some(&json!({ "key": "k", "value": 2, "if_match_version": 0 }))).await;
    assert_eq!(again.body["version"], 1);
    world.platform.stop().await;
}
