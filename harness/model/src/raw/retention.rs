//! `[retention]`: what a root keeps of the runs of a suite.
//!
//! Does not: remove anything.

use super::{Spanned, Text, shape};
use schemars::JsonSchema;
use serde::Deserialize;

/// `[retention]`: what is kept of the runs of this suite. It is applied when a run ends, and by `shakedown history --prune`; both
/// say what they removed. A run that lives, one with something left to sweep, and the newest green of an arm stay, however old
/// they are. What is not bounded here is kept for good.
///
/// ```toml
/// [retention]
/// recordings = { runs = 200, age = "30d" }
/// history    = { age = "365d" }
/// ```
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawRetention {
    /// The folders below `.shakedown/runs/`, which are large.
    ///
    /// *Default*: all of them. *Shape*: `recordings = { runs = 200, age = "30d" }`
    #[schemars(with = "Option<RawBounds>")]
    pub recordings: Option<Spanned<RawBounds>>,
    /// What `.shakedown/history.db` knows of a run, which is small; gates, trends and estimates are made of it.
    ///
    /// *Default*: all of it. *Shape*: `history = { age = "365d" }`
    #[schemars(with = "Option<RawBounds>")]
    pub history: Option<Spanned<RawBounds>>,
}

/// How much is kept; with both, what is beyond one of them goes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawBounds {
    /// So many runs on each environment, the newest ones.
    ///
    /// *Default*: any number. *Shape*: `runs = 200`
    #[schemars(range(min = 1))]
    pub runs: Option<Spanned<u32>>,
    /// Those that began no longer ago.
    ///
    /// *Default*: any age. *Shape*: `age = "30d"`
    #[schemars(with = "Option<shape::Duration>")]
    pub age: Option<Text>,
}
