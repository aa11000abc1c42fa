//! Executes `run.http`.
//!
//! Does not: judge the reply.

use super::{Io, Nature, Observation, is_busy, result, shown, summary};
use crate::net::http::{Body, HttpError, Upload};
use harness_model::action::RenderedHttp;
use harness_model::event::Exchange;
use harness_model::storm::EdgeFailure;
use serde_json::Value;
use std::collections::BTreeMap;

/// One HTTP exchange, repeated at every look.
#[derive(Debug)]
pub struct HttpExecution {
    action: RenderedHttp,
    body: Option<Body>,
}

impl HttpExecution {
    pub(super) fn new(mut action: RenderedHttp) -> Self {
        let body = match action.upload.take() {
            Some(file) => Some(Body::Upload(Upload::new(file))),
            None => action.body.take().map(Body::Text),
        };
        Self { action, body }
    }

    pub(super) fn is_idempotent(&self) -> bool {
        self.action.method.is_idempotent()
    }

    pub(super) async fn look(&self, io: &Io) -> (Exchange, Result<Observation, HttpError>) {
        let request = io.request(&self.action.target, self.action.method.as_str(), self.body.clone());
        let (exchange, outcome) = io.net.send(&request, &io.secret).await;
        let observation = outcome.map(|reply| {
            let nature = match reply.status {
                status if is_busy(status) => Nature::Transient,
                _ if reply.is_success() => Nature::Pending,
                _ => Nature::Final,
            };
            let mut found = result(&reply).with("sha256", &reply.sha256).with("bytes", reply.bytes);
            if let Some(Body::Upload(upload)) = &self.body {
                found = found.with("upload", sent(upload));
            }
            Observation {
                result: found,
                shown: shown(&reply),
                nature,
                summary: summary(&reply, &io.net),
                retry_after: reply.retry_after(),
                edge: EdgeFailure::of_status(reply.status),
            }
        });
        (exchange, observation)
    }
}

/// What conditions can read of an upload.
fn sent(upload: &Upload) -> BTreeMap<&'static str, Value> {
    let file = upload.file();
    BTreeMap::from([
        ("name", file.name.as_str().into()),
        ("type", file.media_type.as_str().into()),
        ("bytes", file.bytes.into()),
        ("sha256", upload.sha256().into()),
    ])
}
