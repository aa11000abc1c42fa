//! `/workspaces/:id/delegate` and `/workspaces/:id/delegations`: a workspace gives a task to another.
//!
//! Does not: carry it out; that is `delegation`, behind the answer.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Tenant;
use crate::database::{Delegation, DelegationRow};
use crate::delegation;
use crate::fault::Fault;
use crate::id::{DelegationId, WorkspaceId};
use crate::problem::Problem;
use crate::state::Status;
use crate::tiers::OwnOrAdmin;

#[derive(Deserialize)]
struct Draft {
    target_id: String,
    task: String,
    idempotency_key: Option<String>,
}

/// Takes a task for another workspace; the same key a second time is the same delegation.
pub(super) async fn delegate(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let invalid = || Problem::bad_request("invalid delegation request");
    let draft: Draft = serde_json::from_slice(&body).or(Err(invalid()))?;
    if draft.task.is_empty() || draft.target_id.is_empty() {
        return Err(invalid());
    }
    let target: WorkspaceId =
        draft.target_id.parse().or(Err(Problem::bad_request("target_id must be a valid UUID")))?;
    if target == id {
        return Err(Problem::bad_request("self-delegation not permitted"));
    }
    let source = tenant.existing(id)?;
    if source.status == Status::Removed {
        return Err(Problem::not_found("workspace not found"));
    }
    let mut new = Delegation {
        id: DelegationId::mint(),
        source: id,
        target,
        task: draft.task,
        idempotency_key: draft.idempotency_key.filter(|key| !key.is_empty()),
    };
    let mut earlier = tenant.system.database.insert_delegation(&new)?;
    if earlier.is_some() && tenant.system.faults.has(Fault::DelegatedTwice) {
        new.idempotency_key = None;
        earlier = tenant.system.database.insert_delegation(&new)?;
    }
    if let Some(earlier) = earlier {
        let mut answer = receipt(&earlier.delegation, earlier.progress.word());
        answer["idempotent_hit"] = Value::Bool(true);
        return Ok((StatusCode::OK, Json(answer)));
    }
    let answer = receipt(&new, "delegated");
    delegation::begin(&tenant, source, new);
    Ok((StatusCode::ACCEPTED, Json(answer)))
}

/// What a workspace delegated, newest first.
pub(super) async fn list(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
) -> Result<Json<Value>, Problem> {
    let rows = tenant.system.database.delegations(id)?;
    let is_doubled = !rows.is_empty() && tenant.system.faults.has(Fault::DelegationListedTwice);
    let again = if is_doubled { rows.as_slice() } else { &[] };
    Ok(Json(rows.iter().chain(again).map(shown).collect()))
}

fn receipt(row: &Delegation, status: &str) -> Value {
    json!({ "delegation_id": row.id.to_string(), "status": status, "target_id": row.target.to_string() })
}

fn shown(row: &DelegationRow) -> Value {
    json!({
        "delegation_id": row.delegation.id.to_string(),
        "source_id": row.delegation.source.to_string(),
        "target_id": row.delegation.target.to_string(),
        "task": row.delegation.task,
        "status": row.progress.word(),
        "response": row.response,
        "error": row.error,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    })
}
