//! Running again what was red in an earlier run.
//!
//! Does not: judge that run anew; its recording says what was red.

use crate::job::recordings;
use crate::settings::{Earlier, Settings};
use crate::start::StartError;
use harness_runner::Process;
use harness_runner::archive::{self, Archived};
use harness_runner::model::event::Again;
use harness_runner::model::name::{CaseId, EnvironmentName, LaneName};
use harness_runner::model::plan::Plan;
use harness_runner::model::suite::Suite;
use std::collections::BTreeSet;

/// How many cases a note names.
const NAMED: usize = 3;

/// What was red in an earlier run.
#[derive(Debug)]
pub(crate) struct Rerun {
    run: String,
    lane: Option<LaneName>,
    environment: String,
    reds: BTreeSet<CaseId>,
}

impl Rerun {
    /// What somebody wants again, if anybody does.
    ///
    /// *Errors*: there is no such recording, it is of another suite, or nothing in it is red.
    pub(crate) fn asked_by(
        suite: &Suite,
        environment: &EnvironmentName,
        settings: &Settings,
    ) -> Result<Option<Self>, StartError> {
        let Some(asked) = &settings.rerun else { return Ok(None) };
        let folder = recordings(settings);
        let path = match &asked.value {
            Earlier::Run(run) => archive::named(&folder, run)?,
            Earlier::Newest => {
                // What runs under nextest now has a recording already.
                let own = match &settings.process {
                    Process::Nextest { run } => Some(run.as_str()),
                    Process::Whole => None,
                };
                let found = archive::newest_of(&folder, &suite.name, environment, own);
                found.ok_or_else(|| {
                    StartError::Empty(format!(
                        "no run of {} on {environment} is recorded in {} ({})",
                        suite.name,
                        folder.display(),
                        asked.origin
                    ))
                })?
            }
        };
        let Archived { report, .. } = archive::open(&path)?;
        let run = report.run.clone();
        if report.suite != suite.name {
            let message = format!(
                "run {run} is one of suite `{}`, not of `{}` ({})",
                report.suite, suite.name, asked.origin
            );
            return Err(StartError::Usage(message));
        }
        let reds: BTreeSet<CaseId> = report
            .cases
            .iter()
            .filter(|(_, case)| case.ending.verdict.is_red())
            .map(|(id, _)| id.clone())
            .collect();
        if reds.is_empty() {
            let cases = report.cases.len();
            return Err(StartError::Empty(format!("no case of run {run} is red ({cases} in it)")));
        }
        let lane = report.lane.as_deref().map(LaneName::new);
        Ok(Some(Self { run, lane, environment: report.environment, reds }))
    }

    /// The lane of that run, unless somebody names another, and why.
    pub(crate) fn lane(&self, suite: &Suite, settings: &Settings) -> Option<(LaneName, String)> {
        let lane = self.lane.as_ref().filter(|lane| suite.lanes.contains_key(*lane))?;
        settings.lane.is_none().then(|| (lane.clone(), format!("as run {}", self.run)))
    }

    /// Keeps of a plan what was red, and says what of it is not there any more.
    ///
    /// *Errors*: nothing of it is.
    pub(crate) fn narrow(self, plan: &mut Plan, notes: &mut Vec<String>) -> Result<Again, StartError> {
        let Self { run, environment, reds, .. } = self;
        plan.cases.retain(|planned| reds.contains(&planned.case.id));
        let left: BTreeSet<&CaseId> = plan.cases.iter().map(|planned| &planned.case.id).collect();
        let gone: Vec<&str> = reds.iter().filter(|id| !left.contains(id)).map(CaseId::as_str).collect();
        if plan.cases.is_empty() {
            let message =
                format!("of {} red in run {run} none is selected here: {}", reds.len(), named(&gone));
            return Err(StartError::Empty(message));
        }
        if !gone.is_empty() {
            notes.push(format!("red in run {run}, and not selected here: {}", named(&gone)));
        }
        if environment != plan.environment.as_str() {
            notes.push(format!("run {run} was on {environment}"));
        }
        plan.narrowed_by(&format!("reds of run {run}"));
        Ok(Again { parent: Some(run), ..Again::default() })
    }
}

fn named(ids: &[&str]) -> String {
    let more = ids.len().saturating_sub(NAMED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{}{more}", ids.iter().take(NAMED).copied().collect::<Vec<_>>().join(", "))
}
