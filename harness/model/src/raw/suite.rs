//! `suite.toml`.
//!
//! Does not: check names or references.

use super::{OneOrMany, RawEdge, Table, Text};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A suite's own file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawSuite {
    /// `[suite]`.
    pub suite: RawSuiteHead,
    /// `[environment.X]`.
    #[serde(default)]
    pub environment: Table<RawEnvironment>,
    /// `[variable.X]`.
    #[serde(default)]
    pub variable: Table<RawVariable>,
    /// `[service.X]`.
    #[serde(default)]
    pub service: Table<RawService>,
    /// `[secret.X]`.
    #[serde(default)]
    pub secret: Table<RawSecret>,
    /// `[credential.X]`.
    #[serde(default)]
    pub credential: Table<RawCredential>,
    /// `[fixture.X]`.
    #[serde(default)]
    pub fixture: Table<RawFixture>,
    /// `[resource.X]`.
    #[serde(default)]
    pub resource: Table<RawResource>,
    /// `[axis.X]`.
    #[serde(default)]
    pub axis: Table<RawAxis>,
    /// `[lane.X]`.
    #[serde(default)]
    pub lane: Table<RawLane>,
    /// `[bind]`.
    #[serde(default)]
    pub bind: Table<toml::Value>,
}

/// `[suite]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawSuiteHead {
    /// The name, also that of the test target.
    pub name: Text,
    /// How many cases may wait at once.
    pub concurrency: Option<toml::Spanned<u32>>,
    /// How long a case may take, release not counted.
    pub case_timeout: Option<Text>,
    /// How long one HTTP exchange may take.
    pub request_timeout: Option<Text>,
    /// How many sends the run may repeat, as a share of its requests: `0.1`.
    pub retry_budget: Option<toml::Spanned<f64>>,
    /// How long the run may take.
    pub timeout: Option<Text>,
    /// What a pass after a retry means: `"pass"` or `"fail"`.
    pub flaky: Option<Text>,
    /// Whether every scenario must have fault rows.
    pub prove: Option<Text>,
}

/// `[environment.X]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawEnvironment {
    /// What it brings along: `"secrets"`.
    pub provides: Option<Text>,
    /// The variable that chooses it.
    pub when: Option<Text>,
    /// An upper bound for every poll's interval there.
    pub poll_every: Option<Text>,
    /// An upper bound for every poll's deadline there.
    pub poll_within: Option<Text>,
}

/// `[variable.X]`: an environment variable that expressions may read as `env.X`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawVariable {
    /// What holds when it is not set.
    pub default: Option<String>,
}

/// `[service.X]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawService {
    /// The base URL, a template.
    pub base: Text,
    /// The hosts that the base may have, templates: `api.example.com`, `*.example.com`.
    pub hosts: Option<OneOrMany>,
    /// Headers of every request, templates.
    #[serde(default)]
    pub headers: Table<Text>,
}

/// `[secret.X]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawSecret {}

/// `[credential.X]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawCredential {
    /// The token, a template.
    pub bearer: Text,
    /// The services that it may be sent to.
    pub on: OneOrMany,
}

/// How long a fixture lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RawScope {
    /// One for the whole run.
    Run,
    /// One for each case.
    Case,
}

/// `[fixture.X]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawFixture {
    /// How long it lives.
    pub scope: RawScope,
    /// The flow that makes it.
    #[serde(rename = "use")]
    pub flow: Text,
}

/// `[resource.X]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawResource {
    /// The property that we choose, so that it can be found after a crash.
    pub key: Text,
    /// The flow that looks it up by its key.
    pub find: Text,
    /// The flow that removes it.
    pub release: Text,
    /// The flow that shows it gone.
    pub gone: Text,
    /// The flow that lists the states it went through.
    pub trace: Option<Text>,
    /// States that may heal.
    #[serde(default)]
    pub tolerate: Vec<Text>,
    /// Allowed edges: every state with the states that may follow it; a terminal one with none.
    #[serde(default)]
    pub states: Table<Vec<RawEdge>>,
}

/// `[lane.X]`: a named selection with its own policy, chosen by `--lane` or `E2E_LANE`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawLane {
    /// One sentence for people.
    pub summary: Option<String>,
    /// What it picks: values by axis, bundle key, `scenario`, `arm` or `tag`; `!` before a value leaves it out.
    #[serde(default)]
    pub select: Table<OneOrMany>,
    /// Bindings of its cases, over those of the suite.
    #[serde(default)]
    pub bind: Table<toml::Value>,
    /// How long a run of it may take.
    pub timeout: Option<Text>,
    /// What a pass after a retry means in it: `"pass"` or `"fail"`.
    pub flaky: Option<Text>,
    /// Whether what is missing is a failure in it, as with `REQUIRE_LIVE`.
    #[serde(default)]
    pub require_live: bool,
    /// The group of which one run at a time may be under way on a machine; a second one waits.
    pub exclusive: Option<Text>,
}

/// `[axis.X]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawAxis {
    /// Words that `E2E_X` also accepts, and the values that they stand for.
    #[serde(default)]
    pub aliases: BTreeMap<String, RawAlias>,
    /// The values that the system under test supports, exported from it.
    pub supported: Option<Vec<Text>>,
    /// Supported values that no scenario tests, each with the reason.
    #[serde(default)]
    pub untested: Table<Text>,
}

/// What an alias stands for: `"*"` or a list of values.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct RawAlias(pub OneOrMany);
