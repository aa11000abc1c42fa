//! Routes that there are not, or are no longer, and that scripts have asked all the same: only a fault answers there.
//!
//! Does not: stand in the table of routes, for that is of what there is.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};

use super::{Tenant, unknown};
use crate::fault::Fault;

/// The routes, each as absent as any other unless its fault is there.
pub(super) fn routes() -> Router<Arc<Tenant>> {
    Router::new()
        .route("/activity", get(activity))
        .route("/workspaces/{id}/shared-context", get(shared_context))
}

/// There is no activity of nobody; the fault answers with nothing at all.
async fn activity(State(tenant): State<Arc<Tenant>>, request: Request) -> Response {
    answer(tenant.system.faults.has(Fault::ActivityAnywhere).then(|| json!([])), request).await
}

/// What a parent shared with its children before there were memories of a team.
async fn shared_context(State(tenant): State<Arc<Tenant>>, request: Request) -> Response {
    let served = tenant.system.faults.has(Fault::SharedContextServed);
    answer(served.then(|| json!({ "files": [] })), request).await
}

async fn answer(faulty: Option<Value>, request: Request) -> Response {
    match faulty {
        Some(body) => Json(body).into_response(),
        None => unknown(request).await.into_response(),
    }
}
