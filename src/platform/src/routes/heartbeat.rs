//! `POST /registry/heartbeat`: an agent says how it is doing, and gets the next message that waits for it.
//!
//! Does not: wait for what it does with that.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Tenant;
use crate::database::{Address, Vitals};
use crate::fault::Fault;
use crate::problem::Problem;
use crate::queue;
use crate::state::{Health, Status, Trigger};
use crate::tiers;

#[derive(Deserialize)]
struct Heartbeat {
    workspace_id: String,
    #[serde(default)]
    error_rate: f64,
    sample_error: Option<String>,
    #[serde(default)]
    active_tasks: i64,
    #[serde(default)]
    uptime_seconds: i64,
    current_task: Option<String>,
    monthly_spend: Option<i64>,
    runtime_state: Option<String>,
    #[serde(default)]
    runtime_metadata: Metadata,
}

/// What an agent says of what it does by itself, in place of the platform.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    capabilities: Capabilities,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Capabilities {
    /// It keeps a session, and takes no message that waited.
    session: Option<bool>,
    /// It says its status itself, so nothing is inferred from its errors.
    status: bool,
}

/// Writes the report and lets it degrade, recover or revive the workspace.
pub(super) async fn heartbeat(
    State(tenant): State<Arc<Tenant>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let invalid = || Problem::bad_request("invalid request body");
    let beat: Heartbeat = serde_json::from_slice(&body).or(Err(invalid()))?;
    let id = beat.workspace_id.parse().or(Err(invalid()))?;
    let workspace = tenant.existing(id)?;
    tiers::registry(&tenant, &headers, id)?;
    if tenant.system.faults.has(Fault::HeartbeatsIgnored) {
        return Ok(Json(json!({ "status": "ok" })));
    }
    let mut health = Health::of(beat.error_rate, beat.runtime_state.as_deref() == Some("wedged"));
    if beat.runtime_metadata.capabilities.status {
        health = Health::Fair;
    } else if health == Health::Fair
        && workspace.status == Status::Degraded
        && tenant.system.faults.has(Fault::RecoversTooEarly)
    {
        health = Health::Good;
    }
    let vitals = Vitals {
        error_rate: beat.error_rate,
        sample_error: beat.sample_error,
        active_tasks: beat.active_tasks,
        uptime_seconds: beat.uptime_seconds,
        current_task: beat.current_task,
        monthly_spend: beat.monthly_spend,
        native_session: beat.runtime_metadata.capabilities.session,
    };
    let database = &tenant.system.database;
    database.write_vitals(id, &vitals)?;
    if workspace.status == Status::Removed && tenant.system.faults.has(Fault::RemovedRevives) {
        database.force(id, Status::Online, Address::Set("http://127.0.0.1:9/"))?;
    }
    // Refused for removed rows only: a late heartbeat is heard, and resurrects nothing.
    database.advance(id, Trigger::Heartbeat(health), Address::Keep)?.ok();
    queue::drain(&tenant.system, &tenant.existing(id)?)?;
    Ok(Json(json!({ "status": "ok" })))
}
