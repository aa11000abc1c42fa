//! What all cases of a run share.
//!
//! Does not: know the plan, threads or signals; the runner does.

use crate::capability::Capabilities;
use crate::edge::Edges;
use crate::environment::{Facts, StandIn};
use crate::fixture::Fixtures;
use crate::journal::Journal;
use crate::machine::Machine;
use crate::net::http::{ClientError, HttpClient};
use crate::net::meter::RetryMeter;
use crate::net::redact::Secret;
use crate::net::wait::{self, Slept};
use crate::ownership::{self, OwnedStack};
use crate::watch::Watch;
use harness_model::below::Below;
use harness_model::context::Bindings;
use harness_model::event::Scope;
use harness_model::keep::{Colour, Keep, Keeping};
use harness_model::name::EnvironmentName;
use harness_model::name::FlowName;
use harness_model::suite::Suite;
use harness_model::verdict::Verdict;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Who a run is: what its names on the target are made of.
#[derive(Debug, Clone)]
pub struct RunIdentity {
    /// The run: `20261121-040312-9f86d081`.
    pub id: String,
    /// What its things are called after: the id, or the same with what somebody calls the run for the time of day.
    pub name: String,
    /// Eight hexadecimal digits that no other run has.
    pub token: String,
    /// The day, as `20261121`.
    pub date: String,
}

/// What becomes of a case when the target cannot do what it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmet {
    /// It is skipped, loudly.
    Skips,
    /// It is refused when it counts: whoever runs the case alone would show a skip as a pass.
    RefusesRequired,
    /// It is refused: live is required.
    Refuses,
}

/// What all cases of a run share.
pub struct RunContext {
    /// The suite.
    pub suite: Arc<Suite>,
    /// Who the run is.
    pub identity: RunIdentity,
    /// The pen.
    pub journal: Journal,
    /// Cancelled when somebody stops the run.
    pub cancel: CancellationToken,
    /// Where it runs.
    pub(crate) environment: EnvironmentName,
    /// What stands between it and its target.
    pub(crate) stand_in: Option<StandIn>,
    pub(crate) net: HttpClient,
    pub(crate) machine: Machine,
    pub(crate) below: Below,
    /// `run`, `env`, and the `scope` of what belongs to the run.
    pub(crate) world: Bindings,
    /// `secret`, for credentials, request bodies and what programs are told.
    pub(crate) secrets: Bindings,
    /// Upper bounds for every poll's interval and deadline.
    pub(crate) at_most: (Option<Duration>, Option<Duration>),
    /// The flow that lets time pass; without one, steps wait.
    pub(crate) elapse: Option<FlowName>,
    pub(crate) fixtures: Fixtures,
    pub(crate) capabilities: Capabilities,
    pub(crate) edges: Edges,
    pub(crate) unmet: Unmet,
    pub(crate) owned: OwnedStack,
    keeping: Keeping,
    any_red: AtomicBool,
    pub(crate) meter: RetryMeter,
    /// How often streams may be opened again.
    pub(crate) streams: RetryMeter,
    pub(crate) watch: Watch,
}

