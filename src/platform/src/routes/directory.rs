//! `/registry/{discover, :id/peers, check-access}`: who is there, and who may speak to whom.
//!
//! Does not: decide that; `hierarchy` does.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Tenant;
use crate::database::WorkspaceRow;
use crate::fault::Fault;
use crate::hierarchy::Hierarchy;
use crate::id::WorkspaceId;
use crate::problem::Problem;
use crate::state::Status;
use crate::tiers::{self, Named};
use crate::views;

#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    q: String,
}

#[derive(Deserialize)]
struct Pair {
    caller_id: String,
    target_id: String,
}

/// Where a workspace is, for another that may speak to it.
pub(super) async fn discover(
    Named(id): Named,
    State(tenant): State<Arc<Tenant>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    let refused = || Problem::new(StatusCode::FORBIDDEN, "not authorized to discover this workspace");
    let Some(name) = headers.get("x-workspace-id") else {
        return Err(Problem::bad_request("X-Workspace-ID header is required"));
    };
    let caller = name.to_str().ok().and_then(|name| name.parse().ok()).ok_or_else(refused)?;
    let caller = present(&tenant, caller)?.ok_or_else(refused)?;
    let target = present(&tenant, id)?.ok_or_else(|| Problem::not_found("workspace not found"))?;
    if !Hierarchy::around(&tenant.system.database, &caller)?.reaches(&caller, &target)
        && !tenant.system.faults.has(Fault::DiscoverOpen)
    {
        return Err(refused());
    }
    let Some(url) = target.url.as_deref().filter(|_| target.status.is_callable()) else {
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "workspace not available");
        return Err(problem.with("status", target.status.word()));
    };
    Ok(Json(json!({ "id": id.to_string(), "url": url, "name": target.name })))
}

/// The siblings, the children and the parent of a workspace, oldest first; `q` narrows by name and role.
pub(super) async fn peers(
    Named(id): Named,
    State(tenant): State<Arc<Tenant>>,
    headers: HeaderMap,
    Query(search): Query<Search>,
) -> Result<Json<Value>, Problem> {
    tiers::registry(&tenant, &headers, id)?;
    let workspace = present(&tenant, id)?.ok_or_else(|| Problem::not_found("workspace not found"))?;
    let hierarchy = Hierarchy::around(&tenant.system.database, &workspace)?;
    let wanted = search.q.to_lowercase();
    let holds = |text: &str| text.to_lowercase().contains(&wanted);
    let mut peers: Vec<&WorkspaceRow> = hierarchy
        .peers(&workspace)
        .filter(|row| holds(&row.name) || row.role.as_deref().is_some_and(holds))
        .collect();
    peers.sort_by_key(|row| row.sequence);
    if !peers.is_empty() && tenant.system.faults.has(Fault::PeersEmpty) {
        peers.clear();
    }
    if tenant.system.faults.has(Fault::PeersWithItself) {
        peers.push(&workspace);
    }
    Ok(Json(peers.into_iter().map(views::peer).collect()))
}

/// Whether one workspace may speak to another.
pub(super) async fn check_access(
    State(tenant): State<Arc<Tenant>>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let invalid = || Problem::bad_request("invalid request body");
    let pair: Pair = serde_json::from_slice(&body).or(Err(invalid()))?;
    let caller = present(&tenant, pair.caller_id.parse().or(Err(invalid()))?)?;
    let target = present(&tenant, pair.target_id.parse().or(Err(invalid()))?)?;
    let allowed = match (caller, target) {
        (Some(caller), Some(target)) => {
            Hierarchy::around(&tenant.system.database, &caller)?.reaches(&caller, &target)
        }
        _ => false,
    };
    let allowed = allowed || tenant.system.faults.has(Fault::AccessAlwaysAllowed);
    Ok(Json(json!({ "allowed": allowed })))
}

/// The workspace, unless it is removed.
fn present(tenant: &Tenant, id: WorkspaceId) -> Result<Option<WorkspaceRow>, Problem> {
    Ok(tenant.workspace(id)?.filter(|row| row.status != Status::Removed))
}
