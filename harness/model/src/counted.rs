//! Counting: the cases of a run by their verdicts and as libtest counts them, and the faults of which nothing came.
//!
//! Does not: weigh them. The exit code does.

use crate::report::RunReport;
use crate::verdict::{LibtestLine, Verdict};
use indexmap::IndexSet;
use std::collections::BTreeMap;

impl RunReport {
    /// How many cases ended in each verdict that occurs.
    pub fn counts(&self) -> Vec<(Verdict, usize)> {
        let count = |verdict| self.cases.values().filter(|case| case.ending.verdict == verdict).count();
        Verdict::ALL
            .into_iter()
            .map(|verdict| (verdict, count(verdict)))
            .filter(|(_, count)| *count > 0)
            .collect()
    }

    /// The faults of which nothing came: whatever the cases say, they say nothing of these. A shard asks for a part of what they
    /// break, so it is the merged run that tells, of those that bit in none of its shards.
    pub fn unbroken(&self) -> Vec<&str> {
        let times = |fault: &str| self.never_bit.iter().filter(|other| *other == fault).count();
        let everywhere = self.merged.len().max(1);
        let faults: IndexSet<&str> = self.never_bit.iter().map(String::as_str).collect();
        let is_whole = self.shard.is_none();
        faults.into_iter().filter(|fault| is_whole && times(fault) >= everywhere).collect()
    }

    /// How many lines of each kind libtest must have printed.
    pub fn libtest_tally(&self) -> BTreeMap<&'static str, u64> {
        let mut tally = BTreeMap::from([("ok", 0), ("ignored", 0), ("failed", 0)]);
        for case in self.cases.values() {
            let line = match case.ending.verdict.libtest_line() {
                LibtestLine::Ok => "ok",
                LibtestLine::Ignored => "ignored",
                LibtestLine::Failed => "failed",
                LibtestLine::Absent => continue,
            };
            *tally.entry(line).or_default() += 1;
        }
        tally
    }
}

#[cfg(test)]
mod tests {
    use crate::event::Event;
    use crate::gate::Decision;
    use crate::gates::Gate;
    use crate::name::CaseId;
    use crate::report::RunReport;
    use crate::shard::{Divided, Merged, Shard};
    use crate::verdict::{Ending, Verdict};
    use std::collections::BTreeMap;
    use std::time::Duration;

    /// A run of one case that ended so, with faults that never bit, each list as one process told it.
    fn run(verdict: Verdict, never_bit: &[&[&str]]) -> RunReport {
        let (case, gate, decision) = (CaseId::new("s::a"), Gate::Required, Decision::Run);
        let planned =
            Event::CasePlanned { case: case.clone(), arms: Vec::new(), gate, decision, chosen: Vec::new() };
        let ended = Event::CaseEnded { case, ending: Ending::new(verdict, ""), elapsed: Duration::ZERO };
        let told = never_bit.iter().map(|faults| Event::NeverBit {
            faults: faults.iter().map(|fault| (*fault).to_owned()).collect(),
        });
        RunReport::fold(&[planned, ended].into_iter().chain(told).collect::<Vec<_>>())
    }

    #[test]
    fn libtest_has_a_line_for_each_case_but_one_without_an_end() {
        let table = [
            (Verdict::Flaky, [1, 0, 0]),
            (Verdict::KnownRed, [0, 1, 0]),
            (Verdict::Refused, [0, 0, 1]),
            (Verdict::Lost, [0, 0, 0]),
        ];
        for (verdict, counts) in table {
            let expected: BTreeMap<&str, u64> = ["ok", "ignored", "failed"].into_iter().zip(counts).collect();
            assert_eq!(run(verdict, &[]).libtest_tally(), expected, "{verdict}");
        }
    }

    #[test]
    fn a_fault_that_never_bit_is_5_whatever_the_cases_say() {
        for verdict in [Verdict::Passed, Verdict::Failed] {
            let run = run(verdict, &[&["a2a-echo"]]);
            assert_eq!((run.unbroken(), run.exit().code()), (vec!["a2a-echo"], 5), "{verdict}");
        }
        assert_eq!(run(Verdict::Failed, &[]).exit().code(), 1);
    }

    #[test]
    fn of_shards_together_only_what_bit_in_none_of_them_never_bit() {
        let shard = |number| Shard::by_time(&format!("{number}/2")).unwrap();
        let merged =
            |number| Merged { run: format!("r{number}"), shard: shard(number), cases: 1, log: String::new() };
        let told: &[&[&str]] = &[&["a2a-echo", "a2a-html"], &["a2a-html"]];
        let whole = RunReport { merged: vec![merged(1), merged(2)], ..run(Verdict::Passed, told) };
        assert_eq!((whole.unbroken(), whole.exit().code()), (vec!["a2a-html"], 5));
        let divided = Divided { shard: shard(1), plan: String::new(), because: String::new() };
        let one = RunReport { shard: Some(divided), ..run(Verdict::Passed, &told[..1]) };
        assert_eq!((one.unbroken(), one.exit().code()), (vec![], 0));
    }
}
