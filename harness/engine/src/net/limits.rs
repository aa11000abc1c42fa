//! Limits: what a peer may cost, all in one place. Every one is above what the contract of the platform promises.
//!
//! Does not: enforce them; whoever reads from a peer does.

use std::time::Duration;

/// What a body may hold: the platform promises ten megabytes.
pub(crate) const LONGEST_REPLY: usize = 10 * 1024 * 1024;
/// From here on a body is large, and only so many are read at once.
pub(crate) const LARGE_REPLY: usize = 1024 * 1024;
/// How many large replies a run reads at the same time; the others wait for a place.
pub(crate) const LARGE_REPLIES_AT_ONCE: usize = 4;
/// How long a large reply waits for a place: peers that keep theirs for ever must not starve the healthy ones.
pub(crate) const LARGE_REPLY_WAITS: Duration = Duration::from_secs(1);
/// How long a line of a stream of events may be.
pub(crate) const LONGEST_LINE: usize = 64 * 1024;
/// How many lines of a stream may be nothing that a stream of events has.
pub(crate) const MOST_STRAY_LINES: usize = 16;
/// How many headers a reply may have.
pub(crate) const MOST_HEADERS: usize = 100;
/// How many values the JSON of a reply may have: a value costs fifty times the byte that writes it down.
pub(crate) const LARGEST_TREE: usize = 200_000;
/// What the log keeps of a body.
pub(crate) const LONGEST_LOGGED: usize = 16 * 1024;
/// What the log keeps of a header, and a message of a reply's address.
pub(crate) const LONGEST_HEADER: usize = 1024;
/// What a message keeps of a reply.
pub(crate) const LONGEST_SUMMARY: usize = 400;
/// What a message keeps of one value.
pub(crate) const LONGEST_VALUE: usize = 160;
/// How long a connection may take to come up.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
