//! The bell: what an event rings, so that a poll looks at once.
//!
//! Events that come while nobody waits ring once, and what a look can have seen rings no more after it.
//!
//! Does not: know what rings it.

use futures_util::FutureExt;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

/// Ends the pauses of a poll early.
#[derive(Debug, Default)]
pub struct Bell {
    rung: Notify,
    wanted: Notify,
    is_held: AtomicBool,
}

/// Whether somebody who hears of events holds the rope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rope {
    /// Events will ring.
    Held,
    /// Nothing will ring.
    Loose,
}

impl Bell {
    /// Ends the pause that is under way, or else the next one.
    pub fn ring(&self) {
        self.rung.notify_one();
    }

    /// Returns when a poll pauses for the first time: one that sees at once what it waits for needs no events.
    pub async fn wanted(&self) {
        self.wanted.notified().await;
    }

    /// Says whether events will ring from now on.
    pub fn hang(&self, rope: Rope) {
        self.is_held.store(rope == Rope::Held, Ordering::Relaxed);
    }

    pub(super) fn rope(&self) -> Rope {
        if self.is_held.load(Ordering::Relaxed) { Rope::Held } else { Rope::Loose }
    }

    /// Returns when it rings.
    pub(super) async fn rung(&self) {
        self.wanted.notify_one();
        self.rung.notified().await;
    }

    /// Forgets what rang so far: the look that follows sees it.
    pub(super) fn hush(&self) {
        self.rung.notified().now_or_never();
    }
}

#[cfg(test)]
mod tests {
    use super::{Bell, Rope};
    use crate::net::wait::Status;
    use crate::net::wait::{Pace, Probe, WaitError, now, until_woken};
    use std::cell::RefCell;
    use std::future::Future;
    use std::time::Duration;
    use tokio_util::sync::CancellationToken;

    const SECOND: Duration = Duration::from_secs(1);
    /// It looks at once, and then not for an hour.
    const PACE: Pace =
        Pace { every: Duration::from_secs(3600), within: Duration::from_secs(7200), at_most: None };

    /// When a poll that never sees what it waits for looked, while somebody rang.
    async fn looks(
        pace: Pace,
        bell: &Bell,
        probe: impl Fn() -> Probe<(), ()>,
        ringing: impl Future<Output = ()>,
    ) -> Vec<Duration> {
        let (start, looks) = (now(), RefCell::new(Vec::new()));
        let cancel = CancellationToken::new();
        let waiting = until_woken(pace, Some(bell), &cancel, || {
            looks.borrow_mut().push(start.elapsed());
            let probe = probe();
            async { probe }
        });
        let never = async {
            ringing.await;
            std::future::pending::<()>().await;
        };
        tokio::select! {
            ended = waiting => assert!(matches!(ended, Err(WaitError::TimedOut { .. }))),
            () = never => {}
        }
        looks.into_inner()
    }

    fn not_yet() -> Probe<(), ()> {
        Probe::NotYet { status: Status::default(), after: None }
    }

    async fn pass(time: Duration) {
        crate::net::wait::sleep(time, &CancellationToken::new()).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_ring_brings_about_a_look_at_once() {
        let bell = Bell::default();
        let pace = Pace { within: PACE.every, ..PACE };
        let found = looks(pace, &bell, not_yet, async {
            for _ in 0..3 {
                pass(SECOND * 5).await;
                bell.ring();
            }
        });
        // The last look is no event's: it is what is left of an hour that would have been too short for the interval.
        let end = Duration::from_millis(3600 * 1000 - 20);
        assert_eq!(found.await, [Duration::ZERO, SECOND * 5, SECOND * 10, SECOND * 15, end]);
    }

    #[tokio::test(start_paused = true)]
    async fn rings_that_come_together_bring_about_one_look() {
        let bell = Bell::default();
        (0..100).for_each(|_| bell.ring());
        let found = looks(Pace { within: SECOND, ..PACE }, &bell, not_yet, async {
            pass(SECOND / 2).await;
            (0..100).for_each(|_| bell.ring());
        });
        // What rang before the first look was seen by it.
        assert_eq!(found.await, [Duration::ZERO, SECOND / 2, Duration::from_millis(980)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_bell_that_never_rests_brings_about_fifty_looks_in_an_interval() {
        let bell = Bell::default();
        let pace = Pace { every: SECOND * 10, within: SECOND * 40, at_most: None };
        let found = looks(pace, &bell, not_yet, async {
            loop {
                bell.ring();
                pass(Duration::from_millis(1)).await;
            }
        });
        let found = found.await;
        assert!((200..=4 * 50 + 12).contains(&found.len()), "{}", found.len());
        let shortest = found.windows(2).map(|pair| pair[1].abs_diff(pair[0])).min();
        assert!(shortest >= Some(Duration::from_millis(20)), "{shortest:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_busy_peer_asked_for_is_kept_and_what_a_waking_one_asked_for_is_not() {
        let ringing = async |bell: &Bell| {
            pass(SECOND).await;
            bell.ring();
        };
        let bell = Bell::default();
        let after = Some(SECOND * 15);
        let busy = || Probe::NotNow { status: Status::default(), after };
        let found = looks(Pace { within: SECOND * 20, ..PACE }, &bell, busy, ringing(&bell)).await;
        assert_eq!(found[..2], [Duration::ZERO, SECOND * 15]);
        let bell = Bell::default();
        let waking = || Probe::NotYet { status: Status::default(), after };
        let found = looks(Pace { within: SECOND * 20, ..PACE }, &bell, waking, ringing(&bell)).await;
        assert_eq!(found[..2], [Duration::ZERO, SECOND]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_bound_of_an_environment_is_ten_times_as_long_while_events_ring() {
        let pace = Pace { within: SECOND * 10, at_most: Some(SECOND / 2), ..PACE };
        for (rope, expected) in [(Rope::Loose, 21), (Rope::Held, 3)] {
            let bell = Bell::default();
            bell.hang(rope);
            let found = looks(pace, &bell, not_yet, async {}).await;
            assert_eq!(found.len(), expected, "{rope:?} {found:?}");
        }
    }
}
