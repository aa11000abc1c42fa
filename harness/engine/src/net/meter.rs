//! The meter of a run's retries: one for all cases, so that a storm cannot multiply the traffic.
//!
//! Does not: decide what may be sent again.

use harness_model::retry::RetryBudget;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many sends were repeated, and how many may be.
#[derive(Debug)]
pub(crate) struct RetryMeter {
    budget: RetryBudget,
    repeated: AtomicU64,
}

impl RetryMeter {
    pub(crate) fn new(budget: RetryBudget) -> Self {
        Self { budget, repeated: AtomicU64::new(0) }
    }

    /// Takes one send out of the budget of a run that has sent so many requests.
    ///
    /// *Errors*: it is spent; the words say so.
    pub(crate) fn take(&self, requests: u64) -> Result<(), String> {
        let allowance = self.budget.allowance(requests);
        let take = |repeated| (repeated < allowance).then_some(repeated + 1);
        let taken = self.repeated.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        taken.map(drop).map_err(|_spent| {
            format!("not sent again: the retry budget of the run is spent ({allowance} for its {requests} requests)")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::RetryMeter;
    use harness_model::retry::RetryBudget;

    #[test]
    fn what_is_spent_is_spent_until_the_run_has_sent_more() {
        let meter = RetryMeter::new(RetryBudget::DEFAULT);
        for _ in 0..10 {
            assert_eq!(meter.take(9), Ok(()));
        }
        let words = "not sent again: the retry budget of the run is spent (10 for its 9 requests)";
        assert_eq!(meter.take(9), Err(words.to_owned()));
        assert_eq!(meter.take(10), Ok(()));
        assert!(meter.take(10).is_err());
    }
}
