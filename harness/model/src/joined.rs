//! A run of several processes: the reports of all of them as one, as nextest needs it, where each case is a process.
//!
//! Does not: know what no process was started for; nobody planned it here.

use crate::exit::{FlakyPolicy, SkipPolicy};
use crate::name::{CaseId, StepName};
use crate::report::{CaseReport, Repetition, RunReport};
use crate::verdict::{Ending, Verdict};

impl RunReport {
    /// Takes in what a later process of the same run tells.
    ///
    /// A case that both had was started again: its last end counts, and a pass after anything red is flaky.
    pub fn join(&mut self, later: Self) {
        let is_other_suite = self.suite != later.suite;
        add_word(&mut self.suite, &later.suite);
        add_word(&mut self.environment, &later.environment);
        self.policy.skips = match (self.policy.skips, later.policy.skips) {
            (SkipPolicy::Tolerated, SkipPolicy::Tolerated) => SkipPolicy::Tolerated,
            (SkipPolicy::Forbidden, _) | (_, SkipPolicy::Forbidden) => SkipPolicy::Forbidden,
        };
        self.policy.flaky = match (self.policy.flaky, later.policy.flaky) {
            (FlakyPolicy::Pass, FlakyPolicy::Pass) => FlakyPolicy::Pass,
            (FlakyPolicy::Fail, _) | (_, FlakyPolicy::Fail) => FlakyPolicy::Fail,
        };
        for (id, case) in later.cases {
            match self.cases.get_mut(&id) {
                Some(_) if is_other_suite => {
                    self.contradictions.push(format!("two suites of this run have a case {id}"));
                }
                Some(before) => before.again(&id, case),
                None => {
                    self.cases.insert(id, case);
                }
            }
        }
        self.owned.extend(later.owned);
        for cause in later.never_up {
            if !self.never_up.contains(&cause) {
                self.never_up.push(cause);
            }
        }
        self.contradictions.extend(later.contradictions);
        self.swept += later.swept;
    }
}

/// Adds a name to a list of names, once.
fn add_word(words: &mut String, word: &str) {
    if words.split(", ").all(|known| known != word) {
        *words = [words.as_str(), word]
            .iter()
            .filter(|part| !part.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join(", ");
    }
}

impl CaseReport {
    fn again(&mut self, id: &CaseId, later: Self) {
        let before = std::mem::replace(self, later);
        let mut repeated = before.repeated;
        if before.ending.verdict.is_red() {
            let step = before.ending.step.unwrap_or_else(|| StepName::new(id.scenario()));
            let cause = format!("{}: {}", before.ending.verdict, before.ending.cause);
            repeated.push(Repetition { step, cause });
        }
        repeated.append(&mut self.repeated);
        self.elapsed += before.elapsed;
        if self.ending.verdict == Verdict::Passed && before.ending.verdict.is_red() {
            let cause = format!("passed when it was started again; before, it was {}", before.ending.verdict);
            let retries = before.ending.retries + self.ending.retries + 1;
            self.ending = Ending { retries, ..Ending::new(Verdict::Flaky, cause) };
        }
        self.repeated = repeated;
    }
}
