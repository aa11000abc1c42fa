//! `gates.toml` and `faults.toml`.
//!
//! Does not: decide. `gate` and the proof do.

use super::{Table, Text};
use serde::Deserialize;
use toml::Spanned;

/// `gates.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawGates {
    /// `[[gate]]`.
    #[serde(default)]
    pub gate: Vec<RawGate>,
}

/// `[[gate]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawGate {
    /// The arm.
    pub arm: Text,
    /// `required` or `advisory`.
    pub gate: Text,
    /// Why, for people.
    pub reason: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Since when.
    pub since: Option<Spanned<toml::value::Datetime>>,
}

/// `faults.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawFaults {
    /// `[[fault]]`.
    #[serde(default)]
    pub fault: Vec<RawFaultRow>,
}

/// `[[fault]]`: a way to break the platform, and the red that it must give.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawFaultRow {
    /// The platform's name for it.
    pub fault: Text,
    /// The scenario that must turn red.
    pub scenario: Text,
    /// The cases that must.
    #[serde(rename = "match", default)]
    pub matches: Table<toml::Value>,
    /// The step in which they must.
    pub step: Text,
}
