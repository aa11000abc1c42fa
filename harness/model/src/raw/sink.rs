//! `[sink.X]`.
//!
//! Does not: send. The runner does, when a run is over.

use super::{Text, shape};
use schemars::JsonSchema;
use serde::Deserialize;

/// `[sink.X]`: somebody who is told of a run: a file, a webhook, a text file for Prometheus. A sink that fails changes no
/// verdict; it is named in the last lines of the run. All of them together have ten seconds when the run is over.
///
/// ```toml
/// [sink.hub]
/// when       = "STATE_HUB_URL"
/// on         = ["start", "red", "end"]
/// to.webhook = { url = "{{ env.STATE_HUB_URL }}/progress", body = "sinks/state-hub.json.j2", signed = "STATE_HUB_KEY" }
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawSink {
    /// The environment variable that turns it on when it is set.
    ///
    /// *Default*: it is always on. *Shape*: `when = "STATE_HUB_URL"`
    pub when: Option<Text>,
    /// When it is told: at the start, at the first red that counts, at the end.
    ///
    /// *Default*: `["end"]`. *Shape*: `on = ["red", "end"]`
    pub on: Option<Vec<RawMoment>>,
    /// Where it goes: `to.<kind> = { … }`, exactly one kind.
    ///
    /// *Shape*: `to.prometheus = { path = "target/shakedown.prom" }`
    pub to: RawDestination,
}

/// A moment of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RawMoment {
    /// It begins.
    Start,
    /// The first red that counts.
    Red,
    /// It is over.
    End,
}

/// `to.<kind> = { … }`: where a sink's words go, exactly one kind.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RawDestination {
    /// A file.
    File(RawFileSink),
    /// A request to somebody's server.
    Webhook(RawWebhook),
    /// Metrics in a text file.
    Prometheus(RawPrometheus),
}

/// `to.file = { … }`: a file that is replaced whole, or not at all.
///
/// ```toml
/// [sink.issue]
/// to.file = { path = "target/issue.json", body = "sinks/gitea-issue.json.j2" }
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawFileSink {
    /// The file, a template; a relative path begins at the suite's root, and its folder is made.
    ///
    /// *Shape*: `path = "target/{{ run.id }}.json"`
    #[schemars(with = "shape::Template")]
    pub path: Text,
    /// The template that it is made of, below `templates/`.
    ///
    /// *Shape*: `body = "sinks/gitea-issue.json.j2"`
    pub body: Text,
}

/// `to.webhook = { … }`: a `POST`, repeated a few times when no reply comes, or one that says "not now".
///
/// ```toml
/// [sink.hub]
/// to.webhook = { url = "{{ secret.HUB_URL }}", body = "sinks/state-hub.json.j2", signed = "HUB_KEY", within = "3s" }
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawWebhook {
    /// The URL, a template of `env` and `secret`.
    ///
    /// *Shape*: `url = "{{ env.STATE_HUB_URL }}/progress"`
    #[schemars(with = "shape::Template")]
    pub url: Text,
    /// The template of the body, below `templates/`.
    ///
    /// *Shape*: `body = "sinks/state-hub.json.j2"`
    pub body: Text,
    /// The secret that signs: the header `X-Shakedown-Signature` has `t=`, the seconds since 1970, and `v1=`, the
    /// HMAC-SHA256 of them, a dot and the body, in hexadecimal digits.
    ///
    /// *Default*: nothing is signed. *Shape*: `signed = "STATE_HUB_KEY"`
    pub signed: Option<Text>,
    /// The bearer token, a template of `secret`.
    ///
    /// *Default*: none. *Shape*: `bearer = "{{ secret.TRACKER_TOKEN }}"`
    #[schemars(with = "Option<shape::Template>")]
    pub bearer: Option<Text>,
    /// How long all of its attempts may take.
    ///
    /// *Default*: 5s. *Shape*: `within = "3s"`
    #[schemars(with = "Option<shape::Duration>")]
    pub within: Option<Text>,
}

/// `to.prometheus = { … }`: metrics of the run in a text file, for the collector of a node exporter. What is there already is
/// replaced when a run of ours wrote it, and left alone when not.
///
/// ```toml
/// [sink.metrics]
/// to.prometheus = { path = "/var/lib/node_exporter/shakedown.prom" }
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawPrometheus {
    /// The file, a template; a relative path begins at the suite's root, and its folder is made.
    ///
    /// *Shape*: `path = "target/shakedown.prom"`
    #[schemars(with = "shape::Template")]
    pub path: Text,
}
