//! `GET /cp/admin/workspaces/:id/console`: what the machine of a workspace said while it started.
//!
//! Does not: follow; it is one look.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use crate::problem::Problem;
use crate::system::System;
use crate::tiers::ControlAdmin;

/// A line for each event, and the error of the last boot.
pub(super) async fn show(
    _: ControlAdmin,
    State(system): State<Arc<System>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let absent = || Problem::not_found("workspace not found");
    let id = id.parse().or(Err(absent()))?;
    let row = system.database.workspace_anywhere(id)?.ok_or_else(absent)?;
    let text = |event: &Value, key: &str| event[key].as_str().unwrap_or_default().to_owned();
    let mut lines: Vec<String> = system
        .database
        .events(row.org_id, Some(id))?
        .iter()
        .map(|event| format!("{} {}", text(event, "created_at"), text(event, "event_type")))
        .collect();
    lines.extend(row.last_sample_error.map(|error| format!("error: {error}")));
    Ok(Json(json!({ "output": lines.join("\n") })))
}
