//! Looking after the history: recordings from elsewhere come in, old ones go.
//!
//! Does not: show it.

use crate::cli::print;
use crate::job;
use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::model::exit::ExitCode;
use harness_runner::model::units;
use harness_runner::past::{self, Imported, Outcome};
use harness_runner::prune::{self, Earnest, Pruned};
use harness_runner::report::history::{Access, History, HistoryError, Wanted};
use harness_runner::report::uncommanding;
use harness_runner::retention::{self, Policy};
use harness_runner::{identity, load};
use jiff::Timestamp;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// Recordings, and what the history has of their runs.
    Both,
    /// Recordings alone.
    Recordings,
}

/// What `history` takes to be looked after.
#[derive(Debug, clap::Args)]
pub(super) struct Upkeep {
    /// Add recordings: logs, folders of runs, or folders with such below them
    #[arg(long, value_name = "PATH", num_args = 1.., conflicts_with_all = ["suite", "prune"])]
    import: Vec<PathBuf>,
    /// Remove recordings, and what the history has of them, but no run that lives or has something left to sweep; what is beyond
    /// the [retention] of each suite, when no age is named, and then no newest green of an arm either
    #[arg(long, conflicts_with = "suite")]
    prune: bool,
    /// With --prune: of runs that began so long ago, as 90d, whatever the suites say
    #[arg(long, value_name = "AGE", requires = "prune", value_parser = units::duration)]
    older_than: Option<Duration>,
    /// With --older-than: recordings alone, so that the history still knows their runs
    #[arg(long, requires = "older_than")]
    recordings: bool,
    /// With --prune: only say what would be removed
    #[arg(long, requires = "prune")]
    dry_run: bool,
}

impl Upkeep {
    /// Does what is asked for, if anything is.
    pub(super) fn call(&self, settings: &Settings) -> Option<Result<ExitCode, StartError>> {
        let recordings = &job::recordings(settings);
        if !self.import.is_empty() {
            return Some(import(recordings, &self.import));
        }
        let extent = if self.recordings { Extent::Recordings } else { Extent::Both };
        let earnest = if self.dry_run { Earnest::Dry } else { Earnest::Real };
        match self.older_than {
            Some(age) => Some(prune(recordings, age, extent, earnest)),
            None => self.prune.then(|| retain(settings, earnest)),
        }
    }
}

/// Adds recordings, and says what became of each.
fn import(recordings: &Path, paths: &[PathBuf]) -> Result<ExitCode, StartError> {
    let imported = past::import(&past::file(recordings), paths)?;
    let (mut added, mut known, mut failed) = (0, 0, 0);
    for Imported { path, outcome } in &imported {
        let path = path.display();
        match outcome {
            Ok(Outcome::Added { run, cases }) => {
                added += 1;
                print(&format!("added {run}: {}\n", units::count(*cases, "case")));
            }
            Ok(Outcome::Known { .. }) => known += 1,
            Ok(Outcome::Empty) => print(&format!("passed over {path}: it planned no case\n")),
            Err(error) => {
                failed += 1;
                print(&uncommanding(&format!("NOT ADDED {path}: {}\n", chain(error))));
            }
        }
    }
    print(&format!("{} added, {known} there already, {failed} not read\n", units::count(added, "run")));
    Ok(if failed > 0 { ExitCode::Usage } else { ExitCode::Success })
}

/// Removes what is old, and says what that is.
fn prune(recordings: &Path, age: Duration, extent: Extent, earnest: Earnest) -> Result<ExitCode, StartError> {
    let now = identity::now();
    let before = now.checked_sub(age).map_err(|_beyond| {
        StartError::Usage(
            "--older-than goes back to before there was time: say it in days, as 90d".to_owned(),
        )
    })?;
    let pruned = prune::prune(recordings, before, earnest);
    let pruned = pruned.map_err(|error| StartError::Usage(format!("{}: {error}", recordings.display())))?;
    let (kept, gone): (Vec<&Pruned>, Vec<&Pruned>) = pruned.iter().partition(|found| found.kept.is_some());
    let word = if earnest == Earnest::Dry { "would remove" } else { "removed" };
    for found in &gone {
        print(&format!("{word} the recording of {}: {} kB\n", found.run, found.bytes.div_ceil(1000)));
    }
    for found in &kept {
        let why = found.kept.as_deref().unwrap_or_default();
        print(&uncommanding(&format!("kept the recording of {}: {why}\n", found.run)));
    }
    let forgotten = match extent {
        Extent::Recordings => 0,
        Extent::Both => forget(recordings, before, &kept, earnest)?,
    };
    let bytes: u64 = gone.iter().map(|found| found.bytes).sum();
    print(&format!(
        "{word} {} ({} kB) and {} from the history, all of before {}; kept {}\n",
        units::count(gone.len(), "recording"),
        bytes.div_ceil(1000),
        units::count(forgotten, "run"),
        before.strftime("%Y-%m-%d %H:%M UTC"),
        kept.len(),
    ));
    Ok(ExitCode::Success)
}

/// Removes what is beyond the retention of each suite, and says what that is.
fn retain(settings: &Settings, earnest: Earnest) -> Result<ExitCode, StartError> {
    let recordings = job::recordings(settings);
    let word = if earnest == Earnest::Dry { "would remove" } else { "removed" };
    let mut is_any_bounded = false;
    for name in load::suites(&settings.root) {
        let suite = job::load_suite(&name, settings)?;
        if !suite.retention.bounds_any() {
            continue;
        }
        is_any_bounded = true;
        let policy = Policy { suite: &suite.name, retention: &suite.retention };
        let retained = retention::apply(&recordings, policy, identity::now(), earnest)
            .map_err(|error| StartError::Usage(format!("{}: {}", recordings.display(), chain(&error))))?;
        for Pruned { run, bytes, kept } in &retained.recordings {
            match kept {
                None => {
                    print(&format!("{word} the recording of {run}: {} kB\n", bytes.div_ceil(1000)));
                }
                Some(why) => print(&uncommanding(&format!("kept the recording of {run}: {why}\n"))),
            }
        }
        for run in &retained.forgotten {
            print(&format!("{word} {run} from the history\n"));
        }
        print(&format!("{name}: {word} {retained}\n"));
    }
    if is_any_bounded {
        return Ok(ExitCode::Success);
    }
    let help = "say how much in [retention] of a suite.toml, or name an age: --prune --older-than 90d";
    Err(StartError::Usage(format!("no suite says what is kept of its runs: {help}")))
}

/// Takes old runs out of the history, but for those whose recording is kept.
fn forget(
    recordings: &Path,
    before: Timestamp,
    kept: &[&Pruned],
    earnest: Earnest,
) -> Result<usize, StartError> {
    let mut history = match History::open(&past::file(recordings), Access::Read) {
        Err(HistoryError::None { .. }) => return Ok(0),
        opened => opened?,
    };
    let old =
        history.runs(&Wanted { before: Some(before), ..Wanted::default() })?.into_iter().map(|run| run.id);
    let old: Vec<String> = old.filter(|run| kept.iter().all(|kept| kept.run != *run)).collect();
    Ok(match earnest {
        Earnest::Real => history.forget(&old)?,
        Earnest::Dry => old.len(),
    })
}

/// An error with everything that is behind it.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
