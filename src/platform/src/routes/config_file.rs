//! `/workspaces/:id/files/config.yaml`: the configuration that an agent starts with.
//!
//! Does not: read it; agents do.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Tenant;
use super::resources::parsed;
use crate::fault::Fault;
use crate::problem::Problem;
use crate::tiers::OwnOrAdmin;

/// Where it lies.
const PATH: &str = "/configs/config.yaml";

#[derive(Deserialize)]
struct Draft {
    content: String,
}

/// Writes it.
pub(super) async fn write(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    tenant.contained(id)?;
    let draft: Draft = parsed(&body)?;
    if !tenant.system.faults.has(Fault::ConfigLost) {
        tenant.system.database.write_file(id, PATH, "application/yaml", draft.content.as_bytes())?;
    }
    Ok(Json(json!({ "status": "saved", "path": "config.yaml" })))
}

/// Shows it.
pub(super) async fn show(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
) -> Result<Json<Value>, Problem> {
    tenant.contained(id)?;
    let file = tenant.system.database.file(id, PATH)?;
    let file = file.ok_or_else(|| Problem::not_found("file not found"))?;
    Ok(Json(json!({ "path": "config.yaml", "content": String::from_utf8_lossy(&file.bytes) })))
}
