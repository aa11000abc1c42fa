//! The system: what every part of one running platform shares.
//!
//! Does not: make decisions.

use std::collections::HashMap;
use std::error::Error;
use std::future::Future;
use std::hash::Hash;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::audit::AuditLog;
use crate::clock;
use crate::database::{ActivityRow, Database, DatabaseError};
use crate::fault::Armed;
use crate::id::{OrgId, WorkspaceId};
use crate::listener::Listener;
use crate::options::Timings;
use crate::org_clock::{Clocks, OrgClock};
use crate::outbound::Outbound;
use crate::problem::Problem;
use crate::rate::RateLimit;
use crate::recorder::Ledger;
use crate::runtimes::Stage;

/// One running platform from the inside.
pub(crate) struct System {
    pub(crate) admin_token: String,
    pub(crate) database: Database,
    pub(crate) faults: Arc<Armed>,
    pub(crate) rate_limit: Option<RateLimit>,
    pub(crate) timings: Timings,
    pub(crate) outbound: Outbound,
    pub(crate) ledger: Ledger,
    pub(crate) stop: CancellationToken,
    pub(crate) tasks: TaskTracker,
    pub(crate) requests: AtomicU64,
    pub(crate) audit: AuditLog,
    pub(crate) tenants: Listeners<OrgId>,
    pub(crate) agents: Listeners<WorkspaceId>,
    pub(crate) clocks: Clocks,
    pub(crate) stage: Arc<Stage>,
}

impl System {
    /// Runs `work` in the background until it ends or the platform stops; a failure is kept as an incident.
    pub(crate) fn spawn<E: Error + Send>(
        self: &Arc<Self>,
        work: impl Future<Output = Result<(), E>> + Send + 'static,
    ) {
        let system = Arc::clone(self);
        self.tasks.spawn(async move {
            let outcome = tokio::select! {
                () = system.stop.cancelled() => return,
                outcome = work => outcome,
            };
            if let Err(error) = outcome {
                // When the database refuses even this, there is no durable place left to say so.
                system.database.record_incident(&error.to_string()).ok();
            }
        });
    }

    /// The result of `work`, which runs to its end even when its caller hangs up: half a move is no state to be in.
    pub(crate) async fn carry_through<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl Future<Output = Result<T, Problem>> + Send + 'static,
    ) -> Result<T, Problem> {
        let stop = self.stop.clone();
        let task = self.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => Err(Problem::unavailable()),
                outcome = work => outcome,
            }
        });
        task.await.unwrap_or_else(|_| Err(Problem::unavailable()))
    }

    /// The clock of an organisation.
    ///
    /// *Errors*: the database cannot be read.
    pub(crate) fn clock(&self, org: OrgId) -> Result<Arc<OrgClock>, DatabaseError> {
        self.clocks.of(org, || self.database.advanced(org))
    }

    /// Leaves a row for the recorder.
    pub(crate) fn note(&self, row: ActivityRow) {
        // The recorder only ends with the platform; a row that arrives after that has no reader either.
        self.ledger.send((clock::moment_after(self.timings.activity_lag), row)).ok();
    }
}

/// The open listeners of one kind, by owner.
pub(crate) struct Listeners<Owner>(Mutex<HashMap<Owner, Listener>>);

impl<Owner: Copy + Eq + Hash> Listeners<Owner> {
    /// No listeners yet.
    pub(crate) fn new() -> Self {
        Self(Mutex::new(HashMap::new()))
    }

    /// Keeps `listener` for `owner`; a former one stops.
    pub(crate) fn keep(&self, owner: Owner, listener: Listener) {
        drop(self.open().insert(owner, listener));
    }

    /// Keeps `listener` for `owner` when `enter` says yes, and gives it back when it says no. Nobody can ask for the
    /// listener in between, so that what `enter` writes and what [`Self::has`] answers are never apart.
    ///
    /// *Errors*: those of `enter`; the listener stops.
    pub(crate) fn keep_if<E>(
        &self,
        owner: Owner,
        listener: Listener,
        enter: impl FnOnce() -> Result<bool, E>,
    ) -> Result<Option<Listener>, E> {
        let mut open = self.open();
        if !enter()? {
            return Ok(Some(listener));
        }
        let former = open.insert(owner, listener);
        drop(open);
        drop(former);
        Ok(None)
    }

    /// Closes the listener of `owner`, if it has one; its socket is gone when this returns.
    pub(crate) async fn close(&self, owner: Owner) {
        let listener = self.open().remove(&owner);
        if let Some(listener) = listener {
            listener.close().await;
        }
    }

    /// Closes all of them.
    pub(crate) async fn close_all(&self) {
        let listeners: Vec<Listener> = self.open().drain().map(|(_, listener)| listener).collect();
        futures_util::future::join_all(listeners.into_iter().map(Listener::close)).await;
    }

    /// Whether that of `owner` is open.
    pub(crate) fn has(&self, owner: Owner) -> bool {
        self.open().contains_key(&owner)
    }

    /// How many are open.
    pub(crate) fn count(&self) -> usize {
        self.open().len()
    }

    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<Owner, Listener>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, mpsc};
    use std::thread;
    use std::time::Duration;

    use axum::Router;
    use tokio_util::sync::CancellationToken;

    use super::Listeners;
    use crate::lifecycle::any_port;
    use crate::listener::Listener;

    #[tokio::test]
    async fn nobody_sees_what_was_written_without_its_listener() {
        let listeners = Arc::new(Listeners::new());
        let stop = CancellationToken::new();
        let open = async || Listener::open(any_port(), &stop, |_| Router::new()).await.unwrap();
        let refused = listeners.keep_if(1, open().await, || Ok::<_, ()>(false)).unwrap();
        assert!(refused.is_some() && !listeners.has(1));

        let (say, heard) = mpsc::channel();
        let entered = listeners.keep_if(1, open().await, || {
            let listeners = Arc::clone(&listeners);
            thread::spawn(move || say.send(listeners.has(1)));
            Ok::<_, ()>(heard.recv_timeout(Duration::from_millis(50)).is_err())
        });
        assert!(entered.unwrap().is_none(), "somebody was answered in between");
        assert!(heard.recv_timeout(Duration::from_secs(20)).unwrap());
        listeners.close_all().await;
    }
}
