//! A suite, checked: everything refers to something that exists.
//!
//! Does not: know which of its cases run. The plan does.

use crate::action::Action;
use crate::diagnostic::Diagnostic;
use crate::exit::FlakyPolicy;
use crate::expression::Expression;
use crate::gates::Gates;
use crate::matrix::Matrix;
use crate::name::{
    ArmName, CredentialName, EnvironmentName, FixtureName, FlowName, ResourceKind, ScenarioName, SecretName,
    ServiceName, StepName,
};
use crate::source::{At, Location};
use crate::template::{Template, Templates};
use indexmap::{IndexMap, IndexSet};
use jiff::civil::Date;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::Duration;

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
    /// Whether every scenario must have fault rows.
    pub prove: bool,
    /// What a pass after a retry means.
    pub flaky: FlakyPolicy,
    /// The environments it can run against.
    pub environments: IndexMap<EnvironmentName, EnvironmentSpec>,
    /// Environment variables that expressions may read, with their defaults.
    pub variables: IndexMap<String, Option<String>>,
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
    /// Words that `E2E_<AXIS>` also accepts, per axis.
    pub aliases: IndexMap<String, BTreeMap<String, Alias>>,
    /// Bindings of every case.
    pub bind: Map<String, Value>,
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
    /// Findings that do not keep it from running.
    pub warnings: Vec<Diagnostic>,
}

/// `[environment.X]`.
#[derive(Debug, Clone)]
pub struct EnvironmentSpec {
    /// Whether it mints a placeholder for every secret.
    pub secrets: SecretSupply,
    /// The variable that chooses it.
    pub when: Option<String>,
    /// An upper bound for every poll's interval there.
    pub poll_every: Option<Duration>,
    /// An upper bound for every poll's deadline there.
    pub poll_within: Option<Duration>,
}

/// Where an environment's secrets come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretSupply {
    /// From the settings of whoever starts the run.
    Settings,
    /// Minted at random, so that no real one can leak.
    Minted,
}

/// What an alias of an axis stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alias {
    /// Every value.
    Every,
    /// These values.
    These(Vec<String>),
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
}

/// `[credential.X]`.
#[derive(Debug, Clone)]
pub struct Credential {
    /// The token.
    pub bearer: Template,
    /// The services that it may be sent to.
    pub on: Vec<ServiceName>,
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
}

/// `[resource.X]`.
#[derive(Debug, Clone)]
pub struct Resource {
    /// The property that we choose.
    pub key: String,
    /// Looks it up by its key.
    pub find: At<FlowName>,
    /// Removes it.
    pub release: At<FlowName>,
    /// Shows it gone.
    pub gone: At<FlowName>,
    /// Lists the states it went through.
    pub trace: Option<At<FlowName>>,
    /// The states it may go through.
    pub states: States,
}

/// The allowed edges of a resource.
#[derive(Debug, Clone, Default)]
pub struct States {
    /// From each state to its successors; empty when nothing is declared.
    pub edges: IndexMap<String, Vec<Edge>>,
    /// States that may heal.
    pub tolerate: Vec<String>,
}

/// An edge to the next state.
#[derive(Debug, Clone)]
pub struct Edge {
    /// The next state.
    pub to: String,
    /// How long the resource may take from entering the one to entering the other: rendered with plan-time bindings.
    pub within: Option<Template>,
}

impl States {
    /// The edge from one state to another, when it is allowed.
    pub fn edge(&self, from: &str, to: &str) -> Option<&Edge> {
        self.edges.get(from)?.iter().find(|edge| edge.to == to)
    }

    /// Whether any edge has a budget, so that a trace must say when each state was entered.
    pub fn are_timed(&self) -> bool {
        self.edges.values().flatten().any(|edge| edge.within.is_some())
    }
}

/// `[[step]]`.
#[derive(Debug, Clone)]
pub struct Step {
    /// What people and marks call it.
    pub name: StepName,
    /// Where it was written.
    pub location: Location,
    /// The condition under which it takes place.
    pub when: Option<Expression>,
    /// What it does.
    pub body: StepBody,
}

