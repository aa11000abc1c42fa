//! The watch of a run: what its cases meet, and what cuts it short: its own timeout, or a storm.
//!
//! Does not: decide what a storm is; the model does.

use crate::journal::Journal;
use crate::net::wait;
use crate::walk::INTERRUPTED;
use harness_model::event::{Event, Scope};
use harness_model::name::CaseId;
use harness_model::signs::Halt;
use harness_model::storm::{EdgeFailure, End, Storm, Symptom, Weather};
use harness_model::units;
use harness_model::verdict::{Ending, Verdict};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// What cut a run short.
#[derive(Debug)]
enum Cut {
    /// Its own timeout.
    Time(Duration),
    /// The same failure in almost every case.
    Storm(String),
}

/// The watch of a run.
pub(crate) struct Watch {
    journal: Journal,
    cancel: CancellationToken,
    started: Instant,
    weather: Mutex<Weather>,
    cut: OnceLock<Cut>,
}

impl Watch {
    pub(crate) fn new(journal: Journal, cancel: CancellationToken) -> Self {
        let started = wait::now();
        Self { journal, cancel, started, weather: Mutex::default(), cut: OnceLock::new() }
    }

    /// The run is out of time.
    pub(crate) fn time_is_up(&self, timeout: Duration) {
        self.cut.get_or_init(|| Cut::Time(timeout));
        self.cancel.cancel();
    }

    /// The end of a case that was cut short: an interruption says nothing about the target, a run that takes too long
    /// leaves open what the case would have found, and so does a storm.
    pub(crate) fn cut_short(&self) -> Ending {
        match self.cut.get() {
            None => Ending::new(Verdict::Cancelled, INTERRUPTED),
            Some(Cut::Storm(cause)) => Ending::new(Verdict::Errored, cause).stopped_by(Halt::Storm),
            Some(Cut::Time(timeout)) => {
                let cause = format!("the run did not end within its timeout of {}", units::display(*timeout));
                Ending::new(Verdict::Errored, cause).stopped_by(Halt::RunTimeout)
            }
        }
    }

    /// A case begins.
    pub(crate) fn began(&self, case: &CaseId) {
        self.weather().began(case);
    }

    /// A case ended, before its release.
    pub(crate) fn ended(&self, case: &CaseId, end: End) {
        let storm = self.weather().ended(case, end, self.started.elapsed());
        self.stop_in(storm);
    }

    /// Takes the outcome of one exchange: a failure at the edge of its service, or anything else.
    pub(crate) fn observe(&self, scope: &Scope, service: &str, failure: Option<EdgeFailure>) {
        let Scope::Case(case) = scope else { return };
        let storm = match failure {
            None => {
                self.weather().cleared(case);
                None
            }
            Some(failure) => {
                let symptom = Symptom { service: service.to_owned(), failure };
                self.weather().met(case, &symptom, self.started.elapsed())
            }
        };
        self.stop_in(storm);
    }

    /// Stops the run in a storm, once.
    fn stop_in(&self, storm: Option<Storm>) {
        let Some(storm) = storm.filter(|_| !self.cancel.is_cancelled()) else { return };
        let cause = storm.to_string();
        if self.cut.set(Cut::Storm(cause.clone())).is_ok() {
            self.journal.record(Event::NeverUp { cause });
            self.cancel.cancel();
        }
    }

    fn weather(&self) -> MutexGuard<'_, Weather> {
        self.weather.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
