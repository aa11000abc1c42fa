//! What befalls a reply.
//!
//! A fault that would change nothing has no chance: a status that is there already, a field that is not there, a body
//! that is empty.
//!
//! Does not: read a stream of events to its end; what needs a whole body leaves a stream as it is.

use axum::body::{self, Body, Bytes, HttpBody};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::bodies::{self, GATEWAY};
use crate::fault::{ArmedFault, OnReply, Pointer};
use crate::problem::Problem;

/// The largest body that is read to be changed, in bytes.
const LARGEST: usize = 64 * 1024 * 1024;

/// The reply as it is after a fault had its chance.
pub(super) async fn befall(effect: &OnReply, fault: &ArmedFault, mut reply: Response) -> Response {
    match effect {
        OnReply::Status(is) => {
            if reply.status() != *is && fault.bites() {
                *reply.status_mut() = *is;
            }
            reply
        }
        OnReply::Header { name, to } => {
            if reply.headers().get(name) != Some(to) && fault.bites() {
                reply.headers_mut().insert(name, to.clone());
            }
            reply
        }
        OnReply::WithoutHeader(name) => {
            if reply.headers().contains_key(name) && fault.bites() {
                reply.headers_mut().remove(name);
            }
            reply
        }
        OnReply::Json { at, to } => edited(fault, reply, |body| at.replace(body, to)).await,
        OnReply::With { at, to } => edited(fault, reply, |body| at.add(body, to)).await,
        OnReply::Without(at) => edited(fault, reply, |body| Pointer::remove(at, body)).await,
        OnReply::BodyEmpty => replaced(fault, reply, Body::empty()),
        OnReply::BodyHtml => {
            let mut page = replaced(fault, reply, Body::from(GATEWAY));
            if page.size_hint().exact() == Some(GATEWAY.len() as u64) {
                page.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
            }
            page
        }
        OnReply::ResetMidBody => {
            if !has_body(&reply) || !fault.bites() {
                return reply;
            }
            let (mut parts, body) = reply.into_parts();
            parts.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(parts, bodies::cut(body))
        }
        OnReply::BodyHuge(_) | OnReply::BodySlow(_) | OnReply::BodyTruncated => {
            if !has_body(&reply) || is_stream(reply.headers()) || !fault.bites() {
                return reply;
            }
            resized(effect, reply).await
        }
    }
}

/// The reply with another body, if it has any and the fault bites.
fn replaced(fault: &ArmedFault, reply: Response, body: Body) -> Response {
    if !has_body(&reply) || !fault.bites() {
        return reply;
    }
    let mut parts = reply.into_parts().0;
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, body)
}

/// The reply with its whole body in another form.
async fn resized(effect: &OnReply, reply: Response) -> Response {
    let (mut parts, body) = reply.into_parts();
    let Some(bytes) = read(body).await else { return unreadable() };
    parts.headers.remove(header::CONTENT_LENGTH);
    let body = match effect {
        OnReply::BodyHuge(length) => bodies::filled(bytes, *length),
        OnReply::BodySlow(by) => bodies::slow(&bytes, *by),
        OnReply::BodyTruncated => {
            parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
            bodies::half(&bytes)
        }
        OnReply::Status(_)
        | OnReply::Json { .. }
        | OnReply::With { .. }
        | OnReply::Without(_)
        | OnReply::Header { .. }
        | OnReply::WithoutHeader(_)
        | OnReply::BodyEmpty
        | OnReply::BodyHtml
        | OnReply::ResetMidBody => Body::from(bytes),
    };
    Response::from_parts(parts, body)
}

/// The reply with its JSON edited, if that changes anything and the fault bites.
async fn edited(fault: &ArmedFault, reply: Response, edit: impl FnOnce(&mut Value) -> bool) -> Response {
    if !is_json(reply.headers()) {
        return reply;
    }
    let (mut parts, body) = reply.into_parts();
    let Some(bytes) = read(body).await else { return unreadable() };
    let mut document: Value = match serde_json::from_slice(&bytes) {
        Ok(document) => document,
        Err(_) => return Response::from_parts(parts, Body::from(bytes)),
    };
    if !edit(&mut document) || !fault.bites() {
        return Response::from_parts(parts, Body::from(bytes));
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(document.to_string()))
}

async fn read(body: Body) -> Option<Bytes> {
    body::to_bytes(body, LARGEST).await.ok()
}

/// What is said when a fault would change a body that cannot be read.
fn unreadable() -> Response {
    let text = "a fault changes this reply, and its body is too large, or broke off";
    Problem::new(StatusCode::BAD_GATEWAY, text).into_response()
}

fn has_body(reply: &Response) -> bool {
    reply.body().size_hint().upper() != Some(0)
}

fn media_type(headers: &HeaderMap) -> &str {
    let named = headers.get(header::CONTENT_TYPE).and_then(|named| named.to_str().ok()).unwrap_or_default();
    named.split(';').next().unwrap_or_default().trim()
}

fn is_json(headers: &HeaderMap) -> bool {
    let named = media_type(headers).to_ascii_lowercase();
    named == "application/json" || named.ends_with("+json")
}

fn is_stream(headers: &HeaderMap) -> bool {
    media_type(headers).eq_ignore_ascii_case("text/event-stream")
}
