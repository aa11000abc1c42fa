//! The platform as its host sees it: start, look, stop.
//!
//! Does not: serve; that is `routes`.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::audit::{Audit, AuditLog};
use crate::database::{Database, DatabaseError};
use crate::fault::{Armed, Bites};
use crate::lifecycle;
use crate::listener::Listener;
use crate::monitors;
use crate::options::Options;
use crate::org_clock::Clocks;
use crate::outbound::Outbound;
use crate::recorder;
use crate::routes;
use crate::system::{Listeners, System};
use crate::token;

/// The name under which the control plane's token is stored.
const ADMIN_TOKEN: &str = "admin-token";

/// Why a platform did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database failed.
    #[error("cannot use the platform's database")]
    Database(#[from] DatabaseError),
    /// A socket could not be bound.
    #[error("cannot listen")]
    Listen(#[from] io::Error),
    /// The system gave no randomness.
    #[error("cannot mint a token")]
    Token(#[from] getrandom::Error),
    /// The client that calls agents could not be built.
    #[error("cannot build the client that calls agents")]
    Outbound(#[from] reqwest::Error),
}

/// What is left on a platform.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Organisations that are not purged.
    pub orgs: usize,
    /// Workspaces that are not removed.
    pub workspaces: usize,
    /// Agents whose listeners are up.
    pub agents: usize,
}

/// A running platform; dropping it stops its tasks without waiting for them.
pub struct Platform {
    system: Arc<System>,
    control_plane: Listener,
    url: String,
    stop: DropGuard,
}

impl Platform {
    /// Starts a platform; with a data directory, everything it held before goes on.
    ///
    /// *Errors*: every [`StartError`]; nothing is left running.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let database = Database::open(options.data.as_deref())?;
        let admin_token = match (options.admin_token, database.setting(ADMIN_TOKEN)?) {
            (Some(chosen), _) => chosen,
            (None, Some(stored)) => stored,
            (None, None) => token::mint()?,
        };
        database.set(ADMIN_TOKEN, &admin_token)?;
        let (ledger, rows) = mpsc::unbounded_channel();
        let stop = CancellationToken::new();
        let guard = stop.clone().drop_guard();
        let system = Arc::new(System {
            admin_token,
            database,
            faults: Arc::new(Armed::new(&options.faults.and(options.profile))),
            rate_limit: options.rate_limit,
            timings: options.timings,
            outbound: Outbound::new()?,
            ledger,
            stop,
            tasks: TaskTracker::new(),
            requests: AtomicU64::new(0),
            audit: AuditLog::default(),
            tenants: Listeners::new(),
            agents: Listeners::new(),
            clocks: Clocks::new(monitors::ROUND),
            stage: Arc::default(),
        });
        system.spawn(recorder::run(Arc::clone(&system), rows));
        lifecycle::take_up(&system).await?;
        let routes = routes::control_plane(&system);
        let control_plane = Listener::open(options.listen, &system.stop, |_| routes).await?;
        let url = control_plane.url();
        Ok(Self { system, control_plane, url, stop: guard })
    }

    /// The url of the control plane, such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The bearer of the control plane's admin routes.
    pub fn admin_token(&self) -> &str {
        &self.system.admin_token
    }

    /// How many requests the control plane and the tenants were sent so far.
    pub fn requests(&self) -> u64 {
        self.system.requests.load(Ordering::Relaxed)
    }

    /// What the control plane and the tenants were asked so far, and by which means; no value of any header.
    pub fn audit(&self) -> Audit {
        self.system.audit.snapshot()
    }

    /// How often each of its faults has bitten so far, in the order in which they were asked for.
    pub fn bitten(&self) -> Vec<Bites> {
        self.system.faults.bitten()
    }

    /// What is left.
    ///
    /// *Errors*: the database cannot be read.
    #[expect(clippy::unused_async, reason = "callers must not depend on the database being synchronous")]
    pub async fn census(&self) -> Result<Census, DatabaseError> {
        let database = &self.system.database;
        Ok(Census {
            orgs: database.orgs()?.len(),
            workspaces: database.workspaces(None)?.len(),
            agents: self.system.agents.count(),
        })
    }

    /// Stops every listener and task, and returns when they have ended.
    pub async fn stop(self) {
        drop(self.stop);
        self.system.tasks.close();
        self.system.tasks.wait().await;
        self.control_plane.close().await;
        self.system.tenants.close_all().await;
        self.system.agents.close_all().await;
    }
}
