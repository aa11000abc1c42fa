//! The trends of a history as one versioned document for programs.
//!
//! Does not: hold every case of every run; the database does.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

use harness_model::exit::ExitCode;
use harness_model::history::{Light, Mark, PastRun, RowKind, Survey, Trend, Weather};
use jiff::Timestamp;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;

/// The version of the document: a reader refuses a newer one by name.
pub const HISTORY_VERSION: u32 = 1;

/// The trends of a suite on an environment, for programs.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Document<'a> {
    /// The version of this document.
    #[serde(rename = "shakedown-history")]
    version: u32,
    /// The suite.
    suite: &'a str,
    /// The environment.
    environment: &'a str,
    /// What else the runs were chosen by.
    chosen: &'a [String],
    /// The runs that count, the oldest first.
    runs: Vec<Run<'a>>,
    /// How many runs between them do not.
    left_out: LeftOut,
    /// The trends: arms, then scenarios of cases without any, then cases.
    trends: Vec<Told<'a>>,
}

/// Runs that say nothing of how arms stand.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct LeftOut {
    /// How many were broken on purpose.
    broken_on_purpose: usize,
    /// How many were shards of runs that were merged.
    shards: usize,
}

/// A run.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Run<'a> {
    /// Its id.
    id: &'a str,
    /// When it began.
    #[schemars(with = "String")]
    began: Timestamp,
    /// How long it took, in seconds.
    elapsed: f64,
    /// The lane, when one was chosen.
    lane: Option<&'a str>,
    /// The commit, where it is known.
    commit: Option<&'a str>,
    /// The branch, where it is known.
    branch: Option<&'a str>,
    /// The exit code.
    exit: u8,
    /// What the exit code stands for.
    means: ExitCode,
    /// Whether almost all of it was red, or its target never came up.
    storm: bool,
    /// What sets it apart from an ordinary run of its lane.
    apart: &'a [String],
}

/// How something stood over the runs.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Told<'a> {
    /// What it is told of.
    of: Kind,
    /// The name of that.
    name: &'a str,
    /// How it stood in each run, in their order; null where a run had none of it.
    #[schemars(with = "Vec<Option<String>>")]
    lights: &'a [Option<Light>],
    /// How many executed cases were flaky.
    flaky: u32,
    /// Of how many.
    executed: u32,
    /// At least this share of all cases is flaky, with a confidence of 95 %.
    flaky_low: f64,
    /// At most this share is.
    flaky_high: f64,
    /// The median of how long its cases took, in seconds.
    p50: Option<f64>,
    /// What 95 of 100 of them do not exceed, in seconds.
    p95: Option<f64>,
    /// The median of each run, in seconds and in their order; null where no case of it ran to the expected end.
    medians: Vec<Option<f64>>,
    /// The newest run in which all of it passed.
    last_green: Option<Marked<'a>>,
    /// The first run of the present streak of reds.
    first_red: Option<Marked<'a>>,
}

/// What a trend is told of.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    /// An arm.
    Arm,
    /// The cases of a scenario that no arm picks.
    Scenario,
    /// A case.
    Case,
}

/// A run, as a trend names it.
#[derive(Serialize, JsonSchema)]
struct Marked<'a> {
    /// Its id.
    run: &'a str,
    /// When it began.
    #[schemars(with = "String")]
    at: Timestamp,
    /// The commit, where it is known.
    commit: Option<&'a str>,
    /// Why it was red.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'a str>,
}

/// The document of a survey.
pub fn render(survey: &Survey) -> String {
    let document = Document {
        version: HISTORY_VERSION,
        suite: &survey.suite,
        environment: &survey.environment,
        chosen: &survey.chosen,
        runs: survey.runs.iter().map(run).collect(),
        left_out: LeftOut { broken_on_purpose: survey.left_out.broken, shards: survey.left_out.shards },
        trends: survey.trends.iter().map(told).collect(),
    };
    // Nothing in it can fail to be written: every key is text, and every number finite.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

/// The JSON Schema of the document.
pub fn history_schema() -> Value {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Document<'_>>().to_value()
}

fn run(run: &PastRun) -> Run<'_> {
    Run {
        id: &run.id,
        began: run.began,
        elapsed: run.elapsed.as_secs_f64(),
        lane: run.lane.as_deref(),
        commit: run.provenance.commit.as_deref(),
        branch: run.provenance.branch.as_deref(),
        exit: run.exit.code(),
        means: run.exit,
        storm: run.weather == Weather::Storm,
        apart: &run.provenance.apart,
    }
}

fn told(trend: &Trend) -> Told<'_> {
    let interval = trend.flaky.interval();
    Told {
        of: match trend.row.kind {
            RowKind::Arm => Kind::Arm,
            RowKind::Scenario => Kind::Scenario,
            RowKind::Case => Kind::Case,
        },
        name: &trend.row.name,
        lights: &trend.lights,
        flaky: trend.flaky.hits,
        executed: trend.flaky.of,
        flaky_low: interval.low,
        flaky_high: interval.high,
        p50: trend.took.map(|took| took.0.as_secs_f64()),
        p95: trend.took.map(|took| took.1.as_secs_f64()),
        medians: trend.medians.iter().map(|median| median.map(|median| median.as_secs_f64())).collect(),
        last_green: trend.last_green.as_ref().map(marked),
        first_red: trend.first_red.as_ref().map(marked),
    }
}

fn marked(mark: &Mark) -> Marked<'_> {
    Marked { run: &mark.run, at: mark.at, commit: mark.commit.as_deref(), cause: mark.cause.as_deref() }
}
