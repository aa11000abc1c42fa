//! `/__platform/orgs/:slug/agents` and `/__platform/orgs/:slug/workspaces/:id/agent`: how boots and agents behave.
//!
//! These routes are the platform's own; no contract has them, and no live platform.
//!
//! Does not: outlive the process.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::object;
use crate::database::OrgRow;
use crate::id::WorkspaceId;
use crate::problem::Problem;
use crate::runtimes::{Boot, Line, Outcome};
use crate::system::System;
use crate::tiers::ControlAdmin;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Direction {
    script: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    boot: Outcome,
    boot_takes: Option<String>,
}

/// Whether the agent of a workspace runs, what it heard, and what it does next.
pub(super) async fn show(
    _: ControlAdmin,
    State(system): State<Arc<System>>,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let id = workspace(&system, &slug, &id)?;
    Ok(face(&system, id))
}

/// Gives the agent of a workspace its next lines.
pub(super) async fn direct(
    _: ControlAdmin,
    State(system): State<Arc<System>>,
    Path((slug, id)): Path<(String, String)>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let id = workspace(&system, &slug, &id)?;
    let text =
        "script must be a list of: answer, empty, error-as-text, busy, reset, slow, 500, working-task, huge";
    let direction: Direction = object(&body).ok_or_else(|| Problem::bad_request(text))?;
    system.stage.direct(id, direction.script);
    Ok(face(&system, id))
}

/// Says how the next boots of an organisation go.
pub(super) async fn plan(
    _: ControlAdmin,
    State(system): State<Arc<System>>,
    Path(slug): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let org = org(&system, &slug)?;
    let text =
        "boot must be one of: ok, fail, fail-then-recover, never; boot_takes a duration, such as \"6m\"";
    let refused = || Problem::bad_request(text);
    let plan: Plan = object(&body).ok_or_else(refused)?;
    let takes = plan.boot_takes.as_deref().map(|takes| {
        let takes: SignedDuration = takes.parse().or(Err(refused()))?;
        takes.try_into().or(Err(refused()))
    });
    system.stage.plan(org.id, Boot { outcome: plan.boot, takes: takes.transpose()? });
    Ok(Json(json!({ "slug": org.slug, "boot": plan.boot, "boot_takes": plan.boot_takes })))
}

fn org(system: &System, slug: &str) -> Result<OrgRow, Problem> {
    system.database.org(slug)?.ok_or_else(|| Problem::not_found("org not found").with("slug", slug))
}

fn workspace(system: &System, slug: &str, id: &str) -> Result<WorkspaceId, Problem> {
    let org = org(system, slug)?;
    let id = id.parse().or(Err(Problem::bad_request("invalid workspace ID")))?;
    let row = system.database.workspace(org.id, id)?;
    row.map(|row| row.id).ok_or_else(|| Problem::not_found("workspace not found"))
}

fn face(system: &System, id: WorkspaceId) -> Json<Value> {
    let role = system.stage.role(id);
    Json(json!({ "running": system.agents.has(id), "heard": role.heard, "script": role.script }))
}
