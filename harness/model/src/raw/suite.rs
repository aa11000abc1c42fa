//! `suite.toml`.
//!
//! Does not: check names or references.

use super::{
    OneOrMany, RawBelow, RawCapability, RawEdge, RawEnvironment, RawLane, RawRetention, RawSink, RawVariable,
    Spanned, Table, Text, shape,
};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// `suite.toml`: what all scenarios of a folder share.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawSuite {
    /// `[suite]`.
    pub suite: RawSuiteHead,
    /// `[environment.X]`: where the suite can run.
    #[serde(default)]
    pub environment: Table<RawEnvironment>,
    /// `[variable.X]`: environment variables that expressions may read.
    #[serde(default)]
    pub variable: Table<RawVariable>,
    /// `[service.X]`: where requests go.
    #[serde(default)]
    pub service: Table<RawService>,
    /// `[secret.X]`: what must not be seen.
    #[serde(default)]
    pub secret: Table<RawSecret>,
    /// `[credential.X]`: with whose authority requests go.
    #[serde(default)]
    pub credential: Table<RawCredential>,
    /// `[fixture.X]`: what cases need before their first step.
    #[serde(default)]
    #[schemars(with = "shape::Named<RawFixture>")]
    pub fixture: Table<RawFixture>,
    /// `[resource.X]`: what steps create, and how it is released.
    #[serde(default)]
    pub resource: Table<RawResource>,
    /// `[capability.X]`: what a target may or may not be able to do.
    #[serde(default)]
    pub capability: Table<RawCapability>,
    /// `[axis.X]`: what is true of an axis in every scenario.
    #[serde(default)]
    pub axis: Table<RawAxis>,
    /// `[lane.X]`: named selections with a policy of their own.
    #[serde(default)]
    pub lane: Table<RawLane>,
    /// `[sink.X]`: who is told of a run.
    #[serde(default)]
    pub sink: Table<RawSink>,
    /// `[retention]`: what is kept of its runs.
    #[serde(default)]
    pub retention: RawRetention,
    /// `[bind]`: bindings of every case. A binding that is a template is rendered when its case starts, with `run`, `case`
    /// and `env`. `E2E_<BINDING>` replaces one for a run.
    ///
    /// ```toml
    /// [bind]
    /// workspace_name = "e2e-{{ case.token }}"
    /// online_budget  = "15m"
    /// ```
    #[serde(default)]
    #[schemars(with = "shape::Named<shape::Anything>")]
    pub bind: Table<toml::Value>,
    /// `[meaning]`: what bindings, variables and secrets mean, in one line each, for `docs/variables.md`.
    ///
    /// ```toml
    /// [meaning]
    /// online_budget = "from the create of a workspace to online"
    /// ```
    #[serde(default)]
    #[schemars(with = "shape::Named<String>")]
    pub meaning: Table<Text>,
}

/// `[suite]`: the suite as a whole.
///
/// ```toml
/// [suite]
/// name         = "staging"
/// concurrency  = 64
/// case-timeout = "75m"
/// timeout      = "90m"
/// prove        = "required"
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawSuiteHead {
    /// The name: that of the folder, and of the test target.
    ///
    /// *Shape*: `name = "staging"`
    pub name: Text,
    /// How many cases may wait at once; they wait for the platform and not for a core.
    ///
    /// *Default*: 64. *Shape*: `concurrency = 16`
    #[schemars(range(min = 1))]
    pub concurrency: Option<Spanned<u32>>,
    /// How long a case may take when its scenario does not say, release not counted; shorter than `timeout`.
    ///
    /// *Default*: 30m. *Shape*: `case-timeout = "75m"`
    #[schemars(with = "Option<shape::Duration>")]
    pub case_timeout: Option<Text>,
    /// How long one HTTP exchange may take.
    ///
    /// *Default*: 2m. *Shape*: `request-timeout = "30s"`
    #[schemars(with = "Option<shape::Duration>")]
    pub request_timeout: Option<Text>,
    /// How many sends the run may repeat, as a share of its requests, from 0 to 1.
    ///
    /// *Default*: 0.1. *Shape*: `retry-budget = 0.1`
    #[schemars(range(min = 0.0, max = 1.0))]
    pub retry_budget: Option<Spanned<f64>>,
    /// How long the run may take.
    ///
    /// *Default*: 1h. *Shape*: `timeout = "90m"`
    #[schemars(with = "Option<shape::Duration>")]
    pub timeout: Option<Text>,
    /// How often a send that brought no reply is repeated, where a second one can do nothing twice.
    ///
    /// *Default*: 2. *Shape*: `retries = 8`
    #[schemars(range(max = 20))]
    pub retries: Option<Spanned<u32>>,
    /// The lane of a run that names none and selects nothing.
    ///
    /// *Default*: no lane. *Shape*: `lane = "full"`
    pub lane: Option<Text>,
    /// What a pass after a counted repetition means.
    ///
    /// *Default*: `"pass"`. *Shape*: `flaky = "fail"`
    #[schemars(with = "Option<shape::FlakyWord>")]
    pub flaky: Option<Text>,
    /// Whether every scenario must have fault rows.
    ///
    /// *Default*: `"optional"`. *Shape*: `prove = "required"`
    #[schemars(with = "Option<shape::ProveWord>")]
    pub prove: Option<Text>,
}

