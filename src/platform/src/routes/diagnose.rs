//! `GET /workspaces/:id/terminal/diagnose`: whether a terminal of this workspace would open, step by step.
//!
//! Does not: open one.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::Tenant;
use crate::fault::Fault;
use crate::problem::Problem;
use crate::tiers::OwnOrAdmin;

/// Walks the way of a terminal up to the first step that fails.
pub(super) async fn diagnose(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
) -> Result<Json<Value>, Problem> {
    let workspace = tenant.standing(id)?;
    let is_up = workspace.is_managed() && workspace.status.is_callable();
    let has_agent = tenant.system.agents.has(id);
    let is_broken = is_up && has_agent && tenant.system.faults.has(Fault::TerminalBroken);
    let way = [("container", is_up), ("agent", has_agent), ("shell", !is_broken)];
    let first = way.iter().position(|(_, holds)| !holds);
    let walked = first.map_or(way.len(), |first| first + 1);
    let steps: Vec<Value> =
        way[..walked].iter().map(|(name, holds)| json!({ "name": name, "ok": holds })).collect();
    let first_failure = first.map(|first| way[first].0);
    Ok(Json(json!({ "ok": first.is_none(), "first_failure": first_failure, "steps": steps })))
}
