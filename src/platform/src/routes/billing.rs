//! `GET /admin/workspaces/:id/llm-billing-mode`: who pays for a workspace's model.
//!
//! Does not: bill.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::Tenant;
use crate::catalogue;
use crate::fault::Fault;
use crate::problem::Problem;
use crate::tiers::{Named, TenantAdmin};

/// `platform_managed` for a model that the platform pays for, `byok` otherwise.
pub(super) async fn show(
    _: TenantAdmin,
    Named(id): Named,
    State(tenant): State<Arc<Tenant>>,
) -> Result<Json<Value>, Problem> {
    if tenant.system.faults.has(Fault::NoBillingMode) {
        return Err(Problem::not_found("404 page not found"));
    }
    let workspace = tenant.existing(id)?;
    let is_platform = workspace.provider.as_deref() == Some(catalogue::PLATFORM)
        || tenant.system.faults.has(Fault::BilledToPlatform);
    let mode = if is_platform { "platform_managed" } else { "byok" };
    Ok(Json(json!({ "resolved_mode": mode, "provider_selection": workspace.provider })))
}
