//! Storms: when almost every running case meets the same failure at the same edge, the target is down and the run says
//! nothing about it. It stops early instead of turning every case red one by one.
//!
//! Does not: count requests, hold a clock or stop anything; the engine does.

use crate::name::CaseId;
use crate::transport::Transport;
use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

/// Fewer cases are no storm.
const FEWEST: usize = 5;
/// More than so many of a hundred.
const SHARE: usize = 80;
/// How long a case must have met nothing else before it counts while it still runs: a restart of the target is waited
/// through, it is no storm.
pub const PERSISTENCE: Duration = Duration::from_secs(30);
/// How long a case counts after it ended.
pub const WINDOW: Duration = Duration::from_secs(60);

/// Whether so many of so many is almost everything, and enough to say so.
pub fn is_mass(stricken: usize, of: usize) -> bool {
    of >= FEWEST && stricken * 100 > of * SHARE
}

/// A failure that speaks of the way to a service and not of what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EdgeFailure {
    /// No reply came.
    Transport(Transport),
    /// A reply that says "not now": 429, 502, 503 or 504.
    Status(u16),
}

impl EdgeFailure {
    /// The failure that a status speaks of, if it is one of an edge.
    pub fn of_status(status: u16) -> Option<Self> {
        matches!(status, 429 | 502 | 503 | 504).then_some(Self::Status(status))
    }
}

impl fmt::Display for EdgeFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transport(transport) => transport.fmt(formatter),
            Self::Status(status) => status.fmt(formatter),
        }
    }
}

/// A failure, and the service at whose edge it was met.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Symptom {
    /// The service, with the base at which it was looked for.
    pub service: String,
    /// The failure.
    pub failure: EdgeFailure,
}

/// How a case ended, as far as storms are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The last failure that it met did not matter.
    Green,
    /// The last failure that it met may have decided it.
    Red,
}

/// A storm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storm {
    /// What they all met.
    pub symptom: Symptom,
    /// How many met it.
    pub stricken: usize,
    /// Of how many.
    pub of: usize,
}

impl fmt::Display for Storm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { symptom: Symptom { service, failure }, stricken, of } = self;
        write!(
            formatter,
            "{service}: {stricken} of {of} cases met the same failure there, {failure}: a storm. The run stopped \
             early and says nothing about the other cases; start it again when the service is back"
        )
    }
}

/// What every case of the last minute met.
#[derive(Debug, Default)]
pub struct Weather(HashMap<CaseId, Sky>);

/// What one case met.
#[derive(Debug, Default)]
struct Sky {
    /// The failure that it has met since, and nothing else.
    streak: Option<(Symptom, Duration)>,
    ended: Option<Duration>,
}

impl Sky {
    fn is_recent(&self, now: Duration) -> bool {
        self.ended.is_none_or(|ended| now.saturating_sub(ended) <= WINDOW)
    }

    fn is_stricken(&self, symptom: &Symptom, now: Duration) -> bool {
        self.streak.as_ref().is_some_and(|(met, since)| {
            met == symptom && (self.ended.is_some() || now.saturating_sub(*since) >= PERSISTENCE)
        })
    }
}

impl Weather {
    /// A case begins. What is met in the name of one that does not run, as by its release, does not count.
    pub fn began(&mut self, case: &CaseId) {
        self.0.insert(case.clone(), Sky::default());
    }

    fn running(&mut self, case: &CaseId) -> Option<&mut Sky> {
        self.0.get_mut(case).filter(|sky| sky.ended.is_none())
    }

    /// A running case got a reply that speaks of no edge.
    pub fn cleared(&mut self, case: &CaseId) {
        if let Some(sky) = self.running(case) {
            sky.streak = None;
        }
    }

    /// A running case met a failure. The time is that since the run began.
    pub fn met(&mut self, case: &CaseId, symptom: &Symptom, now: Duration) -> Option<Storm> {
        let sky = self.running(case)?;
        if sky.streak.as_ref().is_none_or(|(met, _)| met != symptom) {
            sky.streak = Some((symptom.clone(), now));
        }
        self.storm(symptom, now)
    }

    /// A case ended; it counts for a while.
    pub fn ended(&mut self, case: &CaseId, end: End, now: Duration) -> Option<Storm> {
        let sky = self.0.get_mut(case)?;
        sky.ended = Some(now);
        if end == End::Green {
            sky.streak = None;
        }
        let (symptom, _) = sky.streak.clone()?;
        self.storm(&symptom, now)
    }

    /// Whether almost every case of those that run, or ended lately, meets this.
    fn storm(&mut self, symptom: &Symptom, now: Duration) -> Option<Storm> {
        self.0.retain(|_, sky| sky.is_recent(now));
        let of = self.0.len();
        let stricken = self.0.values().filter(|sky| sky.is_stricken(symptom, now)).count();
        is_mass(stricken, of).then(|| Storm { symptom: symptom.clone(), stricken, of })
    }
}

#[cfg(test)]
mod tests {
    use super::{EdgeFailure, End, PERSISTENCE, Storm, Symptom, WINDOW, Weather};
    use crate::name::CaseId;
    use crate::transport::Transport;
    use std::time::Duration;

