//! Runtimes: the agents that managed workspaces run, each on a socket of its own.
//!
//! One agent speaks two dialects at `/`: A2A 1.0 when the request says so, 0.3 otherwise.
//!
//! Does not: touch the database.

mod brain;
mod current;
mod former;
mod performance;
mod script;
mod tasks;

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::{self, Body};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tower::ServiceExt;

use self::brain::Brain;
pub(crate) use self::script::{Boot, Line, Outcome, Stage};
use crate::database::WorkspaceRow;
use crate::fault::Armed;
use crate::id::WorkspaceId;
use crate::lifecycle::any_port;
use crate::listener::{self, Listener};
use crate::org_clock::{OrgClock, whole};
use crate::outbound::VERSION_HEADER;
use crate::system::System;

/// The version of the protocol that the header must name for the current dialect.
pub(crate) const CURRENT: &str = "1.0";

/// Starts the agent of `workspace` on a free port.
pub(crate) async fn start(system: &Arc<System>, workspace: &WorkspaceRow) -> io::Result<Listener> {
    Listener::open(any_port(), &system.stop, |address| routes(system, workspace, &listener::url(address)))
        .await
}

/// The answer of a workspace that has no agent of its own: the same routes, without a socket.
///
/// *Errors*: the answer breaks off, which without a socket it does not.
pub(crate) async fn answer_here(
    system: &System,
    workspace: &WorkspaceRow,
    message: String,
    version: Option<&HeaderValue>,
) -> Result<(StatusCode, Vec<u8>), axum::Error> {
    let mut request = Request::new(Body::from(message));
    *request.method_mut() = Method::POST;
    request.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
    if let Some(version) = version {
        request.headers_mut().insert(VERSION_HEADER, version.clone());
    }
    let response = match routes(system, workspace, "").oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let status = response.status();
    Ok((status, body::to_bytes(response.into_body(), usize::MAX).await?.to_vec()))
}

fn routes(system: &System, workspace: &WorkspaceRow, url: &str) -> Router {
    let agent = Agent {
        current: current::routes(&workspace.name, &workspace.runtime, url),
        former: former::routes(),
        faults: Arc::clone(&system.faults),
        workspace: workspace.id,
        stage: Arc::clone(&system.stage),
        clock: system.clock(workspace.org_id).ok(),
    };
    Router::new().fallback(move |request| perform(request, agent))
}

/// What answers for a workspace.
#[derive(Clone)]
struct Agent {
    current: Router,
    former: Router,
    faults: Arc<Armed>,
    workspace: WorkspaceId,
    stage: Arc<Stage>,
    clock: Option<Arc<OrgClock>>,
}

/// Takes a request as the script has it; what is no message, and what the script says nothing about, is answered.
async fn perform(request: Request<Body>, agent: Agent) -> Response {
    if request.method() != Method::POST {
        return answer(request, agent).await;
    }
    let (mut parts, body) = request.into_parts();
    let Ok(body) = body::to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    if let Some(task) = agent.stage.tasks.look(&asked) {
        return performance::json(Body::from(task.to_string()));
    }
    if performance::is_message(&asked) {
        let line = agent.stage.cue(agent.workspace);
        if let Some(refusal) = performance::refusal(line) {
            return refusal;
        }
        let brain = performance::brain(line).unwrap_or_else(|| Brain::of(&agent.faults));
        if line == Line::WorkingTask {
            let reply = brain.reply(&performance::prompt(&asked));
            return performance::json(Body::from(agent.stage.tasks.begin(&asked, reply).to_string()));
        }
        if let Some(clock) = agent.clock.as_ref().filter(|_| line == Line::Slow) {
            clock.until(clock.now() + whole(performance::SLOW)).await;
        }
        parts.headers.insert(performance::BRAIN_HEADER, HeaderValue::from_static(brain.word()));
    }
    answer(Request::from_parts(parts, Body::from(body)), agent).await
}

/// Hands a request to the dialect that its header names; agent cards exist in the current one only.
async fn answer(request: Request<Body>, agent: Agent) -> Response {
    let is_post = request.method() == Method::POST;
    let is_current = request.headers().get(VERSION_HEADER).is_some_and(|version| version == CURRENT);
    let routes = if is_post && !is_current { agent.former } else { agent.current };
    match routes.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
