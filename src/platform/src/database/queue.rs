//! Messages that wait for their workspace.
//!
//! Does not: deliver them.

use rusqlite::{OptionalExtension, params};

use super::{Database, DatabaseError, clocks};
use crate::clock;
use crate::id::{OrgId, QueueId, WorkspaceId};

/// A waiting message.
#[derive(Clone, Debug)]
pub(crate) struct QueueRow {
    pub(crate) id: QueueId,
    pub(crate) enqueued_at: String,
}

impl Database {
    /// Queues `body` and tells its id and the depth of the queue; a message id that waits already is not queued twice.
    pub(crate) fn enqueue(
        &self,
        workspace: WorkspaceId,
        message_id: Option<&str>,
        body: &str,
    ) -> Result<(QueueId, i64), DatabaseError> {
        self.transaction(|connection| {
            let waiting = connection
                .prepare_cached("SELECT id FROM queue WHERE workspace_id = ? AND message_id = ?")?
                .query_row(params![workspace, message_id], |row| row.get(0))
                .optional()?;
            let id = if let Some(id) = waiting {
                id
            } else {
                let id = QueueId::mint();
                connection
                    .prepare_cached(
                        "INSERT INTO queue (id, workspace_id, message_id, body, enqueued_at) VALUES (?, ?, ?, ?, ?)",
                    )?
                    .execute(params![id, workspace, message_id, body, clocks::timestamp_of(connection, workspace)?])?;
                id
            };
            let depth = connection
                .prepare_cached("SELECT count(*) FROM queue WHERE workspace_id = ?")?
                .query_row([workspace], |row| row.get(0))?;
            Ok((id, depth))
        })
    }

    /// The waiting message of this workspace with this id.
    pub(crate) fn queued(
        &self,
        workspace: WorkspaceId,
        id: QueueId,
    ) -> Result<Option<QueueRow>, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT id, enqueued_at FROM queue WHERE workspace_id = ? AND id = ?")?
                .query_row(params![workspace, id], |row| {
                    Ok(QueueRow { id: row.get(0)?, enqueued_at: row.get(1)? })
                })
                .optional()
        })
    }

    /// Drops what has been queued for workspaces of `org` for as many minutes; tells how many.
    pub(crate) fn drop_stale(&self, org: OrgId, minutes: i64) -> Result<usize, DatabaseError> {
        const MINUTE_NANOSECONDS: i64 = 60 * 1_000_000_000;
        self.transaction(|connection| {
            let present = clocks::timestamp_of_org(connection, org)?;
            let before = clock::nanoseconds(&present)
                .map(|present| present.saturating_sub(minutes.saturating_mul(MINUTE_NANOSECONDS)));
            let waiting: Vec<(QueueId, String)> = connection
                .prepare_cached(
                    "SELECT queue.id, enqueued_at FROM queue JOIN workspaces ON workspaces.id = workspace_id
                     WHERE org_id = ?",
                )?
                .query_map([org], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            let is_stale = |at: &str| clock::nanoseconds(at).is_some_and(|at| Some(at) < before);
            let mut dropped = 0;
            for (id, _) in waiting.iter().filter(|(_, at)| is_stale(at)) {
                dropped += connection.prepare_cached("DELETE FROM queue WHERE id = ?")?.execute([id])?;
            }
            Ok(dropped)
        })
    }
}
