//! A performance: an agent takes a request as the next line of its script says.
//!
//! Does not: know a dialect; whoever answers does.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt};
use serde_json::Value;

use super::brain::Brain;
use super::script::Line;

/// How long a slow agent takes.
pub(super) const SLOW: Duration = Duration::from_secs(60);

/// More than the platform reads of an answer.
const HUGE: usize = 10 * 1024 * 1024 + 1;

/// The header with which a brain reaches the executor of the current dialect.
pub(super) const BRAIN_HEADER: &str = "x-shakedown-brain";

/// Whether a request is a message, which takes a line of the script; what asks for a task or a card takes none.
pub(super) fn is_message(request: &Value) -> bool {
    let messages = ["message/send", "message/stream", "SendMessage", "SendStreamingMessage"];
    request["method"].as_str().is_some_and(|method| messages.contains(&method))
}

/// All text of a message, line by line; both dialects have it in the same place.
pub(crate) fn prompt(request: &Value) -> String {
    let parts = request["params"]["message"]["parts"].as_array();
    parts.into_iter().flatten().filter_map(|part| part["text"].as_str()).collect::<Vec<_>>().join("\n")
}

/// The brain that a line asks for, where it asks for another than the agent's own.
pub(super) fn brain(line: Line) -> Option<Brain> {
    match line {
        Line::Empty => Some(Brain::Empty),
        Line::ErrorAsText => Some(Brain::ErrorText),
        Line::Answer
        | Line::Busy
        | Line::Reset
        | Line::Slow
        | Line::Broken
        | Line::WorkingTask
        | Line::Huge => None,
    }
}

/// What an agent sends that does not answer at all; `None` for one that does, in its way.
pub(super) fn refusal(line: Line) -> Option<Response> {
    match line {
        // A body that fails before its first byte takes the connection with it before the head is sent.
        Line::Busy => Some(json(Body::from_stream(stream::once(async { Err::<Bytes, _>(gone()) })))),
        Line::Reset => {
            let begun = stream::once(async { Ok(Bytes::from_static(b"{\"jsonrpc\":")) });
            let broken = stream::once(async {
                tokio::task::yield_now().await;
                Err(gone())
            });
            Some(json(Body::from_stream(begun.chain(broken))))
        }
        Line::Broken => Some((StatusCode::INTERNAL_SERVER_ERROR, "the agent broke").into_response()),
        Line::Huge => Some(json(Body::from(vec![b' '; HUGE]))),
        Line::Answer | Line::Empty | Line::ErrorAsText | Line::Slow | Line::WorkingTask => None,
    }
}

/// A body as the answer of an agent.
pub(super) fn json(body: Body) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn gone() -> std::io::Error {
    std::io::ErrorKind::ConnectionReset.into()
}
