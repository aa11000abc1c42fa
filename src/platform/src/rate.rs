//! The rate limit: how many requests one address may send to one server in a while.
//!
//! It runs on the real clock: what it protects is a server, and no organisation.
//!
//! Does not: exist unless it is asked for. A run against a platform on the same machine would be nothing but waiting.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::clock;
use crate::org_clock::whole;
use crate::problem::Problem;

/// How many requests an address may send.
///
/// *Units*: `requests` in each `window`; a window begins with the first request in it.
/// *Source*: the staging contract, section A0: 600 a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// How many.
    pub requests: u32,
    /// In which time.
    pub window: Duration,
}

impl RateLimit {
    /// This many in a minute.
    pub const fn per_minute(requests: u32) -> Self {
        Self { requests, window: Duration::from_secs(60) }
    }
}

/// The window of one address.
struct Window {
    /// When it ends, in milliseconds since 1970.
    ends: i64,
    used: u32,
}

/// What is left after a request.
struct Allowance {
    is_refused: bool,
    remaining: u32,
    /// The seconds until the window ends, at least one.
    reset: u64,
}

/// The limit of one server, and who has used how much of it.
pub(crate) struct Limiter {
    limit: RateLimit,
    windows: Mutex<HashMap<IpAddr, Window>>,
}

impl Limiter {
    /// Nobody has used any of it yet.
    pub(crate) fn new(limit: RateLimit) -> Arc<Self> {
        Arc::new(Self { limit, windows: Mutex::default() })
    }

    fn count(&self, address: IpAddr) -> Allowance {
        let now = clock::milliseconds_now();
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || Window { ends: now + whole(self.limit.window), used: 0 };
        let window = windows.entry(address).or_insert_with(fresh);
        if window.ends <= now {
            *window = fresh();
        }
        window.used = window.used.saturating_add(1);
        let left = u64::try_from(window.ends - now).unwrap_or_default();
        Allowance {
            is_refused: window.used > self.limit.requests,
            remaining: self.limit.requests.saturating_sub(window.used),
            reset: left.div_ceil(1000).max(1),
        }
    }
}

/// Lets a request through, or says when to come back.
pub(crate) async fn limit(
    State(limiter): State<Arc<Limiter>>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let allowance = limiter.count(address.ip());
    let mut response = if allowance.is_refused {
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate limit exceeded");
        problem.with("retry_after", allowance.reset).into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert("x-ratelimit-limit", HeaderValue::from(limiter.limit.requests));
    headers.insert("x-ratelimit-remaining", HeaderValue::from(allowance.remaining));
    headers.insert("x-ratelimit-reset", HeaderValue::from(allowance.reset));
    response
}
