//! A scenario file.
//!
//! Does not: expand the matrix or look at other files.

use super::{OneOrMany, RawStep, RawTree, Table, Text};
use serde::Deserialize;
use toml::Spanned;

/// A scenario file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawScenario {
    /// `[scenario]`.
    pub scenario: RawScenarioHead,
    /// `[matrix]`: axes, `exclude` and `include`, in document order; `cover`, `max-cases` and `from`.
    #[serde(default)]
    pub matrix: Table<RawTree>,
    /// `[[arm]]`.
    #[serde(default)]
    pub arm: Vec<RawArm>,
    /// `[[step]]`.
    #[serde(default)]
    pub step: Vec<Spanned<RawStep>>,
}

/// `[scenario]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawScenarioHead {
    /// The first part of every case id.
    pub name: Text,
    /// One sentence for people.
    pub summary: Option<String>,
    /// Words that select its cases: `--tag`, `E2E_TAG`, and the `select` of a lane.
    #[serde(default)]
    pub tags: Vec<Text>,
    /// The fixtures that every case needs.
    #[serde(default)]
    pub fixtures: Vec<Text>,
    /// How long a case may take, release not counted.
    pub timeout: Option<Text>,
}

/// `[[arm]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawArm {
    /// The name, under which gates speak of it.
    pub name: Text,
    /// The axis values and bundle keys that pick its cases.
    #[serde(rename = "match")]
    pub matches: Table<toml::Value>,
    /// Words that select its cases, beside those of the scenario.
    #[serde(default)]
    pub tags: Vec<Text>,
    /// Bindings of its cases.
    #[serde(default)]
    pub bind: Table<toml::Value>,
    /// What its cases need.
    pub requires: Option<RawRequires>,
    /// The failure that is expected for now.
    pub known_red: Option<RawKnownRed>,
    /// Why it cannot run for now.
    pub blocked: Option<RawBlocked>,
}

/// `requires = { … }`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawRequires {
    /// Every one of these secrets.
    pub secret: Option<OneOrMany>,
    /// One at least of these secrets.
    pub any_secret: Option<OneOrMany>,
}

/// `known-red = { … }`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawKnownRed {
    /// The step that fails.
    pub step: Text,
    /// How it fails.
    pub when: Text,
    /// What ends it, for people.
    pub until: String,
    /// The last day on which the mark counts.
    pub expires: Spanned<toml::value::Datetime>,
}

/// `blocked = { … }`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawBlocked {
    /// What is missing, for people.
    pub needs: String,
    /// Who will provide it.
    pub owner: String,
    /// What ends it, for people.
    pub until: Option<String>,
    /// The last day on which the mark counts.
    pub expires: Spanned<toml::value::Datetime>,
}
