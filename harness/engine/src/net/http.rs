//! HTTP: the one client, bound to hosts, bounded in size and time, scrubbed before anyone sees it.
//!
//! Does not: retry, poll, follow redirects or read proxy variables.

use super::redact::{Redactor, Secret};
use super::wait;
use harness_model::event::Exchange;
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use std::sync::{Arc, Once};
use std::time::Duration;

/// What a reply may hold: the platform promises ten megabytes.
const LONGEST_REPLY: usize = 10 * 1024 * 1024;
/// What the log keeps of a body.
const LONGEST_LOGGED: usize = 16 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// One request.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: &'static str,
    /// The base that the request must not leave.
    pub base: String,
    /// The hosts that the base may have: `api.example.com`, `*.example.com`; empty for any.
    pub hosts: Vec<String>,
    /// The path and query below it.
    pub path: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The token, if any.
    pub bearer: Option<Secret>,
    /// The body, which is JSON.
    pub body: Option<String>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers, in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as text; bytes that are not UTF-8 are replaced.
    pub text: String,
    /// How long it took.
    pub elapsed: Duration,
}

impl Reply {
    /// The body: JSON where it is JSON, else its text.
    pub fn body(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| Value::String(self.text.clone()))
    }

    /// How long the other side asked to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        let (_, seconds) = self.headers.iter().find(|(name, _)| name == "retry-after")?;
        seconds.trim().parse().ok().map(Duration::from_secs)
    }

    /// Whether the status speaks of success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Why no reply came.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The base or path is not a URL.
    #[error("`{url}` is not a URL")]
    Url {
        /// The text.
        url: String,
    },
    /// The path would lead to another host than its service's.
    #[error("the path leads away from {base}: nothing was sent")]
    Elsewhere {
        /// The service's base.
        base: String,
    },
    /// The base has a host that its service does not allow.
    #[error("{host} is none of the hosts that the service may have ({allowed}): nothing was sent")]
    Unbound {
        /// The host.
        host: String,
        /// The hosts it may have.
        allowed: String,
    },
    /// A header cannot be sent.
    #[error("header `{name}` has a value that cannot be sent")]
    Header {
        /// Its name.
        name: String,
    },
    /// No connection: not one byte was sent.
    #[error("could not connect to {endpoint}: {reason}")]
    Connect {
        /// Host and port.
        endpoint: String,
        /// What the system says.
        reason: String,
    },
    /// Nothing came in time.
    #[error("no complete reply from {endpoint} within {}", humantime_seconds(*within))]
    Timeout {
        /// Host and port.
        endpoint: String,
        /// The limit.
        within: Duration,
    },
    /// The connection broke.
    #[error("the exchange with {endpoint} broke off: {reason}")]
    Broken {
        /// Host and port.
        endpoint: String,
        /// What the system says.
        reason: String,
    },
    /// The reply is too long.
    #[error("the reply of {endpoint} is longer than {LONGEST_REPLY} bytes")]
    TooLong {
        /// Host and port.
        endpoint: String,
    },
}

impl HttpError {
    /// Whether not one byte can have been sent.
    pub fn nothing_sent(&self) -> bool {
        match self {
            Self::Url { .. }
            | Self::Elsewhere { .. }
            | Self::Unbound { .. }
            | Self::Header { .. }
            | Self::Connect { .. } => true,
            Self::Timeout { .. } | Self::Broken { .. } | Self::TooLong { .. } => false,
        }
    }

    /// Whether the same send may go better a moment later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Connect { .. } | Self::Timeout { .. } | Self::Broken { .. } => true,
            Self::Url { .. }
            | Self::Elsewhere { .. }
            | Self::Unbound { .. }
            | Self::Header { .. }
            | Self::TooLong { .. } => false,
        }
    }
}

fn humantime_seconds(duration: Duration) -> String {
    format!("{}s", duration.as_secs_f64())
}

/// The one client of a run.
#[derive(Debug, Clone)]
pub struct HttpClient {
    inner: reqwest::Client,
    redactor: Redactor,
    timeout: Duration,
    requests: Arc<std::sync::atomic::AtomicU64>,
}

