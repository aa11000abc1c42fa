//! The audit: what every request of the control plane and of the tenants carried. Of headers there are names, of tokens
//! marks; no value of either is kept.
//!
//! Does not: grow. It keeps the latest rows, and counts what it let go.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, Uri, header};
use serde::Serialize;

use crate::tiers;
use crate::token;

/// How many rows are kept.
const KEPT: usize = 20_000;

/// The longest body that is searched for tokens, in bytes; a longer one is a file.
pub(crate) const SEARCHED: u64 = 64 * 1024;

/// How long a minted token is, in characters.
const TOKEN: usize = 64;

/// What became of a request at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Door {
    /// The tenant guard hid the tenant.
    Hidden,
    /// The credential was missing, or not the right one.
    Refused,
    /// There is no such route.
    Unknown,
    /// It came through; what it asked for may be refused all the same.
    Passed,
}

/// A token in a place where none belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stray {
    /// `path`, `query`, `body`, or the name of a header.
    pub place: String,
    /// The mark of the token.
    pub mark: String,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditRow {
    /// When it was answered, RFC 3339.
    pub at: String,
    /// Who was asked: empty for the control plane, else the slug of the tenant's organisation.
    pub tenant: String,
    /// The method, in capitals.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// What became of it at the door.
    pub door: Door,
    /// The names of its headers, in alphabetical order.
    pub headers: Vec<String>,
    /// The organisation that it named.
    pub org: Option<String>,
    /// The mark of its bearer token: the beginning of the token's SHA-256.
    pub bearer: Option<String>,
    /// What looks like a minted token in any other place.
    pub strays: Vec<Stray>,
    /// The status of the answer.
    pub status: u16,
}

/// The latest requests, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Audit {
    /// How many older ones were let go.
    pub dropped: u64,
    /// The rows.
    pub rows: VecDeque<AuditRow>,
}

/// What is known of a request before it is answered.
pub(crate) struct Arrival {
    method: String,
    path: String,
    headers: Vec<String>,
    org: Option<String>,
    bearer: Option<String>,
    strays: Vec<Stray>,
}

impl Arrival {
    /// Notes a request.
    pub(crate) fn of(method: &str, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Self {
        let mut strays = strays("path", uri.path().as_bytes());
        strays.extend(self::strays("query", uri.query().unwrap_or_default().as_bytes()));
        for (name, value) in headers.iter().filter(|(name, _)| **name != header::AUTHORIZATION) {
            strays.extend(self::strays(name.as_str(), value.as_bytes()));
        }
        strays.extend(self::strays("body", body));
        let mut names: Vec<String> = headers.keys().map(|name| name.as_str().to_owned()).collect();
        names.sort();
        let org = headers.get("x-molecule-org-id").and_then(|org| org.to_str().ok());
        Self {
            method: method.to_owned(),
            path: uri.path().to_owned(),
            headers: names,
            org: org.map(str::to_owned),
            bearer: tiers::bearer(headers).map(mark),
            strays,
        }
    }

    /// The row, when the request is answered.
    pub(crate) fn answered(self, tenant: &str, at: String, door: Door, status: u16) -> AuditRow {
        let Self { method, path, headers, org, bearer, strays } = self;
        AuditRow { at, tenant: tenant.to_owned(), method, path, door, headers, org, bearer, strays, status }
    }
}

/// Where rows are kept.
#[derive(Debug, Default)]
pub(crate) struct AuditLog(Mutex<Audit>);

impl AuditLog {
    /// Keeps a row, and lets the oldest one go when there are too many.
    pub(crate) fn keep(&self, row: AuditRow) {
        let mut audit = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        audit.rows.push_back(row);
        if audit.rows.len() > KEPT {
            audit.rows.pop_front();
            audit.dropped += 1;
        }
    }

    /// Everything that is kept.
    pub(crate) fn snapshot(&self) -> Audit {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What tells tokens apart and gives none away.
fn mark(token: &str) -> String {
    token::prefix(&token::digest(token)).to_owned()
}

/// What looks like a minted token in a text: so many hexadecimal digits in a row, and no more.
fn strays(place: &str, text: &[u8]) -> Vec<Stray> {
    text.split(|byte| !byte.is_ascii_hexdigit())
        .filter(|run| run.len() == TOKEN)
        .filter_map(|run| std::str::from_utf8(run).ok())
        .map(|token| Stray { place: place.to_owned(), mark: mark(token) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Arrival, AuditLog, Door, KEPT};
    use axum::http::{HeaderMap, Uri};

    #[test]
    fn the_oldest_rows_are_let_go_and_counted() {
        let log = AuditLog::default();
        for number in 0..KEPT + 3 {
            let path: Uri = format!("/{number}").parse().unwrap();
            let arrival = Arrival::of("GET", &path, &HeaderMap::new(), b"");
            log.keep(arrival.answered("", String::new(), Door::Passed, 200));
        }
        let audit = log.snapshot();
        assert_eq!((audit.dropped, audit.rows.len(), audit.rows[0].path.as_str()), (3, KEPT, "/3"));
    }
}
