//! Runs of the past: what is kept of each, and how an arm stood in it.
//!
//! Does not: store them. The report wing does, in `SQLite`.

mod aside;
mod light;
mod survey;
mod trend;

pub use aside::{Aside, LeftOut, asides};
pub use light::Light;
pub use survey::{Subject, Survey};
pub use trend::{Mark, Row, RowKind, Trend, newest_greens, trends};

use crate::exit::ExitCode;
use crate::gates::Gate;
use crate::name::{ArmName, CaseId, StepName};
use crate::provenance::Provenance;
use crate::report::{CaseReport, RunReport};
use crate::storm;
use crate::verdict::Verdict;
use jiff::Timestamp;
use std::time::Duration;

/// How much of a cause is kept: enough to recognise it.
const CAUSE: usize = 2_000;

/// A run of the past.
#[derive(Debug, Clone, PartialEq)]
pub struct PastRun {
    /// The run.
    pub id: String,
    /// The suite.
    pub suite: String,
    /// The environment.
    pub environment: String,
    /// The lane, when one was chosen.
    pub lane: Option<String>,
    /// Where it comes from.
    pub provenance: Provenance,
    /// When it began.
    pub began: Timestamp,
    /// How long it took.
    pub elapsed: Duration,
    /// The exit code.
    pub exit: ExitCode,
    /// Whether it says anything about its cases.
    pub weather: Weather,
    /// Its cases, in the order of the plan.
    pub cases: Vec<PastCase>,
}

/// Whether a run says anything about its cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// It does.
    Calm,
    /// Almost every case was red, or the target never came up: that says something about the target.
    Storm,
}

/// A case of a run of the past.
#[derive(Debug, Clone, PartialEq)]
pub struct PastCase {
    /// The case.
    pub id: CaseId,
    /// The arms that picked it.
    pub arms: Vec<ArmName>,
    /// Whether a red counted.
    pub gate: Gate,
    /// How it ended.
    pub verdict: Verdict,
    /// The step that decided it.
    pub step: Option<StepName>,
    /// Why, cut when it is long.
    pub cause: String,
    /// How long it took.
    pub elapsed: Duration,
    /// How often it was tried.
    pub attempts: u32,
}

impl PastRun {
    /// What is kept of a run.
    pub fn of(report: &RunReport, began: Timestamp, elapsed: Duration) -> Self {
        let cases: Vec<PastCase> = report.cases.iter().map(|(id, case)| PastCase::of(id, case)).collect();
        let never_up = !report.never_up.is_empty();
        let mut run = Self {
            id: report.run.clone(),
            suite: report.suite.clone(),
            environment: report.environment.clone(),
            lane: report.lane.clone(),
            provenance: report.provenance.clone(),
            began,
            elapsed,
            exit: report.exit(),
            weather: if never_up { Weather::Storm } else { Weather::Calm },
            cases,
        };
        run.look_at_the_sky();
        run
    }

    /// Finds out whether so much of it is red that it says nothing about its cases.
    pub fn look_at_the_sky(&mut self) {
        let executed = self.cases.iter().filter(|case| case.verdict.is_executed());
        let reds = executed.clone().filter(|case| case.verdict.is_red()).count();
        if storm::is_mass(reds, executed.count()) {
            self.weather = Weather::Storm;
        }
    }

    /// How some of its cases stand together; none when it has none of them.
    pub fn light(&self, picks: impl Fn(&PastCase) -> bool) -> Option<Light> {
        let lights = self.cases.iter().filter(|case| picks(case)).map(|case| Light::of(case.verdict));
        let worst = lights.max()?;
        Some(if self.weather == Weather::Storm { Light::Storm } else { worst })
    }

    /// The first of its cases that is red.
    pub fn first_red(&self, picks: impl Fn(&PastCase) -> bool) -> Option<&PastCase> {
        self.cases.iter().find(|case| picks(case) && Light::of(case.verdict) == Light::Red)
    }
}

impl PastCase {
    fn of(id: &CaseId, case: &CaseReport) -> Self {
        Self {
            id: id.clone(),
            arms: case.arms.clone(),
            gate: case.gate,
            verdict: case.ending.verdict,
            step: case.ending.step.clone(),
            cause: cut(&case.ending.cause),
            elapsed: case.elapsed,
            attempts: u32::try_from(case.attempts.len()).unwrap_or(u32::MAX).max(1 + case.ending.retries),
        }
    }
}

fn cut(cause: &str) -> String {
    match cause.char_indices().nth(CAUSE) {
        Some((end, _)) => format!("{}…", &cause[..end]),
        None => cause.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{PastRun, Weather};
    use crate::report::RunReport;
    use jiff::Timestamp;
    use std::time::Duration;

    #[test]
    fn a_target_that_never_came_up_is_a_storm_however_few_cases_met_it() {
        let of = |never_up: &[&str]| {
            let never_up = never_up.iter().map(ToString::to_string).collect();
            PastRun::of(
                &RunReport { never_up, ..RunReport::default() },
                Timestamp::UNIX_EPOCH,
                Duration::ZERO,
            )
        };
        assert_eq!((of(&[]).weather, of(&["no answer"]).weather), (Weather::Calm, Weather::Storm));
    }
}
