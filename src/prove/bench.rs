//! The bench: runs cases of one plan, each time against a platform of its own that may be broken.
//!
//! Does not: say which rows there are, or how many run at once.

use super::kept;
use super::quiet::{Quiet, Said};
use super::through::Target;
use crate::again;
use crate::job::{self, Reach};
use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::engine::net::wait;
use harness_runner::front;
use harness_runner::model::gate::Decision;
use harness_runner::model::name::{CaseId, StepName};
use harness_runner::model::plan::{Plan, Planned, Reasons};
use harness_runner::model::proof::{Bite, Found, Judged, Outcome, found, is_green, judge};
use harness_runner::model::report::RunReport;
use harness_runner::model::suite::{FaultRow, Suite};
use harness_runner::report::{Baseline, Demanded, LeftOut, Row, quoted};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How long a platform in this process may take for a reply; one that takes longer hangs on purpose.
const REPLY: Duration = Duration::from_secs(20);

/// What runs are made of.
pub(super) struct Bench<'a> {
    plan: Plan,
    settings: &'a Settings,
    recordings: &'a Path,
    /// The step of each case that is marked as a known red.
    marks: BTreeMap<CaseId, StepName>,
    said: Arc<Said>,
    /// The real target, when there is one.
    target: Option<Target>,
}

/// A run that is over, and the folder of its recording.
pub(super) struct Ran {
    pub(super) report: RunReport,
    folder: PathBuf,
    /// How to see it again, for a case: `shakedown run staging --exact {case}`.
    again: Option<String>,
    bite: Bite,
}

impl<'a> Bench<'a> {
    /// Plans every case of a suite, of which so many run at once in each run.
    ///
    /// *Errors*: the suite has no environment of its own, or a program that its cases run is not there.
    pub(super) fn new(
        mut suite: Suite,
        settings: &'a Settings,
        recordings: &'a Path,
        jobs: NonZeroUsize,
    ) -> Result<Self, StartError> {
        suite.concurrency = suite.concurrency.min(jobs.get());
        suite.request_timeout = suite.request_timeout.min(REPLY);
        let (plan, _) = job::plan_of(suite, settings, Reach::Part)?;
        Ok(Self::of(plan, settings, recordings))
    }

    /// Plans every case of a suite against a real target.
    ///
    /// *Errors*: what keeps a run of it from being planned.
    pub(super) fn through(
        target: Target,
        suite: Suite,
        settings: &'a Settings,
        recordings: &'a Path,
    ) -> Result<Self, StartError> {
        let (plan, _) = job::plan_of(suite, settings, Reach::Part)?;
        target.refuse_other(&plan)?;
        Ok(Self { target: Some(target), ..Self::of(plan, settings, recordings) })
    }

    fn of(plan: Plan, settings: &'a Settings, recordings: &'a Path) -> Self {
        let marks = plan.cases.iter().filter_map(|planned| {
            let step = StepName::new(planned.known_red.as_ref()?.step.value.clone());
            Some((planned.case.id.clone(), step))
        });
        let (marks, said) = (marks.collect(), Arc::default());
        Self { plan, settings, recordings, marks, said, target: None }
    }

    /// The suite that is proved.
    pub(super) fn suite(&self) -> &Suite {
        &self.plan.suite
    }

    /// The environment whose platform is broken.
    pub(super) fn environment(&self) -> String {
        self.plan.environment.to_string()
    }

    /// The cases that some rows run, each once.
    pub(super) fn needed(&self, rows: &[FaultRow]) -> BTreeSet<CaseId> {
        rows.iter().flat_map(|row| self.cases(row)).collect()
    }

    /// The cases of a row: those that it matches and that run at all.
    pub(super) fn cases(&self, row: &FaultRow) -> BTreeSet<CaseId> {
        let is_of = |planned: &&Planned| planned.decision == Decision::Run && is_of(row, planned);
        self.plan.cases.iter().filter(is_of).map(|planned| planned.case.id.clone()).collect()
    }

