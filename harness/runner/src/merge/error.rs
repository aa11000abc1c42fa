//! Why shards are not put together.
//!
//! Does not: decide it.

use crate::archive::ArchiveError;
use crate::identity::NoRandomness;
use crate::recording::RecordingError;
use harness_model::name::CaseId;
use harness_model::shard;
use harness_model::units;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// How many cases of a kind are named before the rest is counted.
const NAMED: usize = 20;

/// Why shards are not put together.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// A recording cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// It is one of a run that was not divided.
    #[error("run {run} is no shard ({path}): it has all of its plan already, `shakedown report` shows it", path = path.display())]
    NoShard {
        /// The run.
        run: String,
        /// Its recording.
        path: PathBuf,
    },
    /// It is one of nextest.
    #[error("{path} has a log for each process, as nextest leaves it: `shakedown report --nextest` judges all of them", path = path.display())]
    Processes {
        /// The recording.
        path: PathBuf,
    },
    /// Its plan is not beside its log.
    #[error("run {run} has no plan beside its log ({path}), so nobody can tell what it was a shard of: take plan.json along", path = path.display())]
    PlanGone {
        /// The run.
        run: String,
        /// Its recording.
        path: PathBuf,
    },
    /// It has no end.
    #[error("{shard} did not come to its end (run {run}, {path}): it still runs, was killed, or its log was cut. Run that shard again, and merge with --latest", path = path.display())]
    Torn {
        /// Which shard.
        shard: shard::Shard,
        /// Its run.
        run: String,
        /// Its log.
        path: PathBuf,
    },
    /// One shard ran twice.
    #[error("{shard} is there twice, as run {} and run {}: leave one of them out, or say --latest", runs[0], runs[1])]
    Repeated {
        /// Which shard.
        shard: shard::Shard,
        /// The two runs.
        runs: [String; 2],
    },
    /// The shards are not of one plan.
    #[error("{shard} (run {run}) is not a shard of the same plan as run {first}: {difference}")]
    Foreign {
        /// Which shard.
        shard: shard::Shard,
        /// Its run.
        run: String,
        /// The run that it does not fit.
        first: String,
        /// What is different.
        difference: String,
    },
    /// The shards are not the plan.
    #[error("the shards are not the plan\n{0}")]
    Misfit(Misfit),
    /// The plans beside the logs do not come to the plan that all of them name.
    #[error(
        "the plans of the shards do not come to the plan that they name: one of them was changed after its run began"
    )]
    Changed,
    /// Two of them created the same thing.
    #[error("run {} and run {} both created {kind} {key}: they were not two shards of one run", runs[0], runs[1])]
    Shared {
        /// Its kind.
        kind: String,
        /// Its key.
        key: String,
        /// The two runs.
        runs: [String; 2],
    },
    /// There is something where it should go.
    #[error("{folder} is there already: name another folder with --output", folder = folder.display())]
    Occupied {
        /// The folder.
        folder: PathBuf,
    },
    /// It cannot be written.
    #[error("{folder} cannot be written", folder = folder.display())]
    Unwritable {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Its plan cannot be written.
    #[error(transparent)]
    Plan(RecordingError),
    /// No randomness.
    #[error("cannot name the merged run")]
    Identity(#[source] NoRandomness),
}

/// Cases that are not where the plan has them: once in one shard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Misfit {
    /// Those that no shard has.
    pub missing: Vec<CaseId>,
    /// The shards that nobody gave, as far as the others tell.
    pub absent: Vec<shard::Shard>,
    /// Those that several have, with the runs.
    pub duplicate: Vec<(CaseId, Vec<String>)>,
    /// Those that the plan does not have, with the run.
    pub foreign: Vec<(CaseId, String)>,
}

impl Misfit {
    pub(super) fn is_none(&self) -> bool {
        self.missing.is_empty() && self.duplicate.is_empty() && self.foreign.is_empty()
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let absent: Vec<String> = self.absent.iter().map(ToString::to_string).collect();
        let absent =
            if absent.is_empty() { String::new() } else { format!(": {} is not there", absent.join(", ")) };
        let kinds = [
            ("no shard has", absent, self.missing.iter().map(ToString::to_string).collect::<Vec<_>>()),
            (
                "more than one shard has",
                String::new(),
                self.duplicate
                    .iter()
                    .map(|(case, runs)| format!("{case} (runs {})", runs.join(", ")))
                    .collect(),
            ),
            (
                "the plan does not have",
                String::new(),
                self.foreign.iter().map(|(case, run)| format!("{case} (run {run})")).collect(),
            ),
        ];
        let kinds = kinds.into_iter().filter(|(_, _, cases)| !cases.is_empty());
        let told: Vec<String> = kinds
            .map(|(what, why, cases)| {
                let more = cases.len().saturating_sub(NAMED);
                let head = format!("  {what} {}{why}", units::count(cases.len(), "case"));
                let named = cases.into_iter().take(NAMED).map(|case| format!("    {case}"));
                let rest = (more > 0).then(|| format!("    and {more} more"));
                std::iter::once(head).chain(named).chain(rest).collect::<Vec<_>>().join("\n")
            })
            .collect();
        formatter.write_str(&told.join("\n"))
    }
}
