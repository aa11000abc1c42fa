//! The table from which a router is built: a route that exists is a route that is listed.
//!
//! Does not: know what a route does, or who may call it.

use axum::Router;
use axum::handler::Handler;
use axum::routing::{self, MethodRouter};

/// A server of the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Server {
    /// The one that has the organisations.
    ControlPlane,
    /// One organisation's own.
    Tenant,
}

/// One route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Route {
    /// Where it is.
    pub server: Server,
    /// Its method, in capitals.
    pub method: &'static str,
    /// Its path, with parameters in braces: `/workspaces/{id}`.
    pub path: &'static str,
}

/// The routes of one server, both as a router and as a list.
pub(super) struct Table<S> {
    server: Server,
    router: Router<S>,
    listed: Vec<Route>,
}

impl<S: Clone + Send + Sync + 'static> Table<S> {
    /// No routes yet.
    pub(super) fn new(server: Server) -> Self {
        Self { server, router: Router::new(), listed: Vec::new() }
    }

    /// One more route, for reading.
    pub(super) fn get<T: 'static>(self, path: &'static str, handler: impl Handler<T, S>) -> Self {
        self.with("GET", path, routing::get(handler))
    }

    /// One more route, for creating and for verbs.
    pub(super) fn post<T: 'static>(self, path: &'static str, handler: impl Handler<T, S>) -> Self {
        self.with("POST", path, routing::post(handler))
    }

    /// One more route, for replacing.
    pub(super) fn put<T: 'static>(self, path: &'static str, handler: impl Handler<T, S>) -> Self {
        self.with("PUT", path, routing::put(handler))
    }

    /// One more route, for changing.
    pub(super) fn patch<T: 'static>(self, path: &'static str, handler: impl Handler<T, S>) -> Self {
        self.with("PATCH", path, routing::patch(handler))
    }

    /// One more route, for removing.
    pub(super) fn delete<T: 'static>(self, path: &'static str, handler: impl Handler<T, S>) -> Self {
        self.with("DELETE", path, routing::delete(handler))
    }

    /// More routes, listed elsewhere.
    pub(super) fn also(self, more: impl FnOnce(Self) -> Self) -> Self {
        more(self)
    }

    /// The list.
    pub(super) fn into_listed(self) -> Vec<Route> {
        self.listed
    }

    /// The router.
    pub(super) fn into_router(self) -> Router<S> {
        self.router
    }

    fn with(mut self, method: &'static str, path: &'static str, handler: MethodRouter<S>) -> Self {
        self.listed.push(Route { server: self.server, method, path });
        Self { router: self.router.route(path, handler), ..self }
    }
}
