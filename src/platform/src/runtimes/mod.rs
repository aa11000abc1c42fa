//! Runtimes: the agents that managed workspaces run, each on a socket of its own.
//!
//! One agent speaks two dialects at `/`: A2A 1.0 when the request says so, 0.3 otherwise.
//!
//! Does not: touch the database.

mod brain;
mod current;
mod former;

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::{self, Body};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use tower::ServiceExt;

use self::brain::Brain;
use crate::database::WorkspaceRow;
use crate::lifecycle::any_port;
use crate::listener::{self, Listener};
use crate::outbound::VERSION_HEADER;
use crate::system::System;

/// The version of the protocol that the header must name for the current dialect.
const CURRENT: &str = "1.0";

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
    *request.method_mut() = axum::http::Method::POST;
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
    let brain = Brain::new(&system.faults);
    let current = current::routes(&workspace.name, &workspace.runtime, url, brain);
    let former = former::routes(brain);
    Router::new().fallback(move |request| dispatch(request, current, former))
}

/// Hands a request to the dialect that its header names; agent cards exist in the current one only.
async fn dispatch(request: Request<Body>, current: Router, former: Router) -> Response {
    let is_post = request.method() == axum::http::Method::POST;
    let is_current = request.headers().get(VERSION_HEADER).is_some_and(|version| version == CURRENT);
    let routes = if is_post && !is_current { former } else { current };
    match routes.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
