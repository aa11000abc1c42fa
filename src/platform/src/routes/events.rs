//! `/events`: the last hundred status changes, oldest first within the list.
//!
//! Does not: stream; `stream` does.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use super::Tenant;
use crate::problem::Problem;
use crate::tiers::{Named, TenantAdmin};

/// The events of the organisation.
pub(super) async fn of_org(
    _: TenantAdmin,
    State(tenant): State<Arc<Tenant>>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(Value::Array(tenant.system.database.events(tenant.org, None)?)))
}

/// The events of one workspace.
pub(super) async fn of_workspace(
    _: TenantAdmin,
    Named(id): Named,
    State(tenant): State<Arc<Tenant>>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(Value::Array(tenant.system.database.events(tenant.org, Some(id))?)))
}
