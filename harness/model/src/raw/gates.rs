//! `gates.toml` and `faults.toml`.
//!
//! Does not: decide. `gate` and the proof do.

use super::{Spanned, Table, Text, shape};
use schemars::JsonSchema;
use serde::Deserialize;

/// `gates.toml`: what a live run requires.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawGates {
    /// `[[gate]]`, one for each arm.
    #[serde(default)]
    pub gate: Vec<RawGate>,
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
    #[schemars(with = "shape::GateWord")]
    pub gate: Text,
    /// Why, for people.
    ///
    /// *Shape*: `reason = "three green windows in a row"`
    pub reason: Option<String>,
    /// Who answers for it, for people.
    ///
    /// *Shape*: `owner = "platform"`
    pub owner: Option<String>,
    /// Since when, for people.
    ///
    /// *Shape*: `since = 2026-11-21`
    #[schemars(with = "Option<shape::Day>")]
    pub since: Option<Spanned<toml::value::Datetime>>,
}

/// `faults.toml`: the proof that every scenario can turn red.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawFaults {
    /// `[[fault]]`, one or more for each scenario.
    #[serde(default)]
    pub fault: Vec<RawFaultRow>,
}

/// `[[fault]]`: a way to break the platform, and the red that it must give.
///
/// ```toml
/// [[fault]]
/// fault    = "pause-does-nothing"
/// scenario = "provision"
/// match    = { lifecycle = "pause-resume", runtime = "codex" }
/// step     = "paused"
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawFaultRow {
    /// The platform's name for it; `shakedown run SUITE --fault NAME` breaks it in the same way.
    ///
    /// *Shape*: `fault = "create-500"`
    pub fault: Text,
    /// The scenario that must turn red.
    ///
    /// *Shape*: `scenario = "provision"`
    pub scenario: Text,
    /// The cases that must, by axes and bundle keys.
    ///
    /// *Default*: every case of the scenario. *Shape*: `match = { runtime = "codex" }`
    #[serde(rename = "match", default)]
    #[schemars(with = "shape::Row")]
    pub matches: Table<toml::Value>,
    /// The step in which they must.
    ///
    /// *Shape*: `step = "online"`
    pub step: Text,
}
