//! Refusals: who may ask, what is not created, and what does not exist.

mod support;

use reqwest::Method;
use serde_json::{Value, json};

use support::{World, call, former, managed};

#[tokio::test]
async fn the_control_plane_refuses_strangers_and_bad_slugs() {
    let world = World::new().await;
    let roster = format!("{}/cp/admin/orgs", world.platform.url());
    let missing = call(Method::GET, &roster, &[], None).await.unwrap();
    assert_eq!((missing.status.as_u16(), &missing.body["error"]), (401, &json!("admin auth required")));
    let wrong = call(Method::GET, &roster, &[("authorization", "Bearer no")], None).await.unwrap();
    assert_eq!((wrong.status.as_u16(), &wrong.body["error"]), (401, &json!("invalid admin auth token")));
    let long = "a".repeat(33);
    for (slug, status) in [("acme", 409), ("Acme", 400), ("1ab", 400), ("ab", 400), (long.as_str(), 400)] {
        let body = json!({ "slug": slug, "name": "x", "owner_user_id": "u" });
        assert_eq!(world.control(Method::POST, "/cp/admin/orgs", Some(&body)).await.status, status, "{slug}");
    }
    world.platform.stop().await;
}

#[tokio::test]
async fn unknown_routes_are_named() {
    let world = World::new().await;
    for (method, path) in [(Method::GET, "/cp/nowhere"), (Method::PUT, "/cp/admin/orgs"), (Method::GET, "/")]
    {
        let answer = world.control(method.clone(), path, None).await;
        assert_eq!(answer.status, 501);
        assert!(answer.body["error"].as_str().unwrap().ends_with(&format!("{method} {path}")), "{answer:?}");
    }
    let answer = world.ask(Method::GET, "/activity?workspace_id=1", None).await;
    assert_eq!(answer.status, 501);
    assert!(answer.body["error"].as_str().unwrap().ends_with("GET /activity"));
    world.platform.stop().await;
}

#[tokio::test]
async fn the_guard_hides_the_tenant_and_the_tiers_hold() {
    let world = World::new().await;
    let (id, _) = world.online(&managed("one")).await;
    let (other, _) = world.online(&managed("two")).await;
    let roster = format!("{}/workspaces", world.tenant);
    let hidden = call(Method::GET, &roster, &[("x-molecule-org-id", &other)], None).await.unwrap();
    assert_eq!((hidden.status.as_u16(), hidden.text.as_str()), (404, ""));
    let replay = format!("instance=1;state={}", world.org);
    let seen = call(Method::GET, &roster, &[("fly-replay-src", &replay)], None).await.unwrap();
    assert_eq!(seen.status, 401);
    assert_eq!(call(Method::GET, &format!("{}/health", world.tenant), &[], None).await.unwrap().status, 200);

    let own = world.ask(Method::GET, &format!("/admin/workspaces/{id}/test-token"), None).await;
    let own = format!("Bearer {}", own.body["auth_token"].as_str().unwrap());
    let (none, stranger, owner): (&[_], &[_], &[_]) =
        (&[], &[("authorization", "Bearer no")], &[("authorization", own.as_str())]);
    let (row, activity) = (format!("/workspaces/{id}"), format!("/workspaces/{id}/activity"));
    let foreign = format!("/workspaces/{other}/activity");
    for (path, headers, status, error) in [
        ("/workspaces", none, 401, json!("admin auth required")),
        ("/workspaces", stranger, 401, json!("invalid admin auth token")),
        ("/workspaces", owner, 401, json!("invalid admin auth token")),
        (&activity, none, 401, json!("missing workspace auth token")),
        (&activity, stranger, 401, json!("invalid workspace auth token")),
        (&foreign, owner, 401, json!("invalid workspace auth token")),
        (&activity, owner, 200, Value::Null),
        (&row, none, 200, Value::Null),
        ("/workspaces/one", none, 400, json!("invalid workspace ID")),
    ] {
        let answer = world.ask_with(Method::GET, path, headers, None).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(*answer.body.get("error").unwrap_or(&Value::Null), error, "{path}");
    }
    let path = format!("/workspaces/{other}/a2a");
    for (caller, status) in [("webhook:x", 403), (id.as_str(), 401)] {
        let headers = [("x-workspace-id", caller)];
        assert_eq!(world.ask_with(Method::POST, &path, &headers, Some(&former("hi"))).await.status, status);
    }
    world.platform.stop().await;
}

