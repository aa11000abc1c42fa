//! Pruning: old recordings are removed, but for those of runs that live, or have something left to sweep.
//!
//! Does not: touch what is no recording.

use crate::archive::shelf::{Shelved, shelf};
use crate::sweep::{self, Found};
use harness_model::units;
use jiff::Timestamp;
use std::fs;
use std::io;
use std::path::Path;

/// Whether recordings are removed, or only named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Earnest {
    /// They are removed.
    Real,
    /// They are named.
    Dry,
}

/// What became of an old recording.
#[derive(Debug)]
pub struct Pruned {
    /// The run.
    pub run: String,
    /// How much room it takes.
    ///
    /// *Units*: bytes.
    pub bytes: u64,
    /// Why it is still there, if it is.
    pub kept: Option<String>,
}

/// Removes the recordings of runs that began before a time.
///
/// *Errors*: the folder cannot be read. One that is not there holds nothing.
pub fn prune(recordings: &Path, before: Timestamp, earnest: Earnest) -> io::Result<Vec<Pruned>> {
    let mut old: Vec<Shelved> =
        shelf(recordings)?.filter(|shelved| shelved.began().is_some_and(|began| began < before)).collect();
    old.sort_by(|one, other| one.folder.cmp(&other.folder));
    old.iter().map(|shelved| remove(recordings, shelved, earnest)).collect()
}

/// Removes one recording, if nobody needs it.
pub(crate) fn remove(recordings: &Path, shelved: &Shelved, earnest: Earnest) -> io::Result<Pruned> {
    let (run, bytes) = (shelved.name(), size(&shelved.folder)?);
    // The logs are locked until it is gone, so that no sweep begins on it.
    let found = sweep::logs(recordings, Some(&run))?;
    let kept = found.iter().find_map(reason).or_else(|| match earnest {
        Earnest::Real => fs::remove_dir_all(&shelved.folder).err().map(|error| error.to_string()),
        Earnest::Dry => None,
    });
    Ok(Pruned { run, bytes, kept })
}

/// Why what is known of a run may not go, when its recording is still there.
pub(crate) fn hold(recordings: &Path, run: &str) -> io::Result<Option<String>> {
    if !recordings.join(run).is_dir() {
        return Ok(None);
    }
    Ok(sweep::logs(recordings, Some(run))?.iter().find_map(reason))
}

/// Why a recording is not removed.
fn reason(found: &Found) -> Option<String> {
    match found {
        Found::Over(log) => {
            let left = log.all().len();
            let things = units::count(left, "thing");
            (left > 0).then(|| {
                format!("{things} may still stand, and only it knows them: shakedown sweep {}", log.run)
            })
        }
        Found::Refused { refusal, .. } => Some(refusal.to_string()),
    }
}

fn size(folder: &Path) -> io::Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let found = entry.metadata()?;
        sum += if found.is_dir() { size(&entry.path())? } else { found.len() };
    }
    Ok(sum)
}
