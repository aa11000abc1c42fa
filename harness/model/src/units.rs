//! Units: durations as people write them.
//!
//! Does not: know where one was written.

use std::time::Duration;

/// A text that is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a duration: a number with a unit, more than nothing, such as 250ms, 2s or 15m")]
pub struct DurationError {
    text: String,
}

/// Reads a duration such as `15m`; nothing at all is none.
pub fn duration(text: &str) -> Result<Duration, DurationError> {
    let parsed = humantime::parse_duration(text).ok().filter(|duration| !duration.is_zero());
    parsed.ok_or_else(|| DurationError { text: text.to_owned() })
}

/// A number of things: `1 case`, `3 cases`.
pub fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// A duration as people read it: `1.25s`, `350ms`, `12m 3s`.
pub fn display(duration: Duration) -> String {
    let rounded = match duration.as_millis() {
        0..1000 => Duration::from_millis(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)),
        1000..60_000 => return format!("{:.1}s", duration.as_secs_f64()),
        _ => Duration::from_secs(duration.as_secs()),
    };
    humantime::format_duration(rounded).to_string()
}
