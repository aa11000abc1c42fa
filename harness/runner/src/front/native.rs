//! The native front: cases as tasks, where waiting costs no thread.
//!
//! Does not: print case lines; the reporter does.

use crate::session::{Job, Session, SessionError};
use harness_model::exit::ExitCode;
use harness_model::report::RunReport;
use harness_report::Reporter;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Runs every case of a job, as many at once as the suite allows.
///
/// *Errors*: the run could not begin.
pub fn run(job: Job, reporters: Vec<Box<dyn Reporter>>) -> Result<(RunReport, ExitCode), SessionError> {
    let session = Session::begin(job, reporters)?;
    let places = Arc::new(Semaphore::new(session.plan.suite.concurrency));
    session.runtime.block_on(async {
        let mut cases = JoinSet::new();
        for position in &session.order {
            // The semaphore is never closed, so the place is always given. It is taken before the task begins: tasks begin
            // in any order.
            let (case, place) = (session.case(*position), Arc::clone(&places).acquire_owned().await);
            cases.spawn(async move {
                case.await;
                drop(place);
            });
        }
        // A task that panicked leaves its case without an end, which the report calls lost.
        while cases.join_next().await.is_some() {}
    });
    Ok(session.end_alone())
}
