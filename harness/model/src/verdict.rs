//! Verdicts: how a case ended, exactly one for each.
//!
//! Does not: decide the exit code. `exit` does, from these.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

use crate::known::Known;
use crate::name::{FixtureName, StepName};
use crate::signs::{Halt, Signs};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything held.
    Passed,
    /// Everything held, after a counted retry.
    Flaky,
    /// An expectation was violated, a poll ran out or hit `fail-if`.
    Failed,
    /// It could not be found out: transport, harness, fixture.
    Errored,
    /// Whoever pays or keeps accounts has to act: the provider refused, so nothing is known of the product.
    Operator,
    /// It failed in the named step in exactly the declared way.
    KnownRed,
    /// It was declared a known red, and passed.
    UnexpectedPass,
    /// A secret or a tool is missing.
    Skipped,
    /// It is declared to need infrastructure that does not exist.
    Blocked,
    /// Live is required and something is missing.
    Refused,
    /// It was interrupted.
    Cancelled,
    /// It was planned, and the log has no end of it.
    Lost,
}

/// What libtest shows for a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LibtestLine {
    /// `ok`
    Ok,
    /// `ignored, <reason>`
    Ignored,
    /// `FAILED`
    Failed,
    /// None: the case never got a line.
    Absent,
}

impl Verdict {
    /// All verdicts, in the order in which summaries count them.
    pub const ALL: [Self; 12] = [
        Self::Passed,
        Self::Flaky,
        Self::Failed,
        Self::Errored,
        Self::Operator,
        Self::KnownRed,
        Self::UnexpectedPass,
        Self::Skipped,
        Self::Blocked,
        Self::Refused,
        Self::Cancelled,
        Self::Lost,
    ];

    /// The words of summaries.
    pub fn words(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Flaky => "flaky",
            Self::Failed => "failed",
            Self::Errored => "errored",
            Self::Operator => "for an operator",
            Self::KnownRed => "known red",
            Self::UnexpectedPass => "unexpected pass",
            Self::Skipped => "skipped",
            Self::Blocked => "blocked",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
            Self::Lost => "lost",
        }
    }

    /// What libtest shows for it.
    pub fn libtest_line(self) -> LibtestLine {
        match self {
            Self::Passed | Self::Flaky => LibtestLine::Ok,
            Self::KnownRed | Self::Skipped | Self::Blocked => LibtestLine::Ignored,
            Self::Failed
            | Self::Errored
            | Self::Operator
            | Self::UnexpectedPass
            | Self::Refused
            | Self::Cancelled => LibtestLine::Failed,
            Self::Lost => LibtestLine::Absent,
        }
    }

    /// Whether its case took its steps, whatever came of that.
    pub fn is_executed(self) -> bool {
        match self {
            Self::Passed
            | Self::Flaky
            | Self::Failed
            | Self::Errored
            | Self::Operator
            | Self::KnownRed
            | Self::UnexpectedPass => true,
            Self::Skipped | Self::Blocked | Self::Refused | Self::Cancelled | Self::Lost => false,
        }
    }

    /// Whether people have to look at it.
    pub fn is_red(self) -> bool {
        matches!(self.libtest_line(), LibtestLine::Failed | LibtestLine::Absent)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.words())
    }
}

/// The end of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ending {
    /// The verdict.
    pub verdict: Verdict,
    /// The step that decided it.
    pub step: Option<StepName>,
    /// Where that step was written: `scenarios/staging/provision.toml:41`.
    pub place: Option<String>,
    /// The cause, for people; empty for a plain pass.
    pub cause: String,
    /// Sends that were repeated.
    pub retries: u32,
    /// What the red is known as, where the suite knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Known>,
    /// What was to be seen where it stopped, for the rules that class its cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signs: Option<Signs>,
}

/// What stands between a fixture that could not be made and why.
const UNMADE: &str = "` could not be made: ";

/// The cause of a case whose fixture could not be made.
pub fn unmade(fixture: &FixtureName, cause: &str) -> String {
    format!("fixture `{fixture}{UNMADE}{cause}")
}

/// What a step said of itself, without the fixture that it was to make.
pub fn of_step(cause: &str) -> &str {
    let made = cause.strip_prefix("fixture `").and_then(|cause| cause.split_once(UNMADE));
    made.map_or(cause, |(_, cause)| cause)
}

impl Ending {
    /// An end without a step.
    pub fn new(verdict: Verdict, cause: impl Into<String>) -> Self {
        Self { verdict, step: None, place: None, cause: cause.into(), retries: 0, known: None, signs: None }
    }

    /// The same with what stopped it.
    #[must_use]
    pub fn stopped_by(self, halt: Halt) -> Self {
        Self { signs: Some(Signs::of(halt)), ..self }
    }
}