/// `[service.X]`: where requests go. Steps say `on = "X"`.
///
/// ```toml
/// [service.tenant]
/// base    = "{{ org.tenant_url }}"
/// hosts   = ["*.staging.example.com"]
/// headers = { X-Molecule-Org-Id = "{{ org.id }}" }
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawService {
    /// The base URL, a template.
    ///
    /// *Shape*: `base = "{{ env.MOLECULE_CP_URL }}"`
    #[schemars(with = "shape::Template")]
    pub base: Text,
    /// The hosts that the base may have, templates; nothing is sent to any other. A base that does not come from `env`
    /// must list them. A port that is not the scheme's stands behind its host (`:8443`, or `:*` for any). Plain HTTP stands
    /// before it (`http://10.0.0.5`), but where all bases that the settings name are plain HTTP themselves; where they are
    /// so on this machine, every port of it is allowed as well, since each tenant of the embedded platform has its own.
    ///
    /// *Default*: the host of the base. *Shape*: `hosts = ["api.example.com", "*.example.com", "*.example.com:8443"]`
    pub hosts: Option<OneOrMany>,
    /// Headers of every request, templates.
    ///
    /// *Default*: none. *Shape*: `headers = { X-Molecule-Org-Id = "{{ org.id }}" }`
    #[serde(default)]
    #[schemars(with = "indexmap::IndexMap<String, shape::Template>")]
    pub headers: Table<Text>,
    /// The path that a `GET` without credential gets a 2xx from when the service is up; `shakedown doctor` asks it.
    ///
    /// *Default*: `doctor` looks whether anybody takes connections. *Shape*: `health = "/health"`
    pub health: Option<Text>,
}

/// `[secret.X]`: an environment variable whose value is hidden wherever it would be seen. `secret.X` renders only in
/// credentials and in request bodies.
///
/// ```toml
/// [secret.E2E_OPENAI_API_KEY]
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawSecret {}

/// `[credential.X]`: the authority of a request. Steps say `as = "X"`.
///
/// ```toml
/// [credential.cp_admin]
/// bearer = "{{ secret.MOLECULE_ADMIN_TOKEN }}"
/// on     = ["cp"]
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawCredential {
    /// The bearer token, a template.
    ///
    /// *Shape*: `bearer = "{{ secret.MOLECULE_ADMIN_TOKEN }}"`
    #[schemars(with = "shape::Template")]
    pub bearer: Text,
    /// The services that it may be sent to; a request to any other is refused before it leaves.
    ///
    /// *Shape*: `on = ["cp"]`
    pub on: OneOrMany,
    /// The path that a `GET` with it gets a 2xx from, and that changes nothing, on the first service of `on`;
    /// `shakedown doctor` asks it.
    ///
    /// *Default*: nobody knows before a run whether it works. *Shape*: `check = "/cp/admin/orgs?limit=1"`
    pub check: Option<Text>,
}

/// How long a fixture lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RawScope {
    /// One for the whole run.
    Run,
    /// One for each case.
    Case,
}

/// `[fixture.X]`: what cases need before their first step. The outputs of its flow are bound as `X.<output>`.
///
/// ```toml
/// [fixture.org]
/// scope = "run"
/// use   = "flows/org"
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawFixture {
    /// How long it lives.
    ///
    /// *Shape*: `scope = "run"`
    pub scope: RawScope,
    /// The flow that makes it.
    ///
    /// *Shape*: `use = "flows/org"`
    #[serde(rename = "use")]
    #[schemars(with = "shape::FlowName")]
    pub flow: Text,
    /// The flow that gives its outputs again by the input `key`, the key of the one thing that its own flow creates: a sweep
    /// releases what a run that is gone left in it, and secrets are in no log.
    ///
    /// *Default*: what the log has must do. *Shape*: `recover = "flows/org-access"`
    #[schemars(with = "Option<shape::FlowName>")]
    pub recover: Option<Text>,
}

