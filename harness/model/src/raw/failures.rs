//! `known-failures.toml`.
//!
//! Does not: recognise anything. `known` does.

use super::{OneOrMany, Text, shape};
use schemars::JsonSchema;
use serde::Deserialize;

/// `known-failures.toml`: texts that name the cause of a red. The first row that matches counts; a red stays red.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawFailures {
    /// `[[failure]]`, the narrow ones before the wide ones.
    #[serde(default)]
    pub failure: Vec<RawFailure>,
}

/// `[[failure]]`: a cause, and what shows it. It is looked for in the reply and in the agent's answer, in the cause of the
/// red where no reply came, and never in words that we sent ourselves.
///
/// ```toml
/// [[failure]]
/// contains = ["insufficient_quota", "exceeded your current quota"]
/// match    = { kind = "a2a" }
/// class    = "operator"
/// about    = "quota"
/// cause    = "the provider's quota is spent"
/// hint     = "top up the account of the key"
/// owner    = "platform"
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawFailure {
    /// Texts of which one is enough.
    ///
    /// *Default*: any, `when` decides. *Shape*: `contains = ["insufficient_quota", "exceeded your current quota"]`
    pub contains: Option<OneOrMany>,
    /// How letters are compared.
    ///
    /// *Default*: `"exact"`. *Shape*: `letters = "any-case"`
    #[schemars(with = "Option<shape::LettersWord>")]
    pub letters: Option<Text>,
    /// What must hold as well of what the step saw; a path that is missing is no match.
    ///
    /// *Default*: nothing. *Shape*: `when = "outcome == 'answer'"`
    #[schemars(with = "Option<shape::Condition>")]
    pub when: Option<Text>,
    /// What it is limited to.
    ///
    /// *Default*: every step of every case. *Shape*: `match = { kind = "a2a", arm = "hermes/openai" }`
    #[serde(rename = "match")]
    pub matches: Option<RawFailureMatch>,
    /// Whose failure it is.
    ///
    /// *Default*: `"product"`. *Shape*: `class = "operator"`
    #[schemars(with = "Option<shape::ClassWord>")]
    pub class: Option<Text>,
    /// What it is about, where no rule of the harness can tell: `secret`, `quota`, `edge`, `provision`, `agent`, `model`,
    /// `assertion` or `harness`.
    ///
    /// *Default*: what the rules say. *Shape*: `about = "quota"`
    #[schemars(with = "Option<shape::AboutWord>")]
    pub about: Option<Text>,
    /// What the red is known as, for people.
    ///
    /// *Shape*: `cause = "the provider's quota is spent"`
    pub cause: Text,
    /// What to do about it, for people.
    ///
    /// *Shape*: `hint = "top up the account of the key"`
    pub hint: Option<String>,
    /// Who answers for it, for people.
    ///
    /// *Shape*: `owner = "platform"`
    pub owner: Option<String>,
}

/// `match = { … }`: the steps and the cases that a known failure is limited to.
///
/// ```toml
/// [[failure]]
/// contains = "model_not_found"
/// match    = { kind = "a2a", arm = ["hermes/openai", "codex"] }
/// cause    = "a prefixed slug was passed upstream"
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawFailureMatch {
    /// The kind of the step, as after `run.`
    ///
    /// *Default*: every kind. *Shape*: `kind = "a2a"`
    pub kind: Option<Text>,
    /// The arms of the case, of which one is enough.
    ///
    /// *Default*: every case. *Shape*: `arm = "hermes/openai"`
    pub arm: Option<OneOrMany>,
}
