//! `gates.toml`.
//!
//! Does not: decide. `gate` does.

use super::{Spanned, Text, shape};
use schemars::JsonSchema;
use serde::Deserialize;

/// `gates.toml`: what a live run requires, and what has to be shown before that changes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawGates {
    /// `[window]`: what an arm has to show before its reds count.
    #[serde(default)]
    pub window: RawGateWindow,
    /// `[quarantine]`: what takes a required arm out again.
    #[serde(default)]
    pub quarantine: RawQuarantine,
    /// `[[gate]]`, one for each arm.
    #[serde(default)]
    pub gate: Vec<RawGate>,
}

/// `[window]`: what an arm has to show on live environments before its reds count, in every lane that counts and runs it.
/// `shakedown gate` measures it from the history.
///
/// ```toml
/// [window]
/// lanes       = ["full", "external"]
/// greens      = 10
/// days        = 7
/// soft-passes = 1
/// ```
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawGateWindow {
    /// The branch whose runs count.
    ///
    /// *Default*: `main`. *Shape*: `branch = "main"`
    pub branch: Option<String>,
    /// The lanes whose runs count, each a job of its own: an arm is promoted when each of those that run it shows the window.
    ///
    /// *Default*: every lane that is to succeed. *Shape*: `lanes = ["full", "external"]`
    pub lanes: Option<Vec<Text>>,
    /// How many greens in a row.
    ///
    /// *Default*: 10. *Shape*: `greens = 10`
    pub greens: Option<Spanned<u32>>,
    /// From the first of them to the last, at least so many days.
    ///
    /// *Default*: 7. *Shape*: `days = 7`
    pub days: Option<u32>,
    /// How many of them may be flaky: passed after a counted retry.
    ///
    /// *Default*: 0. *Shape*: `soft-passes = 1`
    pub soft_passes: Option<Spanned<u32>>,
}

/// `[quarantine]`: what takes a required arm out again until it is mended, and how many may be out.
///
/// ```toml
/// [quarantine]
/// reds = 2
/// days = 14
/// most = 2
/// ```
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawQuarantine {
    /// So many reds among its last runs in one lane, of as many as its window has greens.
    ///
    /// *Default*: 2. *Shape*: `reds = 2`
    pub reds: Option<Spanned<u32>>,
    /// For how many days it may be out.
    ///
    /// *Default*: 14. *Shape*: `days = 14`
    pub days: Option<u32>,
    /// How many arms may be out at once.
    ///
    /// *Default*: any number. *Shape*: `most = 2`
    pub most: Option<usize>,
}

/// `window` of a `[[gate]]`: what this arm has to show, where that is not what every arm has to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawArmWindow {
    /// How many greens in a row.
    ///
    /// *Default*: that of `[window]`. *Shape*: `greens = 20`
    pub greens: Option<Spanned<u32>>,
    /// From the first of them to the last, at least so many days.
    ///
    /// *Default*: that of `[window]`. *Shape*: `days = 14`
    pub days: Option<u32>,
    /// How many of them may be flaky.
    ///
    /// *Default*: that of `[window]`. *Shape*: `soft-passes = 2`
    pub soft_passes: Option<Spanned<u32>>,
}

/// `[[gate]]`: whether a red of an arm counts on live environments. An arm without one is advisory; on an environment that
/// provides its secrets every arm is required.
///
/// ```toml
/// [[gate]]
/// arm   = "codex"
/// gate  = "required"
/// owner = "platform"
/// since = 2026-11-21
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawGate {
    /// The arm, by the name that a scenario gives it.
    ///
    /// *Shape*: `arm = "codex"`
    pub arm: Text,
    /// Whether its red counts.
    ///
    /// *Shape*: `gate = "required"`
    #[schemars(with = "shape::StandingWord")]
    pub gate: Text,
    /// Why, for people.
    ///
    /// *Default*: none; a quarantine needs one. *Shape*: `reason = "three green windows in a row"`
    pub reason: Option<String>,
    /// Who answers for it, for people.
    ///
    /// *Default*: none; a quarantine needs one. *Shape*: `owner = "platform"`
    pub owner: Option<String>,
    /// Since when, for people.
    ///
    /// *Shape*: `since = 2026-11-21`
    #[schemars(with = "Option<shape::Day>")]
    pub since: Option<Spanned<toml::value::Datetime>>,
    /// The last day of the mark: after it, `shakedown gate --check` fails until somebody has looked at it.
    ///
    /// *Default*: none; a quarantine needs one. *Shape*: `expires = 2026-12-31`
    #[schemars(with = "Option<shape::Day>")]
    pub expires: Option<Spanned<toml::value::Datetime>>,
    /// What the arm has to show, where that is not what `[window]` says.
    ///
    /// *Default*: that of `[window]`. *Shape*: `window = { greens = 20, days = 14, soft-passes = 2 }`
    pub window: Option<RawArmWindow>,
}
