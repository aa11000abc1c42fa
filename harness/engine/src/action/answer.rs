//! The answers of agents: a positive grammar, in two dialects, of what counts as one.
//!
//! Does not: send anything, or judge what an answer says.

use super::is_busy;
use crate::net::http::Reply;
use a2a::{Part, SendMessageResponse, Task, TaskState};
use harness_model::action::Dialect;
use serde_json::Value;

/// What a reply means to whoever sent the message. Only `Answer` is an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    /// The agent answered.
    Answer { text: String, task: Value },
    /// Taken, to be answered later; with its queue item if it can be followed.
    Queued { item: Option<String> },
    /// The agent works on it.
    Working { task: String },
    /// Not taken: it wakes up.
    Waking,
    /// Not taken: it is busy, starting or restarting.
    Busy,
    /// Not taken: nobody there for the moment.
    Unreachable,
    /// Refused, or failed for good.
    Error { text: String },
}

/// What the reply to a send or to a task query means, in the platform's words.
pub(super) fn classify(reply: &Reply, id: &str, dialect: Dialect, summary: &str) -> Outcome {
    let body = &reply.body;
    let yes = |key: &str| body[key].as_bool() == Some(true);
    let item = || body["queue_id"].as_str().map(str::to_owned);
    match reply.status {
        202 => Outcome::Queued { item: item() },
        200..300 if body["status"] == "queued" || yes("queued") => Outcome::Queued { item: item() },
        200..300 => classify_result(body, id, dialect),
        503 if yes("waking") => Outcome::Waking,
        503 if yes("busy") || yes("restarting") || body["status"] == "provisioning" => Outcome::Busy,
        status if is_busy(status) => Outcome::Unreachable,
        _ => Outcome::Error { text: summary.to_owned() },
    }
}

/// What a JSON-RPC response means. Anything that is not of a known shape is an error, never an answer.
pub(super) fn classify_result(body: &Value, id: &str, dialect: Dialect) -> Outcome {
    if let Some(wrong) = no_response(body, id) {
        return Outcome::Error { text: wrong };
    }
    if let Some(error) = body.get("error").filter(|error| !error.is_null()) {
        return Outcome::Error { text: error.to_string() };
    }
    let Some(result) = body.get("result") else {
        return Outcome::Error { text: "the reply is neither a JSON-RPC result nor an error".to_owned() };
    };
    match dialect {
        Dialect::V1 => classify_v1(result),
        Dialect::V03 => classify_v03(result),
    }
}

/// Why something is not the JSON-RPC response to a request, if it is not. An error may lack the id: whoever could not
/// read the request does not know it.
fn no_response(body: &Value, id: &str) -> Option<String> {
    let Some(response) = body.as_object() else {
        return Some("the reply is no JSON object, so no JSON-RPC response".to_owned());
    };
    if response.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        let found = response.get("jsonrpc").map_or("nothing".to_owned(), Value::to_string);
        return Some(format!("the reply is not JSON-RPC 2.0: its `jsonrpc` is {found}"));
    }
    let is_error = response.get("error").is_some_and(|error| !error.is_null());
    match response.get("id") {
        Some(Value::String(found)) if found == id => None,
        Some(Value::Null) | None if is_error => None,
        found => {
            let found = found.map_or("nothing".to_owned(), Value::to_string);
            Some(format!("the reply answers another request: its `id` is {found}, and \"{id}\" was asked"))
        }
    }
}

fn classify_v1(result: &Value) -> Outcome {
    // A send wraps its result, a task query does not.
    let typed = serde_json::from_value::<SendMessageResponse>(result.clone())
        .or_else(|_| serde_json::from_value::<Task>(result.clone()).map(SendMessageResponse::Task));
    match typed {
        Ok(SendMessageResponse::Message(message)) => {
            Outcome::Answer { text: text_of(&message.parts), task: Value::Null }
        }
        Ok(SendMessageResponse::Task(task)) => match task.status.state {
            TaskState::Completed => {
                let artifacts = task.artifacts.iter().flatten().flat_map(|artifact| &artifact.parts);
                let said = task.status.message.iter().flat_map(|message| &message.parts);
                let text = text_of(artifacts.chain(said));
                Outcome::Answer { text, task: result.clone() }
            }
            TaskState::Submitted | TaskState::Working => Outcome::Working { task: task.id },
            state => Outcome::Error { text: format!("the task ended as {state:?}") },
        },
        Err(error) => Outcome::Error { text: format!("not an A2A 1.0 result: {error}") },
    }
}

fn text_of<'a>(parts: impl IntoIterator<Item = &'a Part>) -> String {
    parts.into_iter().filter_map(Part::as_text).collect::<Vec<_>>().join("\n")
}

