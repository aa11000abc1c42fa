//! Executes `run.a2a`: JSON-RPC in two dialects, and a positive grammar of what counts as an answer.
//!
//! A message is sent once. What is queued is followed by its queue item, what is working by its task; only a reply
//! that says the message was *not* taken ("waking", "busy") leads to another send, under the same message id.
//!
//! Does not: judge the answer.

use super::{Io, Nature, Observation, is_busy, result, summary};
use crate::net::http::{HttpError, Reply};
use a2a::{Message, Part, Role, SendMessageRequest, SendMessageResponse, Task, TaskState};
use harness_model::action::{Dialect, RenderedA2a};
use harness_model::event::Exchange;
use harness_model::template::encode_segment;
use serde_json::{Map, Value};

/// What a reply means to whoever sent the message. Only `Answer` is an answer.
#[derive(Debug, Clone, PartialEq)]
enum Outcome {
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

/// Where a message stands.
#[derive(Debug)]
enum Standing {
    /// It has to be sent.
    Unsent,
    /// It waits in a queue.
    Queued(String),
    /// A task works on it.
    Working(String),
}

/// One message to an agent.
#[derive(Debug)]
pub struct A2aExecution {
    action: RenderedA2a,
    message: String,
    standing: Standing,
}

impl A2aExecution {
    pub(super) fn new(action: RenderedA2a) -> Self {
        Self { action, message: uuid::Uuid::new_v4().to_string(), standing: Standing::Unsent }
    }

    /// A message is sent once; following it asks, and asking twice does no harm.
    pub(super) fn is_idempotent(&self) -> bool {
        !matches!(self.standing, Standing::Unsent)
    }

    pub(super) async fn look(&mut self, io: &Io) -> (Exchange, Result<Observation, HttpError>) {
        let request = match &self.standing {
            Standing::Unsent => self.post(io, &self.send_message()),
            Standing::Working(task) => self.post(io, &self.get_task(task)),
            Standing::Queued(item) => {
                let mut target = self.action.target.clone();
                target.path = format!("{}/queue/{}", target.path, encode_segment(item));
                io.request(&target, "GET", None)
            }
        };
        let (exchange, outcome) = io.net.send(&request, &io.secret).await;
        let observation = outcome.map(|reply| {
            let summary = summary(&reply, &io.net);
            let outcome = match &self.standing {
                Standing::Queued(item) => self.classify_queue_item(&reply, item, &summary),
                Standing::Unsent | Standing::Working(_) => classify(&reply, self.action.dialect, &summary),
            };
            self.follow(&outcome);
            observe(&reply, &outcome, &summary)
        });
        (exchange, observation)
    }

    fn post(&self, io: &Io, body: &Value) -> crate::net::http::Request {
        let mut request = io.request(&self.action.target, "POST", Some(body.to_string()));
        if self.action.dialect == Dialect::V1 {
            request.headers.push(("a2a-version".to_owned(), "1.0".to_owned()));
        }
        request
    }

    fn send_message(&self) -> Value {
        let prompt = &self.action.prompt;
        match self.action.dialect {
            Dialect::V1 => {
                let mut message = Message::new(Role::User, vec![Part::text(prompt)]);
                message.message_id.clone_from(&self.message);
                let params =
                    SendMessageRequest { message, configuration: None, metadata: None, tenant: None };
                self.call(a2a::methods::SEND_MESSAGE, serde_json::to_value(params).unwrap_or(Value::Null))
            }
            Dialect::V03 => {
                let part = object([("kind", "text".into()), ("text", prompt.as_str().into())]);
                let message = object([
                    ("kind", "message".into()),
                    ("role", "user".into()),
                    ("messageId", self.message.as_str().into()),
                    ("parts", Value::Array(vec![part])),
                ]);
                let configuration = object([("blocking", true.into())]);
                self.call("message/send", object([("message", message), ("configuration", configuration)]))
            }
        }
    }

    fn get_task(&self, task: &str) -> Value {
        let method = match self.action.dialect {
            Dialect::V1 => a2a::methods::GET_TASK,
            Dialect::V03 => "tasks/get",
        };
        self.call(method, object([("id", task.into())]))
    }

    fn call(&self, method: &str, params: Value) -> Value {
        object([
            ("jsonrpc", "2.0".into()),
            ("id", self.message.as_str().into()),
            ("method", method.into()),
            ("params", params),
        ])
    }

