//! A scenario file.
//!
//! Does not: expand the matrix or look at other files.

use super::{OneOrMany, RawStep, RawTree, Spanned, Table, Text, shape};
use schemars::JsonSchema;
use serde::Deserialize;

/// A scenario file: any `*.toml` beside `suite.toml` that is not `choices.toml`, `gates.toml`,
/// `faults.toml` or `known-failures.toml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawScenario {
    /// `[scenario]`.
    pub scenario: RawScenarioHead,
    /// `[matrix]`: axes, `exclude` and `include`, in document order; `cover`, `max-cases` and `from`. Without it there is one
    /// case.
    #[serde(default)]
    #[schemars(with = "shape::Matrix")]
    pub matrix: Table<RawTree>,
    /// `[[arm]]`.
    #[serde(default)]
    pub arm: Vec<RawArm>,
    /// `[[step]]`, in the order in which they take place; one at least.
    #[serde(default)]
    pub step: Vec<Spanned<RawStep>>,
}

/// `[scenario]`: what it is called and what all its cases need.
///
/// ```toml
/// [scenario]
/// name     = "provision"
/// summary  = "create, online, round trip"
/// fixtures = ["org"]
/// timeout  = "30m"
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawScenarioHead {
    /// The first part of every case id; no other scenario of the suite has it.
    ///
    /// *Shape*: `name = "provision"`
    pub name: Text,
    /// One sentence for people.
    ///
    /// *Shape*: `summary = "create, online, round trip"`
    pub summary: Option<String>,
    /// Words that select its cases: `--tag`, `E2E_TAG`, and the `select` of a lane.
    ///
    /// *Default*: none. *Shape*: `tags = ["smoke"]`
    #[serde(default)]
    pub tags: Vec<Text>,
    /// The fixtures that every case needs; their outputs are bound as `org.id`.
    ///
    /// *Default*: none. *Shape*: `fixtures = ["org"]`
    #[serde(default)]
    pub fixtures: Vec<Text>,
    /// What every case needs; what is missing skips it, or refuses it when live is required.
    ///
    /// *Default*: nothing. *Shape*: `requires = { capability = "poll_queue" }`
    pub requires: Option<RawRequires>,
    /// Those of its fixtures that every case makes for itself, whatever their scope is elsewhere: what a case does to them no
    /// other case sees. Name what they create with `scope.name`, which is another one for each case then.
    ///
    /// *Default*: none, every fixture has its own scope. *Shape*: `own = ["org"]`
    #[serde(default)]
    pub own: Vec<Text>,
    /// How long a case may take, release not counted; shorter than the run's.
    ///
    /// *Default*: the suite's `case-timeout`. *Shape*: `timeout = "30m"`
    #[schemars(with = "Option<shape::Duration>")]
    pub timeout: Option<Text>,
    /// About how long a case takes, for when no recording tells: longer cases start first, and shards are balanced by it.
    ///
    /// *Default*: what other cases of the run take. *Shape*: `takes = "4m"`
    #[schemars(with = "Option<shape::Duration>")]
    pub takes: Option<Text>,
}

/// `[[arm]]`: cases picked by a match, with bindings and policy of their own. A case may have several arms, unless two of
/// them bind one name.
///
/// ```toml
/// [[arm]]
/// name     = "codex"
/// match    = { runtime = "codex" }
/// bind     = { provider = "openai" }
/// requires = { secret = "E2E_OPENAI_API_KEY" }
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawArm {
    /// The name under which gates and reports speak of it.
    ///
    /// *Shape*: `name = "google-adk/vertex"`
    pub name: Text,
    /// The axis values and bundle keys that pick its cases; all of them must be equal.
    ///
    /// *Shape*: `match = { runtime = "codex", lifecycle = "steady" }`
    #[serde(rename = "match")]
    #[schemars(with = "shape::Row")]
    pub matches: Table<toml::Value>,
    /// Words that select its cases, beside those of the scenario.
    ///
    /// *Default*: none. *Shape*: `tags = ["paid"]`
    #[serde(default)]
    pub tags: Vec<Text>,
    /// Bindings of its cases, over those of the suite and the matrix.
    ///
    /// *Default*: none. *Shape*: `bind = { provider = "openai", online_budget = "60m" }`
    #[serde(default)]
    #[schemars(with = "shape::Named<shape::Anything>")]
    pub bind: Table<toml::Value>,
    /// What its cases need; what is missing skips them, or refuses them when live is required.
    ///
    /// *Default*: nothing. *Shape*: `requires = { secret = "E2E_OPENAI_API_KEY" }`
    pub requires: Option<RawRequires>,
    /// The choices that its cases take, in order: a later one reads what an earlier one binds. `"provider.minimax"` takes this
    /// alternative and no other.
    ///
    /// *Default*: none. *Shape*: `choose = ["model", "provider"]`
    pub choose: Option<OneOrMany>,
    /// The failure that is expected for now: exactly it is a known red, a pass is red.
    ///
    /// *Shape*: `known-red = { step = "create", when = "status == 422", until = "it is listed", expires = 2027-03-31 }`
    pub known_red: Option<RawKnownRed>,
    /// How many of several attempts must pass, for a model that does not answer the same twice. Each attempt is a case of its
    /// own, with its own names and its own release; it stops as soon as the rest cannot change what comes of it. A leak of any
    /// attempt is a leak, and one that could not be found out is no pass.
    ///
    /// *Default*: one attempt. *Shape*: `pass = { of = 5, at-least = 4 }`
    pub pass: Option<RawPass>,
    /// Why its cases cannot run for now: they are shown as blocked and not started.
    ///
    /// *Shape*: `blocked = { needs = "identity federation", owner = "platform", expires = 2027-03-31 }`
    pub blocked: Option<RawBlocked>,
}

