//! `choices.toml`.
//!
//! Does not: choose. `choose` does.

use super::{Table, Text, shape};
use schemars::JsonSchema;
use serde::Deserialize;

/// `choices.toml`: what is chosen for a case before anything runs, from what it is and from the secrets that are there. An arm
/// says with `choose` which choices its cases take.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawChoices {
    /// `[[choice.X]]`: the alternatives of a choice, in the order of their precedence.
    #[serde(default)]
    #[schemars(with = "shape::Named<Vec<RawAlternative>>")]
    pub choice: Table<Vec<RawAlternative>>,
}

/// `[[choice.X]]`: an alternative. Of those that are for a case, the first whose secret is there is taken; when there are only
/// others, the case is skipped, or refused when live is required. All alternatives of a choice bind the same names.
///
/// ```toml
/// [[choice.provider]]
/// name   = "minimax"
/// when   = "runtime == 'claude-code' and model is startingwith 'MiniMax-'"
/// secret = "E2E_MINIMAX_API_KEY"
/// bind   = { provider = "minimax" }
/// sealed = { MINIMAX_API_KEY = "{{ secret.E2E_MINIMAX_API_KEY }}" }
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawAlternative {
    /// What it is called; `choose = "provider.minimax"` takes it and no other.
    ///
    /// *Shape*: `name = "minimax"`
    pub name: Text,
    /// The cases that it is for: a condition over what is bound before anything runs, and what earlier choices bound.
    ///
    /// *Default*: every case. *Shape*: `when = "model is startingwith 'MiniMax-'"`
    #[schemars(with = "Option<shape::Condition>")]
    pub when: Option<Text>,
    /// The secret without which it cannot be taken.
    ///
    /// *Default*: none. *Shape*: `secret = "E2E_MINIMAX_API_KEY"`
    pub secret: Option<Text>,
    /// Bindings of the cases that take it, over those of their arms; a template is rendered at once.
    ///
    /// *Default*: none. *Shape*: `bind = { provider = "minimax" }`
    #[serde(default)]
    #[schemars(with = "shape::Named<shape::Anything>")]
    pub bind: Table<toml::Value>,
    /// What request bodies read as `sealed`, under the names that the system wants; a text may read the secret of this
    /// alternative, and no other.
    ///
    /// *Default*: none. *Shape*: `sealed = { MINIMAX_API_KEY = "{{ secret.E2E_MINIMAX_API_KEY }}" }`
    #[serde(default)]
    #[schemars(with = "shape::Named<shape::Template>")]
    pub sealed: Table<Text>,
}
