//! `/__platform/instances`: the machines below the organisations, as a cloud would list and end them.
//!
//! These routes are the platform's own; no contract has them, and no live platform.
//!
//! Does not: change what the control plane says.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use crate::problem::Problem;
use crate::system::System;
use crate::tiers::ControlAdmin;

/// Every machine that runs.
pub(super) async fn list(_: ControlAdmin, State(system): State<Arc<System>>) -> Result<Json<Value>, Problem> {
    Ok(Json(json!({ "instances": system.database.instances()? })))
}

/// Ends a machine.
pub(super) async fn end(
    _: ControlAdmin,
    State(system): State<Arc<System>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    if !system.database.end_instance(&id)? {
        return Err(Problem::not_found("no such instance").with("id", id));
    }
    Ok(Json(json!({ "id": id, "state": "terminated" })))
}
