//! `faults.toml`.
//!
//! Does not: decide. The proof does.

use super::{OneOrMany, Table, Text, shape};
use schemars::JsonSchema;
use serde::Deserialize;

/// `faults.toml`: the proof that every scenario can turn red, and that it does so for the right reasons only.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawFaults {
    /// `[[fault]]`, one or more for each scenario.
    #[serde(default)]
    pub fault: Vec<RawFaultRow>,
    /// `[[survives]]`, what must turn nothing red.
    #[serde(default)]
    pub survives: Vec<RawSurvivesRow>,
    /// `[[gap]]`, what no scenario notices, and why that is so.
    #[serde(default)]
    pub gap: Vec<RawGap>,
}

/// `[[fault]]`: a way to break the platform, and the red that it must give.
///
/// ```toml
/// [[fault]]
/// fault    = "pause-does-nothing"
/// scenario = "provision"
/// match    = { lifecycle = "pause-resume", runtime = "codex" }
/// step     = "paused"
/// cause    = "provision"
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawFaultRow {
    /// The platform's name for it, with what it takes; several are combined. `shakedown run SUITE --fault NAME` breaks it in
    /// the same way.
    ///
    /// *Shape*: `fault = "status:on=GET /workspaces/*,is=500,nth=2"`
    pub fault: OneOrMany,
    /// The scenario that must notice.
    ///
    /// *Shape*: `scenario = "provision"`
    pub scenario: Text,
    /// The cases that must, by axes and bundle keys.
    ///
    /// *Default*: every case of the scenario. *Shape*: `match = { runtime = "codex" }`
    #[serde(rename = "match", default)]
    #[schemars(with = "shape::Row")]
    pub matches: Table<toml::Value>,
    /// The step in which they must turn red: one of the scenario's, of its fixtures', or `trace of` a kind of resource.
    ///
    /// *Default*: none; a row that leaks has none. *Shape*: `step = "online"`
    pub step: Option<Text>,
    /// What the red must be about: `secret`, `quota`, `edge`, `provision`, `agent`, `model`, `assertion` or `harness`.
    ///
    /// *Default*: none; every row with a step has one. *Shape*: `cause = "provision"`
    #[schemars(with = "Option<shape::AboutWord>")]
    pub cause: Option<Text>,
    /// The kind of resource that must be told as left behind, while every case stays green.
    ///
    /// *Default*: nothing may be left. *Shape*: `leaks = "org"`
    pub leaks: Option<Text>,
}

/// `[[survives]]`: a way to break the platform that a scenario must not mind.
///
/// ```toml
/// [[survives]]
/// fault    = "status:on=GET /workspaces/*,is=503,nth=1"
/// scenario = "provision"
/// match    = { lifecycle = "steady", runtime = "codex" }
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawSurvivesRow {
    /// The platform's name for it, with what it takes; several are combined.
    ///
    /// *Shape*: `fault = "sse-silent"`
    pub fault: OneOrMany,
    /// The scenario that must stay green.
    ///
    /// *Shape*: `scenario = "provision"`
    pub scenario: Text,
    /// The cases that must, by axes and bundle keys.
    ///
    /// *Default*: every case of the scenario. *Shape*: `match = { runtime = "codex" }`
    #[serde(rename = "match", default)]
    #[schemars(with = "shape::Row")]
    pub matches: Table<toml::Value>,
}

/// `[[gap]]`: a fault that no scenario notices.
///
/// ```toml
/// [[gap]]
/// fault = "no-provisioner"
/// why   = "it is no defect but a target that can do less: the cases that need it are skipped by name"
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawGap {
    /// The platform's name for it.
    ///
    /// *Shape*: `fault = "no-provisioner"`
    pub fault: Text,
    /// Why nobody notices, for people.
    ///
    /// *Shape*: `why = "the cases that need it are skipped by name"`
    pub why: Text,
}
