//! Retention: what a suite says is kept of its runs, applied to the recordings and the history of a root.
//!
//! A run stays, however old it is, while it lives, while something of it is left to sweep, and when no newer run was green for
//! one of its arms.
//!
//! Does not: touch runs of other suites, or what no suite bounds.

use crate::archive::shelf::{Planned, Shelved, shelf};
use crate::past;
use crate::prune::{self, Earnest, Pruned};
use harness_model::history::newest_greens;
use harness_model::name::EnvironmentName;
use harness_model::suite::{Bounds, Retention};
use harness_model::units;
use harness_report::history::{Access, History, HistoryError, Wanted};
use indexmap::IndexMap;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::Path;

/// What became of what is beyond its bounds.
#[derive(Debug, Default)]
pub struct Retained {
    /// The recordings, removed or not.
    pub recordings: Vec<Pruned>,
    /// The runs that the history no longer knows.
    pub forgotten: Vec<String>,
}

/// Why a retention was not applied.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    /// The recordings cannot be looked through.
    #[error("the recordings cannot be looked through")]
    Recordings(#[from] io::Error),
    /// The history cannot be read or written.
    #[error(transparent)]
    History(#[from] HistoryError),
}

/// A suite, and what is kept of its runs.
#[derive(Debug, Clone, Copy)]
pub struct Policy<'a> {
    /// The suite.
    pub suite: &'a str,
    /// What is kept.
    pub retention: &'a Retention,
}

/// Applies a retention.
///
/// *Errors*: the recordings or the history cannot be read or written; what was removed until then is gone.
pub fn apply(
    recordings: &Path,
    policy: Policy<'_>,
    now: Timestamp,
    earnest: Earnest,
) -> Result<Retained, RetentionError> {
    let mut history = match History::open(&past::file(recordings), Access::Read) {
        Err(HistoryError::None { .. }) => None,
        opened => Some(opened?),
    };
    let old = old_recordings(recordings, policy, now)?;
    let forgettable = match (&history, &policy.retention.history) {
        (Some(history), Some(bounds)) => old_runs(history.begun(policy.suite)?, bounds.value, now),
        (None, _) | (_, None) => Vec::new(),
    };
    let mut retained = Retained::default();
    if old.is_empty() && forgettable.is_empty() {
        return Ok(retained);
    }
    let greens = greens(history.as_ref(), policy.suite)?;
    for shelved in &old {
        let kept = greens.get(&shelved.name());
        retained.recordings.push(match kept {
            Some(rows) => Pruned { run: shelved.name(), bytes: 0, kept: Some(newest_green(rows)) },
            None => prune::remove(recordings, shelved, earnest)?,
        });
    }
    for run in forgettable {
        let is_kept = greens.contains_key(&run) || prune::hold(recordings, &run)?.is_some();
        if !is_kept {
            retained.forgotten.push(run);
        }
    }
    if let (Some(history), Earnest::Real) = (&mut history, earnest) {
        history.forget(&retained.forgotten)?;
    }
    Ok(retained)
}

/// The recordings of a suite that are beyond its bounds, the oldest first; sweeps are counted apart from runs.
fn old_recordings(recordings: &Path, policy: Policy<'_>, now: Timestamp) -> io::Result<Vec<Shelved>> {
    let Some(bounds) = &policy.retention.recordings else { return Ok(Vec::new()) };
    let mut places: IndexMap<(EnvironmentName, Planned), Vec<(Timestamp, Shelved)>> = IndexMap::new();
    for shelved in shelf(recordings)? {
        let Some(head) = shelved.head().filter(|head| head.suite == policy.suite) else { continue };
        places.entry((head.environment, head.planned)).or_default().push((head.at, shelved));
    }
    let old = places.into_values().flat_map(|mut place| {
        place.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        let began: Vec<Timestamp> = place.iter().map(|(at, _)| *at).collect();
        let kept = place.len() - bounds.value.beyond(&began, now);
        place.into_iter().skip(kept).rev().map(|(_, shelved)| shelved)
    });
    Ok(old.collect())
}

/// The runs of a history that are beyond its bounds.
fn old_runs(begun: Vec<(String, String, Timestamp)>, bounds: Bounds, now: Timestamp) -> Vec<String> {
    let mut places: IndexMap<String, Vec<(String, Timestamp)>> = IndexMap::new();
    for (run, environment, at) in begun {
        places.entry(environment).or_default().push((run, at));
    }
    let old = places.into_values().flat_map(|place| {
        let began: Vec<Timestamp> = place.iter().map(|(_, at)| *at).collect();
        let kept = place.len() - bounds.beyond(&began, now);
        place.into_iter().skip(kept).map(|(run, _)| run)
    });
    old.collect()
}

/// The runs that are the newest green of something, with what that is.
fn greens(history: Option<&History>, suite: &str) -> Result<BTreeMap<String, Vec<String>>, HistoryError> {
    let Some(history) = history else { return Ok(BTreeMap::new()) };
    Ok(newest_greens(&history.runs(&Wanted { suite: Some(suite), ..Wanted::default() })?))
}

fn newest_green(rows: &[String]) -> String {
    format!("it is the newest green of {}", rows.join(", "))
}

impl fmt::Display for Retained {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gone = self.recordings.iter().filter(|pruned| pruned.kept.is_none());
        let bytes: u64 = gone.clone().map(|pruned| pruned.bytes).sum();
        let recordings = units::count(gone.count(), "recording");
        let runs = units::count(self.forgotten.len(), "run");
        write!(formatter, "{recordings} ({} kB) and {runs} from the history", bytes.div_ceil(1000))
    }
}

impl Retained {
    /// Whether anything is gone.
    pub fn is_any_gone(&self) -> bool {
        !self.forgotten.is_empty() || self.recordings.iter().any(|pruned| pruned.kept.is_none())
    }
}
