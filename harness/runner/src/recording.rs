//! The recording: `plan.json` and `events.jsonl` of a run, the fold of it, and whoever follows it live.
//!
//! Does not: read recordings back; `archive` does.

use crate::lines::Lines;
use crate::prune::Earnest;
use crate::retention::{self, Policy};
use crate::session::Process;
use crate::sink::Told as Sinks;
use crate::{identity, past, telling, views, whole};
use harness_engine::journal::{RecordError, Recorder};
use harness_model::event::{Event, Record};
use harness_model::plan::PlanDocument;
use harness_model::report::RunReport;
use harness_model::suite::{Moment, Suite};
use harness_report::{Account, Closing, Reporter, Retained, View};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A recording under way.
pub(crate) struct Recording {
    path: PathBuf,
    state: Mutex<State>,
}

/// What is to be made of a run when it is over.
pub(crate) struct Wanted {
    pub(crate) views: Vec<View>,
    pub(crate) process: Process,
    pub(crate) plan: Vec<PlanDocument>,
    pub(crate) history: Option<PathBuf>,
    pub(crate) suite: Arc<Suite>,
}

impl Wanted {
    /// Removes what the suite no longer keeps. A run that is not remembered leaves what others left as it is, and so does one of
    /// nextest, whose processes would do it all at once.
    fn retain(&self, recordings: Option<&Path>) -> Option<Retained> {
        let is_whole = self.process == Process::Whole && self.history.is_some();
        let recordings = recordings.filter(|_| is_whole && self.suite.retention.bounds_any())?;
        let policy = Policy { suite: &self.suite.name, retention: &self.suite.retention };
        match retention::apply(recordings, policy, identity::now(), Earnest::Real) {
            Ok(retained) if retained.is_any_gone() => Some(Retained::Gone(retained.to_string())),
            Ok(_nothing) => None,
            Err(error) => Some(Retained::Failed(reason(&error))),
        }
    }
}

