//! `/workspaces/:id/secrets` and its global twin `/settings/secrets`: what agents get into their environment.
//!
//! Does not: show a value, but at `/secrets/values`, where the workspace itself fetches them.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Tenant;
use super::resources::parsed;
use crate::database::{Owner, SecretRow, WorkspaceRow};
use crate::fault::Fault;
use crate::lifecycle;
use crate::problem::Problem;
use crate::state::Trigger;
use crate::tiers::{OwnOrAdmin, TenantAdmin};

#[derive(Deserialize)]
struct Draft {
    key: String,
    value: String,
}

/// What a workspace has, without any value.
pub(super) async fn list(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
) -> Result<Json<Value>, Problem> {
    tenant.standing(id)?;
    Ok(shown(&tenant, &tenant.system.database.secrets_of(tenant.org, id)?))
}

/// What every workspace has, without any value.
pub(super) async fn list_global(
    _: TenantAdmin,
    State(tenant): State<Arc<Tenant>>,
) -> Result<Json<Value>, Problem> {
    Ok(shown(&tenant, &tenant.system.database.secrets(Owner::Org(tenant.org))?))
}

fn shown(tenant: &Tenant, secrets: &[SecretRow]) -> Json<Value> {
    let is_open = !secrets.is_empty() && tenant.system.faults.has(Fault::SecretValueShown);
    let row = |secret: &SecretRow| {
        let mut row = json!({
            "key": secret.key,
            "has_value": true,
            "scope": secret.scope,
            "created_at": secret.created_at,
            "updated_at": secret.updated_at,
        });
        if is_open {
            row["value"] = json!(secret.value);
        }
        row
    };
    Json(secrets.iter().map(row).collect())
}

/// Keys and values, for the workspace's agent; when one value cannot be trusted, none is given.
pub(super) async fn values(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
) -> Result<Json<Value>, Problem> {
    tenant.standing(id)?;
    let (mut values, mut failed) = (Map::new(), Vec::new());
    for secret in tenant.system.database.secrets_of(tenant.org, id)? {
        match secret.value {
            Some(value) => drop(values.insert(secret.key, Value::String(value))),
            None => failed.push(secret.key),
        }
    }
    if failed.is_empty() {
        return Ok(Json(Value::Object(values)));
    }
    let text = "failed to read secrets";
    Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, text).with("failed_keys", failed))
}

/// Writes a secret and restarts the workspace, whose agent gets its environment when it starts.
pub(super) async fn write(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let workspace = tenant.standing(id)?;
    let draft = draft(&body)?;
    tenant.system.database.write_secret(Owner::Workspace(id), &draft.key, &draft.value)?;
    restart(&tenant, &workspace).await?;
    Ok(Json(json!({ "status": "saved", "key": draft.key })))
}

/// Writes a secret of everybody and restarts whoever runs.
pub(super) async fn write_global(
    _: TenantAdmin,
    State(tenant): State<Arc<Tenant>>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let draft = draft(&body)?;
    tenant.system.database.write_secret(Owner::Org(tenant.org), &draft.key, &draft.value)?;
    restart_all(&tenant).await?;
    Ok(Json(json!({ "status": "saved", "key": draft.key })))
}

/// Deletes a secret of a workspace.
pub(super) async fn remove(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    Path((_, key)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let workspace = tenant.standing(id)?;
    delete(&tenant, Owner::Workspace(id), &key)?;
    restart(&tenant, &workspace).await?;
    Ok(Json(json!({ "status": "deleted", "key": key })))
}

/// Deletes a secret of everybody.
pub(super) async fn remove_global(
    _: TenantAdmin,
    State(tenant): State<Arc<Tenant>>,
    Path(key): Path<String>,
) -> Result<Json<Value>, Problem> {
    delete(&tenant, Owner::Org(tenant.org), &key)?;
    restart_all(&tenant).await?;
    Ok(Json(json!({ "status": "deleted", "key": key })))
}

fn delete(tenant: &Tenant, owner: Owner, key: &str) -> Result<(), Problem> {
    let database = &tenant.system.database;
    let is_there = database.secrets(owner)?.iter().any(|secret| secret.key == key);
    if is_there && tenant.system.faults.has(Fault::SecretDeleteDoesNothing) {
        return Ok(());
    }
    if database.delete_secret(owner, key)? { Ok(()) } else { Err(Problem::not_found("secret not found")) }
}

/// A key is the name of an environment variable.
fn draft(body: &Bytes) -> Result<Draft, Problem> {
    let draft: Draft = parsed(body)?;
    let is_name = draft.key.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && draft.key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    if is_name { Ok(draft) } else { Err(Problem::bad_request("invalid secret key")) }
}

async fn restart_all(tenant: &Arc<Tenant>) -> Result<(), Problem> {
    for workspace in tenant.system.database.workspaces(Some(tenant.org))? {
        if workspace.status.is_callable() {
            restart(tenant, &workspace).await?;
        }
    }
    Ok(())
}

async fn restart(tenant: &Arc<Tenant>, workspace: &WorkspaceRow) -> Result<(), Problem> {
    if !workspace.is_managed() || tenant.system.faults.has(Fault::SecretWriteKeepsRunning) {
        return Ok(());
    }
    let (system, workspace) = (Arc::clone(&tenant.system), workspace.clone());
    tenant
        .system
        .carry_through(async move {
            // Refused when somebody removed it in between; then there is nothing to restart.
            lifecycle::reboot(&system, &workspace, Trigger::Restart).await?.ok();
            Ok(())
        })
        .await
}
