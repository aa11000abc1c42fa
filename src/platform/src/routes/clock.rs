//! `/__platform/orgs/:slug/clock`: the clock of an organisation, to look at and to advance.
//!
//! This route is the platform's own; no contract has it, and no live platform.
//!
//! Does not: turn a clock back.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock;
use crate::database::OrgRow;
use crate::fault::Fault;
use crate::monitors;
use crate::problem::Problem;
use crate::system::System;
use crate::tiers::ControlAdmin;

/// How far one request may advance a clock.
const FURTHEST: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Deserialize)]
struct Advance {
    advance: String,
}

/// What the clock shows.
pub(super) async fn show(
    _: ControlAdmin,
    State(system): State<Arc<System>>,
    Path(slug): Path<String>,
) -> Result<Json<Value>, Problem> {
    let org = find(&system, &slug)?;
    face(&system, &org)
}

/// Lets time pass, and answers when everything that fell due meanwhile has happened.
pub(super) async fn advance(
    _: ControlAdmin,
    State(system): State<Arc<System>>,
    Path(slug): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let org = find(&system, &slug)?;
    let asked: Option<Advance> = serde_json::from_slice(&body).ok();
    let by = asked.and_then(|asked| asked.advance.parse::<SignedDuration>().ok());
    let by = by.and_then(|by| Duration::try_from(by).ok()).filter(|by| *by <= FURTHEST);
    let by = by.ok_or_else(|| {
        Problem::bad_request("advance must be a duration of at most 24 hours, such as {\"advance\": \"90s\"}")
    })?;
    if system.faults.has(Fault::AdvanceDoesNothing) {
        return face(&system, &org);
    }
    let shared = Arc::clone(&system);
    let id = org.id;
    system.carry_through(async move { Ok(monitors::advance(&shared, id, by).await?) }).await?;
    face(&system, &org)
}

fn find(system: &System, slug: &str) -> Result<OrgRow, Problem> {
    system.database.org(slug)?.ok_or_else(|| Problem::not_found("org not found").with("slug", slug))
}

fn face(system: &System, org: &OrgRow) -> Result<Json<Value>, Problem> {
    let advanced = system.database.advanced(org.id)?;
    Ok(Json(json!({ "slug": org.slug, "now": clock::timestamp_ahead(advanced), "advanced_ms": advanced })))
}
