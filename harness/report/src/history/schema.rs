//! The tables of a history, and how a file shows that it is one.
//!
//! Does not: change what an older version wrote. There is none yet.

use super::{Access, History, HistoryError};
use rusqlite::TransactionBehavior;

/// The version of the tables. A reader refuses a newer one by name.
pub(super) const VERSION: i64 = 1;

/// Says that a database is a history: `SHKD`.
const APPLICATION: i64 = 0x5348_4b44;

const TABLES: &str = "
CREATE TABLE run (
    id          TEXT NOT NULL PRIMARY KEY,
    suite       TEXT NOT NULL,
    environment TEXT NOT NULL,
    lane        TEXT,
    revision    TEXT,
    branch      TEXT,
    apart       TEXT NOT NULL,
    began       INTEGER NOT NULL,
    elapsed     INTEGER NOT NULL,
    exit        INTEGER NOT NULL,
    storm       INTEGER NOT NULL,
    whole       INTEGER NOT NULL
) STRICT;
CREATE INDEX run_by_time ON run (suite, environment, began);
CREATE TABLE result (
    run      TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    id       TEXT NOT NULL,
    arms     TEXT NOT NULL,
    gate     TEXT NOT NULL,
    verdict  TEXT NOT NULL,
    step     TEXT,
    cause    TEXT NOT NULL,
    elapsed  INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    PRIMARY KEY (run, id)
) STRICT, WITHOUT ROWID;
";

impl History {
    /// Makes the tables where there are none yet, and refuses what is none of ours before anything is written.
    pub(super) fn prepare(&mut self, access: Access) -> Result<(), HistoryError> {
        let wrong = {
            let path = self.path.clone();
            move |source| HistoryError::Open { path: path.clone(), source }
        };
        if self.is_ours()? {
            return self
                .connection
                .execute_batch("PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL;")
                .map_err(wrong);
        }
        if access == Access::Read {
            return Err(HistoryError::Foreign { path: self.path.clone() });
        }
        // Only the first process comes to make the tables; others wait for it, and find them.
        let path = self.path.clone();
        let made =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&wrong)?;
        let (application, objects) = marks(&made).map_err(&wrong)?;
        if application != APPLICATION {
            if application != 0 || objects > 0 {
                return Err(HistoryError::Foreign { path });
            }
            made.execute_batch(TABLES).map_err(&wrong)?;
            made.pragma_update(None, "application_id", APPLICATION).map_err(&wrong)?;
            made.pragma_update(None, "user_version", VERSION).map_err(&wrong)?;
        }
        made.commit().map_err(&wrong)?;
        // Another process may be at it at this very moment. The mode lasts, so one of them is enough; without it everything
        // works as well, only one after the other.
        self.connection.pragma_update(None, "journal_mode", "WAL").ok();
        self.connection.execute_batch("PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL;").map_err(wrong)
    }

    /// Whether the tables are there; an empty database has none yet.
    fn is_ours(&self) -> Result<bool, HistoryError> {
        let wrong = |source| HistoryError::Open { path: self.path.clone(), source };
        // One transaction: between two statements of their own, another process may make the tables.
        let reading = self.connection.unchecked_transaction().map_err(wrong)?;
        let (application, objects) = marks(&reading).map_err(wrong)?;
        if application != APPLICATION {
            return if application == 0 && objects == 0 {
                Ok(false)
            } else {
                Err(HistoryError::Foreign { path: self.path.clone() })
            };
        }
        let found: i64 = reading.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(wrong)?;
        if found > VERSION {
            return Err(HistoryError::Newer { path: self.path.clone(), found });
        }
        Ok(true)
    }
}

/// What a database says of itself: whose it is, and how many tables it has.
fn marks(connection: &rusqlite::Connection) -> rusqlite::Result<(i64, i64)> {
    let application = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let objects = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok((application, objects))
}
