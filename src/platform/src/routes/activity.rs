//! `/workspaces/:id/activity`: what a workspace did and received.
//!
//! Does not: write the rows of messages; the recorder does.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Tenant;
use super::resources::parsed;
use crate::clock;
use crate::database::{ActivitySearch, Entry, Source};
use crate::fault::Fault;
use crate::id::WorkspaceId;
use crate::problem::Problem;
use crate::tiers::OwnOrAdmin;

/// The most rows that one listing shows.
const MOST: u32 = 500;

/// The rows that one listing shows unless it is asked for another number.
const USUAL: u32 = 100;

/// What a row can be about.
const TYPES: [&str; 7] =
    ["a2a_send", "a2a_receive", "task_update", "agent_log", "skill_promotion", "memory_write", "error"];

#[derive(Deserialize)]
pub(super) struct Filter {
    #[serde(rename = "type")]
    activity_type: Option<String>,
    source: Option<String>,
    limit: Option<u32>,
    since_id: Option<String>,
    peer_id: Option<String>,
    before_ts: Option<String>,
}

#[derive(Deserialize)]
struct Draft {
    activity_type: String,
    method: Option<String>,
    summary: Option<String>,
    target_id: Option<String>,
    source_id: Option<String>,
    status: Option<String>,
    error_detail: Option<String>,
    duration_ms: Option<i64>,
    request_body: Option<Value>,
    response_body: Option<Value>,
    metadata: Option<Value>,
}

/// The rows, newest first; with a cursor those after it, oldest first; none for an unknown workspace.
pub(super) async fn list(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    Query(filter): Query<Filter>,
) -> Result<Json<Value>, Problem> {
    if tenant.workspace(id)?.is_none() {
        return Ok(Json(Value::Array(Vec::new())));
    }
    let search = search(&tenant, id, filter)?;
    Ok(Json(Value::Array(tenant.system.database.activity(id, &search)?)))
}

fn search(tenant: &Tenant, id: WorkspaceId, filter: Filter) -> Result<ActivitySearch, Problem> {
    let source = match filter.source.as_deref() {
        None | Some("") => None,
        Some("canvas") => Some(Source::Canvas),
        Some("agent") => Some(Source::Agent),
        Some(_) => return Err(Problem::bad_request("source must be 'canvas' or 'agent'")),
    };
    let peer = filter.peer_id.map(|peer| peer.parse()).transpose();
    let before = filter.before_ts.map(|moment| clock::nanoseconds(&moment).ok_or(())).transpose();
    let after = filter.since_id.map(|cursor| after(tenant, id, &cursor)).transpose()?;
    Ok(ActivitySearch {
        activity_type: filter.activity_type,
        source,
        peer: peer.or(Err(Problem::bad_request("peer_id must be a valid UUID")))?,
        before: before.or(Err(Problem::bad_request("before_ts must be an RFC 3339 time")))?,
        after,
        limit: filter.limit.unwrap_or(USUAL).min(MOST),
    })
}

/// The number behind a cursor; one that is unknown, or of another workspace, is gone.
fn after(tenant: &Tenant, id: WorkspaceId, cursor: &str) -> Result<i64, Problem> {
    let faults = &tenant.system.faults;
    match tenant.system.database.activity_cursor(id, cursor)? {
        Some(number) => Ok(number - i64::from(faults.has(Fault::SinceIdInclusive))),
        None if faults.has(Fault::UnknownCursorAccepted) => Ok(0),
        None => Err(Problem::new(StatusCode::GONE, "since_id is unknown; start again without it")),
    }
}

/// Takes a row that a workspace writes about itself.
pub(super) async fn log(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    tenant.standing(id)?;
    let draft: Draft = parsed(&body)?;
    if !TYPES.contains(&draft.activity_type.as_str()) {
        let text = format!("invalid activity_type, must be one of: {}", TYPES.join(", "));
        return Err(Problem::bad_request(text));
    }
    if draft.source_id.is_some_and(|source| source.parse() != Ok(id)) {
        let text = "source_id must match authenticated workspace";
        return Err(Problem::new(StatusCode::FORBIDDEN, text));
    }
    let entry = Entry {
        method: draft.method,
        summary: draft.summary,
        target: draft.target_id,
        source: Some(id),
        status: draft.status.unwrap_or_else(|| "ok".to_owned()),
        error_detail: draft.error_detail,
        duration_ms: draft.duration_ms,
        request_body: draft.request_body,
        response_body: draft.response_body,
        metadata: draft.metadata,
        ..Entry::new(id, draft.activity_type)
    };
    let payload = json!({ "activity_type": entry.activity_type, "summary": entry.summary });
    let times = 1 + usize::from(tenant.system.faults.has(Fault::ActivityDuplicated));
    for _ in 0..times {
        tenant.system.database.log_activity(&entry, "ACTIVITY_LOGGED", &payload)?;
    }
    Ok(Json(json!({ "status": "logged" })))
}
