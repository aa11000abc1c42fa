//! The event log: what happened, one JSON object a line, append-only, the one truth of a run.
//!
//! Does not: write or read files, or hold a secret: everything is redacted before it becomes an event.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

mod exchange;
mod log;
mod part;
pub(crate) mod seconds;

pub use exchange::{Exchange, ProgramRun};
pub use log::{LogError, read};
pub use part::{Ability, Again, Found, Repetition, Scope, StepOutcome, Writer};

use crate::choose::ChosenRecord;
use crate::demand::Demands;
use crate::edge::Edge;
use crate::exit::{ExitCode, Policy};
use crate::gate::Decision;
use crate::gates::Gate;
use crate::known::Known;
use crate::name::{
    ArmName, CapabilityName, CaseId, EnvironmentName, FixtureName, LaneName, MilestoneName, ResourceKind,
    StepName,
};
use crate::pass::Pass;
use crate::provenance::Provenance;
use crate::shard::{Divided, Merged};
use crate::trace::Budget;
use crate::verdict::Ending;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::Duration;

/// The version of the written format. A reader refuses a newer one by name.
///
/// 2 has the verdict `operator`, what a red is known as, what was probed, evidence and edges; 3 has what a lane demands, and
/// milestones; 4 has programs that were run, and what was chosen; 5 has the beginning of a step, and what a poll sees while it
/// waits; 6 has shards, runs that were merged from them, and attempts; 7 has faults that never bit. What an older one wrote reads
/// as before.
pub const VERSION: u32 = 7;

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Record {
    /// When it was written, as RFC 3339.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The first line.
    RunStarted {
        /// The version of the format: [`VERSION`].
        version: u32,
        /// The run.
        run: String,
        /// The suite.
        suite: String,
        /// The lane, when one was chosen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lane: Option<LaneName>,
        /// Why that lane.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lane_because: Option<String>,
        /// The exit code that its lane expects; none for success.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expects: Option<ExitCode>,
        /// What people should know before anything runs, such as variables that nobody understands.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        notes: Vec<String>,
        /// The environment.
        environment: EnvironmentName,
        /// Why it was chosen.
        because: String,
        /// How the selection was written; empty for everything.
        selection: String,
        /// What the run makes of skips and retries.
        policy: Policy,
        /// Where the run comes from: commit, branch, and what sets it apart from an ordinary one.
        #[serde(default, skip_serializing_if = "Provenance::is_empty")]
        provenance: Box<Provenance>,
        /// Who writes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        process: Option<Writer>,
        /// The SHA-256 of its `plan.json`, in hexadecimal digits; none where there is no plan, as for a sweep.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plan: Option<String>,
        /// How its cases are run again, and what it repeats.
        #[serde(default, skip_serializing_if = "Again::is_unsaid")]
        again: Box<Again>,
        /// What it is a shard of, when it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shard: Option<Box<Divided>>,
    },
    /// The run was put together from shards, which between them had every case of its plan, and each once.
    Merged {
        /// The shards.
        shards: Vec<Merged>,
    },
    /// The target is up; a sweep must meet the same one.
    TargetUp {
        /// The variables that say where it is.
        variables: BTreeMap<String, String>,
    },
    /// A case will end in exactly one verdict.
    CasePlanned {
        /// The case.
        case: CaseId,
        /// The arms that picked it.
        arms: Vec<ArmName>,
        /// Whether a red counts.
        gate: Gate,
        /// What becomes of it.
        decision: Decision,
        /// What was chosen for it, in order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        chosen: Vec<ChosenRecord>,
    },
    /// What the lane demands of the run beyond its cases.
    Demanded {
        /// The demands, with the planned cases that they speak of.
        demands: Box<Demands>,
    },
    /// A case begins.
    CaseStarted {
        /// The case.
        case: CaseId,
    },
    /// A step begins.
    StepStarted {
        /// The case, fixture or release that it belongs to.
        scope: Scope,
        /// The step.
        step: StepName,
    },
    /// A poll has not seen what it waits for. Written when what it sees changes, not at every look.
    Waiting {
        /// The case, fixture or release that it belongs to.
        scope: Scope,
        /// The step.
        step: StepName,
        /// What it saw, in a word: `provisioning`, `status = 503`.
        saw: String,
    },
    /// A step ended.
    StepEnded {
        /// The case, fixture or release that it belongs to.
        scope: Scope,
        /// The step.
        step: StepName,
        /// How it ended.
        outcome: StepOutcome,
        /// How long it took.
        #[serde(with = "seconds")]
        #[schemars(with = "f64")]
        elapsed: Duration,
        /// How often it looked; one without a poll.
        attempts: u32,
    },
    /// A step held that reaches a milestone.
    Reached {
        /// The case, or the run for a fixture of it.
        scope: Scope,
        /// The step.
        step: StepName,
        /// The milestone.
        milestone: MilestoneName,
    },
    /// A request and what came back, redacted.
    Exchange {
        /// The case, fixture or release that it belongs to.
        scope: Scope,
        /// The step.
        step: StepName,
        /// The exchange.
        exchange: Box<Exchange>,
    },
    /// A program was run.
    Ran {
        /// The case, fixture or release that it belongs to.
        scope: Scope,
        /// The step.
        step: StepName,
        /// What was run, and what it said.
        program: Box<ProgramRun>,
    },
    /// A send is repeated, because no reply came; a pass after it is flaky.
    Retried {
        /// The case, fixture or release that it belongs to.
        scope: Scope,
        /// The step.
        step: StepName,
        /// Why no reply came.
        cause: String,
        /// How long it waits before the next send.
        #[serde(with = "seconds")]
        #[schemars(with = "f64")]
        pause: Duration,
    },
    /// Something will have been created: written before the request's first byte.
    OwnershipIntended {
        /// Who owns it.
        scope: Scope,
        /// The kind.
        kind: ResourceKind,
        /// The key that we chose.
        key: String,
        /// The bindings that its release needs; none is secret.
        bindings: Map<String, Value>,
    },
    /// The reply says that it exists.
    OwnershipConfirmed {
        /// The kind.
        kind: ResourceKind,
        /// The key.
        key: String,
        /// What the reply gave that its release needs, such as its id; none is secret.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        bindings: Map<String, Value>,
    },
    /// The reply says that nothing was created.
    OwnershipDeclined {
        /// The kind.
        kind: ResourceKind,
        /// The key.
        key: String,
    },
    /// It is shown gone, or was never there.
    Released {
        /// The kind.
        kind: ResourceKind,
        /// The key.
        key: String,
    },
    /// It was left standing on purpose.
    Kept {
        /// The kind.
        kind: ResourceKind,
        /// The key.
        key: String,
        /// A sweep leaves it alone until then.
        #[schemars(with = "String")]
        until: Timestamp,
    },
    /// It could not be shown gone.
    Leaked {
        /// The kind.
        kind: ResourceKind,
        /// The key.
        key: String,
        /// Why.
        cause: String,
    },
    /// A fixture of run scope could not be made.
    FixtureFailed {
        /// The fixture.
        fixture: FixtureName,
        /// Why.
        cause: String,
    },
    /// The target was asked what it can do.
    Probed {
        /// The capability.
        capability: CapabilityName,
        /// What it can.
        ability: Ability,
    },
    /// The edge of a service was examined, because no reply came: once for each host of a run.
    Examined {
        /// What was found out.
        edge: Box<Edge>,
    },
    /// What the target says of something that a red case owns.
    Evidence {
        /// Whose evidence it is.
        scope: Scope,
        /// The kind.
        kind: ResourceKind,
        /// The key.
        key: String,
        /// What was found out.
        found: Vec<Found>,
        /// What could not be.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        trouble: Vec<String>,
        /// What the suite knows it as.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        known: Option<Known>,
    },
    /// The observed states of a resource.
    Traced {
        /// The case.
        case: CaseId,
        /// The kind.
        kind: ResourceKind,
        /// The states, oldest first.
        states: Vec<String>,
        /// When each was entered, where the trace says so.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schemars(with = "Vec<String>")]
        entered: Vec<Timestamp>,
        /// Those that were tolerated.
        tolerated: Vec<String>,
        /// Its key.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        key: String,
        /// What the ways that it took may have taken, where the suite says so.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        budgets: Vec<Budget>,
    },
    /// One of several attempts of a case ended, released.
    Attempted {
        /// The case.
        case: CaseId,
        /// Which one, counted from one.
        number: u32,
        /// How many of how many must pass.
        pass: Pass,
        /// How it ended.
        ending: Ending,
        /// How long it took, release included.
        #[serde(with = "seconds")]
        #[schemars(with = "f64")]
        elapsed: Duration,
    },
    /// A case ended, released.
    CaseEnded {
        /// The case.
        case: CaseId,
        /// How.
        ending: Ending,
        /// How long it took, release included.
        #[serde(with = "seconds")]
        #[schemars(with = "f64")]
        elapsed: Duration,
    },
    /// The target, or the harness, could not start at all.
    NeverUp {
        /// Why.
        cause: String,
    },
    /// The harness contradicted itself.
    Contradiction {
        /// How.
        cause: String,
    },
    /// The target was to be broken, and nothing that these faults break was asked for.
    NeverBit {
        /// The faults, as they were asked for.
        faults: Vec<String>,
    },
    /// Somebody stopped the run; it has released everything all the same.
    Interrupted,
    /// The run is gone, and somebody else releases what it left.
    Swept {
        /// The version of the format: [`VERSION`].
        version: u32,
        /// Who writes from here on.
        process: Writer,
        /// What shows that the run is gone.
        because: String,
    },
    /// The last line of the run itself; a sweep may write more.
    RunEnded {
        /// The exit code.
        exit: ExitCode,
        /// How many lines there are before this one; whoever keeps the log counts them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lines: Option<u64>,
    },
}
