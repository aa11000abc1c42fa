//! Messages that wait for their workspace.
//!
//! Does not: deliver them; that is `queue`.

use std::fmt;
use std::str::FromStr;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Database, DatabaseError, clocks};
use crate::clock;
use crate::id::{OrgId, QueueId, WorkspaceId};

/// How often a message is dispatched before it is given up.
const MOST_ATTEMPTS: i64 = 5;

/// How far a waiting message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It waits.
    Queued,
    /// It is on its way.
    Dispatched,
    /// It was answered.
    Completed,
    /// An operator dropped it.
    Dropped,
    /// It was given up.
    Failed,
}

impl Standing {
    const ALL: [Self; 5] = [Self::Queued, Self::Dispatched, Self::Completed, Self::Dropped, Self::Failed];

    /// The word that the wire and the database use.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Dispatched => "dispatched",
            Self::Completed => "completed",
            Self::Dropped => "dropped",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

/// A word that names no standing.
#[derive(Debug, thiserror::Error)]
#[error("unknown standing of a message `{0}`")]
pub(crate) struct UnknownStanding(String);

impl FromStr for Standing {
    type Err = UnknownStanding;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|standing| standing.word() == word);
        known.ok_or_else(|| UnknownStanding(word.to_owned()))
    }
}

/// A message that is to wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Message<'a> {
    pub(crate) id: Option<&'a str>,
    pub(crate) body: &'a str,
    /// 100, 50 or 10; the highest goes first.
    pub(crate) priority: i64,
}

/// A message in the queue.
#[derive(Clone, Debug)]
pub(crate) struct QueueRow {
    pub(crate) id: QueueId,
    pub(crate) message_id: Option<String>,
    pub(crate) body: String,
    pub(crate) standing: Standing,
    pub(crate) priority: i64,
    pub(crate) attempts: i64,
    pub(crate) last_error: Option<String>,
    pub(crate) enqueued_at: String,
    pub(crate) dispatched_at: Option<String>,
    pub(crate) completed_at: Option<String>,
    /// What the agent answered, as it stands.
    pub(crate) response: Option<String>,
}

impl QueueRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            message_id: row.get("message_id")?,
            body: row.get("body")?,
            standing: row.get("state")?,
            priority: row.get("priority")?,
            attempts: row.get("attempts")?,
            last_error: row.get("last_error")?,
            enqueued_at: row.get("enqueued_at")?,
            dispatched_at: row.get("dispatched_at")?,
            completed_at: row.get("completed_at")?,
            response: row.get("response")?,
        })
    }
}

