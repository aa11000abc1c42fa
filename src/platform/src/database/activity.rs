//! What workspaces did and received.
//!
//! Does not: decide when a row is written; that is `recorder`, or the route that takes it.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Database, DatabaseError, clocks, events};
use crate::clock;
use crate::id::WorkspaceId;

/// One message that a workspace received.
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

/// One row of activity with everything that it can have.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) workspace: WorkspaceId,
    pub(crate) activity_type: String,
    pub(crate) method: Option<String>,
    pub(crate) summary: Option<String>,
    pub(crate) target: Option<String>,
    pub(crate) source: Option<WorkspaceId>,
    pub(crate) status: String,
    pub(crate) error_detail: Option<String>,
    pub(crate) duration_ms: Option<i64>,
    pub(crate) request_body: Option<Value>,
    pub(crate) response_body: Option<Value>,
    pub(crate) metadata: Option<Value>,
}

impl Entry {
    /// A row with nothing but its workspace, its type and a good end.
    pub(crate) fn new(workspace: WorkspaceId, activity_type: impl Into<String>) -> Self {
        Self {
            workspace,
            activity_type: activity_type.into(),
            method: None,
            summary: None,
            target: None,
            source: None,
            status: "ok".to_owned(),
            error_detail: None,
            duration_ms: None,
            request_body: None,
            response_body: None,
            metadata: None,
        }
    }
}

impl From<&ActivityRow> for Entry {
    fn from(row: &ActivityRow) -> Self {
        let status = if row.outcome.is_ok() { "ok" } else { "error" };
        Self {
            method: Some(row.method.clone()),
            summary: Some(row.summary.clone()),
            target: Some(row.workspace.to_string()),
            source: row.source,
            status: status.to_owned(),
            error_detail: row.outcome.as_ref().err().cloned(),
            ..Self::new(row.workspace, row.activity_type)
        }
    }
}

/// Who caused a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A person, or the platform: no workspace.
    Canvas,
    /// A workspace.
    Agent,
}

/// Which rows are listed; an absent part does not narrow.
#[derive(Clone, Debug, Default)]
pub(crate) struct ActivitySearch {
    pub(crate) activity_type: Option<String>,
    pub(crate) source: Option<Source>,
    /// The workspace at the other end, as source or target.
    pub(crate) peer: Option<WorkspaceId>,
    /// Rows older than this moment, in nanoseconds since 1970.
    pub(crate) before: Option<i64>,
    /// Rows after the one with this number, oldest first.
    pub(crate) after: Option<i64>,
    pub(crate) limit: u32,
}

impl Database {
    /// Writes one row of a message.
    pub(crate) fn insert_activity(&self, row: &ActivityRow) -> Result<(), DatabaseError> {
        self.with(|connection| insert(connection, &Entry::from(row)))
    }

    /// Writes one row, and the event that tells of it.
    pub(crate) fn log_activity(
        &self,
        entry: &Entry,
        event: &str,
        payload: &Value,
    ) -> Result<(), DatabaseError> {
        self.moving(entry.workspace, |connection| {
            insert(connection, entry)?;
            events::append_named(connection, entry.workspace, event, payload)
        })
    }

    /// The number of the row with this id, if it is one of this workspace.
    pub(crate) fn activity_cursor(
        &self,
        workspace: WorkspaceId,
        id: &str,
    ) -> Result<Option<i64>, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT sequence FROM activity WHERE workspace_id = ? AND id = ?")?
                .query_row(params![workspace, id], |row| row.get(0))
                .optional()
        })
    }

    /// The rows of a workspace, newest first; after a cursor, oldest first.
    pub(crate) fn activity(
        &self,
        workspace: WorkspaceId,
        search: &ActivitySearch,
    ) -> Result<Vec<Value>, DatabaseError> {
        let order = if search.after.is_some() { "ASC" } else { "DESC" };
        let statement = format!(
            "SELECT * FROM activity WHERE workspace_id = ?1 AND (?2 IS NULL OR activity_type = ?2)
             AND (?3 IS NULL OR (source_id IS NULL) = ?3) AND (?4 IS NULL OR source_id = ?4 OR target_id = ?4)
             AND (?5 IS NULL OR created_ns < ?5) AND (?6 IS NULL OR sequence > ?6)
             ORDER BY sequence {order} LIMIT ?7"
        );
        let is_canvas = search.source.map(|source| source == Source::Canvas);
        self.with(|connection| {
            connection
                .prepare_cached(&statement)?
                .query_map(
                    params![
                        workspace,
                        search.activity_type,
                        is_canvas,
                        search.peer,
                        search.before,
                        search.after,
                        search.limit
                    ],
                    shown,
                )?
                .collect()
        })
    }
}

fn insert(connection: &Connection, entry: &Entry) -> rusqlite::Result<()> {
    let text = |value: &Option<Value>| value.as_ref().map(Value::to_string);
    let now = clocks::timestamp_of(connection, entry.workspace)?;
    connection
        .prepare_cached(
            "INSERT INTO activity (id, workspace_id, activity_type, method, summary, target_id, source_id, status,
                 error_detail, duration_ms, request_body, response_body, metadata, created_at, created_ns)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            Uuid::new_v4().to_string(),
            entry.workspace,
            entry.activity_type,
            entry.method,
            entry.summary,
            entry.target,
            entry.source,
            entry.status,
            entry.error_detail,
            entry.duration_ms,
            text(&entry.request_body),
            text(&entry.response_body),
            text(&entry.metadata),
            now,
            clock::nanoseconds(&now),
        ])
        .map(drop)
}

fn shown(row: &Row<'_>) -> rusqlite::Result<Value> {
    Ok(json!({
        "id": row.get::<_, String>("id")?,
        "workspace_id": row.get::<_, String>("workspace_id")?,
        "activity_type": row.get::<_, String>("activity_type")?,
        "method": row.get::<_, Option<String>>("method")?,
        "summary": row.get::<_, Option<String>>("summary")?,
        "target_id": row.get::<_, Option<String>>("target_id")?,
        "source_id": row.get::<_, Option<String>>("source_id")?,
        "status": row.get::<_, String>("status")?,
        "error_detail": row.get::<_, Option<String>>("error_detail")?,
        "duration_ms": row.get::<_, Option<i64>>("duration_ms")?,
        "request_body": document(row, "request_body")?,
        "response_body": document(row, "response_body")?,
        "metadata": document(row, "metadata")?,
        "created_at": row.get::<_, String>("created_at")?,
    }))
}

/// A column that holds JSON.
fn document(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Value>> {
    let Some(text) = row.get::<_, Option<String>>(column)? else { return Ok(None) };
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))
}
