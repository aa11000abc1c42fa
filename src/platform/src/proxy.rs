//! A reverse proxy: faults on the wire in front of any HTTP target, on loopback.
//!
//! What no fault touches passes as it is, in both directions as it comes: a stream of events is a stream of events. The
//! target is asked under its own name, so the `Host` is the target's; headers that are about one connection only stay on
//! theirs. A redirect into the target leads into the proxy.
//!
//! Does not: pass an upgrade on (a WebSocket), follow a redirect, keep a connection for a second request, or rewrite a url
//! in a body: whoever is given the target's own address by a reply goes past the proxy.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use reqwest::Url;
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::fault::{Armed, Bites, Faults};
use crate::listener::{self, Listener};
use crate::outbound::Passage;
use crate::problem::Problem;
use crate::wire;

/// How long a target may take to say anything at all.
const PATIENCE: Duration = Duration::from_secs(10);

/// Headers that are about one connection, besides those that `Connection` names.
const HOP_BY_HOP: [HeaderName; 9] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Why a proxy did not start.
#[derive(Debug, thiserror::Error)]
pub enum ProxyError {
    /// The target is no url that can be asked.
    #[error("cannot stand in front of `{target}`: {why}")]
    Target {
        /// The target, without a password.
        target: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A fault is not on the wire.
    #[error(
        "the fault `{fault}` is inside the embedded platform; a proxy can have those on the wire only: {known}"
    )]
    Inside {
        /// The fault.
        fault: String,
        /// The names of those that it can have.
        known: String,
    },
    /// The socket could not be bound.
    #[error("cannot listen")]
    Listen(#[from] std::io::Error),
    /// The client that asks the target could not be built.
    #[error("cannot build the client that asks the target")]
    Client(#[from] reqwest::Error),
    /// Nobody listens where the target is said to be.
    #[error("cannot connect to {target}: {why}")]
    Down {
        /// The target.
        target: String,
        /// What came instead.
        why: String,
    },
}

/// A running proxy on a free port of loopback; dropping it ends it.
pub struct Proxy {
    listener: Listener,
    url: String,
    armed: Arc<Armed>,
    client: Passage,
    base: String,
}

impl Proxy {
    /// Starts a proxy in front of `target`, such as `https://staging.example.org/api`.
    ///
    /// *Errors*: every [`ProxyError`]; nothing is left running.
    pub async fn start(target: &str, faults: &Faults) -> Result<Self, ProxyError> {
        let base = base(target)?;
        if let Some(fault) = faults.iter().find(|fault| !fault.is_on_wire()) {
            let known: Vec<&str> = crate::fault::Wire::forms().iter().map(|form| form.name).collect();
            return Err(ProxyError::Inside { fault: fault.to_string(), known: known.join(", ") });
        }
        let (client, armed) = (Passage::new()?, Arc::new(Armed::new(faults)));
        let (asks, asked) = (client.clone(), base.clone());
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = Listener::open(address, &CancellationToken::new(), |address| {
            let target = Arc::new(Target { client: asks, base: asked, own: listener::url(address) });
            wire::before(Router::new().fallback(pass).with_state(target), &armed)
        })
        .await?;
        let url = listener.url();
        Ok(Self { listener, url, armed, client, base })
    }

    /// Asks the target for its head, with no credential and past every fault: whatever it answers, it is there.
    ///
    /// *Errors*: [`ProxyError::Down`].
    pub async fn knock(&self) -> Result<(), ProxyError> {
        let down = |why: String| ProxyError::Down { target: self.base.clone(), why };
        let asked = self.client.request(Method::HEAD, &self.base).send();
        match clock::within(PATIENCE, asked).await {
            None => Err(down(format!("it said nothing for {} s", PATIENCE.as_secs()))),
            Some(Err(error)) if error.is_connect() => Err(down(innermost(&error))),
            Some(_) => Ok(()),
        }
    }

    /// Where the target is asked through it, such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How often each fault has bitten so far, in the order in which they were asked for.
    pub fn bitten(&self) -> Vec<Bites> {
        self.armed.bitten()
    }

    /// Ends it, and returns when its socket is closed.
    pub async fn stop(self) {
        self.listener.close().await;
    }
}

/// The cause behind all others: `Connection refused`.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// Who is asked, and as whom the proxy answers.
struct Target {
    client: Passage,
    /// Without a slash at the end.
    base: String,
    own: String,
}

/// The url that paths are put behind.
fn base(target: &str) -> Result<String, ProxyError> {
    let wrong = |target: String, why| ProxyError::Target { target, why };
    let Ok(mut url) = Url::parse(target) else {
        return Err(wrong(target.to_owned(), "it is no url, such as `https://staging.example.org`"));
    };
    if !url.username().is_empty() || url.password().is_some() {
        url.set_username("").ok();
        url.set_password(None).ok();
        return Err(wrong(url.into(), "a credential belongs into a header, and not into the url"));
    }
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(wrong(target.to_owned(), "it must begin with http:// or https:// and have a host"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong(target.to_owned(), "the part from `?` or `#` on has no place in front of a path"));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// Passes a request on to the target, and its reply back.
async fn pass(State(target): State<Arc<Target>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if parts.method == Method::CONNECT || parts.headers.contains_key(header::UPGRADE) {
        let text = "this proxy passes no upgrade of a connection on, and no tunnel";
        return Problem::new(StatusCode::NOT_IMPLEMENTED, text).into_response();
    }
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut asked = target.client.request(parts.method, &format!("{}{path}", target.base));
    let mut headers = end_to_end(&parts.headers);
    // The client names the target itself.
    headers.remove(header::HOST);
    asked = asked.headers(headers);
    if body.size_hint().upper() != Some(0) {
        asked = asked.body(reqwest::Body::wrap_stream(body.into_data_stream()));
    }
    match asked.send().await {
        Ok(reply) => back(&target, reply),
        Err(error) if error.is_connect() => {
            let text = format!("the proxy cannot connect to {}", target.base);
            Problem::new(StatusCode::BAD_GATEWAY, text).into_response()
        }
        // The target closed the connection without an answer, and so does the proxy.
        Err(_) => Response::new(wire::reset()),
    }
}

/// The reply as the target gave it.
fn back(target: &Target, reply: reqwest::Response) -> Response {
    let (parts, body) = Response::from(reply).into_parts();
    let mut headers = end_to_end(&parts.headers);
    let inward = |location: &HeaderValue| {
        let rest = location.to_str().ok()?.strip_prefix(&target.base)?;
        let is_below = rest.is_empty() || rest.starts_with(['/', '?', '#']);
        is_below.then(|| HeaderValue::try_from(format!("{}{rest}", target.own)).ok())?
    };
    if let Some(location) = headers.get(header::LOCATION).and_then(inward) {
        headers.insert(header::LOCATION, location);
    }
    let mut response = Response::new(Body::new(body));
    *response.status_mut() = parts.status;
    *response.headers_mut() = headers;
    response
}

/// The headers that are not about one connection only.
fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|names| names.to_str().ok())
        .flat_map(|names| names.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    let mut kept = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        if !HOP_BY_HOP.contains(name) && !named.contains(name) {
            kept.append(name.clone(), value.clone());
        }
    }
    kept
}
