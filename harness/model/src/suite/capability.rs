//! Capabilities: what a target may or may not be able to do.
//!
//! Does not: ask it. The engine walks the probe, once a run.

use crate::name::FlowName;
use crate::source::At;

/// `[capability.X]`.
#[derive(Debug, Clone)]
pub struct Capability {
    /// What a target does that has it, for people.
    pub summary: String,
    /// The flow that asks.
    pub probe: At<FlowName>,
}
