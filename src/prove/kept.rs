//! The folder of the recordings that a proof keeps: those of its own rows that do not hold.
//!
//! Does not: touch what another proof that lives has kept.

use crate::start::StartError;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// The file in the folder that every proof has locked while it lives.
const LIVING: &str = "living";

/// The folder, for as long as a proof lasts.
pub(super) struct Kept {
    folder: PathBuf,
    living: File,
}

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
        let mut options = File::options();
        let living = options.create(true).truncate(false).write(true).open(folder.join(LIVING));
        let living = living.map_err(|error| wrong(&error.to_string()))?;
        // Whoever is alone in it removes what is there; everybody else would take what somebody still points at.
        if living.try_lock().is_ok() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                if is_recording(&entry.path()) {
                    remove(&entry.path());
                }
            }
            living.unlock().ok();
        }
        living.lock_shared().map_err(|error| wrong(&error.to_string()))?;
        Ok(Self { folder: folder.to_owned(), living })
    }

    /// Leaves no folder that has nothing in it.
    pub(super) fn end(self) {
        let Self { folder, living } = self;
        living.unlock().ok();
        if living.try_lock().is_ok() {
            fs::remove_file(folder.join(LIVING)).ok();
        }
        // Only an empty one goes, also the one around it.
        if fs::remove_dir(&folder).is_ok()
            && let Some(around) = folder.parent()
        {
            fs::remove_dir(around).ok();
        }
    }
}

/// Whether it is a folder that a run has made, and no link to one. A run that could not be recorded left one with nothing.
fn is_recording(folder: &Path) -> bool {
    let is_file = |name: &str| fs::symlink_metadata(folder.join(name)).is_ok_and(|found| found.is_file());
    let is_of_run = |file: fs::DirEntry| file.file_name().to_string_lossy().starts_with("plan.json");
    let has_nothing = || fs::read_dir(folder).is_ok_and(|files| files.flatten().all(is_of_run));
    fs::symlink_metadata(folder).is_ok_and(|found| found.is_dir())
        && (is_file("events.jsonl") || has_nothing())
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
        for path in ["earlier", "somebodys", "unwritten"] {
            fs::create_dir_all(folder.join(path)).expect("a folder");
        }
        fs::write(folder.join("earlier/events.jsonl"), "").expect("a file");
        fs::write(folder.join("somebodys/photo"), "").expect("a file");
        fs::write(folder.join("unwritten/plan.json.7.new"), "").expect("a file");
        Kept::begin(&folder).expect("it can");
        let there = |name: &str| folder.join(name).exists();
        assert!(!there("earlier") && !there("unwritten") && there("somebodys/photo"));
    }

    #[test]
    fn what_a_living_proof_has_kept_stays_until_nobody_lives() {
        let root = TempDir::new().expect("a temporary folder");
        let folder = root.path().join("prove");
        let first = Kept::begin(&folder).expect("it can");
        fs::create_dir_all(folder.join("kept")).expect("a folder");
        fs::write(folder.join("kept/events.jsonl"), "").expect("a file");
        let second = Kept::begin(&folder).expect("it can");
        second.end();
        assert!(folder.join("kept/events.jsonl").exists());
        first.end();
        assert!(!folder.join("living").exists(), "a lock is left");
        Kept::begin(&folder).expect("it can").end();
        assert!(!folder.exists(), "nobody lived");
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
