//! Pruning: old recordings are removed, but for those of runs that live, or have something left to sweep.
//!
//! Does not: touch what is no recording.

use crate::archive;
use crate::sweep::{self, Found};
use harness_model::event::Record;
use harness_model::units;
use jiff::Timestamp;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// No first line of ours is longer.
const LONGEST: u64 = 1 << 20;

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
    let mut pruned = Vec::new();
    let mut folders = match fs::read_dir(recordings) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(pruned),
        listed => listed?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<PathBuf>>>()?,
    };
    folders.sort();
    for folder in folders.into_iter().filter(|folder| folder.is_dir()) {
        let logs = archive::logs(&folder)?;
        let began = logs.iter().filter_map(|log| began(log)).min();
        if began.is_none_or(|began| began >= before) {
            continue;
        }
        let run = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = size(&folder)?;
        // The logs are locked until it is gone, so that no sweep begins on it.
        let found = sweep::logs(recordings, Some(&run))?;
        let kept = found.iter().find_map(reason).or_else(|| match earnest {
            Earnest::Real => fs::remove_dir_all(&folder).err().map(|error| error.to_string()),
            Earnest::Dry => None,
        });
        pruned.push(Pruned { run, bytes, kept });
    }
    Ok(pruned)
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

/// When the run of a log began.
fn began(log: &Path) -> Option<Timestamp> {
    let mut line = Vec::new();
    BufReader::new(File::open(log).ok()?.take(LONGEST)).read_until(b'\n', &mut line).ok()?;
    serde_json::from_slice::<Record>(&line).ok().map(|record| record.at)
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
