//! The folder of the recordings that a proof keeps: those of its own rows that do not hold.
//!
//! Does not: touch what another proof still writes.

use crate::start::StartError;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// The folder, for as long as a proof lasts.
pub(super) struct Kept(PathBuf);

impl Kept {
    /// Begins with nothing of earlier proofs.
    ///
    /// *Errors*: the folder cannot be written.
    pub(super) fn begin(folder: &Path) -> Result<Self, StartError> {
        let made = fs::create_dir_all(folder);
        made.map_err(|error| StartError::Usage(format!("{}: {error}", folder.display())))?;
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if !is_written(&entry.path()) {
                remove(&entry.path());
            }
        }
        Ok(Self(folder.to_owned()))
    }

    /// Leaves no folder that has nothing in it.
    pub(super) fn end(self) {
        let Self(folder) = self;
        // Only an empty one goes, also the one around it.
        if fs::remove_dir(&folder).is_ok()
            && let Some(around) = folder.parent()
        {
            fs::remove_dir(around).ok();
        }
    }
}

/// Whether a process has the log of a recording.
fn is_written(recording: &Path) -> bool {
    File::open(recording.join("events.jsonl")).is_ok_and(|log| log.try_lock().is_err())
}

/// Removes a recording; one that stays is in nobody's way.
pub(super) fn remove(recording: &Path) {
    fs::remove_dir_all(recording).ok();
}
