//! `run.elapse`: time passes.
//!
//! Does not: let it pass. The engine waits, or walks the flow with which an environment advances its clocks.

use crate::context::Bindings;
use crate::raw::{Text, shape};
use crate::template::{RenderError, Template};
use schemars::JsonSchema;
use serde::Deserialize;

/// The names that the result has.
pub(super) const WORDS: &[&str] = &["outcome", "elapsed"];

/// `run.elapse = "90s"`: time passes for the system under test. An environment that names a flow (`elapse`) has it advance
/// the clock; on any other the step waits. `outcome` says which of the two happened, `advanced` or `waited`, and `elapsed`
/// how many seconds passed.
///
/// ```toml
/// [[step]]
/// name       = "silence"
/// run.elapse = "{{ stale_wait_secs }}s"
/// expect     = ["elapsed >= stale_wait_secs"]
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct RawElapse(#[schemars(with = "shape::LateDuration")] pub Text);

/// Time that passes, checked.
#[derive(Debug, Clone)]
pub struct ElapseAction {
    /// How much: rendered with plan-time bindings.
    pub duration: Template,
}

/// Time that passes, rendered.
#[derive(Debug, Clone)]
pub struct RenderedElapse {
    /// How much, as a duration with a unit.
    pub duration: String,
}

impl ElapseAction {
    /// The input that a flow gets which lets time pass.
    pub const INPUT: &'static str = "duration";

    /// The output with which it says how many seconds passed.
    pub const OUTPUT: &'static str = "passed";

    pub(super) fn render(&self, scope: &Bindings) -> Result<RenderedElapse, RenderError> {
        Ok(RenderedElapse { duration: self.duration.render(scope)? })
    }
}
