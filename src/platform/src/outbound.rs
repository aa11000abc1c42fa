//! The door out: the one client with which the platform calls agents, and the proxy its target.
//!
//! Does not: follow redirects, honour proxies or keep idle connections, of which a thousand agents would need a
//! thousand.

use axum::http::{HeaderValue, Method, StatusCode};

/// The largest answer that is read.
const LARGEST: usize = 10 * 1024 * 1024;

/// The header that names the dialect of a message.
pub(crate) const VERSION_HEADER: &str = "a2a-version";

/// Why a call brought no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutboundError {
    /// Nobody listens there.
    #[error("cannot connect to the agent")]
    Connect(#[source] reqwest::Error),
    /// The exchange broke off.
    #[error("the exchange with the agent broke off")]
    Transport(#[source] reqwest::Error),
    /// The answer began, and broke off.
    #[error("the agent's answer broke off")]
    Cut(#[source] reqwest::Error),
    /// The answer is larger than 10 MB.
    #[error("the agent's answer is too large")]
    TooLarge,
}

impl From<reqwest::Error> for OutboundError {
    fn from(error: reqwest::Error) -> Self {
        if error.is_connect() { Self::Connect(error) } else { Self::Transport(error) }
    }
}

/// A client that does what it is told and nothing else.
#[expect(clippy::disallowed_methods, reason = "this file is the door out")]
fn client() -> Result<reqwest::Client, reqwest::Error> {
    // Another part of the process may have installed a provider already; either one will do.
    rustls::crypto::ring::default_provider().install_default().ok();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .pool_max_idle_per_host(0)
        .build()
}

/// A client that passes the requests of others on.
#[derive(Clone, Debug)]
pub(crate) struct Passage(reqwest::Client);

impl Passage {
    /// The client.
    pub(crate) fn new() -> Result<Self, reqwest::Error> {
        client().map(Self)
    }

    /// A request that is still to be sent.
    pub(crate) fn request(&self, method: Method, url: &str) -> reqwest::RequestBuilder {
        self.0.request(method, url)
    }
}

/// A client of agents.
#[derive(Clone, Debug)]
pub(crate) struct Outbound(reqwest::Client);

impl Outbound {
    /// The client.
    pub(crate) fn new() -> Result<Self, reqwest::Error> {
        client().map(Self)
    }

    /// Posts a JSON body and reads the whole answer, however long it takes: whoever calls knows for how long.
    pub(crate) async fn post(
        &self,
        url: &str,
        body: String,
        version: Option<&HeaderValue>,
    ) -> Result<(StatusCode, Vec<u8>), OutboundError> {
        let mut request = self.0.post(url).header("content-type", "application/json").body(body);
        if let Some(version) = version {
            request = request.header(VERSION_HEADER, version);
        }
        let mut response = request.send().await?;
        let status = response.status();
        let mut answer = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(OutboundError::Cut)? {
            if answer.len() + chunk.len() > LARGEST {
                return Err(OutboundError::TooLarge);
            }
            answer.extend_from_slice(&chunk);
        }
        Ok((status, answer))
    }
}