impl Step {
    /// The kinds of resource that it creates.
    pub fn owns(&self) -> impl Iterator<Item = &ResourceKind> {
        let run = match &self.body {
            StepBody::Use(_) => None,
            StepBody::Run(run) => Some(run),
        };
        run.into_iter().flat_map(|run| run.owns.iter().map(|(kind, _)| kind))
    }
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum StepBody {
    /// Takes the steps of a flow.
    Use(At<FlowName>),
    /// Acts on the world.
    Run(Box<Run>),
}

/// An action with everything around it: render → execute → check → capture.
#[derive(Debug, Clone)]
pub struct Run {
    /// The action.
    pub action: Action,
    /// What it will have created: kind and key.
    pub owns: Vec<(ResourceKind, Template)>,
    /// Paths of the reply that are secret.
    pub secret: Vec<String>,
    /// Conditions that must hold.
    pub expect: Vec<Expression>,
    /// Names for parts of the reply.
    pub capture: Vec<(String, Expression)>,
    /// How to wait.
    pub poll: Option<Poll>,
}

/// `[step.poll]`.
#[derive(Debug, Clone)]
pub struct Poll {
    /// What is waited for.
    pub until: Expression,
    /// What ends the wait early, as a failure.
    pub fail_if: Option<Expression>,
    /// The interval: rendered with plan-time bindings.
    pub every: Option<Template>,
    /// The deadline: rendered with plan-time bindings.
    pub within: Template,
}

/// A flow.
#[derive(Debug, Clone)]
pub struct Flow {
    /// Bindings that must exist where it is used.
    pub inputs: Vec<String>,
    /// Captures that its user gets.
    pub outputs: Vec<At<String>>,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// A scenario.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The first part of every case id.
    pub name: ScenarioName,
    /// One sentence for people.
    pub summary: String,
    /// Where it was written.
    pub location: Location,
    /// The fixtures that every case needs.
    pub fixtures: Vec<FixtureName>,
    /// How long a case may take, release not counted.
    pub timeout: Duration,
    /// The axes.
    pub matrix: Matrix,
    /// The arms.
    pub arms: Vec<Arm>,
    /// The steps.
    pub steps: Vec<Step>,
}

/// `[[arm]]`: cases picked by a match, with policy.
#[derive(Debug, Clone)]
pub struct Arm {
    /// The name under which gates speak of it.
    pub name: ArmName,
    /// Where it was written.
    pub location: Location,
    /// What picks its cases.
    pub matches: Map<String, Value>,
    /// Bindings of its cases.
    pub bind: Map<String, Value>,
    /// What its cases need.
    pub requires: Vec<Requirement>,
    /// The failure that is expected for now.
    pub known_red: Option<KnownRed>,
    /// Why it cannot run for now.
    pub blocked: Option<Blocked>,
}

/// Something that a case cannot do without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requirement {
    /// This secret.
    Secret(SecretName),
    /// One of these secrets.
    AnySecret(Vec<SecretName>),
}

/// `known-red = { … }`.
#[derive(Debug, Clone)]
pub struct KnownRed {
    /// The step that fails.
    pub step: At<String>,
    /// How it fails.
    pub when: Expression,
    /// What ends it.
    pub until: String,
    /// The last day on which the mark counts.
    pub expires: Date,
}

/// `blocked = { … }`.
#[derive(Debug, Clone)]
pub struct Blocked {
    /// What is missing.
    pub needs: String,
    /// Who will provide it.
    pub owner: String,
    /// What ends it.
    pub until: Option<String>,
    /// The last day on which the mark counts.
    pub expires: Date,
}

/// A way to break the platform, and the red that it must give.
#[derive(Debug, Clone)]
pub struct FaultRow {
    /// The platform's name for it.
    pub fault: String,
    /// The scenario that must turn red.
    pub scenario: ScenarioName,
    /// The cases that must.
    pub matches: Map<String, Value>,
    /// The step in which they must.
    pub step: StepName,
}

impl Suite {
    /// A scenario by its name.
    pub fn scenario(&self, name: &ScenarioName) -> Option<&Scenario> {
        self.scenarios.iter().find(|scenario| scenario.name == *name)
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

    /// The secrets without which no request of an environment can be authorised.
    pub fn credential_secrets(&self) -> Vec<SecretName> {
        let reads = self.credentials.values().flat_map(|credential| credential.bearer.reads());
        let secrets = reads.filter_map(|path| path.strip_prefix("secret.")).map(SecretName::new);
        secrets.collect::<IndexSet<_>>().into_iter().collect()
    }
}
