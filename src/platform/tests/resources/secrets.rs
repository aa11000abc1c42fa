//! Secrets and tokens.

use reqwest::Method;
use serde_json::{Value, json};
use shakedown_platform::Options;

use crate::support::World;
use crate::{keys, mock, walk};

#[tokio::test]
async fn secrets_are_listed_without_values_and_a_write_restarts() {
    let world = World::new().await;
    world.ask(Method::POST, "/settings/secrets", Some(&json!({ "key": "SHARED", "value": "of all" }))).await;
    let body = json!({ "name": "a", "runtime": "claude-code", "model": "moonshot/kimi-k2.6",
        "secrets": { "AT_BIRTH": "first" } });
    let (id, _) = world.online(&body).await;
    walk(
        &world,
        &id,
        vec![
            (
                "PUT",
                "/workspaces/{id}/secrets",
                json!({ "key": "OWN", "value": "v" }),
                200,
                "/status",
                json!("saved"),
            ),
            ("GET", "/workspaces/{id}", Value::Null, 200, "/status", json!("provisioning")),
            ("GET", "/workspaces/{id}/secrets", Value::Null, 200, "/2/scope", json!("global")),
            ("GET", "/workspaces/{id}/secrets", Value::Null, 200, "/1/has_value", json!(true)),
            (
                "GET",
                "/workspaces/{id}/secrets/values",
                Value::Null,
                200,
                "",
                json!({ "AT_BIRTH": "first", "OWN": "v", "SHARED": "of all" }),
            ),
            (
                "POST",
                "/workspaces/{id}/secrets",
                json!({ "key": "SHARED", "value": "mine" }),
                200,
                "/key",
                json!("SHARED"),
            ),
            ("GET", "/workspaces/{id}/secrets/values", Value::Null, 200, "/SHARED", json!("mine")),
            ("DELETE", "/workspaces/{id}/secrets/SHARED", Value::Null, 200, "/status", json!("deleted")),
            (
                "DELETE",
                "/workspaces/{id}/secrets/SHARED",
                Value::Null,
                404,
                "/error",
                json!("secret not found"),
            ),
            ("GET", "/workspaces/{id}/secrets/values", Value::Null, 200, "/SHARED", json!("of all")),
            (
                "POST",
                "/workspaces/{id}/secrets",
                json!({ "key": "A-B", "value": "v" }),
                400,
                "/error",
                json!("invalid secret key"),
            ),
            (
                "POST",
                "/workspaces/{id}/secrets",
                json!({ "key": "A" }),
                400,
                "/error",
                json!("invalid request body"),
            ),
        ],
    )
    .await;
    let shown = world.ask(Method::GET, &format!("/workspaces/{id}/secrets"), None).await;
    assert_eq!(keys(&shown), ["AT_BIRTH", "OWN", "SHARED"]);
    assert!(!["first", "of all", "mine"].iter().any(|value| shown.text.contains(value)), "{}", shown.text);
    world.reaches(&id, "online").await;
    world.ask(Method::DELETE, "/settings/secrets/SHARED", None).await;
    assert_eq!(world.row(&id).await["status"], "provisioning");
    assert_eq!(world.ask(Method::DELETE, "/settings/secrets/SHARED", None).await.status, 404);
    world.platform.stop().await;
}

#[tokio::test]
async fn values_fail_closed_when_one_of_them_was_tampered_with() {
    let data = tempfile::TempDir::new().unwrap();
    let world = World::with(Options { data: Some(data.path().to_owned()), ..Options::default() }).await;
    let id = mock(&world, "a").await;
    for (key, value) in [("GOOD", "1"), ("BAD", "2")] {
        let body = json!({ "key": key, "value": value });
        world.ask(Method::POST, &format!("/workspaces/{id}/secrets"), Some(&body)).await;
    }
    let database = rusqlite::Connection::open(data.path().join("platform.sqlite")).unwrap();
    database.execute("UPDATE secrets SET value = '3' WHERE key = 'BAD'", []).unwrap();
    walk(
        &world,
        &id,
        vec![
            ("GET", "/workspaces/{id}/secrets/values", Value::Null, 500, "/failed_keys", json!(["BAD"])),
            ("GET", "/workspaces/{id}/secrets", Value::Null, 200, "/0/key", json!("BAD")),
        ],
    )
    .await;
    world.platform.stop().await;
}

