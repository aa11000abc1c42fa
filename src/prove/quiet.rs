//! Many runs at once, and one line for all of them.
//!
//! Does not: show events. What came of a run is judged when it is over.

use harness_runner::model::event::Record;
use harness_runner::model::report::RunReport;
use harness_runner::report::{Closing, Reporter};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// What people were told, each line once, however many runs say it.
#[derive(Debug, Default)]
pub(super) struct Said(Mutex<BTreeSet<String>>);

/// Follows one of many runs, and repeats nothing that another has said.
pub(super) struct Quiet(Arc<Said>);

impl Quiet {
    pub(super) fn new(said: &Arc<Said>) -> Self {
        Self(Arc::clone(said))
    }
}

impl Reporter for Quiet {
    fn event(&mut self, _record: &Record) {}

    fn notice(&mut self, line: &str) {
        let mut said = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if said.insert(line.to_owned()) {
            crate::say(&format!("\n{line}"));
        }
    }

    fn finished(&mut self, _report: &RunReport, _closing: Closing<'_>) {}
}
