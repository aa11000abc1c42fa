//! Shards: a plan that several machines run, each its part, and which part that is.
//!
//! Every machine makes the same plan and divides it in the same way, so nobody has to hand out cases: what a division
//! depends on is the plan, and a prediction that is the same everywhere.
//!
//! Does not: look at the clock or at recordings; whoever divides by time hands a prediction in.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

mod balance;
mod partition;
mod predict;

pub use balance::balance;
pub use partition::{Listed, Position, partition};
pub use predict::{Basis, Predicted, Predictions};

use crate::event::seconds;
use crate::name::{CaseId, closest};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// How a shard is told.
const SHARD: &str = "shard ";

/// How one of nextest's is told.
const PARTITION: &str = "partition ";

/// What stands before it in what sets a run apart.
const ONLY: &str = "only ";

/// In what way a plan is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Division {
    /// So that every shard takes about as long.
    Time,
    /// By the position in the sorted list, one after the other, as nextest's `slice`.
    Slice,
    /// The same, counted for each binary, as nextest's `count`; here there is one.
    Count,
    /// By the hash of the name, as nextest's `hash`: a new case moves no other.
    Hash,
}

impl Division {
    /// The words of `--partition`.
    pub const WORDS: [(&'static str, Self); 3] =
        [("slice", Self::Slice), ("hash", Self::Hash), ("count", Self::Count)];
}

/// One of the parts of a plan.
///
/// *Shape*: `2/4`, and `slice:2/4` for one of nextest's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shard {
    /// Which one, counted from one.
    pub number: usize,
    /// How many there are.
    pub of: usize,
    /// How the plan is divided.
    pub by: Division,
}

/// What a run is a shard of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Divided {
    /// Which shard it is.
    #[serde(flatten)]
    pub shard: Shard,
    /// What names the plan that was divided: a SHA-256 over everything that is the same on all machines.
    pub plan: String,
    /// By what it was divided, for people.
    pub because: String,
}

/// A shard as its plan records it: enough to put all of them together again, or to see that one is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Part {
    /// What it is a shard of.
    #[serde(flatten)]
    pub divided: Divided,
    /// The cases of the plan that was divided, in its order.
    pub cases: Vec<CaseId>,
    /// How long each shard is predicted to take, one case after the other; empty where nobody predicts.
    #[serde(default, with = "totals", skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<f64>")]
    pub totals: Vec<Duration>,
}

/// A shard that a merged run was made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Merged {
    /// Its run.
    pub run: String,
    /// Which shard it was.
    #[serde(flatten)]
    pub shard: Shard,
    /// How many cases it had.
    pub cases: usize,
    /// The SHA-256 of its log, in hexadecimal digits.
    pub log: String,
}

/// A text that names no shard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShardError {
    /// It is not two numbers.
    #[error("`{0}` is no shard: say which of how many, counted from one, as in 2/4")]
    Shape(String),
    /// There is none of that number.
    #[error("`{text}` names none of {of}: they are counted from 1 to {of}")]
    Beyond {
        /// What was written.
        text: String,
        /// How many there are.
        of: usize,
    },
    /// It names a way to divide that there is not.
    #[error("`{0}` is no way to divide: say slice:2/4, hash:2/4 or count:2/4, as for nextest{1}")]
    Division(String, String),
}

impl Shard {
    /// What sets a run of it apart from one of the whole plan.
    pub fn apart(self) -> String {
        format!("{ONLY}{self}")
    }

    /// Whether this is what sets a run of a shard apart.
    pub fn sets_apart(reason: &str) -> bool {
        reason
            .strip_prefix(ONLY)
            .is_some_and(|rest| [SHARD, PARTITION].iter().any(|word| rest.starts_with(word)))
    }

    /// Reads `2/4`: a shard of a plan that is divided by time.
    ///
    /// *Errors*: [`ShardError`].
    pub fn by_time(text: &str) -> Result<Self, ShardError> {
        numbers(text, text, Division::Time)
    }

