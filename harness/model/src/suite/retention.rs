//! Retention: what a root keeps of the runs of a suite.
//!
//! Does not: remove anything. The runner does, and never a run that lives, has something left to sweep, or is the newest green
//! of an arm.

use crate::source::At;
use jiff::Timestamp;
use std::time::Duration;

/// What is kept of a suite's runs; what is not bounded is kept for good.
#[derive(Debug, Clone, Default)]
pub struct Retention {
    /// The recordings, which are large.
    pub recordings: Option<At<Bounds>>,
    /// The history, which is small, and which gates and estimates are made of.
    pub history: Option<At<Bounds>>,
}

/// How much is kept. What is beyond one of them goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// So many runs on each environment, the newest ones.
    pub runs: Option<u32>,
    /// Those that began no longer ago.
    pub age: Option<Duration>,
}

impl Retention {
    /// Whether anything may go.
    pub fn bounds_any(&self) -> bool {
        self.recordings.is_some() || self.history.is_some()
    }
}

impl Bounds {
    /// How many runs are beyond the bounds, of those on one environment, of which the newest is the first.
    pub fn beyond(&self, began: &[Timestamp], now: Timestamp) -> usize {
        let by_count = self.runs.map_or(0, |runs| began.len().saturating_sub(runs as usize));
        let before = self.age.and_then(|age| now.checked_sub(age).ok());
        let is_old = |at: &&Timestamp| before.is_some_and(|before| **at < before);
        by_count.max(began.iter().rev().take_while(is_old).count())
    }
}

#[cfg(test)]
mod tests {
    use super::Bounds;
    use jiff::Timestamp;
    use std::time::Duration;

    const DAY: i64 = 86_400;

    fn beyond(runs: Option<u32>, days: Option<u64>, ages: &[i64]) -> usize {
        let at = |days: &i64| Timestamp::from_second(1_800_000_000 - days * DAY).unwrap();
        let bounds = Bounds { runs, age: days.map(|days| Duration::from_secs(days * 86_400)) };
        bounds.beyond(&ages.iter().map(at).collect::<Vec<_>>(), at(&0))
    }

    #[test]
    fn what_is_beyond_one_bound_goes_and_what_is_on_it_stays() {
        let ages = [0, 1, 2, 3, 4];
        for (runs, days, gone) in [
            (Some(5), None, 0),
            (Some(2), None, 3),
            (Some(9), None, 0),
            (None, Some(3), 1),
            (None, Some(9), 0),
            (Some(3), Some(3), 2),
            (Some(4), Some(1), 3),
        ] {
            assert_eq!(beyond(runs, days, &ages), gone, "{runs:?} {days:?}");
        }
        assert_eq!(beyond(Some(1), Some(1), &[]), 0);
    }
}
