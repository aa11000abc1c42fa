//! Releasing what one log leaves open, and writing down in it what came of that.
//!
//! Does not: know how a thing is released; the engine does.

use super::log::Log;
use super::{Stage, SweepError, Target};
use crate::identity;
use crate::recording::Recording;
use harness_engine::journal::Recorder;
use harness_model::estate::{Estate, Leftover};
use harness_model::event::{self, Event, VERSION};
use harness_model::name::ResourceKind;
use harness_model::report::{Ownership, RunReport};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Which leftovers of a run are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swept {
    /// Those that nobody wants to keep any more.
    Due,
    /// All of them: somebody named the run.
    All,
}

/// What came of a sweep.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// What is shown gone: kind and key.
    pub gone: Vec<(String, String)>,
    /// What is not: kind, key and why.
    pub left: Vec<(String, String, String)>,
    /// Where the harness contradicted itself, or could not write.
    pub trouble: Vec<String>,
}

type Name = (ResourceKind, String);

fn names(left: &[Leftover<'_>]) -> Vec<Name> {
    left.iter().map(|leftover| (leftover.kind.clone(), leftover.key.to_owned())).collect()
}

impl Log {
    /// What is meant of it.
    pub fn meant(&self, which: Swept) -> Vec<Leftover<'_>> {
        match which {
            Swept::Due => self.due(identity::now()),
            Swept::All => self.all(),
        }
    }

    /// Goes on with it, after its last whole line: what a killed process tore off was never read by anybody.
    fn go_on(&self, because: &str, cancel: &CancellationToken) -> Result<Arc<Recording>, SweepError> {
        let path = self.path.display().to_string();
        let file = self.file.try_clone().and_then(|file| file.set_len(self.whole).map(|()| file));
        let file = file.map_err(|source| SweepError::Log { path: path.clone(), source })?;
        let report = RunReport::fold(&self.events);
        let recording = Recording::go_on(self.path.clone(), file, report, Vec::new(), cancel.clone());
        let (process, because) = (identity::writer(), because.to_owned());
        let swept = Event::Swept { version: VERSION, process, because };
        recording
            .record_durably(swept)
            .map_err(|error| SweepError::Log { path, source: std::io::Error::other(error.to_string()) })?;
        Ok(Arc::new(recording))
    }
}

/// Releases leftovers of a run, in its name and into its log.
///
/// *Errors*: [`SweepError`]; nothing was touched then.
pub fn sweep(log: &Log, which: Swept, target: Target<'_>) -> Result<Outcome, SweepError> {
    let cancel = CancellationToken::new();
    let meant = names(&log.meant(which));
    // A name that is none of ours has no things that are called after it.
    let identity = identity::of_run(&log.estate.run).unwrap_or_else(|| harness_engine::run::RunIdentity {
        id: log.estate.run.clone(),
        name: log.estate.run.clone(),
        token: String::new(),
        date: String::new(),
    });
    let recording = log.go_on("its process is gone", &cancel)?;
    let stage = Stage::new(target, identity, Arc::clone(&recording), &cancel)?;
    let mut estate = log.estate.clone();
    stage.release(&estate, &meant);
    // What could not be released while it lived in something may have gone along with it since.
    estate = reread(&log.path)?;
    if harness_engine::sweep::may_have_gone_along(target.suite, &estate) && !cancel.is_cancelled() {
        stage.release(&estate, &meant);
    }
    Ok(outcome(&recording.report(), &meant))
}

impl Stage {
    fn release(&self, estate: &Estate, meant: &[Name]) {
        let is_meant = |leftover: &Leftover<'_>| {
            meant.iter().any(|(kind, key)| kind == leftover.kind && key == leftover.key)
        };
        let left: Vec<Leftover<'_>> = estate.left().filter(is_meant).collect();
        self.runtime.block_on(harness_engine::sweep::release(&self.context, estate, &left));
    }
}

/// Marks everything as gone that lived on a platform that ended with the process of its run.
///
/// *Errors*: the log cannot be written.
pub fn bury(log: &Log) -> Result<Outcome, SweepError> {
    let because = "its process is gone, and its platform ended with it";
    let recording = log.go_on(because, &CancellationToken::new())?;
    let meant = names(&log.all());
    for (kind, key) in meant.clone() {
        recording.record(Event::Released { kind, key });
    }
    Ok(outcome(&recording.report(), &meant))
}

fn reread(path: &Path) -> Result<Estate, SweepError> {
    let unreadable = |source| SweepError::Log { path: path.display().to_string(), source };
    let text = fs::read_to_string(path).map_err(unreadable)?;
    let records = event::read(&text).map_err(|error| unreadable(std::io::Error::other(error.to_string())))?;
    Ok(Estate::fold(records.iter().map(|record| &record.event)))
}

pub(super) fn outcome(report: &RunReport, meant: &[Name]) -> Outcome {
    let mut outcome = Outcome { trouble: report.contradictions.clone(), ..Outcome::default() };
    for name in meant {
        let (kind, key) = (name.0.to_string(), name.1.clone());
        match report.owned.get(name) {
            Some(Ownership::Released) => outcome.gone.push((kind, key)),
            Some(Ownership::Leaked(cause)) => outcome.left.push((kind, key, cause.clone())),
            Some(Ownership::Held | Ownership::Kept(_)) | None => {
                outcome.left.push((kind, key, "the sweep ended before its turn".to_owned()));
            }
        }
    }
    outcome
}