    fn case(number: usize) -> CaseId {
        CaseId::new(format!("case::{number}"))
    }

    /// So many cases that run.
    fn weather(count: usize) -> Weather {
        let mut weather = Weather::default();
        (0..count).for_each(|number| weather.began(&case(number)));
        weather
    }

    fn refused(service: &str) -> Symptom {
        Symptom { service: service.to_owned(), failure: EdgeFailure::Transport(Transport::Refused) }
    }

    fn busy(status: u16) -> Symptom {
        let failure = EdgeFailure::of_status(status).expect("a status of an edge");
        Symptom { service: "api".to_owned(), failure }
    }

    /// Every one of so many cases meets the same, and ends red.
    fn all_end(weather: &mut Weather, count: usize, symptom: &Symptom, now: Duration) -> Option<Storm> {
        let mut found = None;
        for number in 0..count {
            assert_eq!(weather.met(&case(number), symptom, now), None);
            found = weather.ended(&case(number), End::Red, now);
        }
        found
    }

    #[test]
    fn five_of_five_are_a_storm_and_four_of_four_are_not() {
        assert_eq!(all_end(&mut weather(4), 4, &refused("api"), Duration::ZERO), None);
        let found = all_end(&mut weather(5), 5, &refused("api"), Duration::ZERO);
        assert_eq!(found, Some(Storm { symptom: refused("api"), stricken: 5, of: 5 }));
    }

    #[test]
    fn four_in_five_are_not_more_than_eighty_percent() {
        let mut weather = weather(10);
        assert_eq!(all_end(&mut weather, 8, &busy(503), Duration::ZERO), None);
        weather.met(&case(8), &busy(503), Duration::ZERO);
        let found = weather.ended(&case(8), End::Red, Duration::ZERO);
        assert_eq!(found.map(|storm| (storm.stricken, storm.of)), Some((9, 10)));
    }

    #[test]
    fn a_case_that_still_runs_counts_only_when_it_has_met_nothing_else_for_a_while() {
        let mut weather = weather(10);
        for second in 0..PERSISTENCE.as_secs() {
            for number in 0..10 {
                let found = weather.met(&case(number), &busy(502), Duration::from_secs(second));
                assert_eq!(found, None, "{second}");
            }
        }
        weather.cleared(&case(0));
        weather.cleared(&case(1));
        assert_eq!(weather.met(&case(2), &busy(502), PERSISTENCE), None);
        weather.met(&case(0), &busy(502), PERSISTENCE);
        weather.met(&case(1), &busy(502), PERSISTENCE);
        let found = weather.met(&case(2), &busy(502), PERSISTENCE * 2);
        assert_eq!(found.map(|storm| (storm.stricken, storm.of)), Some((10, 10)));
    }

    #[test]
    fn other_failures_and_other_services_are_other_storms() {
        let mut weather = weather(10);
        for number in 0..9 {
            let symptom = match number % 3 {
                0 => refused("api"),
                1 => refused("other"),
                _ => busy(429),
            };
            weather.met(&case(number), &symptom, Duration::ZERO);
            assert_eq!(weather.ended(&case(number), End::Red, Duration::ZERO), None);
        }
    }

    #[test]
    fn a_green_end_clears_the_sky_and_an_old_one_is_forgotten() {
        let mut weather = weather(10);
        for number in 0..10 {
            weather.met(&case(number), &busy(429), Duration::ZERO);
            assert_eq!(weather.ended(&case(number), End::Green, Duration::ZERO), None);
        }
        let later = WINDOW + Duration::from_secs(1);
        (10..15).for_each(|number| weather.began(&case(number)));
        for number in 10..15 {
            weather.met(&case(number), &busy(429), WINDOW);
            assert_eq!(weather.ended(&case(number), End::Red, WINDOW), None, "five of fifteen");
        }
        weather.began(&case(15));
        let found = weather.met(&case(15), &busy(429), later);
        assert_eq!(found.map(|storm| (storm.stricken, storm.of)), Some((5, 6)));
    }

    #[test]
    fn what_a_case_meets_after_its_end_does_not_count() {
        let mut weather = weather(10);
        for number in 0..10 {
            weather.cleared(&case(number));
            assert_eq!(weather.ended(&case(number), End::Green, Duration::ZERO), None);
            assert_eq!(weather.met(&case(number), &busy(503), PERSISTENCE), None);
            assert_eq!(weather.met(&case(number), &busy(503), PERSISTENCE * 3), None);
        }
    }

    #[test]
    fn the_cause_names_the_service_the_failure_and_the_share() {
        let storm = Storm { symptom: refused("api at http://x"), stricken: 9, of: 10 };
        let words = "api at http://x: 9 of 10 cases met the same failure there, connection refused: a storm.";
        assert!(storm.to_string().starts_with(words), "{storm}");
    }

    #[test]
    fn only_what_says_not_now_is_a_failure_of_an_edge() {
        let edges: Vec<u16> = (100..600).filter(|status| EdgeFailure::of_status(*status).is_some()).collect();
        assert_eq!(edges, [429, 502, 503, 504]);
    }
}
