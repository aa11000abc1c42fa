//! Tokens of workspaces, as digests.
//!
//! Does not: keep a token itself.

use rusqlite::params;

use super::{Database, DatabaseError};
use crate::id::WorkspaceId;
use crate::token;

impl Database {
    /// Binds `bearer` to a workspace.
    pub(crate) fn bind_token(&self, workspace: WorkspaceId, bearer: &str) -> Result<(), DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("INSERT INTO tokens (workspace_id, digest, prefix) VALUES (?, ?, ?)")?
                .execute(params![workspace, token::digest(bearer), token::prefix(bearer)])
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
}
