//! The 0.3 dialect of A2A, as far as agents in the wild still speak it.
//!
//! Does not: keep tasks. Every message is answered with a message.

use axum::body::Bytes;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Brain;

/// The routes of the dialect.
pub(super) fn routes(brain: Brain) -> Router {
    Router::new().route("/", post(move |body: Bytes| async move { Json(respond(brain, &body)) }))
}

fn respond(brain: Brain, body: &[u8]) -> Value {
    match serde_json::from_slice::<Value>(body) {
        Ok(request) => answer(brain, &request),
        Err(error) => failure(&Value::Null, -32700, &format!("parse error: {error}")),
    }
}

/// The JSON-RPC answer to `request`.
pub(crate) fn answer(brain: Brain, request: &Value) -> Value {
    let id = &request["id"];
    match request["method"].as_str() {
        Some("message/send") => {
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

/// All text of a message, line by line.
fn prompt(request: &Value) -> String {
    let parts = request["params"]["message"]["parts"].as_array();
    parts.into_iter().flatten().filter_map(|part| part["text"].as_str()).collect::<Vec<_>>().join("\n")
}

fn failure(id: &Value, code: i32, message: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
}
