//! The class of a cause: what a red is about, by an ordered table of rules over what the recording holds.
//!
//! The first rule that holds gives the class, and is named beside it, so that nobody has to believe it.
//!
//! Does not: change a verdict, or look at words that were written for people.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

use crate::event::{Event, Scope};
use crate::known::{FailureClass, Known};
use crate::name::CaseId;
use crate::signs::{Answer, Halt, Signs, Stage};
use crate::storm::EdgeFailure;
use crate::verdict::{Ending, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;

/// What a red is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CauseClass {
    /// A credential that is missing, stale, or refused.
    Secret,
    /// An account whose means are spent.
    Quota,
    /// What stands between us and a service: names, certificates, proxies, a service that is not there.
    Edge,
    /// Something that was to be made, to come up, or to change its state, and did not.
    Provision,
    /// An agent that did not answer.
    Agent,
    /// An answer that is none to the question, or a model that is not the one asked for.
    Model,
    /// A reply that is not what the scenario says.
    Assertion,
    /// The harness, or the scenario itself.
    Harness,
}

/// Why a red is red, in two words: its class, and the rule that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Cause {
    /// What it is about.
    pub class: CauseClass,
    /// The rule that fired.
    pub rule: &'static str,
    /// What the rule looks for.
    pub because: &'static str,
}

/// A red, as rules see it.
#[derive(Debug, Clone, Copy)]
struct Red<'a> {
    ending: &'a Ending,
    /// What the evidence of its things is known as.
    evidence: Option<&'a Known>,
}

