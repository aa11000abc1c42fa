//! `/__platform/audit`: what was asked of the platform, and by which means.
//!
//! This route is the platform's own; no contract has it, and no live platform.
//!
//! Does not: show a value of any header, or a token.

use std::sync::Arc;

use axum::Json;
use axum::body::{self, Body};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::audit::{Arrival, Audit, Door, SEARCHED};
use crate::clock;
use crate::system::System;
use crate::tiers::ControlAdmin;

/// The audit so far.
pub(super) async fn show(_: ControlAdmin, State(system): State<Arc<System>>) -> Json<Audit> {
    Json(system.audit.snapshot())
}

/// Whose requests are written down.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) system: Arc<System>,
    /// The slug of the organisation; empty for the control plane.
    pub(super) tenant: String,
}

/// Writes every request down when it is answered.
pub(super) async fn write_down(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let length = parts.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let is_short =
        length.and_then(|length| length.parse().ok()).is_some_and(|length: u64| length <= SEARCHED);
    let (seen, body) = if is_short {
        match body::to_bytes(body, usize::MAX).await {
            Ok(bytes) => (bytes.clone(), Body::from(bytes)),
            Err(_) => return StatusCode::BAD_REQUEST.into_response(),
        }
    } else {
        (body::Bytes::new(), body)
    };
    let arrival = Arrival::of(parts.method.as_str(), &parts.uri, &parts.headers, &seen);
    let response = next.run(Request::from_parts(parts, body)).await;
    let status = response.status();
    let door = response.extensions().get::<Door>().copied().unwrap_or(match status {
        StatusCode::UNAUTHORIZED => Door::Refused,
        StatusCode::NOT_IMPLEMENTED => Door::Unknown,
        _ => Door::Passed,
    });
    desk.system.audit.keep(arrival.answered(&desk.tenant, clock::timestamp(), door, status.as_u16()));
    response
}