#[tokio::test]
async fn a_workspace_has_fifty_live_tokens_at_most_and_a_revoked_one_is_refused() {
    let world = World::new().await;
    let id = mock(&world, "a").await;
    let path = format!("/workspaces/{id}/tokens");
    let first = world.ask(Method::POST, &path, None).await;
    assert_eq!((first.status.as_u16(), &first.body["workspace_id"]), (201, &json!(id)));
    let bearer = format!("Bearer {}", first.body["auth_token"].as_str().unwrap());
    let headers = [("authorization", bearer.as_str())];
    assert_eq!(world.ask_with(Method::GET, &path, &headers, None).await.body["count"], 1);
    for _ in 1..50 {
        assert_eq!(world.ask(Method::POST, &path, None).await.status, 201);
    }
    assert_eq!(world.ask(Method::POST, &path, None).await.status, 429);
    let shown = world.ask(Method::GET, &path, None).await;
    assert_eq!(shown.body["tokens"].as_array().unwrap().len(), 50);
    assert!(!shown.text.contains(first.body["auth_token"].as_str().unwrap()));
    let oldest = format!("{path}/{}", shown.body["tokens"][0]["id"].as_str().unwrap());
    assert_eq!(world.ask(Method::DELETE, &oldest, None).await.body["status"], "revoked");
    assert_eq!(world.ask(Method::DELETE, &oldest, None).await.body["error"], "token not found");
    let refused = world.ask_with(Method::GET, &path, &headers, None).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.body["error"]),
        (401, &json!("invalid workspace auth token"))
    );
    let second = world.ask(Method::POST, &path, None).await;
    let bearer = format!("Bearer {}", second.body["auth_token"].as_str().unwrap());
    world.ask(Method::DELETE, &format!("/workspaces/{id}"), None).await;
    let refused = world.ask_with(Method::GET, &path, &[("authorization", &bearer)], None).await;
    assert_eq!(refused.status, 401, "the deletion of the workspace has revoked it");
    world.platform.stop().await;
}

#[tokio::test]
async fn a_token_of_the_organisation_is_an_admin_until_it_is_revoked_and_ten_an_hour_are_minted() {
    let world = World::new().await;
    let id = mock(&world, "a").await;
    let minted = world.ask(Method::POST, "/org/tokens", Some(&json!({ "name": "ci" }))).await;
    assert_eq!((minted.status.as_u16(), &minted.body["name"]), (201, &json!("ci")));
    let token = minted.body["auth_token"].as_str().unwrap();
    assert_eq!(minted.body["prefix"], token[..8]);
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let activity = format!("/workspaces/{id}/activity");
    for path in ["/workspaces", &activity, "/org/tokens"] {
        assert_eq!(world.ask_with(Method::GET, path, &headers, None).await.status, 200, "{path}");
    }
    let revoke = format!("/org/tokens/{}", minted.body["id"].as_str().unwrap());
    assert_eq!(world.ask(Method::DELETE, &revoke, None).await.body["status"], "revoked");
    assert_eq!(world.ask(Method::DELETE, &revoke, None).await.status, 404);
    for (path, error) in
        [("/workspaces", "invalid admin auth token"), (activity.as_str(), "invalid workspace auth token")]
    {
        assert_eq!(world.ask_with(Method::GET, path, &headers, None).await.body["error"], error);
    }
    for _ in 1..10 {
        assert_eq!(world.ask(Method::POST, "/org/tokens", Some(&json!({}))).await.status, 201);
    }
    let refused = world.ask(Method::POST, "/org/tokens", Some(&json!({}))).await;
    assert_eq!((refused.status.as_u16(), &refused.body["error"]), (429, &json!("rate limit exceeded")));
    assert_eq!(refused.headers["retry-after"], "3600");
    world.advance("1h").await;
    assert_eq!(world.ask(Method::POST, "/org/tokens", Some(&json!({}))).await.status, 201);
    world.platform.stop().await;
}
