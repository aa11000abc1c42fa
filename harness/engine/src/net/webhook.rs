//! Webhooks: one `POST`, signed, with a key by which the other side sees that it has it already, repeated a few times.
//!
//! Does not: know what is told, or whom.

use super::http::{Body, HttpClient, HttpError, Request};
use super::reach::{Footing, Reach};
use super::redact::Secret;
use super::wait::{self, Pace, Probe, WaitError};
use harness_model::transport::Sent;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Url;
use sha2::Sha256;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often it is sent at most.
pub const ATTEMPTS: u32 = 4;
/// The pause before the second attempt; it doubles from then on.
const PAUSE: Duration = Duration::from_millis(200);
/// The header with the signature.
pub const SIGNATURE: &str = "x-shakedown-signature";
/// The header with the key: the same for every attempt.
pub const KEY: &str = "idempotency-key";
/// How much of a reply is told.
const LONGEST_TOLD: usize = 200;

/// What is posted.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Where to.
    pub url: Secret,
    /// What it says, as JSON.
    pub body: String,
    /// What names it: a receiver that has seen the key has it already.
    pub key: String,
    /// What signs it.
    pub signed: Option<Secret>,
    /// Its bearer token.
    pub bearer: Option<Secret>,
}

/// A webhook that did not come through.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// It has no URL.
    #[error("its URL is none: http:// or https://, a host, and a path")]
    Url,
    /// No reply came.
    #[error("no reply came, sent {attempts}")]
    Silent {
        /// How often it was sent.
        attempts: Times,
        /// Why no reply came to the last one.
        source: HttpError,
    },
    /// The reply was no success.
    #[error("{host} replied {status}, sent {attempts}{said}")]
    Refused {
        /// Whose reply it was.
        host: String,
        /// Its status.
        status: u16,
        /// How often it was sent.
        attempts: Times,
        /// How its reply began.
        said: String,
    },
    /// Time was up.
    #[error("time was up after {within:?}, sent {attempts}: {last}")]
    Late {
        /// How long it had.
        within: Duration,
        /// How often it was sent.
        attempts: Times,
        /// What the last attempt came to.
        last: String,
    },
}

/// A number of times, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times(pub u32);

impl std::fmt::Display for Times {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            1 => formatter.write_str("once"),
            2 => formatter.write_str("twice"),
            times => write!(formatter, "{times} times"),
        }
    }
}

/// Posts it within a time; gives how often it was sent. `seconds` is the time of day, since 1970.
///
/// No reply, and replies that say "not now" (408, 425, 429, 5xx), are followed by another attempt; everything else is final.
///
/// *Errors*: [`WebhookError`]; none of its texts holds a secret that the client knows.
pub async fn post(
    client: &HttpClient,
    webhook: &Webhook,
    within: Duration,
    seconds: impl Fn() -> i64,
) -> Result<u32, WebhookError> {
    for secret in [Some(&webhook.url), webhook.signed.as_ref(), webhook.bearer.as_ref()].into_iter().flatten()
    {
        client.redactor().learn(secret);
    }
    let url = Url::parse(webhook.url.expose()).map_err(|_error| WebhookError::Url)?;
    let host =
        url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")).ok_or(WebhookError::Url)?;
    let pace = Pace { every: PAUSE, within, at_most: None };
    let mut sent = 0;
    let outcome = wait::until(pace, &CancellationToken::new(), || {
        sent += 1;
        let (request, attempts) = (request(&url, webhook, seconds()), sent);
        async move {
            match client.send(&request, &[]).await.1 {
                Ok(reply) if reply.is_success() => Probe::Ready(()),
                Ok(reply) => {
                    let said = client.scrub_start(reply.text.trim(), LONGEST_TOLD);
                    let said = if said.is_empty() { said } else { format!(": {said}") };
                    let (host, status) = (host.to_owned(), reply.status);
                    let refused = WebhookError::Refused { host, status, attempts: Times(attempts), said };
                    let is_not_now = matches!(status, 408 | 425 | 429 | 500..600);
                    again(is_not_now, attempts, refused, reply.retry_after())
                }
                Err(source) => {
                    let is_worth_it = source.transport().is_some() || source.sent() == Sent::Perhaps;
                    again(
                        is_worth_it,
                        attempts,
                        WebhookError::Silent { attempts: Times(attempts), source },
                        None,
                    )
                }
            }
        }
    })
    .await;
    match outcome {
        Ok(((), attempts)) => Ok(attempts),
        Err(WaitError::Failed(error)) => Err(error),
        Err(WaitError::TimedOut { last, .. }) => {
            Err(WebhookError::Late { within, attempts: Times(sent), last })
        }
        Err(WaitError::Cancelled) => {
            Err(WebhookError::Late { within, attempts: Times(sent), last: "it was stopped".to_owned() })
        }
    }
}

fn again(
    is_worth_it: bool,
    attempts: u32,
    error: WebhookError,
    after: Option<Duration>,
) -> Probe<(), WebhookError> {
    if is_worth_it && attempts < ATTEMPTS {
        let status = match &error {
            WebhookError::Silent { source, .. } => source.to_string(),
            WebhookError::Url | WebhookError::Refused { .. } | WebhookError::Late { .. } => error.to_string(),
        };
        Probe::NotNow { status: status.into(), after }
    } else {
        Probe::Failed(error)
    }
}

fn request(url: &Url, webhook: &Webhook, seconds: i64) -> Request {
    let mut headers = vec![(KEY.to_owned(), webhook.key.clone())];
    if let Some(secret) = &webhook.signed {
        headers.push((SIGNATURE.to_owned(), signature(secret, seconds, &webhook.body)));
    }
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    Request {
        method: "POST",
        base: url.origin().ascii_serialization(),
        reach: Reach { hosts: Vec::new(), footing: Footing::Meant },
        path: format!("{}{query}", url.path()),
        headers,
        bearer: webhook.bearer.clone(),
        credential: None,
        body: Some(Body::Text(webhook.body.clone())),
    }
}

/// The signature of a body at a time: `t=1763742000,v1=<hex>`.
fn signature(secret: &Secret, seconds: i64, body: &str) -> String {
    // A key of any length does, so there always is one.
    let code = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.expose().trim().as_bytes());
    let digest = code.map(|code| code.chain_update(format!("{seconds}.{body}")).finalize().into_bytes());
    let hexadecimal =
        digest.into_iter().flatten().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    format!("t={seconds},v1={hexadecimal}")
}

#[cfg(test)]
mod tests {
    use super::signature;

    #[test]
    fn a_signature_is_the_hmac_of_the_time_a_dot_and_the_body() {
        // printf '1763742000.{}' | openssl dgst -sha256 -hmac Jefe
        let expected = "t=1763742000,v1=d0c3b7901a958a64e2a37276fa1754fadea1ccb00fc96fc9e75b41415fe220a4";
        assert_eq!(signature(&"Jefe".into(), 1_763_742_000, "{}"), expected);
    }
}
