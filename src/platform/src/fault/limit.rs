//! Limits: how often a fault bites of the times that it could.
//!
//! Does not: count; [`super::Armed`] does.

use std::fmt;
use std::num::NonZeroU64;

use super::error::FaultError;
use super::parameters::Parameters;

/// The keys of limits, which every fault takes.
pub(super) const KEYS: [&str; 4] = ["nth", "first", "share", "seed"];

/// How many parts a share is given in; so six decimal places are exact.
const WHOLE: u32 = 1_000_000;

/// How often a fault bites.
///
/// *Shape*: nothing, `nth=2`, `first=3`, or `share=0.25,seed=7`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Every time.
    #[default]
    Always,
    /// Only this time, counted from 1.
    Nth(NonZeroU64),
    /// Only the first times, so many.
    First(NonZeroU64),
    /// A share of the times.
    Share(Share),
}

/// A share of the times, and which ones: the same seed always picks the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Share {
    millionths: u32,
    seed: u64,
}

impl Share {
    /// A share from its text, such as `0.25`; more than 0, at most 1, with at most six decimal places.
    pub fn new(share: &str, seed: u64) -> Option<Self> {
        let (whole, places) = share.split_once('.').unwrap_or((share, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(places) || places.len() > 6 {
            return None;
        }
        let (whole, places): (u32, u32) = (whole.parse().ok()?, format!("{places:0<6}").parse().ok()?);
        let millionths = whole.checked_mul(WHOLE)?.checked_add(places)?;
        (1..=WHOLE).contains(&millionths).then_some(Self { millionths, seed })
    }

    /// Whether it picks this time.
    fn picks(self, time: u64) -> bool {
        let drawn = u128::from(mixed(self.seed ^ mixed(time))) * u128::from(WHOLE);
        drawn >> 64 < u128::from(self.millionths)
    }
}

/// A number that looks like chance, and is the same every time.
const fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

impl fmt::Display for Share {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, places) = (self.millionths / WHOLE, format!("{:06}", self.millionths % WHOLE));
        match places.trim_end_matches('0') {
            "" => write!(formatter, "{whole}"),
            places => write!(formatter, "{whole}.{places}"),
        }
    }
}

impl Limit {
    /// Whether a fault bites that could for the `time`th time, counted from 1.
    pub fn allows(self, time: u64) -> bool {
        match self {
            Self::Always => true,
            Self::Nth(only) => time == only.get(),
            Self::First(last) => time <= last.get(),
            Self::Share(share) => share.picks(time),
        }
    }

    /// Takes the limit out of the parameters of a fault.
    pub(super) fn take(parameters: &mut Parameters<'_>) -> Result<Self, FaultError> {
        let whole = "a whole number from 1 on";
        let nth = parameters.parsed("nth", whole)?;
        let first = parameters.parsed("first", whole)?;
        let seed: Option<u64> = parameters.parsed("seed", "a whole number")?;
        let share = parameters.take("share").map(|share| {
            let why = "a share is more than 0 and at most 1, with at most six decimal places, such as 0.25";
            Share::new(share, seed.unwrap_or_default()).ok_or_else(|| parameters.wrong("share", share, why))
        });
        let share = share.transpose()?;
        let given = [nth.map(|_| "nth"), first.map(|_| "first"), share.map(|_| "share")];
        if let [one, another, ..] = given.into_iter().flatten().collect::<Vec<_>>()[..] {
            return Err(FaultError::Limits { fault: parameters.fault(), one, another });
        }
        if seed.is_some() && share.is_none() {
            return Err(parameters.lacks("share", "create-500:share=0.25,seed=7"));
        }
        Ok(nth.map(Self::Nth).or(first.map(Self::First)).or(share.map(Self::Share)).unwrap_or_default())
    }

    /// It as parameters.
    pub(super) fn written(self) -> Vec<(&'static str, String)> {
        match self {
            Self::Always => Vec::new(),
            Self::Nth(only) => vec![("nth", only.to_string())],
            Self::First(last) => vec![("first", last.to_string())],
            Self::Share(share) => vec![("share", share.to_string()), ("seed", share.seed.to_string())],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Limit, Share};
    use std::num::NonZeroU64;

    fn times(limit: Limit) -> Vec<u64> {
        (1..=6).filter(|time| limit.allows(*time)).collect()
    }

    #[test]
    fn a_limit_picks_its_times() {
        let two = NonZeroU64::new(2).unwrap();
        assert_eq!(times(Limit::Always), [1, 2, 3, 4, 5, 6]);
        assert_eq!(times(Limit::Nth(two)), [2]);
        assert_eq!(times(Limit::First(two)), [1, 2]);
    }

    #[test]
    fn a_share_picks_as_many_as_it_says_and_the_same_for_the_same_seed() {
        let picked = |seed| {
            let share = Limit::Share(Share::new("0.25", seed).unwrap());
            (1..=10_000).filter(|time| share.allows(*time)).collect::<Vec<u64>>()
        };
        assert!((2_300..2_700).contains(&picked(7).len()), "{}", picked(7).len());
        assert_eq!(picked(7), picked(7));
        assert_ne!(picked(7), picked(8));
        let all = Limit::Share(Share::new("1", 7).unwrap());
        assert_eq!(times(all), [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn a_share_is_read_exactly_or_not_at_all() {
        for (text, shown) in
            [("0.25", "0.25"), ("1", "1"), ("1.0", "1"), ("0.000001", "0.000001"), ("0.50", "0.5")]
        {
            assert_eq!(Share::new(text, 0).map(|share| share.to_string()).as_deref(), Some(shown), "{text}");
        }
        for text in ["0", "1.000001", "2", "-0.5", "25%", "0.", ".5", "0.1234567", ""] {
            assert_eq!(Share::new(text, 0), None, "{text}");
        }
    }
}
