//! Cases: one row of a scenario's matrix with everything resolved.
//!
//! Does not: decide whether a case runs. `gate` does.

use crate::context::Bindings;
use crate::layers::{Layers, Overlay};
use crate::matrix::{self, Row};
use crate::name::{CaseId, ScenarioName};
use crate::source::{At, Source};
use crate::suite::{Arm, Scenario, Suite};
use crate::template::{Escape, Template};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// One case.
#[derive(Debug, Clone)]
pub struct Case {
    /// `<scenario>::<value>::…`, in the file's axis order.
    pub id: CaseId,
    /// Its scenario.
    pub scenario: ScenarioName,
    /// What selects it: axes, and the keys of bundles, with their values as text.
    pub keys: Vec<(String, String)>,
    /// The positions of its arms in the scenario.
    pub arms: Vec<usize>,
    /// Everything that is known before anything runs.
    pub bindings: Bindings,
}

/// Two arms that set one key for one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArmConflict {
    /// The case.
    pub case: CaseId,
    /// The binding.
    pub binding: String,
    /// The position of the second arm.
    pub arm: usize,
}

/// All cases of a scenario, in matrix order.
///
/// The overlay is what a run puts over what the suite says.
///
/// *Errors*: every conflict between arms.
pub fn expand(suite: &Suite, scenario: &Scenario, overlay: &Overlay) -> Result<Vec<Case>, Vec<ArmConflict>> {
    let layers = Layers { suite, scenario, overlay };
    let (mut cases, mut conflicts) = (Vec::new(), Vec::new());
    for row in scenario.matrix.rows(&scenario.expansion.cells) {
        match resolve(layers, &row) {
            Ok(case) => cases.push(case),
            Err(conflict) => conflicts.push(conflict),
        }
    }
    if conflicts.is_empty() { Ok(cases) } else { Err(conflicts) }
}

fn resolve(layers: Layers<'_>, row: &Row) -> Result<Case, ArmConflict> {
    let scenario = layers.scenario;
    let id = id(scenario, &row.values);
    let arms = picked(&scenario.arms, &selectors(&row.values));
    let mut set_by_arm: Vec<&str> = Vec::new();
    for position in &arms {
        for name in scenario.arms[*position].bind.keys() {
            if set_by_arm.contains(&name.as_str()) {
                return Err(ArmConflict { case: id, binding: name.clone(), arm: *position });
            }
            set_by_arm.push(name);
        }
    }
    let mut merged: BTreeMap<&str, &Value> = BTreeMap::new();
    merged.extend(layers.settings(row, &arms).map(|setting| (setting.name, setting.value)));
    let mut bindings = Bindings::default();
    for (name, value) in merged {
        bindings.set(name, value);
    }
    Ok(Case { id, scenario: scenario.name.clone(), keys: keys(&row.values), arms, bindings })
}

/// The id of a row: its scenario, and the values of its axes.
pub(crate) fn id(scenario: &Scenario, values: &Map<String, Value>) -> CaseId {
    let mut id = scenario.name.to_string();
    for (_, value) in keys(values) {
        id.push_str("::");
        id.push_str(&value);
    }
    CaseId::new(id)
}

/// The cases that `cover` leaves out of a scenario, in the order of its matrix.
pub fn left_out(scenario: &Scenario) -> impl Iterator<Item = CaseId> {
    scenario.matrix.rows(&scenario.expansion.left_out).map(|row| id(scenario, &row.values))
}

fn picked(arms: &[Arm], selectors: &Map<String, Value>) -> Vec<usize> {
    let matching = arms.iter().enumerate().filter(|(_, arm)| matrix::matches(&arm.matches, selectors));
    matching.map(|(position, _)| position).collect()
}

/// Axes by name and the keys of bundles beside them: what `match` speaks of.
pub(crate) fn selectors(values: &Map<String, Value>) -> Map<String, Value> {
    let mut selectors = values.clone();
    selectors.extend(
        values
            .values()
            .filter_map(Value::as_object)
            .flatten()
            .map(|(key, value)| (key.clone(), value.clone())),
    );
    selectors
}

fn keys(values: &Map<String, Value>) -> Vec<(String, String)> {
    let mut keys = Vec::new();
    for (name, value) in values {
        match value.as_object() {
            Some(bundle) => keys.extend(bundle.iter().map(|(key, value)| (key.clone(), as_text(value)))),
            None => keys.push((name.clone(), as_text(value))),
        }
    }
    keys
}

/// A value as ids and selections spell it.
pub(crate) fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Renders the bindings that are templates, with everything that is known by then; what cannot be rendered stays
/// unbound, and whoever reads it says so.
#[must_use]
pub fn open(mut bindings: Bindings, world: &Bindings) -> Bindings {
    bindings.extend(world);
    let late: Vec<(String, Template)> = bindings
        .names()
        .filter_map(|name| {
            let text = bindings.get(name)?.as_str().filter(|text| text.contains("{{"))?.to_owned();
            let location = Source::new(format!("binding {name}"), text.clone()).at(0..text.len());
            Some((name.to_owned(), Template::parse(At { value: text, location }, Escape::Plain).ok()?))
        })
        .collect();
    for (name, _) in &late {
        bindings.remove(name);
    }
    // One pass for each, so that they may build on each other in any order.
    for _ in 0..late.len() {
        for (name, template) in &late {
            if let Ok(value) = template.render(&bindings) {
                bindings.set(name, value);
            }
        }
    }
    bindings
}

impl Case {
    /// What it has for a key: an axis, a bundle key, or one of the facets `scenario`, `arm` and `tag`.
    pub fn facet<'a>(&'a self, scenario: &'a Scenario, key: &str) -> Vec<&'a str> {
        let arms = || self.arms.iter().filter_map(|position| scenario.arms.get(*position));
        match key {
            "scenario" => vec![scenario.name.as_str()],
            "arm" => arms().map(|arm| arm.name.as_str()).collect(),
            "tag" => {
                let tags = scenario.tags.iter().chain(arms().flat_map(|arm| &arm.tags));
                tags.map(String::as_str).collect()
            }
            _ => self.keys.iter().filter(|(name, _)| name == key).map(|(_, value)| value.as_str()).collect(),
        }
    }

    /// Whether a match of an arm or a fault row picks it.
    pub fn is_picked_by(&self, filter: &Map<String, Value>) -> bool {
        let keys: Map<String, Value> =
            self.keys.iter().map(|(key, value)| (key.clone(), Value::String(value.clone()))).collect();
        matrix::matches(filter, &keys)
    }
}
