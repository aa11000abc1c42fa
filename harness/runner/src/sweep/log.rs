//! The logs of runs: which are still written, which are not, and what they leave open.
//!
//! Does not: write.

use crate::identity;
use harness_model::estate::{Estate, Leftover, Standing};
use harness_model::event::{self, Event, LogError, Writer};
use harness_model::units;
use jiff::Timestamp;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// No log of ours is longer; what never ends is none.
const LONGEST: u64 = 2 * 1024 * 1024 * 1024;

/// A log that nobody writes any more; as long as this value lives, nobody else can.
#[derive(Debug)]
pub struct Log {
    /// The folder of the run.
    pub run: String,
    /// The file.
    pub path: PathBuf,
    /// What it says was created.
    pub estate: Estate,
    pub(super) events: Vec<Event>,
    pub(super) file: File,
    /// Where its last whole line ends.
    pub(super) whole: u64,
}

/// One log of a run.
#[derive(Debug)]
pub enum Found {
    /// Its run is gone.
    Over(Box<Log>),
    /// It cannot be swept now.
    Refused {
        /// The folder of the run.
        run: String,
        /// Why not.
        refusal: Refusal,
    },
}

/// Why a log is left alone.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Its run is still under way.
    #[error("it is still under way (process {pid}): what it owns is released when it ends")]
    Lives {
        /// Who writes it.
        pid: u32,
        /// What it has, by kind and key.
        holds: Vec<(String, String)>,
    },
    /// Somebody sweeps it.
    #[error("another sweep is at it")]
    Swept {
        /// What it has, by kind and key.
        holds: Vec<(String, String)>,
    },
    /// Somebody writes on it, and it does not say who.
    #[error("another process writes on its log: it is still under way, or another sweep is at it")]
    Taken {
        /// What it has, by kind and key.
        holds: Vec<(String, String)>,
    },
    /// It is not a log of ours, or a newer one.
    #[error("{path} cannot be read: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// Every log below the folder of the runs, or of one run; the oldest first.
///
/// *Errors*: the folder cannot be read. One that is not there holds no log.
pub fn logs(recordings: &Path, run: Option<&str>) -> io::Result<Vec<Found>> {
    let mut found = Vec::new();
    for folder in entries(recordings)? {
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !folder.is_dir() || run.is_some_and(|run| run != name) {
            continue;
        }
        for path in entries(&folder)? {
            let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            if stem.starts_with("events") && path.extension().is_some_and(|extension| extension == "jsonl") {
                found.extend(look(&name, path));
            }
        }
    }
    Ok(found)
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let listed = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listed => listed?,
    };
    let mut paths = listed.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// A log and who has it; none when its process was gone before it wrote a line.
fn look(run: &str, path: PathBuf) -> Option<Found> {
    let refused = |refusal| Some(Found::Refused { run: run.to_owned(), refusal });
    let shown = path.display().to_string();
    let unreadable = |reason: String| Refusal::Unreadable { path: shown.clone(), reason };
    let opened = File::options().read(true).append(true).open(&path);
    let (file, locked) = match opened.and_then(|file| locked(&file).map(|locked| (file, locked))) {
        Ok(opened) => opened,
        Err(error) => return refused(unreadable(error.to_string())),
    };
    let (whole, read) = match read(&file) {
        Ok(read) => read,
        Err(error) => return refused(unreadable(error.to_string())),
    };
    if whole == 0 {
        return None;
    }
    let events: Vec<Event> = match read {
        Ok(records) => records.into_iter().map(|record| record.event).collect(),
        Err(error) => return refused(unreadable(described(&error))),
    };
    let estate = Estate::fold(&events);
    let is_told = estate.writer.as_ref().is_some_and(|writer| writer.started.is_some());
    let writer = estate.writer.as_ref().filter(|writer| identity::is_alive(writer));
    match (locked, writer) {
        (_, Some(Writer { pid, .. })) => refused(Refusal::Lives { pid: *pid, holds: holds(&estate) }),
        (Locked::BySomebodyElse, None) if !is_told => refused(Refusal::Taken { holds: holds(&estate) }),
        (Locked::BySomebodyElse, None) => refused(Refusal::Swept { holds: holds(&estate) }),
        (Locked::ByUs, None) => {
            let run = run.to_owned();
            Some(Found::Over(Box::new(Log { run, path, estate, events, file, whole })))
        }
    }
}

