//! Waking: a stream of events that is open while a poll waits, and makes it look at once.
//!
//! It is opened when the poll pauses for the first time, and again when it breaks off, with growing pauses; how often
//! that may be has a budget of its own, as large as that of repeated sends, which it leaves alone.
//!
//! Does not: decide anything. Without the stream the poll looks at its interval.

use crate::net::bell::Bell;
use crate::net::events::StreamEnd;
use crate::net::http::Request;
use crate::net::wait::{self, Slept};
use crate::send::Attempt;
use crate::walk::Walk;
use harness_model::event::Event;
use harness_model::retry::Growth;
use std::time::Duration;

/// The pauses before a stream is opened again: 200 to 400 ms, and doubling up to 12.8 s.
const PAUSES: Growth = Growth { first: Duration::from_millis(200), doublings: 6 };

impl Walk<'_> {
    /// Listens for as long as that may be of use.
    pub(crate) async fn listen(&self, attempt: &Attempt<'_>, stream: &Request, bell: &Bell) {
        bell.wanted().await;
        let mut failures = 0;
        loop {
            let opened = |exchange| {
                self.run.journal.record(Event::Exchange {
                    scope: self.scope.clone(),
                    step: attempt.step.name.clone(),
                    exchange: Box::new(exchange),
                });
            };
            match self.run.net.listen(stream, bell, &self.cancel, opened).await {
                StreamEnd::Lost => failures = 1,
                StreamEnd::Vain => failures += 1,
                StreamEnd::Useless | StreamEnd::Cancelled => return,
            }
            let is_spent = self.run.streams.take(self.run.requests()).is_err();
            let pause = PAUSES.pause(failures, wait::dice());
            if is_spent || wait::sleep(pause, &self.cancel).await == Slept::Cancelled {
                return;
            }
        }
    }
}
