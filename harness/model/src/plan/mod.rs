//! The plan: every selected case with its decision and its gate, before anything starts.
//!
//! Does not: touch the network; `--list`, `check` and `plan` stop here.

mod demands;
mod document;
mod forecast;
mod obstacle;
mod part;
mod programs;

pub use document::{LeftOut, PLAN_VERSION, PlanDocument, PlanError, PlannedCase, read};
pub use forecast::{Counts, Forecast};
pub use part::EmptyShard;
pub use programs::Program;

use obstacle::Reach;

use crate::case::Case;
use crate::choose::{self, AtHand};
use crate::diagnostic::Diagnostics;
use crate::event::Again;
use crate::exit::{Policy, SkipPolicy};
use crate::gate::{Availability, Decision, LiveRequirement, decide};
use crate::gates::{Gate, Running};
use crate::layers::Overlay;
use crate::name::{ArmName, CapabilityName, EnvironmentName, LaneName};
use crate::overrides;
use crate::pass::Pass;
use crate::selection::Selection;
use crate::suite::{Arm, KnownRed, Lane, Requirement, SecretSupply, Suite};
use crate::validate::{cases, distinct};
use indexmap::IndexSet;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// A suite, and everything that is decided about a run of it.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The suite.
    pub suite: Arc<Suite>,
    /// The environment that it runs against.
    pub environment: EnvironmentName,
    /// The selected cases, in order.
    pub cases: Vec<Planned>,
    /// How many cases the suite has, selected or not; those that `cover` leaves out are not among them.
    pub of: usize,
    /// How many cases its lane picks, or the suite's own when none was chosen; of these, what runs is measured.
    pub of_lane: usize,
    /// How the selection was written; empty for everything.
    pub selection: String,
    /// What the run makes of skips and retries.
    pub policy: Policy,
    /// The suite as it was written, for whoever asks what the variables replace.
    pub written: Arc<Suite>,
    /// The lane that was chosen, and values of declared bindings that variables replace.
    pub overlay: Overlay,
    /// How long the run may take.
    pub timeout: Duration,
    /// The variables that expressions read as `env`, as they were set; a secret is none of them.
    pub variables: BTreeMap<String, String>,
    /// What there was when the decisions were made.
    pub available: Availability,
    /// What it is a shard of, when it is one; its cases are those of the shard then.
    pub(crate) part: Option<part::OfWhole>,
}

/// A case with what is decided about it.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The case.
    pub case: Case,
    /// The arms that picked it.
    pub arms: Vec<ArmName>,
    /// What becomes of it.
    pub decision: Decision,
    /// Whether a red counts.
    pub gate: Gate,
    /// The failure that is expected for now, when the mark still counts.
    pub known_red: Option<KnownRed>,
    /// How many of several attempts must pass; none for one attempt.
    pub pass: Option<Pass>,
    /// What the target must be able to do, which only the run finds out.
    pub probes: Vec<CapabilityName>,
}

/// Why a run is what it is, for its header and its recording.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reasons {
    /// Why that environment.
    pub environment: String,
    /// Why that lane, when there is one.
    pub lane: Option<String>,
    /// What people should know before anything runs, such as variables that nobody understands.
    pub notes: Vec<String>,
    /// How its cases are run again, and what it repeats.
    pub again: Again,
}

/// What a plan is made from, beside the suite.
#[derive(Debug, Clone)]
pub struct Circumstances {
    /// The environment to run against.
    pub environment: EnvironmentName,
    /// The lane, when one was chosen.
    pub lane: Option<LaneName>,
    /// `E2E_*` variables: selections and overrides of declared bindings.
    pub variables: BTreeMap<String, String>,
    /// What there is.
    pub available: Availability,
}