    /// The cases that some rows match and that do not run, each once. Those that are marked as blocked are left out on purpose.
    pub(super) fn left_out(&self, rows: &[FaultRow]) -> Vec<LeftOut> {
        let is_matched = |planned: &Planned| rows.iter().any(|row| is_of(row, planned));
        let left_out = self.plan.cases.iter().filter_map(|planned| {
            let (missing, refused) = match &planned.decision {
                Decision::Skip { missing } => (missing, false),
                Decision::Refuse { missing } => (missing, true),
                Decision::Run | Decision::Block { .. } => return None,
            };
            let left = LeftOut { case: planned.case.id.clone(), missing: missing.clone(), refused };
            is_matched(planned).then_some(left)
        });
        left_out.collect()
    }

    /// Runs cases on a platform that is whole.
    ///
    /// *Errors*: the run could not begin.
    pub(super) fn baseline(&self, cases: &BTreeSet<CaseId>) -> Result<Baseline, StartError> {
        let began = wait::now();
        let ran = self.run(&self.plan.suite, cases, &[])?;
        let reds: Vec<Found> = found(&ran.report, &BTreeMap::new());
        let reds: Vec<Found> = reds.into_iter().filter(|found| !is_green(found.verdict)).collect();
        let leaks = ran.report.leaks().into_iter();
        let leaks: Vec<String> = leaks.map(|(kind, key, why)| format!("{kind} {key}: {why}")).collect();
        let (never_up, contradictions) = (ran.report.never_up.clone(), ran.report.contradictions.clone());
        let holds = reds.is_empty() && leaks.is_empty() && contradictions.is_empty();
        let recording = self.keep(&ran, holds);
        Ok(Baseline {
            cases: cases.len(),
            reds,
            leaks,
            never_up,
            contradictions,
            recording,
            seconds: began.elapsed().as_secs_f64(),
        })
    }

    /// Runs a row, and says what came of it; none when it was interrupted.
    pub(super) fn row(&self, row: &FaultRow) -> Option<Row> {
        let began = wait::now();
        let cases = self.cases(row);
        let faults: Vec<String> = row.texts().map(str::to_owned).collect();
        let ran = if cases.is_empty() { None } else { Some(self.run(&self.plan.suite, &cases, &faults)) };
        let nothing = |outcome| Judged { outcome, cases: Vec::new(), offender: None, leaks: Vec::new() };
        let (judged, ran, error) = match ran {
            None => (nothing(Outcome::NotRun), None, None),
            Some(Err(error)) => (nothing(Outcome::Undecided), None, Some(chain(&error))),
            Some(Ok(ran)) if ran.report.interrupted && !self.leaves_something(&ran) => {
                self.keep(&ran, true);
                return None;
            }
            Some(Ok(ran)) => {
                let mut judged = judge(&row.must, &ran.report, &self.marks, ran.bite);
                if ran.report.interrupted {
                    // It says nothing of the row; what it left has to be told all the same.
                    judged.outcome = Outcome::Leaked;
                }
                let error = nothing_said(&ran.report);
                (judged, Some(ran), error)
            }
        };
        let holds = judged.outcome.holds();
        let offender = judged.offender.as_ref().or_else(|| judged.cases.first().map(|found| &found.case));
        let again = ran.as_ref().filter(|_| !holds).and_then(|ran| {
            let offender = quoted(offender?.as_str());
            Some(ran.again.as_ref()?.replace("{case}", &offender))
        });
        Some(Row {
            recording: ran.as_ref().and_then(|ran| self.keep(ran, holds)),
            faults,
            scenario: row.scenario.clone(),
            matches: row.matches.clone(),
            must: Demanded::from(&row.must),
            place: row.location().map(ToString::to_string).unwrap_or_default(),
            outcome: judged.outcome,
            offender: judged.offender,
            cases: judged.cases,
            leaks: judged.leaks,
            again,
            error,
            seconds: began.elapsed().as_secs_f64(),
        })
    }

