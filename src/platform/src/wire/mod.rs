//! The wire: what goes wrong between a client and whoever answers, whatever the answer is.
//!
//! The same layer stands in front of the embedded platform and in the proxy.
//!
//! Faults that are about one request take their turns in the order in which they were asked for: first those that befall
//! the request, and then, unless one of them has answered it, those that befall the reply.
//!
//! Does not: know a route.

mod bodies;
mod reply;
mod request;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;

pub(crate) use self::bodies::reset;
use self::request::Fate;
use crate::fault::{Armed, Effect};

/// A router behind the faults that are on the wire.
pub(crate) fn before(router: Router, armed: &Arc<Armed>) -> Router {
    if armed.is_on_wire() {
        router.layer(middleware::from_fn_with_state(Arc::clone(armed), pass))
    } else {
        router
    }
}

async fn pass(State(armed): State<Arc<Armed>>, request: Request, next: Next) -> Response {
    let about = armed.about(request.method(), request.uri().path());
    let effects = || about.iter().filter_map(|fault| Some((*fault, &fault.wire()?.effect)));
    let mut times = 1;
    for (fault, effect) in effects() {
        let Effect::Request(effect) = effect else { continue };
        if !fault.bites() {
            continue;
        }
        match request::befall(effect).await {
            Fate::PassedOn => {}
            Fate::PassedOnTwice => times = 2,
            Fate::Answered(answer) => return answer,
        }
    }
    let edits = effects().any(|(_, effect)| matches!(effect, Effect::Reply(_)));
    let request = if edits { request::readable(request) } else { request };
    let mut reply = request::ask(request, next, times).await;
    for (fault, effect) in effects() {
        if let Effect::Reply(effect) = effect {
            reply = reply::befall(effect, fault, reply).await;
        }
    }
    reply
}