/// `pass = { … }`: how many of several attempts must pass.
///
/// ```toml
/// [[arm]]
/// name  = "openclaw"
/// match = { runtime = "openclaw" }
/// pass  = { of = 5, at-least = 4 }
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawPass {
    /// So many attempts at most; the case may take so many times its timeout.
    ///
    /// *Shape*: `of = 5`
    pub of: Spanned<u32>,
    /// So many of them must pass.
    ///
    /// *Shape*: `at-least = 4`
    pub at_least: Spanned<u32>,
}

/// `requires = { … }`: what the cases of a scenario or an arm cannot do without: secrets, capabilities of the target, and
/// tools of the machine.
///
/// ```toml
/// [[arm]]
/// name     = "seo-agent"
/// match    = { runtime = "seo-agent" }
/// requires = { any-secret = ["E2E_MINIMAX_API_KEY", "E2E_ANTHROPIC_API_KEY"] }
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawRequires {
    /// Every one of these secrets.
    ///
    /// *Shape*: `secret = "E2E_OPENAI_API_KEY"`
    pub secret: Option<OneOrMany>,
    /// One at least of these secrets.
    ///
    /// *Shape*: `any-secret = ["E2E_MINIMAX_API_KEY", "E2E_ANTHROPIC_API_KEY"]`
    pub any_secret: Option<OneOrMany>,
    /// Every one of these capabilities of the target, which is asked at the start.
    ///
    /// *Shape*: `capability = "poll_queue"`
    pub capability: Option<OneOrMany>,
    /// Every one of these tools on the machine that runs the suite, as `PATH` leads to them.
    ///
    /// *Shape*: `tool = "aws"`
    pub tool: Option<OneOrMany>,
}

/// `known-red = { … }`: a failure that is expected, in one step and in one way, until a day.
///
/// ```toml
/// [[arm]]
/// name      = "google-adk"
/// match     = { runtime = "google-adk" }
/// known-red = { step = "create", when = "status == 422", until = "it is listed", expires = 2027-03-31 }
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawKnownRed {
    /// The step that fails.
    ///
    /// *Shape*: `step = "create"`
    pub step: Text,
    /// How it fails; any other way is an ordinary red.
    ///
    /// *Shape*: `when = "status == 422 and body.code == 'RUNTIME_UNSUPPORTED'"`
    #[schemars(with = "shape::Condition")]
    pub when: Text,
    /// What ends it, for people.
    ///
    /// *Shape*: `until = "the manifest lists google-adk"`
    pub until: String,
    /// The last day on which the mark counts.
    ///
    /// *Shape*: `expires = 2027-03-31`
    #[schemars(with = "shape::Day")]
    pub expires: Spanned<toml::value::Datetime>,
}

/// `blocked = { … }`: cases that need something which does not exist yet.
///
/// ```toml
/// [[arm]]
/// name    = "vertex"
/// match   = { model = "platform:gemini-2.5-pro" }
/// blocked = { needs = "identity federation", owner = "platform", expires = 2027-03-31 }
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawBlocked {
    /// What is missing, for people.
    ///
    /// *Shape*: `needs = "server-side identity federation"`
    pub needs: String,
    /// Who will provide it, for people.
    ///
    /// *Shape*: `owner = "platform"`
    pub owner: String,
    /// What ends it, for people.
    ///
    /// *Shape*: `until = "the service account exists"`
    pub until: Option<String>,
    /// The last day on which the mark counts.
    ///
    /// *Shape*: `expires = 2027-03-31`
    #[schemars(with = "shape::Day")]
    pub expires: Spanned<toml::value::Datetime>,
}
