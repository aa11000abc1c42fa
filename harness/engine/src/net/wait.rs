//! Waiting: the one loop of the engine, and its only sleep.
//!
//! Does not: know what is waited for.

use super::bell::{Bell, Rope};
use harness_model::retry::Growth;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Where a deadline is put that no clock can hold.
const FAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How often the interval may double while the other side says "not now".
const DOUBLINGS: u32 = 3;

/// No look follows another sooner, however many events ring.
pub(super) const BREATH: Duration = Duration::from_millis(20);

/// So many looks of a poll may each come as early as that,
const QUICK_LOOKS: u32 = 10;

/// and from then on an interval has no more looks than this: a stream that never rests costs no more.
const LOOKS_PER_INTERVAL: u32 = 50;

/// How much longer than its upper bound an interval may be while events ring.
const CALM: u32 = 10;

/// What a look that was too early found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// In a word, for whoever watches.
    pub word: String,
    /// In full, for the message at the deadline.
    pub text: String,
}

impl From<String> for Status {
    fn from(text: String) -> Self {
        Self { word: text.lines().next().unwrap_or_default().to_owned(), text }
    }
}

/// What one look found.
#[derive(Debug)]
pub enum Probe<T, E> {
    /// What was waited for.
    Ready(T),
    /// Not yet; look again, no sooner than asked if something was asked.
    NotYet {
        /// What it looked like.
        status: Status,
        /// How long the other side asked to be left alone.
        after: Option<Duration>,
    },
    /// The other side says "not now", or nothing at all: look again after a pause that grows with every such look.
    NotNow {
        /// What it looked like.
        status: Status,
        /// How long the other side asked to be left alone.
        after: Option<Duration>,
    },
    /// It will not come.
    Failed(E),
}

/// How to wait.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// The interval between looks.
    pub every: Duration,
    /// The deadline.
    pub within: Duration,
    /// An upper bound for the interval, also where the other side asks for more; ten times as much while events ring.
    pub at_most: Option<Duration>,
}

impl Pace {
    fn bounded(&self, pause: Duration, bell: Option<&Bell>) -> Duration {
        let calm = if bell.map(Bell::rope) == Some(Rope::Held) { CALM } else { 1 };
        self.at_most.map_or(pause, |at_most| pause.min(at_most * calm))
    }
}

/// How soon a poll may look again after so many looks that events have brought about.
fn breath(early: u32, interval: Duration) -> Duration {
    if early < QUICK_LOOKS { BREATH } else { BREATH.max(interval / LOOKS_PER_INTERVAL) }
}

/// Why nothing came.
#[derive(Debug)]
pub enum WaitError<E> {
    /// It will not come.
    Failed(E),
    /// The deadline passed.
    TimedOut {
        /// What the last look found.
        last: String,
        /// How often it looked.
        looks: u32,
    },
    /// Somebody stopped the run.
    Cancelled,
}

/// The time, on tokio's clock, which tests can hold.
#[expect(clippy::disallowed_methods, reason = "the one clock of the engine")]
pub fn now() -> Instant {
    Instant::now()
}

/// Looks until something is ready, fails, or time is up; the first look is at once.
///
/// *Errors*: [`WaitError`], with what the last look found.
pub async fn until<T, E, F>(
    pace: Pace,
    cancel: &CancellationToken,
    probe: impl FnMut() -> F,
) -> Result<(T, u32), WaitError<E>>
where
    F: Future<Output = Probe<T, E>>,
{
    until_woken(pace, None, cancel, probe).await
}

