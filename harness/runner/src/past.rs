//! The history of a root, beside its recordings: every run that ends is added, and recordings from elsewhere can be.
//!
//! Does not: weigh what is in it.

use crate::archive::{self, ArchiveError, Archived};
use crate::session::Process;
use harness_model::history::PastRun;
use harness_model::report::RunReport;
use harness_report::history::{Access, Added, Extent, History, HistoryError};
use jiff::Timestamp;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How deep below a folder recordings are looked for: the artifacts of a job, their folder, its runs.
const DEEPEST: usize = 6;

/// The file of the history of a folder of recordings.
pub fn file(recordings: &Path) -> PathBuf {
    recordings.with_file_name("history.db")
}

/// Adds a run that has just ended, or what one of its processes did.
///
/// *Errors*: the history cannot be written; the run is what it is all the same.
pub(crate) fn remember(
    file: &Path,
    process: &Process,
    report: &RunReport,
    (began, elapsed): (Timestamp, Duration),
) -> Result<(), HistoryError> {
    let mut run = PastRun::of(report, began, elapsed);
    let extent = match process {
        Process::Whole => Extent::Whole,
        Process::Nextest { run: shared } => {
            run.id.clone_from(shared);
            Extent::Part
        }
    };
    History::open(file, Access::Write)?.add(&run, extent).map(drop)
}

/// Adds a run that was put together from others.
///
/// *Errors*: the history cannot be written; the recording is there all the same.
pub fn remember_whole(file: &Path, run: &Archived) -> Result<(), HistoryError> {
    remember(file, &Process::Whole, &run.report, (run.began.unwrap_or_default(), run.elapsed))
}

/// A recording that was to be imported.
#[derive(Debug)]
pub struct Imported {
    /// Where it is.
    pub path: PathBuf,
    /// What became of it.
    pub outcome: Result<Outcome, ImportError>,
}

/// What became of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Its run is in the history now.
    Added {
        /// The run.
        run: String,
        /// How many cases it has.
        cases: usize,
    },
    /// Its run was there already.
    Known {
        /// The run.
        run: String,
    },
    /// It planned no case, as that of a sweep.
    Empty,
}

/// Why a recording cannot be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The history cannot be written.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// There is nothing.
    #[error("there is no recording in it: a recording is a folder with an events.jsonl")]
    Nothing,
    /// A folder cannot be looked through.
    #[error("it cannot be read")]
    Unreadable(#[source] io::Error),
}

/// Adds recordings to a history: logs, folders of runs, or folders with any of these below them. Each is added whole or not
/// at all, and one that cannot be read keeps no other from being added.
///
/// *Errors*: the history cannot be opened.
pub fn import(file: &Path, paths: &[PathBuf]) -> Result<Vec<Imported>, HistoryError> {
    if let Some(folder) = file.parent() {
        // When it cannot be made, the history cannot be opened, which says more.
        fs::create_dir_all(folder).ok();
    }
    let mut history = History::open(file, Access::Write)?;
    let mut imported = Vec::new();
    for path in paths {
        match recordings(path) {
            Ok(found) if found.is_empty() => imported.push(failed(path, ImportError::Nothing)),
            Ok(found) => imported.extend(found.into_iter().map(|path| {
                let outcome = take(&mut history, &path);
                Imported { path, outcome }
            })),
            Err(error) => imported.push(failed(path, ImportError::Unreadable(error))),
        }
    }
    Ok(imported)
}

fn failed(path: &Path, error: ImportError) -> Imported {
    Imported { path: path.to_owned(), outcome: Err(error) }
}

fn take(history: &mut History, path: &Path) -> Result<Outcome, ImportError> {
    let Some(run) = past(path, archive::open(path)?) else { return Ok(Outcome::Empty) };
    let (added, cases, run) = (history.add(&run, Extent::Whole)?, run.cases.len(), run.id);
    Ok(match added {
        Added::New => Outcome::Added { run, cases },
        Added::Known => Outcome::Known { run },
    })
}

/// What is kept of a recording; none of one that planned no case.
pub fn past(path: &Path, archived: Archived) -> Option<PastRun> {
    let Archived { report, began, elapsed, .. } = archived;
    if report.cases.is_empty() {
        return None;
    }
    let mut run = PastRun::of(&report, began.unwrap_or_default(), elapsed);
    if path.is_dir() && archive::is_shared(path) {
        run.id = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    }
    Some(run)
}

/// The recordings at a path or below it.
fn recordings(path: &Path) -> io::Result<Vec<PathBuf>> {
    if path.is_dir() {
        return below(path, DEEPEST);
    }
    fs::metadata(path)?;
    let shared = path.parent().filter(|folder| archive::is_shared(folder));
    Ok(vec![shared.unwrap_or(path).to_owned()])
}

fn below(folder: &Path, depth: usize) -> io::Result<Vec<PathBuf>> {
    if !archive::logs(folder)?.is_empty() {
        return Ok(vec![folder.to_owned()]);
    }
    let mut found = Vec::new();
    if depth > 0 {
        let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            // A link may lead anywhere, and round in circles.
            if entry.file_type()?.is_dir() {
                found.extend(below(&entry.path(), depth - 1)?);
            }
        }
    }
    Ok(found)
}
