//! Keys and values of workspaces, each with its version.
//!
//! Does not: delete what has expired; it is absent all the same.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;

use super::{Database, DatabaseError, clocks};
use crate::clock;
use crate::id::WorkspaceId;

/// A key and its value.
#[derive(Clone, Debug)]
pub(crate) struct PairRow {
    pub(crate) key: String,
    pub(crate) value: Value,
    /// Counts the writes, from 1.
    pub(crate) version: i64,
    pub(crate) updated_at: String,
}

/// What is to be written.
#[derive(Clone, Debug)]
pub(crate) struct Write<'a> {
    pub(crate) key: &'a str,
    pub(crate) value: &'a Value,
    pub(crate) ttl_seconds: Option<i64>,
    /// The version that must be there, 0 for none.
    pub(crate) expected: Option<i64>,
}

const NANOSECONDS: i64 = 1_000_000_000;

impl Database {
    /// Writes a value and tells its version; `Err` with the present version when another one was expected.
    pub(crate) fn write_pair(
        &self,
        workspace: WorkspaceId,
        write: &Write<'_>,
    ) -> Result<Result<i64, i64>, DatabaseError> {
        self.transaction(|connection| {
            let now = clocks::timestamp_of(connection, workspace)?;
            let present = clock::nanoseconds(&now).unwrap_or_default();
            let current = find(connection, workspace, write.key, present)?.map_or(0, |row| row.version);
            if write.expected.is_some_and(|expected| expected != current) {
                return Ok(Err(current));
            }
            let expires =
                write.ttl_seconds.map(|ttl| present.saturating_add(ttl.saturating_mul(NANOSECONDS)));
            connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO pairs (workspace_id, key, value, version, expires_ns, updated_at)
                     VALUES (?, ?, ?, ?, ?, ?)",
                )?
                .execute(params![workspace, write.key, write.value.to_string(), current + 1, expires, now])?;
            Ok(Ok(current + 1))
        })
    }

    /// The value under `key`, unless it has expired.
    pub(crate) fn pair(&self, workspace: WorkspaceId, key: &str) -> Result<Option<PairRow>, DatabaseError> {
        self.with(|connection| find(connection, workspace, key, present(connection, workspace)?))
    }

    /// Everything under any key that has not expired, by key.
    pub(crate) fn pairs(&self, workspace: WorkspaceId) -> Result<Vec<PairRow>, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT * FROM pairs WHERE workspace_id = ? AND (expires_ns IS NULL OR expires_ns > ?)
                     ORDER BY key",
                )?
                .query_map(params![workspace, present(connection, workspace)?], read)?
                .collect()
        })
    }

    /// Deletes what is under `key`; tells whether there was something.
    pub(crate) fn delete_pair(&self, workspace: WorkspaceId, key: &str) -> Result<bool, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("DELETE FROM pairs WHERE workspace_id = ? AND key = ?")?
                .execute(params![workspace, key])
                .map(|deleted| deleted > 0)
        })
    }
}

fn present(connection: &Connection, workspace: WorkspaceId) -> rusqlite::Result<i64> {
    Ok(clock::nanoseconds(&clocks::timestamp_of(connection, workspace)?).unwrap_or_default())
}

fn find(
    connection: &Connection,
    workspace: WorkspaceId,
    key: &str,
    present: i64,
) -> rusqlite::Result<Option<PairRow>> {
    connection
        .prepare_cached(
            "SELECT * FROM pairs
             WHERE workspace_id = ? AND key = ? AND (expires_ns IS NULL OR expires_ns > ?)",
        )?
        .query_row(params![workspace, key, present], read)
        .optional()
}

fn read(row: &Row<'_>) -> rusqlite::Result<PairRow> {
    let value: String = row.get("value")?;
    Ok(PairRow {
        key: row.get("key")?,
        value: serde_json::from_str(&value).unwrap_or(Value::String(value)),
        version: row.get("version")?,
        updated_at: row.get("updated_at")?,
    })
}
