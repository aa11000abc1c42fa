//! A suite, checked: everything refers to something that exists.
//!
//! Does not: know which of its cases run. The plan does.

mod capability;
mod choice;
mod demands;
mod environment;
mod fault;
mod resource;
mod retention;
mod scenario;
mod sink;
mod step;

pub use capability::Capability;
pub use choice::{Alternative, Choice, Pick};
pub use demands::LaneDemands;
pub use environment::{EnvironmentSpec, Given, HostOf, SecretSupply};
pub use fault::{FaultRow, Gap, Must, fault_name};
pub use resource::{Beneath, Edge, Resource, States};
pub use retention::{Bounds, Retention};
pub use scenario::{Arm, Blocked, KnownRed, Requirement, Scenario};
pub use sink::{Destination, Moment, Sink, Webhook};
pub use step::{Flow, Poll, Run, Step, StepBody};

use crate::alert::Policy;
use crate::detect::Pattern;
use crate::diagnostic::Diagnostic;
use crate::exit::{ExitCode, FlakyPolicy};
use crate::gate::LiveRequirement;
use crate::gates::{Gate, Gates};
use crate::known::KnownFailure;
use crate::name::{
    CapabilityName, ChoiceName, CredentialName, EnvironmentName, FixtureName, FlowName, LaneName,
    ResourceKind, ScenarioName, SecretName, ServiceName,
};
use crate::retry::RetryBudget;
use crate::selection::Selection;
use crate::source::{At, Location};
use crate::template::{Template, Templates};
use indexmap::{IndexMap, IndexSet};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::Duration;

/// Where names were written.
pub type Places = IndexMap<String, Location>;

/// A suite.
#[derive(Debug, Clone)]
pub struct Suite {
    /// Its name, also that of the test target.
    pub name: String,
    /// How many cases may wait at once.
    pub concurrency: usize,
    /// How long the run may take.
    pub timeout: Duration,
    /// How long a case may take when its scenario does not say, release not counted.
    pub case_timeout: Duration,
    /// How long one HTTP exchange may take.
    pub request_timeout: Duration,
    /// How many sends the run may repeat.
    pub retry_budget: RetryBudget,
    /// How often a send that brought no reply is repeated, where a second one can do nothing twice.
    pub retries: u32,
    /// The lane of a run that names none and selects nothing.
    pub default_lane: Option<LaneName>,
    /// Whether every scenario must have fault rows.
    pub prove: bool,
    /// What a pass after a retry means.
    pub flaky: FlakyPolicy,
    /// The environments it can run against.
    pub environments: IndexMap<EnvironmentName, EnvironmentSpec>,
    /// Environment variables that expressions may read, with their defaults.
    pub variables: IndexMap<String, Option<String>>,
    /// Those of them that are the host of another, when they are not set.
    pub derived: IndexMap<String, HostOf>,
    /// The services.
    pub services: IndexMap<ServiceName, Service>,
    /// The secrets.
    pub secrets: IndexSet<SecretName>,
    /// The credentials.
    pub credentials: IndexMap<CredentialName, Credential>,
    /// The fixtures.
    pub fixtures: IndexMap<FixtureName, Fixture>,
    /// The kinds of resource.
    pub resources: IndexMap<ResourceKind, Resource>,
    /// What a target may or may not be able to do.
    pub capabilities: IndexMap<CapabilityName, Capability>,
    /// What is chosen for cases.
    pub choices: IndexMap<ChoiceName, Choice>,
    /// Words that `E2E_<AXIS>` also accepts, per axis.
    pub aliases: IndexMap<String, BTreeMap<String, Alias>>,
    /// What the system under test supports, per axis that says so.
    pub supported: IndexMap<String, Supported>,
    /// The lanes.
    pub lanes: IndexMap<LaneName, Lane>,
    /// Who is told of a run.
    pub sinks: IndexMap<String, Sink>,
    /// What is kept of its runs.
    pub retention: Retention,
    /// Bindings of every case.
    pub bind: Map<String, Value>,
    /// Where each of them was written.
    pub bind_at: Places,
    /// What bindings, variables and secrets mean, for people.
    pub meanings: IndexMap<String, At<String>>,
    /// The scenarios, in the order of their file names.
    pub scenarios: Vec<Scenario>,
    /// The flows.
    pub flows: IndexMap<FlowName, Flow>,
    /// The templates.
    pub templates: Templates,
    /// What live runs require.
    pub gates: Gates,
    /// The ways in which the suite's scenarios are proved.
    pub faults: Vec<FaultRow>,
    /// What no scenario notices, and why that is so.
    pub gaps: Vec<Gap>,
    /// Texts that name the cause of a red, in order.
    pub failures: Vec<KnownFailure>,
    /// Findings that do not keep it from running.
    pub warnings: Vec<Diagnostic>,
}

/// `[lane.X]`: a named selection with its own policy.
#[derive(Debug, Clone)]
pub struct Lane {
    /// One sentence for people.
    pub summary: String,
    /// Where it was written.
    pub location: Location,
    /// Other names of it.
    pub aliases: Vec<String>,
    /// The cases that it picks.
    pub selection: Selection,
    /// Bindings of its cases, over those of the suite.
    pub bind: Map<String, Value>,
    /// Where each of them was written.
    pub bind_at: Places,
    /// How long a run of it may take; the suite's timeout when it does not say.
    pub timeout: Option<Duration>,
    /// How long a case may take in it at most, whatever its scenario says.
    pub case_timeout: Option<Duration>,
    /// What a pass after a retry means in it; what the suite says when it does not.
    pub flaky: Option<FlakyPolicy>,
    /// Whether what is missing is a failure in it, whatever the settings say.
    pub live: LiveRequirement,
    /// The group of which one run at a time may be under way.
    pub exclusive: Option<String>,
    /// The files whose change calls for a run of it.
    pub paths: Vec<Pattern>,
    /// What it demands of a whole run, beyond the verdicts of its cases.
    pub demands: LaneDemands,
    /// The issue that tells people when it stays red.
    pub alert: Option<Policy>,
    /// Whether reds of its cases count; what the gates say when it does not.
    pub gate: Option<Gate>,
    /// The exit code that is the good one; success when it does not say.
    pub expects: Option<ExitCode>,
}

