//! `/cp/admin/tenants`: the end of an organisation, and the proof of its absence.
//!
//! Does not: create anything.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::lifecycle;
use crate::problem::Problem;
use crate::system::System;
use crate::tiers::ControlAdmin;

/// Purges an organisation and answers when nothing of it is left; a second time it answers with the first receipt.
pub(super) async fn purge(
    _: ControlAdmin,
    State(system): State<Arc<System>>,
    Path(slug): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let confirmed = serde_json::from_slice::<Value>(&body).is_ok_and(|body| body["confirm"] == slug.as_str());
    if !confirmed && !system.faults.has(Fault::PurgeUnconfirmed) {
        return Err(Problem::bad_request("confirm field must equal the URL slug"));
    }
    let Some(org) = system.database.org(&slug)? else {
        let earlier = system.database.purges(Some(&slug), 1)?;
        let Some(purge) = earlier.first() else { return Err(absent(&slug)) };
        return Ok(Json(receipt(&slug, &purge["id"], &purge["org_id"])));
    };
    let id = org.id.to_string();
    if system.faults.has(Fault::OrgDeleteLeavesInstance) {
        return Ok(Json(receipt(&slug, &Value::Null, &Value::from(id))));
    }
    let shared = Arc::clone(&system);
    let purge = system.carry_through(async move { Ok(lifecycle::purge(&shared, &org).await?) }).await?;
    Ok(Json(receipt(&slug, &Value::from(purge), &Value::from(id))))
}

/// What is known of an organisation's boot; its 404 is the authoritative proof that the organisation is gone.
pub(super) async fn boot_events(
    _: ControlAdmin,
    State(system): State<Arc<System>>,
    Path(slug): Path<String>,
) -> Result<Json<Value>, Problem> {
    let Some(org) = system.database.org(&slug)? else { return Err(absent(&slug)) };
    let event = json!({ "stage": org.instance_status, "created_at": org.created_at });
    Ok(Json(json!({ "slug": slug, "org_id": org.id.to_string(), "events": [event] })))
}

fn absent(slug: &str) -> Problem {
    Problem::not_found("org not found").with("slug", slug)
}

fn receipt(slug: &str, purge: &Value, org: &Value) -> Value {
    json!({ "deleted": true, "slug": slug, "purge_id": purge, "org_id": org })
}
