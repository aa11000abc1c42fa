//! `/workspaces/:id/tokens`: what proves that a request comes from a workspace.
//!
//! Does not: show a token again; the list has its beginning.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Tenant;
use crate::fault::Fault;
use crate::problem::Problem;
use crate::tiers::OwnOrAdmin;
use crate::token;

/// How many live tokens a workspace may have.
const MOST: u32 = 50;

/// The live tokens, oldest first.
pub(super) async fn list(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
) -> Result<Json<Value>, Problem> {
    tenant.standing(id)?;
    let tokens = tenant.system.database.tokens(id)?;
    Ok(Json(json!({ "count": tokens.len(), "tokens": tokens })))
}

/// Mints a token; the only time that it is shown.
pub(super) async fn mint(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    tenant.standing(id)?;
    let database = &tenant.system.database;
    if database.live_tokens(id)? >= MOST {
        return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many live tokens"));
    }
    let bearer = token::mint()?;
    let shown = if tenant.system.faults.has(Fault::TokenShown) { &bearer } else { token::prefix(&bearer) };
    database.bind_token_shown_as(id, &bearer, shown)?;
    let message = "store this token now: it is not shown again";
    let answer = json!({ "auth_token": bearer, "workspace_id": id.to_string(), "message": message });
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Revokes a token.
pub(super) async fn revoke(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    Path((_, token)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    tenant.standing(id)?;
    let absent = || Problem::not_found("token not found");
    let number = token.parse().or(Err(absent()))?;
    let revoked = tenant.system.faults.has(Fault::RevokedTokenWorks)
        || tenant.system.database.revoke_token(id, number)?;
    if revoked { Ok(Json(json!({ "status": "revoked" }))) } else { Err(absent()) }
}
