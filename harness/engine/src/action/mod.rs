//! Executing: the only verb of a step that touches the world. One kind per file.
//!
//! Does not: read bindings, assert, sleep or print.

mod a2a;
mod answer;
mod elapse;
mod exec;
mod http;

use crate::net::http::{Body, HttpClient, HttpError, Reply, Request};
use crate::net::limits::{LONGEST_HEADER, LONGEST_SUMMARY};
use crate::net::reach::Reach;
use crate::net::redact::Secret;
use crate::net::text::printable;
use harness_model::action::{RenderedSend, RenderedTarget};
use harness_model::context::Bindings;
use harness_model::event::Exchange;
use harness_model::storm::EdgeFailure;
use std::collections::BTreeMap;
use std::time::Duration;

/// Where an action goes: its service and its credential, rendered.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// The base URL.
    pub base: String,
    /// Where it may lead.
    pub reach: Reach,
    /// The service's headers.
    pub headers: Vec<(String, String)>,
    /// The token, if any.
    pub bearer: Option<Secret>,
    /// The variable that stands for the token, for whoever repeats a request.
    pub credential: Option<String>,
}

/// What an action gets of the world.
#[derive(Debug, Clone)]
pub struct Io {
    /// The client.
    pub net: HttpClient,
    /// Where it goes.
    pub endpoint: Endpoint,
    /// Paths of the reply that are secret.
    pub secret: Vec<String>,
}

/// What a look at the world found.
#[derive(Debug, Clone)]
pub struct Observation {
    /// The names that conditions can read.
    pub result: Bindings,
    /// What people get to see of these names, where that is something else.
    pub shown: Option<Bindings>,
    /// How a poll takes it when its condition does not hold.
    pub nature: Nature,
    /// The reply in a few words.
    pub summary: String,
    /// How long the other side asked to be left alone.
    pub retry_after: Option<Duration>,
    /// The failure of the service's edge that it speaks of, if any.
    pub edge: Option<EdgeFailure>,
}

/// The status of a reply, by what conditions read of it; other actions have none.
pub(crate) fn status(result: &Bindings) -> Option<u16> {
    result.get("status").and_then(|status| u16::try_from(status.clone()).ok())
}

/// How a poll takes a reply that is not what it waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// It may become what is waited for.
    Pending,
    /// It says "not now": counted, and waited through.
    Transient,
    /// It will not get better.
    Final,
}

/// An action under way. Its state outlives one look: a message keeps its id, a queued one is followed.
#[derive(Debug)]
pub enum Execution {
    /// One HTTP exchange.
    Http(http::HttpExecution),
    /// One message to an agent.
    A2a(a2a::A2aExecution),
}

impl Execution {
    /// Takes a rendered action.
    pub fn new(rendered: RenderedSend) -> Self {
        match rendered {
            RenderedSend::Http(action) => Self::Http(http::HttpExecution::new(action)),
            RenderedSend::A2a(action) => Self::A2a(a2a::A2aExecution::new(action)),
        }
    }

    /// Looks once.
    ///
    /// *Errors*: [`HttpError`] when no reply came.
    pub async fn look(&mut self, io: &Io) -> (Exchange, Result<Observation, HttpError>) {
        match self {
            Self::Http(execution) => execution.look(io).await,
            Self::A2a(execution) => execution.look(io).await,
        }
    }

    /// Whether a second send means no more than the first.
    pub fn is_idempotent(&self) -> bool {
        match self {
            Self::Http(execution) => execution.is_idempotent(),
            Self::A2a(execution) => execution.is_idempotent(),
        }
    }
}

impl Io {
    /// The request for a stream of events, with everything that the step's own requests have, but for their path.
    pub(crate) fn stream(&self, target: &RenderedTarget, path: String) -> Request {
        let mut request = self.request(target, "GET", None);
        request.headers.push(("accept".to_owned(), "text/event-stream".to_owned()));
        Request { path, ..request }
    }

    fn request(&self, target: &RenderedTarget, method: &'static str, body: Option<Body>) -> Request {
        Request {
            method,
            base: self.endpoint.base.clone(),
            reach: self.endpoint.reach.clone(),
            path: target.path.clone(),
            headers: self.endpoint.headers.iter().chain(&target.headers).cloned().collect(),
            bearer: self.endpoint.bearer.clone(),
            credential: self.endpoint.credential.clone(),
            body,
        }
    }
}

/// The names that every reply has.
fn result(reply: &Reply) -> Bindings {
    Bindings::default()
        .with("status", reply.status)
        .with("headers", by_name(&reply.headers))
        .with("body", &reply.body)
        .with("text", &reply.text)
        .with("elapsed", reply.elapsed.as_secs_f64())
}

/// What people get to see of them, where `secret` names what cannot be masked by its letters.
fn shown(reply: &Reply) -> Option<Bindings> {
    let mut shown = Bindings::default();
    if !reply.secret_headers.is_empty() {
        shown.set("headers", by_name(&reply.shown_headers()));
    }
    if let Some(body) = &reply.veil {
        shown.set("body", body);
        // These are made of it.
        for name in ["text", "error", "task"] {
            shown.set(name, reply.shown());
        }
    }
    Some(shown).filter(|shown| shown.names().next().is_some())
}

fn by_name(pairs: &[(String, String)]) -> BTreeMap<String, String> {
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in pairs {
        // What is said twice is said in one breath, as HTTP reads it.
        let said = headers.entry(name.replace('-', "_")).or_default();
        let comma = if said.is_empty() { "" } else { ", " };
        said.push_str(comma);
        said.push_str(value);
    }
    headers
}

/// The statuses that say "not now".
fn is_busy(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}

/// The reply in a few words, without secrets; a second line says what is wrong with it.
pub(crate) fn summary(reply: &Reply, net: &HttpClient) -> String {
    // Scrubbed before anything is taken out of it: half a secret is none.
    let start = net.scrub_start(reply.shown().trim(), LONGEST_SUMMARY);
    let text = printable(&start.split_whitespace().collect::<Vec<_>>().join(" "));
    let text = if text.is_empty() { "with an empty body" } else { &text };
    let flaw = reply.flaw.as_ref().map(|flaw| net.scrub_start(flaw, LONGEST_HEADER));
    let flaw = flaw.map(|flaw| format!("\n  but     {}", printable(&flaw))).unwrap_or_default();
    format!("{} {text}{flaw}", reply.status)
}
