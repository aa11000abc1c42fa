//! `POST /registry/update-card`: an agent says what it is, and nothing else changes.
//!
//! Does not: bring a workspace online; that is `register`.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Tenant;
use crate::fault::Fault;
use crate::problem::Problem;
use crate::state::Status;
use crate::tiers;

#[derive(Deserialize)]
struct Card {
    workspace_id: String,
    agent_card: Value,
}

/// Replaces the agent card.
pub(super) async fn update(
    State(tenant): State<Arc<Tenant>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let invalid = || Problem::bad_request("invalid request body");
    let card: Card = serde_json::from_slice(&body).or(Err(invalid()))?;
    let id = card.workspace_id.parse().or(Err(invalid()))?;
    let workspace = tenant.existing(id)?;
    if workspace.status == Status::Removed {
        return Err(Problem::not_found("workspace not found"));
    }
    tiers::registry(&tenant, &headers, id)?;
    if tenant.system.faults.has(Fault::CardLost) {
        return Ok(Json(json!({ "status": "updated" })));
    }
    let database = &tenant.system.database;
    database.write_card(id, &card.agent_card, &workspace.delivery_mode)?;
    database.tell(id, "AGENT_CARD_UPDATED", &json!({ "agent_card": card.agent_card }))?;
    Ok(Json(json!({ "status": "updated" })))
}