impl Plan {
    /// Expands, selects and decides.
    ///
    /// *Errors*: what the overrides break.
    pub fn new(
        mut suite: Arc<Suite>,
        selection: &Selection,
        circumstances: &Circumstances,
    ) -> Result<Self, Diagnostics> {
        let written = Arc::clone(&suite);
        let mut findings = Diagnostics::default();
        let overrides = overrides::read(&suite, &circumstances.variables, &mut findings);
        let at_hand = AtHand::These(circumstances.available.secrets.clone());
        let overlay = Overlay { lane: circumstances.lane.clone(), overrides, at_hand };
        let lane = overlay.lane.as_ref().and_then(|name| written.lanes.get(name));
        let selection = lane.map(|lane| lane.selection.clone()).unwrap_or_default().and(selection.clone());
        if let (Some(name), Some(lane)) = (&overlay.lane, lane.filter(|lane| lane.case_timeout.is_some())) {
            Arc::make_mut(&mut suite).shorten_cases(name, lane);
        }
        let replaced: Vec<_> = lane.iter().flat_map(|lane| &lane.bind).chain(&overlay.overrides).collect();
        if !replaced.is_empty() {
            // Fixtures of the run read the suite's bindings, not those of a case.
            let bound = &mut Arc::make_mut(&mut suite).bind;
            for (name, value) in replaced {
                if let Some(bound) = bound.get_mut(name) {
                    bound.clone_from(value);
                }
            }
        }
        let expanded = cases::expand(&suite, &overlay, &mut findings);
        if !overlay.overrides.is_empty() {
            cases::check(&suite, &distinct::cases(&suite, &expanded), &mut findings);
        }
        let of = expanded.iter().map(|(_, cases)| cases.len()).sum();
        let gate = lane.and_then(|lane| lane.gate).filter(|_| !is_ours(&suite, circumstances));
        let measured = lane.or_else(|| written.lanes.get(written.default_lane.as_ref()?));
        let mut of_lane = 0;
        let mut chosen: Vec<Planned> = Vec::with_capacity(of);
        for (scenario, cases) in expanded {
            let in_lane = |case: &&Case| measured.is_some_and(|lane| lane.selection.picks(scenario, case));
            of_lane += cases.iter().filter(in_lane).count();
            let selected = cases.into_iter().filter(|case| selection.picks(scenario, case));
            let reach = Reach::new(&suite, scenario, &circumstances.environment);
            let planned = selected.map(|case| planned(&suite, &reach, case, circumstances));
            chosen.extend(planned.map(|planned| Planned { gate: gate.unwrap_or(planned.gate), ..planned }));
        }
        if findings.has_errors() {
            return Err(findings);
        }
        let skips = match circumstances.available.live {
            LiveRequirement::Optional => SkipPolicy::Tolerated,
            LiveRequirement::Required => SkipPolicy::Forbidden,
        };
        let flaky = lane.and_then(|lane| lane.flaky).unwrap_or(suite.flaky);
        let timeout = lane.and_then(|lane| lane.timeout).unwrap_or(suite.timeout);
        let (environment, selection) = (circumstances.environment.clone(), selection.words());
        let available = circumstances.available.clone();
        let variables = suite.variables.keys().filter(|name| !suite.secrets.contains(name.as_str()));
        let set = variables.filter_map(|name| circumstances.variables.get_key_value(name));
        let variables = set.map(|(name, value)| (name.clone(), value.clone())).collect();
        let policy = Policy { skips, flaky };
        Ok(Self {
            suite,
            environment,
            cases: chosen,
            of,
            of_lane,
            selection,
            policy,
            written,
            overlay,
            timeout,
            variables,
            available,
            part: None,
        })
    }

    /// Where the secrets of its environment come from.
    pub fn secrets_from(&self) -> SecretSupply {
        let spec = self.suite.environments.get(&self.environment);
        spec.map_or(SecretSupply::Settings, |spec| spec.secrets)
    }

    /// The lane that was chosen, if one was.
    pub fn lane(&self) -> Option<&Lane> {
        self.overlay.lane.as_ref().and_then(|name| self.suite.lanes.get(name))
    }

    /// Whether every red of it counts, whatever the gates say, because live is required and nothing else is.
    pub fn every_red_counts(&self) -> bool {
        let running = self.cases.iter().filter(|planned| planned.decision == Decision::Run);
        running.map(|planned| planned.gate).collect::<Running>().every_red_counts(self.policy.skips)
    }

    /// Says in what other way the selection was narrowed.
    pub fn narrowed_by(&mut self, words: &str) {
        if !self.selection.is_empty() {
            self.selection.push_str(", ");
        }
        self.selection.push_str(words);
    }
}

/// Whether it runs on an environment of our own, where every red is ours.
fn is_ours(suite: &Suite, circumstances: &Circumstances) -> bool {
    let environment = suite.environments.get(&circumstances.environment);
    environment.is_some_and(|environment| environment.secrets == SecretSupply::Minted)
}

fn planned(suite: &Suite, reach: &Reach<'_>, case: Case, circumstances: &Circumstances) -> Planned {
    let arms: Vec<&Arm> = case.arms.iter().map(|position| &reach.scenario.arms[*position]).collect();
    let today = circumstances.available.today;
    let names: Vec<ArmName> = arms.iter().map(|arm| arm.name.clone()).collect();
    let mut requires = reach.scenario.requires.clone();
    requires.extend(choose::lacking(&case.chosen));
    let required = requires.iter().chain(arms.iter().flat_map(|arm| &arm.requires));
    let probes: IndexSet<CapabilityName> = required.filter_map(Requirement::capability).cloned().collect();
    let decision = match decide(&requires, &arms, &circumstances.available) {
        // A mark of an arm says more: who will mend it, and until when.
        decision @ Decision::Block { .. } => decision,
        decision => reach.obstacle(&case, &probes).map_or(decision, |why| Decision::Block { why }),
    };
    Planned {
        probes: probes.into_iter().collect(),
        decision,
        gate: if is_ours(suite, circumstances) { Gate::Required } else { suite.gates.of(&names) },
        pass: arms.iter().find_map(|arm| arm.pass),
        known_red: arms.iter().filter_map(|arm| arm.known_red.clone()).find(|mark| mark.expires >= today),
        arms: names,
        case,
    }
}
