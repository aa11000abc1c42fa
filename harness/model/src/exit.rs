//! The exit code: one function of the report, the same through cargo, nextest and `shakedown run`.
//!
//! Does not: exit.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

use crate::demand::Breach;
use crate::gates::Gate;
use crate::verdict::Verdict;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a process of ours ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExitCode {
    /// 0: nothing that counts is red.
    Success,
    /// 1: a case that counts is red.
    Failure,
    /// 2: usage, configuration, or a live environment chosen without its credential.
    Usage,
    /// 3: a run-scope fixture or the target never came up.
    NeverUp,
    /// 4: something was left behind.
    Leak,
    /// 5: live is required and not met, a lane's demands are not, the selection is empty, or a fault never bit.
    LiveRequired,
    /// 70: two tallies disagree, or a case has no end.
    Internal,
    /// 130: interrupted.
    Interrupted,
}

/// From the strongest to the weakest; the strongest that applies is the exit code.
const PRECEDENCE: [ExitCode; 8] = [
    ExitCode::Internal,
    ExitCode::Leak,
    ExitCode::Interrupted,
    ExitCode::Usage,
    ExitCode::LiveRequired,
    ExitCode::NeverUp,
    ExitCode::Failure,
    ExitCode::Success,
];

impl ExitCode {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::NeverUp => 3,
            Self::Leak => 4,
            Self::LiveRequired => 5,
            Self::Internal => 70,
            Self::Interrupted => 130,
        }
    }

    /// The one with this number, when it is one of ours.
    pub fn of(number: i64) -> Option<Self> {
        PRECEDENCE.into_iter().find(|code| i64::from(code.code()) == number)
    }

    /// What it says, in a few words.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Success => "nothing that counts is red",
            Self::Failure => "a required case is red",
            Self::Usage => "usage or configuration",
            Self::NeverUp => "the target, or a fixture of the run, never came up",
            Self::Leak => "something was left behind",
            Self::LiveRequired => {
                "live is required and not met, a lane demands more, nothing is selected, or a fault never bit"
            }
            Self::Internal => "the harness contradicts itself, or a case has no end",
            Self::Interrupted => "interrupted",
        }
    }

    /// The stronger of two.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        PRECEDENCE.into_iter().find(|code| *code == self || *code == other).unwrap_or(Self::Internal)
    }
}

/// What missing secrets mean to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SkipPolicy {
    /// A skip is shown and counted.
    Tolerated,
    /// A skip is a failure: live is required.
    Forbidden,
}

/// What a pass after a retry means to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FlakyPolicy {
    /// It is shown, and a pass.
    Pass,
    /// It counts as a red.
    Fail,
}

/// What a run makes of verdicts that are neither green nor red by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Policy {
    /// What missing secrets mean.
    pub skips: SkipPolicy,
    /// What a pass after a retry means.
    pub flaky: FlakyPolicy,
}

/// What one case adds to the exit code.
pub fn of_case(verdict: Verdict, gate: Gate, policy: Policy) -> ExitCode {
    let red = match gate {
        Gate::Required => ExitCode::Failure,
        Gate::Advisory => ExitCode::Success,
    };
    match verdict {
        Verdict::Passed | Verdict::KnownRed | Verdict::Blocked => ExitCode::Success,
        Verdict::Flaky => match policy.flaky {
            FlakyPolicy::Pass => ExitCode::Success,
            FlakyPolicy::Fail => red,
        },
        Verdict::Failed | Verdict::Errored | Verdict::Operator | Verdict::UnexpectedPass => red,
        Verdict::Skipped => match policy.skips {
            SkipPolicy::Tolerated => ExitCode::Success,
            SkipPolicy::Forbidden => ExitCode::LiveRequired,
        },
        Verdict::Refused => ExitCode::LiveRequired,
        Verdict::Cancelled => ExitCode::Interrupted,
        Verdict::Lost => ExitCode::Internal,
    }
}

