//! The 0.3 dialect of A2A, as far as agents in the wild still speak it.
//!
//! Does not: keep tasks. Every message is answered with a message.

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Brain;
use super::performance::{BRAIN_HEADER, prompt};

/// The routes of the dialect; a header brings the agent's brain.
pub(super) fn routes() -> Router {
    let answer = move |headers: HeaderMap, body: Bytes| async move {
        let named = headers.get(BRAIN_HEADER).and_then(|word| word.to_str().ok()).and_then(Brain::named);
        respond(named.unwrap_or(Brain::Sound), &body)
    };
    Router::new().route("/", post(answer))
}

fn respond(brain: Brain, body: &[u8]) -> Response {
    let request: Value = match serde_json::from_slice(body) {
        Ok(request) => request,
        Err(error) => {
            return Json(failure(&Value::Null, -32700, &format!("parse error: {error}"))).into_response();
        }
    };
    let answer = answer(brain, &request);
    if request["method"] == "message/stream" {
        let event = format!("data: {answer}\n\n");
        return ([(header::CONTENT_TYPE, "text/event-stream")], event).into_response();
    }
    Json(answer).into_response()
}

/// The JSON-RPC answer to `request`.
fn answer(brain: Brain, request: &Value) -> Value {
    let id = &request["id"];
    match request["method"].as_str() {
        Some("message/send" | "message/stream") => {
            let message = json!({
                "kind": "message",
                "role": "agent",
                "messageId": Uuid::new_v4().to_string(),
                "parts": [{ "kind": "text", "text": brain.reply(&prompt(request)) }],
            });
            json!({ "jsonrpc": "2.0", "id": id, "result": message })
        }
        Some("tasks/get") => failure(id, -32001, "task not found"),
        Some(method) => failure(id, -32601, &format!("method not found: {method}")),
        None => failure(id, -32600, "method is required"),
    }
}

fn failure(id: &Value, code: i32, message: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
}
