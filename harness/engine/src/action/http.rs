//! Executes `run.http`.
//!
//! Does not: judge the reply.

use super::{Io, Nature, Observation, is_busy, result, summary};
use crate::net::http::HttpError;
use harness_model::action::RenderedHttp;
use harness_model::event::Exchange;
use harness_model::storm::EdgeFailure;

/// One HTTP exchange, repeated at every look.
#[derive(Debug)]
pub struct HttpExecution(RenderedHttp);

impl HttpExecution {
    pub(super) fn new(action: RenderedHttp) -> Self {
        Self(action)
    }

    pub(super) fn is_idempotent(&self) -> bool {
        self.0.method.is_idempotent()
    }

    pub(super) async fn look(&self, io: &Io) -> (Exchange, Result<Observation, HttpError>) {
        let request = io.request(&self.0.target, self.0.method.as_str(), self.0.body.clone());
        let (exchange, outcome) = io.net.send(&request, &io.secret).await;
        let observation = outcome.map(|reply| {
            let nature = match reply.status {
                status if is_busy(status) => Nature::Transient,
                _ if reply.is_success() => Nature::Pending,
                _ => Nature::Final,
            };
            Observation {
                result: result(&reply),
                nature,
                summary: summary(&reply, &io.net),
                retry_after: reply.retry_after(),
                edge: EdgeFailure::of_status(reply.status),
            }
        });
        (exchange, observation)
    }
}