/// `[resource.X]`: something that steps create (`owns = { X = … }`). It is found, released and shown gone by its key, also
/// after a crash.
///
/// ```toml
/// [resource.workspace]
/// key     = "name"
/// find    = "flows/find-workspace"
/// release = "flows/delete-workspace"
/// gone    = "flows/workspace-gone"
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawResource {
    /// The property that we choose, for people; its flows get the value as the input `key`.
    ///
    /// *Shape*: `key = "name"`
    pub key: Text,
    /// The flow that looks it up by its key; its output `found` says whether it is there.
    ///
    /// *Shape*: `find = "flows/find-workspace"`
    #[schemars(with = "shape::FlowName")]
    pub find: Text,
    /// The flow that removes it.
    ///
    /// *Shape*: `release = "flows/delete-workspace"`
    #[schemars(with = "shape::FlowName")]
    pub release: Text,
    /// The flow that shows it gone. One that cannot find out is a leak.
    ///
    /// *Shape*: `gone = "flows/workspace-gone"`
    #[schemars(with = "shape::FlowName")]
    pub gone: Text,
    /// The flow that lists the states it went through; its output `states` is a list of texts. Where an
    /// edge has a budget, its output `entered` lists when each was entered.
    ///
    /// *Default*: its states are not judged. *Shape*: `trace = "flows/workspace-states"`
    #[schemars(with = "Option<shape::FlowName>")]
    pub trace: Option<Text>,
    /// The flow that asks what the target says of it, walked before the release when a case that owns it is red. All its steps
    /// are taken, also after one that fails; its outputs stand below the cause of the red, and change nothing else.
    ///
    /// *Default*: nobody asks. *Shape*: `evidence = "flows/workspace-evidence"`
    #[schemars(with = "Option<shape::FlowName>")]
    pub evidence: Option<Text>,
    /// The kind that takes it along when it goes: what cannot be reached in a home that is shown gone is gone too.
    ///
    /// *Default*: none. *Shape*: `within = "org"`
    pub within: Option<Text>,
    /// The flow with the outputs `keys` and `created`, which lists everything on the target that carries our label.
    ///
    /// *Default*: none, and `sweep --older-than` does not look for it. *Shape*: `sweep = "flows/list-orgs"`
    #[schemars(with = "Option<shape::FlowName>")]
    pub sweep: Option<Text>,
    /// A second proof that it is gone, from below the target.
    ///
    /// *Default*: what the target says is all. *Shape*: `below = { gone = "flows/no-instance", check = "E2E_AWS_LEAK_CHECK" }`
    pub below: Option<RawBelow>,
    /// States that may heal: they are counted and shown, and are not a red.
    ///
    /// *Default*: none. *Shape*: `tolerate = ["failed"]`
    #[serde(default)]
    pub tolerate: Vec<Text>,
    /// Allowed edges: every state with the states that may follow it, a terminal one with none. Anything else in the trace is
    /// a red that names the edge.
    ///
    /// *Default*: every edge. *Shape*: `states = { paused = ["provisioning", { to = "removed", within = "2m" }], removed = [] }`
    #[serde(default)]
    pub states: Table<Vec<RawEdge>>,
}

/// `[axis.X]`: what is true of an axis in every scenario that has it.
///
/// ```toml
/// [axis.lifecycle]
/// aliases = { auto = "*", off = ["steady"] }
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawAxis {
    /// Words that `E2E_X` also accepts, and the values that they stand for; `"*"` is all of them.
    ///
    /// *Default*: none. *Shape*: `aliases = { auto = "*", off = ["steady"] }`
    #[serde(default)]
    pub aliases: BTreeMap<String, RawAlias>,
    /// The values that the system under test supports, exported from it: one without a case is an error, and so is a tested
    /// value that is not among them, unless every case of it is a known red or blocked.
    ///
    /// *Default*: nothing is compared. *Shape*: `supported = ["codex", "hermes", "mock"]`
    pub supported: Option<Vec<Text>>,
    /// Supported values that no scenario tests, each with the reason.
    ///
    /// *Default*: none. *Shape*: `untested = { langgraph = "dropped upstream" }`
    #[serde(default)]
    pub untested: Table<Text>,
}

/// What an alias stands for: `"*"` or a list of values.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct RawAlias(pub OneOrMany);
