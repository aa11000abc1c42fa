//! `PATCH /workspaces/:id`: what may be changed after the creation.
//!
//! Does not: move a workspace; what runs goes on as it was until it is restarted.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::Tenant;
use crate::admission;
use crate::database::{Changes, Place};
use crate::fault::Fault;
use crate::hierarchy::Hierarchy;
use crate::id::WorkspaceId;
use crate::problem::Problem;
use crate::state::Status;
use crate::tiers::OwnOrAdmin;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Patch {
    name: Option<String>,
    role: Option<String>,
    tier: Option<i64>,
    #[serde(deserialize_with = "place")]
    parent_id: Place<String>,
    runtime: Option<String>,
    workspace_dir: Option<String>,
    collapsed: Option<bool>,
    x: Option<f64>,
    y: Option<f64>,
}

/// A `null` moves to the root level; an absent key moves nowhere.
fn place<'de, D: Deserializer<'de>>(from: D) -> Result<Place<String>, D::Error> {
    Ok(Option::deserialize(from)?.map_or(Place::Root, Place::Below))
}

/// Changes what is given; a restart is needed before a changed runtime or directory takes effect.
pub(super) async fn patch(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let patch: Patch =
        super::object(&body).ok_or_else(|| Problem::bad_request("invalid workspace payload"))?;
    let workspace = tenant.existing(id)?;
    if workspace.status == Status::Removed {
        return Err(Problem::not_found("workspace not found"));
    }
    let fields = || Problem::bad_request("invalid workspace fields");
    let acceptable = patch.name.as_deref().is_none_or(admission::is_name)
        && patch.role.as_deref().is_none_or(admission::is_role)
        && patch.runtime.as_deref().is_none_or(admission::is_short)
        && patch.x.is_some() == patch.y.is_some();
    if !acceptable {
        return Err(fields());
    }
    admission::check_directory(patch.workspace_dir.as_deref())?;
    let place = match patch.parent_id {
        Place::Same => Place::Same,
        Place::Root => Place::Root,
        Place::Below(parent) => {
            let parent: WorkspaceId = parent.parse().or(Err(fields()))?;
            let row = tenant.workspace(parent)?.filter(|row| row.status != Status::Removed);
            let row = row.ok_or_else(fields)?;
            // A workspace above itself would be a ring.
            let hierarchy = Hierarchy::around(&tenant.system.database, &workspace)?;
            if row.id == id || hierarchy.is_above(id, &row) {
                return Err(fields());
            }
            Place::Below(parent)
        }
    };
    let needs_restart = patch.runtime.is_some() || patch.workspace_dir.is_some();
    let changes = Changes {
        name: patch.name,
        role: patch.role,
        tier: patch.tier,
        place,
        runtime: patch.runtime,
        workspace_dir: patch.workspace_dir,
        collapsed: patch.collapsed,
        canvas: patch.x.zip(patch.y),
    };
    if !tenant.system.faults.has(Fault::PatchLost) {
        tenant.system.database.change_workspace(id, &changes)?;
    }
    let mut answer = json!({ "status": "updated" });
    if needs_restart {
        answer["needs_restart"] = Value::Bool(true);
    }
    Ok(Json(answer))
}
