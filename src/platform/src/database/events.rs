//! The durable list of what happened to workspaces.
//!
//! Does not: tell anybody; `Database::moves` does, when a move is written.

use rusqlite::{Connection, Row, params};
use serde_json::{Value, json};

use super::{Database, DatabaseError, clocks};
use crate::clock;
use crate::id::{OrgId, WorkspaceId};
use crate::state::Status;

/// How many events a listing shows.
const SHOWN: u32 = 100;

/// Appends the event of a status change, inside the transaction that makes it; a monitor that made it is named.
pub(super) fn append(
    connection: &Connection,
    id: WorkspaceId,
    from: Option<Status>,
    to: Status,
    source: Option<&str>,
) -> rusqlite::Result<()> {
    let Some(event) = to.event() else { return Ok(()) };
    let mut payload = json!({ "status": to.word(), "previous": from.map(Status::word) });
    if let Some(source) = source {
        payload["source"] = Value::from(source);
    }
    append_named(connection, id, event, &payload)
}

/// Appends an event that is no status change.
pub(super) fn append_named(
    connection: &Connection,
    id: WorkspaceId,
    event: &str,
    payload: &Value,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO events (org_id, workspace_id, event_type, payload, created_at)
             SELECT org_id, id, ?, ?, ? FROM workspaces WHERE id = ?",
        )?
        .execute(params![event, payload.to_string(), clocks::timestamp_of(connection, id)?, id])
        .map(drop)
}

impl Database {
    /// The number of the latest event of a workspace.
    pub(crate) fn last_event(&self, workspace: WorkspaceId) -> Result<i64, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT COALESCE(MAX(sequence), 0) FROM events WHERE workspace_id = ?")?
                .query_row([workspace], |row| row.get(0))
        })
    }

    /// The events of a workspace after the one with this number, oldest first: number, and what the wire shows.
    pub(crate) fn events_after(
        &self,
        workspace: WorkspaceId,
        sequence: i64,
    ) -> Result<Vec<(i64, Value)>, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT * FROM events WHERE workspace_id = ? AND sequence > ? ORDER BY sequence",
                )?
                .query_map(params![workspace, sequence], |row| {
                    let event = json!({
                        "type": row.get::<_, String>("event_type")?,
                        "timestamp": clock::milliseconds(&row.get::<_, String>("created_at")?),
                        "data": payload(row)?,
                    });
                    Ok((row.get("sequence")?, event))
                })?
                .collect()
        })
    }

    /// The latest events of `org`, or of one of its workspaces, oldest first.
    pub(crate) fn events(
        &self,
        org: OrgId,
        workspace: Option<WorkspaceId>,
    ) -> Result<Vec<Value>, DatabaseError> {
        let mut events: Vec<Value> = self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT * FROM events WHERE org_id = ?1 AND (?2 IS NULL OR workspace_id = ?2)
                     ORDER BY sequence DESC LIMIT ?3",
                )?
                .query_map(params![org, workspace, SHOWN], |row| {
                    Ok(json!({
                        "id": row.get::<_, i64>("sequence")?.to_string(),
                        "event_type": row.get::<_, String>("event_type")?,
                        "workspace_id": row.get::<_, String>("workspace_id")?,
                        "payload": payload(row)?,
                        "created_at": row.get::<_, String>("created_at")?,
                    }))
                })?
                .collect()
        })?;
        events.reverse();
        Ok(events)
    }
}

fn payload(row: &Row<'_>) -> rusqlite::Result<Value> {
    let payload: String = row.get("payload")?;
    Ok(serde_json::from_str(&payload).unwrap_or(Value::String(payload)))
}
