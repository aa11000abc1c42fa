//! `GET /workspaces/:id/activity`: what a workspace did and received, newest first.
//!
//! Does not: write; rows come from the recorder.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::Value;

use super::Tenant;
use crate::problem::Problem;
use crate::tiers::OwnOrAdmin;

/// The most rows that one listing shows.
const MOST: u32 = 500;

#[derive(Deserialize)]
pub(super) struct Filter {
    #[serde(rename = "type")]
    activity_type: Option<String>,
    limit: Option<u32>,
}

/// The rows; none for an unknown workspace.
pub(super) async fn list(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    Query(filter): Query<Filter>,
) -> Result<Json<Value>, Problem> {
    if tenant.workspace(id)?.is_none() {
        return Ok(Json(Value::Array(Vec::new())));
    }
    let limit = filter.limit.unwrap_or(100).min(MOST);
    Ok(Json(Value::Array(tenant.system.database.activity(id, filter.activity_type.as_deref(), limit)?)))
}
