//! What is going on: the log so far, as far as somebody who watches needs it.
//!
//! Does not: draw, or know what time it is.

use harness_model::estimate::Estimates;
use harness_model::event::{Event, Record, Scope};
use harness_model::gate::Decision;
use harness_model::name::CaseId;
use harness_model::verdict::Verdict;
use indexmap::IndexMap;
use jiff::Timestamp;
use std::collections::HashMap;
use std::time::Duration;

/// What earlier runs and the suite say of how long a run takes.
#[derive(Debug, Clone, Default)]
pub struct Forecast {
    /// How long cases took.
    pub estimates: Estimates,
    /// How many run at once.
    pub concurrency: usize,
}

/// What is going on.
#[derive(Debug, Default)]
pub(crate) struct Live {
    forecast: Forecast,
    /// When the run began.
    pub(crate) began: Option<Timestamp>,
    /// How many cases there are.
    pub(crate) planned: usize,
    /// How many of them have ended.
    pub(crate) ended: usize,
    /// How many of these are red.
    pub(crate) reds: usize,
    /// How many were left out.
    pub(crate) left_out: usize,
    /// What is made or released for the whole run.
    pub(crate) run: Option<Phase>,
    /// The cases that run.
    pub(crate) running: IndexMap<CaseId, Running>,
    /// How long each case that is to run, and has not ended, is expected to take; none where nobody knows.
    expected: HashMap<CaseId, Option<Duration>>,
}

/// A case that runs.
#[derive(Debug, Clone)]
pub(crate) struct Running {
    /// When it began.
    pub(crate) began: Timestamp,
    /// Which of several attempts it is at, and of how many, once the first has ended.
    pub(crate) attempt: Option<(u32, u32)>,
    /// Its step.
    pub(crate) phase: Option<Phase>,
}

/// A step under way.
#[derive(Debug, Clone)]
pub(crate) struct Phase {
    /// The step.
    pub(crate) step: String,
    /// When it began.
    pub(crate) since: Timestamp,
    /// What its poll sees, and since when.
    pub(crate) saw: Option<(String, Timestamp)>,
}

impl Phase {
    /// Since when it is as it is.
    pub(crate) fn waits_since(&self) -> Timestamp {
        self.saw.as_ref().map_or(self.since, |(_, since)| *since)
    }
}

impl Running {
    /// Since when it is as it is.
    pub(crate) fn waits_since(&self) -> Timestamp {
        self.phase.as_ref().map_or(self.began, Phase::waits_since)
    }
}

impl Live {
    pub(crate) fn new(forecast: Forecast) -> Self {
        Self { forecast, ..Self::default() }
    }

    /// Takes one more event in.
    pub(crate) fn apply(&mut self, record: &Record) {
        let at = record.at;
        match &record.event {
            Event::RunStarted { .. } => self.began = Some(at),
            Event::CasePlanned { case, decision, .. } => {
                self.planned += 1;
                if *decision == Decision::Run {
                    self.expected.insert(case.clone(), self.forecast.estimates.of(case));
                }
            }
            Event::CaseStarted { case } => {
                self.running.insert(case.clone(), Running { began: at, attempt: None, phase: None });
            }
            Event::StepStarted { scope, step } => {
                let phase = Phase { step: step.to_string(), since: at, saw: None };
                match scope {
                    Scope::Run => self.run = Some(phase),
                    Scope::Case(case) => self.enter(case, phase),
                    Scope::Evidence(case) => {
                        self.enter(case, Phase { step: format!("evidence: {}", phase.step), ..phase });
                    }
                }
            }
            Event::Waiting { scope, saw, .. } => {
                let saw = Some((saw.clone(), at));
                match scope {
                    Scope::Run => self.run.iter_mut().for_each(|phase| phase.saw.clone_from(&saw)),
                    Scope::Case(case) | Scope::Evidence(case) => {
                        if let Some(phase) = self.running.get_mut(case).and_then(|case| case.phase.as_mut()) {
                            phase.saw = saw;
                        }
                    }
                }
            }
            Event::StepEnded { scope: Scope::Run, .. } => self.run = None,
            Event::Attempted { case, number, pass, .. } => {
                if let Some(running) = self.running.get_mut(case) {
                    running.attempt = Some((number + 1, pass.of));
                    running.phase = Some(Phase { step: "no step".to_owned(), since: at, saw: None });
                }
            }
            Event::CaseEnded { case, ending, .. } => {
                self.running.swap_remove(case);
                self.expected.remove(case);
                self.ended += 1;
                self.reds += usize::from(ending.verdict.is_red());
                self.left_out += usize::from(matches!(ending.verdict, Verdict::Skipped | Verdict::Blocked));
            }
            _ => {}
        }
    }

    fn enter(&mut self, case: &CaseId, phase: Phase) {
        if let Some(running) = self.running.get_mut(case) {
            running.phase = Some(phase);
        }
    }

    /// How long a case is expected to take, where earlier runs tell.
    pub(crate) fn estimate(&self, case: &CaseId) -> Option<Duration> {
        self.expected.get(case).copied().flatten()
    }

    /// How long it will still take, where earlier runs tell. Cases that they do not know take as long as the others.
    pub(crate) fn left(&self, now: Timestamp) -> Option<Duration> {
        let mut known: Vec<Duration> = self.expected.values().flatten().copied().collect();
        known.sort_unstable();
        let usual = *known.get(known.len() / 2)?;
        let (mut sum, mut longest) = (Duration::ZERO, Duration::ZERO);
        for (case, expected) in &self.expected {
            let spent = self.running.get(case).map_or(Duration::ZERO, |running| between(running.began, now));
            let left = expected.unwrap_or(usual).saturating_sub(spent);
            (sum, longest) = (sum + left, longest.max(left));
        }
        let lanes = u32::try_from(self.forecast.concurrency.max(1)).unwrap_or(u32::MAX);
        Some(longest.max(sum / lanes))
    }
}

/// From one time to another; clocks that run backwards have let nothing pass.
pub(crate) fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}
