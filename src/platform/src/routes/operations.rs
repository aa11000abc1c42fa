//! `/admin/liveness` and `/admin/a2a-queue/drop-stale`: what an operator asks and tidies.
//!
//! Does not: restart anything.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Tenant;
use crate::clock;
use crate::problem::Problem;
use crate::tiers::TenantAdmin;

/// How old a queued message is before it is stale: an hour, unless the operator says another number of minutes.
const STALE_MINUTES: i64 = 60;

/// The background work that lives; what has died is not in the list.
pub(super) async fn liveness(
    _: TenantAdmin,
    State(tenant): State<Arc<Tenant>>,
) -> Result<Json<Value>, Problem> {
    let alive = json!({ "last_tick_at": clock::timestamp(), "seconds_ago": 0 });
    let mut subsystems = json!({ "database": alive });
    if !tenant.system.ledger.is_closed() {
        subsystems["activity_recorder"] = alive;
    }
    tenant.system.database.setting("liveness")?;
    Ok(Json(json!({ "subsystems": subsystems })))
}

#[derive(Deserialize)]
pub(super) struct Age {
    max_age_minutes: Option<i64>,
}

/// Drops what has waited too long in this organisation.
pub(super) async fn drop_stale(
    _: TenantAdmin,
    State(tenant): State<Arc<Tenant>>,
    Query(Age { max_age_minutes }): Query<Age>,
) -> Result<Json<Value>, Problem> {
    let minutes = max_age_minutes.unwrap_or(STALE_MINUTES).max(0);
    Ok(Json(json!({ "dropped": tenant.system.database.drop_stale(tenant.org, minutes)? })))
}
