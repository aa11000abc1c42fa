//! What events hold: who writes, whose step it is, how it ended.
//!
//! Does not: happen by itself; an [`super::Event`] does.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

use crate::name::CaseId;
use crate::verdict::Verdict;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How the cases of a run are run again, and what it repeats.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Again {
    /// The command line that runs one of its cases again; the id follows.
    ///
    /// *Shape*: `cargo test --test staging -- --exact`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one: Option<String>,
    /// The command line that runs everything again that was red.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reds: Option<String>,
    /// The run whose reds it runs again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Which of several repetitions it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repetition: Option<Repetition>,
}

/// One of several runs of the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Repetition {
    /// Which one, counted from one.
    pub number: u32,
    /// How many there will be at most; none when a deadline alone ends them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<u32>,
}

impl fmt::Display for Repetition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = self.of.map(|of| format!(" of {of}")).unwrap_or_default();
        write!(formatter, "repetition {}{of}", self.number)
    }
}

impl Again {
    /// Whether nothing of it is known.
    pub(crate) fn is_unsaid(&self) -> bool {
        *self == Self::default()
    }
}

/// A process that writes a log: together they name it as long as the machine is up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Writer {
    /// Its id.
    pub pid: u32,
    /// When it started, in ticks since the machine did; none where the system does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<u64>,
}

/// What a target says of a capability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ability {
    /// It has it.
    Able,
    /// It does not.
    Unable,
    /// It could not be found out.
    Unknown {
        /// Why.
        cause: String,
    },
}

/// Something that evidence says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Found {
    /// The output of the evidence flow.
    pub name: String,
    /// Its value, cut when it is long.
    pub value: String,
}

/// What a step belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// A case.
    Case(CaseId),
    /// What is asked about the things of a red case, before they are released.
    Evidence(CaseId),
    /// A fixture of the run.
    Run,
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StepOutcome {
    /// Everything held.
    Passed,
    /// Its `when` did not hold.
    NotApplicable,
    /// It decided the case.
    Ended {
        /// With this verdict.
        verdict: Verdict,
        /// For this cause.
        cause: String,
    },
}