/// What an alias of an axis stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alias {
    /// Every value.
    Every,
    /// These values.
    These(Vec<String>),
}

/// What the system under test supports of an axis.
///
/// *Shape*: `[axis.runtime]` with `supported = ["codex", "mock"]`, `untested = { mock = "nothing to test" }`
#[derive(Debug, Clone, Default)]
pub struct Supported {
    /// The values.
    pub values: Vec<At<String>>,
    /// The values that no scenario tests, each with the reason.
    pub untested: Vec<(At<String>, String)>,
}

/// `[service.X]`.
#[derive(Debug, Clone)]
pub struct Service {
    /// The base URL.
    pub base: Template,
    /// The hosts that it may have; empty only where it comes from settings.
    pub hosts: Vec<Template>,
    /// Headers of every request.
    pub headers: Vec<(String, Template)>,
    /// The path that answers when it is up.
    pub health: Option<String>,
}

/// `[credential.X]`.
#[derive(Debug, Clone)]
pub struct Credential {
    /// The token.
    pub bearer: Template,
    /// The services that it may be sent to.
    pub on: Vec<ServiceName>,
    /// The path on the first of them that answers when it works.
    pub check: Option<String>,
}

/// How long a fixture lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One for the whole run.
    Run,
    /// One for each case.
    Case,
}

/// `[fixture.X]`.
#[derive(Debug, Clone)]
pub struct Fixture {
    /// How long it lives.
    pub scope: Scope,
    /// The flow that makes it.
    pub flow: At<FlowName>,
    /// The flow that gives its outputs again, by the key of what the fixture owns.
    pub recover: Option<At<FlowName>>,
}

impl Fixture {
    /// Every flow that it names.
    pub fn flows(&self) -> impl Iterator<Item = &At<FlowName>> {
        std::iter::once(&self.flow).chain(&self.recover)
    }
}

impl Suite {
    /// A scenario by its name.
    pub fn scenario(&self, name: &ScenarioName) -> Option<&Scenario> {
        self.scenarios.iter().find(|scenario| scenario.name == *name)
    }

    /// The lane that answers to a name: its own, or one of its aliases.
    pub fn lane(&self, name: &str) -> Option<(&LaneName, &Lane)> {
        let by_alias = || self.lanes.iter().find(|(_, lane)| lane.aliases.iter().any(|alias| alias == name));
        self.lanes.get_key_value(name).or_else(by_alias)
    }

    /// The names that the choices of an arm bind.
    pub fn chosen_names<'a>(&'a self, arm: &'a Arm) -> impl Iterator<Item = &'a str> {
        let choices = arm.choose.iter().filter_map(|pick| self.choices.get(&pick.choice));
        choices.flat_map(Choice::names)
    }

    /// Every name that a lane answers to.
    pub fn lane_words(&self) -> impl Iterator<Item = &str> + Clone {
        self.lanes.iter().flat_map(|(name, lane)| {
            std::iter::once(name.as_str()).chain(lane.aliases.iter().map(String::as_str))
        })
    }

    /// Shortens cases to what a lane gives them.
    pub(crate) fn shorten_cases(&mut self, name: &LaneName, lane: &Lane) {
        let Some(most) = lane.case_timeout else { return };
        for scenario in self.scenarios.iter_mut().filter(|scenario| scenario.timeout > most) {
            scenario.timeout = most;
            scenario.shortened_by = Some(name.clone());
        }
    }

    /// All steps that some steps can come to: themselves, and those of the flows that they use, each flow once.
    pub fn reached<'a>(&'a self, steps: &'a [Step]) -> Vec<&'a Step> {
        let (mut reached, mut ahead, mut seen) = (Vec::new(), vec![steps], IndexSet::new());
        while let Some(steps) = ahead.pop() {
            for step in steps {
                reached.push(step);
                if let StepBody::Use(flow) = &step.body
                    && let Some(used) = self.flows.get(&flow.value).filter(|_| seen.insert(&flow.value))
                {
                    ahead.push(&used.steps);
                }
            }
        }
        reached
    }

    /// The kinds of resource that the flow of a fixture creates, each once.
    pub fn owned_by(&self, fixture: &Fixture) -> Vec<&ResourceKind> {
        let steps = self.flows.get(&fixture.flow.value).map(|flow| self.reached(&flow.steps));
        let kinds: IndexSet<_> = steps.into_iter().flatten().flat_map(Step::owns).collect();
        kinds.into_iter().collect()
    }

    /// The fixtures that the release of a kind of resource reads.
    pub fn needed_by(&self, resource: &Resource) -> IndexSet<FixtureName> {
        let flows = [&resource.find, &resource.release, &resource.gone];
        let inputs =
            flows.into_iter().filter_map(|flow| self.flows.get(&flow.value)).flat_map(|flow| &flow.inputs);
        inputs
            .map(|input| FixtureName::new(&input.value))
            .filter(|name| self.fixtures.contains_key(name))
            .collect()
    }
}