/// The same with a bell: when it rings there is another look, though none that a busy peer asked to be spared.
///
/// *Errors*: [`WaitError`], with what the last look found.
pub async fn until_woken<T, E, F>(
    pace: Pace,
    bell: Option<&Bell>,
    cancel: &CancellationToken,
    mut probe: impl FnMut() -> F,
) -> Result<(T, u32), WaitError<E>>
where
    F: Future<Output = Probe<T, E>>,
{
    let started = now();
    let deadline = started.checked_add(pace.within).unwrap_or(started + FAR);
    let mut last = "it did not reply once".to_owned();
    let (mut looks, mut early, mut troubles) = (0, 0, 0);
    let growth = Growth { first: pace.every, doublings: DOUBLINGS };
    loop {
        bell.inspect(|bell| bell.hush());
        let look = tokio::select! {
            look = tokio::time::timeout_at(deadline, probe()) => look,
            () = cancel.cancelled() => return Err(WaitError::Cancelled),
        };
        looks += 1;
        let left = deadline.saturating_duration_since(now());
        let (mut pause, mut spared) = (pace.every, Duration::ZERO);
        match look {
            Ok(Probe::Ready(value)) => return Ok((value, looks)),
            Ok(Probe::Failed(error)) => return Err(WaitError::Failed(error)),
            Ok(Probe::NotYet { status, after }) => {
                (last, troubles) = (status.text, 0);
                pause = pause.max(after.unwrap_or_default());
            }
            Ok(Probe::NotNow { status, after }) => {
                (last, troubles) = (status.text, troubles + 1);
                // The last look is not given away to a pause that grew too long.
                let grown = growth.pause(troubles, dice());
                spared = after.unwrap_or_default();
                pause = if grown < left { grown } else { pause }.max(spared);
            }
            Err(_elapsed) => return Err(WaitError::TimedOut { last, looks }),
        }
        let (pause, spared) = (pace.bounded(pause, bell), pace.bounded(spared, bell));
        let soonest = breath(early, pace.bounded(pace.every, bell)).max(spared);
        // An interval that is longer than what is left still leaves room for events, and for a last look.
        let last_look = bell.and_then(|_| left.checked_sub(BREATH)).filter(|last_look| *last_look > soonest);
        let Some(pause) = Some(pause).filter(|pause| *pause < left).or(last_look) else {
            return Err(WaitError::TimedOut { last, looks });
        };
        match rest(pause, soonest, bell, cancel).await {
            Rested::Through => {}
            Rested::Woken => early += 1,
            Rested::Cancelled => return Err(WaitError::Cancelled),
        }
    }
}

/// How a pause ended.
enum Rested {
    Through,
    Woken,
    Cancelled,
}

/// Lets a pause pass; a bell that rings ends it, though not sooner than allowed.
async fn rest(pause: Duration, soonest: Duration, bell: Option<&Bell>, cancel: &CancellationToken) -> Rested {
    let slept = async {
        match sleep(pause, cancel).await {
            Slept::Through => Rested::Through,
            Slept::Cancelled => Rested::Cancelled,
        }
    };
    let Some(bell) = bell else { return slept.await };
    tokio::select! {
        rested = slept => rested,
        _ = async { tokio::join!(sleep(soonest, cancel), bell.rung()) } => Rested::Woken,
    }
}

/// A number that nobody foresees, so that those who failed together do not come back together.
pub(crate) fn dice() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// How a sleep ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slept {
    /// In full.
    Through,
    /// Somebody stopped the run.
    Cancelled,
}

/// Lets time pass, unless somebody stops the run.
#[expect(clippy::disallowed_methods, reason = "the one sleep of the engine")]
pub async fn sleep(duration: Duration, cancel: &CancellationToken) -> Slept {
    tokio::select! {
        () = tokio::time::sleep(duration) => Slept::Through,
        () = cancel.cancelled() => Slept::Cancelled,
    }
}

#[cfg(test)]
mod tests {
    use super::{BREATH, Pace, Probe, Status, WaitError, breath, now, until};
    use std::time::Duration;
    use tokio_util::sync::CancellationToken;

    const PACE: Pace =
        Pace { every: Duration::from_secs(10), within: Duration::from_secs(35), at_most: None };

    fn not_yet(status: &str, after: Option<u64>) -> Probe<(), ()> {
        Probe::NotYet { status: status.to_owned().into(), after: after.map(Duration::from_secs) }
    }

    #[tokio::test(start_paused = true)]
    async fn looks_at_once_and_then_at_every_interval() {
        let start = now();
        let mut looks = 0;
        let found: Result<_, WaitError<()>> = until(PACE, &CancellationToken::new(), || {
            looks += 1;
            let probe = if looks == 3 {
                Probe::Ready("x")
            } else {
                Probe::NotYet { status: Status::default(), after: None }
            };
            async { probe }
        })
        .await;
        assert!(matches!(found, Ok(("x", 3))));
        assert_eq!(start.elapsed(), Duration::from_secs(20));
    }