#[derive(Clone, Copy)]
enum Locked {
    ByUs,
    BySomebodyElse,
}

fn locked(file: &File) -> io::Result<Locked> {
    match file.try_lock() {
        Ok(()) => Ok(Locked::ByUs),
        Err(TryLockError::WouldBlock) => Ok(Locked::BySomebodyElse),
        // A file system without locks: the line about its process has to do.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(Locked::ByUs),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Where the last whole line ends, and what the log says up to there.
fn read(file: &File) -> io::Result<(u64, Result<Vec<event::Record>, LogError>)> {
    let mut bytes = Vec::new();
    file.take(LONGEST).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == LONGEST {
        return Err(io::Error::other(format!("it is larger than {}", units::display_size(LONGEST))));
    }
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    // A torn line may end within a letter.
    let text = String::from_utf8_lossy(&bytes[..whole]);
    Ok((whole as u64, event::read(&text)))
}

fn described(error: &LogError) -> String {
    match error {
        LogError::Line { line, source } => format!("line {line} is not an event: {source}"),
        LogError::Newer { .. } => format!("{error}: sweep with the program that wrote it, or a newer one"),
        LogError::Headless
        | LogError::Named { .. }
        | LogError::Again { .. }
        | LogError::AfterTheEnd { .. }
        | LogError::Counted { .. }
        | LogError::Changed { .. } => error.to_string(),
    }
}

fn holds(estate: &Estate) -> Vec<(String, String)> {
    estate.left().map(|leftover| (leftover.kind.to_string(), leftover.key.to_owned())).collect()
}

impl Log {
    /// What is due: everything that nobody has shown gone, but what is kept until later.
    pub fn due(&self, now: Timestamp) -> Vec<Leftover<'_>> {
        let is_due = |leftover: &Leftover<'_>| match leftover.holding.standing {
            Standing::Kept(until) => until <= now,
            Standing::Held | Standing::Released => true,
        };
        self.estate.left().filter(is_due).collect()
    }

    /// Everything that nobody has shown gone, kept or not.
    pub fn all(&self) -> Vec<Leftover<'_>> {
        self.estate.left().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Found, Refusal, logs};
    use crate::recording::Recording;
    use harness_engine::journal::Recorder;
    use harness_model::event::{Event, VERSION};
    use harness_model::exit::{FlakyPolicy, Policy, SkipPolicy};
    use harness_model::name::EnvironmentName;
    use tokio_util::sync::CancellationToken;

    /// As a run writes it whose process this system cannot name.
    fn started() -> Event {
        Event::RunStarted {
            version: VERSION,
            run: "20261121-040312-9f86d081".to_owned(),
            suite: "s".to_owned(),
            lane: None,
            lane_because: None,
            expects: None,
            notes: Vec::new(),
            environment: EnvironmentName::new("live"),
            because: String::new(),
            selection: String::new(),
            policy: Policy { skips: SkipPolicy::Tolerated, flaky: FlakyPolicy::Pass },
            provenance: Box::default(),
            process: None,
            plan: None,
            again: Box::default(),
            shard: None,
        }
    }

    #[test]
    fn a_log_that_is_being_written_is_told_by_its_lock_alone() {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("one");
        let recording = Recording::begin(&run, "events.jsonl", Vec::new(), CancellationToken::new()).unwrap();
        recording.record(started());
        let held = logs(folder.path(), None).unwrap();
        assert!(matches!(held[..], [Found::Refused { refusal: Refusal::Taken { .. }, .. }]), "{held:?}");
        drop(recording);
        let free = logs(folder.path(), Some("one")).unwrap();
        assert!(matches!(&free[..], [Found::Over(log)] if log.run == "one"), "{free:?}");
        assert!(
            matches!(logs(folder.path(), None).unwrap()[..], [Found::Refused { .. }]),
            "held by the look before"
        );
        assert_eq!(logs(folder.path(), Some("two")).unwrap().len(), 0);
    }

    #[test]
    fn a_log_without_a_whole_line_is_none() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("one")).unwrap();
        std::fs::write(folder.path().join("one/events.jsonl"), "{\"at\":").unwrap();
        assert_eq!(logs(folder.path(), None).unwrap().len(), 0);
        assert_eq!(logs(&folder.path().join("nowhere"), None).unwrap().len(), 0);
    }
}
