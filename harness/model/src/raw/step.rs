//! `[[step]]` in scenarios and flows.
//!
//! Does not: know what an action means. `action` does, one kind per file.

use super::{Table, Text};
use crate::action::RawAction;
use serde::Deserialize;
use toml::Spanned;

/// `[[step]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawStep {
    /// What people and marks call it; a step that uses a flow may go without.
    pub name: Option<Text>,
    /// The condition under which it takes place.
    pub when: Option<Text>,
    /// `run.<kind> = { … }`.
    pub run: Option<RawAction>,
    /// The flow that takes its place.
    #[serde(rename = "use")]
    pub flow: Option<Text>,
    /// What it will have created: kind and key.
    #[serde(default)]
    pub owns: Table<Text>,
    /// Paths of the reply that are secret.
    #[serde(default)]
    pub secret: Vec<Text>,
    /// Conditions that must hold.
    #[serde(default)]
    pub expect: Vec<Text>,
    /// Names for parts of the reply.
    #[serde(default)]
    pub capture: Table<Text>,
    /// How to wait.
    pub poll: Option<Spanned<RawPoll>>,
}

/// `[step.poll]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawPoll {
    /// What is waited for.
    pub until: Text,
    /// What ends the wait early, as a failure.
    pub fail_if: Option<Text>,
    /// The interval.
    pub every: Option<Text>,
    /// The deadline.
    pub within: Text,
}
