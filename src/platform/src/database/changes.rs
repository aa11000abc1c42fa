//! Changes of workspaces that are no moves.
//!
//! Does not: judge them; that is the route.

use rusqlite::params;
use serde_json::Value;

use super::{Database, DatabaseError, events};
use crate::id::WorkspaceId;

/// What becomes of a workspace's place in the hierarchy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Place<Parent> {
    /// It stays.
    #[default]
    Same,
    /// It moves to the root level.
    Root,
    /// It moves below this one.
    Below(Parent),
}

/// What is changed of a workspace; the rest stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    pub(crate) name: Option<String>,
    pub(crate) role: Option<String>,
    pub(crate) tier: Option<i64>,
    pub(crate) place: Place<WorkspaceId>,
    pub(crate) runtime: Option<String>,
    pub(crate) workspace_dir: Option<String>,
    pub(crate) collapsed: Option<bool>,
    pub(crate) canvas: Option<(f64, f64)>,
}

impl Database {
    /// Writes what is changed.
    pub(crate) fn change_workspace(&self, id: WorkspaceId, changes: &Changes) -> Result<(), DatabaseError> {
        let parent = match changes.place {
            Place::Same | Place::Root => None,
            Place::Below(parent) => Some(parent),
        };
        self.with(|connection| {
            connection
                .prepare_cached(
                    "UPDATE workspaces SET name = coalesce(?1, name), role = coalesce(?2, role),
                         tier = coalesce(?3, tier), parent_id = CASE WHEN ?4 THEN ?5 ELSE parent_id END,
                         runtime = coalesce(?6, runtime), workspace_dir = coalesce(?7, workspace_dir),
                         collapsed = coalesce(?8, collapsed), x = coalesce(?9, x), y = coalesce(?10, y)
                     WHERE id = ?11",
                )?
                .execute(params![
                    changes.name,
                    changes.role,
                    changes.tier,
                    changes.place != Place::Same,
                    parent,
                    changes.runtime,
                    changes.workspace_dir,
                    changes.collapsed,
                    changes.canvas.map(|(x, _)| x),
                    changes.canvas.map(|(_, y)| y),
                    id
                ])
                .map(drop)
        })
    }

    /// Forgets a removed workspace for good: its row, its tokens and what it received.
    pub(crate) fn purge_workspace(&self, id: WorkspaceId) -> Result<(), DatabaseError> {
        self.transaction(|connection| {
            for statement in [
                "DELETE FROM tokens WHERE workspace_id = ?",
                "DELETE FROM activity WHERE workspace_id = ?",
                "DELETE FROM queue WHERE workspace_id = ?",
                "DELETE FROM memories WHERE workspace_id = ?",
                "DELETE FROM pairs WHERE workspace_id = ?",
                "DELETE FROM approvals WHERE workspace_id = ?",
                "DELETE FROM files WHERE workspace_id = ?",
                "DELETE FROM secrets WHERE owner = ?",
                "DELETE FROM delegations WHERE source_id = ?",
                "DELETE FROM workspaces WHERE id = ? AND status = 'removed'",
            ] {
                connection.prepare_cached(statement)?.execute([id])?;
            }
            Ok(())
        })
    }

    /// Appends an event that is no status change, and tells whoever listens.
    pub(crate) fn tell(&self, id: WorkspaceId, event: &str, payload: &Value) -> Result<(), DatabaseError> {
        self.moving(id, |connection| events::append_named(connection, id, event, payload))
    }
}
