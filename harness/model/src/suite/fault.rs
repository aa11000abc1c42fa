//! Fault rows: ways to break the platform, and what each must come to.
//!
//! Does not: break anything, or know what a fault does; the platform reads its text.

use super::{Scenario, Suite};
use crate::cause::CauseClass;
use crate::name::{ResourceKind, ScenarioName, StepName};
use crate::source::{At, Location};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt;

/// A way to break the platform, and what must come of it.
#[derive(Debug, Clone)]
pub struct FaultRow {
    /// The platform's texts for it, one at least; several are combined.
    pub faults: Vec<At<String>>,
    /// The scenario.
    pub scenario: ScenarioName,
    /// Its cases that are run.
    pub matches: Map<String, Value>,
    /// What must come of them.
    pub must: Must,
}

/// What must come of every case of a fault row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Must {
    /// It turns red in this step, for this cause, and leaves nothing behind.
    TurnRed {
        /// The step.
        step: StepName,
        /// What the red is about.
        cause: CauseClass,
    },
    /// It stays green, and this kind of resource is told as left behind.
    Leak(ResourceKind),
    /// It stays green, and leaves nothing behind.
    Survive,
}

/// A fault that no scenario notices.
#[derive(Debug, Clone)]
pub struct Gap {
    /// The platform's name for it.
    pub fault: At<String>,
    /// Why nobody notices, for people.
    pub why: String,
}

/// The name of a fault: its text without what it takes.
///
/// *Shape*: `status` of `status:on=GET /workspaces/*,is=500`
pub fn fault_name(text: &str) -> &str {
    text.split(':').next().unwrap_or(text)
}

impl FaultRow {
    /// What it breaks, as people read it.
    pub fn fault(&self) -> String {
        self.texts().collect::<Vec<_>>().join(" + ")
    }

    /// The platform's texts.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.faults.iter().map(|fault| fault.value.as_str())
    }

    /// Where it was written.
    pub fn location(&self) -> Option<&Location> {
        self.faults.first().map(|fault| &fault.location)
    }

    /// Whether it says that somebody notices the fault.
    pub fn is_noticed(&self) -> bool {
        match &self.must {
            Must::TurnRed { .. } | Must::Leak(_) => true,
            Must::Survive => false,
        }
    }

    /// The step in which it must turn red.
    pub fn step(&self) -> Option<&StepName> {
        match &self.must {
            Must::TurnRed { step, .. } => Some(step),
            Must::Leak(_) | Must::Survive => None,
        }
    }
}

impl Suite {
    /// The names of all steps in which a case of a scenario can turn red: its own, those that make its fixtures, and the
    /// traces of what it creates.
    pub fn reds_of(&self, scenario: &Scenario) -> BTreeSet<String> {
        let own = self.reached(&scenario.steps);
        let flows = scenario.fixtures.iter().filter_map(|name| {
            let fixture = self.fixtures.get(name)?;
            self.flows.get(&fixture.flow.value)
        });
        let made = flows.flat_map(|flow| self.reached(&flow.steps));
        let traced = own
            .iter()
            .flat_map(|step| step.owns())
            .filter(|kind| self.resources.get(*kind).is_some_and(|resource| resource.trace.is_some()));
        let traces = traced.map(|kind| format!("trace of {kind}"));
        let steps = own.iter().copied().chain(made).map(|step| step.name.to_string());
        steps.chain(traces).collect()
    }
}

impl fmt::Display for Must {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TurnRed { step, cause } => write!(formatter, "red in `{step}`, cause {cause}"),
            Self::Leak(kind) => write!(formatter, "green, and leaves its {kind} behind"),
            Self::Survive => formatter.write_str("green"),
        }
    }
}
