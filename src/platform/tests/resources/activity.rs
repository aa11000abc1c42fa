//! Activity and notifications.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{World, eventually, former};
use crate::{mock, walk};

#[tokio::test]
async fn activity_is_listed_by_type_source_peer_time_and_cursor() {
    let world = World::new().await;
    let (id, other) = (mock(&world, "a").await, mock(&world, "b").await);
    let path = |rest: &str| format!("/workspaces/{id}/activity{rest}");
    let list = async |rest: &str| {
        let listed = world.ask(Method::GET, &path(rest), None).await;
        let rows = listed.body.as_array().unwrap_or_else(|| panic!("{listed:?}")).clone();
        rows.iter().map(|row| row["summary"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (activity_type, summary) in [("agent_log", "one"), ("error", "two"), ("agent_log", "three")] {
        let body = json!({ "activity_type": activity_type, "summary": summary, "target_id": other,
            "duration_ms": 5, "metadata": { "a": 1 } });
        assert_eq!(world.ask(Method::POST, &path(""), Some(&body)).await.body, json!({ "status": "logged" }));
    }
    world.ask(Method::POST, &format!("/workspaces/{id}/a2a"), Some(&former("hi"))).await;
    eventually("the message", async || (list("").await.len() == 4).then_some(())).await;
    let rows = world.ask(Method::GET, &path(""), None).await.body;
    assert_eq!((&rows[3]["metadata"], &rows[3]["duration_ms"]), (&json!({ "a": 1 }), &json!(5)));
    assert_eq!((&rows[0]["source_id"], &rows[3]["source_id"]), (&Value::Null, &json!(id)));
    let (first, second) = (rows[3]["id"].as_str().unwrap(), rows[2]["id"].as_str().unwrap());
    let moment = rows[1]["created_at"].as_str().unwrap();
    for (query, expected) in [
        (String::new(), vec!["message/send received", "three", "two", "one"]),
        ("?limit=1".to_owned(), vec!["message/send received"]),
        ("?type=agent_log".to_owned(), vec!["three", "one"]),
        ("?source=canvas".to_owned(), vec!["message/send received"]),
        ("?source=agent&limit=2".to_owned(), vec!["three", "two"]),
        (format!("?peer_id={other}&type=error"), vec!["two"]),
        (format!("?before_ts={moment}"), vec!["two", "one"]),
        (format!("?since_id={first}&type=agent_log"), vec!["three"]),
        (format!("?since_id={first}&limit=2"), vec!["two", "three"]),
        (format!("?since_id={second}"), vec!["three", "message/send received"]),
    ] {
        assert_eq!(list(&query).await, expected, "{query}");
    }
    let foreign = format!("/workspaces/{other}/activity?since_id={first}");
    let unknown = format!("/workspaces/{id}/activity?since_id={id}");
    assert_eq!(world.ask(Method::GET, &foreign, None).await.status, 410);
    assert_eq!(world.ask(Method::GET, &unknown, None).await.status, 410);
    let nobody = "/workspaces/00000000-0000-4000-8000-000000000000/activity";
    assert_eq!(world.ask(Method::GET, nobody, None).await.text, "[]");
    let nowhere = world.ask(Method::GET, &format!("/activity?workspace_id={id}"), None).await;
    let told = json!("this platform has no route GET /activity");
    assert_eq!((nowhere.status.as_u16(), &nowhere.body["error"]), (501, &told));
    world.platform.stop().await;
}

#[tokio::test]
async fn a_notification_is_a_row_and_an_event() {
    let world = World::new().await;
    let id = mock(&world, "a").await;
    let file =
        json!({ "uri": "workspace:/workspace/x.png", "name": "x.png", "mimeType": "image/png", "size": 3 });
    walk(
        &world,
        &id,
        vec![
            ("POST", "/workspaces/{id}/notify", json!({}), 400, "/error", json!("message is required")),
            (
                "POST",
                "/workspaces/{id}/notify",
                json!({ "message": "m", "attachments": [file, { "uri": "u" }] }),
                400,
                "/error",
                json!("attachment[1]: uri and name are required"),
            ),
            (
                "POST",
                "/workspaces/00000000-0000-4000-8000-000000000000/notify",
                json!({ "message": "m" }),
                404,
                "/error",
                json!("workspace not found"),
            ),
            (
                "POST",
                "/workspaces/{id}/notify",
                json!({ "message": "m", "attachments": [file] }),
                200,
                "",
                json!({ "status": "sent" }),
            ),
            (
                "GET",
                "/workspaces/{id}/activity",
                Value::Null,
                200,
                "/0/response_body",
                json!({ "result": "m", "parts": [{ "kind": "file", "file": file }] }),
            ),
            ("GET", "/workspaces/{id}/activity", Value::Null, 200, "/0/source_id", Value::Null),
            ("GET", "/workspaces/{id}/activity", Value::Null, 200, "/0/method", json!("notify")),
            ("GET", "/workspaces/{id}/activity", Value::Null, 200, "/0/activity_type", json!("a2a_receive")),
            ("GET", "/events/{id}", Value::Null, 200, "/1/event_type", json!("AGENT_MESSAGE")),
        ],
    )
    .await;
    world.platform.stop().await;
}
