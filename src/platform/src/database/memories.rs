//! Memories, and the reach of each: one workspace, its team, or the organisation.
//!
//! Does not: redact or wrap; routes do.

use rusqlite::params;
use uuid::Uuid;

use super::{Database, DatabaseError, WorkspaceRow};
use crate::clock;
use crate::id::WorkspaceId;

/// A memory as stored.
#[derive(Clone, Debug)]
pub(crate) struct MemoryRow {
    pub(crate) id: String,
    pub(crate) workspace: WorkspaceId,
    /// `LOCAL`, `TEAM` or `GLOBAL`.
    pub(crate) scope: String,
    pub(crate) namespace: String,
    pub(crate) content: String,
    pub(crate) created_at: String,
}

/// Which memories are looked for; an absent part does not narrow.
#[derive(Clone, Debug)]
pub(crate) struct MemorySearch {
    pub(crate) scope: Option<String>,
    pub(crate) namespace: Option<String>,
    /// Words that the content has, in any case.
    pub(crate) text: Option<String>,
    pub(crate) limit: u32,
}

impl Database {
    /// Stores a memory of `owner` and tells its id.
    pub(crate) fn remember(
        &self,
        owner: &WorkspaceRow,
        scope: &str,
        namespace: &str,
        content: &str,
    ) -> Result<String, DatabaseError> {
        let id = Uuid::new_v4().to_string();
        self.with(|connection| {
            connection
                .prepare_cached(
                    "INSERT INTO memories (id, org_id, workspace_id, scope, namespace, content, created_at)
                     VALUES (?, ?, ?, ?, ?, ?, ?)",
                )?
                .execute(params![id, owner.org_id, owner.id, scope, namespace, content, clock::timestamp()])
        })?;
        Ok(id)
    }

    /// What `reader` can remember, newest first: its own, its team's (parent, siblings below one parent, children), and
    /// everybody's.
    pub(crate) fn memories(
        &self,
        reader: &WorkspaceRow,
        search: &MemorySearch,
    ) -> Result<Vec<MemoryRow>, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT memories.* FROM memories JOIN workspaces ON workspaces.id = memories.workspace_id
                     WHERE memories.org_id = ?1
                       AND (memories.workspace_id = ?2 OR scope = 'GLOBAL' OR (scope = 'TEAM' AND (
                           workspaces.id = ?3 OR workspaces.parent_id = ?3 OR workspaces.parent_id = ?2)))
                       AND (?4 IS NULL OR scope = ?4) AND (?5 IS NULL OR namespace = ?5)
                       AND (?6 IS NULL OR instr(lower(content), lower(?6)) > 0)
                     ORDER BY memories.sequence DESC LIMIT ?7",
                )?
                .query_map(
                    params![
                        reader.org_id,
                        reader.id,
                        reader.parent_id,
                        search.scope,
                        search.namespace,
                        search.text,
                        search.limit
                    ],
                    |row| {
                        Ok(MemoryRow {
                            id: row.get("id")?,
                            workspace: row.get("workspace_id")?,
                            scope: row.get("scope")?,
                            namespace: row.get("namespace")?,
                            content: row.get("content")?,
                            created_at: row.get("created_at")?,
                        })
                    },
                )?
                .collect()
        })
    }

    /// Forgets a memory of this workspace; tells whether there was one.
    pub(crate) fn forget(&self, workspace: WorkspaceId, id: &str) -> Result<bool, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("DELETE FROM memories WHERE workspace_id = ? AND id = ?")?
                .execute(params![workspace, id])
                .map(|deleted| deleted > 0)
        })
    }
}
