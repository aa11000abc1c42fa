//! The pace of a replay: a run as fast as it went, or so many times as fast.
//!
//! Does not: show it.

use crate::identity;
use harness_engine::net::wait;
use jiff::{SignedDuration, Timestamp};
use std::sync::OnceLock;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The pace of a replay.
#[derive(Debug)]
pub struct Pace {
    speed: f64,
    /// When the run began in its own time, and when its replay did in ours.
    began: OnceLock<(Timestamp, Duration)>,
    origin: Instant,
}

impl Pace {
    /// So many times as fast as it went.
    pub fn new(speed: f64) -> Self {
        Self { speed, began: OnceLock::new(), origin: wait::now() }
    }

    /// What time it is in the run.
    pub fn now(&self) -> Timestamp {
        let Some((began, since)) = self.began.get() else { return identity::now() };
        let passed = self.origin.elapsed().saturating_sub(*since).mul_f64(self.speed.min(1e9));
        began.checked_add(SignedDuration::try_from(passed).unwrap_or_default()).unwrap_or(*began)
    }

    /// Waits until it is so late in the run; the first time that is waited for is its beginning.
    pub async fn reach(&self, at: Timestamp) {
        let (began, since) = self.began.get_or_init(|| (at, self.origin.elapsed()));
        let due = Duration::try_from(at.duration_since(*began)).unwrap_or_default();
        let due = Duration::try_from_secs_f64(due.as_secs_f64() / self.speed).unwrap_or_default();
        let left = (*since + due).saturating_sub(self.origin.elapsed());
        if !left.is_zero() {
            wait::sleep(left, &CancellationToken::new()).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;
    use harness_engine::net::wait;
    use jiff::Timestamp;
    use std::time::Duration;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).expect("a time")
    }

    #[tokio::test(start_paused = true)]
    async fn events_come_as_far_apart_as_they_were_divided_by_the_speed() {
        let (started, pace) = (wait::now(), Pace::new(10.0));
        for (second, expected) in [(0, 0), (30, 3_000), (30, 3_000), (100, 10_000)] {
            pace.reach(at(second)).await;
            let passed = started.elapsed().as_millis();
            assert!(passed.abs_diff(expected) <= 2, "{passed} ms at {second} s");
        }
        let now = pace.now();
        assert!(now.duration_since(at(100)).abs().as_millis() < 50, "{now}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_went_backwards_makes_nobody_wait() {
        let (started, pace) = (wait::now(), Pace::new(1.0));
        pace.reach(at(100)).await;
        pace.reach(at(0)).await;
        assert_eq!(started.elapsed(), Duration::ZERO);
    }
}
