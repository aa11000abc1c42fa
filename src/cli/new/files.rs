//! Files that are added and never overwritten.
//!
//! Does not: know what is in them.

use crate::start::StartError;
use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

/// A file to be, by its path below the root.
pub(super) struct File {
    /// The path, with `/`.
    pub(super) path: String,
    /// The text.
    pub(super) text: String,
}

/// What became of a file.
pub(super) struct Added {
    path: String,
    fate: Fate,
}

enum Fate {
    /// It is new.
    Written,
    /// It was there already and is what it was.
    Kept,
    /// It was there already and is longer now.
    Continued,
}

impl fmt::Display for Added {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fate {
            Fate::Written => write!(formatter, "written: {}", self.path),
            Fate::Kept => write!(formatter, "kept: {} (it was there already)", self.path),
            Fate::Continued => write!(formatter, "added to: {}", self.path),
        }
    }
}

/// Writes every file that is not there yet.
///
/// *Errors*: a folder or file that cannot be written, with what the system says.
pub(super) fn add(root: &Path, files: &[File]) -> Result<Vec<Added>, StartError> {
    let added = files.iter().map(|file| {
        let path = folder_of(root, file)?;
        let fate = match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut opened) => opened.write_all(file.text.as_bytes()).map(|()| Fate::Written),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(Fate::Kept),
            Err(error) => Err(error),
        };
        Ok(Added { path: file.path.clone(), fate: fate.map_err(|error| wrong(&path, &error))? })
    });
    added.collect()
}

/// Writes a text behind what a file has, or a new file.
///
/// *Errors*: a folder or file that cannot be written, with what the system says.
pub(super) fn append(root: &Path, file: &File) -> Result<Added, StartError> {
    let path = folder_of(root, file)?;
    let fate = if path.exists() { Fate::Continued } else { Fate::Written };
    let opened = OpenOptions::new().append(true).create(true).open(&path);
    let written = opened.and_then(|mut opened| opened.write_all(file.text.as_bytes()));
    written.map_err(|error| wrong(&path, &error))?;
    Ok(Added { path: file.path.clone(), fate })
}

fn folder_of(root: &Path, file: &File) -> Result<std::path::PathBuf, StartError> {
    let path = root.join(&file.path);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| wrong(folder, &error))?;
    }
    Ok(path)
}

fn wrong(path: &Path, error: &std::io::Error) -> StartError {
    StartError::Usage(format!("{}: {error}", path.display()))
}
