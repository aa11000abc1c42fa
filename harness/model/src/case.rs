//! Cases: one row of a scenario's matrix with everything resolved.
//!
//! Does not: decide whether a case runs. `gate` does.

use crate::choose::Chosen;
use crate::context::Bindings;
use crate::layers::{Layers, Overlay};
use crate::matrix;
use crate::name::{CaseId, ScenarioName};
use crate::shared::Shared;
use crate::source::{At, Source};
use crate::suite::{Scenario, Suite};
use crate::template::{Escape, Template};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// An axis or the key of a bundle, and its value as text.
pub type Key = (Arc<str>, Arc<str>);

/// One case.
#[derive(Debug, Clone)]
pub struct Case {
    /// `<scenario>::<value>::…`, in the file's axis order.
    pub id: CaseId,
    /// Its scenario.
    pub scenario: ScenarioName,
    /// What selects it: axes, and the keys of bundles, with their values as text.
    pub keys: Vec<Key>,
    /// The positions of its arms in the scenario.
    pub arms: Vec<usize>,
    /// What was chosen for it, in order.
    pub chosen: Vec<Chosen>,
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
    let shared = Shared::new(Layers { suite, scenario, overlay });
    let (mut cases, mut conflicts) = (Vec::with_capacity(scenario.expansion.cells.len()), Vec::new());
    for cell in &scenario.expansion.cells {
        match shared.case(cell) {
            Ok(case) => cases.push(case),
            Err(conflict) => conflicts.push(conflict),
        }
    }
    if conflicts.is_empty() { Ok(cases) } else { Err(conflicts) }
}

/// The id of a row: its scenario, and the values of its axes.
pub(crate) fn id(scenario: &Scenario, values: &Map<String, Value>) -> CaseId {
    id_of(&scenario.name, &keys(values))
}

/// The id of a case by what names it.
pub(crate) fn id_of(scenario: &ScenarioName, keys: &[Key]) -> CaseId {
    let length = scenario.as_str().len() + keys.iter().map(|(_, value)| value.len() + 2).sum::<usize>();
    let mut id = String::with_capacity(length);
    id.push_str(scenario.as_str());
    for (_, value) in keys {
        id.push_str("::");
        id.push_str(value);
    }
    CaseId::new(id)
}

/// The cases that `cover` leaves out of a scenario, in the order of its matrix.
pub fn left_out(scenario: &Scenario) -> impl Iterator<Item = CaseId> {
    scenario.matrix.rows(&scenario.expansion.left_out).map(|row| id(scenario, &row.values))
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

/// What names a row.
pub(crate) fn keys(values: &Map<String, Value>) -> Vec<Key> {
    let mut keys = Vec::new();
    let key = |(name, value): (&String, &Value)| (Arc::from(name.as_str()), Arc::from(as_text(value)));
    for (name, value) in values {
        match value.as_object() {
            Some(bundle) => keys.extend(bundle.iter().map(key)),
            None => keys.push(key((name, value))),
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
    for position in in_order(&late) {
        let (name, template) = &late[position];
        if let Ok(value) = template.render(&bindings) {
            bindings.set(name, value);
        }
    }
    bindings
}

/// Positions in the order in which each can be rendered once: after everything that it is made of. What is made of
/// itself is left out, and so stays unbound.
fn in_order(late: &[(String, Template)]) -> Vec<usize> {
    let positions: BTreeMap<&str, usize> =
        late.iter().enumerate().map(|(position, (name, _))| (name.as_str(), position)).collect();
    let mut makes = vec![Vec::new(); late.len()];
    let mut needs: Vec<usize> = Vec::new();
    for (position, (_, template)) in late.iter().enumerate() {
        let roots = template.reads().iter().filter_map(|path| path.split('.').next());
        let roots: BTreeSet<usize> = roots.filter_map(|root| positions.get(root).copied()).collect();
        needs.push(roots.len());
        for root in roots {
            makes[root].push(position);
        }
    }
    let mut order: Vec<usize> = (0..late.len()).filter(|position| needs[*position] == 0).collect();
    let mut next = 0;
    while let Some(done) = order.get(next).copied() {
        next += 1;
        for position in &makes[done] {
            needs[*position] -= 1;
            if needs[*position] == 0 {
                order.push(*position);
            }
        }
    }
    order
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
            _ => {
                self.keys.iter().filter(|(name, _)| **name == *key).map(|(_, value)| value.as_ref()).collect()
            }
        }
    }

    /// Whether a match of an arm or a fault row picks it.
    pub fn is_picked_by(&self, filter: &Map<String, Value>) -> bool {
        let keys: Map<String, Value> =
            self.keys.iter().map(|(key, value)| (key.to_string(), Value::from(value.as_ref()))).collect();
        matrix::matches(filter, &keys)
    }
}
