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
            match self.cases.get(&id) {
                Some(_) if is_other_suite => {
                    self.contradictions.push(format!("two suites of this run have a case {id}"));
                }
                Some(before) => {
                    let case = before.clone().again(&id, case);
                    self.take(id, case);
                }
                None => self.take(id, case),
            }
        }
        self.demands = self.demands.take().or(later.demands);
        for (milestone, times) in later.reached {
            *self.reached.entry(milestone).or_default() += times;
        }
        self.owned.extend(later.owned);
        for cause in later.never_up {
            if !self.never_up.contains(&cause) {
                self.never_up.push(cause);
            }
        }
        self.never_began |= later.never_began;
        self.contradictions.extend(later.contradictions);
        self.never_bit.extend(later.never_bit);
        self.interrupted |= later.interrupted;
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
    /// The case, when a later process was started for it again.
    fn again(self, id: &CaseId, mut later: Self) -> Self {
        let before = self;
        let mut repeated = before.repeated;
        if before.ending.verdict.is_red() {
            let step = before.ending.step.unwrap_or_else(|| StepName::new(id.scenario()));
            let cause = format!("{}: {}", before.ending.verdict, before.ending.cause);
            repeated.push(Repetition { step, cause });
        }
        repeated.append(&mut later.repeated);
        later.elapsed += before.elapsed;
        later.attempts.splice(..0, before.attempts);
        if later.ending.verdict == Verdict::Passed && before.ending.verdict.is_red() {
            let mut cause =
                format!("passed when it was started again; before, it was {}", before.ending.verdict);
            if let Some(tally) = later.tally() {
                cause = format!("{tally}; {cause}");
            }
            let retries = before.ending.retries + later.ending.retries + 1;
            later.ending = Ending { retries, ..Ending::new(Verdict::Flaky, cause) };
        }
        later.repeated = repeated;
        later
    }
}

#[cfg(test)]
mod tests {
    use crate::event::{Event, VERSION};
    use crate::exit::{ExitCode, FlakyPolicy, Policy, SkipPolicy};
    use crate::gate::Decision;
    use crate::gates::Gate;
    use crate::name::{CaseId, EnvironmentName, ResourceKind};
    use crate::report::RunReport;
    use crate::verdict::{Ending, Verdict};
    use std::time::Duration;

    /// What a process of its own tells of one case; none when it was killed.
    fn process(suite: &str, case: &str, verdict: Option<Verdict>) -> RunReport {
        let case = CaseId::new(case);
        let started = Event::RunStarted {
            version: VERSION,
            run: "n".to_owned(),
            suite: suite.to_owned(),
            lane: None,
            lane_because: None,
            expects: None,
            notes: Vec::new(),
            environment: EnvironmentName::new("live"),
            because: String::new(),
            selection: String::new(),
            policy: Policy { skips: SkipPolicy::Tolerated, flaky: FlakyPolicy::Pass },
            provenance: Box::default(),
            process: None,
            plan: None,
            again: Box::default(),
            shard: None,
        };
        let (arms, gate) = (Vec::new(), Gate::Required);
        let planned = Event::CasePlanned {
            case: case.clone(),
            arms,
            gate,
            decision: Decision::Run,
            chosen: Vec::new(),
        };
        let ending = verdict.map(|verdict| Ending::new(verdict, "as it was seen"));
        let ended = ending.map(|ending| Event::CaseEnded { case, ending, elapsed: Duration::from_secs(2) });
        RunReport::fold([started, planned].iter().chain(&ended))
    }

    fn joined(processes: &[RunReport]) -> RunReport {
        let mut processes = processes.iter().cloned();
        let mut whole = processes.next().unwrap();
        processes.for_each(|later| whole.join(later));
        whole
    }

    #[test]
    fn the_cases_of_all_processes_are_those_of_the_run() {
        let whole = joined(&[
            process("s", "a::one", Some(Verdict::Passed)),
            process("s", "a::two", Some(Verdict::Failed)),
            process("s", "a::three", None),
        ]);
        assert_eq!(whole.counts(), [(Verdict::Passed, 1), (Verdict::Failed, 1), (Verdict::Lost, 1)]);
        assert_eq!((whole.suite.as_str(), whole.exit()), ("s", ExitCode::Internal));
    }

    #[test]
    fn a_case_that_was_started_again_counts_by_its_last_end_and_a_pass_after_a_red_is_flaky() {
        let (red, green) = (Some(Verdict::Failed), Some(Verdict::Passed));
        for (ends, verdict, repeated) in [
            ([red, green], Verdict::Flaky, 1),
            ([None, green], Verdict::Flaky, 1),
            ([green, red], Verdict::Failed, 0),
            ([red, red], Verdict::Failed, 1),
            ([green, green], Verdict::Passed, 0),
        ] {
            let whole = joined(&ends.map(|end| process("s", "a::one", end)));
            let case = &whole.cases[&CaseId::new("a::one")];
            assert_eq!((case.ending.verdict, case.repeated.len()), (verdict, repeated), "{ends:?}");
        }
        let whole = joined(&[process("s", "a::one", red), process("s", "a::one", green)]);
        let case = &whole.cases[&CaseId::new("a::one")];
        assert_eq!(case.repeated[0].cause, "failed: as it was seen");
        assert_eq!(case.elapsed, Duration::from_secs(4));
    }

    #[test]
    fn a_process_that_was_interrupted_interrupts_the_run() {
        let (first, mut second) =
            (process("s", "a::one", Some(Verdict::Passed)), process("s", "a::two", Some(Verdict::Passed)));
        assert_eq!(joined(&[first.clone(), second.clone()]).exit(), ExitCode::Success);
        second.apply(&Event::Interrupted);
        assert_eq!(joined(&[first, second]).exit(), ExitCode::Interrupted);
    }

    #[test]
    fn the_stricter_policy_and_every_leak_count() {
        let passed = process("s", "a::one", Some(Verdict::Passed));
        let mut strict = process("s", "a::two", Some(Verdict::Flaky));
        strict.policy = Policy { skips: SkipPolicy::Forbidden, flaky: FlakyPolicy::Fail };
        let whole = joined(&[passed.clone(), strict]);
        assert_eq!(whole.exit(), ExitCode::Failure);
        let mut leaking = process("s", "a::two", Some(Verdict::Passed));
        let (kind, key) = (ResourceKind::new("org"), "e2e-1".to_owned());
        leaking.apply(&Event::Leaked { kind, key, cause: "still there".to_owned() });
        assert_eq!(joined(&[leaking, passed]).exit(), ExitCode::Leak);
    }

    #[test]
    fn two_suites_with_a_case_of_one_name_are_told_apart_or_refused() {
        let one = process("s", "a::one", Some(Verdict::Passed));
        let other = joined(&[one.clone(), process("t", "b::one", Some(Verdict::Passed))]);
        assert_eq!((other.suite.as_str(), other.exit()), ("s, t", ExitCode::Success));
        let same = joined(&[one, process("t", "a::one", Some(Verdict::Passed))]);
        assert_eq!(same.contradictions, ["two suites of this run have a case a::one"]);
    }
}
