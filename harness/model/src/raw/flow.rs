//! A flow file.
//!
//! Does not: run by itself; scenarios, fixtures and resources use it.

use super::{RawStep, Spanned, Text, shape};
use schemars::JsonSchema;
use serde::Deserialize;

/// `flows/*.toml`: steps that more than one place needs, by the name of their file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawFlow {
    /// `[flow]`.
    pub flow: Spanned<RawFlowHead>,
    /// `[[step]]`, in the order in which they take place.
    #[serde(default)]
    pub step: Vec<Spanned<RawStep>>,
}

/// `[flow]`: what the flow asks of its user, and what it gives back.
///
/// ```toml
/// [flow]
/// summary = "an order, paid"
/// inputs  = ["customer"]
/// outputs = ["order_id"]
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawFlowHead {
    /// One sentence for people.
    ///
    /// *Shape*: `summary = "an order, paid"`
    pub summary: Option<String>,
    /// Names that must be bound where the flow is used, fixtures (`org`) too. Beside them its steps read the suite's
    /// bindings and the built-in names, and nothing else. A resource's flows get `key`.
    ///
    /// *Default*: none. *Shape*: `inputs = ["workspace_id"]`
    #[serde(default)]
    #[schemars(with = "Vec<shape::Identifier>")]
    pub inputs: Vec<Text>,
    /// Captures that the flow's user gets; every other capture stays inside. A resource's `find` gives `found`, its
    /// `trace` gives `states`.
    ///
    /// *Default*: none. *Shape*: `outputs = ["id", "admin_token"]`
    #[serde(default)]
    #[schemars(with = "Vec<shape::Identifier>")]
    pub outputs: Vec<Text>,
}
