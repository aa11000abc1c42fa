//! `GET /admin/workspaces/:id/test-token`: a token of a workspace, for tests of its tier.
//!
//! Does not: show an existing one; they are kept as digests.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Tenant;
use crate::fault::Fault;
use crate::problem::Problem;
use crate::state::Status;
use crate::tiers::{Named, TenantAdmin};
use crate::token;

/// How many live tokens a workspace may have.
const MOST: u32 = 50;

/// Mints a token.
pub(super) async fn mint(
    _: TenantAdmin,
    Named(id): Named,
    State(tenant): State<Arc<Tenant>>,
) -> Result<Json<Value>, Problem> {
    if tenant.system.faults.has(Fault::TestTokenRefused) {
        return Err(Problem::unauthorized("admin auth required"));
    }
    if tenant.existing(id)?.status == Status::Removed {
        return Err(Problem::not_found("workspace not found"));
    }
    if tenant.system.database.live_tokens(id)? >= MOST {
        return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many live tokens"));
    }
    let bearer = token::mint()?;
    tenant.system.database.bind_token(id, &bearer)?;
    Ok(Json(json!({ "auth_token": bearer, "workspace_id": id.to_string() })))
}
