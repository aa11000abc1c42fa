//! Tokens of workspaces and of organisations, as digests.
//!
//! Does not: keep a token itself.

use rusqlite::{Row, params};
use serde_json::{Value, json};

use super::{Database, DatabaseError, clocks};
use crate::clock;
use crate::id::{OrgId, WorkspaceId};
use crate::token;

impl Database {
    /// Binds `bearer` to a workspace.
    pub(crate) fn bind_token(&self, workspace: WorkspaceId, bearer: &str) -> Result<(), DatabaseError> {
        self.bind_token_shown_as(workspace, bearer, token::prefix(bearer))
    }

    /// Binds `bearer` to a workspace, as what the list shows of it.
    pub(crate) fn bind_token_shown_as(
        &self,
        workspace: WorkspaceId,
        bearer: &str,
        shown: &str,
    ) -> Result<(), DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "INSERT INTO tokens (workspace_id, digest, prefix, created_at) VALUES (?, ?, ?, ?)",
                )?
                .execute(params![workspace, token::digest(bearer), shown, clock::timestamp()])
                .map(drop)
        })
    }

    /// How many live tokens a workspace has.
    pub(crate) fn live_tokens(&self, workspace: WorkspaceId) -> Result<u32, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT count(*) FROM tokens WHERE workspace_id = ? AND revoked_at IS NULL")?
                .query_row([workspace], |row| row.get(0))
        })
    }

    /// Whether `bearer` is a live token of any workspace.
    pub(crate) fn is_live_token(&self, bearer: &str) -> Result<bool, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM tokens WHERE digest = ? AND revoked_at IS NULL)",
                )?
                .query_row([token::digest(bearer)], |row| row.get(0))
        })
    }

    /// Whether `bearer` is a live token of this workspace.
    pub(crate) fn owns_token(&self, workspace: WorkspaceId, bearer: &str) -> Result<bool, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM tokens
                     WHERE workspace_id = ? AND digest = ? AND revoked_at IS NULL)",
                )?
                .query_row(params![workspace, token::digest(bearer)], |row| row.get(0))
        })
    }

    /// The live tokens of a workspace as the wire shows them, oldest first.
    pub(crate) fn tokens(&self, workspace: WorkspaceId) -> Result<Vec<Value>, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT * FROM tokens WHERE workspace_id = ? AND revoked_at IS NULL ORDER BY sequence",
                )?
                .query_map([workspace], shown)?
                .collect()
        })
    }

    /// Revokes one live token of a workspace; tells whether there was one.
    pub(crate) fn revoke_token(&self, workspace: WorkspaceId, id: i64) -> Result<bool, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "UPDATE tokens SET revoked_at = ?
                     WHERE workspace_id = ? AND sequence = ? AND revoked_at IS NULL",
                )?
                .execute(params![clock::timestamp(), workspace, id])
                .map(|changed| changed > 0)
        })
    }

    /// Binds `bearer` to an organisation and tells its id, unless so many were minted within an hour.
    pub(crate) fn mint_org_token(
        &self,
        org: OrgId,
        name: &str,
        bearer: &str,
        most: u32,
    ) -> Result<Option<i64>, DatabaseError> {
        const HOUR_NANOSECONDS: i64 = 3600 * 1_000_000_000;
        self.transaction(|connection| {
            let now = clocks::timestamp_of_org(connection, org)?;
            let since = clock::nanoseconds(&now).map(|now| now.saturating_sub(HOUR_NANOSECONDS));
            let minted: u32 = connection
                .prepare_cached("SELECT count(*) FROM org_tokens WHERE org_id = ? AND created_ns > ?")?
                .query_row(params![org, since], |row| row.get(0))?;
            if minted >= most {
                return Ok(None);
            }
            connection
                .prepare_cached(
                    "INSERT INTO org_tokens (org_id, name, digest, prefix, created_at, created_ns)
                     VALUES (?, ?, ?, ?, ?, ?)",
                )?
                .execute(params![
                    org,
                    name,
                    token::digest(bearer),
                    token::prefix(bearer),
                    now,
                    clock::nanoseconds(&now)
                ])?;
            Ok(Some(connection.last_insert_rowid()))
        })
    }

    /// The live tokens of an organisation as the wire shows them, oldest first.
    pub(crate) fn org_tokens(&self, org: OrgId) -> Result<Vec<Value>, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT * FROM org_tokens WHERE org_id = ? AND revoked_at IS NULL ORDER BY sequence",
                )?
                .query_map([org], |row| {
                    let mut view = shown(row)?;
                    view["name"] = Value::String(row.get("name")?);
                    Ok(view)
                })?
                .collect()
        })
    }

    /// Revokes one live token of an organisation; tells whether there was one.
    pub(crate) fn revoke_org_token(&self, org: OrgId, id: i64) -> Result<bool, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "UPDATE org_tokens SET revoked_at = ?
                     WHERE org_id = ? AND sequence = ? AND revoked_at IS NULL",
                )?
                .execute(params![clock::timestamp(), org, id])
                .map(|changed| changed > 0)
        })
    }

    /// Whether `bearer` is a live token of this organisation.
    pub(crate) fn owns_org_token(&self, org: OrgId, bearer: &str) -> Result<bool, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM org_tokens
                     WHERE org_id = ? AND digest = ? AND revoked_at IS NULL)",
                )?
                .query_row(params![org, token::digest(bearer)], |row| row.get(0))
        })
    }
}

fn shown(row: &Row<'_>) -> rusqlite::Result<Value> {
    Ok(json!({
        "id": row.get::<_, i64>("sequence")?.to_string(),
        "prefix": row.get::<_, String>("prefix")?,
        "created_at": row.get::<_, String>("created_at")?,
    }))
}
