//! Tasks that workspaces gave to others.
//!
//! Does not: carry them out; that is `delegation`.

use std::fmt;
use std::str::FromStr;

use rusqlite::{OptionalExtension, Row, params};
use serde_json::json;

use super::{Database, DatabaseError, clocks, events};
use crate::id::{DelegationId, WorkspaceId};

/// How far a delegation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Taken.
    Pending,
    /// Sent to the target.
    Dispatched,
    /// Kept by the target, to be answered later.
    Queued,
    /// Answered.
    Completed,
    /// Given up.
    Failed,
}

impl Progress {
    const ALL: [Self; 5] = [Self::Pending, Self::Dispatched, Self::Queued, Self::Completed, Self::Failed];

    /// The word that the wire and the database use.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Dispatched => "dispatched",
            Self::Queued => "queued",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    const fn event(self) -> &'static str {
        match self {
            Self::Pending => "DELEGATION_SENT",
            Self::Dispatched | Self::Queued => "DELEGATION_STATUS",
            Self::Completed => "DELEGATION_COMPLETE",
            Self::Failed => "DELEGATION_FAILED",
        }
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

/// A word that names no progress.
#[derive(Debug, thiserror::Error)]
#[error("unknown progress of a delegation `{0}`")]
pub(crate) struct UnknownProgress(String);

impl FromStr for Progress {
    type Err = UnknownProgress;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|progress| progress.word() == word);
        known.ok_or_else(|| UnknownProgress(word.to_owned()))
    }
}

/// A task for another workspace.
#[derive(Clone, Debug)]
pub(crate) struct Delegation {
    pub(crate) id: DelegationId,
    pub(crate) source: WorkspaceId,
    pub(crate) target: WorkspaceId,
    pub(crate) task: String,
    pub(crate) idempotency_key: Option<String>,
}

/// A delegation as stored.
#[derive(Clone, Debug)]
pub(crate) struct DelegationRow {
    pub(crate) delegation: Delegation,
    pub(crate) progress: Progress,
    /// What the target answered.
    pub(crate) response: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
}

impl DelegationRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let delegation = Delegation {
            id: row.get("id")?,
            source: row.get("source_id")?,
            target: row.get("target_id")?,
            task: row.get("task")?,
            idempotency_key: row.get("idempotency_key")?,
        };
        Ok(Self {
            delegation,
            progress: row.get("progress")?,
            response: row.get("response")?,
            error: row.get("error")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        })
    }
}

impl Database {
    /// Stores `new`, unless its workspace has one with its idempotency key; then that one is given.
    pub(crate) fn insert_delegation(&self, new: &Delegation) -> Result<Option<DelegationRow>, DatabaseError> {
        self.moving(new.source, |connection| {
            let earlier = connection
                .prepare_cached("SELECT * FROM delegations WHERE source_id = ? AND idempotency_key = ?")?
                .query_row(params![new.source, new.idempotency_key], DelegationRow::read)
                .optional()?;
            if earlier.is_some() {
                return Ok(earlier);
            }
            let now = clocks::timestamp_of(connection, new.source)?;
            connection
                .prepare_cached(
                    "INSERT INTO delegations (id, source_id, target_id, task, idempotency_key, progress, created_at,
                         updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                )?
                .execute(params![
                    new.id,
                    new.source,
                    new.target,
                    new.task,
                    new.idempotency_key,
                    Progress::Pending,
                    now,
                    now
                ])?;
            let payload = json!({ "delegation_id": new.id.to_string(), "target_id": new.target.to_string() });
            events::append_named(connection, new.source, Progress::Pending.event(), &payload)?;
            Ok(None)
        })
    }

    /// Writes how far a delegation is, and the event that tells of it. `outcome` is the answer, or why there is none.
    pub(crate) fn advance_delegation(
        &self,
        row: &Delegation,
        progress: Progress,
        outcome: Result<Option<&str>, &str>,
    ) -> Result<(), DatabaseError> {
        self.moving(row.source, |connection| {
            let changed = connection
                .prepare_cached(
                    "UPDATE delegations SET progress = ?, response = ?, error = ?, updated_at = ?
                     WHERE id = ? AND progress NOT IN ('completed', 'failed')",
                )?
                .execute(params![
                    progress,
                    outcome.ok().flatten(),
                    outcome.err(),
                    clocks::timestamp_of(connection, row.source)?,
                    row.id
                ])?;
            // Its message may have been answered from the queue while somebody was about to write that it waits.
            if changed == 0 {
                return Ok(());
            }
            let payload = json!({
                "delegation_id": row.id.to_string(),
                "target_id": row.target.to_string(),
                "status": progress.word(),
                "error": outcome.err(),
            });
            events::append_named(connection, row.source, progress.event(), &payload)
        })
    }

    /// The delegation with this id to this workspace, while it waits.
    pub(crate) fn delegation_to(
        &self,
        target: WorkspaceId,
        id: DelegationId,
    ) -> Result<Option<Delegation>, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT * FROM delegations
                     WHERE id = ? AND target_id = ? AND progress NOT IN ('completed', 'failed')",
                )?
                .query_row(params![id, target], DelegationRow::read)
                .optional()
                .map(|row| row.map(|row| row.delegation))
        })
    }

    /// The delegations of a workspace, newest first.
    pub(crate) fn delegations(&self, source: WorkspaceId) -> Result<Vec<DelegationRow>, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT * FROM delegations WHERE source_id = ? ORDER BY sequence DESC LIMIT 100",
                )?
                .query_map([source], DelegationRow::read)?
                .collect()
        })
    }
}
