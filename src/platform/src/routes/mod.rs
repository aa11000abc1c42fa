//! The routes of the control plane and of a tenant, one file per resource.
//!
//! Does not: know where it listens.

mod a2a;
mod absent;
mod activity;
mod agents;
mod approvals;
mod audit;
mod billing;
mod bootstrap;
mod card;
mod chat;
mod clock;
mod config_file;
mod console;
mod create;
mod delegations;
mod diagnose;
mod directory;
mod events;
mod faults;
mod heartbeat;
mod instances;
mod memories;
mod notify;
mod operations;
mod org_tokens;
mod orgs;
mod pairs;
mod patch;
mod purges;
mod queue;
mod register;
mod resources;
mod secrets;
mod standing;
mod stream;
mod table;
mod tenants;
mod test_token;
mod tokens;
mod verbs;
mod workspaces;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::{Json, Router};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

pub(crate) use self::a2a::send;
use self::table::Table;
pub use self::table::{Route, Server};
use crate::database::{OrgRow, WorkspaceRow};
use crate::fault::Fault;
use crate::id::{OrgId, WorkspaceId};
use crate::problem::Problem;
use crate::rate::{self, Limiter};
use crate::system::System;
use crate::tiers;
use crate::wire;

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
        if self.system.faults.has(Fault::DatabaseBusy) {
            return Err(Problem::unavailable());
        }
        Ok(self.system.database.workspace(self.org, id)?)
    }

    /// Refuses what nobody is there to do.
    pub(crate) fn provisioner(&self) -> Result<(), Problem> {
        if self.system.faults.has(Fault::NoProvisioner) {
            return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "provisioner not available"));
        }
        Ok(())
    }

    /// The workspace, or the contract's 404.
    pub(crate) fn existing(&self, id: WorkspaceId) -> Result<WorkspaceRow, Problem> {
        self.workspace(id)?.ok_or_else(|| Problem::not_found("workspace not found"))
    }
}

/// Every route that a platform has, control plane first.
pub fn routes() -> impl Iterator<Item = Route> {
    on_control_plane().into_listed().into_iter().chain(on_tenant().into_listed())
}

fn on_control_plane() -> Table<Arc<System>> {
    Table::new(Server::ControlPlane)
        .get("/health", health)
        .get("/cp/admin/orgs", orgs::list)
        .post("/cp/admin/orgs", orgs::create)
        .get("/cp/admin/orgs/{slug}/admin-token", orgs::admin_token)
        .delete("/cp/admin/tenants/{slug}", tenants::purge)
        .get("/cp/admin/tenants/{slug}/boot-events", tenants::boot_events)
        .get("/cp/admin/purges", purges::list)
        .get("/cp/admin/workspaces/{id}/console", console::show)
        // The platform's own: no contract has them, and no live platform.
        .get("/__platform/audit", audit::show)
        .get("/__platform/faults", faults::show)
        .get("/__platform/instances", instances::list)
        .delete("/__platform/instances/{instance}", instances::end)
        .get("/__platform/orgs/{slug}/clock", clock::show)
        .post("/__platform/orgs/{slug}/clock", clock::advance)
        .post("/__platform/orgs/{slug}/agents", agents::plan)
        .get("/__platform/orgs/{slug}/workspaces/{id}/agent", agents::show)
        .post("/__platform/orgs/{slug}/workspaces/{id}/agent", agents::direct)
}

fn on_tenant() -> Table<Arc<Tenant>> {
    Table::new(Server::Tenant)
        .get("/health", health)
        // Workspaces and their lifecycle.
        .get("/workspaces", workspaces::list)
        .post("/workspaces", create::create)
        .get("/workspaces/{id}", workspaces::show)
        .patch("/workspaces/{id}", patch::patch)
        .delete("/workspaces/{id}", workspaces::remove)
        .get("/workspaces/{id}/state", standing::show)
        .post("/workspaces/{id}/pause", verbs::pause)
        .post("/workspaces/{id}/resume", verbs::resume)
        .post("/workspaces/{id}/hibernate", verbs::hibernate)
        .post("/workspaces/{id}/restart", verbs::restart)
        // Messages.
        .post("/workspaces/{id}/a2a", a2a::deliver)
        .get("/workspaces/{id}/a2a/queue/{queue_id}", queue::show)
        .post("/workspaces/{id}/delegate", delegations::delegate)
        .get("/workspaces/{id}/delegations", delegations::list)
        // The registry.
        .post("/registry/register", register::register)
        .post("/registry/heartbeat", heartbeat::heartbeat)
        .post("/registry/update-card", card::update)
        .get("/registry/discover/{id}", directory::discover)
        .get("/registry/{id}/peers", directory::peers)
        .post("/registry/check-access", directory::check_access)
        // What happened.
        .get("/workspaces/{id}/events/stream", stream::events)
        .get("/events", events::of_org)
        .get("/events/{id}", events::of_workspace)
        // Operations.
        .get("/admin/workspaces/{id}/llm-billing-mode", billing::show)
        .get("/admin/workspaces/{id}/test-token", test_token::mint)
        .post("/admin/workspaces/{id}/bootstrap-failed", bootstrap::failed)
        .also(resources::routes)
}

/// The routes of the control plane.
pub(crate) fn control_plane(system: &Arc<System>) -> Router {
    counted(system, "", on_control_plane().into_router().with_state(Arc::clone(system)))
}

/// The routes of the tenant of `org`, which listens at `url`.
pub(crate) fn tenant(system: &Arc<System>, org: &OrgRow, url: String) -> Router {
    let tenant = Arc::new(Tenant {
        system: Arc::clone(system),
        org: org.id,
        admin_token: org.admin_token.clone(),
        url,
    });
    let router = on_tenant().into_router().merge(absent::routes());
    let router = unknown_named(router.with_state(Arc::clone(&tenant)));
    counted(system, &org.slug, router.layer(middleware::from_fn_with_state(tenant, tiers::guard)))
}

fn unknown_named(router: Router) -> Router {
    router.fallback(unknown).method_not_allowed_fallback(unknown)
}

/// Counts the requests of one server, limits them and writes them down, behind the faults that are on the wire; `tenant`
/// is the slug of its organisation.
fn counted(system: &Arc<System>, tenant: &str, router: Router) -> Router {
    let desk = audit::Desk { system: Arc::clone(system), tenant: tenant.to_owned() };
    let mut router = unknown_named(router);
    if let Some(limit) = system.rate_limit {
        router = router.layer(middleware::from_fn_with_state(Limiter::new(limit), rate::limit));
    }
    let router = router
        .layer(middleware::from_fn_with_state(desk, audit::write_down))
        .layer(middleware::from_fn_with_state(Arc::clone(system), count));
    wire::before(router, &system.faults)
}

async fn count(State(system): State<Arc<System>>, request: Request, next: Next) -> Response {
    system.requests.fetch_add(1, Ordering::Relaxed);
    next.run(request).await
}

/// The object in a body. What is no object is none, also where an array would have a value for each field.
fn object<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let object: Map<String, Value> = serde_json::from_slice(body).ok()?;
    serde_json::from_value(Value::Object(object)).ok()
}

async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// Says loudly that a route does not exist: a typo in a suite must not look like an absent row.
async fn unknown(request: Request) -> Problem {
    let (method, path) = (request.method(), request.uri().path());
    Problem::new(StatusCode::NOT_IMPLEMENTED, format!("this platform has no route {method} {path}"))
}
