//! Steps and flows.
//!
//! Does not: take them. The engine does.

use crate::action::Action;
use crate::expression::Expression;
use crate::name::{FlowName, MilestoneName, ResourceKind, StepName};
use crate::source::{At, Location};
use crate::template::Template;
use std::time::Duration;

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
    /// What it runs, when it does not use a flow.
    pub fn run(&self) -> Option<&Run> {
        match &self.body {
            StepBody::Use(_) => None,
            StepBody::Run(run) => Some(run),
        }
    }

    /// The kinds of resource that it creates.
    pub fn owns(&self) -> impl Iterator<Item = &ResourceKind> {
        self.run().into_iter().flat_map(|run| run.owns.iter().map(|(kind, _)| kind))
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
    /// What is reached when it has held.
    pub milestone: Option<At<MilestoneName>>,
    /// How to wait.
    pub poll: Option<Poll>,
}

impl Run {
    /// Every template that it renders to go somewhere or to own something, its payload not counted.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        let owned = self.owns.iter().map(|(_, key)| key);
        let wake = self.poll.iter().filter_map(|poll| poll.wake.as_ref());
        self.action.templates().into_iter().chain(owned).chain(wake)
    }
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
    /// The path of a stream of server-sent events, below the base of the step's service. It may wake the poll early; what
    /// is waited for is decided by a fresh look alone.
    pub wake: Option<Template>,
}

impl Poll {
    /// The interval of a poll that does not say.
    pub const EVERY: Duration = Duration::from_secs(2);
}

/// A flow.
#[derive(Debug, Clone)]
pub struct Flow {
    /// Where it was written.
    pub location: Location,
    /// Bindings that must exist where it is used.
    pub inputs: Vec<At<String>>,
    /// Captures that its user gets.
    pub outputs: Vec<At<String>>,
    /// Its steps.
    pub steps: Vec<Step>,
}
