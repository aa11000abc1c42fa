//! What a string of a file may look like: markers for the schema, where the Rust type says only "text".
//!
//! Does not: hold or check values. `validate` does; a schema that is wider than the compiler is fine, a narrower one is
//! not.

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Declares a marker for text: its documentation is its description, its pattern what an editor checks.
macro_rules! texts {
    ($($(#[doc = $documentation:literal])+ $name:ident $(=~ $pattern:literal)?;)+) => {$(
        $(#[doc = $documentation])+
        #[derive(JsonSchema)]
        #[schemars(transparent $(, extend("pattern" = $pattern))?)]
        pub struct $name(pub String);
    )+};
}

texts! {
    /// A length of time: numbers with units, more than nothing: `250ms`, `2s`, `15m`, `1h 30m`.
    Duration =~ r"^\s*([0-9]+(\.[0-9]+)?\s*[A-Za-zµ]+\s*)+$";
    /// A length of time, or a template of bindings that are known before anything runs, so that deadlines can be proved
    /// to nest: `15m`, `{{ online_budget }}`.
    LateDuration =~ r"^(\s*([0-9]+(\.[0-9]+)?\s*[A-Za-zµ]+\s*)+|.*\{\{.*\}\}.*)$";
    /// A number of bytes: a whole number with a unit: `512 B`, `25 MB`, `1 MiB`.
    Size =~ r"^\s*[0-9]+\s*(B|kB|MB|KiB|MiB)\s*$";
    /// An expression that must be true or false; anything else is an error. It reads bindings, the built-in names and, in
    /// a step, the words of the result: `status == 200 and body.status == 'online'`.
    Condition =~ r"\S";
    /// An expression that gives a value: `body.id`, `body.items | length`.
    Expression =~ r"\S";
    /// Text with `{{ … }}` where values go: `/workspaces/{{ workspace_id }}`.
    Template;
    /// The path of a request below the base of its service, a template; what it interpolates is percent-encoded:
    /// `/workspaces/{{ workspace_id }}`.
    PathTemplate =~ "^/";
    /// The name of a flow: its file without `.toml`, below the suite's folder: `flows/org`.
    FlowName =~ "^flows/";
    /// A program: a path below the suite's root, with a `/` in it, or the name of a tool that `PATH` leads to:
    /// `ci/cloud-instances`, `aws`.
    Program =~ "^[A-Za-z0-9._+-]+(/[A-Za-z0-9._+-]+)*$";
    /// A name that expressions can use: letters, digits and `_`, not beginning with a digit.
    Identifier =~ "^[A-Za-z_][A-Za-z0-9_]*$";
    /// A day without quotes: `2027-03-31`. The mark counts to the end of it.
    Day =~ "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
}

/// Declares a closed set of words.
macro_rules! words {
    ($($(#[doc = $documentation:literal])+ $name:ident { $($(#[doc = $meaning:literal])+ $word:ident,)+ })+) => {$(
        $(#[doc = $documentation])+
        #[derive(JsonSchema)]
        #[schemars(rename_all = "kebab-case")]
        pub enum $name { $($(#[doc = $meaning])+ $word,)+ }
    )+};
}

words! {
    /// What a pass after a counted repetition means.
    FlakyWord {
        /// The case counts as passed, and is shown.
        Pass,
        /// The case is red.
        Fail,
    }
    /// Whether every scenario must have fault rows.
    ProveWord {
        /// A scenario without one is an error.
        Required,
        /// Rows are run where there are some.
        Optional,
    }
    /// What an environment brings along.
    ProvidesWord {
        /// A random placeholder for every declared secret; a real one is never forwarded.
        Secrets,
    }
    /// Whose failure a known failure is.
    ClassWord {
        /// The product's: the red stays what it is.
        Product,
        /// The run's own set-up, such as a stale key: the red stays what it is.
        Setup,
        /// An operator's, such as a bill: the red is `for an operator`, and nothing is known of the product.
        Operator,
    }
    /// What a red is about.
    AboutWord {
        /// A credential that is missing, stale, or refused.
        Secret,
        /// An account whose means are spent.
        Quota,
        /// What stands between us and a service.
        Edge,
        /// Something that was to come up, or to change its state, and did not.
        Provision,
        /// An agent that did not answer.
        Agent,
        /// A wrong answer, or a wrong model.
        Model,
        /// A reply that is not what the scenario says.
        Assertion,
        /// The harness, or the scenario itself.
        Harness,
    }
    /// How letters are compared.
    LettersWord {
        /// As they are.
        Exact,
        /// Capital and small ones alike.
        AnyCase,
    }
    /// Whether a red of an arm counts against the exit code of a live run.
    GateWord {
        /// It counts.
        Required,
        /// It is shown and does not count: continue-on-error.
        Advisory,
    }
    /// How an arm stands.
    StandingWord {
        /// Its red counts.
        Required,
        /// Its red is shown and does not count yet: continue-on-error.
        Advisory,
        /// Its red did count, and does not until somebody has mended it.
        Quarantined,
    }
}

/// Any value of TOML.
pub struct Anything;

impl JsonSchema for Anything {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Anything".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let kinds = ["string", "integer", "number", "boolean", "array", "object"];
        Map::from_iter([("type".to_owned(), kinds.into_iter().map(Value::from).collect())]).into()
    }
}

/// A table whose keys are for the suite to choose.
pub type Row = IndexMap<String, Anything>;

/// A table of bindings, by identifier.
pub type Named<T> = IndexMap<Identifier, T>;

/// `[matrix]`: the axes in document order, each a list of values, multiplied as GitHub Actions does it.
///
/// A list of tables is a *bundle*: each key selects (`E2E_RUNTIME`) and names the case. A case's id is the scenario's
/// name and its values, in this order.
///
/// ```toml
/// [matrix]
/// lifecycle = ["steady", "pause-resume"]
/// exclude   = [{ agent = { runtime = "mock" }, lifecycle = "pause-resume" }]
/// [[matrix.agent]]
/// runtime = "codex"
/// model   = "gpt-5.4-mini"
/// ```
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub struct Matrix {
    /// Rows to drop from the product: a row goes when every key of one of these tables equals its value. For a bundle
    /// some of its keys are enough.
    ///
    /// *Default*: none. *Shape*: `exclude = [{ lifecycle = "steady", agent = { runtime = "mock" } }]`
    pub exclude: Option<Vec<Row>>,
    /// Rows to add after `exclude`: keys that no axis has extend every row that the rest matches; a table that matches no
    /// row becomes a case of its own (a warning says so).
    ///
    /// *Default*: none. *Shape*: `include = [{ lifecycle = "steady", note = "only bound, never in the id" }]`
    pub include: Option<Vec<Row>>,
    /// How much of the product is enough: 1 keeps every value, 2 every pair, 3 every triple of values. What is left out is
    /// listed.
    ///
    /// *Default*: the whole product. *Shape*: `cover = 2`
    #[schemars(range(min = 1, max = 3))]
    pub cover: Option<u32>,
    /// A ceiling: more cases are an error.
    ///
    /// *Default*: 1000000. *Shape*: `max-cases = 200`
    #[schemars(range(min = 1))]
    pub max_cases: Option<u32>,
    /// A JSON file beside the scenario with the rest of the matrix, as GitHub's `fromJSON` takes it.
    ///
    /// *Default*: none. *Shape*: `from = "agents.json"`
    pub from: Option<String>,
    /// An axis: the values, or the tables of a bundle.
    #[schemars(flatten)]
    pub axes: Named<Axis>,
}

/// The values of an axis, one at least.
#[derive(JsonSchema)]
#[schemars(transparent, inline, extend("minItems" = 1))]
pub struct Axis(pub Vec<Anything>);

/// The next state, or `{ to = …, within = … }`.
#[derive(JsonSchema)]
#[schemars(untagged, inline)]
pub enum Edge {
    /// The next state.
    State(String),
    /// The next state, and how long it may take.
    Budgeted(super::RawBudgetedEdge),
}
