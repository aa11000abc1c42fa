//! `/workspaces/:id/memory`: keys and values, with versions against lost updates.
//!
//! Does not: search; `memories` does.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Tenant;
use super::resources::parsed;
use crate::database::{PairRow, Write};
use crate::fault::Fault;
use crate::problem::Problem;
use crate::tiers::OwnOrAdmin;

#[derive(Deserialize)]
struct Draft {
    #[serde(default)]
    key: String,
    value: Value,
    ttl_seconds: Option<i64>,
    if_match_version: Option<i64>,
}

/// Writes a value, unless another version is there than the one that was expected.
pub(super) async fn write(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    tenant.standing(id)?;
    let draft: Draft = parsed(&body)?;
    if draft.key.is_empty() {
        return Err(Problem::bad_request("key is required"));
    }
    let faults = &tenant.system.faults;
    let expected = draft.if_match_version;
    let write = |expected| {
        let write = Write { key: &draft.key, value: &draft.value, ttl_seconds: draft.ttl_seconds, expected };
        tenant.system.database.write_pair(id, &write)
    };
    let mut written = write(expected)?;
    if written.is_err() && faults.has(Fault::KvIgnoresVersion) {
        written = write(None)?;
    }
    match written {
        Ok(version) => Ok(Json(json!({ "status": "ok", "key": draft.key, "version": version }))),
        Err(current) => {
            let problem = Problem::new(StatusCode::CONFLICT, "if_match_version mismatch");
            let told = if faults.has(Fault::KvConflictWithoutVersions) {
                problem
            } else {
                problem.with("expected_version", expected).with("current_version", current)
            };
            Err(told)
        }
    }
}

/// Everything, by key.
pub(super) async fn list(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
) -> Result<Json<Value>, Problem> {
    tenant.standing(id)?;
    Ok(Json(tenant.system.database.pairs(id)?.iter().map(shown).collect()))
}

/// One value.
pub(super) async fn show(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    Path((_, key)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    tenant.standing(id)?;
    let row = tenant.system.database.pair(id, &key)?.ok_or_else(|| Problem::not_found("key not found"))?;
    Ok(Json(shown(&row)))
}

fn shown(row: &PairRow) -> Value {
    json!({ "key": row.key, "value": row.value, "version": row.version, "updated_at": row.updated_at })
}

/// Deletes a value.
pub(super) async fn remove(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    Path((_, key)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    tenant.standing(id)?;
    if tenant.system.database.delete_pair(id, &key)? {
        Ok(Json(json!({ "status": "deleted" })))
    } else {
        Err(Problem::not_found("key not found"))
    }
}
