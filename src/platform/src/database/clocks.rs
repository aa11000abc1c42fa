//! What the clocks of organisations were advanced by, and the present moment on them.
//!
//! Does not: wake whoever waits; `org_clock` does.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Database, DatabaseError};
use crate::clock;
use crate::id::{OrgId, WorkspaceId};

impl Database {
    /// What the clock of `org` was advanced by, in milliseconds; nothing when there is no such organisation.
    pub(crate) fn advanced(&self, org: OrgId) -> Result<i64, DatabaseError> {
        self.with(|connection| advanced(connection, "SELECT advanced_ms FROM orgs WHERE id = ?", &org))
    }

    /// Sets what the clock of `org` was advanced by, in milliseconds.
    pub(crate) fn set_advanced(&self, org: OrgId, milliseconds: i64) -> Result<(), DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("UPDATE orgs SET advanced_ms = ? WHERE id = ?")?
                .execute(params![milliseconds, org])
                .map(drop)
        })
    }
}

/// The present moment on the clock of `org`.
pub(super) fn timestamp_of_org(connection: &Connection, org: OrgId) -> rusqlite::Result<String> {
    let advanced = advanced(connection, "SELECT advanced_ms FROM orgs WHERE id = ?", &org)?;
    Ok(clock::timestamp_ahead(advanced))
}

/// The present moment on the clock of the organisation that has this workspace.
pub(super) fn timestamp_of(connection: &Connection, workspace: WorkspaceId) -> rusqlite::Result<String> {
    Ok(clock::timestamp_ahead(advanced_of(connection, workspace)?))
}

/// The same moment in milliseconds since 1970.
pub(super) fn milliseconds_of(connection: &Connection, workspace: WorkspaceId) -> rusqlite::Result<i64> {
    Ok(clock::milliseconds_now() + advanced_of(connection, workspace)?)
}

fn advanced_of(connection: &Connection, workspace: WorkspaceId) -> rusqlite::Result<i64> {
    let statement =
        "SELECT advanced_ms FROM orgs JOIN workspaces ON orgs.id = org_id WHERE workspaces.id = ?";
    advanced(connection, statement, &workspace)
}

fn advanced(connection: &Connection, statement: &str, id: &dyn rusqlite::ToSql) -> rusqlite::Result<i64> {
    let found = connection.prepare_cached(statement)?.query_row([id], |row| row.get(0)).optional()?;
    Ok(found.unwrap_or_default())
}