    /// Reads `slice:2/4`: a partition as nextest makes it.
    ///
    /// *Errors*: [`ShardError`].
    pub fn partition(text: &str) -> Result<Self, ShardError> {
        let (word, rest) = text.split_once(':').unwrap_or(("", text));
        let known = Division::WORDS.into_iter().find(|(known, _)| *known == word);
        let Some((_, by)) = known else {
            let meant = closest(word, Division::WORDS.map(|(word, _)| word));
            let hint = meant.map(|meant| format!(": did you mean `{meant}:{rest}`?")).unwrap_or_default();
            return Err(ShardError::Division(text.to_owned(), hint));
        };
        numbers(text, rest, by)
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        if text.contains(':') { Self::partition(text) } else { Self::by_time(text) }
    }
}

fn numbers(text: &str, numbers: &str, by: Division) -> Result<Shard, ShardError> {
    let parsed = numbers.split_once('/').and_then(|(number, of)| Some((whole(number)?, whole(of)?)));
    match parsed {
        None | Some((_, 0)) => Err(ShardError::Shape(text.to_owned())),
        Some((number, of)) if number == 0 || number > of => {
            Err(ShardError::Beyond { text: text.to_owned(), of })
        }
        Some((number, of)) => Ok(Shard { number, of, by }),
    }
}

/// Digits and nothing else: `parse` would take a sign.
fn whole(text: &str) -> Option<usize> {
    text.chars().all(|letter| letter.is_ascii_digit()).then(|| text.parse().ok())?
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, of, by } = self;
        match Division::WORDS.into_iter().find(|(_, known)| known == by) {
            Some((word, _)) => write!(formatter, "{PARTITION}{word} {number} of {of}"),
            None => write!(formatter, "{SHARD}{number} of {of}"),
        }
    }
}

/// Durations in a row: seconds as numbers.
mod totals {
    use super::seconds;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::time::Duration;

    #[derive(Serialize, Deserialize)]
    struct Seconds(#[serde(with = "seconds")] Duration);

    pub(super) fn serialize<S: Serializer>(totals: &[Duration], to: S) -> Result<S::Ok, S::Error> {
        totals.iter().map(|total| Seconds(*total)).collect::<Vec<_>>().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Duration>, D::Error> {
        Ok(Vec::<Seconds>::deserialize(from)?.into_iter().map(|Seconds(total)| total).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{Division, Shard};

    #[test]
    fn a_shard_is_written_as_one_of_several_and_a_partition_says_how() {
        let shard = |number, of, by| Shard { number, of, by };
        for (text, expected, words) in [
            ("2/4", shard(2, 4, Division::Time), "shard 2 of 4"),
            ("1/1", shard(1, 1, Division::Time), "shard 1 of 1"),
            ("slice:3/3", shard(3, 3, Division::Slice), "partition slice 3 of 3"),
            ("hash:1/2", shard(1, 2, Division::Hash), "partition hash 1 of 2"),
            ("count:1/2", shard(1, 2, Division::Count), "partition count 1 of 2"),
        ] {
            let found: Shard = text.parse().unwrap();
            assert_eq!((found, found.to_string().as_str()), (expected, words));
        }
    }

    #[test]
    fn what_is_no_shard_is_said_with_what_to_write() {
        for (text, words) in [
            ("", "`` is no shard: say which of how many, counted from one, as in 2/4"),
            ("2", "`2` is no shard: say which of how many, counted from one, as in 2/4"),
            ("+1/2", "`+1/2` is no shard: say which of how many, counted from one, as in 2/4"),
            ("1/0", "`1/0` is no shard: say which of how many, counted from one, as in 2/4"),
            ("0/4", "`0/4` names none of 4: they are counted from 1 to 4"),
            ("5/4", "`5/4` names none of 4: they are counted from 1 to 4"),
            ("slice:5/4", "`slice:5/4` names none of 4: they are counted from 1 to 4"),
            (
                "slize:1/2",
                "`slize:1/2` is no way to divide: say slice:2/4, hash:2/4 or count:2/4, as for nextest: did you mean \
                 `slice:1/2`?",
            ),
            ("x:1/2", "`x:1/2` is no way to divide: say slice:2/4, hash:2/4 or count:2/4, as for nextest"),
        ] {
            assert_eq!(text.parse::<Shard>().unwrap_err().to_string(), words);
        }
        assert!(Shard::partition("1/2").is_err());
        assert!(Shard::by_time("slice:1/2").is_err());
    }
}
