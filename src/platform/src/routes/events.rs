//! `/events`: the last hundred status changes, oldest first within the list.
//!
//! Does not: stream; `stream` does.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use super::Tenant;
use crate::clock;
use crate::fault::Fault;
use crate::problem::Problem;
use crate::tiers::{Named, TenantAdmin};

/// How slow a clock is that a fault has set back.
const SLOW: Duration = Duration::from_secs(60 * 60);

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
    let mut events = tenant.system.database.events(tenant.org, Some(id))?;
    if !events.is_empty() && tenant.system.faults.has(Fault::EventsLost) {
        events.clear();
    }
    if !events.is_empty() && tenant.system.faults.has(Fault::EventsDatedEarly) {
        for event in &mut events {
            event["created_at"] =
                Value::from(clock::earlier(event["created_at"].as_str().unwrap_or_default(), SLOW));
        }
    }
    Ok(Json(Value::Array(events)))
}
