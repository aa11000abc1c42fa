//! `/workspaces/:id/approvals` and `/approvals/pending`: what agents ask people to approve.
//!
//! Does not: act on a decision; the agent reads it.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Tenant;
use super::resources::parsed;
use crate::fault::Fault;
use crate::problem::Problem;
use crate::tiers::{OwnOrAdmin, TenantAdmin};

#[derive(Deserialize)]
struct Draft {
    #[serde(default)]
    action: String,
    reason: Option<String>,
}

#[derive(Deserialize)]
struct Decision {
    #[serde(default)]
    decision: String,
    decided_by: Option<String>,
}

/// Asks.
pub(super) async fn request(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let workspace = tenant.standing(id)?;
    let draft: Draft = parsed(&body)?;
    if draft.action.is_empty() {
        return Err(Problem::bad_request("action is required"));
    }
    let approval =
        tenant.system.database.request_approval(&workspace, &draft.action, draft.reason.as_deref())?;
    Ok((StatusCode::CREATED, Json(json!({ "approval_id": approval, "status": "pending" }))))
}

/// Decides, once.
pub(super) async fn decide(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    Path((_, approval)): Path<(String, String)>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    tenant.standing(id)?;
    let Decision { decision, decided_by } = parsed(&body)?;
    if !["approved", "denied"].contains(&decision.as_str()) {
        return Err(Problem::bad_request("decision must be 'approved' or 'denied'"));
    }
    let outcome = (decision.as_str(), decided_by.as_deref());
    let decided = tenant.system.faults.has(Fault::ApprovalDecidesNothing)
        || tenant.system.database.decide_approval(id, &approval, outcome)?;
    if decided {
        Ok(Json(json!({ "approval_id": approval, "status": decision })))
    } else {
        Err(Problem::not_found("approval not found or not pending"))
    }
}

/// What a workspace asked for, newest first.
pub(super) async fn list(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
) -> Result<Json<Value>, Problem> {
    tenant.standing(id)?;
    Ok(Json(Value::Array(tenant.system.database.approvals(id)?)))
}

/// What waits for a decision in the whole organisation, oldest first.
pub(super) async fn pending(
    _: TenantAdmin,
    State(tenant): State<Arc<Tenant>>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(Value::Array(tenant.system.database.pending_approvals(tenant.org)?)))
}