/// What a demand that was not met adds to the exit code that everything else comes to.
///
/// A milestone that nobody reached is mostly what a red or a target that never came up has come to, and those say more: it
/// decides where nothing else is wrong. Reds explain no skip, and what is red was executed.
pub fn of_breach(breach: Breach<'_>, otherwise: ExitCode) -> ExitCode {
    match (breach, otherwise) {
        (Breach::Missed { .. }, ExitCode::Failure | ExitCode::NeverUp) => otherwise,
        (Breach::Missed { .. } | Breach::Skipped { .. } | Breach::Unexecuted { .. }, _) => {
            ExitCode::LiveRequired
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ExitCode, FlakyPolicy, PRECEDENCE, Policy, SkipPolicy, of_breach, of_case};
    use crate::demand::{Breach, Ceiling};
    use crate::gates::Gate;
    use crate::verdict::Verdict;

    const LENIENT: Policy = Policy { skips: SkipPolicy::Tolerated, flaky: FlakyPolicy::Pass };
    const STRICT: Policy = Policy { skips: SkipPolicy::Forbidden, flaky: FlakyPolicy::Fail };

    /// The table of the design: verdict, required, advisory, required and advisory under the strict policy.
    const TABLE: [(Verdict, [u8; 4]); 12] = [
        (Verdict::Passed, [0, 0, 0, 0]),
        (Verdict::Flaky, [0, 0, 1, 0]),
        (Verdict::Failed, [1, 0, 1, 0]),
        (Verdict::Errored, [1, 0, 1, 0]),
        (Verdict::Operator, [1, 0, 1, 0]),
        (Verdict::KnownRed, [0, 0, 0, 0]),
        (Verdict::UnexpectedPass, [1, 0, 1, 0]),
        (Verdict::Skipped, [0, 0, 5, 5]),
        (Verdict::Blocked, [0, 0, 0, 0]),
        (Verdict::Refused, [5, 5, 5, 5]),
        (Verdict::Cancelled, [130, 130, 130, 130]),
        (Verdict::Lost, [70, 70, 70, 70]),
    ];

    #[test]
    fn every_verdict_and_gate_has_the_exit_code_of_the_table() {
        let columns = [
            (Gate::Required, LENIENT),
            (Gate::Advisory, LENIENT),
            (Gate::Required, STRICT),
            (Gate::Advisory, STRICT),
        ];
        for (verdict, expected) in TABLE {
            let actual = columns.map(|(gate, policy)| of_case(verdict, gate, policy).code());
            assert_eq!(actual, expected, "{verdict}");
        }
        assert_eq!(TABLE.map(|row| row.0), Verdict::ALL);
    }

    /// The exit code of everything else, then that of a run with a missed milestone, too many skips, a floor.
    const DEMANDS: [(u8, [u8; 3]); 8] = [
        (0, [5, 5, 5]),
        (1, [1, 5, 5]),
        (3, [3, 5, 5]),
        (5, [5, 5, 5]),
        (2, [2, 2, 2]),
        (130, [130, 130, 130]),
        (4, [4, 4, 4]),
        (70, [70, 70, 70]),
    ];

    #[test]
    fn what_a_lane_demands_is_5_and_a_missed_milestone_hides_no_red() {
        let milestone = crate::name::MilestoneName::new("online");
        let breaches = [
            Breach::Missed { milestone: &milestone },
            Breach::Skipped { skipped: 1, of: 2, ceiling: Ceiling::Cases(0) },
            Breach::Unexecuted { axis: "runtime", value: "mock", executed: 0, least: 1 },
        ];
        for (otherwise, expected) in DEMANDS {
            let otherwise = ExitCode::of(i64::from(otherwise)).unwrap();
            let exit = breaches.map(|breach| otherwise.merge(of_breach(breach, otherwise)).code());
            assert_eq!(exit, expected, "{otherwise:?}");
        }
    }

    #[test]
    fn the_stronger_code_wins_whatever_the_order() {
        assert_eq!(PRECEDENCE.map(ExitCode::code), [70, 4, 130, 2, 5, 3, 1, 0]);
        for (rank, strong) in PRECEDENCE.into_iter().enumerate() {
            for weak in &PRECEDENCE[rank..] {
                assert_eq!(strong.merge(*weak), strong);
                assert_eq!(weak.merge(strong), strong);
            }
        }
    }
}
