//! The recording: `events.jsonl` of a run, the fold of it, and whoever follows it live.
//!
//! Does not: read recordings back.

use crate::identity;
use harness_engine::journal::{RecordError, Recorder};
use harness_model::event::{Event, Record};
use harness_model::report::RunReport;
use harness_report::{Closing, Reporter};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A recording under way.
pub(crate) struct Recording {
    path: PathBuf,
    state: Mutex<State>,
}

struct State {
    file: File,
    report: RunReport,
    reporters: Vec<Box<dyn Reporter>>,
    broken: Option<String>,
    stop: CancellationToken,
}

/// A recording that cannot be begun.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the recording {path}", path = path.display())]
pub struct RecordingError {
    path: PathBuf,
    source: std::io::Error,
}

impl Recording {
    /// Begins a recording in a folder of its own; a log that can no longer be written stops the run.
    ///
    /// The file is locked for as long as this process lives, in whatever way it ends: that is how a sweep knows.
    ///
    /// *Errors*: the folder or the file cannot be written.
    pub(crate) fn begin(
        folder: &Path,
        file: &str,
        reporters: Vec<Box<dyn Reporter>>,
        stop: CancellationToken,
    ) -> Result<Self, RecordingError> {
        let path = folder.join(file);
        let opened = fs::create_dir_all(folder)
            .and_then(|()| OpenOptions::new().create(true).append(true).open(&path));
        let file = opened.map_err(|source| RecordingError { path: path.clone(), source })?;
        // Nobody but a sweep that looks for something to do can have it, and not for long. Where the file system knows
        // no locks, the log's own line about its process has to do.
        file.lock().ok();
        Ok(Self::go_on(path, file, RunReport::default(), reporters, stop))
    }

    /// Goes on with a log that somebody else began and this process has locked.
    pub(crate) fn go_on(
        path: PathBuf,
        file: File,
        report: RunReport,
        reporters: Vec<Box<dyn Reporter>>,
        stop: CancellationToken,
    ) -> Self {
        Self { path, state: Mutex::new(State { file, report, reporters, broken: None, stop }) }
    }

    /// The run so far.
    pub(crate) fn report(&self) -> RunReport {
        let mut state = self.state();
        if let Some(cause) = state.broken.take() {
            state.report.apply(&Event::Contradiction { cause });
        }
        state.report.clone()
    }

    /// Tells whoever follows that the run is over.
    pub(crate) fn finish(&self, report: &RunReport, elapsed: Duration) {
        let recording = self.path.display().to_string();
        for reporter in &mut self.state().reporters {
            reporter.finished(report, Closing { elapsed, recording: &recording });
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// One line, one write: a killed process tears the last line at most.
    fn write(&mut self, event: &Event) -> Result<(), RecordError> {
        let unwritable = |reason: String| RecordError { reason };
        let record = Record { at: identity::now(), event: event.clone() };
        let mut line = serde_json::to_vec(&record).map_err(|error| unwritable(error.to_string()))?;
        line.push(b'\n');
        let written = self.file.write_all(&line).map_err(|error| unwritable(error.to_string()));
        if let Err(error) = &written {
            // What is created from now on could not be found again, so nothing more is; what is there is released.
            self.broken.get_or_insert(error.to_string());
            self.stop.cancel();
        }
        written
    }

    fn spread(&mut self, event: &Event) {
        self.report.apply(event);
        for reporter in &mut self.reporters {
            reporter.event(event);
        }
    }
}

impl Recorder for Recording {
    fn record(&self, event: Event) {
        let mut state = self.state();
        // A write that fails is remembered, and stops the run; the report has the event all the same.
        state.write(&event).ok();
        state.spread(&event);
    }

    fn record_durably(&self, event: Event) -> Result<(), RecordError> {
        let mut state = self.state();
        state.write(&event)?;
        state.spread(&event);
        Ok(())
    }
}
