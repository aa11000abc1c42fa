//! Prometheus: the run as metrics in the text format, for the collector of a node exporter.
//!
//! Does not: add up over runs. Every metric is a gauge of the last one.

use crate::Account;
use crate::shown::shown;
use harness_model::verdict::Verdict;
use std::fmt::Write;
use std::time::Duration;

/// With what every view of this format begins.
pub(super) const MARK: &str = "# HELP shakedown_";

/// The labels of a sample.
type Labels<'a> = Vec<(&'a str, &'a str)>;

pub(super) fn render(account: &Account<'_>) -> String {
    let run = account.report;
    let lane = run.lane.as_deref().unwrap_or_default();
    let common: Labels<'_> = vec![("suite", &run.suite), ("environment", &run.environment), ("lane", lane)];
    let with = |more: &[(&'static str, &str)]| -> String {
        let pairs = common.iter().copied().chain(more.iter().copied());
        let pairs = pairs.map(|(name, value)| format!("{name}=\"{}\"", escaped(value)));
        pairs.collect::<Vec<_>>().join(",")
    };
    let mut text = String::new();
    let one = |value: String| vec![(with(&[]), value)];
    let info = vec![(with(&[("run", &run.run), ("selection", &account.selection())]), "1".to_owned())];
    family(&mut text, "run_info", "The last run.", info);
    family(&mut text, "run_exit_code", "The exit code of the run.", one(run.exit().code().to_string()));
    family(
        &mut text,
        "run_duration_seconds",
        "How long the run took.",
        one(seconds(account.closing.elapsed)),
    );
    if let Some(began) = account.began {
        let began = one(began.as_second().to_string());
        family(&mut text, "run_start_timestamp_seconds", "When the run began, since 1970.", began);
    }
    let counts = run.counts();
    let count = |verdict| counts.iter().find(|(found, _)| *found == verdict).map_or(0, |(_, count)| *count);
    let cases =
        Verdict::ALL.map(|verdict| (with(&[("verdict", verdict.words())]), count(verdict).to_string()));
    family(&mut text, "run_cases", "How many cases ended in each verdict.", cases.to_vec());
    family(
        &mut text,
        "run_created_resources",
        "How much was to be created.",
        one(run.owned.len().to_string()),
    );
    family(&mut text, "run_leaked_resources", "What was left behind.", one(run.leaks().len().to_string()));
    let gate = |case: &harness_model::report::CaseReport| crate::summary::gate_word(case.gate);
    let verdicts = run.cases.iter().map(|(id, case)| {
        let labels = [("case", id.as_str()), ("gate", gate(case)), ("verdict", case.ending.verdict.words())];
        (with(&labels), u8::from(case.ending.verdict.is_red()).to_string())
    });
    family(&mut text, "case_red", "Whether a case ended red, with its verdict.", verdicts.collect());
    let took = run.cases.iter().map(|(id, case)| (with(&[("case", id.as_str())]), seconds(case.elapsed)));
    family(&mut text, "case_duration_seconds", "How long a case took.", took.collect());
    text
}

/// One metric: what it is, and its samples.
fn family(text: &mut String, name: &str, help: &str, samples: Vec<(String, String)>) {
    if samples.is_empty() {
        return;
    }
    // Writing to a text does not fail.
    writeln!(text, "# HELP shakedown_{name} {help}\n# TYPE shakedown_{name} gauge").ok();
    for (labels, value) in samples {
        writeln!(text, "shakedown_{name}{{{labels}}} {value}").ok();
    }
}

/// The value of a label: backslashes, quotes and line feeds are escaped, nothing else may be; what cannot be seen is spelled
/// out, as in every view.
fn escaped(value: &str) -> String {
    shown(value).replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn seconds(duration: Duration) -> String {
    ((duration.as_secs_f64() * 1e6).round() / 1e6).to_string()
}
