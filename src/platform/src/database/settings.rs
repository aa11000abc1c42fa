//! The platform's own values that outlive it, and the incidents of its background work.
//!
//! Does not: hold anything of an organisation.

use rusqlite::{OptionalExtension, params};

use super::{Database, DatabaseError};
use crate::clock;

impl Database {
    /// The stored value called `name`.
    pub(crate) fn setting(&self, name: &str) -> Result<Option<String>, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT value FROM settings WHERE name = ?")?
                .query_row([name], |row| row.get(0))
                .optional()
        })
    }

    /// Stores `value` as `name`.
    pub(crate) fn set(&self, name: &str, value: &str) -> Result<(), DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)")?
                .execute([name, value])
                .map(drop)
        })
    }

    /// Keeps the text of a failure that no caller was there to hear.
    pub(crate) fn record_incident(&self, text: &str) -> Result<(), DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("INSERT INTO incidents (text, created_at) VALUES (?, ?)")?
                .execute(params![text, clock::timestamp()])
                .map(drop)
        })
    }
}