struct State {
    file: Lines<File>,
    /// How many lines were written; none when somebody else began the log.
    lines: Option<u64>,
    report: RunReport,
    reporters: Vec<Box<dyn Reporter>>,
    /// When its first line was written, and its last.
    span: Option<(Timestamp, Timestamp)>,
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

/// How often somebody who writes an event is waited for: as long as that takes, and not as long as a disk that hangs.
const PATIENCE: u32 = 10_000;

/// No reporter took a line.
#[derive(Debug)]
pub(crate) struct NobodyListens;

/// The log of a run, or of one of the processes that share a run.
pub(crate) fn events_file(part: Option<&str>) -> String {
    part.map_or_else(|| "events.jsonl".to_owned(), |part| format!("events-{part}.jsonl"))
}

/// The plan that belongs to a log.
pub(crate) fn plan_file(part: Option<&str>) -> String {
    part.map_or_else(|| "plan.json".to_owned(), |part| format!("plan-{part}.json"))
}

/// Writes the plan, whole or not at all, and gives what names it: its SHA-256.
///
/// *Errors*: the folder or the file cannot be written.
pub(crate) fn write_plan(
    folder: &Path,
    part: Option<&str>,
    plan: &PlanDocument,
) -> Result<String, RecordingError> {
    let path = folder.join(plan_file(part));
    let unwritable = |source| RecordingError { path: path.clone(), source };
    let text = serde_json::to_string_pretty(plan).map_err(|error| unwritable(error.into()))? + "\n";
    let written = fs::create_dir_all(folder).and_then(|()| whole::write(&path, text.as_bytes()));
    written.map_err(unwritable)?;
    Ok(fingerprint(text.as_bytes()))
}

/// The SHA-256 of a file, as a log names it.
pub(crate) fn fingerprint(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// The same of a file, however long it is.
pub(crate) fn fingerprint_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut bytes = vec![0; 1 << 18];
    loop {
        match file.read(&mut bytes)? {
            0 => return Ok(hexadecimal(&digest.finalize())),
            read => digest.update(&bytes[..read]),
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
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
        let mut begun = Self::go_on(path, file, RunReport::default(), reporters, stop);
        begun.state.get_mut().unwrap_or_else(PoisonError::into_inner).lines = Some(0);
        Ok(begun)
    }

    /// Goes on with a log that somebody else began and this process has locked.
    pub(crate) fn go_on(
        path: PathBuf,
        file: File,
        report: RunReport,
        reporters: Vec<Box<dyn Reporter>>,
        stop: CancellationToken,
    ) -> Self {
        let file = Lines::after(file.metadata().map_or(0, |metadata| metadata.len()), file);
        let state = State { file, lines: None, report, reporters, span: None, broken: None, stop };
        Self { path, state: Mutex::new(state) }
    }

    /// Where it is, and what belongs to it.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    /// The run so far.
    pub(crate) fn report(&self) -> RunReport {
        let mut state = self.state();
        if let Some(cause) = state.broken.take() {
            state.report.apply(&Event::Contradiction { cause });
        }
        state.report.clone()
    }

    /// Writes the views that somebody wants, and tells whoever follows that the run is over.
    pub(crate) fn finish(&self, report: &RunReport, wanted: &Wanted, sinks: &Sinks) {
        let recording = self.path.display().to_string();
        let mut state = self.state();
        let (began, ended) = state.span.unwrap_or_default();
        let elapsed = Duration::try_from(ended.duration_since(began)).unwrap_or_default();
        let forgotten = wanted.history.as_ref().and_then(|file| {
            past::remember(file, &wanted.process, report, (began, elapsed)).err().map(|error| reason(&error))
        });
        let retained = wanted.retain(self.folder().parent());
        let closing = Closing {
            elapsed,
            recording: &recording,
            views: &[],
            forgotten: forgotten.as_deref(),
            retained: retained.as_ref(),
            sinks: &[],
        };
        // What the run tells of single cases is in its log alone, so a view says the same now as it will later.
        let formats = wanted.views.iter().map(|view| view.format);
        let told = telling::told(&self.path, report, formats);
        let (told, untold) = told.map_or_else(|error| (None, Some(error)), |told| (told, None));
        let account = Account::new(report, closing);
        let account = account.began(Some(began)).planned(&wanted.plan).told(told.as_ref());
        let written = views::write_all(&wanted.views, &wanted.process, &account, untold.as_ref());
        sinks.tell(&account, Moment::End, None);
        let delivered = sinks.finish();
        for reporter in &mut state.reporters {
            reporter.finished(report, Closing { views: &written, sinks: &delivered, ..closing });
        }
    }

    /// Tells whoever follows something that is no event; gives it back where a reporter is busy, and may be for ever.
    pub(crate) fn notice(&self, line: &str) -> Result<(), NobodyListens> {
        let mut looks = 0;
        let mut state = loop {
            match self.state.try_lock() {
                Ok(state) => break state,
                Err(TryLockError::Poisoned(poisoned)) => break poisoned.into_inner(),
                Err(TryLockError::WouldBlock) if looks == PATIENCE => return Err(NobodyListens),
                Err(TryLockError::WouldBlock) => std::thread::yield_now(),
            }
            looks += 1;
        };
        if state.reporters.is_empty() {
            return Err(NobodyListens);
        }
        state.reporters.iter_mut().for_each(|reporter| reporter.notice(line));
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// One line, one write: a killed process tears the last line at most.
    fn write(&mut self, record: &Record) -> Result<(), RecordError> {
        let unwritable = |reason: String| RecordError { reason };
        self.span = Some((self.span.map_or(record.at, |(began, _)| began), record.at));
        let mut line = serde_json::to_vec(record).map_err(|error| unwritable(error.to_string()))?;
        line.push(b'\n');
        let written = self.file.append(&line).map_err(|error| unwritable(error.to_string()));
        self.lines = self.lines.map(|lines| lines + u64::from(written.is_ok()));
        if let Err(error) = &written {
            // What is created from now on could not be found again, so nothing more is; what is there is released.
            self.broken.get_or_insert(error.to_string());
            self.stop.cancel();
        }
        written
    }

    /// What only whoever keeps the log knows.
    fn complete(&self, event: Event) -> Event {
        match event {
            Event::RunEnded { exit, lines: None } => Event::RunEnded { exit, lines: self.lines },
            event => event,
        }
    }

    fn spread(&mut self, record: &Record) {
        self.report.apply(&record.event);
        for reporter in &mut self.reporters {
            reporter.event(record);
        }
    }
}

/// An error with everything that is behind it, on one line.
fn reason(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

impl Recorder for Recording {
    fn record(&self, event: Event) {
        let mut state = self.state();
        let record = Record { at: identity::now(), event: state.complete(event) };
        // A write that fails is remembered, and stops the run; the report has the event all the same.
        state.write(&record).ok();
        state.spread(&record);
    }

    fn record_durably(&self, event: Event) -> Result<(), RecordError> {
        let mut state = self.state();
        let record = Record { at: identity::now(), event: state.complete(event) };
        state.write(&record)?;
        state.spread(&record);
        Ok(())
    }
}
