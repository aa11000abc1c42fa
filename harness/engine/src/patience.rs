//! Patience: what a poll sees while it waits, written down when it changes.
//!
//! Does not: wait.

use crate::net::wait::Probe;
use crate::walk::Walk;
use harness_model::event::Event;
use harness_model::suite::Step;
use std::sync::{Mutex, PoisonError};

/// What a poll saw last, in a word.
#[derive(Debug, Default)]
pub(crate) struct Patience(Mutex<String>);

impl Patience {
    /// Takes what is seen now; says whether it is something else than before.
    fn changes(&self, word: &str) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let changes = *seen != word;
        if changes {
            word.clone_into(&mut seen);
        }
        changes
    }
}

impl Walk<'_> {
    /// Passes on what a look found; what it waits for is written down when it has changed.
    pub(crate) fn patient<T, E>(&self, step: &Step, patience: &Patience, probe: Probe<T, E>) -> Probe<T, E> {
        match &probe {
            Probe::NotYet { status, .. } | Probe::NotNow { status, .. } if patience.changes(&status.word) => {
                let (scope, step, saw) = (self.scope.clone(), step.name.clone(), status.word.clone());
                self.run.journal.record(Event::Waiting { scope, step, saw });
            }
            Probe::Ready(_) | Probe::Failed(_) | Probe::NotYet { .. } | Probe::NotNow { .. } => {}
        }
        probe
    }
}
