//! A checkup: what was found out before a run, and what a run would make of it. A written format: one JSON document.
//!
//! Does not: ask anybody. The engine does; here is what its answers come to.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

mod cases;
mod settings;

pub use cases::{Because, Tally, tally};
pub use settings::{SHORTEST_SECRET, left_out, settings, too_short};

use crate::exit::ExitCode;
use crate::name::{CaseId, EnvironmentName, LaneName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The version of the written format.
pub const CHECKUP_VERSION: u32 = 1;

/// What was found out before a run.
///
/// *Shape*: `{"version": 1, "suite": "staging", "environment": "live", …, "findings": […], "verdict": "ready", "exit": 0}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Checkup {
    /// The version of this document.
    pub version: u32,
    /// The suite.
    pub suite: String,
    /// The environment.
    pub environment: EnvironmentName,
    /// Why it was chosen.
    pub because: String,
    /// The lane, when one was chosen.
    pub lane: Option<LaneName>,
    /// Why that lane.
    pub lane_because: Option<String>,
    /// How the selection was written; empty for everything.
    pub selection: String,
    /// What people should know before anything runs.
    pub notes: Vec<String>,
    /// What was found, by topic, in the order of the suite.
    pub findings: Vec<Finding>,
    /// What would become of the selected cases.
    pub cases: Vec<Tally>,
    /// What all of it comes to.
    pub verdict: Readiness,
    /// The exit code that says so.
    pub exit: u8,
}

/// One thing, as it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Finding {
    /// What kind of thing it is.
    pub about: Topic,
    /// Its name in the suite.
    pub name: String,
    /// How it was found.
    pub state: State,
    /// The same in words; no secret is among them.
    pub said: String,
    /// What stands behind it, a line each: addresses, certificates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
    /// The cases that are left out for it, so that several findings can be told together; no part of the document.
    #[serde(skip)]
    pub left_out: BTreeSet<CaseId>,
}

impl Finding {
    /// A thing as it was found.
    pub fn new(about: Topic, name: impl Into<String>, state: State, said: impl Into<String>) -> Self {
        let (name, said, left_out) = (name.into(), said.into(), BTreeSet::new());
        Self { about, name, state, said, details: Vec::new(), left_out }
    }

    /// The same with what stands behind it.
    #[must_use]
    pub fn with(self, details: Vec<String>) -> Self {
        Self { details, ..self }
    }
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// An environment variable.
    Variable,
    /// A secret.
    Secret,
    /// A tool of this machine.
    Tool,
    /// The environment as a whole.
    Environment,
    /// A service.
    Service,
    /// A credential.
    Credential,
    /// What the target can do.
    Capability,
    /// What a run would do.
    Run,
}

impl Topic {
    /// All of them, in the order in which people read them.
    pub const ALL: [Self; 8] = [
        Self::Variable,
        Self::Secret,
        Self::Tool,
        Self::Environment,
        Self::Service,
        Self::Credential,
        Self::Capability,
        Self::Run,
    ];

    /// The word for several.
    pub fn words(self) -> &'static str {
        match self {
            Self::Variable => "variables",
            Self::Secret => "secrets",
            Self::Tool => "tools",
            Self::Environment => "environment",
            Self::Service => "services",
            Self::Credential => "credentials",
            Self::Capability => "capabilities",
            Self::Run => "run",
        }
    }
}

/// How a thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// As a run needs it.
    Good,
    /// Not to be known before a run, which makes what it depends on.
    Later,
    /// Nothing in the suite says how to ask.
    Unasked,
    /// Not there, and nothing selected needs it, or what needs it is left out by name.
    Absent,
    /// Somebody has to change a setting.
    Misconfigured,
    /// It did not answer, or said that it cannot.
    Unreachable,
}

/// What a checkup comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Readiness {
    /// A run can begin.
    Ready,
    /// Somebody has to change a setting first.
    Misconfigured,
    /// The target does not answer as it must.
    Unreachable,
}

impl Readiness {
    /// What findings come to: a setting that is wrong comes first, because waiting does not mend it.
    pub fn of(findings: &[Finding]) -> Self {
        let any = |state| findings.iter().any(|finding| finding.state == state);
        if any(State::Misconfigured) {
            Self::Misconfigured
        } else if any(State::Unreachable) {
            Self::Unreachable
        } else {
            Self::Ready
        }
    }

    /// The exit code.
    pub fn exit(self) -> ExitCode {
        match self {
            Self::Ready => ExitCode::Success,
            Self::Misconfigured => ExitCode::Usage,
            Self::Unreachable => ExitCode::NeverUp,
        }
    }
}

/// How a status answers a request that must succeed: settings are wrong when they lead to somebody who refuses.
pub fn answer(status: u16) -> State {
    match status {
        200..=299 => State::Good,
        // Too slow, too early, too often: not now.
        408 | 425 | 429 => State::Unreachable,
        300..=499 => State::Misconfigured,
        _ => State::Unreachable,
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, Readiness, State, Topic, answer};

    #[test]
    fn a_setting_that_is_wrong_comes_before_a_target_that_does_not_answer() {
        let found = |states: &[State]| -> Vec<Finding> {
            states.iter().map(|state| Finding::new(Topic::Service, "api", *state, "")).collect()
        };
        let table = [
            (vec![], Readiness::Ready, 0),
            (vec![State::Good, State::Later, State::Unasked, State::Absent], Readiness::Ready, 0),
            (vec![State::Good, State::Unreachable], Readiness::Unreachable, 3),
            (vec![State::Unreachable, State::Misconfigured], Readiness::Misconfigured, 2),
        ];
        for (states, expected, exit) in table {
            let readiness = Readiness::of(&found(&states));
            assert_eq!((readiness, readiness.exit().code()), (expected, exit), "{states:?}");
        }
    }

    #[test]
    fn a_status_says_whether_to_wait_or_to_look_at_the_settings() {
        let table = [
            (State::Good, vec![200, 201, 204]),
            (State::Misconfigured, vec![301, 400, 401, 403, 404, 410, 422]),
            (State::Unreachable, vec![100, 408, 425, 429, 500, 502, 503, 504]),
        ];
        for (expected, statuses) in table {
            for status in statuses {
                assert_eq!(answer(status), expected, "{status}");
            }
        }
    }
}
