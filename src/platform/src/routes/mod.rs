//! The routes of the control plane and of a tenant, one file per resource.
//!
//! Does not: know where it listens.

mod a2a;
mod activity;
mod billing;
mod create;
mod events;
mod heartbeat;
mod orgs;
mod purges;
mod queue;
mod register;
mod stream;
mod tenants;
mod test_token;
mod verbs;
mod workspaces;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::database::{OrgRow, WorkspaceRow};
use crate::id::{OrgId, WorkspaceId};
use crate::problem::Problem;
use crate::system::System;
use crate::tiers;

/// One organisation's tenant, as its routes see it.
pub(crate) struct Tenant {
    pub(crate) system: Arc<System>,
    pub(crate) org: OrgId,
    pub(crate) admin_token: String,
    pub(crate) url: String,
}

impl Tenant {
    /// The workspace, also a removed one.
    pub(crate) fn workspace(&self, id: WorkspaceId) -> Result<Option<WorkspaceRow>, Problem> {
        Ok(self.system.database.workspace(self.org, id)?)
    }

    /// The workspace, or the contract's 404.
    pub(crate) fn existing(&self, id: WorkspaceId) -> Result<WorkspaceRow, Problem> {
        self.workspace(id)?.ok_or_else(|| Problem::not_found("workspace not found"))
    }
}

/// The routes of the control plane.
pub(crate) fn control_plane(system: &Arc<System>) -> Router {
    let router = Router::new()
        .route("/health", get(health))
        .route("/cp/admin/orgs", get(orgs::list).post(orgs::create))
        .route("/cp/admin/orgs/{slug}/admin-token", get(orgs::admin_token))
        .route("/cp/admin/tenants/{slug}", delete(tenants::purge))
        .route("/cp/admin/tenants/{slug}/boot-events", get(tenants::boot_events))
        .route("/cp/admin/purges", get(purges::list))
        .with_state(Arc::clone(system));
    counted(system, router)
}

/// The routes of the tenant of `org`, which listens at `url`.
pub(crate) fn tenant(system: &Arc<System>, org: &OrgRow, url: String) -> Router {
    let tenant = Arc::new(Tenant {
        system: Arc::clone(system),
        org: org.id,
        admin_token: org.admin_token.clone(),
        url,
    });
    let router = Router::new()
        .route("/health", get(health))
        .route("/workspaces", get(workspaces::list).post(create::create))
        .route("/workspaces/{id}", get(workspaces::show).delete(workspaces::remove))
        .route("/workspaces/{id}/pause", post(verbs::pause))
        .route("/workspaces/{id}/resume", post(verbs::resume))
        .route("/workspaces/{id}/hibernate", post(verbs::hibernate))
        .route("/workspaces/{id}/restart", post(verbs::restart))
        .route("/workspaces/{id}/a2a", post(a2a::deliver))
        .route("/workspaces/{id}/a2a/queue/{queue_id}", get(queue::show))
        .route("/workspaces/{id}/activity", get(activity::list))
        .route("/workspaces/{id}/events/stream", get(stream::events))
        .route("/registry/register", post(register::register))
        .route("/registry/heartbeat", post(heartbeat::heartbeat))
        .route("/events", get(events::of_org))
        .route("/events/{id}", get(events::of_workspace))
        .route("/admin/workspaces/{id}/llm-billing-mode", get(billing::show))
        .route("/admin/workspaces/{id}/test-token", get(test_token::mint))
        .with_state(Arc::clone(&tenant));
    let router = unknown_named(router).layer(middleware::from_fn_with_state(tenant, tiers::guard));
    counted(system, router)
}

fn unknown_named(router: Router) -> Router {
    router.fallback(unknown).method_not_allowed_fallback(unknown)
}

fn counted(system: &Arc<System>, router: Router) -> Router {
    unknown_named(router).layer(middleware::from_fn_with_state(Arc::clone(system), count))
}

async fn count(State(system): State<Arc<System>>, request: Request, next: Next) -> Response {
    system.requests.fetch_add(1, Ordering::Relaxed);
    next.run(request).await
}

async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// Says loudly that a route does not exist: a typo in a suite must not look like an absent row.
async fn unknown(request: Request) -> Problem {
    let (method, path) = (request.method(), request.uri().path());
    Problem::new(StatusCode::NOT_IMPLEMENTED, format!("this platform has no route {method} {path}"))
}
