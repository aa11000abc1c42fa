//! A checkup of an environment: started, asked, stopped, and nothing written down.
//!
//! Does not: run a case, or begin a recording.

use crate::{SessionError, identity, signals};
use harness_engine::checkup::{Asked, ask};
use harness_engine::environment::{Environment, Facts};
use harness_engine::journal::{Journal, RecordError, Recorder};
use harness_engine::net::redact::Redactor;
use harness_engine::run::RunContext;
use harness_model::checkup::{Finding, State, Topic};
use harness_model::event::Event;
use harness_model::name::{CapabilityName, EnvironmentName};
use harness_model::suite::Suite;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long one answer may take: whoever is slower is not ready.
const PATIENCE: Duration = Duration::from_secs(15);

/// Whom to ask, and what.
pub struct Errand<'a> {
    /// The suite.
    pub suite: &'a Arc<Suite>,
    /// Its environment, not started.
    pub environment: &'a dyn Environment,
    /// The name of it.
    pub name: &'a EnvironmentName,
    /// The capabilities that somebody needs.
    pub wanted: &'a BTreeSet<CapabilityName>,
}

/// Starts an environment, asks it, and stops it. One that does not start, or does not stop, is a finding.
///
/// *Errors*: [`SessionError`] when somebody interrupts, or there are no threads, no signals, no name or no client.
pub fn checkup(errand: &Errand<'_>) -> Result<Asked, SessionError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(SessionError::Runtime)?;
    let cancel = CancellationToken::new();
    {
        let _context = runtime.enter();
        signals::listen(&cancel, &Arc::default()).map_err(SessionError::Signals)?;
    }
    let trouble =
        |error: String| Finding::new(Topic::Environment, errand.name.as_str(), State::Unreachable, error);
    let facts = match runtime.block_on(errand.environment.start()) {
        Ok(facts) => facts,
        Err(error) => return Ok(Asked { findings: vec![trouble(error.to_string())], unable: Vec::new() }),
    };
    let asked = context(errand, &facts, &cancel).and_then(|run| {
        runtime.block_on(async {
            tokio::select! {
                asked = ask(&run, errand.wanted) => Ok(asked),
                () = cancel.cancelled() => Err(SessionError::Interrupted),
            }
        })
    });
    let stopped = runtime.block_on(errand.environment.stop());
    // A name that is still being looked up keeps nobody waiting.
    runtime.shutdown_background();
    let mut asked = asked?;
    asked.findings.extend(stopped.err().map(|error| trouble(error.to_string())));
    Ok(asked)
}

fn context(
    errand: &Errand<'_>,
    facts: &Facts,
    cancel: &CancellationToken,
) -> Result<Arc<RunContext>, SessionError> {
    let mut suite = Arc::clone(errand.suite);
    if suite.request_timeout > PATIENCE {
        Arc::make_mut(&mut suite).request_timeout = PATIENCE;
    }
    let identity = identity::new(None).map_err(SessionError::Identity)?;
    let journal = Journal::new(Arc::new(Nobody), Redactor::default());
    let run = RunContext::new(suite, identity, facts, journal, cancel.clone());
    run.map(Arc::new).map_err(SessionError::Client)
}

/// Keeps nothing: what was found out is the whole of it.
struct Nobody;

impl Recorder for Nobody {
    fn record(&self, _event: Event) {}

    fn record_durably(&self, _event: Event) -> Result<(), RecordError> {
        Err(RecordError { reason: "a checkup creates nothing".to_owned() })
    }
}
