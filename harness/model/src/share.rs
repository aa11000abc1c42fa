//! Shares: so many of so many, and what that says of the next ones.
//!
//! Does not: count. Whoever has runs or attempts does.

use serde::Serialize;
use std::fmt;

/// The quantile of the normal distribution for a bound that holds in 95 of 100 cases, on both sides together.
const Z: f64 = 1.959_963_984_540_054;

/// So many of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// So many,
    pub hits: u32,
    /// of so many.
    pub of: u32,
}

/// Between what the true share lies, with a confidence of 95 %.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// At least this, from 0 to 1.
    pub low: f64,
    /// At most this, from 0 to 1.
    pub high: f64,
}

impl Share {
    /// Counts one more.
    pub fn add(&mut self, hit: Hit) {
        self.of += 1;
        self.hits += u32::from(hit == Hit::Yes);
    }

    /// The share itself, from 0 to 1; none of nothing.
    pub fn rate(self) -> Option<f64> {
        (self.of > 0).then(|| f64::from(self.hits) / f64::from(self.of))
    }

    /// Wilson's interval, which also holds for few and for none: of nothing it is everything.
    ///
    /// *Source*: E. B. Wilson, Probable inference, the law of succession, and statistical inference (1927).
    pub fn interval(self) -> Interval {
        let Some(rate) = self.rate() else { return Interval { low: 0.0, high: 1.0 } };
        let of = f64::from(self.of);
        let square = Z * Z;
        let middle = rate + square / (2.0 * of);
        let margin = Z * (rate * (1.0 - rate) / of + square / (4.0 * of * of)).sqrt();
        let whole = 1.0 + square / of;
        let low = if self.hits == 0 { 0.0 } else { ((middle - margin) / whole).max(0.0) };
        let high = if self.hits == self.of { 1.0 } else { ((middle + margin) / whole).min(1.0) };
        Interval { low, high }
    }
}

/// Whether one of those that are counted is a hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    /// It is.
    Yes,
    /// It is not.
    No,
}

impl From<bool> for Hit {
    fn from(is_hit: bool) -> Self {
        if is_hit { Self::Yes } else { Self::No }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} of {}", self.hits, self.of)
    }
}

impl Interval {
    /// The lower bound in percent, as people read it: `37.6 %`.
    pub fn low_percent(self) -> String {
        percent(self.low)
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:.0} to {:.0} %", self.low * 100.0, self.high * 100.0)
    }
}

/// A share of one in percent: `37.6 %`.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::{Hit, Share};
    use proptest::prelude::*;

    #[test]
    fn the_bounds_are_those_of_the_tables() {
        for (hits, of, low, high) in [
            (4, 5, 0.3755, 0.9638),
            (5, 5, 0.5655, 1.0),
            (0, 5, 0.0, 0.4345),
            (0, 20, 0.0, 0.1611),
            (1, 10, 0.0179, 0.4042),
            (50, 100, 0.4038, 0.5962),
        ] {
            let found = Share { hits, of }.interval();
            assert!((found.low - low).abs() < 5e-5, "{hits} of {of}: {found:?}");
            assert!((found.high - high).abs() < 5e-5, "{hits} of {of}: {found:?}");
        }
    }

    #[test]
    fn of_nothing_everything_is_possible() {
        let nothing = Share::default();
        assert_eq!((nothing.rate(), nothing.interval().low, nothing.interval().high), (None, 0.0, 1.0));
    }

    #[test]
    fn a_bound_is_shown_in_percent() {
        assert_eq!(Share { hits: 4, of: 5 }.interval().low_percent(), "37.6 %");
        assert_eq!(Share { hits: 4, of: 5 }.interval().to_string(), "38 to 96 %");
        assert_eq!(Share { hits: 4, of: 5 }.to_string(), "4 of 5");
    }

    proptest! {
        #[test]
        fn the_rate_lies_within_its_interval_and_that_within_0_and_1(of in 1_u32..5_000, part in 0_u32..=5_000) {
            let share = Share { hits: part.min(of), of };
            let (rate, interval) = (share.rate().unwrap(), share.interval());
            prop_assert!((0.0..=rate).contains(&interval.low), "{share:?} {interval:?}");
            prop_assert!((rate..=1.0).contains(&interval.high), "{share:?} {interval:?}");
        }

        #[test]
        fn the_same_rate_of_more_is_known_better(of in 1_u32..500, part in 0_u32..=500, times in 2_u32..20) {
            let few = Share { hits: part.min(of), of };
            let many = Share { hits: few.hits * times, of: of * times };
            let width = |share: Share| share.interval().high - share.interval().low;
            prop_assert!(width(many) < width(few) + 1e-12);
        }

        #[test]
        fn one_more_hit_never_lowers_the_bound(hits in 0_u32..200, misses in 0_u32..200) {
            let before = Share { hits, of: hits + misses };
            let mut after = before;
            after.add(Hit::Yes);
            prop_assert!(after.interval().low >= before.interval().low);
            let mut worse = before;
            worse.add(Hit::No);
            prop_assert!(worse.interval().low <= before.interval().low + 1e-12);
        }
    }
}
