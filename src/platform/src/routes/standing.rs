//! `GET /workspaces/:id/state`: what a workspace may know of itself, also that it is gone.
//!
//! Does not: answer the admin once the workspace has a token of its own.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Tenant;
use crate::problem::Problem;
use crate::state::Status;
use crate::tiers::{self, OwnOrAdmin};

/// The status, or that there is none any more.
pub(super) async fn show(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    tiers::registry(&tenant, &headers, id)?;
    let gone = match tenant.workspace(id)? {
        Some(row) if row.status != Status::Removed => {
            return Ok(Json(json!({
                "workspace_id": id.to_string(),
                "status": row.status.word(),
                "paused": row.status == Status::Paused,
                "deleted": false,
            }))
            .into_response());
        }
        Some(row) => {
            json!({ "workspace_id": id.to_string(), "status": row.status.word(), "deleted": true })
        }
        None => json!({ "workspace_id": id.to_string(), "deleted": true }),
    };
    Ok((StatusCode::NOT_FOUND, Json(gone)).into_response())
}
