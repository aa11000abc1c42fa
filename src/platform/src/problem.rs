//! Error answers, in the one shape that the contract has for them.
//!
//! Does not: choose the texts; each route says its own.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use crate::database::DatabaseError;

/// An error answer: a status and `{"error": …}` with optional further keys.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    body: Map<String, Value>,
}

impl Problem {
    /// The answer `{"error": text}` with `status`.
    pub(crate) fn new(status: StatusCode, text: impl Into<String>) -> Self {
        let mut body = Map::new();
        body.insert("error".to_owned(), Value::String(text.into()));
        Self { status, body }
    }

    /// A 400.
    pub(crate) fn bad_request(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, text)
    }

    /// A 404.
    pub(crate) fn not_found(text: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, text)
    }

    /// A 401.
    pub(crate) fn unauthorized(text: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, text)
    }

    /// The same answer with one more key; `retry_after` also becomes the header.
    pub(crate) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.body.insert(key.to_owned(), value.into());
        self
    }

    /// The same answer without a key: only a fault does that.
    pub(crate) fn without(mut self, key: &str) -> Self {
        self.body.remove(key);
        self
    }

    /// Its status.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// The answer of a platform that cannot reach its own database or is being stopped.
    pub(crate) fn unavailable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "platform datastore unavailable — retry shortly")
            .with("code", "platform_unavailable")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let pause = self.body.get("retry_after").and_then(Value::as_u64);
        let mut response = (self.status, Json(Value::Object(self.body))).into_response();
        if let Some(pause) = pause {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(pause));
        }
        response
    }
}

impl From<DatabaseError> for Problem {
    fn from(_: DatabaseError) -> Self {
        Self::unavailable()
    }
}

impl From<getrandom::Error> for Problem {
    fn from(_: getrandom::Error) -> Self {
        Self::unavailable()
    }
}
