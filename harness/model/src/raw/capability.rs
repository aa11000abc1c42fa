//! `[capability.X]`: what a target may or may not be able to do.
//!
//! Does not: find out. The engine walks the probe.

use super::{Text, shape};
use schemars::JsonSchema;
use serde::Deserialize;

/// `[capability.X]`: something that not every target can do. A run asks the target once, when the first case needs to know;
/// cases that `requires` it are skipped where the answer is no, and refused when live is required.
///
/// ```toml
/// [capability.poll_queue]
/// summary = "keeps messages for agents that ask for them"
/// probe   = "flows/has-poll-queue"
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawCapability {
    /// What a target does that has it, for people.
    ///
    /// *Shape*: `summary = "keeps messages for agents that ask for them"`
    pub summary: String,
    /// The flow that asks; its output `able` is true or false. What it creates belongs to the run. A probe that cannot find
    /// out leaves out no case: it is said, they run, and their own steps say what is wrong.
    ///
    /// *Shape*: `probe = "flows/has-poll-queue"`
    #[schemars(with = "shape::FlowName")]
    pub probe: Text,
}
