//! `[[step]]` in scenarios and flows.
//!
//! Does not: know what an action means. `action` does, one kind per file.

use super::{Spanned, Table, Text, shape};
use crate::action::RawAction;
use schemars::JsonSchema;
use serde::Deserialize;

/// `[[step]]`: one action and what must hold after it, or a flow in its place. A step with `run` has `expect` or `poll`.
///
/// ```toml
/// [[step]]
/// name     = "online"
/// run.http = { on = "tenant", as = "tenant_admin", path = "/workspaces/{{ workspace_id }}" }
/// expect   = ["status == 200", "body.name == workspace_name"]
/// poll     = { until = "body.status == 'online'", within = "15m" }
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawStep {
    /// What people, marks and fault rows call it. A step that acts must have one; a step that uses a flow may go without.
    ///
    /// *Shape*: `name = "create"`
    pub name: Option<Text>,
    /// The condition under which it takes place. It reads what is bound by then: axes, bindings, earlier captures.
    ///
    /// *Default*: always. *Shape*: `when = "lifecycle == 'pause-resume'"`
    #[schemars(with = "Option<shape::Condition>")]
    pub when: Option<Text>,
    /// What it does: `run.<kind> = { … }`, exactly one kind.
    ///
    /// *Shape*: `run.http = { on = "cp", path = "/health" }`
    pub run: Option<RawAction>,
    /// The flow whose steps take its place. Such a step has `name` and `when` beside it, and nothing else.
    ///
    /// *Shape*: `use = "flows/round-trip"`
    #[serde(rename = "use")]
    #[schemars(with = "Option<shape::FlowName>")]
    pub flow: Option<Text>,
    /// What it will have created: the kind of resource and its key. Written down before the first byte is sent, released
    /// whatever happens; a step that owns something is not repeated, so it has no `poll`.
    ///
    /// *Default*: nothing. *Shape*: `owns = { workspace = "{{ workspace_name }}" }`
    #[serde(default)]
    #[schemars(with = "indexmap::IndexMap<String, shape::Template>")]
    pub owns: Table<Text>,
    /// Paths of the reply that are secret: hidden before the exchange is recorded. A reply of success that lacks one is
    /// hidden as a whole.
    ///
    /// *Default*: none. *Shape*: `secret = ["body.admin_token"]`
    #[serde(default)]
    pub secret: Vec<Text>,
    /// Conditions that must all hold. A path that is missing is a failure, not a `false`.
    ///
    /// *Default*: none; then there is a `poll`. *Shape*: `expect = ["status == 201", "body.name == workspace_name"]`
    #[serde(default)]
    #[schemars(with = "Vec<shape::Condition>")]
    pub expect: Vec<Text>,
    /// Names for parts of the reply, for the steps that follow.
    ///
    /// *Default*: none. *Shape*: `capture = { workspace_id = "body.id" }`
    #[serde(default)]
    #[schemars(with = "shape::Named<shape::Expression>")]
    pub capture: Table<Text>,
    /// What is reached when it has held, for lanes that demand it of a run. In a case's own steps and in what makes fixtures;
    /// where flows release, probe or look into something, it says nothing.
    ///
    /// *Default*: nothing. *Shape*: `milestone = "workspace-online"`
    pub milestone: Option<Text>,
    /// How to wait: the action is repeated until a condition holds.
    ///
    /// *Default*: the action takes place once. *Shape*: `poll = { until = "status == 200", within = "1m" }`
    pub poll: Option<Spanned<RawPoll>>,
}

/// `[step.poll]`: repeat the action until a condition holds. While it does not, lost connections, 429, 502, 503 and 504 are
/// waited through; any other status that is not 2xx ends the wait as a failure.
///
/// ```toml
/// [[step]]
/// name     = "up"
/// run.http = { on = "cp", path = "/health" }
/// poll     = { until = "status == 200", every = "2s", within = "1m" }
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawPoll {
    /// What is waited for. A path that is missing is "not yet".
    ///
    /// *Shape*: `until = "body.status == 'online' and body.url is string"`
    #[schemars(with = "shape::Condition")]
    pub until: Text,
    /// What ends the wait early, as a failure.
    ///
    /// *Default*: only the deadline. *Shape*: `fail-if = "body.status == 'removed'"`
    #[schemars(with = "Option<shape::Condition>")]
    pub fail_if: Option<Text>,
    /// The time between two looks. An environment may lower it with `poll-every`.
    ///
    /// *Default*: 2s. *Shape*: `every = "15s"`
    #[schemars(with = "Option<shape::LateDuration>")]
    pub every: Option<Text>,
    /// The deadline, shorter than the case's timeout. An environment may lower it with `poll-within`.
    ///
    /// *Shape*: `within = "{{ online_budget }}"`
    #[schemars(with = "shape::LateDuration")]
    pub within: Text,
    /// The path of a stream of server-sent events on the step's own service. It is open while the poll waits, and each
    /// event makes it look at once; the interval stays, for a stream that is silent or breaks off, and may be long.
    ///
    /// *Default*: none. *Shape*: `wake = "/workspaces/{{ workspace_id }}/events/stream"`
    #[schemars(with = "Option<shape::PathTemplate>")]
    pub wake: Option<Text>,
}
