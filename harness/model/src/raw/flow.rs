//! A flow file.
//!
//! Does not: run by itself; scenarios, fixtures and resources use it.

use super::{RawStep, Text};
use serde::Deserialize;
use toml::Spanned;

/// A flow file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawFlow {
    /// `[flow]`.
    pub flow: Spanned<RawFlowHead>,
    /// `[[step]]`.
    #[serde(default)]
    pub step: Vec<Spanned<RawStep>>,
}

/// `[flow]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawFlowHead {
    /// One sentence for people.
    pub summary: Option<String>,
    /// Bindings that must exist where it is used.
    #[serde(default)]
    pub inputs: Vec<Text>,
    /// Captures that its user gets.
    #[serde(default)]
    pub outputs: Vec<Text>,
}