/// What became of a dispatched message.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Settlement<'a> {
    /// It was answered with this.
    Answered(&'a str),
    /// It goes back to wait, unless it has been tried often enough.
    Again(&'a str),
    /// It is given up.
    Failed(&'a str),
}

impl Database {
    /// Queues a message and tells its id and the depth of the queue; a message id that waits already is not queued twice.
    pub(crate) fn enqueue(
        &self,
        workspace: WorkspaceId,
        message: Message<'_>,
    ) -> Result<(QueueId, i64), DatabaseError> {
        self.transaction(|connection| {
            let waiting = connection
                .prepare_cached(
                    "SELECT id FROM queue
                     WHERE workspace_id = ? AND message_id = ? AND state IN ('queued', 'dispatched')",
                )?
                .query_row(params![workspace, message.id], |row| row.get(0))
                .optional()?;
            let id = if let Some(id) = waiting {
                id
            } else {
                let id = QueueId::mint();
                let now = clocks::timestamp_of(connection, workspace)?;
                connection
                    .prepare_cached(
                        "INSERT INTO queue (id, workspace_id, message_id, body, state, priority, enqueued_at)
                         VALUES (?, ?, ?, ?, ?, ?, ?)",
                    )?
                    .execute(params![
                        id,
                        workspace,
                        message.id,
                        message.body,
                        Standing::Queued,
                        message.priority,
                        now
                    ])?;
                id
            };
            let depth = connection
                .prepare_cached("SELECT count(*) FROM queue WHERE workspace_id = ? AND state = 'queued'")?
                .query_row([workspace], |row| row.get(0))?;
            Ok((id, depth))
        })
    }

    /// The message of this workspace with this id.
    pub(crate) fn queued(
        &self,
        workspace: WorkspaceId,
        id: QueueId,
    ) -> Result<Option<QueueRow>, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT * FROM queue WHERE workspace_id = ? AND id = ?")?
                .query_row(params![workspace, id], QueueRow::read)
                .optional()
        })
    }

    /// Whether a message of this workspace waits.
    pub(crate) fn has_waiting(&self, workspace: WorkspaceId) -> Result<bool, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT 1 FROM queue WHERE workspace_id = ? AND state = 'queued'")?
                .exists([workspace])
        })
    }

    /// Claims the message of this workspace that goes next: the most urgent, and of those the one that waits longest.
    pub(crate) fn claim_message(&self, workspace: WorkspaceId) -> Result<Option<QueueRow>, DatabaseError> {
        self.transaction(|connection| {
            let next: Option<QueueId> = connection
                .prepare_cached(
                    "SELECT id FROM queue WHERE workspace_id = ? AND state = 'queued'
                     ORDER BY priority DESC, sequence LIMIT 1",
                )?
                .query_row([workspace], |row| row.get(0))
                .optional()?;
            let Some(id) = next else { return Ok(None) };
            connection
                .prepare_cached(
                    "UPDATE queue SET state = 'dispatched', attempts = attempts + 1, dispatched_at = ? WHERE id = ?",
                )?
                .execute(params![clocks::timestamp_of(connection, workspace)?, id])?;
            read(connection, id).map(Some)
        })
    }

    /// Writes what became of a dispatched message, and gives its row as it is then.
    pub(crate) fn settle_message(
        &self,
        workspace: WorkspaceId,
        claimed: &QueueRow,
        settlement: Settlement<'_>,
    ) -> Result<QueueRow, DatabaseError> {
        self.transaction(|connection| {
            let now = clocks::timestamp_of(connection, workspace)?;
            let (standing, error, response) = match settlement {
                Settlement::Answered(response) => (Standing::Completed, None, Some(response)),
                Settlement::Again(error) if claimed.attempts < MOST_ATTEMPTS => {
                    (Standing::Queued, Some(error), None)
                }
                Settlement::Again(error) | Settlement::Failed(error) => (Standing::Failed, Some(error), None),
            };
            let ended = (standing != Standing::Queued).then_some(now);
            connection
                .prepare_cached(
                    "UPDATE queue SET state = ?, last_error = ?, response = ?, completed_at = ? WHERE id = ?",
                )?
                .execute(params![standing, error, response, ended, claimed.id])?;
            read(connection, claimed.id)
        })
    }

    /// Lets every message wait again that was on its way when an earlier platform ended.
    pub(crate) fn recall_messages(&self) -> Result<(), DatabaseError> {
        self.with(|connection| {
            connection.execute("UPDATE queue SET state = 'queued' WHERE state = 'dispatched'", []).map(drop)
        })
    }

    /// Forgets a message: only a fault does that.
    pub(crate) fn lose_message(&self, id: QueueId) -> Result<(), DatabaseError> {
        self.with(|connection| {
            connection.prepare_cached("DELETE FROM queue WHERE id = ?")?.execute([id]).map(drop)
        })
    }

    /// Drops what has been waiting for workspaces of `org` for as many minutes; tells how many.
    pub(crate) fn drop_stale(&self, org: OrgId, minutes: i64) -> Result<usize, DatabaseError> {
        const MINUTE_NANOSECONDS: i64 = 60 * 1_000_000_000;
        self.transaction(|connection| {
            let present = clocks::timestamp_of_org(connection, org)?;
            let before = clock::nanoseconds(&present)
                .map(|present| present.saturating_sub(minutes.saturating_mul(MINUTE_NANOSECONDS)));
            let waiting: Vec<(QueueId, String)> = connection
                .prepare_cached(
                    "SELECT queue.id, enqueued_at FROM queue JOIN workspaces ON workspaces.id = workspace_id
                     WHERE org_id = ? AND state = 'queued'",
                )?
                .query_map([org], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            let is_stale = |at: &str| clock::nanoseconds(at).is_some_and(|at| Some(at) < before);
            let mut dropped = 0;
            for (id, _) in waiting.iter().filter(|(_, at)| is_stale(at)) {
                dropped += connection
                    .prepare_cached("UPDATE queue SET state = 'dropped', completed_at = ? WHERE id = ?")?
                    .execute(params![present, id])?;
            }
            Ok(dropped)
        })
    }
}

fn read(connection: &Connection, id: QueueId) -> rusqlite::Result<QueueRow> {
    connection.prepare_cached("SELECT * FROM queue WHERE id = ?")?.query_row([id], QueueRow::read)
}
