//! `/cp/admin/purges`: the durable proof of teardown.
//!
//! Does not: purge.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::problem::Problem;
use crate::system::System;
use crate::tiers::ControlAdmin;

#[derive(Deserialize)]
pub(super) struct Page {
    limit: Option<u32>,
}

/// The purges, newest first.
pub(super) async fn list(
    _: ControlAdmin,
    State(system): State<Arc<System>>,
    Query(page): Query<Page>,
) -> Result<Json<Value>, Problem> {
    let purges = system.database.purges(None, page.limit.unwrap_or(100))?;
    Ok(Json(json!({ "purges": purges })))
}
