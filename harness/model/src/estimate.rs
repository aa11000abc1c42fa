//! Estimates: how long cases took in the recordings of earlier runs.
//!
//! Does not: find or read recordings. The runner does, and hands their lines down.

use crate::event::{Event, Record, VERSION};
use crate::history::PastRun;
use crate::name::{CaseId, EnvironmentName};
use crate::plan::PlanDocument;
use crate::verdict::Verdict;
use std::collections::BTreeMap;
use std::time::Duration;

/// How the log writes the end of a case.
const CASE_ENDED: &str = "\"event\":\"case-ended\"";

/// How long each case took, over several runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Estimates {
    took: BTreeMap<CaseId, Vec<Duration>>,
    runs: usize,
}

impl Estimates {
    /// How many runs they come from.
    pub fn runs(&self) -> usize {
        self.runs
    }

    /// How long a case will take, by the median of what it took; of an even number the longer one in the middle.
    pub fn of(&self, case: &CaseId) -> Option<Duration> {
        let mut took = self.took.get(case)?.clone();
        took.sort_unstable();
        took.get(took.len() / 2).copied()
    }

    /// Takes in a run of the past. Only what ran to the end that was expected of it tells how long that takes.
    pub fn add_past(&mut self, run: &PastRun) {
        self.runs += 1;
        for case in run.cases.iter().filter(|case| tells(case.verdict)) {
            self.took.entry(case.id.clone()).or_default().push(case.elapsed);
        }
    }

    /// Those that a plan was written with.
    pub fn of_plan(plan: &PlanDocument) -> Self {
        let cases = plan.cases.iter();
        let took = cases.filter_map(|case| Some((case.id.clone(), vec![case.estimate?])));
        Self { took: took.collect(), runs: plan.estimated_from }
    }

    /// Takes in the recordings of one run.
    pub fn add_run(&mut self, recordings: impl IntoIterator<Item = Recording>) {
        let mut recordings = recordings.into_iter().peekable();
        self.runs += usize::from(recordings.peek().is_some());
        for (case, elapsed) in recordings.flat_map(|recording| recording.took) {
            self.took.entry(case).or_default().push(elapsed);
        }
    }
}

/// What one recording says of how long its cases took.
#[derive(Debug, Clone)]
pub struct Recording {
    took: Vec<(CaseId, Duration)>,
}

impl Recording {
    /// Begins with the first line of a recording; nothing when it is of another suite or environment, of a newer
    /// version, or no recording at all: an estimate is no place to complain.
    pub fn begin(line: &str, suite: &str, environment: &EnvironmentName) -> Option<Self> {
        let record: Record = serde_json::from_str(line).ok()?;
        let Event::RunStarted { version, suite: of, environment: on, .. } = record.event else { return None };
        let same = version <= VERSION && of == suite && on == *environment;
        same.then(|| Self { took: Vec::new() })
    }

    /// Takes in another line. Only what ran to the end that was expected of it tells how long that takes.
    pub fn add(&mut self, line: &str) {
        // Most lines are exchanges; they are long, and nothing here.
        if !line.contains(CASE_ENDED) {
            return;
        }
        let record = serde_json::from_str(line).map(|record: Record| record.event);
        let Ok(Event::CaseEnded { case, ending, elapsed }) = record else { return };
        if tells(ending.verdict) {
            self.took.push((case, elapsed));
        }
    }
}

/// Whether a case ran to the end that was expected of it.
fn tells(verdict: Verdict) -> bool {
    match verdict {
        Verdict::Passed | Verdict::Flaky | Verdict::KnownRed | Verdict::UnexpectedPass => true,
        Verdict::Failed
        | Verdict::Errored
        | Verdict::Operator
        | Verdict::Skipped
        | Verdict::Blocked
        | Verdict::Refused
        | Verdict::Cancelled
        | Verdict::Lost => false,
    }
}
