//! Organisations and the proofs of their end.
//!
//! Does not: start or stop a tenant.

use rusqlite::{OptionalExtension, Row, params};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Database, DatabaseError};
use crate::clock;
use crate::id::OrgId;

/// An organisation as stored.
#[derive(Clone, Debug)]
pub(crate) struct OrgRow {
    pub(crate) id: OrgId,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) owner_user_id: Option<String>,
    /// `provisioning`, `running` or `failed`.
    pub(crate) instance_status: String,
    pub(crate) last_error: Option<String>,
    pub(crate) tenant_url: Option<String>,
    pub(crate) admin_token: String,
    pub(crate) created_at: String,
}

impl OrgRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            slug: row.get("slug")?,
            name: row.get("name")?,
            owner_user_id: row.get("owner_user_id")?,
            instance_status: row.get("instance_status")?,
            last_error: row.get("last_error")?,
            tenant_url: row.get("tenant_url")?,
            admin_token: row.get("admin_token")?,
            created_at: row.get("created_at")?,
        })
    }
}

impl Database {
    /// Stores `org`; false when its slug is taken.
    pub(crate) fn insert_org(&self, org: &OrgRow) -> Result<bool, DatabaseError> {
        self.with(|connection| {
            let inserted = connection
                .prepare_cached(
                    "INSERT OR IGNORE INTO orgs
                     (id, slug, name, owner_user_id, instance_status, admin_token, created_at)
                     VALUES (?, ?, ?, ?, ?, ?, ?)",
                )?
                .execute(params![
                    org.id,
                    org.slug,
                    org.name,
                    org.owner_user_id,
                    org.instance_status,
                    org.admin_token,
                    org.created_at
                ])?;
            Ok(inserted == 1)
        })
    }

    /// Every organisation that is not purged, oldest first.
    pub(crate) fn orgs(&self) -> Result<Vec<OrgRow>, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT * FROM orgs ORDER BY sequence")?
                .query_map([], OrgRow::read)?
                .collect()
        })
    }

    /// The organisation with this slug, unless it is purged.
    pub(crate) fn org(&self, slug: &str) -> Result<Option<OrgRow>, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT * FROM orgs WHERE slug = ?")?
                .query_row([slug], OrgRow::read)
                .optional()
        })
    }

    /// Marks the organisation running at `tenant_url`; false when it is gone meanwhile.
    pub(crate) fn org_runs(&self, id: OrgId, tenant_url: &str) -> Result<bool, DatabaseError> {
        self.with(|connection| {
            let changed = connection
                .prepare_cached("UPDATE orgs SET instance_status = 'running', tenant_url = ? WHERE id = ?")?
                .execute(params![tenant_url, id])?;
            Ok(changed == 1)
        })
    }

    /// Marks the organisation failed.
    pub(crate) fn org_failed(&self, id: OrgId, reason: &str) -> Result<(), DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("UPDATE orgs SET instance_status = 'failed', last_error = ? WHERE id = ?")?
                .execute(params![reason, id])
                .map(drop)
        })
    }

    /// Removes the organisation and records its purge, whose id is returned.
    pub(crate) fn purge_org(&self, id: OrgId, slug: &str) -> Result<String, DatabaseError> {
        let purge = Uuid::new_v4().to_string();
        self.transaction(|connection| {
            connection.prepare_cached("DELETE FROM orgs WHERE id = ?")?.execute([id])?;
            connection
                .prepare_cached(
                    "INSERT INTO purges (id, org_slug, org_id, status, last_step, completed_at)
                     VALUES (?, ?, ?, 'completed', 'org_row', ?)",
                )?
                .execute(params![purge, slug, id, clock::timestamp()])?;
            Ok(())
        })?;
        Ok(purge)
    }

    /// The purges, newest first, optionally of one slug only.
    pub(crate) fn purges(&self, slug: Option<&str>, limit: u32) -> Result<Vec<Value>, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT * FROM purges WHERE ?1 IS NULL OR org_slug = ?1 ORDER BY sequence DESC LIMIT ?2",
                )?
                .query_map(params![slug, limit], |row| {
                    Ok(json!({
                        "id": row.get::<_, String>("id")?,
                        "org_slug": row.get::<_, String>("org_slug")?,
                        "org_id": row.get::<_, String>("org_id")?,
                        "status": row.get::<_, String>("status")?,
                        "last_step": row.get::<_, String>("last_step")?,
                        "completed_at": row.get::<_, String>("completed_at")?,
                    }))
                })?
                .collect()
        })
    }
}