impl RunContext {
    /// Sets up a run against an environment that has started.
    ///
    /// *Errors*: no HTTP client can be built on this system.
    pub fn new(
        suite: Arc<Suite>,
        identity: RunIdentity,
        facts: &Facts,
        journal: Journal,
        cancel: CancellationToken,
    ) -> Result<Self, ClientError> {
        let redactor = journal.redactor().clone();
        for secret in facts.secrets.values() {
            redactor.learn(secret);
        }
        let variables = suite.variables.keys().filter_map(|name| {
            Some((name.as_str(), suite.variable(name, |name| facts.variables.get(name))?))
        });
        let variables: BTreeMap<&str, String> = variables.collect();
        let run: BTreeMap<&str, &str> = BTreeMap::from([
            ("id", identity.id.as_str()),
            ("name", &identity.name),
            ("token", &identity.token),
            ("date", &identity.date),
        ]);
        let secrets: BTreeMap<&str, &str> =
            facts.secrets.iter().map(|(name, secret)| (name.as_str(), Secret::expose(secret))).collect();
        let environment = suite.environments.get(&facts.environment);
        Ok(Self {
            environment: facts.environment.clone(),
            stand_in: facts.stand_in.clone(),
            net: HttpClient::new(redactor, suite.request_timeout)?,
            machine: Machine::default(),
            below: Below::default(),
            world: Bindings::default()
                .with("run", run)
                .with("env", variables)
                .with("scope", BTreeMap::from([("name", identity.name.as_str())])),
            secrets: Bindings::default().with("secret", secrets),
            at_most: environment.map_or((None, None), |spec| (spec.poll_every, spec.poll_within)),
            elapse: environment.and_then(|spec| Some(spec.elapse.as_ref()?.value.clone())),
            fixtures: Fixtures::default(),
            capabilities: Capabilities::default(),
            edges: Edges::default(),
            unmet: Unmet::Skips,
            owned: OwnedStack::default(),
            keeping: Keeping { keep: Keep::Never, until: Timestamp::UNIX_EPOCH },
            any_red: AtomicBool::new(false),
            meter: RetryMeter::new(suite.retry_budget),
            streams: RetryMeter::new(suite.retry_budget),
            watch: Watch::new(journal.clone(), cancel.clone()),
            suite,
            identity,
            journal,
            cancel,
        })
    }

    /// Stops the run when its time is up.
    pub async fn keep_time(self: Arc<Self>, timeout: Duration) {
        if wait::sleep(timeout, &self.cancel).await == Slept::Through {
            self.watch.time_is_up(timeout);
        }
    }

    /// The same, with what its programs get of the machine.
    #[must_use]
    pub fn on(self, machine: Machine) -> Self {
        Self { machine, ..self }
    }

    /// The same, with what is asked for below the target.
    #[must_use]
    pub fn below(self, below: Below) -> Self {
        Self { below, ..self }
    }

    /// The same, with what becomes of a case when the target cannot do what it needs.
    #[must_use]
    pub fn unmet(self, unmet: Unmet) -> Self {
        Self { unmet, ..self }
    }

    /// The same, keeping what the policy says.
    #[must_use]
    pub fn keeping(self, keeping: Keeping) -> Self {
        Self { keeping, ..self }
    }

    /// Releases what the run itself owns, the last first. Call it when every case has ended.
    pub async fn release(&self) {
        self.capabilities.settle().await;
        self.fixtures.settle().await;
        let colour = if self.any_red.load(Ordering::Relaxed) { Colour::Red } else { Colour::Green };
        self.release_or_keep(&self.owned, &Scope::Run, colour).await;
    }

    /// Releases what a case owns, or keeps it.
    pub(crate) async fn part_with(&self, owned: &OwnedStack, scope: &Scope, verdict: Verdict) {
        let colour = if verdict.is_red() { Colour::Red } else { Colour::Green };
        if colour == Colour::Red {
            self.any_red.store(true, Ordering::Relaxed);
        }
        self.release_or_keep(owned, scope, colour).await;
    }

    async fn release_or_keep(&self, owned: &OwnedStack, scope: &Scope, colour: Colour) {
        if self.keeping.keep.applies(colour) {
            ownership::keep(self, owned, self.keeping.until);
        } else {
            ownership::release(self, owned, scope).await;
        }
    }

    /// How often, and for how long, to look for what may have been created after its reply was lost.
    pub(crate) fn settling(&self) -> (Duration, Duration) {
        let (every, within) = self.at_most;
        let longest = self.suite.request_timeout;
        (every.unwrap_or(longest / 10), longest.min(within.unwrap_or(longest)))
    }

    /// How many requests were sent so far.
    pub fn requests(&self) -> u64 {
        self.net.requests()
    }
}
