//! `/__platform/faults`: the faults that the platform has, and how often each has bitten.
//!
//! This route is the platform's own; no contract has it, and no live platform.
//!
//! Does not: arm or disarm one; a platform is born with its faults.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::system::System;
use crate::tiers::ControlAdmin;

/// The faults, in the order in which they were asked for.
pub(super) async fn show(_: ControlAdmin, State(system): State<Arc<System>>) -> Json<Value> {
    Json(json!({ "faults": system.faults.bitten() }))
}
