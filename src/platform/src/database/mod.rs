//! The database: the platform's one truth, and its only door to `SQLite`.
//!
//! Every call holds one connection for microseconds, so it is made straight from async code; nothing awaits under the
//! lock. Rows of an existing file are taken up as they are.
//!
//! Does not: cache. Each read goes to the tables.

mod activity;
mod approvals;
mod changes;
mod clocks;
mod columns;
mod delegations;
mod events;
mod files;
mod instances;
mod memories;
mod moves;
mod orgs;
mod pairs;
mod private;
mod queue;
mod schema;
mod secrets;
mod settings;
mod tokens;
mod workspaces;

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::broadcast;

pub(crate) use self::activity::{ActivityRow, ActivitySearch, Entry, Source};
pub(crate) use self::changes::{Changes, Place};
pub(crate) use self::delegations::{Delegation, DelegationRow, Progress};
pub(crate) use self::memories::{MemoryRow, MemorySearch};
pub(crate) use self::moves::{Address, Step, Tokens};
pub(crate) use self::orgs::OrgRow;
pub(crate) use self::pairs::{PairRow, Write};
pub(crate) use self::queue::{Message, QueueRow, Settlement, Standing};
pub(crate) use self::secrets::{Owner, SecretRow};
pub(crate) use self::workspaces::{NewWorkspace, Vitals, WorkspaceRow};
use crate::id::WorkspaceId;

/// A statement that the database did not carry out.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The database could not be opened.
    #[error("cannot open the platform's database")]
    Open(#[source] rusqlite::Error),
    /// Its directory could not be made.
    #[error("cannot create the platform's data directory")]
    Directory(#[source] std::io::Error),
    /// Others could read its files.
    #[error("cannot keep the files of the platform's database from other users")]
    Private(#[source] std::io::Error),
    /// A statement failed.
    #[error("a statement of the platform's database failed")]
    Statement(#[from] rusqlite::Error),
}

/// The file inside the data directory.
const FILE: &str = "platform.sqlite";

/// How many prepared statements stay compiled: more than the platform has.
const STATEMENTS: usize = 128;

/// How many moves a listener may be behind: one that is further behind is told so, and reads the table.
const MOVES_KEPT: usize = 256;

/// The open database.
pub(crate) struct Database {
    connection: Mutex<Connection>,
    moved: broadcast::Sender<WorkspaceId>,
}

impl Database {
    /// The database in `directory`, or a private one in memory that ends with the platform.
    pub(crate) fn open(directory: Option<&Path>) -> Result<Self, DatabaseError> {
        let connection = if let Some(directory) = directory {
            private::directory(directory).map_err(DatabaseError::Directory)?;
            let file = directory.join(FILE);
            private::file(&file).map_err(DatabaseError::Private)?;
            let connection = Connection::open(file).map_err(DatabaseError::Open)?;
            connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")?;
            connection
        } else {
            let connection = Connection::open_in_memory().map_err(DatabaseError::Open)?;
            connection.execute_batch("PRAGMA synchronous = OFF;")?;
            connection
        };
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.execute_batch(schema::SCHEMA)?;
        Ok(Self { connection: Mutex::new(connection), moved: broadcast::Sender::new(MOVES_KEPT) })
    }

    /// The result of `work` on the connection.
    fn with<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, DatabaseError> {
        // A panic under the lock rolled its transaction back, so the connection is still good.
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(work(&connection)?)
    }

    /// The result of `work` in one transaction: all of it is written, or nothing.
    fn transaction<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, DatabaseError> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction()?;
        let result = work(&transaction)?;
        transaction.commit()?;
        Ok(result)
    }

    /// The same, for what may append an event of workspace `id`: whoever listens is told when it is written.
    fn moving<T>(
        &self,
        id: WorkspaceId,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, DatabaseError> {
        let result = self.transaction(work)?;
        // Nobody listening is no failure: the table has it.
        self.moved.send(id).ok();
        Ok(result)
    }

    /// The ids of workspaces that may have moved from now on.
    pub(crate) fn moves(&self) -> broadcast::Receiver<WorkspaceId> {
        self.moved.subscribe()
    }
}
