//! What a wire fault does to a request or to its reply.
//!
//! Does not: do it; the layer in `wire` does.

use std::str::FromStr;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use jiff::SignedDuration;
use serde_json::Value;

use super::error::FaultError;
use super::parameters::Parameters;
use super::pointer::Pointer;

/// How long a body is made that is told no length, in bytes.
const HUGE: u64 = 64 * 1024 * 1024;

/// The longest that anything may be held back.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// What a wire fault does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Something to the request.
    Request(OnRequest),
    /// Something to the reply.
    Reply(OnReply),
}

/// What befalls a request; all but a delay and a duplicate keep it from the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnRequest {
    /// It is answered in the platform's place.
    Answer {
        /// The status.
        is: StatusCode,
        /// The body.
        body: Page,
    },
    /// It is answered as if it were done.
    Drop,
    /// It is answered with 429.
    Storm {
        /// The seconds to wait.
        retry_after: u64,
    },
    /// It is never answered.
    Hang,
    /// Its connection is closed.
    Reset,
    /// It is held back.
    Delay(Duration),
    /// It is passed on twice.
    Duplicate,
}

/// The body of an answer in the platform's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// An object, with an error for a status that is one.
    Json,
    /// A line of text.
    Text,
    /// The page of a gateway.
    Html,
    /// None.
    Empty,
}

/// What befalls a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnReply {
    /// It has another status.
    Status(StatusCode),
    /// A field has another value.
    Json {
        /// The field.
        at: Pointer,
        /// The value.
        to: Value,
    },
    /// It has one field more.
    With {
        /// The field.
        at: Pointer,
        /// The value.
        to: Value,
    },
    /// It has one field less.
    Without(Pointer),
    /// A header has another value.
    Header {
        /// The header.
        name: HeaderName,
        /// The value.
        to: HeaderValue,
    },
    /// It has one header less.
    WithoutHeader(HeaderName),
    /// It has no body.
    BodyEmpty,
    /// Its body is a page.
    BodyHtml,
    /// Its body is this long, in bytes.
    BodyHuge(u64),
    /// Its body takes this long.
    BodySlow(Duration),
    /// Its body ends early, before its length is reached.
    BodyTruncated,
    /// Its body breaks off, and had no length.
    ResetMidBody,
}

impl Effect {
    /// Takes the effect of the named fault out of its parameters; `None` for a name that is no wire fault's.
    pub(super) fn take(name: &str, from: &mut Parameters<'_>) -> Result<Option<Self>, FaultError> {
        let request = match name {
            "answer" => OnRequest::Answer { is: status(from)?, body: page(from)? },
            "drop-request" => OnRequest::Drop,
            "storm-429" => OnRequest::Storm {
                retry_after: from.parsed("retry-after", "a whole number of seconds")?.unwrap_or(1),
            },
            "hang" => OnRequest::Hang,
            "reset" => OnRequest::Reset,
            "delay" => OnRequest::Delay(duration(from)?),
            "duplicate" => OnRequest::Duplicate,
            _ => return Ok(on_reply(name, from)?.map(Self::Reply)),
        };
        Ok(Some(Self::Request(request)))
    }

    /// Its name and its parameters, `to` last.
    pub(super) fn written(&self) -> (&'static str, Vec<(&'static str, String)>) {
        match self {
            Self::Request(effect) => match effect {
                OnRequest::Answer { is, body } => {
                    ("answer", vec![("is", is.as_str().to_owned()), ("body", body.word().to_owned())])
                }
                OnRequest::Drop => ("drop-request", vec![]),
                OnRequest::Storm { retry_after } => {
                    ("storm-429", vec![("retry-after", retry_after.to_string())])
                }
                OnRequest::Hang => ("hang", vec![]),
                OnRequest::Reset => ("reset", vec![]),
                OnRequest::Delay(by) => ("delay", vec![("by", shown(*by))]),
                OnRequest::Duplicate => ("duplicate", vec![]),
            },
            Self::Reply(effect) => match effect {
                OnReply::Status(is) => ("status", vec![("is", is.as_str().to_owned())]),
                OnReply::Json { at, to } => ("json", vec![("at", at.to_string()), ("to", to.to_string())]),
                OnReply::With { at, to } => ("with", vec![("at", at.to_string()), ("to", to.to_string())]),
                OnReply::Without(at) => ("without", vec![("at", at.to_string())]),
                OnReply::Header { name, to } => {
                    let to = String::from_utf8_lossy(to.as_bytes()).into_owned();
                    ("header", vec![("name", name.to_string()), ("to", to)])
                }
                OnReply::WithoutHeader(name) => ("without-header", vec![("name", name.to_string())]),
                OnReply::BodyEmpty => ("body-empty", vec![]),
                OnReply::BodyHtml => ("body-html", vec![]),
                OnReply::BodyHuge(bytes) => ("body-huge", vec![("bytes", bytes.to_string())]),
                OnReply::BodySlow(by) => ("body-slow", vec![("by", shown(*by))]),
                OnReply::BodyTruncated => ("body-truncated", vec![]),
                OnReply::ResetMidBody => ("reset-mid-body", vec![]),
            },
        }
    }
}

