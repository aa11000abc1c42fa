//! What happened, in one order: the events that were recorded and the requests that arrived.

use super::Seen;
use harness_engine::journal::{RecordError, Recorder};
use harness_model::event::{Event, Exchange, StepOutcome};
use harness_model::verdict::Ending;
use std::sync::{Arc, Mutex, PoisonError};

/// One thing that happened.
#[derive(Debug, Clone)]
pub(crate) enum Moment {
    /// An event was recorded.
    Event(Event),
    /// A request arrived.
    Request(Seen),
}

/// Everything that happened so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chronicle(Arc<Mutex<Vec<Moment>>>);

impl Chronicle {
    pub(crate) fn note(&self, moment: Moment) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(moment);
    }

    pub(crate) fn moments(&self) -> Vec<Moment> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        let events = self.moments().into_iter().filter_map(|moment| match moment {
            Moment::Event(event) => Some(event),
            Moment::Request(_) => None,
        });
        events.collect()
    }

    pub(crate) fn requests(&self) -> Vec<Seen> {
        let requests = self.moments().into_iter().filter_map(|moment| match moment {
            Moment::Request(seen) => Some(seen),
            Moment::Event(_) => None,
        });
        requests.collect()
    }

    /// The requests as `POST /things/one`.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.requests().iter().map(Seen::line).collect()
    }

    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        let exchanges = self.events().into_iter().filter_map(|event| match event {
            Event::Exchange { exchange, .. } => Some(*exchange),
            _ => None,
        });
        exchanges.collect()
    }

    /// The keys that were shown gone, in their order.
    pub(crate) fn released(&self) -> Vec<String> {
        let keys = self.events().into_iter().filter_map(|event| match event {
            Event::Released { key, .. } => Some(key),
            _ => None,
        });
        keys.collect()
    }

    /// The keys that leaked, each with its cause.
    pub(crate) fn leaked(&self) -> Vec<(String, String)> {
        let leaks = self.events().into_iter().filter_map(|event| match event {
            Event::Leaked { key, cause, .. } => Some((key, cause)),
            _ => None,
        });
        leaks.collect()
    }

    /// The cases with their ends, in the order in which they ended.
    pub(crate) fn endings(&self) -> Vec<(String, Ending)> {
        let endings = self.events().into_iter().filter_map(|event| match event {
            Event::CaseEnded { case, ending, .. } => Some((case.to_string(), ending)),
            _ => None,
        });
        endings.collect()
    }

    /// What was sent and what became of what is owned, in one order.
    pub(crate) fn story(&self) -> Vec<String> {
        let told = self.moments().into_iter().filter_map(|moment| match moment {
            Moment::Event(Event::OwnershipIntended { key, .. }) => Some(format!("intended {key}")),
            Moment::Event(Event::OwnershipConfirmed { key, .. }) => Some(format!("confirmed {key}")),
            Moment::Event(Event::Released { key, .. }) => Some(format!("released {key}")),
            Moment::Request(seen) => Some(seen.line()),
            Moment::Event(_) => None,
        });
        told.collect()
    }

    /// How a step ended, and after how many looks.
    pub(crate) fn step(&self, name: &str) -> Option<(StepOutcome, u32)> {
        self.events().into_iter().find_map(|event| match event {
            Event::StepEnded { step, outcome, attempts, .. } if step.as_str() == name => {
                Some((outcome, attempts))
            }
            _ => None,
        })
    }
}

/// What is wrong with a recorder.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trouble {
    /// It keeps everything.
    Nothing,
    /// Its disk is full where durability is asked for.
    DiskFull,
    /// It panics when this step ends.
    PanicsAt(&'static str),
}

/// A recorder that keeps events in memory.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) chronicle: Chronicle,
    pub(crate) trouble: Trouble,
}

impl Recorder for Memory {
    fn record(&self, event: Event) {
        if let (Trouble::PanicsAt(name), Event::StepEnded { step, .. }) = (self.trouble, &event) {
            assert_ne!(step.as_str(), name, "the recorder panics as it was told");
        }
        self.chronicle.note(Moment::Event(event));
    }

    fn record_durably(&self, event: Event) -> Result<(), RecordError> {
        if matches!(self.trouble, Trouble::DiskFull) {
            return Err(RecordError { reason: "no space left on device".to_owned() });
        }
        self.chronicle.note(Moment::Event(event));
        Ok(())
    }
}
