//! The routes of what a workspace has, and what they share.
//!
//! Does not: answer; each resource has a file of its own.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::StatusCode;
use serde::de::DeserializeOwned;

use super::table::Table;
use super::{
    Tenant, activity, approvals, chat, config_file, diagnose, memories, notify, operations, org_tokens,
    pairs, secrets, tokens,
};
use crate::database::WorkspaceRow;
use crate::id::WorkspaceId;
use crate::problem::Problem;
use crate::state::Status;

/// One more block of a tenant's routes.
pub(super) fn routes(table: Table<Arc<Tenant>>) -> Table<Arc<Tenant>> {
    table
        // What a workspace has.
        .get("/workspaces/{id}/secrets", secrets::list)
        .post("/workspaces/{id}/secrets", secrets::write)
        .put("/workspaces/{id}/secrets", secrets::write)
        .get("/workspaces/{id}/secrets/values", secrets::values)
        .delete("/workspaces/{id}/secrets/{key}", secrets::remove)
        .get("/workspaces/{id}/tokens", tokens::list)
        .post("/workspaces/{id}/tokens", tokens::mint)
        .delete("/workspaces/{id}/tokens/{token}", tokens::revoke)
        .get("/workspaces/{id}/activity", activity::list)
        .post("/workspaces/{id}/activity", activity::log)
        .post("/workspaces/{id}/notify", notify::notify)
        // The route counts for itself: what is too large for it is far beyond the usual limit.
        .post("/workspaces/{id}/chat/uploads", chat::upload.layer(DefaultBodyLimit::disable()))
        .get("/workspaces/{id}/chat/download", chat::download)
        .get("/workspaces/{id}/memories", memories::list)
        .post("/workspaces/{id}/memories", memories::write)
        .delete("/workspaces/{id}/memories/{memory}", memories::forget)
        .get("/workspaces/{id}/memory", pairs::list)
        .post("/workspaces/{id}/memory", pairs::write)
        .get("/workspaces/{id}/memory/{key}", pairs::show)
        .delete("/workspaces/{id}/memory/{key}", pairs::remove)
        .get("/workspaces/{id}/approvals", approvals::list)
        .post("/workspaces/{id}/approvals", approvals::request)
        .post("/workspaces/{id}/approvals/{approval}/decide", approvals::decide)
        .get("/workspaces/{id}/terminal/diagnose", diagnose::diagnose)
        .get("/workspaces/{id}/files/config.yaml", config_file::show)
        .put("/workspaces/{id}/files/config.yaml", config_file::write)
        // What an organisation has.
        .get("/settings/secrets", secrets::list_global)
        .post("/settings/secrets", secrets::write_global)
        .put("/settings/secrets", secrets::write_global)
        .delete("/settings/secrets/{key}", secrets::remove_global)
        .get("/org/tokens", org_tokens::list)
        .post("/org/tokens", org_tokens::mint)
        .delete("/org/tokens/{token}", org_tokens::revoke)
        .get("/approvals/pending", approvals::pending)
        .get("/admin/liveness", operations::liveness)
        .post("/admin/a2a-queue/drop-stale", operations::drop_stale)
}

/// The body as `T`, or the contract's 400.
pub(super) fn parsed<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    serde_json::from_slice(body).or(Err(Problem::bad_request("invalid request body")))
}

impl Tenant {
    /// The workspace, or the contract's 404; a removed one has nothing any more.
    pub(super) fn standing(&self, id: WorkspaceId) -> Result<WorkspaceRow, Problem> {
        let row = self.existing(id)?;
        if row.status == Status::Removed { Err(Problem::not_found("workspace not found")) } else { Ok(row) }
    }

    /// The workspace, if its container runs; a runtime that the platform starts nothing for has none.
    pub(super) fn contained(&self, id: WorkspaceId) -> Result<WorkspaceRow, Problem> {
        let row = self.standing(id)?;
        if row.is_managed() && row.status.is_callable() {
            return Ok(row);
        }
        let text = "workspace container not running";
        Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, text))
    }
}
