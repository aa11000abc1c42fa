//! `/workspaces` and `/workspaces/:id`: looking and deleting.
//!
//! Does not: create; that is `create`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Tenant;
use crate::fault::Fault;
use crate::lifecycle;
use crate::problem::Problem;
use crate::state::Status;
use crate::tiers::{Named, TenantAdmin};
use crate::views;

#[derive(Deserialize)]
pub(super) struct Removal {
    #[serde(default)]
    confirm: bool,
    #[serde(default)]
    purge: bool,
}

/// The workspaces that are not removed, oldest first.
pub(super) async fn list(_: TenantAdmin, State(tenant): State<Arc<Tenant>>) -> Result<Json<Value>, Problem> {
    let mut rows = tenant.system.database.workspaces(Some(tenant.org))?;
    if !rows.is_empty() && tenant.system.faults.has(Fault::WorkspaceHidden) {
        rows.pop();
    }
    Ok(Json(rows.iter().map(views::full).collect()))
}

/// One workspace, also a removed one.
pub(super) async fn show(
    Named(id): Named,
    State(tenant): State<Arc<Tenant>>,
) -> Result<Json<Value>, Problem> {
    let row = tenant.existing(id)?;
    if row.status != Status::Removed && tenant.system.faults.has(Fault::AlwaysThrottled) {
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate limit exceeded");
        return Err(problem.with("retry_after", 1));
    }
    let mut shown = views::open(&row);
    if tenant.system.faults.has(Fault::CurrentTaskShown) {
        shown["current_task"] = json!(row.current_task);
    }
    if tenant.system.faults.has(Fault::AdminTokenShown) {
        shown["admin_token"] = json!(tenant.admin_token);
    }
    Ok(Json(shown))
}

/// Removes a workspace and, when confirmed, everything below it; a second time it has nothing left to do.
pub(super) async fn remove(
    _: TenantAdmin,
    Named(id): Named,
    State(tenant): State<Arc<Tenant>>,
    Query(removal): Query<Removal>,
) -> Result<Response, Problem> {
    let workspace = tenant.existing(id)?;
    let below = tenant.system.database.descendants(id)?;
    if !below.is_empty() && !removal.confirm && !tenant.system.faults.has(Fault::DeleteUnconfirmed) {
        let children: Vec<Value> = below
            .iter()
            .filter(|row| row.parent_id == Some(id))
            .map(|row| json!({ "id": row.id.to_string(), "name": row.name }))
            .collect();
        let body = json!({
            "status": "confirmation_required",
            "message": "workspace has children; repeat with ?confirm=true to remove them too",
            "children_count": children.len(),
            "children": children,
        });
        return Ok((StatusCode::CONFLICT, Json(body)).into_response());
    }
    let status = if removal.purge { "purged" } else { "removed" };
    let receipt = json!({ "status": status, "cascade_deleted": below.len() });
    if tenant.system.faults.has(Fault::WorkspaceDeleteDoesNothing) {
        return Ok(Json(receipt).into_response());
    }
    let system = Arc::clone(&tenant.system);
    let stays = !below.is_empty() && system.faults.has(Fault::DeleteLeavesChildren);
    let below = if stays { Vec::new() } else { below };
    tenant
        .system
        .carry_through(async move {
            for row in below.iter().rev().chain([&workspace]) {
                lifecycle::remove(&system, row.id).await?;
                if removal.purge {
                    system.database.purge_workspace(row.id)?;
                }
            }
            Ok(())
        })
        .await?;
    Ok(Json(receipt).into_response())
}