#[tokio::test]
async fn drafts_are_refused_in_the_order_of_the_contract() {
    let world = World::new().await;
    for (body, status, error, code) in [
        (json!({ "name": 7 }), 400, "invalid workspace payload", None),
        (json!({ "name": "", "runtime": "nope" }), 400, "invalid workspace fields", None),
        (json!({ "name": "a{b" }), 400, "invalid workspace fields", None),
        (json!({ "name": "a", "template": "../etc" }), 400, "invalid template", None),
        (json!({ "name": "a", "workspace_dir": "up" }), 400, "invalid workspace directory", None),
        (json!({ "name": "a", "workspace_access": "all" }), 400, "invalid workspace access", None),
        (json!({ "name": "a", "delivery_mode": "fax" }), 400, "delivery_mode must be 'push' or 'poll'", None),
        (
            json!({ "name": "a", "url": "http://169.254.1.1/" }),
            400,
            "unsafe workspace URL: address is not routable",
            None,
        ),
        (json!({ "name": "a", "template": "none", "external": true }), 422, "", Some("RUNTIME_UNRESOLVED")),
        (json!({ "name": "a", "external": true, "runtime": "hermes" }), 422, "", Some("RUNTIME_UNSUPPORTED")),
        (
            json!({ "name": "a", "runtime": "google-adk", "model": "gemini-2.5-pro" }),
            422,
            "unsupported workspace runtime",
            Some("RUNTIME_UNSUPPORTED"),
        ),
        (json!({ "name": "a", "template": "seo-agent" }), 422, "", Some("MODEL_REQUIRED")),
        (
            json!({ "name": "a", "runtime": "codex", "model": "m" }),
            422,
            "",
            Some("UNREGISTERED_MODEL_FOR_RUNTIME"),
        ),
        (
            json!({ "name": "a", "runtime": "codex", "model": "gpt-5.4" }),
            422,
            "",
            Some("MISSING_BYOK_CREDENTIAL"),
        ),
    ] {
        let answer = world.ask(Method::POST, "/workspaces", Some(&body)).await;
        assert_eq!(answer.status, status, "{body}");
        assert_eq!(answer.body.get("code"), code.map(Value::from).as_ref(), "{body}");
        assert!(answer.body["error"].as_str().unwrap().contains(error), "{answer:?}");
    }
    assert_eq!(world.ask(Method::GET, "/workspaces", None).await.body, json!([]));
    world.platform.stop().await;
}

#[tokio::test]
async fn the_arms_are_accepted_and_billed() {
    let world = World::new().await;
    for (runtime, model, key, mode) in [
        ("claude-code", "MiniMax-M2.7", "MINIMAX_API_KEY", "byok"),
        ("claude-code", "claude-sonnet-4-6", "ANTHROPIC_API_KEY", "byok"),
        ("claude-code", "moonshot/kimi-k2.6", "", "platform_managed"),
        ("hermes", "openai/gpt-4o", "OPENAI_API_KEY", "byok"),
        ("codex", "gpt-5.4-mini", "OPENAI_API_KEY", "byok"),
        ("openclaw", "minimax:MiniMax-M2.7", "MINIMAX_API_KEY", "byok"),
        ("openclaw", "moonshot:kimi-k2.6", "KIMI_API_KEY", "byok"),
        ("openclaw", "moonshot:kimi-k2.6", "MOONSHOT_API_KEY", "byok"),
    ] {
        let secrets = if key.is_empty() { json!({}) } else { json!({ key: "placeholder" }) };
        let id = world
            .create(&json!({ "name": "arm", "runtime": runtime, "model": model, "secrets": secrets }))
            .await;
        let path = format!("/admin/workspaces/{id}/llm-billing-mode");
        assert_eq!(
            world.ask(Method::GET, &path, None).await.body["resolved_mode"],
            mode,
            "{runtime} {model}"
        );
    }
    let seo = json!({ "name": "arm", "template": "seo-agent", "model": "MiniMax-M2.7",
        "secrets": { "MINIMAX_API_KEY": "placeholder" } });
    let row = world.row(&world.create(&seo).await).await;
    assert_eq!((&row["runtime"], &row["name"]), (&json!("claude-code"), &json!("arm (9)")));
    world.platform.stop().await;
}
