//! What workspaces did and received.
//!
//! Does not: decide when a row is written; that is `recorder`.

use rusqlite::params;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Database, DatabaseError, clocks};
use crate::id::WorkspaceId;

/// One row of activity.
#[derive(Clone, Debug)]
pub(crate) struct ActivityRow {
    pub(crate) workspace: WorkspaceId,
    pub(crate) activity_type: &'static str,
    pub(crate) method: String,
    pub(crate) summary: String,
    pub(crate) source: Option<WorkspaceId>,
    /// `ok`, or the reason of the error.
    pub(crate) outcome: Result<(), String>,
}

impl Database {
    /// Writes one row.
    pub(crate) fn insert_activity(&self, row: &ActivityRow) -> Result<(), DatabaseError> {
        let status = if row.outcome.is_ok() { "ok" } else { "error" };
        self.with(|connection| {
            connection
                .prepare_cached(
                    "INSERT INTO activity (id, workspace_id, activity_type, method, summary, target_id, source_id,
                         status, error_detail, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                )?
                .execute(params![
                    Uuid::new_v4().to_string(),
                    row.workspace,
                    row.activity_type,
                    row.method,
                    row.summary,
                    row.workspace,
                    row.source,
                    status,
                    row.outcome.as_ref().err(),
                    clocks::timestamp_of(connection, row.workspace)?
                ])
                .map(drop)
        })
    }

    /// The rows of a workspace, newest first.
    pub(crate) fn activity(
        &self,
        workspace: WorkspaceId,
        activity_type: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Value>, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT * FROM activity WHERE workspace_id = ?1 AND (?2 IS NULL OR activity_type = ?2)
                     ORDER BY sequence DESC LIMIT ?3",
                )?
                .query_map(params![workspace, activity_type, limit], |row| {
                    Ok(json!({
                        "id": row.get::<_, String>("id")?,
                        "workspace_id": row.get::<_, String>("workspace_id")?,
                        "activity_type": row.get::<_, String>("activity_type")?,
                        "method": row.get::<_, String>("method")?,
                        "summary": row.get::<_, String>("summary")?,
                        "target_id": row.get::<_, String>("target_id")?,
                        "source_id": row.get::<_, Option<String>>("source_id")?,
                        "status": row.get::<_, String>("status")?,
                        "error_detail": row.get::<_, Option<String>>("error_detail")?,
                        "created_at": row.get::<_, String>("created_at")?,
                    }))
                })?
                .collect()
        })
    }
}