    fn follow(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Queued { item: Some(item) } => self.standing = Standing::Queued(item.clone()),
            Outcome::Working { task } => self.standing = Standing::Working(task.clone()),
            Outcome::Queued { item: None }
            | Outcome::Answer { .. }
            | Outcome::Waking
            | Outcome::Busy
            | Outcome::Unreachable
            | Outcome::Error { .. } => {}
        }
    }

    fn classify_queue_item(&self, reply: &Reply, item: &str, summary: &str) -> Outcome {
        let body = reply.body();
        match (reply.is_success(), body["status"].as_str()) {
            (true, Some("completed")) => classify_result(&body["response_body"], self.action.dialect),
            (true, Some("queued" | "dispatched")) => Outcome::Queued { item: Some(item.to_owned()) },
            (true, _) => Outcome::Error { text: format!("the queue item ended as {}", body["status"]) },
            (false, _) if is_busy(reply.status) => Outcome::Queued { item: Some(item.to_owned()) },
            (false, _) => Outcome::Error { text: summary.to_owned() },
        }
    }
}

fn object<const N: usize>(pairs: [(&str, Value); N]) -> Value {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>().into()
}

fn observe(reply: &Reply, outcome: &Outcome, summary: &str) -> Observation {
    let (word, nature) = match outcome {
        Outcome::Answer { .. } => ("answer", Nature::Final),
        Outcome::Queued { item: Some(_) } => ("queued", Nature::Pending),
        // Taken, and nothing to follow: another send would be another message.
        Outcome::Queued { item: None } => ("queued", Nature::Final),
        Outcome::Working { .. } => ("working", Nature::Pending),
        Outcome::Waking => ("waking", Nature::Pending),
        Outcome::Busy => ("busy", Nature::Pending),
        Outcome::Unreachable => ("unreachable", Nature::Transient),
        Outcome::Error { .. } => ("error", Nature::Final),
    };
    let mut result = result(reply).with("outcome", word).with("text", "").with("task", Value::Null);
    match outcome {
        Outcome::Answer { text, task } => {
            result.set("text", text);
            result.set("task", task);
        }
        Outcome::Error { text } => result.set("error", text),
        Outcome::Queued { .. }
        | Outcome::Working { .. }
        | Outcome::Waking
        | Outcome::Busy
        | Outcome::Unreachable => {}
    }
    Observation { result, nature, summary: format!("{word}: {summary}"), retry_after: reply.retry_after() }
}

/// What the reply to a send or to a task query means, in the platform's words.
fn classify(reply: &Reply, dialect: Dialect, summary: &str) -> Outcome {
    let body = reply.body();
    let yes = |key: &str| body[key].as_bool() == Some(true);
    let item = || body["queue_id"].as_str().map(str::to_owned);
    match reply.status {
        202 => Outcome::Queued { item: item() },
        200..300 if body["status"] == "queued" || yes("queued") => Outcome::Queued { item: item() },
        200..300 => classify_result(&body, dialect),
        503 if yes("waking") => Outcome::Waking,
        503 if yes("busy") || yes("restarting") || body["status"] == "provisioning" => Outcome::Busy,
        status if is_busy(status) => Outcome::Unreachable,
        _ => Outcome::Error { text: summary.to_owned() },
    }
}

/// What a JSON-RPC response means. Anything that is not of a known shape is an error, never an answer.
fn classify_result(body: &Value, dialect: Dialect) -> Outcome {
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
    use std::time::Duration;

    fn outcome(status: u16, text: &str, dialect: Dialect) -> Outcome {
        let reply = Reply { status, headers: Vec::new(), text: text.to_owned(), elapsed: Duration::ZERO };
        classify(&reply, dialect, text)
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
        let v1 = r#"{"result":{"message":{"messageId":"m","role":"ROLE_AGENT","parts":[{"text":"x"}]}}}"#;
        assert!(matches!(outcome(200, v1, Dialect::V03), Outcome::Error { .. }));
        let v03 = r#"{"result":{"kind":"message","role":"agent","messageId":"m","parts":[{"kind":"text","text":"x"}]}}"#;
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
                r#"{"result":{"task":{"id":"t9","contextId":"c","status":{"state":"TASK_STATE_WORKING"}}}}"#,
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
            (200, r#"{"result":{"task":{"id":"t","contextId":"c","status":{"state":"TASK_STATE_FAILED"}}}}"#),
            (404, r#"{"error":"workspace not found"}"#),
            (403, r#"{"error":"access denied"}"#),
        ];
        for (status, body) in table {
            assert!(matches!(outcome(status, body, Dialect::V1), Outcome::Error { .. }), "{status} {body}");
        }
    }
}
