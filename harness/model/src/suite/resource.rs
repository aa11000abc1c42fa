//! Kinds of resource, and the states that they may go through.
//!
//! Does not: observe them. The engine does.

use super::Requirement;
use crate::name::{FlowName, ResourceKind};
use crate::source::At;
use crate::template::Template;
use indexmap::IndexMap;

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
    /// Asks what the target says of it, when a case that owns it is red.
    pub evidence: Option<At<FlowName>>,
    /// The kind that takes it along when it goes.
    pub within: Option<At<ResourceKind>>,
    /// Lists everything on the target that carries our label.
    pub sweep: Option<At<FlowName>>,
    /// Who is asked below the target whether it is really gone.
    pub below: Option<Beneath>,
    /// The states it may go through.
    pub states: States,
}

/// `[resource.X.below]`.
#[derive(Debug, Clone)]
pub struct Beneath {
    /// Shows it gone.
    pub gone: At<FlowName>,
    /// The variable that says whether it is asked for.
    pub check: String,
    /// What it takes to ask.
    pub requires: Vec<Requirement>,
    /// Removes what is left.
    pub remove: Option<At<FlowName>>,
    /// The variable that says whether that is done.
    pub remove_when: Option<String>,
}

impl Beneath {
    /// Its flows.
    pub fn flows(&self) -> impl Iterator<Item = &At<FlowName>> {
        std::iter::once(&self.gone).chain(&self.remove)
    }
}

impl Resource {
    /// Every flow that it names.
    pub fn flows(&self) -> impl Iterator<Item = &At<FlowName>> {
        let below = self.below.iter().flat_map(Beneath::flows);
        self.needed().chain(&self.evidence).chain(&self.sweep).chain(below)
    }

    /// The flows without which no case can own it.
    pub fn needed(&self) -> impl Iterator<Item = &At<FlowName>> {
        [&self.find, &self.release, &self.gone].into_iter().chain(&self.trace)
    }
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