    #[tokio::test(start_paused = true)]
    async fn the_deadline_tells_what_was_seen_last() {
        let found = until(PACE, &CancellationToken::new(), || async { not_yet("provisioning", None) }).await;
        let Err(WaitError::TimedOut { last, looks }) = found else { panic!("{found:?}") };
        assert_eq!((last.as_str(), looks), ("provisioning", 4));
        // No look begins at the very deadline: there would be no time for it.
        let even = Pace { within: Duration::from_secs(30), ..PACE };
        let found = until(even, &CancellationToken::new(), || async { not_yet("", None) }).await;
        assert!(matches!(found, Err(WaitError::TimedOut { looks: 3, .. })), "{found:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn the_pauses_of_a_peer_that_says_not_now_grow_up_to_eight_intervals_and_start_again() {
        let start = now();
        let mut looks: Vec<Duration> = Vec::new();
        let pace = Pace { every: Duration::from_secs(1), within: Duration::from_secs(600), at_most: None };
        let found: Result<((), u32), WaitError<()>> = until(pace, &CancellationToken::new(), || {
            looks.push(start.elapsed());
            let (status, after) = (Status::default(), None);
            let probe = match looks.len() {
                6 => Probe::NotYet { status, after },
                8 => Probe::Ready(()),
                _ => Probe::NotNow { status, after },
            };
            async { probe }
        })
        .await;
        assert!(matches!(found, Ok(((), 8))));
        let pauses: Vec<Duration> = looks.windows(2).map(|pair| pair[1].abs_diff(pair[0])).collect();
        let bounds = [(1, 2), (2, 4), (4, 8), (4, 8), (4, 8), (1, 1), (1, 2)];
        for (pause, (shortest, longest)) in pauses.iter().zip(bounds) {
            let (shortest, longest) = (Duration::from_secs(shortest), Duration::from_secs(longest));
            assert!(*pause >= shortest && *pause <= longest, "{pauses:?}");
        }
        assert!(pauses[2] != pauses[3] || pauses[3] != pauses[4], "nothing scatters: {pauses:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_that_grew_too_long_does_not_give_the_last_look_away() {
        let start = now();
        // The second pause would be 20 seconds at least, and less than that is left.
        let pace = Pace { every: Duration::from_secs(10), within: Duration::from_secs(30), at_most: None };
        let probe = || async { Probe::<(), ()>::NotNow { status: Status::default(), after: None } };
        let found = until(pace, &CancellationToken::new(), probe).await;
        assert!(matches!(found, Err(WaitError::TimedOut { looks: 3, .. })), "{found:?}");
        assert!(start.elapsed() <= Duration::from_secs(30), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_hangs_cannot_outlive_the_deadline() {
        let start = now();
        let found: Result<((), u32), WaitError<()>> =
            until(PACE, &CancellationToken::new(), std::future::pending).await;
        assert!(matches!(found, Err(WaitError::TimedOut { looks: 1, .. })));
        assert_eq!(start.elapsed(), PACE.within);
    }

    #[tokio::test(start_paused = true)]
    async fn retry_after_lengthens_a_pause_up_to_the_bound() {
        let start = now();
        let pace = Pace { at_most: Some(Duration::from_secs(12)), ..PACE };
        let found = until(pace, &CancellationToken::new(), || async { not_yet("busy", Some(30)) }).await;
        assert!(matches!(found, Err(WaitError::TimedOut { looks: 3, .. })), "{found:?}");
        assert_eq!(start.elapsed(), Duration::from_secs(24));
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_asks_for_ages_only_runs_into_the_deadline() {
        let pace = Pace { within: Duration::MAX, ..PACE };
        let ages = until(PACE, &CancellationToken::new(), || async { not_yet("busy", Some(u64::MAX)) }).await;
        assert!(matches!(ages, Err(WaitError::TimedOut { looks: 1, .. })), "{ages:?}");
        let far: Result<_, WaitError<()>> =
            until(pace, &CancellationToken::new(), || async { Probe::Ready(1) }).await;
        assert!(matches!(far, Ok((1, 1))));
        let (start, days) = (now(), |days: u64| Duration::from_secs(days * 86_400));
        let pace = Pace { every: days(91), ..pace };
        let year = until(pace, &CancellationToken::new(), || async { not_yet("busy", None) }).await;
        assert!(matches!(year, Err(WaitError::TimedOut { looks: 5, .. })), "{year:?}");
        assert_eq!(start.elapsed(), days(364), "the last look before a year is over");
    }

    #[test]
    fn the_first_looks_of_a_poll_may_be_quick_and_the_others_are_so_many_in_an_interval() {
        let interval = Duration::from_secs(10);
        assert_eq!([0, 9].map(|early| breath(early, interval)), [BREATH; 2]);
        assert_eq!(breath(10, interval), interval / 50);
        assert_eq!(breath(10, Duration::ZERO), BREATH);
    }

    #[tokio::test(start_paused = true)]
    async fn cancelling_ends_a_wait_at_once() {
        let cancel = CancellationToken::new();
        cancel.cancel();
        let found = until(PACE, &cancel, || async { not_yet("", None) }).await;
        assert!(matches!(found, Err(WaitError::Cancelled)));
    }
}
