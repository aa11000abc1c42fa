//! HTTP: the one client, bound to hosts, bounded in size and time, scrubbed before anyone sees it.
//!
//! Does not: retry, poll, follow redirects, unpack or read proxy variables.

use super::failure::classify;
use super::limits::{
    CONNECT_TIMEOUT, LARGE_REPLIES_AT_ONCE, LARGE_REPLY, LARGE_REPLY_WAITS, LONGEST_HEADER, LONGEST_LOGGED,
    LONGEST_REPLY, MOST_HEADERS,
};
use super::redact::Redactor;
use super::request::{bound_url, headers};
use super::wait;
use harness_model::event::Exchange;
use reqwest::header::CONTENT_ENCODING;
use reqwest::{Response, Url};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Once};
use std::time::Duration;
use tokio::sync::Semaphore;

pub use super::failure::HttpError;
pub use super::reply::Reply;
pub use super::request::{Body, Request};
pub use super::upload::Upload;

/// The one client of a run.
#[derive(Debug, Clone)]
pub struct HttpClient {
    inner: reqwest::Client,
    redactor: Redactor,
    timeout: Duration,
    requests: Arc<AtomicU64>,
    large: Arc<Semaphore>,
}

/// A client that cannot be built.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up")]
pub struct ClientError(#[source] reqwest::Error);

/// How far an exchange came: what a peer that never ends has sent so far.
#[derive(Debug, Default)]
pub(super) struct Progress {
    has_head: AtomicBool,
    bytes: AtomicU64,
    announced: AtomicU64,
}

impl Progress {
    pub(super) fn words(&self) -> String {
        let (bytes, announced) = (self.bytes.load(Ordering::Relaxed), self.announced.load(Ordering::Relaxed));
        match (self.has_head.load(Ordering::Relaxed), announced) {
            (false, _) => "the head of its reply did not end".to_owned(),
            (true, 0) => format!("its body did not end, {bytes} bytes had come"),
            (true, _) => format!("{bytes} of the {announced} bytes of its body had come"),
        }
    }
}

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
            .retry(reqwest::retry::never())
            .http1_max_headers(MOST_HEADERS)
            // Shorter than the exchange, so that it is known that nothing was sent.
            .connect_timeout(CONNECT_TIMEOUT.min(timeout / 2))
            .user_agent(concat!("shakedown/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(ClientError)?;
        let large = Arc::new(Semaphore::new(LARGE_REPLIES_AT_ONCE));
        Ok(Self { inner, redactor, timeout, requests: Arc::default(), large })
    }

    /// A text without secrets.
    pub fn scrub(&self, text: &str) -> String {
        self.redactor.scrub(text)
    }

    /// What learns the secrets of this run, and masks them.
    pub(crate) fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// The beginning of a text, without secrets.
    pub fn scrub_start(&self, text: &str, longest: usize) -> String {
        self.redactor.scrub_start(text, longest)
    }

    /// How long one exchange may take.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// How many requests were sent so far.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Sends a request; what `secret` points at in the reply is learnt, or hidden, before the exchange
    /// is written down.
    ///
    /// *Errors*: [`HttpError`]; the exchange tells it too.
    pub async fn send(&self, request: &Request, secret: &[String]) -> (Exchange, Result<Reply, HttpError>) {
        if let Some(bearer) = &request.bearer {
            self.redactor.learn(bearer);
        }
        let started = wait::now();
        let outcome = self.timed(request).await.map(|mut reply| {
            reply.elapsed = started.elapsed();
            reply.conceal(&self.redactor, secret);
            reply
        });
        (self.log(request, &outcome, started.elapsed()), outcome)
    }

    async fn timed(&self, request: &Request) -> Result<Reply, HttpError> {
        let url = bound_url(request)?;
        let endpoint = url.authority().to_owned();
        let progress = Progress::default();
        let exchange = self.exchange(request, url, &progress);
        let Ok(outcome) = tokio::time::timeout(self.timeout, exchange).await else {
            return Err(HttpError::Timeout { endpoint, within: self.timeout, progress: progress.words() });
        };
        outcome
    }

    async fn exchange(&self, request: &Request, url: Url, progress: &Progress) -> Result<Reply, HttpError> {
        let endpoint = url.authority().to_owned();
        let response = self.begin(request, url, progress).await?;
        progress.has_head.store(true, Ordering::Relaxed);
        self.read(response, &endpoint, progress).await
    }

    /// Sends a request; gives its reply as far as its head.
    pub(super) async fn begin(
        &self,
        request: &Request,
        url: Url,
        progress: &Progress,
    ) -> Result<Response, HttpError> {
        let endpoint = url.authority().to_owned();
        let method = reqwest::Method::from_bytes(request.method.as_bytes())
            .map_err(|_error| HttpError::Url { url: request.method.to_owned() })?;
        let mut builder = self.inner.request(method, url).headers(headers(request)?);
        if let Some(body) = &request.body {
            builder = builder.body(body.sent());
        }
        self.requests.fetch_add(1, Ordering::Relaxed);
        builder.send().await.map_err(|error| classify(&endpoint, &error, &progress.words()))
    }

    /// Reads a body within its limits.
    async fn read(
        &self,
        mut response: Response,
        endpoint: &str,
        progress: &Progress,
    ) -> Result<Reply, HttpError> {
        let status = response.status().as_u16();
        let headers: Vec<(String, String)> = response
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let announced = response.content_length();
        progress.announced.store(announced.unwrap_or_default(), Ordering::Relaxed);
        let too_long = |announced: String| HttpError::TooLong { endpoint: endpoint.to_owned(), announced };
        if let Some(announced) = announced.filter(|announced| *announced > LONGEST_REPLY as u64) {
            return Err(too_long(format!(" (it announces {announced})")));
        }
        if let Some(encoding) = encoding(&response) {
            return Err(HttpError::Encoded { endpoint: endpoint.to_owned(), encoding });
        }
        let (mut bytes, mut place) = (Vec::new(), None);
        loop {
            let chunk = response.chunk().await;
            let Some(chunk) = chunk.map_err(|error| classify(endpoint, &error, &progress.words()))? else {
                break;
            };
            if bytes.len() + chunk.len() > LONGEST_REPLY {
                return Err(too_long(String::new()));
            }
            if bytes.len() + chunk.len() > LARGE_REPLY && place.is_none() {
                let asked = Arc::clone(&self.large).acquire_owned();
                // Whoever waited in vain goes on without a place, and waits no second time.
                place = Some(tokio::time::timeout(LARGE_REPLY_WAITS, asked).await.ok().and_then(Result::ok));
            }
            bytes.extend_from_slice(&chunk);
            progress.bytes.store(bytes.len() as u64, Ordering::Relaxed);
        }
        Ok(Reply { place: place.flatten(), ..Reply::new(status, headers, bytes) })
    }

    /// What the log keeps of a stream: where it was opened, and what came of that.
    pub(super) fn log_head(
        &self,
        request: &Request,
        outcome: Result<u16, &HttpError>,
        elapsed: Duration,
    ) -> Exchange {
        let why = outcome.err().map(ToString::to_string).unwrap_or_default();
        Exchange {
            method: request.method.to_owned(),
            url: self.shown_url(request),
            request_headers: Vec::new(),
            request_body: None,
            credential: request.credential.clone(),
            status: outcome.ok(),
            response_headers: Vec::new(),
            response_body: self.scrub_start(&why, LONGEST_LOGGED),
            elapsed,
        }
    }

    fn shown_url(&self, request: &Request) -> String {
        let url = format!("{}{}", request.base.trim_end_matches('/'), request.path);
        self.scrub_start(&url, LONGEST_LOGGED)
    }

    fn log(&self, request: &Request, outcome: &Result<Reply, HttpError>, elapsed: Duration) -> Exchange {
        let scrub = |text: &str, longest| self.redactor.scrub_start(text, longest);
        let pairs = |headers: &[(String, String)]| -> Vec<(String, String)> {
            let header = |text: &str| scrub(text, LONGEST_HEADER);
            headers.iter().map(|(name, value)| (header(name), header(value))).collect()
        };
        let mut request_headers = pairs(&request.headers);
        if request.bearer.is_some() {
            request_headers.push(("authorization".to_owned(), format!("Bearer {}", super::redact::MASK)));
        }
        let (status, response_headers, response_body) = match outcome {
            Ok(reply) => {
                (Some(reply.status), pairs(&reply.shown_headers()), scrub(&reply.shown(), LONGEST_LOGGED))
            }
            Err(error) => (None, Vec::new(), scrub(&error.to_string(), LONGEST_LOGGED)),
        };
        Exchange {
            method: request.method.to_owned(),
            url: self.shown_url(request),
            request_headers,
            request_body: request.body.as_ref().map(|body| scrub(&body.shown(), LONGEST_LOGGED)),
            credential: request.credential.clone(),
            status,
            response_headers,
            response_body,
            elapsed,
        }
    }
}

/// The encoding of a body that is packed. None was asked for, so none is unpacked: a bomb stays small, and what cannot
/// be read cannot be scrubbed.
pub(super) fn encoding(response: &Response) -> Option<String> {
    let packed = response.headers().get_all(CONTENT_ENCODING).iter().find(|encoding| {
        let encoding = encoding.as_bytes();
        !encoding.is_empty() && !encoding.eq_ignore_ascii_case(b"identity")
    });
    let is_empty = response.content_length() == Some(0);
    packed.filter(|_| !is_empty).map(|encoding| String::from_utf8_lossy(encoding.as_bytes()).into_owned())
}
