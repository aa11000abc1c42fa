//! Durations in written formats: seconds as a number.
//!
//! Does not: keep more than microseconds.

use serde::{Deserialize, Deserializer, Serializer};
use std::time::Duration;

pub(crate) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(written(duration))
}

fn written(duration: &Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e6
}

/// What a reader of the log gets for it: a view must say the same of a run as of its recording.
pub(crate) fn read_back(duration: Duration) -> Duration {
    Duration::try_from_secs_f64(written(&duration)).unwrap_or(duration)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    Duration::try_from_secs_f64(seconds).map_err(serde::de::Error::custom)
}
