//! `POST /admin/workspaces/:id/bootstrap-failed`: whoever watches a boot from outside gives it up.
//!
//! Does not: keep the tail of the log; only the error is shown.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Tenant;
use crate::problem::Problem;
use crate::tiers::{Named, TenantAdmin};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Report {
    error: String,
}

/// Moves a workspace that is being provisioned to `failed`; any other stays as it is.
pub(super) async fn failed(
    _: TenantAdmin,
    Named(id): Named,
    State(tenant): State<Arc<Tenant>>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let report: Report = super::object(&body).ok_or_else(|| Problem::bad_request("invalid request body"))?;
    let workspace = tenant.existing(id)?;
    let moved = tenant.system.database.fail_boot(id, workspace.boot, &report.error)?;
    Ok(Json(match moved {
        Ok(_) => json!({ "ok": true }),
        Err(_) => json!({ "ok": true, "no_change": true }),
    }))
}
