//! The proof: every fault row turns the cases it names red, in the step it names.
//!
//! Does not: judge which faults are worth having; `faults.toml` says.

use crate::job::{self, Reach};
use crate::settings::Settings;
use harness_runner::front;
use harness_runner::model::name::CaseId;
use harness_runner::model::plan::Reasons;
use harness_runner::model::report::RunReport;
use harness_runner::model::suite::FaultRow;
use harness_runner::model::verdict::{Ending, Verdict};
use std::path::Path;

/// What a fault row came to.
#[derive(Debug)]
pub struct Proof {
    /// The platform's name for the fault.
    pub fault: String,
    /// The scenario.
    pub scenario: String,
    /// The step that must turn red.
    pub step: String,
    /// How each case ended that the row names.
    pub endings: Vec<(CaseId, Ending)>,
}

impl Proof {
    /// Whether at least one case was named, and every one is red in the named step.
    pub fn holds(&self) -> bool {
        let red = |ending: &Ending| {
            matches!(ending.verdict, Verdict::Failed | Verdict::Errored | Verdict::Operator)
                && ending.step.as_ref().is_some_and(|step| step.as_str() == self.step)
        };
        !self.endings.is_empty() && self.endings.iter().all(|(_, ending)| red(ending))
    }
}

/// Why a proof could not be made.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ProofError(String);

/// Runs every fault row of a suite, each against an embedded platform of its own; recordings go below `recordings`.
///
/// *Errors*: the suite is not right, or a run could not begin.
pub fn prove(suite: &str, recordings: &Path) -> Result<Vec<Proof>, ProofError> {
    let settings = Settings::from_process(None).map_err(|error| ProofError(error.to_string()))?.bare();
    let loaded = job::load_suite(suite, &settings).map_err(|error| ProofError(error.to_string()))?;
    // Rows mostly wait for deadlines that a broken platform lets run out, so they wait together.
    std::thread::scope(|scope| {
        let settings = &settings;
        let prove = |row| scope.spawn(move || prove_row(suite, row, settings, recordings));
        let rows: Vec<_> = loaded.faults.iter().map(prove).collect();
        let panicked = |_payload| ProofError("a proof panicked".to_owned());
        rows.into_iter().map(|row| row.join().map_err(panicked)?).collect()
    })
}

/// One row, against a platform of its own.
fn prove_row(
    suite: &str,
    row: &FaultRow,
    settings: &Settings,
    recordings: &Path,
) -> Result<Proof, ProofError> {
    let failed = |error: &dyn std::fmt::Display| ProofError(format!("fault {}: {error}", row.fault.value));
    let (mut plan, _) = job::plan(suite, settings, Reach::Part).map_err(|error| failed(&error))?;
    plan.cases
        .retain(|planned| planned.case.scenario == row.scenario && planned.case.is_picked_by(&row.matches));
    let reasons = Reasons { environment: format!("to prove {}", row.fault.value), ..Reasons::default() };
    let faults = [row.fault.value.clone()];
    let mut job = job::assemble(plan, reasons, settings, &faults).map_err(|error| failed(&error))?;
    recordings.clone_into(&mut job.recordings);
    // A platform that is broken on purpose says nothing about any day.
    job.history = None;
    let (report, _) = front::run_native(job, Vec::new()).map_err(|error| failed(&error))?;
    Ok(Proof {
        fault: row.fault.value.clone(),
        scenario: row.scenario.to_string(),
        step: row.step.to_string(),
        endings: endings(report),
    })
}

fn endings(report: RunReport) -> Vec<(CaseId, Ending)> {
    report.cases.into_iter().map(|(id, case)| (id, case.ending)).collect()
}
