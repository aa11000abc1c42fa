//! `GET /workspaces/:id/a2a/queue/:queue_id`: one waiting message.
//!
//! Does not: list; the contract has no such route.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::Tenant;
use crate::fault::Fault;
use crate::problem::Problem;
use crate::tiers::OwnOrAdmin;

/// The message; every kind of no-access looks like absence.
pub(super) async fn show(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    Path((_, queue_id)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    if tenant.system.faults.has(Fault::NoPollQueue) {
        return Err(Problem::not_found("404 page not found"));
    }
    let absent = || Problem::not_found("queue item not found");
    let queue_id = queue_id.parse().or(Err(absent()))?;
    tenant.workspace(id)?.ok_or_else(absent)?;
    let row = tenant.system.database.queued(id, queue_id)?.ok_or_else(absent)?;
    let mut item = json!({
        "queue_id": row.id.to_string(),
        "workspace_id": id.to_string(),
        "status": row.standing.word(),
        "priority": row.priority,
        "attempts": row.attempts,
        "last_error": row.last_error,
        "enqueued_at": row.enqueued_at,
        "dispatched_at": row.dispatched_at,
        "completed_at": row.completed_at,
        "expires_at": null,
    });
    if let Some(response) = row.response {
        item["response_body"] = serde_json::from_str(&response).unwrap_or(Value::String(response));
    }
    Ok(Json(item))
}
