//! Shards: a plan of which this machine runs a part, and what names the whole.
//!
//! Does not: put shards together; `merge` does.

use crate::recording::fingerprint;
use harness_model::estimate::Estimates;
use harness_model::plan::{EmptyShard, Plan, PlanDocument, PlanError, Reasons, read};
use harness_model::shard::{Divided, Division, Predictions, Shard};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Predictions that every machine has: from a file that all of them were given.
#[derive(Debug, Clone, Default)]
pub struct Shared {
    /// What the file says of each case.
    pub estimates: Estimates,
    /// The file, for people; none when there is none.
    pub file: Option<String>,
}

/// A file that predicts nothing.
#[derive(Debug, thiserror::Error)]
pub enum SharedError {
    /// It cannot be read.
    #[error("{path} cannot be read", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is not a plan.
    #[error("{path}: estimates are a plan, as `shakedown plan SUITE --json` writes it", path = path.display())]
    Plan {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: PlanError,
    },
    /// It is a plan of something else.
    #[error("{path} is a plan of {found}, and this is {here}: what one takes says nothing of the other", path = path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Its suite and environment.
        found: String,
        /// Those of the run.
        here: String,
    },
}

impl Shared {
    /// Reads the estimates of a plan that `shakedown plan --json` wrote.
    ///
    /// *Errors*: it cannot be read, is no plan, or is one of another suite or environment.
    pub fn read(path: &Path, plan: &Plan) -> Result<Self, SharedError> {
        let path = || path.to_owned();
        let text =
            fs::read_to_string(path()).map_err(|source| SharedError::Unreadable { path: path(), source })?;
        let document = read(&text).map_err(|source| SharedError::Plan { path: path(), source })?;
        if document.suite != plan.suite.name || document.environment != plan.environment {
            let found = format!("{} on {}", document.suite, document.environment);
            let here = format!("{} on {}", plan.suite.name, plan.environment);
            return Err(SharedError::Foreign { path: path(), found, here });
        }
        Ok(Self { estimates: Estimates::of_plan(&document), file: Some(path().display().to_string()) })
    }
}

/// Keeps the cases of one shard.
///
/// *Errors*: it has none.
pub fn divide(plan: &mut Plan, shard: Shard, shared: &Shared) -> Result<(), EmptyShard> {
    let predictions = Predictions::new(plan, &shared.estimates);
    let because = match shard.by {
        Division::Time => told(&predictions, shared.file.as_deref()),
        Division::Slice | Division::Count | Division::Hash => "as nextest divides".to_owned(),
    };
    let name = whole(&plan.document(&Reasons::default(), &Estimates::default()));
    plan.divide(Divided { shard, plan: name, because }, &predictions)
}

/// What names a plan, whatever machine made it.
pub(crate) fn whole(plan: &PlanDocument) -> String {
    fingerprint(plan.common().as_bytes())
}

/// On what a division by time rests.
fn told(predictions: &Predictions, file: Option<&str>) -> String {
    match (predictions.known(), file) {
        ((0, _), None) => "no file of estimates, so every case weighs the same".to_owned(),
        ((0, _), Some(file)) => format!("{file} estimates none of its cases, so every case weighs the same"),
        ((known, of), None) => format!("by what {known} of {of} cases declare that they take"),
        ((known, of), Some(file)) => format!("by the estimates of {file}, for {known} of {of} cases"),
    }
}
