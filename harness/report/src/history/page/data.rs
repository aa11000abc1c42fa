//! The data of a page of trends: what its script shows, as one JSON document.
//!
//! Does not: escape anything; the page does, and its script shows every text as text.

use crate::page;
use harness_model::history::{Light, Mark, PastRun, RowKind, Survey, Trend, Weather};
use harness_model::share::percent;
use indexmap::{IndexMap, IndexSet};
use serde::Serialize;
use std::time::Duration;

/// The version of the data; page and script are written together, so only people look at it.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Page<'a> {
    #[serde(rename = "shakedown-trends")]
    version: u32,
    lights: Vec<Named>,
    surveys: Vec<Told<'a>>,
}

/// A light, its sign, and what this stands for.
#[derive(Serialize)]
struct Named {
    light: Light,
    sign: char,
    words: &'static str,
}

#[derive(Serialize)]
struct Told<'a> {
    suite: &'a str,
    environment: &'a str,
    chosen: &'a [String],
    runs: Vec<Run<'a>>,
    /// What is left out, for people.
    left: Option<String>,
    rows: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Run<'a> {
    id: &'a str,
    began: String,
    elapsed: f64,
    lane: Option<&'a str>,
    commit: Option<&'a str>,
    branch: Option<&'a str>,
    exit: u8,
    means: &'static str,
    storm: bool,
    apart: &'a [String],
}

/// A trend, and those of the cases below it.
#[derive(Serialize)]
struct Row<'a> {
    kind: &'static str,
    name: &'a str,
    state: Option<Light>,
    /// A sign for each run, with a full stop where the run had none of it.
    signs: String,
    flaky: Option<Flaky>,
    /// *Units*: seconds, as all of them.
    p50: Option<f64>,
    p95: Option<f64>,
    medians: Vec<Option<f64>>,
    green: Option<Marked<'a>>,
    red: Option<Marked<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cases: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Flaky {
    rate: String,
    bound: String,
    of: u32,
}

#[derive(Serialize)]
struct Marked<'a> {
    run: &'a str,
    day: String,
    commit: Option<&'a str>,
    cause: Option<&'a str>,
}

/// The document.
pub(super) fn json(surveys: &[Survey]) -> String {
    let lights = Light::ALL.map(|(light, sign, words)| Named { light, sign, words });
    page::json(&Page { version: VERSION, lights: lights.into(), surveys: surveys.iter().map(told).collect() })
}

/// The trends that stand below no other: arms and scenarios, and all cases where there are no such.
pub(super) fn tops(survey: &Survey) -> Vec<&Trend> {
    let is_case = |trend: &&Trend| trend.row.kind == RowKind::Case;
    let wide: Vec<&Trend> = survey.trends.iter().filter(|trend| !is_case(trend)).collect();
    if wide.is_empty() { survey.trends.iter().collect() } else { wide }
}

fn told(survey: &Survey) -> Told<'_> {
    let cases: IndexMap<&str, &Trend> = survey
        .trends
        .iter()
        .filter(|trend| trend.row.kind == RowKind::Case)
        .map(|trend| (trend.row.name.as_str(), trend))
        .collect();
    let below = below(survey);
    let rows = tops(survey).into_iter().map(|trend| {
        let ids = below.get(&(trend.row.kind, trend.row.name.clone()));
        let of_row = ids.into_iter().flatten().filter_map(|id| cases.get(id));
        row(trend, of_row.map(|trend| row(trend, Vec::new())).collect())
    });
    Told {
        suite: &survey.suite,
        environment: &survey.environment,
        chosen: &survey.chosen,
        runs: survey.runs.iter().map(run).collect(),
        left: survey.left_out.words(),
        rows: rows.collect(),
    }
}

/// The cases that an arm picked in any of the runs, in the order of their plans.
fn below(survey: &Survey) -> IndexMap<(RowKind, String), IndexSet<&str>> {
    let mut below: IndexMap<_, IndexSet<&str>> = IndexMap::new();
    for case in survey.runs.iter().rev().flat_map(|run| &run.cases) {
        for row in case.rows() {
            below.entry((row.kind, row.name)).or_default().insert(case.id.as_str());
        }
    }
    below
}

fn run(run: &PastRun) -> Run<'_> {
    Run {
        id: &run.id,
        began: format!("{:.0}", run.began),
        elapsed: seconds(run.elapsed),
        lane: run.lane.as_deref(),
        commit: run.provenance.commit.as_deref(),
        branch: run.provenance.branch.as_deref(),
        exit: run.exit.code(),
        means: run.exit.meaning(),
        storm: run.weather == Weather::Storm,
        apart: &run.provenance.apart,
    }
}

fn row<'a>(trend: &'a Trend, cases: Vec<Row<'a>>) -> Row<'a> {
    let flaky = trend.flaky.rate().map(|rate| Flaky {
        rate: percent(rate),
        bound: trend.flaky.interval().to_string(),
        of: trend.flaky.of,
    });
    Row {
        kind: match trend.row.kind {
            RowKind::Arm => "arm",
            RowKind::Scenario => "scenario",
            RowKind::Case => "case",
        },
        name: &trend.row.name,
        state: trend.state(),
        signs: trend.lights.iter().map(|light| light.map_or('.', Light::sign)).collect(),
        flaky,
        p50: trend.took.map(|took| seconds(took.0)),
        p95: trend.took.map(|took| seconds(took.1)),
        medians: trend.medians.iter().map(|median| median.map(seconds)).collect(),
        green: trend.last_green.as_ref().map(marked),
        red: trend.first_red.as_ref().map(marked),
        cases,
    }
}

fn marked(mark: &Mark) -> Marked<'_> {
    Marked {
        run: &mark.run,
        day: mark.at.strftime("%Y-%m-%d").to_string(),
        commit: mark.commit.as_deref(),
        cause: mark.cause.as_deref(),
    }
}

/// Seconds to the millisecond: nobody sees more.
fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e3).round() / 1e3
}
