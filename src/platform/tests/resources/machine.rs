//! What needs a container: files, terminal, configuration; and what operators do.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{World, former, managed};
use crate::walk;

#[tokio::test]
async fn files_come_back_byte_for_byte_and_nothing_else_does() {
    let world = World::new().await;
    let (id, _) = world.online(&managed("a")).await;
    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let told = world.upload(&id, &[("../p.png", "image/png", &bytes), ("q.txt", "text/plain", b"q")]).await;
    assert_eq!(told.status, 200, "{told:?}");
    let (first, second) = (&told.body["files"][0], &told.body["files"][1]);
    assert_eq!(
        (&first["name"], &first["mimeType"], &first["size"]),
        (&json!("p.png"), &json!("image/png"), &json!(300_000))
    );
    let path = |file: &Value| file["uri"].as_str().unwrap().strip_prefix("workspace:/").unwrap().to_owned();
    assert_eq!(world.download(&id, &format!("/{}", path(first))).await, bytes);
    assert_eq!(world.download(&id, &format!("/{}", path(second))).await, b"q");
    let escaping = format!("/workspaces/{{id}}/chat/download?path=/{}/../../../x", path(first));
    walk(
        &world,
        &id,
        vec![
            ("GET", escaping.leak(), Value::Null, 400, "/error", json!("invalid path")),
            (
                "GET",
                "/workspaces/{id}/chat/download?path=/etc/passwd",
                Value::Null,
                400,
                "/error",
                json!("invalid path"),
            ),
            ("GET", "/workspaces/{id}/chat/download", Value::Null, 400, "/error", json!("invalid path")),
            (
                "GET",
                "/workspaces/{id}/chat/download?path=/workspace/uploads/x",
                Value::Null,
                404,
                "/error",
                json!("file not found"),
            ),
            (
                "POST",
                "/workspaces/{id}/chat/uploads",
                json!({}),
                400,
                "/error",
                json!("invalid multipart body"),
            ),
        ],
    )
    .await;
    let (other, _) = world.online(&managed("b")).await;
    let foreign = format!("/workspaces/{other}/chat/download?path=/{}", path(first));
    assert_eq!(world.ask(Method::GET, &foreign, None).await.status, 404);
    world.verb(&id, "pause").await;
    let paused = world.upload(&id, &[("p.png", "image/png", b"x")]).await;
    assert_eq!(
        (paused.status.as_u16(), &paused.body["error"]),
        (503, &json!("workspace container not running"))
    );
    world.platform.stop().await;
}

#[tokio::test]
async fn a_file_of_25_mb_is_taken_a_larger_one_is_not_and_50_mb_are_too_many_together() {
    let world = World::new().await;
    let (id, _) = world.online(&managed("a")).await;
    let most = vec![7; 25 * 1024 * 1024];
    let more = vec![7; 25 * 1024 * 1024 + 1];
    let file = |bytes| ("f.bin", "application/octet-stream", bytes);
    assert_eq!(world.upload(&id, &[file(&most[..])]).await.status, 200);
    assert_eq!(world.upload(&id, &[file(&more[..])]).await.status, 413);
    assert_eq!(world.upload(&id, &[file(&most[..]), file(&most[..]), file(b"x")]).await.status, 413);
    world.platform.stop().await;
}

#[tokio::test]
async fn a_container_that_runs_has_a_terminal_a_configuration_and_a_console() {
    let world = World::new().await;
    let (id, _) = world.online(&managed("a")).await;
    let file = "/workspaces/{id}/files/config.yaml";
    walk(
        &world,
        &id,
        vec![
            ("GET", "/workspaces/{id}/terminal/diagnose", Value::Null, 200, "/ok", json!(true)),
            (
                "GET",
                "/workspaces/{id}/terminal/diagnose",
                Value::Null,
                200,
                "/steps/2",
                json!({ "name": "shell", "ok": true }),
            ),
            ("GET", file, Value::Null, 404, "/error", json!("file not found")),
            ("PUT", file, json!({ "text": "a" }), 400, "/error", json!("invalid request body")),
            ("PUT", file, json!({ "content": "a: 1\n" }), 200, "/status", json!("saved")),
            ("GET", file, Value::Null, 200, "/content", json!("a: 1\n")),
            (
                "GET",
                "/admin/liveness",
                Value::Null,
                200,
                "/subsystems/activity_recorder/seconds_ago",
                json!(0),
            ),
        ],
    )
    .await;
    let console = world.control(Method::GET, &format!("/cp/admin/workspaces/{id}/console"), None).await;
    assert!(console.body["output"].as_str().unwrap().contains("WORKSPACE_ONLINE"), "{console:?}");
    assert_eq!(world.control(Method::GET, "/cp/admin/workspaces/x/console", None).await.status, 404);
    world.verb(&id, "pause").await;
    walk(
        &world,
        &id,
        vec![
            (
                "GET",
                "/workspaces/{id}/terminal/diagnose",
                Value::Null,
                200,
                "/first_failure",
                json!("container"),
            ),
            ("PUT", file, json!({ "content": "" }), 503, "/error", json!("workspace container not running")),
        ],
    )
    .await;
    world.platform.stop().await;
}

#[tokio::test]
async fn only_messages_that_have_waited_too_long_are_dropped() {
    let world = World::new().await;
    let id = world.create(&json!({ "name": "a", "external": true })).await;
    world.ask(Method::POST, &format!("/workspaces/{id}/a2a"), Some(&former("hi"))).await;
    walk(
        &world,
        &id,
        vec![
            ("POST", "/admin/a2a-queue/drop-stale", Value::Null, 200, "", json!({ "dropped": 0 })),
            (
                "POST",
                "/admin/a2a-queue/drop-stale?max_age_minutes=0",
                Value::Null,
                200,
                "",
                json!({ "dropped": 1 }),
            ),
            (
                "POST",
                "/admin/a2a-queue/drop-stale?max_age_minutes=0",
                Value::Null,
                200,
                "",
                json!({ "dropped": 0 }),
            ),
        ],
    )
    .await;
    world.platform.stop().await;
}
