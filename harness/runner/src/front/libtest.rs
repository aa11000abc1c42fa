//! The libtest front: every case a `Trial`, with libtest's arguments, lines and listing.
//!
//! Does not: take libtest's exit code, or leave the process.

use super::describe;
use crate::session::{Job, Process, Session, SessionError};
use harness_model::exit::ExitCode;
use harness_model::gate::Decision;
use harness_model::gates::Gate;
use harness_model::plan::{Plan, Planned};
use harness_model::report::RunReport;
use harness_model::verdict::{Ending, LibtestLine};
use harness_report::{Reporter, uncommanding};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Where libtest's lines are when a terminal shows something else.
const LINES: &str = "libtest.log";

/// Where libtest's lines go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// To standard output, as everybody who reads them expects.
    Printed,
    /// Into the folder of the run, where a terminal shows more.
    Recorded,
}

/// Prints the cases as `--list` asks for.
pub fn list(plan: &Plan, arguments: &Arguments, process: &Process) {
    let trials =
        plan.cases.iter().map(|planned| marked(placeholder(planned), listed(planned, process))).collect();
    // A listing has no conclusion worth keeping.
    drop(libtest_mimic::run(arguments, trials));
}

/// Prints libtest's lines for a selection of nothing.
pub fn list_nothing(arguments: &Arguments) {
    drop(libtest_mimic::run(arguments, Vec::new()));
}

/// Keeps the cases that the arguments leave in; what is filtered out is not part of the run.
pub fn select(plan: &mut Plan, arguments: &Arguments, process: &Process) {
    plan.cases.retain(|planned| {
        let trial = marked(placeholder(planned), listed(planned, process));
        !arguments.is_filtered_out(&trial)
    });
}

/// Runs every case of a job under libtest.
///
/// *Errors*: the run could not begin.
pub fn run(
    mut job: Job,
    mut arguments: Arguments,
    reporters: Vec<Box<dyn Reporter>>,
    lines: Lines,
) -> Result<(RunReport, ExitCode), SessionError> {
    let process = job.process.clone();
    let listed: Vec<Listed> = job.plan.cases.iter().map(|planned| listed(planned, &process)).collect();
    if process != Process::Whole {
        job.plan.cases.iter_mut().for_each(refuse_invisible_skip);
    }
    // Cases wait, they do not compute: a thread for each that may wait at once.
    arguments.test_threads.get_or_insert(job.plan.suite.concurrency);
    let session = Arc::new(Session::begin(job, reporters)?);
    if lines == Lines::Recorded && arguments.logfile.is_none() {
        arguments.logfile = Some(session.folder().join(LINES).display().to_string());
    }
    let trials = session.order.iter().map(|position| {
        let position = *position;
        let shared = Arc::clone(&session);
        let name = session.plan.cases[position].case.id.to_string();
        let trial = Trial::ignorable_test(name, move || {
            let case = shared.case(position);
            line(&shared.runtime.block_on(case))
        });
        marked(trial, listed[position])
    });
    let trials = trials.collect();
    // libtest panics when it cannot print; what was created must be released all the same.
    let conclusion = catch_unwind(AssertUnwindSafe(|| libtest_mimic::run(&arguments, trials)));
    let tally = conclusion.map(|tally| [tally.num_passed, tally.num_failed, tally.num_ignored]);
    let session = Arc::into_inner(session).ok_or(SessionError::Held)?;
    Ok(session.end(tally.map_err(|_panic| "libtest could not print its lines".to_owned())))
}

fn placeholder(planned: &Planned) -> Trial {
    Trial::test(planned.case.id.to_string(), || Ok(()))
}

/// How a case is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listed {
    /// To be run.
    Runs,
    /// To be run only by whoever asks for ignored ones.
    Ignored,
}

/// nextest sees an ignored case only if it is listed as one; libtest prints the reason when it comes to it.
fn listed(planned: &Planned, process: &Process) -> Listed {
    match (process, &planned.decision) {
        (Process::Nextest { .. }, Decision::Skip { .. } | Decision::Block { .. }) => Listed::Ignored,
        (Process::Nextest { .. } | Process::Whole, _) => Listed::Runs,
    }
}

fn marked(trial: Trial, listed: Listed) -> Trial {
    trial.with_ignored_flag(listed == Listed::Ignored)
}

/// nextest shows a skip at run time as a pass: for a required case that would be a lie.
fn refuse_invisible_skip(planned: &mut Planned) {
    if let (Decision::Skip { missing }, Gate::Required) = (&planned.decision, planned.gate) {
        planned.decision = Decision::Refuse { missing: missing.clone() };
    }
}

fn line(ending: &Ending) -> Result<Completion, Failed> {
    match ending.verdict.libtest_line() {
        LibtestLine::Ok => Ok(Completion::Completed),
        LibtestLine::Ignored => {
            let words = ending.verdict.words();
            let cause = ending.cause.strip_prefix(&format!("{words}: ")).unwrap_or(&ending.cause);
            Ok(Completion::ignored_with(uncommanding(&format!("{words}: {cause}"))))
        }
        LibtestLine::Failed | LibtestLine::Absent => Err(Failed::from(describe(ending))),
    }
}