/// A client that cannot be built.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up")]
pub struct ClientError(#[source] reqwest::Error);

impl HttpClient {
    /// A client whose every exchange ends within a time.
    #[expect(clippy::disallowed_methods, reason = "the one client of the engine")]
    pub fn new(redactor: Redactor, timeout: Duration) -> Result<Self, ClientError> {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            // A second installation is refused and changes nothing: whoever came first chose the same one.
            drop(rustls::crypto::ring::default_provider().install_default());
        });
        let inner = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT.min(timeout))
            .timeout(timeout)
            .user_agent(concat!("shakedown/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(ClientError)?;
        Ok(Self { inner, redactor, timeout, requests: Arc::default() })
    }

    /// A text without secrets.
    pub fn scrub(&self, text: &str) -> String {
        self.redactor.scrub(text)
    }

    /// How many requests were sent so far.
    pub fn requests(&self) -> u64 {
        self.requests.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Sends a request; what `secret` points at in the reply is learnt before the exchange is written down.
    ///
    /// *Errors*: [`HttpError`]; the exchange tells it too.
    pub async fn send(&self, request: &Request, secret: &[String]) -> (Exchange, Result<Reply, HttpError>) {
        if let Some(bearer) = &request.bearer {
            self.redactor.learn(bearer);
        }
        let started = wait::now();
        let outcome = self.exchange(request).await.map(|mut reply| {
            reply.elapsed = started.elapsed();
            reply
        });
        if let Ok(reply) = &outcome {
            learn(&self.redactor, reply, secret);
        }
        (self.log(request, &outcome, started.elapsed()), outcome)
    }

    async fn exchange(&self, request: &Request) -> Result<Reply, HttpError> {
        let url = bound_url(request)?;
        let endpoint = url.authority().to_owned();
        let method = reqwest::Method::from_bytes(request.method.as_bytes())
            .map_err(|error| HttpError::Broken { endpoint: endpoint.clone(), reason: error.to_string() })?;
        let mut builder = self.inner.request(method, url).headers(headers(request)?);
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        self.requests.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let classify = |error: reqwest::Error| self.classify(&endpoint, &error);
        let mut response = builder.send().await.map_err(classify)?;
        let status = response.status().as_u16();
        let headers = response.headers().iter().map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        let headers = headers.collect();
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(classify)? {
            if bytes.len() + chunk.len() > LONGEST_REPLY {
                return Err(HttpError::TooLong { endpoint });
            }
            bytes.extend_from_slice(&chunk);
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Reply { status, headers, text, elapsed: Duration::ZERO })
    }

    fn classify(&self, endpoint: &str, error: &reqwest::Error) -> HttpError {
        let endpoint = endpoint.to_owned();
        if error.is_connect() {
            HttpError::Connect { endpoint, reason: innermost(error) }
        } else if error.is_timeout() {
            HttpError::Timeout { endpoint, within: self.timeout }
        } else {
            HttpError::Broken { endpoint, reason: innermost(error) }
        }
    }

    fn log(&self, request: &Request, outcome: &Result<Reply, HttpError>, elapsed: Duration) -> Exchange {
        let scrub = |text: &str| self.redactor.scrub(text);
        let pairs = |headers: &[(String, String)]| -> Vec<(String, String)> {
            headers.iter().map(|(name, value)| (scrub(name), scrub(value))).collect()
        };
        let mut request_headers = pairs(&request.headers);
        if request.bearer.is_some() {
            request_headers.push(("authorization".to_owned(), format!("Bearer {}", super::redact::MASK)));
        }
        let (status, response_headers, response_body) = match outcome {
            Ok(reply) => (Some(reply.status), pairs(&reply.headers), scrub(&reply.text)),
            Err(error) => (None, Vec::new(), scrub(&error.to_string())),
        };
        Exchange {
            method: request.method.to_owned(),
            url: scrub(&format!("{}{}", request.base.trim_end_matches('/'), request.path)),
            request_headers,
            request_body: request.body.as_ref().map(|body| cut(&scrub(body), LONGEST_LOGGED)),
            status,
            response_headers,
            response_body: cut(&response_body, LONGEST_LOGGED),
            elapsed,
        }
    }
}

/// The URL below a base; what would lead to a host that is not the service's is refused before anything is looked up.
fn bound_url(request: &Request) -> Result<Url, HttpError> {
    let base = &request.base;
    let text = format!("{}{}", base.trim_end_matches('/'), request.path);
    let parse = |text: &str| Url::parse(text).map_err(|_error| HttpError::Url { url: text.to_owned() });
    let (url, home) = (parse(&text)?, parse(base)?);
    let same = matches!(home.scheme(), "http" | "https")
        && url.origin() == home.origin()
        && url.username().is_empty();
    if !same {
        return Err(HttpError::Elsewhere { base: base.clone() });
    }
    let host = url.host_str().unwrap_or_default();
    if !request.hosts.is_empty() && !request.hosts.iter().any(|allowed| is_host(host, allowed)) {
        return Err(HttpError::Unbound { host: host.to_owned(), allowed: request.hosts.join(", ") });
    }
    Ok(url)
}

/// Whether a host is the allowed one, or below it where a star says so.
fn is_host(host: &str, allowed: &str) -> bool {
    let (host, allowed) = (host.to_lowercase(), allowed.to_lowercase());
    match allowed.strip_prefix("*.") {
        Some(parent) => {
            host.strip_suffix(parent).is_some_and(|child| child.len() > 1 && child.ends_with('.'))
        }
        None => host == allowed,
    }
}

fn headers(request: &Request) -> Result<HeaderMap, HttpError> {
    let mut headers = HeaderMap::new();
    let wrong = |name: &str| HttpError::Header { name: name.to_owned() };
    for (name, value) in &request.headers {
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_error| wrong(name))?;
        headers.insert(key, HeaderValue::from_str(value).map_err(|_error| wrong(name))?);
    }
    if let Some(bearer) = &request.bearer {
        let text = format!("Bearer {}", bearer.expose());
        let mut value = HeaderValue::from_str(&text).map_err(|_error| wrong("authorization"))?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    if request.body.is_some() && !headers.contains_key(CONTENT_TYPE) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    Ok(headers)
}

/// Learns what the paths point at: `body.admin_token`, `headers.x_token`.
fn learn(redactor: &Redactor, reply: &Reply, paths: &[String]) {
    for path in paths {
        let mut parts = path.split('.');
        let found = match parts.next() {
            Some("body") => parts.try_fold(reply.body(), |value, part| value.get(part).cloned()),
            Some("headers") => parts.next().and_then(|wanted| {
                let (_, value) = reply.headers.iter().find(|(name, _)| name.replace('-', "_") == wanted)?;
                Some(Value::String(value.clone()))
            }),
            Some(_) | None => None,
        };
        if let Some(Value::String(secret)) = found {
            redactor.learn(&Secret::new(secret));
        }
    }
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// A text without what would steer a terminal.
pub fn printable(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut shown, letter| {
        if letter.is_control() {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
        shown
    })
}

/// The beginning of a text that is too long to be shown, with its length. Scrub it first: half a secret is none.
pub fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
        None => text.to_owned(),
    }
}