/// A rule: its name, what it looks for, and the class of a red that it takes.
type Rule = (&'static str, &'static str, fn(&Red<'_>) -> Option<CauseClass>);

/// The rules, in order: what is certain before what is likely, what is narrow before what is wide.
const RULES: [Rule; 25] = [
    ("no-end", "the log has no end of it", |red| red.verdict(Verdict::Lost, CauseClass::Harness)),
    ("interrupted", "the run was interrupted", |red| red.verdict(Verdict::Cancelled, CauseClass::Harness)),
    ("lacks-capability", "live is required, and the target cannot do it", |red| {
        red.halt(Halt::Lacking, CauseClass::Provision)
    }),
    ("live-required", "live is required, and what it takes is not set", |red| {
        red.verdict(Verdict::Refused, CauseClass::Secret)
    }),
    ("mark-outlived", "it is declared a known red, and passed", |red| {
        red.verdict(Verdict::UnexpectedPass, CauseClass::Assertion)
    }),
    ("storm", "almost every case met the same failure", |red| red.halt(Halt::Storm, CauseClass::Edge)),
    ("no-target", "the target never came up", |red| red.halt(Halt::NoTarget, CauseClass::Provision)),
    ("run-timeout", "the run ran out of time", |red| red.halt(Halt::RunTimeout, CauseClass::Harness)),
    ("panic", "the harness panicked", |red| red.halt(Halt::Panic, CauseClass::Harness)),
    ("known", "known-failures.toml says what it is about", |red| red.ending.known.as_ref()?.about),
    ("for-an-operator", "known-failures.toml says that an operator has to act", |red| {
        red.known(FailureClass::Operator, CauseClass::Quota)
    }),
    ("set-up", "known-failures.toml says that the run's own set-up is wrong", |red| {
        red.known(FailureClass::Setup, CauseClass::Secret)
    }),
    ("evidence", "known-failures.toml names what the evidence says", |red| red.evidence?.about),
    ("no-reply", "the last look brought no reply", |red| {
        red.signs(|signs| signs.transport.is_some(), CauseClass::Edge)
    }),
    ("payment", "the last reply is 402", |red| {
        red.signs(|signs| signs.status == Some(402), CauseClass::Quota)
    }),
    ("refused-credential", "the last reply is 401 or 403", |red| {
        red.signs(|signs| matches!(signs.status, Some(401 | 403)), CauseClass::Secret)
    }),
    ("agent-silent", "the agent was queued, working, waking, busy or out of reach to the end", |red| {
        red.signs(is_silent, CauseClass::Agent)
    }),
    ("agent-error", "the agent answered with an error", |red| {
        red.signs(|signs| signs.answer == Some(Answer::Error), CauseClass::Agent)
    }),
    ("wrong-answer", "the agent's answer is not that to the question", |red| {
        red.signs(|signs| signs.answer == Some(Answer::Answer), CauseClass::Model)
    }),
    ("not-now", "the last reply is 429, 502, 503 or 504", |red| {
        red.signs(|signs| signs.status.and_then(EdgeFailure::of_status).is_some(), CauseClass::Edge)
    }),
    ("fixture", "what the case needs before its first step could not be made", |red| {
        red.signs(|signs| signs.stage == Stage::Fixture, CauseClass::Provision)
    }),
    ("never-came", "what was waited for did not come in time", |red| {
        red.signs(|signs| matches!(signs.halt, Halt::RanOut | Halt::CaseTimeout), CauseClass::Provision)
    }),
    ("not-made", "what the step creates was not made", |red| {
        red.signs(|signs| signs.halt == Halt::Unmet && signs.creates, CauseClass::Provision)
    }),
    ("trace", "it went through states that it may not", |red| {
        red.signs(|signs| signs.halt == Halt::Unmet && signs.stage == Stage::Trace, CauseClass::Provision)
    }),
    ("undecided", "it could not be found out", |red| red.verdict(Verdict::Errored, CauseClass::Harness)),
];

/// What is left: a reply that came, and is not what was expected.
const REST: Cause =
    Cause { class: CauseClass::Assertion, rule: "unmet", because: "what came is not what was expected" };

fn is_silent(signs: Signs) -> bool {
    match signs.answer {
        Some(Answer::Queued | Answer::Working | Answer::Waking | Answer::Busy | Answer::Unreachable) => true,
        Some(Answer::Answer | Answer::Error) | None => false,
    }
}

impl Red<'_> {
    fn verdict(&self, verdict: Verdict, class: CauseClass) -> Option<CauseClass> {
        (self.ending.verdict == verdict).then_some(class)
    }

    fn known(&self, whose: FailureClass, class: CauseClass) -> Option<CauseClass> {
        (self.ending.known.as_ref()?.class == whose).then_some(class)
    }

    fn signs(&self, hold: impl Fn(Signs) -> bool, class: CauseClass) -> Option<CauseClass> {
        self.ending.signs.filter(|signs| hold(*signs)).map(|_| class)
    }

    fn halt(&self, halt: Halt, class: CauseClass) -> Option<CauseClass> {
        self.signs(|signs| signs.halt == halt, class)
    }
}

impl Cause {
    /// The cause of a red; none of what is not red. `evidence` is what the suite knows the evidence of its things as.
    pub fn of(ending: &Ending, evidence: Option<&Known>) -> Option<Self> {
        if !ending.verdict.is_red() {
            return None;
        }
        let red = Red { ending, evidence };
        let first = RULES
            .iter()
            .find_map(|(rule, because, class)| class(&red).map(|class| Self { class, rule, because }));
        Some(first.unwrap_or(REST))
    }
}

/// What the evidence of red cases is known as while their log comes in, for whoever tells of a red as soon as it is there:
/// it has the class then that every view of the whole gives it.
#[derive(Debug, Clone, Default)]
pub struct Evidence(HashMap<CaseId, Known>);

impl Evidence {
    /// Takes one more event in; of a case the first counts that is known, as in a report.
    pub fn apply(&mut self, event: &Event) {
        if let Event::Evidence { scope: Scope::Evidence(case), known: Some(known), .. } = event {
            self.0.entry(case.clone()).or_insert_with(|| known.clone());
        }
    }

    /// What a red that has just ended is about; none of what is not red.
    pub fn cause(&self, case: &CaseId, ending: &Ending) -> Option<Cause> {
        Cause::of(ending, self.0.get(case))
    }
}

impl CauseClass {
    /// Every class with its word.
    pub const WORDS: [(&'static str, Self); 8] = [
        ("secret", Self::Secret),
        ("quota", Self::Quota),
        ("edge", Self::Edge),
        ("provision", Self::Provision),
        ("agent", Self::Agent),
        ("model", Self::Model),
        ("assertion", Self::Assertion),
        ("harness", Self::Harness),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::WORDS.into_iter().find(|(_, class)| *class == self).map_or("", |(word, _)| word)
    }
}

impl fmt::Display for CauseClass {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}, by rule {}: {}", self.class, self.rule, self.because)
    }
}

#[cfg(test)]
#[path = "cause_tests.rs"]
mod tests;
