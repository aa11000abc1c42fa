//! The newest run of a lane, from the recordings that are here.
//!
//! Does not: judge it.

use crate::archive::shelf::{Shelved, shelf};
use crate::archive::{self, ArchiveError};
use harness_model::event::LogError;
use harness_model::report::RunReport;
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// The report of the newest run of a suite's lane below a folder of recordings; none when there is none.
///
/// *Errors*: any recording there whose beginning cannot be read, because it may be that run; and that run, when it is not
/// whole.
pub fn report(recordings: &Path, suite: &str, lane: &str) -> Result<Option<RunReport>, ArchiveError> {
    let unreadable = |path: &Path, source| ArchiveError::Unreadable { path: path.to_owned(), source };
    let mut newest: Option<(Timestamp, PathBuf)> = None;
    for shelved in shelf(recordings).map_err(|source| unreadable(recordings, source))? {
        let head = shelved.first();
        let Shelved { folder, logs } = shelved;
        let logs = logs.map_err(|source| unreadable(&folder, source))?;
        let Some(path) = logs.into_iter().next() else { continue };
        let head = head.ok_or(ArchiveError::Log { path, source: LogError::Headless })?;
        let is_it = head.suite == suite && head.lane.is_some_and(|name| name.as_str() == lane);
        if is_it && newest.as_ref().is_none_or(|(newest, _)| *newest < head.at) {
            newest = Some((head.at, folder));
        }
    }
    newest.map(|(_, folder)| archive::open(&folder).map(|found| found.report)).transpose()
}
