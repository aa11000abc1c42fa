//! Sweeping: finds the logs of runs that are gone and left something, and has it released in their name.
//!
//! A log is locked by the process that writes it, so a run is gone when its log can be locked. What a sweep does is
//! appended to the same log: every view of the run tells the truth afterwards, and a second sweep has nothing to do.
//!
//! Does not: choose an environment or read settings; the roof does.

mod label;
mod log;
mod release;

pub use harness_engine::sweep::Labelled;
pub use label::{Errand, Labels, Sorted, sort};
pub use log::{Found, Log, Refusal, logs};
pub use release::{Outcome, Swept, bury, sweep};

use crate::identity::NoRandomness;
use crate::recording::{Recording, RecordingError};
use harness_engine::environment::Facts;
use harness_engine::journal::Journal;
use harness_engine::machine::Machine;
use harness_engine::net::http::ClientError;
use harness_engine::net::redact::Redactor;
use harness_engine::run::{RunContext, RunIdentity};
use harness_model::below::Below;
use harness_model::suite::Suite;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

/// Why a sweep cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// No runtime, or no signals.
    #[error("no threads to sweep on")]
    Runtime(#[source] std::io::Error),
    /// No HTTP client.
    #[error("cannot reach any service")]
    Client(#[source] ClientError),
    /// The log cannot be written on.
    #[error("cannot go on with the log {path}")]
    Log {
        /// Which one.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The log of a sweep of its own cannot be begun.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// No name for a sweep of its own.
    #[error("cannot name the sweep")]
    Identity(#[source] NoRandomness),
    /// Nobody knows what carries our label.
    #[error("what carries our label cannot be listed: {0}")]
    Label(String),
}

/// The variables that say where a target is, with their values: those that bases and hosts of services read, and those
/// that choose an environment.
pub(crate) fn whereabouts(suite: &Suite, facts: &Facts) -> BTreeMap<String, String> {
    let services =
        suite.services.values().flat_map(|service| std::iter::once(&service.base).chain(&service.hosts));
    let read = services.flat_map(harness_model::template::Template::reads);
    let read = read.filter_map(|path| path.strip_prefix("env."));
    let chosen = suite.environments.values().filter_map(|spec| spec.when.as_deref());
    let given = suite.environments.get(&facts.environment).into_iter().flat_map(|spec| spec.given.values());
    let given = given.flat_map(|given| given.reads("env"));
    let named = read
        .chain(chosen)
        .chain(given)
        .filter_map(|name| Some((name.to_owned(), suite.variable(name, |name| facts.lasting().get(name))?)));
    named.collect()
}

/// What a sweep meets, and with what it asks.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The suite, which says how things are found and removed.
    pub suite: &'a Arc<Suite>,
    /// Where the target is.
    pub facts: &'a Facts,
    /// What programs get of this machine.
    pub machine: &'a Machine,
    /// What is asked for below it.
    pub below: &'a Below,
}

/// A runtime, a context in the name of a run, and whatever writes for it.
struct Stage {
    runtime: Runtime,
    context: RunContext,
}

impl Stage {
    fn new(
        target: Target<'_>,
        identity: RunIdentity,
        recorder: Arc<Recording>,
        cancel: &CancellationToken,
    ) -> Result<Self, SweepError> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(SweepError::Runtime)?;
        {
            let _context = runtime.enter();
            crate::signals::listen(cancel, &Arc::default()).map_err(SweepError::Runtime)?;
        }
        let journal = Journal::new(recorder, Redactor::default());
        let suite = Arc::clone(target.suite);
        let context = RunContext::new(suite, identity, target.facts, journal, cancel.clone());
        let context =
            context.map_err(SweepError::Client)?.on(target.machine.clone()).below(target.below.clone());
        Ok(Self { runtime, context })
    }
}