fn classify_v03(result: &Value) -> Outcome {
    let texts = |parts: &Value| -> Vec<String> {
        let parts = parts.as_array().into_iter().flatten();
        parts
            .filter(|part| part["kind"] == "text")
            .filter_map(|part| part["text"].as_str())
            .map(str::to_owned)
            .collect()
    };
    match result["kind"].as_str() {
        Some("message") => Outcome::Answer { text: texts(&result["parts"]).join("\n"), task: Value::Null },
        Some("task") => match result["status"]["state"].as_str() {
            Some("completed") => {
                let artifacts = result["artifacts"].as_array().into_iter().flatten();
                let mut text: Vec<String> =
                    artifacts.flat_map(|artifact| texts(&artifact["parts"])).collect();
                text.extend(texts(&result["status"]["message"]["parts"]));
                Outcome::Answer { text: text.join("\n"), task: result.clone() }
            }
            Some("submitted" | "working") => match result["id"].as_str() {
                Some(task) => Outcome::Working { task: task.to_owned() },
                None => Outcome::Error { text: "a task without an id".to_owned() },
            },
            state => Outcome::Error { text: format!("the task ended as {}", state.unwrap_or("nothing")) },
        },
        _ => {
            Outcome::Error { text: "not an A2A 0.3 result: its kind is neither message nor task".to_owned() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, classify};
    use crate::net::http::Reply;
    use harness_model::action::Dialect;

    fn outcome(status: u16, text: &str, dialect: Dialect) -> Outcome {
        classify(&Reply::new(status, Vec::new(), text.as_bytes().to_vec()), "1", dialect, text)
    }

    fn answer(text: &str) -> Outcome {
        Outcome::Answer { text: text.to_owned(), task: serde_json::Value::Null }
    }

    #[test]
    fn only_a_message_or_a_completed_task_is_an_answer() {
        let v1 = r#"{"jsonrpc":"2.0","id":"1","result":{"message":{"messageId":"m","role":"ROLE_AGENT","parts":[{"text":"703"}]}}}"#;
        let v03 = r#"{"jsonrpc":"2.0","id":"1","result":{"kind":"message","role":"agent","messageId":"m","parts":[{"kind":"text","text":"703"}]}}"#;
        assert_eq!(outcome(200, v1, Dialect::V1), answer("703"));
        assert_eq!(outcome(200, v03, Dialect::V03), answer("703"));
        let task = r#"{"jsonrpc":"2.0","id":"1","result":{"task":{"id":"t","contextId":"c","status":{"state":"TASK_STATE_COMPLETED"},"artifacts":[{"artifactId":"a","parts":[{"text":"7"},{"text":"03"}]}]}}}"#;
        assert!(matches!(outcome(200, task, Dialect::V1), Outcome::Answer { text, .. } if text == "7\n03"));
    }

    #[test]
    fn the_dialects_do_not_pass_for_each_other() {
        let v1 = r#"{"jsonrpc":"2.0","id":"1","result":{"message":{"messageId":"m","role":"ROLE_AGENT","parts":[{"text":"x"}]}}}"#;
        assert!(matches!(outcome(200, v1, Dialect::V03), Outcome::Error { .. }));
        let v03 = r#"{"jsonrpc":"2.0","id":"1","result":{"kind":"message","role":"agent","messageId":"m","parts":[{"kind":"text","text":"x"}]}}"#;
        assert!(matches!(outcome(200, v03, Dialect::V1), Outcome::Error { .. }));
    }

    #[test]
    fn everything_that_is_taken_but_not_answered_has_a_name_of_its_own() {
        let table = [
            (
                200,
                r#"{"status":"queued","delivery_mode":"poll","method":"SendMessage"}"#,
                Outcome::Queued { item: None },
            ),
            (
                202,
                r#"{"queued":true,"queue_id":"q1","queue_depth":1}"#,
                Outcome::Queued { item: Some("q1".to_owned()) },
            ),
            (503, r#"{"error":"workspace is waking","waking":true,"retry_after":15}"#, Outcome::Waking),
            (503, r#"{"error":"busy","busy":true,"retry_after":30}"#, Outcome::Busy),
            (503, r#"{"error":"workspace has no URL","status":"provisioning"}"#, Outcome::Busy),
            (503, r#"{"error":"workspace has no URL","status":"paused"}"#, Outcome::Unreachable),
            (502, "<html>bad gateway</html>", Outcome::Unreachable),
            (
                200,
                r#"{"jsonrpc":"2.0","id":"1","result":{"task":{"id":"t9","contextId":"c","status":{"state":"TASK_STATE_WORKING"}}}}"#,
                Outcome::Working { task: "t9".to_owned() },
            ),
        ];
        for (status, body, expected) in table {
            assert_eq!(outcome(status, body, Dialect::V1), expected, "{status} {body}");
        }
    }

    #[test]
    fn error_text_html_and_empty_replies_are_errors_and_never_answers() {
        let table = [
            (200, "<html>hello</html>"),
            (200, ""),
            (200, "{}"),
            (200, r#"{"jsonrpc":"2.0","id":"1","error":{"code":-32601,"message":"no such method"}}"#),
            (
                200,
                r#"{"jsonrpc":"2.0","id":"1","result":{"task":{"id":"t","contextId":"c","status":{"state":"TASK_STATE_FAILED"}}}}"#,
            ),
            (404, r#"{"error":"workspace not found"}"#),
            (403, r#"{"error":"access denied"}"#),
        ];
        for (status, body) in table {
            assert!(matches!(outcome(status, body, Dialect::V1), Outcome::Error { .. }), "{status} {body}");
        }
    }
}
