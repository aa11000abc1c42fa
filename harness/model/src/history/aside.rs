//! Runs that say nothing of how arms stand: those that were broken on purpose, and shards whose merged run is there as well.
//!
//! Does not: forget them. Whoever leaves them out says how many.

use super::{PastCase, PastRun};
use crate::name::CaseId;
use crate::units;
use std::collections::HashMap;

/// Why a run is left out of trends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aside {
    /// It was broken on purpose: its reds say how well somebody looks.
    Broken,
    /// It was a shard, and the run that was merged from it tells of each of its cases.
    Merged,
}

/// How many runs are left out of trends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Broken on purpose.
    pub broken: usize,
    /// Shards of merged runs.
    pub shards: usize,
}

/// For each run, why it is left out; none for one that counts.
pub fn asides(runs: &[PastRun]) -> Vec<Option<Aside>> {
    let wholes = runs.iter().filter(|run| !run.provenance.is_of_shard());
    let wholes: Vec<(&PastRun, HashMap<&CaseId, &PastCase>)> =
        wholes.map(|run| (run, run.cases.iter().map(|case| (&case.id, case)).collect())).collect();
    let aside = |run: &PastRun| {
        let is_merged = || wholes.iter().any(|(whole, cases)| is_part(run, whole, cases));
        if run.provenance.is_broken() {
            Some(Aside::Broken)
        } else {
            (run.provenance.is_of_shard() && is_merged()).then_some(Aside::Merged)
        }
    };
    runs.iter().map(aside).collect()
}

/// Whether another run tells of a shard. The lines of a merged run are those of its shards, so that each case is the same to
/// the microsecond; a shard that ran once more is none of it.
fn is_part(shard: &PastRun, whole: &PastRun, cases: &HashMap<&CaseId, &PastCase>) -> bool {
    let place = |run: &PastRun| {
        let commit = run.provenance.commit.clone();
        (run.suite.clone(), run.environment.clone(), run.lane.clone(), commit)
    };
    whole.began <= shard.began
        && place(shard) == place(whole)
        && shard.cases.iter().all(|case| cases.get(&case.id) == Some(&case))
}

impl LeftOut {
    /// Takes one more run in.
    pub fn add(&mut self, aside: Aside) {
        match aside {
            Aside::Broken => self.broken += 1,
            Aside::Merged => self.shards += 1,
        }
    }

    /// What is left out, for people; nothing when nothing is.
    pub fn words(self) -> Option<String> {
        let broken =
            (self.broken > 0).then(|| format!("{} broken on purpose", units::count(self.broken, "run")));
        let shards =
            (self.shards > 0).then(|| format!("{} of merged runs", units::count(self.shards, "shard")));
        let words: Vec<String> = broken.into_iter().chain(shards).collect();
        (!words.is_empty()).then(|| format!("left out: {}", words.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::{Aside, LeftOut, asides};
    use crate::exit::ExitCode;
    use crate::gates::Gate;
    use crate::history::{Light, PastCase, PastRun, Subject, Survey, Weather, newest_greens};
    use crate::name::CaseId;
    use crate::provenance::Provenance;
    use crate::verdict::Verdict;
    use jiff::Timestamp;
    use std::time::Duration;

    /// A run that began at this second, of cases that took so many microseconds.
    fn run(second: i64, apart: &str, cases: &[(&str, u64)]) -> PastRun {
        let case = |(id, micros): &(&str, u64)| PastCase {
            id: CaseId::new(format!("s::{id}")),
            arms: Vec::new(),
            gate: Gate::Required,
            verdict: Verdict::Passed,
            step: None,
            cause: String::new(),
            elapsed: Duration::from_micros(*micros),
            attempts: 1,
        };
        PastRun {
            id: format!("r{second}"),
            suite: "sample".to_owned(),
            environment: "live".to_owned(),
            lane: None,
            provenance: Provenance {
                apart: [apart].iter().filter(|apart| !apart.is_empty()).map(ToString::to_string).collect(),
                ..Provenance::default()
            },
            began: Timestamp::from_second(second).unwrap(),
            elapsed: Duration::from_secs(10),
            exit: ExitCode::Success,
            weather: Weather::Calm,
            cases: cases.iter().map(case).collect(),
        }
    }

    #[test]
    fn a_shard_beside_its_merged_run_is_left_out_and_one_that_ran_again_is_not() {
        let runs = [
            run(1, "only shard 1 of 2", &[("a", 7)]),
            run(1, "", &[("a", 7), ("b", 9)]),
            run(2, "only partition hash 2 of 2", &[("b", 9)]),
            run(3, "only shard 2 of 2", &[("b", 10)]),
            run(4, "only 1 of 2 cases selected: E2E_X=a", &[("a", 7)]),
        ];
        let merged = Some(Aside::Merged);
        assert_eq!(asides(&runs), [merged, None, merged, None, None]);
        // Nothing was merged: what shards tell, nobody else does.
        assert_eq!(asides(&[runs[0].clone(), runs[2].clone(), runs[3].clone()]), [None, None, None]);
        let elsewhere = PastRun { environment: "embedded".to_owned(), ..runs[1].clone() };
        assert_eq!(asides(&[runs[0].clone(), elsewhere]), [None, None]);
    }

    #[test]
    fn a_case_counts_once_and_what_was_broken_on_purpose_not_at_all() {
        let mut broken = run(5, "broken on purpose: a2a-echo", &[("a", 3)]);
        broken.cases[0].verdict = Verdict::Failed;
        let mut runs = vec![
            run(1, "only shard 1 of 2", &[("a", 7)]),
            run(1, "", &[("a", 7), ("b", 9)]),
            run(2, "only shard 2 of 2", &[("b", 9)]),
            broken,
        ];
        runs.push(run(6, "through a proxy in front of https://staging.example", &[("a", 7)]));
        let survey = Survey::new(runs, Subject::Arms, Vec::new());
        assert_eq!(survey.left_out, LeftOut { broken: 2, shards: 2 });
        assert_eq!(
            survey.left_out.words().as_deref(),
            Some("left out: 2 runs broken on purpose, 2 shards of merged runs")
        );
        assert_eq!(
            (survey.trends[0].flaky.of, survey.trends[0].lights.as_slice()),
            (2, &[Some(Light::Green)][..])
        );
        assert_eq!(LeftOut::default().words(), None);
    }

    #[test]
    fn what_passed_on_a_broken_platform_is_no_newest_green() {
        let runs = [run(1, "", &[("a", 7)]), run(2, "broken on purpose: a2a-echo", &[("a", 7)])];
        assert_eq!(newest_greens(&runs).into_keys().collect::<Vec<_>>(), ["r1"]);
    }
}
