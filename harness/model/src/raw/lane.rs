//! `[lane.X]`: named selections with a policy of their own.
//!
//! Does not: check what they select.

use super::{OneOrMany, RawAlert, RawCeiling, Spanned, Table, Text, shape};
use schemars::JsonSchema;
use serde::Deserialize;

/// `[lane.X]`: a named selection with its own policy, chosen by `--lane` or `E2E_LANE`, or by `lane` of the suite when a
/// run selects nothing.
///
/// ```toml
/// [lane.canary]
/// summary = "one runtime, every hour"
/// select  = { runtime = "codex", lifecycle = "!hibernate-wake" }
/// bind    = { online_budget = "5m" }
/// timeout = "20m"
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawLane {
    /// One sentence for people.
    ///
    /// *Shape*: `summary = "one runtime, every hour"`
    pub summary: Option<String>,
    /// Other names of it, for `--lane`, `E2E_LANE` and `E2E_MODE`.
    ///
    /// *Default*: none. *Shape*: `aliases = ["smoke"]`
    #[serde(default)]
    pub aliases: Vec<Text>,
    /// What it picks: values by axis, bundle key, `scenario`, `arm` or `tag`; `!` before a value leaves it out.
    ///
    /// *Default*: every case. *Shape*: `select = { runtime = ["codex", "mock"], tag = "!slow" }`
    #[serde(default)]
    pub select: Table<OneOrMany>,
    /// Bindings of its cases, over those of the suite.
    ///
    /// *Default*: none. *Shape*: `bind = { online_budget = "5m" }`
    #[serde(default)]
    #[schemars(with = "shape::Named<shape::Anything>")]
    pub bind: Table<toml::Value>,
    /// How long a run of it may take.
    ///
    /// *Default*: the suite's `timeout`. *Shape*: `timeout = "20m"`
    #[schemars(with = "Option<shape::Duration>")]
    pub timeout: Option<Text>,
    /// How long a case may take in it at most, whatever its scenario and the suite say; longer than its deadlines, which
    /// `bind` can shorten.
    ///
    /// *Default*: what the scenario says. *Shape*: `case-timeout = "15m"`
    #[schemars(with = "Option<shape::Duration>")]
    pub case_timeout: Option<Text>,
    /// What a pass after a counted repetition means in it.
    ///
    /// *Default*: what the suite says. *Shape*: `flaky = "fail"`
    #[schemars(with = "Option<shape::FlakyWord>")]
    pub flaky: Option<Text>,
    /// Whether what is missing is a failure in it, as with `REQUIRE_LIVE`.
    ///
    /// *Default*: false. *Shape*: `require-live = true`
    #[serde(default)]
    pub require_live: bool,
    /// The group of which one run at a time may be under way on a machine; a second one waits.
    ///
    /// *Default*: none. *Shape*: `exclusive = "staging"`
    pub exclusive: Option<Text>,
    /// Whether reds of its cases count, whatever `gates.toml` says of their arms: a lane that alerts, or that is to fail,
    /// needs reds that do.
    ///
    /// *Default*: what `gates.toml` says. *Shape*: `gate = "required"`
    #[schemars(with = "Option<shape::GateWord>")]
    pub gate: Option<Text>,
    /// The exit code that is the good one, for a lane that is to fail. The header and the last line of a run say so; the
    /// exit code stays what it is.
    ///
    /// *Default*: 0. *Shape*: `expect-exit = 1`
    pub expect_exit: Option<Spanned<u8>>,
    /// What at least one case of a whole run of it has to reach, or a fixture of the run: milestones that steps name. Exit
    /// code 5 when nobody does, and nothing else is red.
    ///
    /// *Default*: none. *Shape*: `milestones = ["workspace-online", "a2a-roundtrip"]`
    #[serde(default)]
    pub milestones: Vec<Text>,
    /// How many cases of a whole run of it may be skipped: so many, or a share of those that are not blocked. Exit code 5
    /// when more are.
    ///
    /// *Default*: every case may be. *Shape*: `max-skipped = "20%"`
    pub max_skipped: Option<Spanned<RawCeiling>>,
    /// How many cases of each value of an axis, or of the key of a bundle, a whole run of it has to execute, whatever comes of
    /// them; a value of which every case is blocked is left alone. Exit code 5 when it executes fewer.
    ///
    /// *Default*: no floor. *Shape*: `floor = { runtime = 1 }`
    #[serde(default)]
    #[schemars(with = "indexmap::IndexMap<String, usize>")]
    pub floor: Table<Spanned<usize>>,
    /// The files whose change calls for a run of it, as globs from the top of the repository: `*` and `?` stay in one folder,
    /// `**` does not. `shakedown detect` compares them with what changed.
    ///
    /// *Default*: no change calls for it. *Shape*: `paths = ["scenarios/staging/**", "templates/**"]`
    pub paths: Option<OneOrMany>,
    /// `[lane.X.alert]`: the issue that tells people when it stays red.
    ///
    /// *Default*: none. *Shape*: `alert = { title = "The staging canary is red", label = "canary-staging" }`
    pub alert: Option<RawAlert>,
}
