//! Retries: how long to wait before another send, and how many sends a run may repeat. Pure arithmetic.
//!
//! Does not: sleep, count or roll dice; the engine brings what it counted, and a number at random.

use std::time::Duration;

/// How many sends a run may repeat: a share of its requests, and a few more, so that a small run may repeat at all.
/// Whatever breaks, the traffic of a run grows by no more than this.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetryBudget(f64);

impl RetryBudget {
    /// What holds when the suite does not say: a tenth of the requests.
    pub const DEFAULT: Self = Self(0.1);
    /// The sends that a run may repeat however few its requests are.
    pub const FLOOR: u64 = 10;

    /// A share between nothing and everything.
    pub fn new(share: f64) -> Option<Self> {
        (0.0..=1.0).contains(&share).then_some(Self(share))
    }

    /// How many sends may be repeated in a run that has sent so many requests. A share of nothing allows none.
    pub fn allowance(self, requests: u64) -> u64 {
        if self.0 <= 0.0 {
            return 0;
        }
        // Both casts are exact far beyond what a run can send.
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a count of requests"
        )]
        let share = (requests as f64 * self.0) as u64;
        Self::FLOOR + share
    }
}

/// Intervals that double with every failure in a row, and scatter, so that many who failed at once do not come back at
/// once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Growth {
    /// The shortest interval there is.
    pub first: Duration,
    /// How often it may double.
    pub doublings: u32,
}

impl Growth {
    /// The pause after so many failures in a row: between half and the whole of the first interval, doubled once for
    /// each failure. `dice` is any number at random.
    pub fn pause(self, failures: u32, dice: u64) -> Duration {
        let whole = self.first.saturating_mul(1 << failures.min(self.doublings).min(16));
        let (half, sixteenth) = (whole / 2, whole / 32);
        half + sixteenth * u32::try_from(dice % 16).unwrap_or_default()
    }

    /// No pause is longer.
    pub fn longest(self) -> Duration {
        self.first.saturating_mul(1 << self.doublings.min(16))
    }
}

#[cfg(test)]
mod tests {
    use super::{Growth, RetryBudget};
    use std::time::Duration;

    #[test]
    fn a_budget_is_a_share_of_the_requests_and_a_floor() {
        let budget = RetryBudget::DEFAULT;
        let table = [(0, 10), (1, 10), (9, 10), (10, 11), (1000, 110), (u64::MAX, u64::MAX / 10 + 10)];
        for (requests, expected) in table {
            let found = budget.allowance(requests);
            assert!(found.abs_diff(expected) <= expected / 1000, "{requests}: {found}");
        }
        assert_eq!(RetryBudget::new(0.0).map(|none| none.allowance(1000)), Some(0));
        assert_eq!(RetryBudget::new(1.0).map(|all| all.allowance(1000)), Some(1010));
        for share in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert_eq!(RetryBudget::new(share), None, "{share}");
        }
    }

    #[test]
    fn pauses_double_up_to_a_bound_and_scatter_below_it() {
        let growth = Growth { first: Duration::from_secs(2), doublings: 3 };
        for (failures, shortest, longest) in [(1, 2, 4), (2, 4, 8), (3, 8, 16), (4, 8, 16), (u32::MAX, 8, 16)]
        {
            let pauses: Vec<Duration> = (0..100).map(|dice| growth.pause(failures, dice * 7919)).collect();
            assert!(pauses.iter().all(|pause| *pause >= Duration::from_secs(shortest)), "{pauses:?}");
            assert!(pauses.iter().all(|pause| *pause < Duration::from_secs(longest)), "{pauses:?}");
            assert!(pauses.iter().any(|pause| *pause != pauses[0]), "{pauses:?}");
        }
        assert_eq!(growth.longest(), Duration::from_secs(16));
        let far = Growth { first: Duration::MAX, doublings: 40 };
        assert!(far.pause(40, 5) <= Duration::MAX);
    }
}