fn on_reply(name: &str, from: &mut Parameters<'_>) -> Result<Option<OnReply>, FaultError> {
    Ok(Some(match name {
        "status" => OnReply::Status(status(from)?),
        "json" => OnReply::Json { at: pointer(from)?, to: json(from)? },
        "with" => OnReply::With { at: below_root(from)?, to: json(from)? },
        "without" => OnReply::Without(below_root(from)?),
        "header" => OnReply::Header {
            name: header(from)?,
            to: required(from, "to", "a header is text without control characters")?,
        },
        "without-header" => OnReply::WithoutHeader(header(from)?),
        "body-empty" => OnReply::BodyEmpty,
        "body-html" => OnReply::BodyHtml,
        "body-huge" => OnReply::BodyHuge(from.parsed("bytes", "a whole number of bytes")?.unwrap_or(HUGE)),
        "body-slow" => OnReply::BodySlow(duration(from)?),
        "body-truncated" => OnReply::BodyTruncated,
        "reset-mid-body" => OnReply::ResetMidBody,
        _ => return Ok(None),
    }))
}

impl Page {
    /// Its name.
    const fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Text => "text",
            Self::Html => "html",
            Self::Empty => "empty",
        }
    }
}

fn required<T: FromStr>(from: &mut Parameters<'_>, key: &str, why: &str) -> Result<T, FaultError> {
    let value = from.required(key)?;
    value.parse().ok().ok_or_else(|| from.wrong(key, value, why))
}

fn status(from: &mut Parameters<'_>) -> Result<StatusCode, FaultError> {
    let value = from.required("is")?;
    let status = value.parse().ok().filter(|status: &StatusCode| (200..600).contains(&status.as_u16()));
    status.ok_or_else(|| from.wrong("is", value, "it is the status of an answer, 200 to 599"))
}

fn page(from: &mut Parameters<'_>) -> Result<Page, FaultError> {
    let Some(value) = from.take("body") else { return Ok(Page::Json) };
    let all = [Page::Json, Page::Text, Page::Html, Page::Empty];
    let named = all.into_iter().find(|page| page.word() == value);
    named.ok_or_else(|| from.wrong("body", value, "it is `json`, `text`, `html` or `empty`"))
}

fn duration(from: &mut Parameters<'_>) -> Result<Duration, FaultError> {
    let value = from.required("by")?;
    let by = value.parse::<SignedDuration>().ok().and_then(|by| Duration::try_from(by).ok());
    by.filter(|by| !by.is_zero() && *by <= LONGEST).ok_or_else(|| {
        from.wrong("by", value, "it is a duration above zero and of at most an hour, such as `500ms` or `2s`")
    })
}

/// As [`duration`] reads it; without a comma, which would end it.
fn shown(by: Duration) -> String {
    SignedDuration::try_from(by).map_or_else(|_| String::new(), |by| format!("{by:#}"))
}

fn pointer(from: &mut Parameters<'_>) -> Result<Pointer, FaultError> {
    let value = from.required("at")?;
    value.parse().map_err(|why| from.wrong("at", value, why))
}

fn below_root(from: &mut Parameters<'_>) -> Result<Pointer, FaultError> {
    let at = pointer(from)?;
    if at.is_root() {
        return Err(from.wrong(
            "at",
            "",
            "the document itself is there in any case; name a field, such as `/url`",
        ));
    }
    Ok(at)
}

fn json(from: &mut Parameters<'_>) -> Result<Value, FaultError> {
    required(from, "to", "it is JSON, such as \"failed\" with its quotes")
}

fn header(from: &mut Parameters<'_>) -> Result<HeaderName, FaultError> {
    required(from, "name", "it is the name of a header, such as `retry-after`")
}
