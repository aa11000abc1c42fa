//! `POST /registry/register`: an agent says where and what it is.
//!
//! Does not: create workspaces; an unknown id is answered with 404.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Tenant;
use crate::admission::{check_delivery, check_url, given};
use crate::database::Address;
use crate::fault::Fault;
use crate::problem::Problem;
use crate::state::{Status, Trigger};
use crate::tiers;
use crate::token;

#[derive(Deserialize)]
struct Registration {
    id: String,
    url: Option<String>,
    agent_card: Value,
    delivery_mode: Option<String>,
}

/// Brings a workspace online with the agent that asks; a removed one stays removed.
pub(super) async fn register(
    State(tenant): State<Arc<Tenant>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let invalid = || Problem::bad_request("invalid request body");
    let registration: Registration = serde_json::from_slice(&body).or(Err(invalid()))?;
    let id = registration.id.parse().or(Err(invalid()))?;
    check_delivery(registration.delivery_mode.as_deref())?;
    let workspace = tenant.existing(id)?;
    tiers::registry(&tenant, &headers, id)?;
    let delivery = given(registration.delivery_mode.as_deref()).unwrap_or(&workspace.delivery_mode);
    let url = given(registration.url.as_deref());
    if delivery == "push" && url.is_none() {
        return Err(Problem::bad_request("url is required for push-mode workspaces"));
    }
    if url.is_some_and(|url| check_url(url).is_err()) {
        return Err(invalid());
    }
    let database = &tenant.system.database;
    let mut answer = json!({ "status": "registered", "delivery_mode": delivery });
    if workspace.status != Status::Removed {
        database.write_card(id, &registration.agent_card, delivery)?;
        if database.live_tokens(id)? == 0 {
            let bearer = token::mint()?;
            database.bind_token(id, &bearer)?;
            answer["auth_token"] = Value::String(bearer);
        }
        if !tenant.system.faults.has(Fault::RegisterIgnored) {
            // Refused for removed rows only, and a late registration must not tell.
            database.advance(id, Trigger::Register, url.map_or(Address::Keep, Address::Set))?.ok();
        }
    }
    Ok(Json(answer))
}
