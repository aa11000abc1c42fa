//! The journal: the engine's pen. Everything that happens goes through it, scrubbed.
//!
//! Does not: know files. A [`Recorder`] does.

use crate::net::redact::Redactor;
use harness_model::event::{Ability, Event, StepOutcome};
use std::sync::Arc;

/// Whoever keeps the event log.
pub trait Recorder: Send + Sync {
    /// Takes an event; the write may still be under way when this returns.
    fn record(&self, event: Event);

    /// Takes an event that must be on disk before the world is touched.
    fn record_durably(&self, event: Event) -> Result<(), RecordError>;
}

/// An event that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the event log cannot be written: {reason}")]
pub struct RecordError {
    /// What the system says.
    pub reason: String,
}

/// A recorder behind a redactor.
#[derive(Clone)]
pub struct Journal {
    recorder: Arc<dyn Recorder>,
    redactor: Redactor,
}

impl Journal {
    /// Puts a redactor in front of a recorder.
    pub fn new(recorder: Arc<dyn Recorder>, redactor: Redactor) -> Self {
        Self { recorder, redactor }
    }

    /// The redactor, which learns as the run goes on.
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Writes an event, without its secrets.
    pub fn record(&self, event: Event) {
        self.recorder.record(self.scrubbed(event));
    }

    /// Writes an event, without its secrets, before the world is touched.
    pub fn record_durably(&self, event: Event) -> Result<(), RecordError> {
        self.recorder.record_durably(self.scrubbed(event))
    }

    /// A text without secrets.
    pub fn scrub(&self, text: &str) -> String {
        self.redactor.scrub(text)
    }

    /// Removes secrets from every free text; names and ids come from the suite's files, and an exchange was scrubbed at
    /// the door. A key that holds a secret is refused before anything is created (`Walk::claim`): one that changed in
    /// the log could be neither released nor found again.
    fn scrubbed(&self, mut event: Event) -> Event {
        let texts: Vec<&mut String> = match &mut event {
            Event::StepEnded { outcome: StepOutcome::Ended { cause, .. }, .. }
            | Event::Retried { cause, .. }
            | Event::FixtureFailed { cause, .. }
            | Event::Probed { ability: Ability::Unknown { cause }, .. }
            | Event::NeverUp { cause }
            | Event::Contradiction { cause }
            | Event::Leaked { cause, .. }
            | Event::Waiting { saw: cause, .. } => vec![cause],
            Event::Evidence { found, trouble, .. } => {
                let found = found.iter_mut().map(|found| &mut found.value);
                found.chain(trouble).collect()
            }
            Event::CaseEnded { ending, .. } | Event::Attempted { ending, .. } => vec![&mut ending.cause],
            Event::Traced { states, tolerated, .. } => states.iter_mut().chain(tolerated).collect(),
            Event::OwnershipIntended { bindings, .. } | Event::OwnershipConfirmed { bindings, .. } => {
                for value in bindings.values_mut() {
                    *value = self.redactor.scrub_json(value.take());
                }
                Vec::new()
            }
            Event::Examined { edge } => edge.texts(),
            Event::TargetUp { variables } => variables.values_mut().collect(),
            Event::RunStarted { .. }
            | Event::Merged { .. }
            | Event::Demanded { .. }
            | Event::Reached { .. }
            | Event::Probed { .. }
            | Event::NeverBit { .. }
            | Event::Interrupted
            | Event::Swept { .. }
            | Event::OwnershipDeclined { .. }
            | Event::Released { .. }
            | Event::Kept { .. }
            | Event::CasePlanned { .. }
            | Event::CaseStarted { .. }
            | Event::StepStarted { .. }
            | Event::StepEnded { .. }
            | Event::Exchange { .. }
            | Event::Ran { .. }
            | Event::RunEnded { .. } => Vec::new(),
        };
        for text in texts {
            *text = self.redactor.scrub(text);
        }
        event
    }
}
