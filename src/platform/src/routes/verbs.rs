//! `/workspaces/:id/{pause,resume,hibernate,restart}`: the lifecycle verbs.
//!
//! Does not: decide what is legal; that is `state`.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Tenant;
use crate::database::WorkspaceRow;
use crate::fault::Fault;
use crate::lifecycle;
use crate::problem::Problem;
use crate::state::{self, Status, Trigger};
use crate::tiers::OwnOrAdmin;

#[derive(Deserialize)]
pub(super) struct Cascade {
    #[serde(default)]
    cascade: bool,
}

#[derive(Deserialize)]
pub(super) struct Force {
    #[serde(default)]
    force: bool,
}

#[derive(Deserialize)]
pub(super) struct Reset {
    #[serde(default)]
    reset: bool,
}

/// The body of a restart; which template it boots from makes no difference to an embedded agent.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Restart {
    reset: bool,
}

/// Takes a workspace out of service until it is resumed.
pub(super) async fn pause(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    Query(Cascade { cascade }): Query<Cascade>,
) -> Result<Json<Value>, Problem> {
    let refused = || Problem::not_found("workspace not found or already paused");
    let workspace = tenant.workspace(id)?.ok_or_else(refused)?;
    if state::transition(workspace.status, Trigger::Pause).is_err()
        && !(workspace.status == Status::Paused && tenant.system.faults.has(Fault::PauseTwice))
    {
        return Err(refused());
    }
    let mut below = tenant.system.database.descendants(id)?;
    below.retain(|row| row.status != Status::Paused);
    if !below.is_empty() && !cascade {
        let descendants: Vec<String> = below.iter().map(|row| row.id.to_string()).collect();
        let text = "workspace has descendants; use ?cascade=true to pause them too";
        return Err(Problem::new(StatusCode::CONFLICT, text).with("descendants", descendants));
    }
    let receipt = json!({ "status": "paused", "paused_count": below.len() + 1 });
    if tenant.system.faults.has(Fault::PauseDoesNothing) {
        return Ok(Json(receipt));
    }
    if !below.is_empty() && tenant.system.faults.has(Fault::CascadeIgnored) {
        below.clear();
    }
    let system = Arc::clone(&tenant.system);
    tenant
        .system
        .carry_through(async move {
            for row in below.iter().rev().chain([&workspace]) {
                // A row that moved on in between is not ours to pause any more.
                lifecycle::withdraw(&system, row.id, Trigger::Pause).await?.ok();
            }
            Ok(())
        })
        .await?;
    Ok(Json(receipt))
}

/// Boots a paused workspace again, with `?cascade=true` also the paused ones below it.
pub(super) async fn resume(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    Query(Cascade { cascade }): Query<Cascade>,
) -> Result<Json<Value>, Problem> {
    tenant.provisioner()?;
    let refused = || Problem::not_found("workspace not found or not paused");
    let workspace = tenant.workspace(id)?.ok_or_else(refused)?;
    if workspace.status != Status::Paused {
        return Err(refused());
    }
    refuse_below_paused(&tenant, &workspace)?;
    let mut rows = vec![workspace];
    if cascade {
        let below = tenant.system.database.descendants(id)?;
        rows.extend(below.into_iter().filter(|row| row.status == Status::Paused));
    }
    let system = Arc::clone(&tenant.system);
    let resumed = tenant
        .system
        .carry_through(async move {
            let mut resumed = 0;
            for row in &rows {
                if system.faults.has(Fault::ResumeSkipsProvisioning) {
                    lifecycle::skip_boot(&system, row).await.or(Err(Problem::unavailable()))?;
                    resumed += 1;
                } else if row.is_managed() {
                    resumed += u32::from(lifecycle::reboot(&system, row, Trigger::Resume).await?.is_ok());
                } else {
                    resumed += u32::from(lifecycle::revive(&system, row)?.is_ok());
                }
            }
            Ok(resumed)
        })
        .await?;
    if resumed == 0 {
        return Err(refused());
    }
    Ok(Json(json!({ "status": "provisioning", "resumed_count": resumed })))
}

/// Puts a workspace to sleep until a message arrives.
pub(super) async fn hibernate(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    Query(Force { force }): Query<Force>,
) -> Result<Json<Value>, Problem> {
    let text = "workspace not found or not in a hibernatable state (must be online or degraded)";
    let refused = || Problem::not_found(text);
    let workspace = tenant.workspace(id)?.ok_or_else(refused)?;
    if state::transition(workspace.status, Trigger::Hibernate).is_err() {
        return Err(refused());
    }
    let faults = &tenant.system.faults;
    if workspace.active_tasks > 0 && !force && !faults.has(Fault::HibernateIgnoresTasks) {
        let text = "workspace has active tasks; use ?force=true to terminate them";
        return Err(Problem::new(StatusCode::CONFLICT, text).with("active_tasks", workspace.active_tasks));
    }
    let is_left = workspace.active_tasks > 0 && faults.has(Fault::ForceNeverClaims);
    if !is_left && !faults.has(Fault::HibernateDoesNothing) {
        let system = Arc::clone(&tenant.system);
        let slept = tenant
            .system
            .carry_through(async move { Ok(lifecycle::hibernate(&system, id, Trigger::Hibernate).await?) })
            .await?;
        if slept.is_err() {
            return Err(refused());
        }
    }
    Ok(Json(json!({ "status": "hibernated" })))
}

/// Boots a workspace anew from whatever status it is in.
pub(super) async fn restart(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    Query(asked): Query<Reset>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    // The body is optional, and so is each of its keys.
    let reset = asked.reset || serde_json::from_slice::<Restart>(&body).unwrap_or_default().reset;
    tenant.provisioner()?;
    let workspace = tenant.existing(id)?;
    refuse_below_paused(&tenant, &workspace)?;
    if !workspace.is_managed() {
        let message = "this runtime is not started by the platform";
        return Ok(Json(json!({ "status": "noop", "runtime": workspace.runtime, "message": message })));
    }
    let config = format!("/configs/{id}");
    let receipt = json!({ "status": "provisioning", "config_dir": config, "reset_session": reset });
    let system = Arc::clone(&tenant.system);
    if system.faults.has(Fault::RestartReturnsEarly) {
        return Ok(Json(receipt));
    }
    let restarted = tenant
        .system
        .carry_through(async move { Ok(lifecycle::reboot(&system, &workspace, Trigger::Restart).await?) })
        .await?;
    if restarted.is_err() {
        return Err(Problem::not_found("workspace not found"));
    }
    Ok(Json(receipt))
}

/// A workspace does not run below a paused one.
fn refuse_below_paused(tenant: &Tenant, workspace: &WorkspaceRow) -> Result<(), Problem> {
    let mut above = workspace.parent_id;
    while let Some(id) = above {
        let Some(parent) = tenant.workspace(id)? else { break };
        if parent.status == Status::Paused && !tenant.system.faults.has(Fault::ResumeBelowPaused) {
            let text = format!("parent workspace \"{}\" is paused — resume it first", parent.name);
            return Err(Problem::new(StatusCode::CONFLICT, text));
        }
        above = parent.parent_id;
    }
    Ok(())
}
