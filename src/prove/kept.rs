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
        let wrong = |why: &str| {
            StartError::Usage(format!("{} cannot hold the recordings of a proof: {why}", folder.display()))
        };
        if fs::symlink_metadata(folder).is_ok_and(|found| found.is_symlink()) {
            return Err(wrong("it is a link, and what a proof removes is its own alone"));
        }
        fs::create_dir_all(folder).map_err(|error| wrong(&error.to_string()))?;
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if is_recording(&entry.path()) && !is_written(&entry.path()) {
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

/// Whether it is a folder that a run has made, and no link to one.
fn is_recording(folder: &Path) -> bool {
    let is_file = |name: &str| fs::symlink_metadata(folder.join(name)).is_ok_and(|found| found.is_file());
    fs::symlink_metadata(folder).is_ok_and(|found| found.is_dir()) && is_file("events.jsonl")
}

/// Whether a process has the log of a recording.
fn is_written(recording: &Path) -> bool {
    File::open(recording.join("events.jsonl")).is_ok_and(|log| log.try_lock().is_err())
}

/// Removes a recording; one that stays is in nobody's way.
pub(super) fn remove(recording: &Path) {
    fs::remove_dir_all(recording).ok();
}

#[cfg(test)]
mod tests {
    use super::Kept;
    use std::fs;
    use tempfile::TempDir;

    #[test]
    fn only_recordings_of_earlier_proofs_go() {
        let root = TempDir::new().expect("a temporary folder");
        let folder = root.path().join("prove");
        for path in ["earlier", "somebodys"] {
            fs::create_dir_all(folder.join(path)).expect("a folder");
        }
        fs::write(folder.join("earlier/events.jsonl"), "").expect("a file");
        fs::write(folder.join("somebodys/photo"), "").expect("a file");
        Kept::begin(&folder).expect("it can");
        assert!(!folder.join("earlier").exists());
        assert!(folder.join("somebodys/photo").exists());
    }

    #[test]
    #[cfg(unix)]
    fn a_link_to_somewhere_else_is_refused_and_nothing_there_is_touched() {
        let root = TempDir::new().expect("a temporary folder");
        let other = root.path().join("other");
        fs::create_dir_all(other.join("run")).expect("a folder");
        fs::write(other.join("run/events.jsonl"), "").expect("a file");
        let folder = root.path().join("prove");
        std::os::unix::fs::symlink(&other, &folder).expect("a link");
        let said = Kept::begin(&folder).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(said.ends_with("it is a link, and what a proof removes is its own alone"), "{said}");
        assert!(other.join("run/events.jsonl").exists());
    }
}
