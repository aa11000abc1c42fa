//! Listeners: a socket, its routes and the task that serves them, closed together.
//!
//! Does not: know which routes it serves.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::clock;

/// How long open connections get to end before they are cut.
const GRACE: Duration = Duration::from_millis(500);

/// Ends with the listener that took a request; a reply that streams asks for it, and ends with it.
#[derive(Clone)]
pub(crate) struct Closing(pub(crate) CancellationToken);

/// A socket that is being served; dropping it stops the service.
pub(crate) struct Listener {
    address: SocketAddr,
    stop: DropGuard,
    task: JoinHandle<io::Result<()>>,
}

impl Listener {
    /// Binds `address` and serves what `routes` gives for the bound one, until `parent` or the listener ends.
    pub(crate) async fn open(
        address: SocketAddr,
        parent: &CancellationToken,
        routes: impl FnOnce(SocketAddr) -> Router,
    ) -> io::Result<Self> {
        let socket = TcpListener::bind(address).await?;
        let address = socket.local_addr()?;
        let stop = parent.child_token();
        let router = routes(address).layer(middleware::from_fn_with_state(stop.clone(), end_with_listener));
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let service = axum::serve(socket, service).with_graceful_shutdown(stop.clone().cancelled_owned());
        let task = tokio::spawn(service.into_future());
        Ok(Self { address, stop: stop.drop_guard(), task })
    }

    /// The url of its root, without a slash at the end.
    pub(crate) fn url(&self) -> String {
        url(self.address)
    }

    /// Stops serving and returns when the socket is closed.
    pub(crate) async fn close(self) {
        let Self { address: _, stop, mut task } = self;
        drop(stop);
        if clock::within(GRACE, &mut task).await.is_none() {
            task.abort();
        }
    }
}

/// The url of the root of a server at `address`.
pub(crate) fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}

/// Ends requests in flight with their listener: a request that never ends must not keep its socket open.
async fn end_with_listener(
    State(stop): State<CancellationToken>,
    mut request: Request,
    next: Next,
) -> Response {
    request.extensions_mut().insert(Closing(stop.clone()));
    tokio::select! {
        biased;
        () = stop.cancelled() => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        response = next.run(request) => response,
    }
}
