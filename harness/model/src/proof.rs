//! Proofs: what came of a fault row, held against what it says.
//!
//! Does not: break anything, or run a case.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

use crate::cause::CauseClass;
use crate::name::{CaseId, StepName};
use crate::report::{CaseReport, RunReport};
use crate::suite::Must;
use crate::verdict::Verdict;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// What came of a fault row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every case turned red in the step, for the cause; or what had to be left behind was told.
    Killed,
    /// Every case stayed green, as it must.
    Withstood,
    /// A case stayed green that had to turn red, or nothing was told as left behind that was.
    Survived,
    /// A case turned red elsewhere.
    WrongStep,
    /// A case turned red in the step, for another cause.
    WrongCause,
    /// A case turned red that had to stay green.
    NotWithstood,
    /// Something was left behind that must not be.
    Leaked,
    /// The fault never bit: nothing that it breaks was asked for.
    NeverBit,
    /// No case ran.
    NotRun,
    /// The target, or the platform, never came up: the row says nothing.
    NeverUp,
    /// The harness contradicted itself, or the run could not begin.
    Undecided,
}

/// How a case ended under a fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Found {
    /// The case.
    pub case: CaseId,
    /// Its verdict.
    pub verdict: Verdict,
    /// The step that decided it.
    pub step: Option<StepName>,
    /// What its red is about.
    pub cause: Option<CauseClass>,
    /// The rule that says so.
    pub rule: Option<String>,
    /// The cause in words, its first line.
    pub said: String,
}

/// What came of a row, and of which case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// What came of it.
    pub outcome: Outcome,
    /// How its cases ended.
    pub cases: Vec<Found>,
    /// The first case that is not as it must be.
    pub offender: Option<CaseId>,
    /// What was left behind: kind, key and why.
    pub leaks: Vec<String>,
}

/// Whether a fault has done anything, where somebody counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bite {
    /// It has, or nobody counts.
    Bit,
    /// It has not.
    Never,
}

impl Outcome {
    /// Every outcome with its words, in the order in which summaries count them.
    pub const WORDS: [(Self, &'static str); 11] = [
        (Self::Killed, "killed"),
        (Self::Withstood, "withstood"),
        (Self::Survived, "survived"),
        (Self::WrongStep, "wrong step"),
        (Self::WrongCause, "wrong cause"),
        (Self::NotWithstood, "not withstood"),
        (Self::Leaked, "leaked"),
        (Self::NeverBit, "never bit"),
        (Self::NotRun, "not run"),
        (Self::NeverUp, "never up"),
        (Self::Undecided, "undecided"),
    ];

    /// Whether the row holds.
    pub fn holds(self) -> bool {
        match self {
            Self::Killed | Self::Withstood => true,
            Self::Survived
            | Self::WrongStep
            | Self::WrongCause
            | Self::NotWithstood
            | Self::Leaked
            | Self::NeverBit
            | Self::NotRun
            | Self::NeverUp
            | Self::Undecided => false,
        }
    }

    /// Whether a row, run without an assertion, misses it. Whoever looks less often may not come to a fault that has to be
    /// survived, and is as green as before: nobody misses anything then.
    pub fn misses(self, must: &Must) -> bool {
        let never_came = self == Self::NeverBit && *must == Must::Survive;
        !self.holds() && !never_came
    }

    /// Its words.
    pub fn words(self) -> &'static str {
        Self::WORDS.into_iter().find(|(outcome, _)| *outcome == self).map_or("", |(_, words)| words)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.words())
    }
}

/// How the cases of a run ended; a marked case that passed is red in the step of its mark.
pub fn found(report: &RunReport, marks: &BTreeMap<CaseId, StepName>) -> Vec<Found> {
    let found = |(id, case): (&CaseId, &CaseReport)| {
        let (ending, cause) = (&case.ending, case.cause());
        let marked = || marks.get(id).filter(|_| ending.verdict == Verdict::UnexpectedPass);
        Found {
            case: id.clone(),
            verdict: ending.verdict,
            step: ending.step.as_ref().or_else(marked).cloned(),
            cause: cause.map(|cause| cause.class),
            rule: cause.map(|cause| cause.rule.to_owned()),
            said: ending.cause.lines().next().unwrap_or_default().to_owned(),
        }
    };
    report.cases.iter().map(found).collect()
}

/// Holds a run on a broken platform against what must come of it.
pub fn judge(must: &Must, report: &RunReport, marks: &BTreeMap<CaseId, StepName>, bite: Bite) -> Judged {
    let cases = found(report, marks);
    let leaks = report.leaks();
    let (outcome, offender) = if !report.contradictions.is_empty() {
        (Outcome::Undecided, None)
    } else if report.never_began {
        (Outcome::NeverUp, None)
    } else if cases.is_empty() {
        (Outcome::NotRun, None)
    } else {
        let kinds: Vec<&str> = leaks.iter().map(|(kind, _, _)| kind.as_str()).collect();
        held(must, &cases, &kinds, bite)
    };
    let offender = offender.map(|found| found.case.clone());
    let leaks = leaks.into_iter().map(|(kind, key, why)| format!("{kind} {key}: {why}")).collect();
    Judged { outcome, cases, offender, leaks }
}

fn held<'a>(must: &Must, cases: &'a [Found], leaks: &[&str], bite: Bite) -> (Outcome, Option<&'a Found>) {
    let first = |wanted: &dyn Fn(&Found) -> bool| cases.iter().find(|found| wanted(found));
    let is_green = |found: &Found| is_green(found.verdict);
    let untouched = match bite {
        Bite::Bit => Outcome::Survived,
        Bite::Never => Outcome::NeverBit,
    };
    match must {
        Must::TurnRed { step, cause } => {
            let green = first(&|found| !found.verdict.is_red());
            let elsewhere = first(&|found| found.step.as_ref() != Some(step));
            let otherwise = first(&|found| found.cause != Some(*cause));
            match (leaks, green, elsewhere, otherwise) {
                ([], None, None, None) if bite == Bite::Never => (Outcome::NeverBit, cases.first()),
                ([], None, None, None) => (Outcome::Killed, None),
                ([], Some(green), _, _) => (untouched, Some(green)),
                ([_, ..], _, _, _) => (Outcome::Leaked, None),
                ([], None, Some(elsewhere), _) => (Outcome::WrongStep, Some(elsewhere)),
                ([], None, None, Some(otherwise)) => (Outcome::WrongCause, Some(otherwise)),
            }
        }
        Must::Leak(kind) => match (first(&|found| !is_green(found)), leaks) {
            (Some(red), _) => (Outcome::NotWithstood, Some(red)),
            (None, []) => (untouched, cases.first()),
            (None, leaks) if leaks.iter().any(|leaked| *leaked != kind.as_str()) => (Outcome::Leaked, None),
            (None, _) if bite == Bite::Never => (Outcome::NeverBit, cases.first()),
            (None, _) => (Outcome::Killed, None),
        },
        Must::Survive => match (first(&|found| !is_green(found)), leaks, bite) {
            (Some(red), _, _) => (Outcome::NotWithstood, Some(red)),
            (None, [_, ..], _) => (Outcome::Leaked, None),
            (None, [], Bite::Never) => (Outcome::NeverBit, cases.first()),
            (None, [], Bite::Bit) => (Outcome::Withstood, None),
        },
    }
}

/// Whether a case held what it promises, or failed in exactly the way that is declared.
pub fn is_green(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Passed | Verdict::Flaky | Verdict::KnownRed)
}

#[cfg(test)]
#[path = "proof_tests.rs"]
mod tests;
