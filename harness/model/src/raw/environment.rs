//! `[environment.X]` and `[variable.X]`: where a suite runs, and what it is told from outside.
//!
//! Does not: choose an environment or read a variable.

use super::{Table, Text, shape};
use schemars::JsonSchema;
use serde::Deserialize;

/// `[environment.X]`: where the suite can run. The first one whose `when` is set is chosen, else the first without a
/// `when`; `E2E_ENVIRONMENT` and `--environment` choose by name.
///
/// ```toml
/// [environment.embedded]
/// provides   = "secrets"
/// poll-every = "50ms"
/// [environment.live]
/// when = "MOLECULE_CP_URL"
/// [environment.self-hosted]                      # a tenant and nothing else
/// when  = "MOLECULE_TENANT_URL"
/// lacks = ["cp"]
/// [environment.self-hosted.fixture.org]          # given, not made
/// tenant_url  = "{{ env.MOLECULE_TENANT_URL }}"
/// admin_token = "{{ secret.MOLECULE_TENANT_ADMIN_TOKEN }}"
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawEnvironment {
    /// What it brings along. An environment that provides secrets is the embedded platform.
    ///
    /// *Default*: nothing, the secrets come from whoever starts the run. *Shape*: `provides = "secrets"`
    #[schemars(with = "Option<shape::ProvidesWord>")]
    pub provides: Option<Text>,
    /// The environment variable that chooses it; expressions may read it as `env.X`.
    ///
    /// *Default*: chosen when no other is. *Shape*: `when = "MOLECULE_CP_URL"`
    pub when: Option<Text>,
    /// An upper bound for every poll's interval there; ten times as long while a stream that `wake` names is heard.
    ///
    /// *Default*: what the step says. *Shape*: `poll-every = "50ms"`
    #[schemars(with = "Option<shape::Duration>")]
    pub poll_every: Option<Text>,
    /// An upper bound for every poll's deadline there.
    ///
    /// *Default*: what the step says. *Shape*: `poll-within = "10s"`
    #[schemars(with = "Option<shape::Duration>")]
    pub poll_within: Option<Text>,
    /// The flow that lets time pass there, for steps with `run.elapse`: it gets the input `duration`, and its output `passed`
    /// says how many seconds passed on the clock of the system under test.
    ///
    /// *Default*: none, such steps wait. *Shape*: `elapse = "flows/advance-clock"`
    #[schemars(with = "Option<shape::FlowName>")]
    pub elapse: Option<Text>,
    /// Services that it does not have. A case that needs one, in a step, a fixture or a release, is blocked there and says
    /// so; a credential that is bound to no other service need not be set.
    ///
    /// *Default*: none, it has them all. *Shape*: `lacks = ["cp"]`
    #[serde(default)]
    pub lacks: Vec<Text>,
    /// Fixtures that are given there, and not made: every output with a template that may read `env` and `secret`. Nothing is
    /// created for them and nothing released. A service whose base comes from `env` by way of one may have the host of that
    /// base alone, whatever its `hosts` say of other environments.
    ///
    /// *Default*: none, their flows are walked. *Shape*: `fixture.org = { tenant_url = "{{ env.MOLECULE_TENANT_URL }}" }`
    #[serde(default)]
    #[schemars(with = "indexmap::IndexMap<String, indexmap::IndexMap<String, shape::Template>>")]
    pub fixture: Table<Table<Text>>,
}

/// `[variable.X]`: an environment variable that expressions may read as `env.X`.
///
/// ```toml
/// [variable.MOLECULE_TENANT_DOMAIN]
/// default = "staging.example.com"
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawVariable {
    /// What holds when it is not set.
    ///
    /// *Default*: it must be set where it is read. *Shape*: `default = "staging.example.com"`
    pub default: Option<String>,
    /// Another variable, which holds a URL: when this one is not set, it is the host of that one.
    ///
    /// *Default*: none. *Shape*: `host-of = "MOLECULE_CP_URL"`
    pub host_of: Option<Text>,
    /// How a host that `host-of` gives begins, and what that becomes; the first that fits.
    ///
    /// *Default*: the host stays as it is. *Shape*: `prefixes = { "staging-api." = "staging.", "api." = "" }`
    #[serde(default)]
    pub prefixes: Table<String>,
}
