//! `/workspaces/:id/events/stream`: the events of one workspace as they are written, as server-sent events.
//!
//! It reads the durable list, so what is on the stream is in the list, in the same order.
//!
//! Does not: show what happened before it was opened; the list does.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::Tenant;
use crate::database::DatabaseError;
use crate::fault::Fault;
use crate::id::WorkspaceId;
use crate::listener::Closing;
use crate::problem::Problem;
use crate::tiers::OwnOrAdmin;

/// The comment that opens a stream, and keeps it open.
const PING: &str = "ping";

/// How often a stream on which nothing happens is pinged.
const PINGS: Duration = Duration::from_secs(15);

/// The events of a workspace from now on, until the tenant stops.
pub(super) async fn events(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    Extension(Closing(closing)): Extension<Closing>,
) -> Result<Response, Problem> {
    if tenant.system.faults.has(Fault::NoEventStream) {
        return Err(Problem::not_found("404 page not found"));
    }
    tenant.existing(id)?;
    if tenant.system.faults.has(Fault::SseSilent) {
        let nothing = stream::pending::<Result<Event, DatabaseError>>();
        return Ok(Sse::new(nothing.take_until(closing.cancelled_owned())).into_response());
    }
    // Listening begins before the list is read, so that nothing falls between the two.
    let moves = tenant.system.database.moves();
    let last = tenant.system.database.last_event(id)?;
    let ready = VecDeque::from([Event::default().comment(PING)]);
    let feed = Feed { tenant, id, moves, last, ready, overtaken: None };
    let events = feed.events().take_until(closing.cancelled_owned());
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(PINGS).text(PING)).into_response())
}

/// What a stream has still to say.
struct Feed {
    tenant: Arc<Tenant>,
    id: WorkspaceId,
    moves: Receiver<WorkspaceId>,
    last: i64,
    ready: VecDeque<Event>,
    /// What the next event comes before: only a fault lets it.
    overtaken: Option<Event>,
}

impl Feed {
    fn events(self) -> impl Stream<Item = Result<Event, DatabaseError>> {
        stream::unfold(self, async |mut feed| {
            let next = feed.next().await?;
            Some((next, feed))
        })
    }

    /// The next event; nothing when the platform has ended.
    async fn next(&mut self) -> Option<Result<Event, DatabaseError>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(Ok(event));
            }
            match self.moves.recv().await {
                Ok(moved) if moved != self.id => {}
                // One that is too far behind has lost names, and no event: the table has them all.
                Ok(_) | Err(RecvError::Lagged(_)) => {
                    if let Err(error) = self.read() {
                        return Some(Err(error));
                    }
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }

    fn read(&mut self) -> Result<(), DatabaseError> {
        for (number, event) in self.tenant.system.database.events_after(self.id, self.last)? {
            self.last = number;
            let event = Event::default().data(event.to_string());
            if let Some(earlier) = self.overtaken.take() {
                self.ready.extend([event, earlier]);
            } else if self.tenant.system.faults.has(Fault::SseOutOfOrder) {
                self.overtaken = Some(event);
            } else {
                self.ready.push_back(event);
            }
        }
        Ok(())
    }
}
