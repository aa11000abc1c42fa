//! `[resource.X.below]`: what knows of a thing below the target.
//!
//! Does not: ask. The engine walks the flows.

use super::{RawRequires, Text, shape};
use schemars::JsonSchema;
use serde::Deserialize;

/// `[resource.X.below]`: a second proof that a thing is gone, from below the target: what a control plane has forgotten may
/// still run in its cloud. It is asked for once the target shows the thing gone; what it still finds, and what cannot be
/// found out, is a leak.
///
/// ```toml
/// [resource.org]
/// key     = "slug"
/// find    = "flows/find-org"
/// release = "flows/delete-org"
/// gone    = "flows/org-gone"
/// [resource.org.below]
/// gone     = "flows/no-instance"
/// check    = "E2E_AWS_LEAK_CHECK"
/// requires = { tool = "aws", secret = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] }
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawBelow {
    /// The flow that shows it gone; it gets what `gone` of the resource gets.
    ///
    /// *Shape*: `gone = "flows/no-instance"`
    #[schemars(with = "shape::FlowName")]
    pub gone: Text,
    /// The variable that says whether it is asked for. `auto`: where all that it requires is there, and loudly not where
    /// something is missing. `required`: what is missing refuses the run (exit 2). `off`: never. An environment that ends with
    /// the run has nothing below it, so `required` refuses it.
    ///
    /// *Shape*: `check = "E2E_AWS_LEAK_CHECK"`
    pub check: Text,
    /// What it takes to ask: tools and secrets.
    ///
    /// *Default*: nothing. *Shape*: `requires = { tool = "aws", secret = "AWS_ACCESS_KEY_ID" }`
    pub requires: Option<RawRequires>,
    /// The flow that removes what is left below, with the output `removed`; a leak stays one.
    ///
    /// *Default*: it is left, for people to look at. *Shape*: `remove = "flows/terminate-instances"`
    #[schemars(with = "Option<shape::FlowName>")]
    pub remove: Option<Text>,
    /// The variable that says whether that is done: yes or no, and no when it is not set.
    ///
    /// *Default*: it is always done. *Shape*: `remove-when = "E2E_AWS_TERMINATE_LEAKS"`
    pub remove_when: Option<Text>,
}
