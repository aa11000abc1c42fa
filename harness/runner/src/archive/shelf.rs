//! The shelf: the recordings of a root, each known by the first lines of its logs.
//!
//! Whoever looks for a recording without reading all of it looks here, so that one walk decides what a recording is.
//!
//! Does not: read what a log says behind its first line.

use super::{WITH_PLANS, logs};
use harness_model::event::{Event, Record};
use harness_model::name::{EnvironmentName, LaneName};
use jiff::Timestamp;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// No first line of ours is longer.
const LONGEST: u64 = 1 << 20;

/// A folder below the recordings.
#[derive(Debug)]
pub(crate) struct Shelved {
    /// Where it is.
    pub(crate) folder: PathBuf,
    /// Its logs in the order of their names; under nextest a run has one for each case.
    pub(crate) logs: io::Result<Vec<PathBuf>>,
}

/// What the first line of a log says.
#[derive(Debug)]
pub(crate) struct Head {
    /// When it was written.
    pub(crate) at: Timestamp,
    /// The run.
    pub(crate) run: String,
    /// The suite.
    pub(crate) suite: String,
    /// The environment.
    pub(crate) environment: EnvironmentName,
    /// The lane, when one was chosen.
    pub(crate) lane: Option<LaneName>,
    /// Whether it had a plan; a sweep that looked for a label has none.
    pub(crate) planned: Planned,
}

/// Whether cases were planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Planned {
    /// They were.
    Yes,
    /// It is a sweep, which has none.
    No,
    /// It is so old that nobody wrote that down.
    Untold,
}

impl Shelved {
    /// What its first log says of it; none when that cannot be read.
    pub(crate) fn first(&self) -> Option<Head> {
        self.files().first().and_then(|log| head(log))
    }

    /// What the first of its logs that can be read says of it.
    pub(crate) fn head(&self) -> Option<Head> {
        self.files().iter().find_map(|log| head(log))
    }

    /// When the first of its processes began.
    pub(crate) fn began(&self) -> Option<Timestamp> {
        self.files().iter().filter_map(|log| head(log)).map(|head| head.at).min()
    }

    /// The name of its folder, which is that of its run, or of all that are one run under nextest.
    pub(crate) fn name(&self) -> String {
        self.folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Its logs, none when they cannot be listed.
    pub(crate) fn files(&self) -> &[PathBuf] {
        self.logs.as_deref().unwrap_or_default()
    }
}

/// Every recording below a folder, the newest first.
///
/// *Errors*: the folder cannot be read. One that is not there holds nothing.
pub(crate) fn shelf(recordings: &Path) -> io::Result<impl Iterator<Item = Shelved>> {
    let folders = match fs::read_dir(recordings) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        listed => listed?.collect::<io::Result<Vec<_>>>()?,
    };
    let changed = |entry: fs::DirEntry| {
        let found = entry.metadata().ok().filter(fs::Metadata::is_dir)?;
        Some((found.modified().unwrap_or(SystemTime::UNIX_EPOCH), entry.path()))
    };
    let mut folders: Vec<(SystemTime, PathBuf)> = folders.into_iter().filter_map(changed).collect();
    folders.sort();
    // The logs of one are listed when somebody comes to it: most look for the newest alone.
    Ok(folders.into_iter().rev().map(|(_, folder)| {
        let logs = logs(&folder);
        Shelved { folder, logs }
    }))
}

/// What the first line of a log says; none of what is no log of ours.
fn head(log: &Path) -> Option<Head> {
    let mut line = Vec::new();
    BufReader::new(File::open(log).ok()?.take(LONGEST)).read_until(b'\n', &mut line).ok()?;
    let Record { at, event } = serde_json::from_slice(&line).ok()?;
    let Event::RunStarted { version, run, suite, environment, lane, plan, .. } = event else { return None };
    let planned = match plan {
        Some(_) => Planned::Yes,
        None if version >= WITH_PLANS => Planned::No,
        None => Planned::Untold,
    };
    Some(Head { at, run, suite, environment, lane, planned })
}

#[cfg(test)]
mod tests {
    use super::{Planned, shelf};
    use std::fs;
    use std::time::{Duration, SystemTime};

    #[test]
    fn recordings_come_newest_first_and_say_what_they_are() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let started = |at: &str, version: u32, plan: &str| {
            format!(
                "{{\"at\":\"2026-11-21T05:00:0{at}Z\",\"event\":\"run-started\",\"version\":{version},\"run\":\"r\",\"suite\":\"s\",\
                 \"environment\":\"live\",\"because\":\"b\",\"selection\":\"\",\"policy\":{{\"skips\":\"tolerated\",\"flaky\":\"pass\"}}{plan}}}\n"
            )
        };
        let planned = ",\"plan\":\"abc\"";
        for (position, (name, logs)) in [
            ("old", vec![started("1", 1, "")]),
            ("run", vec![started("5", 6, planned), started("3", 6, planned)]),
            ("sweep", vec![started("4", 6, "")]),
            ("torn", vec!["{\"at\":".to_owned()]),
            ("empty", vec![]),
        ]
        .into_iter()
        .enumerate()
        {
            let run = folder.path().join(name);
            fs::create_dir(&run).expect("a folder");
            for (number, log) in logs.iter().enumerate() {
                fs::write(run.join(format!("events-{number}.jsonl")), log).expect("a log");
            }
            let time =
                SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 30) + Duration::from_secs(position as u64);
            fs::File::open(&run).expect("a folder").set_modified(time).expect("a time");
        }
        fs::write(folder.path().join("a file"), "").expect("a file");
        let found: Vec<_> = shelf(folder.path())
            .expect("a shelf")
            .map(|shelved| {
                let began = shelved.began().map(|at| at.to_string());
                (shelved.name(), shelved.head().map(|head| head.planned), began)
            })
            .collect();
        let at = |second: &str| Some(format!("2026-11-21T05:00:0{second}Z"));
        let expected = [
            ("empty", None, None),
            ("torn", None, None),
            ("sweep", Some(Planned::No), at("4")),
            ("run", Some(Planned::Yes), at("3")),
            ("old", Some(Planned::Untold), at("1")),
        ];
        assert_eq!(found, expected.map(|(name, planned, began)| (name.to_owned(), planned, began)));
        assert_eq!(shelf(&folder.path().join("nowhere")).expect("a shelf").count(), 0);
    }
}
