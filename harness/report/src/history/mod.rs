//! The history: what is kept of every run, in one `SQLite` file that several processes may write at once.
//!
//! A run is added whole in one transaction, or not at all; a process that dies in the middle leaves what was there before.
//! Of nextest each process adds its case to the run that all of them are.
//!
//! Does not: look at recordings, or decide where the file is. The runner does.

mod add;
mod document;
mod format;
mod page;
mod read;
mod schema;
mod text;

pub use add::{Added, Extent};
pub use document::{HISTORY_VERSION, history_schema, render as render_json};
pub use format::TrendFormat;
pub use read::{Holding, Wanted};
pub use text::render as render_text;

use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a writer waits for others.
const PATIENCE: Duration = Duration::from_secs(20);

/// The history of a root.
#[derive(Debug)]
pub struct History {
    connection: Connection,
    path: PathBuf,
}

/// What is to be done with a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Read it; it must be there.
    Read,
    /// Write it; a new one is made where there is none.
    Write,
}

/// What cannot be done with a history.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// There is none.
    #[error("there is no history at {path} yet: a run writes it, and `shakedown history --import` takes in others", path = path.display())]
    None {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file cannot be opened, or is no database.
    #[error("{path} cannot be opened as a history", path = path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the database says.
        source: rusqlite::Error,
    },
    /// It is a database of something else.
    #[error("{path} is a database, and no history of ours: it is left as it is", path = path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A newer program wrote it.
    #[error("{path} is a history of version {found}, this program reads up to {known}: use the newer program", path = path.display(), known = schema::VERSION)]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
    },
    /// A statement was not carried out.
    #[error("{path} cannot be {doing}", path = path.display())]
    Statement {
        /// The file.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// What the database says.
        source: rusqlite::Error,
    },
    /// A row says what no version of ours writes.
    #[error("{path}: {what} is {value:?}, which this program never writes", path = path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// Which column of what.
        what: String,
        /// What it holds.
        value: String,
    },
}

impl History {
    /// Opens a history.
    ///
    /// *Errors*: there is none to read, or the file is none of ours, or newer; it is left as it is.
    pub fn open(path: &Path, access: Access) -> Result<Self, HistoryError> {
        if access == Access::Read && !path.exists() {
            return Err(HistoryError::None { path: path.to_owned() });
        }
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if access == Access::Write {
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
        }
        let wrong = |source| HistoryError::Open { path: path.to_owned(), source };
        let connection = Connection::open_with_flags(path, flags).map_err(wrong)?;
        connection.busy_timeout(PATIENCE).map_err(wrong)?;
        let mut history = Self { connection, path: path.to_owned() };
        history.prepare(access)?;
        Ok(history)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn failed(&self, doing: &'static str) -> impl Fn(rusqlite::Error) -> HistoryError + use<> {
        let path = self.path.clone();
        move |source| HistoryError::Statement { path: path.clone(), doing, source }
    }
}
