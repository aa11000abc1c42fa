//! What befalls a request.
//!
//! Does not: count a chance; whoever calls does.

use axum::body::{self, Body};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use super::bodies::{self, GATEWAY};
use crate::clock;
use crate::fault::{OnRequest, Page};
use crate::problem::Problem;

/// The largest request that is kept to be passed on a second time, in bytes.
const LARGEST: usize = 64 * 1024 * 1024;

/// What becomes of a request.
pub(super) enum Fate {
    /// The platform is asked.
    PassedOn,
    /// The platform is asked, and asked again.
    PassedOnTwice,
    /// The platform is not asked.
    Answered(Response),
}

/// Lets a request have its fate; one that hangs never gets to know it.
pub(super) async fn befall(effect: &OnRequest) -> Fate {
    match effect {
        OnRequest::Delay(by) => {
            clock::wait(*by).await;
            Fate::PassedOn
        }
        OnRequest::Duplicate => Fate::PassedOnTwice,
        OnRequest::Answer { is, body } => Fate::Answered(answer(*is, *body)),
        OnRequest::Drop => Fate::Answered(answer(StatusCode::OK, Page::Json)),
        OnRequest::Storm { retry_after } => {
            let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate limit exceeded");
            Fate::Answered(problem.with("retry_after", *retry_after).into_response())
        }
        OnRequest::Hang => std::future::pending().await,
        OnRequest::Reset => Fate::Answered(Response::new(bodies::reset())),
    }
}

fn answer(status: StatusCode, page: Page) -> Response {
    let reason = status.canonical_reason().unwrap_or("an answer of nobody");
    match page {
        Page::Json if status.is_client_error() || status.is_server_error() => {
            Problem::new(status, reason.to_lowercase()).into_response()
        }
        Page::Json => (status, [(header::CONTENT_TYPE, "application/json")], "{}").into_response(),
        Page::Text => (status, reason).into_response(),
        Page::Html => (status, Html(GATEWAY)).into_response(),
        Page::Empty => status.into_response(),
    }
}

/// A request whose reply can be read, and so changed: one that takes no compression.
pub(super) fn readable(mut request: Request) -> Request {
    if request.headers().contains_key(header::ACCEPT_ENCODING) {
        request.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    }
    request
}

/// Passes a request on, once or more often; the last answer counts.
pub(super) async fn ask(request: Request, next: Next, times: usize) -> Response {
    if times == 1 {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(bytes) = body::to_bytes(body, LARGEST).await else {
        let text = "a fault passes this request on twice, and it is too large, or broke off";
        return Problem::bad_request(text).into_response();
    };
    let copy = || Request::from_parts(parts.clone(), Body::from(bytes.clone()));
    for _ in 1..times {
        let answer = next.clone().run(copy()).await;
        // What is not read to its end is taken back by some servers.
        body::to_bytes(answer.into_body(), LARGEST).await.ok();
    }
    next.run(copy()).await
}
