//! Executes `run.a2a`: JSON-RPC in two dialects; `answer` says what counts as one.
//!
//! A message is sent once. What is queued is followed by its queue item, what is working by its task; only a reply
//! that says the message was *not* taken ("waking", "busy") leads to another send, under the same message id.
//!
//! Does not: judge the answer.

use super::answer::{Outcome, classify, classify_result};
use super::{Io, Nature, Observation, is_busy, result, shown, summary};
use crate::net::http::{Body, HttpClient, HttpError, Reply};
use crate::net::limits::LONGEST_SUMMARY;
use crate::net::text::printable;
use a2a::{Message, Part, Role, SendMessageRequest};
use harness_model::action::{Dialect, RenderedA2a};
use harness_model::event::Exchange;
use harness_model::template::encode_segment;
use serde_json::{Map, Value};

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
                Standing::Unsent | Standing::Working(_) => {
                    classify(&reply, &self.message, self.action.dialect, &summary)
                }
            };
            self.follow(&outcome);
            observe(&reply, &outcome, &summary, &io.net)
        });
        (exchange, observation)
    }

    fn post(&self, io: &Io, body: &Value) -> crate::net::http::Request {
        let mut request = io.request(&self.action.target, "POST", Some(Body::Text(body.to_string())));
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
        let body = &reply.body;
        match (reply.is_success(), body["status"].as_str()) {
            (true, Some("completed")) => {
                classify_result(&body["response_body"], &self.message, self.action.dialect)
            }
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

fn observe(reply: &Reply, outcome: &Outcome, summary: &str, net: &HttpClient) -> Observation {
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
    let why = match outcome {
        Outcome::Error { text } if text != summary && reply.veil.is_none() => {
            format!("\n  but     {}", printable(&net.scrub_start(text, LONGEST_SUMMARY)))
        }
        _ => String::new(),
    };
    let summary = format!("{word}: {summary}{why}");
    // A 503 speaks of the agent here, and not of the edge before it.
    let retry_after = reply.retry_after();
    Observation { result, shown: shown(reply), nature, summary, retry_after, edge: None }
}
