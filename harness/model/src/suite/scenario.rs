//! Scenarios, their arms, and the marks on them.
//!
//! Does not: expand a matrix or decide about a case.

use super::{Fixture, Pick, Places, Scope, Step};
use crate::expression::Expression;
use crate::matrix::{Expansion, Matrix};
use crate::name::{
    ArmName, CapabilityName, ChoiceName, FixtureName, LaneName, ScenarioName, SecretName, ToolName,
};
use crate::pass::Pass;
use crate::source::{At, Location};
use crate::units;
use jiff::civil::Date;
use serde_json::{Map, Value};
use std::time::Duration;

/// A scenario.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The first part of every case id.
    pub name: ScenarioName,
    /// One sentence for people.
    pub summary: String,
    /// Where it was written.
    pub location: Location,
    /// Words that select its cases.
    pub tags: Vec<String>,
    /// The fixtures that every case needs.
    pub fixtures: Vec<FixtureName>,
    /// What every case needs.
    pub requires: Vec<Requirement>,
    /// Those that every case has for itself, whatever their scope is elsewhere.
    pub own: Vec<FixtureName>,
    /// How long a case may take, release not counted.
    pub timeout: Duration,
    /// How long a case takes, by its author, for when no recording tells.
    pub takes: Option<Duration>,
    /// The lane that made that shorter than the scenario says, when one did.
    pub shortened_by: Option<LaneName>,
    /// The axes.
    pub matrix: Matrix,
    /// The rows of the matrix: one case each.
    pub expansion: Expansion,
    /// The arms.
    pub arms: Vec<Arm>,
    /// The steps.
    pub steps: Vec<Step>,
}

impl Scenario {
    /// How long a fixture lives for its cases.
    pub fn scope(&self, name: &FixtureName, fixture: &Fixture) -> Scope {
        if self.own.contains(name) { Scope::Case } else { fixture.scope }
    }

    /// The most attempts that an arm of it has its cases take.
    fn attempts(&self) -> u32 {
        self.arms.iter().filter_map(|arm| arm.pass).map(|pass| pass.of).max().unwrap_or(1)
    }

    /// How long a case may take with all of its attempts, release not counted.
    pub fn longest(&self) -> Duration {
        self.timeout.saturating_mul(self.attempts())
    }

    /// The same for people: `30m`, or `5 times 30m`.
    pub fn told_longest(&self) -> String {
        match self.attempts() {
            1 => units::display(self.timeout),
            attempts => format!("{attempts} times {}", units::display(self.timeout)),
        }
    }
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
    /// Words that select its cases.
    pub tags: Vec<String>,
    /// Bindings of its cases.
    pub bind: Map<String, Value>,
    /// Where each of them was written.
    pub bind_at: Places,
    /// What its cases need.
    pub requires: Vec<Requirement>,
    /// The choices that its cases take.
    pub choose: Vec<Pick>,
    /// The failure that is expected for now.
    pub known_red: Option<KnownRed>,
    /// How many of several attempts must pass; none for one attempt.
    pub pass: Option<Pass>,
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
    /// This capability of the target.
    Capability(CapabilityName),
    /// This tool of the machine that runs the suite.
    Tool(ToolName),
    /// An alternative of a choice, of which none is for the case.
    Choice {
        /// The choice.
        choice: ChoiceName,
        /// What it looked at.
        of: String,
    },
}

impl Requirement {
    /// The secrets of which one would do; none for what is no secret.
    pub fn secrets(&self) -> &[SecretName] {
        match self {
            Self::Secret(name) => std::slice::from_ref(name),
            Self::AnySecret(names) => names,
            Self::Capability(_) | Self::Tool(_) | Self::Choice { .. } => &[],
        }
    }

    /// The capability that it is.
    pub fn capability(&self) -> Option<&CapabilityName> {
        match self {
            Self::Capability(name) => Some(name),
            Self::Secret(_) | Self::AnySecret(_) | Self::Tool(_) | Self::Choice { .. } => None,
        }
    }

    /// The tool that it is.
    pub fn tool(&self) -> Option<&ToolName> {
        match self {
            Self::Tool(name) => Some(name),
            Self::Secret(_) | Self::AnySecret(_) | Self::Capability(_) | Self::Choice { .. } => None,
        }
    }
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
