//! The machines that organisations run on, as the cloud knows them, whatever the control plane says.
//!
//! Does not: run one.

use rusqlite::params;
use serde_json::{Value, json};

use super::{Database, DatabaseError};
use crate::clock;
use crate::id::OrgId;

impl Database {
    /// Starts the machine of an organisation.
    pub(crate) fn start_instance(&self, org: OrgId, slug: &str) -> Result<(), DatabaseError> {
        let id: String = org.to_string().chars().filter(char::is_ascii_hexdigit).take(17).collect();
        self.with(|connection| {
            connection
                .prepare_cached("INSERT OR IGNORE INTO instances (id, slug, created_at) VALUES (?, ?, ?)")?
                .execute(params![format!("i-{id}"), slug, clock::timestamp()])?;
            Ok(())
        })
    }

    /// Ends the machines of a slug.
    pub(crate) fn end_instances(&self, slug: &str) -> Result<(), DatabaseError> {
        self.with(|connection| {
            let end = "UPDATE instances SET state = 'terminated' WHERE slug = ?";
            connection.prepare_cached(end)?.execute([slug])?;
            Ok(())
        })
    }

    /// Ends one machine, also one that has ended; false when there never was one.
    pub(crate) fn end_instance(&self, id: &str) -> Result<bool, DatabaseError> {
        self.with(|connection| {
            let end = "UPDATE instances SET state = 'terminated' WHERE id = ?";
            Ok(connection.prepare_cached(end)?.execute([id])? == 1)
        })
    }

    /// Every machine that runs, oldest first.
    pub(crate) fn instances(&self) -> Result<Vec<Value>, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT * FROM instances WHERE state = 'running' ORDER BY sequence")?
                .query_map([], |row| {
                    Ok(json!({
                        "id": row.get::<_, String>("id")?,
                        "name": format!("tenant-{}", row.get::<_, String>("slug")?),
                        "state": row.get::<_, String>("state")?,
                        "created_at": row.get::<_, String>("created_at")?,
                    }))
                })?
                .collect()
        })
    }
}
