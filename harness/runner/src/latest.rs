//! The newest run of a lane, from the recordings that are here.
//!
//! Does not: judge it.

use harness_model::event::{self, Event, LogError, Record};
use harness_model::report::RunReport;
use jiff::Timestamp;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A recording that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LatestError {
    /// The file cannot be opened or is no text.
    #[error("cannot read {path}", path = path.display())]
    Read {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is no log of ours.
    #[error("{path} is no recording", path = path.display())]
    Log {
        /// Which one.
        path: PathBuf,
        /// What is wrong with it.
        source: LogError,
    },
}

/// The report of the newest run of a suite's lane below a folder of recordings; none when there is none.
///
/// *Errors*: any recording there that cannot be read, because it may be that run.
pub fn report(recordings: &Path, suite: &str, lane: &str) -> Result<Option<RunReport>, LatestError> {
    let mut newest: Option<(Timestamp, Vec<Record>)> = None;
    let Ok(runs) = fs::read_dir(recordings) else { return Ok(None) };
    for run in runs.flatten() {
        // Under nextest a run has a recording for each case.
        let mut records = Vec::new();
        for file in fs::read_dir(run.path()).into_iter().flatten().flatten().map(|file| file.path()) {
            if file.extension().is_some_and(|extension| extension == "jsonl") {
                records.extend(read(&file)?);
            }
        }
        let Some(Record { at, event: Event::RunStarted { suite: of, lane: in_lane, .. } }) = records.first()
        else {
            continue;
        };
        let is_it = of == suite && in_lane.as_ref().is_some_and(|name| name.as_str() == lane);
        let at = *at;
        if is_it && newest.as_ref().is_none_or(|(newest, _)| *newest < at) {
            newest = Some((at, records));
        }
    }
    Ok(newest.map(|(_, records)| RunReport::fold(records.iter().map(|record| &record.event))))
}

fn read(path: &Path) -> Result<Vec<Record>, LatestError> {
    let wrong = |source| LatestError::Read { path: path.to_owned(), source };
    let text = fs::read_to_string(path).map_err(wrong)?;
    event::read(&text).map_err(|source| LatestError::Log { path: path.to_owned(), source })
}
