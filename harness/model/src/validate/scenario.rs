//! Scenario files: the head, the matrix, and what hangs on them.
//!
//! Does not: expand the matrix.

use super::{arms, flows, steps, words};
use crate::context::from_toml;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::matrix::{Axis, Matrix};
use crate::name::{FixtureName, ScenarioName};
use crate::raw::{RawScenario, Table, Text};
use crate::source::{At, Source};
use crate::suite::{Scenario, Suite};
use serde_json::{Map, Value};
use toml::Spanned;

/// More than anybody can run, and less than a laptop's memory.
const MOST_CASES: usize = 1_000_000;

/// Reads one scenario.
pub(super) fn read(
    source: &Source,
    raw: RawScenario,
    suite: &Suite,
    findings: &mut Diagnostics,
) -> Option<Scenario> {
    let name = source.spanned(raw.scenario.name);
    if let Some(other) = suite.scenarios.iter().find(|other| other.name.as_str() == name.value) {
        let message = format!("two scenarios are called `{}`", name.value);
        let diagnostic = Diagnostic::error("E0401", message).at(&name.location, "this one");
        findings.push(diagnostic.help(format!("the other is in {}", other.location)));
    }
    let timeout = findings.keep(words::optional_duration(source, raw.scenario.timeout, suite.case_timeout));
    let fixtures = fixtures(source, raw.scenario.fixtures, suite, findings);
    let matrix = matrix(source, raw.matrix, findings);
    if raw.step.is_empty() {
        let message = format!("scenario `{}` has no step", name.value);
        let diagnostic =
            Diagnostic::error("E0309", message).at(&name.location, "it would pass whatever happens");
        findings.push(diagnostic.help("add a [[step]]"));
    }
    let steps = steps::read(source, raw.step, suite, findings);
    for flow in flows::used(&steps) {
        findings.keep(flows::declared(flow, suite));
    }
    let arms = arms::read(source, raw.arm, &matrix, suite, findings);
    let scenario = Scenario {
        name: ScenarioName::new(name.value),
        summary: raw.scenario.summary.unwrap_or_default(),
        location: name.location,
        tags: words::tags(source, raw.scenario.tags, findings),
        fixtures,
        timeout: timeout?,
        matrix,
        arms,
        steps,
    };
    arms::check_known_reds(&scenario, suite, findings);
    Some(scenario)
}

fn fixtures(source: &Source, raw: Vec<Text>, suite: &Suite, findings: &mut Diagnostics) -> Vec<FixtureName> {
    let mut fixtures = Vec::new();
    for name in raw {
        let at = source.spanned(name);
        let known = suite.fixtures.keys().map(FixtureName::as_str);
        if findings.keep(words::declared(&at, "fixture", "E0318", known)).is_some() {
            fixtures.push(FixtureName::new(at.value));
        }
    }
    fixtures
}

fn matrix(source: &Source, raw: Table<Spanned<toml::Value>>, findings: &mut Diagnostics) -> Matrix {
    let mut matrix = Matrix::default();
    let mut lists = Vec::new();
    for (name, value) in raw {
        let at = source.spanned(value);
        match name.get_ref().as_str() {
            "exclude" | "include" => lists.push((name.into_inner(), at)),
            _ => {
                findings.keep(words::variable(source, &name));
                if let Some(values) = findings.keep(values(name.get_ref(), &at)) {
                    check_bundle(name.get_ref(), &values, &at, findings);
                    matrix.axes.push(Axis { name: name.into_inner(), values });
                }
            }
        }
    }
    for (list, at) in lists {
        let rows = findings.keep(tables(&list, &at)).unwrap_or_default();
        if list == "exclude" {
            for key in rows.iter().flat_map(Map::keys) {
                let axes = matrix.axes.iter().map(|axis| axis.name.as_str());
                let at = At { value: key.clone(), location: at.location.clone() };
                findings.keep(words::declared(&at, "axis", "E0403", axes));
            }
            matrix.exclude = rows;
        } else {
            matrix.include = rows;
        }
    }
    let product =
        matrix.axes.iter().try_fold(1_usize, |product, axis| product.checked_mul(axis.values.len()));
    if product.is_none_or(|product| product > MOST_CASES) {
        let message = format!("the axes multiply to more than {MOST_CASES} cases");
        let whole = source.at(0..source.text().lines().next().map_or(0, str::len));
        let diagnostic = Diagnostic::error("E0407", message).at(&whole, "in this file");
        findings.push(diagnostic.help("split the scenario, or take values out"));
        return Matrix::default();
    }
    let axes = !matrix.axes.is_empty();
    for position in matrix.expand().unmatched.into_iter().filter(|_| axes) {
        let row = Value::Object(matrix.include[position].clone());
        let message = format!("the include {row} matches no row and becomes a case of its own");
        findings.push(
            Diagnostic::warning("W0404", message).help("this may be meant; if not, look at its values"),
        );
    }
    matrix
}

fn values(axis: &str, at: &At<toml::Value>) -> Result<Vec<Value>, Diagnostic> {
    let wrong = |message: &str, label: &str| {
        let diagnostic =
            Diagnostic::error("E0402", format!("axis `{axis}` {message}")).at(&at.location, label);
        Err(diagnostic.help(format!("list its values: {axis} = [\"one\", \"two\"]")))
    };
    match from_toml(&at.value) {
        Value::Array(values) if values.is_empty() => wrong("has no values", "an empty list"),
        Value::Array(values) if !values.iter().all(is_plain) => {
            wrong("has a value that cannot name a case", "empty, blank, or with control characters")
        }
        Value::Array(values) => Ok(values),
        _ => wrong("is not a list of values", "not a list"),
    }
}

/// Whether a value can stand in a case id.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.trim().is_empty() && !text.chars().any(char::is_control),
        Value::Object(bundle) => bundle.values().all(is_plain),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => true,
    }
}

/// A bundle's tables have the same keys, or its cases could not be told apart by name.
fn check_bundle(name: &str, values: &[Value], at: &At<toml::Value>, findings: &mut Diagnostics) {
    let keys = |value: &Value| value.as_object().map(|table| table.keys().cloned().collect::<Vec<_>>());
    let first = values.first().and_then(&keys);
    if let Some(odd) = values.iter().find(|value| keys(value) != first) {
        let message =
            format!("the values of axis `{name}` are not alike: {odd} has other keys than the first");
        let diagnostic = Diagnostic::error("E0405", message).at(&at.location, "in this axis");
        findings.push(
            diagnostic
                .help("every table of a bundle has the same keys, in the same order; extras go to an arm"),
        );
    }
}

fn tables(list: &str, at: &At<toml::Value>) -> Result<Vec<Map<String, Value>>, Diagnostic> {
    let wrong = |label: &str| {
        Diagnostic::error("E0406", format!("`{list}` is a list of tables"))
            .at(&at.location, label)
            .help(format!("{list} = [{{ axis = \"value\" }}]"))
    };
    let Value::Array(rows) = from_toml(&at.value) else { return Err(wrong("not a list")) };
    let tables = rows.into_iter().map(|row| match row {
        Value::Object(table) if !table.is_empty() => Ok(table),
        Value::Object(_) => Err(wrong("an empty table would match everything")),
        _ => Err(wrong("not a table")),
    });
    tables.collect()
}
