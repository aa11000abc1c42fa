//! Secrets of workspaces and of organisations.
//!
//! Does not: encrypt. A seal over each value tells when one can no longer be trusted.

use rusqlite::{Row, params};

use super::{Database, DatabaseError};
use crate::clock;
use crate::id::{OrgId, WorkspaceId};
use crate::token;

/// Whose secret it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// Every workspace of the organisation has it.
    Org(OrgId),
    /// One workspace has it, over one of the organisation with the same key.
    Workspace(WorkspaceId),
}

impl Owner {
    /// The word of the wire.
    pub(crate) const fn scope(self) -> &'static str {
        match self {
            Self::Org(_) => "global",
            Self::Workspace(_) => "workspace",
        }
    }

    fn column(self) -> String {
        match self {
            Self::Org(id) => id.to_string(),
            Self::Workspace(id) => id.to_string(),
        }
    }
}

/// A secret as stored.
#[derive(Clone, Debug)]
pub(crate) struct SecretRow {
    pub(crate) key: String,
    pub(crate) scope: &'static str,
    /// The value, unless its seal is broken.
    pub(crate) value: Option<String>,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
}

impl Database {
    /// Writes a secret, over a former one with the same key.
    pub(crate) fn write_secret(&self, owner: Owner, key: &str, value: &str) -> Result<(), DatabaseError> {
        let (column, now) = (owner.column(), clock::timestamp());
        let seal = seal(&column, key, value);
        self.with(|connection| {
            connection
                .prepare_cached(
                    "INSERT INTO secrets (owner, key, value, seal, created_at, updated_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?5)
                     ON CONFLICT DO UPDATE SET value = ?3, seal = ?4, updated_at = ?5",
                )?
                .execute(params![column, key, value, seal, now])
                .map(drop)
        })
    }

    /// The secrets of `owner`, by key.
    pub(crate) fn secrets(&self, owner: Owner) -> Result<Vec<SecretRow>, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT * FROM secrets WHERE owner = ? ORDER BY key")?
                .query_map([owner.column()], |row| read(row, owner))?
                .collect()
        })
    }

    /// What a workspace has: its own secrets, and those of its organisation that it has no own one for; by key.
    pub(crate) fn secrets_of(
        &self,
        org: OrgId,
        workspace: WorkspaceId,
    ) -> Result<Vec<SecretRow>, DatabaseError> {
        let mut secrets = self.secrets(Owner::Workspace(workspace))?;
        for global in self.secrets(Owner::Org(org))? {
            if !secrets.iter().any(|own| own.key == global.key) {
                secrets.push(global);
            }
        }
        secrets.sort_by(|left, right| left.key.cmp(&right.key));
        Ok(secrets)
    }

    /// Deletes a secret; tells whether there was one.
    pub(crate) fn delete_secret(&self, owner: Owner, key: &str) -> Result<bool, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("DELETE FROM secrets WHERE owner = ? AND key = ?")?
                .execute([&owner.column(), key])
                .map(|deleted| deleted > 0)
        })
    }
}

fn read(row: &Row<'_>, owner: Owner) -> rusqlite::Result<SecretRow> {
    let (key, value): (String, String) = (row.get("key")?, row.get("value")?);
    let is_intact = row.get::<_, String>("seal")? == seal(&owner.column(), &key, &value);
    Ok(SecretRow {
        scope: owner.scope(),
        value: is_intact.then_some(value),
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        key,
    })
}

fn seal(owner: &str, key: &str, value: &str) -> String {
    token::digest(&format!("{owner}\n{key}\n{value}"))
}
