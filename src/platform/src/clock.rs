//! The clock: the platform's only door to time.
//!
//! Does not: schedule anything by itself.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

/// The present moment as the wire shows it: RFC 3339 in UTC.
#[expect(clippy::disallowed_methods, reason = "this file is the door to time")]
pub(crate) fn timestamp() -> String {
    jiff::Timestamp::now().to_string()
}

/// The present moment in milliseconds since 1970.
#[expect(clippy::disallowed_methods, reason = "this file is the door to time")]
pub(crate) fn milliseconds_now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// The moment that lies `advanced` milliseconds ahead of the present one, as the wire shows it.
#[expect(clippy::disallowed_methods, reason = "this file is the door to time")]
pub(crate) fn timestamp_ahead(advanced: i64) -> String {
    let now = jiff::Timestamp::now();
    now.checked_add(jiff::SignedDuration::from_millis(advanced)).unwrap_or(now).to_string()
}

/// A moment as [`timestamp`] writes it, in milliseconds since 1970.
pub(crate) fn milliseconds(timestamp: &str) -> Option<i64> {
    timestamp.parse().ok().map(jiff::Timestamp::as_millisecond)
}

/// The moment that lies `by` before one that [`timestamp`] wrote.
pub(crate) fn earlier(timestamp: &str, by: Duration) -> String {
    let moment: Option<jiff::Timestamp> = timestamp.parse().ok();
    let earlier = moment.and_then(|moment| moment.checked_sub(by).ok());
    earlier.map_or_else(|| timestamp.to_owned(), |earlier| earlier.to_string())
}

/// A moment as [`timestamp`] or a client writes it, in nanoseconds since 1970: moments are compared as numbers, for as
/// texts `…:05Z` would come after `…:05.1Z`.
pub(crate) fn nanoseconds(timestamp: &str) -> Option<i64> {
    timestamp.parse().ok().and_then(|moment: jiff::Timestamp| moment.as_nanosecond().try_into().ok())
}

/// The moment that lies `delay` ahead, on the monotonic clock.
#[expect(clippy::disallowed_methods, reason = "this file is the door to time")]
pub(crate) fn moment_after(delay: Duration) -> Instant {
    Instant::now() + delay
}

/// Waits for `delay`.
#[expect(clippy::disallowed_methods, reason = "this file is the door to time")]
pub(crate) async fn wait(delay: Duration) {
    tokio::time::sleep(delay).await;
}

/// Waits until `moment`; returns at once when it has passed.
#[expect(clippy::disallowed_methods, reason = "this file is the door to time")]
pub(crate) async fn wait_until(moment: Instant) {
    tokio::time::sleep_until(moment).await;
}

/// The output of `work`, or `None` when it takes longer than `limit`.
pub(crate) async fn within<F: Future>(limit: Duration, work: F) -> Option<F::Output> {
    tokio::time::timeout(limit, work).await.ok()
}
