//! Several attempts: how many of so many must pass, for cases whose model is not the same twice.
//!
//! Does not: try anything. The engine does, and stops as soon as the rest cannot change what comes of it.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

use crate::share::{Share, percent};
use crate::verdict::{Ending, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How many of so many attempts must pass.
///
/// *Shape*: `pass = { of = 5, at-least = 4 }`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Pass {
    /// So many attempts at most.
    pub of: u32,
    /// So many of them must pass.
    pub at_least: u32,
}

/// What attempts came to so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many passed.
    pub green: u32,
    /// How many did not, whatever the reason.
    pub red: u32,
}

/// What follows from a tally.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Enough passed, whatever the rest would do.
    Passed,
    /// So many did not that not enough can.
    Failed,
    /// The next attempt tells more.
    Open,
}

impl Tally {
    /// That of these attempts.
    pub fn of(attempts: impl IntoIterator<Item = Verdict>) -> Self {
        let mut tally = Self::default();
        for verdict in attempts {
            tally.add(verdict);
        }
        tally
    }

    /// Counts one attempt.
    pub fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Passed | Verdict::Flaky => self.green += 1,
            Verdict::Failed
            | Verdict::Errored
            | Verdict::Operator
            | Verdict::KnownRed
            | Verdict::UnexpectedPass
            | Verdict::Skipped
            | Verdict::Blocked
            | Verdict::Refused
            | Verdict::Cancelled
            | Verdict::Lost => self.red += 1,
        }
    }

    /// What follows from it.
    pub fn standing(self, pass: Pass) -> Standing {
        if self.green >= pass.at_least {
            Standing::Passed
        } else if self.red > pass.of.saturating_sub(pass.at_least) {
            Standing::Failed
        } else {
            Standing::Open
        }
    }

    /// How many attempts there were.
    pub fn attempts(self) -> u32 {
        self.green + self.red
    }

    /// The share that passed.
    pub fn share(self) -> Share {
        Share { hits: self.green, of: self.attempts() }
    }
}

impl fmt::Display for Tally {
    /// `4 of 5 attempts passed: at least 37.6 % do, by 95 %`
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let low = percent(self.share().interval().low);
        write!(formatter, "{} attempts passed: at least {low} do, by 95 %", self.share())
    }
}

impl Pass {
    /// The end of a case by its attempts, the first first. One that cannot pass or fail, because it was left out, cut short or
    /// nobody has paid, is the end as it is: more of them would say no more.
    pub fn judge(self, attempts: &[Ending]) -> Ending {
        let Some(last) = attempts.last() else {
            return Ending::new(Verdict::Errored, "it was tried not once");
        };
        let tally = Tally::of(attempts.iter().map(|ending| ending.verdict));
        if Self::is_final(last.verdict) {
            return last.clone();
        }
        let retries = attempts.iter().map(|ending| ending.retries).sum();
        let needs = format!("{} of {} must pass", self.at_least, self.of);
        if tally.standing(self) == Standing::Passed {
            let is_flaky = attempts.iter().any(|ending| ending.verdict == Verdict::Flaky);
            let verdict = if is_flaky { Verdict::Flaky } else { Verdict::Passed };
            return Ending { retries, ..Ending::new(verdict, format!("{tally}; {needs}")) };
        }
        let red = decisive(attempts).and_then(|position| attempts.get(position)).unwrap_or(last);
        Ending { cause: format!("{tally}; {needs}\n{}", red.cause), retries, ..red.clone() }
    }

    /// Whether an attempt that ended so is the last one, whatever the others came to.
    pub fn is_final(verdict: Verdict) -> bool {
        match verdict {
            Verdict::Passed | Verdict::Flaky | Verdict::Failed | Verdict::Errored => false,
            Verdict::Operator
            | Verdict::KnownRed
            | Verdict::UnexpectedPass
            | Verdict::Skipped
            | Verdict::Blocked
            | Verdict::Refused
            | Verdict::Cancelled
            | Verdict::Lost => true,
        }
    }
}

