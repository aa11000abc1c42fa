//! The journal: the engine's pen. Everything that happens goes through it, scrubbed.
//!
//! Does not: know files. A [`Recorder`] does.

use crate::net::redact::Redactor;
use harness_model::event::Event;
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

    /// An exchange was scrubbed at the door; every other event has short texts, which are scrubbed as JSON.
    fn scrubbed(&self, event: Event) -> Event {
        if matches!(event, Event::Exchange { .. }) {
            return event;
        }
        let scrubbed = serde_json::to_value(&event).map(|json| self.redactor.scrub_json(json));
        match scrubbed.and_then(serde_json::from_value) {
            Ok(event) => event,
            Err(error) => Event::Contradiction { cause: format!("an event could not be scrubbed: {error}") },
        }
    }
}
