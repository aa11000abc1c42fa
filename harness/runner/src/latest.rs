//! The newest run of a lane, from the recordings that are here.
//!
//! Does not: judge it.

use crate::archive::{self, ArchiveError};
use crate::history;
use harness_model::event::{Event, LogError, Record};
use harness_model::report::RunReport;
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// The report of the newest run of a suite's lane below a folder of recordings; none when there is none.
///
/// *Errors*: any recording there whose beginning cannot be read, because it may be that run; and that run, when it is not
/// whole.
pub fn report(recordings: &Path, suite: &str, lane: &str) -> Result<Option<RunReport>, ArchiveError> {
    let mut newest: Option<(Timestamp, PathBuf)> = None;
    for folder in history::newest(recordings) {
        let logs = archive::logs(&folder);
        let logs = logs.map_err(|source| ArchiveError::Unreadable { path: folder.clone(), source })?;
        // Under nextest a run has a recording for each case.
        let Some(path) = logs.into_iter().next() else { continue };
        match archive::first_line(&path) {
            Some(Record { at, event: Event::RunStarted { suite: of, lane: in_lane, .. } }) => {
                let is_it = of == suite && in_lane.as_ref().is_some_and(|name| name.as_str() == lane);
                if is_it && newest.as_ref().is_none_or(|(newest, _)| *newest < at) {
                    newest = Some((at, folder));
                }
            }
            Some(_) | None => return Err(ArchiveError::Log { path, source: LogError::Headless }),
        }
    }
    newest.map(|(_, folder)| archive::open(&folder).map(|found| found.report)).transpose()
}