/// The attempt that a red case is told by: the first that failed, or else the first that is red. What was seen says more than
/// what could not be found out.
pub fn decisive<'a>(attempts: impl IntoIterator<Item = &'a Ending>) -> Option<usize> {
    let reds = (0..).zip(attempts).filter(|(_, ending)| ending.verdict.is_red());
    // Of several that weigh the same, the first is the least.
    reds.min_by_key(|(_, ending)| ending.verdict != Verdict::Failed).map(|(position, _)| position)
}

impl fmt::Display for Pass {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} of {} attempts must pass", self.at_least, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::{Pass, Standing, Tally};
    use crate::verdict::{Ending, Verdict};
    use proptest::prelude::*;

    const FOUR_OF_FIVE: Pass = Pass { of: 5, at_least: 4 };

    fn judged(verdicts: &[Verdict]) -> (Verdict, String) {
        let endings: Vec<Ending> = verdicts
            .iter()
            .enumerate()
            .map(|(number, verdict)| Ending::new(*verdict, format!("cause {number}")))
            .collect();
        let ending = FOUR_OF_FIVE.judge(&endings);
        (ending.verdict, ending.cause)
    }

    #[test]
    fn a_tally_is_told_with_its_bound() {
        use Verdict::{Errored, Failed, Flaky, Operator, Passed};
        let tally = "4 of 5 attempts passed: at least 37.6 % do, by 95 %; 4 of 5 must pass";
        for (verdicts, verdict, cause) in [
            (&[Passed, Failed, Passed, Passed, Passed][..], Passed, tally.to_owned()),
            (&[Passed, Errored, Flaky, Passed, Passed], Flaky, tally.to_owned()),
            (
                &[Errored, Failed],
                Failed,
                "0 of 2 attempts passed: at least 0.0 % do, by 95 %; 4 of 5 must pass\ncause 1".to_owned(),
            ),
            (
                &[Errored, Errored],
                Errored,
                "0 of 2 attempts passed: at least 0.0 % do, by 95 %; 4 of 5 must pass\ncause 0".to_owned(),
            ),
            (&[Passed, Operator], Operator, "cause 1".to_owned()),
        ] {
            assert_eq!(judged(verdicts), (verdict, cause), "{verdicts:?}");
        }
        assert_eq!(FOUR_OF_FIVE.to_string(), "4 of 5 attempts must pass");
    }

    #[test]
    fn whatever_is_decided_the_retries_of_all_attempts_count() {
        let tried = |verdict, retries| Ending { retries, ..Ending::new(verdict, "") };
        for (last, verdict) in [(Verdict::Passed, Verdict::Passed), (Verdict::Failed, Verdict::Failed)] {
            let pass = Pass { of: 2, at_least: 2 };
            let ending = pass.judge(&[tried(Verdict::Passed, 3), tried(last, 4)]);
            assert_eq!((ending.verdict, ending.retries), (verdict, 7));
        }
    }

    proptest! {
        #[test]
        fn to_stop_early_decides_what_all_attempts_would(
            greens in prop::collection::vec(any::<bool>(), 1..30), at_least in 1_u32..30,
        ) {
            let of = u32::try_from(greens.len()).unwrap();
            let pass = Pass { of, at_least: at_least.min(of) };
            let mut tally = Tally::default();
            let mut stopped = Standing::Open;
            for green in &greens {
                tally.add(if *green { Verdict::Passed } else { Verdict::Errored });
                stopped = tally.standing(pass);
                if stopped != Standing::Open {
                    break;
                }
            }
            let passed = u32::try_from(greens.iter().filter(|green| **green).count()).unwrap();
            let expected = if passed >= pass.at_least { Standing::Passed } else { Standing::Failed };
            prop_assert_eq!(stopped, expected);
            prop_assert!(tally.attempts() <= of);
        }
    }
}