    /// What comes of a row in a suite that was changed; none when it was interrupted.
    ///
    /// *Errors*: the run could not begin, or says nothing.
    pub(super) fn outcome(&self, suite: &Arc<Suite>, row: &FaultRow) -> Result<Option<Outcome>, StartError> {
        let faults: Vec<String> = row.texts().map(str::to_owned).collect();
        let ran = self.run(suite, &self.cases(row), &faults)?;
        self.keep(&ran, true);
        let outcome = judge(&row.must, &ran.report, &self.marks, ran.bite).outcome;
        decided(&ran.report, outcome)
    }

    /// Whether cases of a suite that was changed are green with nothing broken; none when it was interrupted.
    ///
    /// *Errors*: the run could not begin, or says nothing.
    pub(super) fn is_green(
        &self,
        suite: &Arc<Suite>,
        cases: &BTreeSet<CaseId>,
    ) -> Result<Option<bool>, StartError> {
        let ran = self.run(suite, cases, &[])?;
        self.keep(&ran, true);
        let found = found(&ran.report, &BTreeMap::new());
        let green = found.iter().all(|found| is_green(found.verdict)) && ran.report.leaks().is_empty();
        decided(&ran.report, green)
    }

    /// Runs cases of a suite, its own or one that was changed, on a platform with some faults.
    ///
    /// *Errors*: the run could not begin.
    pub(super) fn run(
        &self,
        suite: &Arc<Suite>,
        cases: &BTreeSet<CaseId>,
        faults: &[String],
    ) -> Result<Ran, StartError> {
        let mut plan = self.plan.clone();
        plan.suite = Arc::clone(suite);
        plan.cases.retain(|planned| cases.contains(&planned.case.id));
        let mut reasons =
            Reasons { environment: format!("to prove {}", faults.join(", ")), ..Reasons::default() };
        again::by_hand(&mut reasons.again, &plan, self.settings, faults);
        let mut job = match &self.target {
            Some(target) => target.job(plan, reasons, self.settings, faults)?,
            None => job::assemble(plan, reasons, self.settings, faults)?,
        };
        self.recordings.clone_into(&mut job.recordings);
        let again = job.reasons.again.one.clone();
        // A platform that is broken on purpose says nothing about any day.
        job.history = None;
        let (report, _) = front::run_native(job, vec![Box::new(Quiet::new(&self.said))])?;
        let folder = self.recordings.join(&report.run);
        let bite = if report.never_bit.is_empty() { Bite::Bit } else { Bite::Never };
        Ok(Ran { report, folder, again, bite })
    }

    /// Whether something of a run was left on a real target.
    fn leaves_something(&self, ran: &Ran) -> bool {
        self.target.is_some() && !ran.report.leaks().is_empty()
    }

    /// Keeps the recording of what does not hold, as people name it from the root, and no other. What was left on a real
    /// target is in it, and a sweep reads it there.
    pub(super) fn keep(&self, ran: &Ran, holds: bool) -> Option<String> {
        if holds && !self.leaves_something(ran) {
            kept::remove(&ran.folder);
            return None;
        }
        let shown = ran.folder.strip_prefix(&self.settings.root).unwrap_or(&ran.folder);
        Some(shown.display().to_string())
    }
}

/// Whether a row matches a case.
fn is_of(row: &FaultRow, planned: &Planned) -> bool {
    planned.case.scenario == row.scenario && planned.case.is_picked_by(&row.matches)
}

/// Why a run says nothing of its cases: the target never came up, or the harness contradicted itself.
fn nothing_said(report: &RunReport) -> Option<String> {
    let why = if report.never_began { &report.never_up } else { &report.contradictions };
    (!why.is_empty()).then(|| why.join("; "))
}

/// What a run has shown; none when it was interrupted.
///
/// *Errors*: it says nothing.
fn decided<T>(report: &RunReport, shown: T) -> Result<Option<T>, StartError> {
    match (report.interrupted, nothing_said(report)) {
        (true, _) => Ok(None),
        (false, Some(why)) => Err(StartError::Undecided(why)),
        (false, None) => Ok(Some(shown)),
    }
}

/// An error with everything that is behind it, on one line.
fn chain(error: &StartError) -> String {
    let (mut text, mut cause) = (error.to_string(), error.source());
    while let Some(deeper) = cause {
        text = format!("{text}: {deeper}");
        cause = deeper.source();
    }
    text
}
