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

/// The units of sizes, and how many bytes each has.
const SIZES: [(&str, u64); 5] =
    [("KiB", 1 << 10), ("MiB", 1 << 20), ("kB", 1_000), ("MB", 1_000_000), ("B", 1)];

/// Reads a number of bytes such as `1 MiB`; none when it is no whole number with a unit.
pub fn size(text: &str) -> Option<u64> {
    let text = text.trim();
    let (number, factor) =
        SIZES.iter().find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, factor)))?;
    number.trim_end().parse::<u64>().ok()?.checked_mul(*factor)
}

/// A number of bytes as people read it: `1 MiB`, `1000 B`.
pub fn display_size(bytes: u64) -> String {
    let whole = |(_, factor): &&(&str, u64)| {
        *factor > 1_000 && factor.is_power_of_two() && bytes.is_multiple_of(*factor)
    };
    let unit = SIZES.iter().rev().filter(|_| bytes > 0).find(whole);
    unit.map_or_else(|| format!("{bytes} B"), |(unit, factor)| format!("{} {unit}", bytes / factor))
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

#[cfg(test)]
mod tests {
    use super::{display_size, size};

    #[test]
    fn a_size_is_a_whole_number_with_a_unit() {
        for (text, expected) in [
            ("1 MiB", Some(1_048_576)),
            ("25 MB", Some(25_000_000)),
            ("2KiB", Some(2048)),
            ("3 kB", Some(3000)),
            (" 512 B ", Some(512)),
            ("0 B", Some(0)),
            ("26", None),
            ("1.5 MiB", None),
            ("1 GB", None),
            ("-1 B", None),
            ("99999999999999999 MiB", None),
        ] {
            assert_eq!(size(text), expected, "{text}");
        }
    }

    #[test]
    fn a_size_is_shown_in_its_largest_whole_unit() {
        for (bytes, expected) in [(0, "0 B"), (1000, "1000 B"), (3072, "3 KiB"), (27_262_976, "26 MiB")] {
            assert_eq!(display_size(bytes), expected);
        }
    }
}
