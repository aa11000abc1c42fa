//! `gates.toml` of a suite as a file: read once, and written only when it is still what was read.
//!
//! Does not: decide what changes. A review does.

use crate::{load, whole};
use harness_model::diagnostic::Diagnostics;
use harness_model::gates::{EditError, Review, edited};
use harness_model::source::Source;
use harness_model::validate;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The file of a suite's gates, as it was when it was read.
#[derive(Debug)]
pub struct File {
    root: PathBuf,
    suite: String,
    path: PathBuf,
    /// None when there is no such file.
    text: Option<String>,
}

/// What became of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// The review changes nothing.
    Unchanged,
    /// It has what the review decided.
    Changed,
}

/// Why gates cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum GatesError {
    /// The file cannot be read.
    #[error("{path} cannot be read", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("{path} cannot be written", path = path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It cannot be edited.
    #[error("{path} is not written", path = path.display())]
    Edit {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: EditError,
    },
    /// Somebody else changed it.
    #[error("{path} was changed while this was being decided: nothing was written, decide again", path = path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// What would be written is not right; that is a mistake of ours.
    #[error("what would be written to {path} is not right, so it is not: {what}", path = path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
}

impl File {
    /// Reads the file of a suite; there need not be one.
    ///
    /// *Errors*: it is there, and cannot be read.
    pub fn read(root: &Path, suite: &str) -> Result<Self, GatesError> {
        let path = root.join("scenarios").join(suite).join("gates.toml");
        let text = current(&path)?;
        Ok(Self { root: root.to_owned(), suite: suite.to_owned(), path, text })
    }

    /// Writes what a review decided, whole or not at all; comments, order and every other key stay.
    ///
    /// *Errors*: the file was changed since it was read, cannot be edited or written, or would not be right.
    pub fn write(&self, review: &Review) -> Result<Written, GatesError> {
        let path = &self.path;
        let text = self.text.as_deref().unwrap_or_default();
        let new = edited(text, review).map_err(|source| GatesError::Edit { path: path.clone(), source })?;
        let Some(new) = new else { return Ok(Written::Unchanged) };
        self.prove(&new)?;
        let unwritable = |source| GatesError::Write { path: path.clone(), source };
        // Two that write at once: the second one sees what the first one wrote, and refuses.
        let lock = fs::File::open(path.parent().unwrap_or(path)).map_err(unwritable)?;
        lock.lock().or_else(unsupported).map_err(unwritable)?;
        if current(path)? != self.text {
            return Err(GatesError::Changed { path: path.clone() });
        }
        whole::write(path, new.as_bytes()).map_err(unwritable)?;
        Ok(Written::Changed)
    }

    /// The suite with the new text is right.
    fn prove(&self, new: &str) -> Result<(), GatesError> {
        let wrong = |what: String| GatesError::Wrong { path: self.path.clone(), what };
        let mut suite = load::suite(&self.root, &self.suite).map_err(|error| wrong(error.to_string()))?;
        suite.gates = Some(Source::new("gates.toml", new));
        let told =
            |findings: Diagnostics| findings.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        validate::compile(&suite).map(drop).map_err(|findings| wrong(told(findings)))
    }
}

/// A file system without locks: the comparison has to do.
fn unsupported(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::Unsupported { Ok(()) } else { Err(error) }
}

fn current(path: &Path) -> Result<Option<String>, GatesError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(GatesError::Read { path: path.to_owned(), source }),
    }
}
