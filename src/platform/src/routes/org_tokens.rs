//! `/org/tokens`: bearers with the authority of the organisation's admin.
//!
//! Does not: show a token again; the list has its beginning.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Tenant;
use super::resources::parsed;
use crate::problem::Problem;
use crate::tiers::TenantAdmin;
use crate::token;

/// How many may be minted within an hour.
const MOST: u32 = 10;

#[derive(Deserialize)]
struct Draft {
    #[serde(default)]
    name: String,
}

/// The live tokens, oldest first.
pub(super) async fn list(_: TenantAdmin, State(tenant): State<Arc<Tenant>>) -> Result<Json<Value>, Problem> {
    let tokens = tenant.system.database.org_tokens(tenant.org)?;
    Ok(Json(json!({ "count": tokens.len(), "tokens": tokens })))
}

/// Mints a token; the only time that it is shown.
pub(super) async fn mint(
    _: TenantAdmin,
    State(tenant): State<Arc<Tenant>>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let draft: Draft = parsed(&body)?;
    let bearer = token::mint()?;
    let database = &tenant.system.database;
    let Some(id) = database.mint_org_token(tenant.org, &draft.name, &bearer, MOST)? else {
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate limit exceeded");
        return Err(problem.with("retry_after", 3600));
    };
    let answer = json!({
        "id": id.to_string(),
        "prefix": token::prefix(&bearer),
        "name": draft.name,
        "auth_token": bearer,
        "warning": "store this token now: it is not shown again",
    });
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Revokes a token.
pub(super) async fn revoke(
    _: TenantAdmin,
    State(tenant): State<Arc<Tenant>>,
    Path(token): Path<String>,
) -> Result<Json<Value>, Problem> {
    let absent = || Problem::not_found("token not found");
    let number = token.parse().or(Err(absent()))?;
    if tenant.system.database.revoke_org_token(tenant.org, number)? {
        Ok(Json(json!({ "status": "revoked" })))
    } else {
        Err(absent())
    }
}
