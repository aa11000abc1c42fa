//! Views in files: written whole, and never over something that is no view.
//!
//! Does not: render.

use crate::archive::ArchiveError;
use crate::session::Process;
use crate::whole;
use harness_report::{Account, Format, View, Written};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// How much of a file shows what it is.
const BEGINNING: u64 = 256;

/// Why a view is not in its file.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The system says no.
    #[error("{0}")]
    System(#[from] io::Error),
    /// There is something else.
    #[error("it is there already and is no {0} of ours: remove it, or name another file")]
    Occupied(Format),
    /// There is something else, and no word for what should be.
    #[error("it is there already and is not ours: remove it, or name another file")]
    Foreign,
    /// What it shows beside the report cannot be read back.
    #[error("the recording cannot be read back: {0}")]
    Untold(String),
    /// This process is one case of a run of nextest, and each would write over the other's.
    #[error(
        "nextest starts a process for each case; of all of them: shakedown report --nextest {run} --format {format}"
    )]
    Part {
        /// The run.
        run: String,
        /// The format.
        format: Format,
    },
}

/// Writes a view to a file; its folder is made. What is there already must be a view of the same format, or empty.
///
/// *Errors*: it cannot be written, or would replace something else.
pub fn write(format: Format, path: &Path, text: &str) -> Result<(), WriteError> {
    guarded(path, text, |beginning| format.wrote(beginning), WriteError::Occupied(format))
}

/// The same for a text that is no view of a run: what is there already must begin like one of its kind, or be empty.
///
/// *Errors*: it cannot be written, or would replace something else.
pub fn write_marked(path: &Path, text: &str, is_ours: impl Fn(&str) -> bool) -> Result<(), WriteError> {
    guarded(path, text, is_ours, WriteError::Foreign)
}

fn guarded(
    path: &Path,
    text: &str,
    is_ours: impl Fn(&str) -> bool,
    occupied: WriteError,
) -> Result<(), WriteError> {
    if fs::metadata(path).is_ok_and(|found| found.is_file()) {
        let mut beginning = Vec::new();
        File::open(path)?.take(BEGINNING).read_to_end(&mut beginning)?;
        if !beginning.is_empty() && !is_ours(&String::from_utf8_lossy(&beginning)) {
            return Err(occupied);
        }
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(whole::write(path, text.as_bytes())?)
}

/// Writes every view that somebody wants of a run, and says what became of each. One that shows more than the report is not
/// written when there is a reason why that could not be read.
pub(crate) fn write_all(
    views: &[View],
    process: &Process,
    account: &Account<'_>,
    untold: Option<&ArchiveError>,
) -> Vec<Written> {
    let written = views.iter().map(|view| {
        let path = view.path(&account.report.suite, &account.report.run);
        let untold = untold.filter(|_| view.format.opened(account.report).is_some());
        let failure = match (process, untold) {
            (Process::Whole, Some(error)) => Some(WriteError::Untold(error.to_string())),
            (Process::Whole, None) => write(view.format, &path, &view.format.render(account)).err(),
            (Process::Nextest { run }, _) => Some(WriteError::Part { run: run.clone(), format: view.format }),
        };
        Written { format: view.format, path, failure: failure.map(|error| error.to_string()) }
    });
    written.collect()
}

#[cfg(test)]
mod tests {
    use super::write;
    use harness_report::Format;
    use std::fs;

    #[test]
    fn a_view_replaces_an_earlier_one_of_its_format_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/report.md");
        write(Format::Markdown, &path, "<!-- shakedown report -->\none").unwrap();
        write(Format::Markdown, &path, "<!-- shakedown report -->\ntwo").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "<!-- shakedown report -->\ntwo");
        let error = write(Format::Junit, &path, "three").unwrap_err().to_string();
        assert_eq!(error, "it is there already and is no junit of ours: remove it, or name another file");
        assert_eq!(fs::read_to_string(&path).unwrap(), "<!-- shakedown report -->\ntwo");
        fs::write(&path, "").unwrap();
        write(Format::Junit, &path, "four").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "four");
    }

    #[test]
    fn a_recording_is_no_view() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.jsonl");
        fs::write(&path, "{\"at\":\"2026-11-21T05:00:00Z\",\"event\":\"run-started\"}\n").unwrap();
        for (format, ..) in Format::all() {
            assert!(write(format, &path, "x").is_err(), "{format}");
        }
    }
}
