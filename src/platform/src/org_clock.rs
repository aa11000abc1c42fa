//! The clocks of organisations: real time, plus what each one was advanced by.
//!
//! Every timer of the contract runs on the clock of its organisation. Whoever waits on it wakes when it is advanced, and
//! [`OrgClock::settled`] says when everything that fell due has been done.
//!
//! Does not: remember the advance beyond the process; `database::orgs` does.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use crate::clock;
use crate::id::OrgId;

/// How long an advance waits, in real time, for the work that fell due.
const PATIENCE: Duration = Duration::from_secs(5);

/// The clock of one organisation.
///
/// *Units*: moments are milliseconds since 1970, on this clock.
pub(crate) struct OrgClock {
    advanced: watch::Sender<i64>,
    turns: Mutex<Turns>,
    settled: Notify,
    /// The next round of the monitors; whoever holds it runs them.
    pub(crate) next_round: tokio::sync::Mutex<Round>,
}

/// A round of the monitors.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    /// Its number; the first one is 1.
    pub(crate) number: u64,
    /// When it falls due.
    pub(crate) moment: i64,
}

/// Who waits for which moment, or is at work since it came.
#[derive(Default)]
struct Turns {
    last: u64,
    due: HashMap<u64, i64>,
}

/// Somebody's turn: a moment to wait for, and the work to be done then, which ends when this is dropped.
#[must_use = "an advance waits for the work only while its turn is held"]
pub(crate) struct Turn {
    clock: Arc<OrgClock>,
    number: u64,
    due: i64,
}

impl Turn {
    /// Waits until the moment comes.
    pub(crate) async fn comes(&self) {
        self.clock.until(self.due).await;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.clock.turns().due.remove(&self.number);
        self.clock.settled.notify_waiters();
    }
}

impl OrgClock {
    /// A clock that was advanced by this much before; its first round comes `period` from now.
    fn new(advanced: i64, period: Duration) -> Self {
        let next = clock::milliseconds_now() + advanced + whole(period);
        Self {
            advanced: watch::Sender::new(advanced),
            turns: Mutex::default(),
            settled: Notify::new(),
            next_round: tokio::sync::Mutex::new(Round { number: 1, moment: next }),
        }
    }

    /// The present moment.
    pub(crate) fn now(&self) -> i64 {
        clock::milliseconds_now() + *self.advanced.borrow()
    }

    /// Sets what it was advanced by; whoever waits looks again.
    pub(crate) fn set_advanced(&self, advanced: i64) {
        self.advanced.send_replace(advanced);
    }

    /// Waits until `moment`, and takes no turn: nobody is kept waiting for what follows.
    pub(crate) async fn until(&self, moment: i64) {
        let mut changes = self.advanced.subscribe();
        while let Ok(left @ 1..) = u64::try_from(moment - self.now()) {
            tokio::select! {
                () = clock::wait(Duration::from_millis(left)) => {}
                // The sender lives as long as `self` does.
                _ = changes.changed() => {}
            }
        }
    }

    /// The turn of who has something to do after `delay`.
    pub(crate) fn turn(self: &Arc<Self>, delay: Duration) -> Turn {
        let due = self.now() + whole(delay);
        let mut turns = self.turns();
        turns.last += 1;
        let number = turns.last;
        turns.due.insert(number, due);
        Turn { clock: Arc::clone(self), number, due }
    }

    /// The output of `work`, or `None` when it takes longer than `limit` on this clock.
    pub(crate) async fn within<F: Future>(&self, limit: Duration, work: F) -> Option<F::Output> {
        let due = self.now() + whole(limit);
        tokio::select! {
            output = work => Some(output),
            () = self.until(due) => None,
        }
    }

    /// Returns when nobody has a turn whose moment has come, or after a few real seconds.
    pub(crate) async fn settled(&self) {
        let settling = async {
            loop {
                let changed = self.settled.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                let now = self.now();
                if self.turns().due.values().all(|due| *due > now) {
                    return;
                }
                changed.await;
            }
        };
        clock::within(PATIENCE, settling).await;
    }

    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A duration in milliseconds; one that is longer than the calendar is as long as it.
pub(crate) fn whole(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}

/// The clocks by organisation.
pub(crate) struct Clocks {
    period: Duration,
    clocks: Mutex<HashMap<OrgId, Arc<OrgClock>>>,
}

impl Clocks {
    /// No clocks yet; each will have rounds with this period.
    pub(crate) fn new(period: Duration) -> Self {
        Self { period, clocks: Mutex::default() }
    }

    /// The clock of `org`; a new one was advanced by what `advanced` says.
    pub(crate) fn of<E>(
        &self,
        org: OrgId,
        advanced: impl FnOnce() -> Result<i64, E>,
    ) -> Result<Arc<OrgClock>, E> {
        let mut clocks = self.clocks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(clock) = clocks.get(&org) {
            return Ok(Arc::clone(clock));
        }
        let clock = Arc::new(OrgClock::new(advanced()?, self.period));
        clocks.insert(org, Arc::clone(&clock));
        Ok(clock)
    }

    /// Whether `org` has a clock, and has not ended.
    pub(crate) fn knows(&self, org: OrgId) -> bool {
        self.clocks.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&org)
    }

    /// Forgets the clock of an organisation that has ended.
    pub(crate) fn forget(&self, org: OrgId) {
        self.clocks.lock().unwrap_or_else(PoisonError::into_inner).remove(&org);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::OrgClock;

    const HOUR: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn whoever_waits_wakes_when_the_clock_is_advanced() {
        let clock = Arc::new(OrgClock::new(0, HOUR));
        let waiting = tokio::spawn({
            let clock = Arc::clone(&clock);
            async move { clock.turn(HOUR).comes().await }
        });
        tokio::task::yield_now().await;
        clock.set_advanced(3_600_000);
        crate::clock::within(Duration::from_secs(10), waiting).await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_clock_has_settled_when_the_work_that_fell_due_is_done() {
        let clock = Arc::new(OrgClock::new(0, HOUR));
        let turn = clock.turn(Duration::ZERO);
        let _later = clock.turn(HOUR);
        turn.comes().await;
        let settled = clock.settled();
        tokio::pin!(settled);
        assert!(futures_util::poll!(&mut settled).is_pending());
        drop(turn);
        assert!(futures_util::poll!(&mut settled).is_ready());
    }

    #[tokio::test]
    async fn a_limit_runs_out_on_the_clock() {
        let clock = OrgClock::new(0, HOUR);
        let work = clock.within(HOUR, std::future::pending::<()>());
        tokio::pin!(work);
        assert!(futures_util::poll!(&mut work).is_pending());
        clock.set_advanced(3_600_000);
        assert_eq!(work.await, None);
        assert_eq!(clock.within(HOUR, async { 7 }).await, Some(7));
    }
}
