//! `/workspaces/:id/memories`: what a workspace remembers, alone, with its team or with everybody.
//!
//! Does not: keep secrets that stand in a memory; `redact` takes them out.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Tenant;
use super::resources::parsed;
use crate::database::{MemoryRow, MemorySearch};
use crate::fault::Fault;
use crate::problem::Problem;
use crate::redact::redact;
use crate::tiers::OwnOrAdmin;

/// The most rows that one listing shows.
const MOST: u32 = 50;

/// How far a memory can reach.
const SCOPES: [&str; 3] = ["LOCAL", "TEAM", "GLOBAL"];

#[derive(Deserialize)]
struct Draft {
    content: String,
    scope: String,
    namespace: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Filter {
    scope: Option<String>,
    namespace: Option<String>,
    q: Option<String>,
    limit: Option<u32>,
}

/// Remembers something.
pub(super) async fn write(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let workspace = tenant.standing(id)?;
    let draft: Draft = parsed(&body)?;
    if draft.content.is_empty() {
        return Err(Problem::bad_request("content is required"));
    }
    if !SCOPES.contains(&draft.scope.as_str()) {
        return Err(Problem::bad_request("scope must be LOCAL, TEAM or GLOBAL"));
    }
    if draft.scope == "GLOBAL" && workspace.parent_id.is_some() {
        let text = "only root workspaces can write GLOBAL memories";
        return Err(Problem::new(StatusCode::FORBIDDEN, text));
    }
    let (system, namespace) = (&tenant.system, draft.namespace.as_deref().unwrap_or("general"));
    let secrets = system.database.secrets_of(tenant.org, id)?;
    let redacted = redact(&draft.content, secrets.iter().filter_map(|secret| secret.value.as_deref()));
    let is_kept = redacted != draft.content && system.faults.has(Fault::MemoryKeepsSecrets);
    let content = if is_kept { draft.content } else { redacted };
    let memory = system.database.remember(&workspace, &draft.scope, namespace, &content)?;
    if system.faults.has(Fault::MemoryLost) {
        system.database.forget(id, &memory)?;
    }
    let answer = json!({ "id": memory, "scope": draft.scope, "namespace": namespace });
    Ok((StatusCode::CREATED, Json(answer)))
}

/// What the workspace can remember, newest first.
pub(super) async fn list(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    Query(filter): Query<Filter>,
) -> Result<Json<Value>, Problem> {
    let workspace = tenant.standing(id)?;
    let search = MemorySearch {
        scope: filter.scope,
        namespace: filter.namespace,
        text: filter.q,
        limit: filter.limit.unwrap_or(MOST).min(MOST),
    };
    let rows = tenant.system.database.memories(&workspace, &search)?;
    Ok(Json(rows.iter().map(shown).collect()))
}

/// What everybody can read says where it comes from: it may be no more than what another agent made up.
fn shown(row: &MemoryRow) -> Value {
    let content = if row.scope == "GLOBAL" {
        format!("[MEMORY id={} scope=GLOBAL from={}]: {}", row.id, row.workspace, row.content)
    } else {
        row.content.clone()
    };
    json!({
        "id": row.id,
        "workspace_id": row.workspace.to_string(),
        "scope": row.scope,
        "namespace": row.namespace,
        "content": content,
        "created_at": row.created_at,
    })
}

/// Forgets a memory of this workspace.
pub(super) async fn forget(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    Path((_, memory)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    tenant.standing(id)?;
    if tenant.system.faults.has(Fault::MemoryDeleteDoesNothing)
        || tenant.system.database.forget(id, &memory)?
    {
        Ok(Json(json!({ "status": "deleted" })))
    } else {
        Err(Problem::not_found("memory not found"))
    }
}
