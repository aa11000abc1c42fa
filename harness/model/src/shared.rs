//! Shared layers: what the cases of a scenario have in common, made once and not once for each case.
//!
//! Does not: say which layer hides which; [`Layers`] does, and both give the same bindings.

use crate::case::{ArmConflict, Case, Key, as_text, id_of, keys};
use crate::choose::{self, Chosen};
use crate::context::{Bindings, Layer};
use crate::layers::{Layers, Setting};
use crate::matrix::{self, Cell, Origin, Picker, Row};
use crate::suite::{Arm, Suite};
use minijinja::value::Serde;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The layers of a scenario's cases.
pub(crate) struct Shared<'a> {
    layers: Layers<'a>,
    /// Suite and lane.
    below: Vec<Arc<Layer>>,
    axes: Vec<Vec<Choice>>,
    includes: Vec<Arc<Layer>>,
    arms: Vec<(Arc<Layer>, Option<Picker>)>,
    /// The rows that includes append, by the position of the include.
    appended: BTreeMap<usize, Row>,
    /// What each arm binds and seals, with its choices.
    set_by: Vec<Vec<String>>,
    /// How many keys name a case.
    names: usize,
    /// What was chosen before, by what the choice sees: cases that differ in nothing else share it.
    chosen: RefCell<BTreeMap<String, Chosen>>,
}

/// One value of an axis.
struct Choice {
    keys: Vec<Key>,
    layer: Arc<Layer>,
}

impl<'a> Shared<'a> {
    /// Makes the layers.
    pub(crate) fn new(layers: Layers<'a>) -> Self {
        let (scenario, overlay) = (layers.scenario, layers.overlay);
        let lane = overlay.lane.as_ref().and_then(|name| layers.suite.lanes.get(name));
        let below = std::iter::once(&layers.suite.bind).chain(lane.map(|lane| &lane.bind));
        let matrix = &scenario.matrix;
        let axes = matrix
            .axes
            .iter()
            .map(|axis| axis.values.iter().map(|value| choice(&axis.name, value)).collect());
        let extras = (0..matrix.include.len())
            .map(|include| layer(matrix.extras(include).map(|(name, value)| (name.as_str(), value))));
        let arms = scenario.arms.iter().map(|arm| (of_table(&arm.bind), Picker::new(matrix, &arm.matches)));
        let cells = scenario.expansion.cells.iter().filter(|cell| matches!(cell.origin, Origin::Include(_)));
        let appended = cells.clone().filter_map(|cell| match cell.origin {
            Origin::Include(position) => Some(position),
            Origin::Product(_) => None,
        });
        Self {
            layers,
            below: below.map(of_table).collect(),
            axes: axes.collect(),
            includes: extras.collect(),
            arms: arms.collect(),
            appended: appended.zip(matrix.rows(cells.clone())).collect(),
            set_by: scenario.arms.iter().map(|arm| set_by(layers.suite, arm)).collect(),
            names: matrix.keys().len(),
            chosen: RefCell::default(),
        }
    }

    /// The case of a cell.
    ///
    /// *Errors*: two arms of it set one name.
    pub(crate) fn case(&self, cell: &Cell) -> Result<Case, ArmConflict> {
        let matrix = &self.layers.scenario.matrix;
        let most = self.below.len() + self.axes.len() + cell.includes.len() + self.arms.len() + 1;
        let mut shared = Vec::with_capacity(most);
        shared.extend_from_slice(&self.below);
        let (keys, arms) = match cell.origin {
            Origin::Product(number) => {
                let chosen = matrix.choice(number);
                let mut keys = Vec::with_capacity(self.names);
                for (axis, value) in self.axes.iter().zip(&chosen) {
                    keys.extend_from_slice(&axis[*value].keys);
                    shared.push(Arc::clone(&axis[*value].layer));
                }
                shared.extend(
                    cell.includes.iter().map(|include| Arc::clone(&self.includes[*include as usize])),
                );
                let picks =
                    |picker: &Option<Picker>| picker.as_ref().is_some_and(|picker| picker.picks(&chosen));
                let arms = self.arms.iter().enumerate().filter(|(_, (_, picker))| picks(picker));
                (keys, arms.map(|(position, _)| position).collect())
            }
            Origin::Include(position) => {
                let row = self.appended.get(&position).cloned().unwrap_or_default();
                shared.extend(row.values.iter().map(|(name, value)| choice(name, value).layer));
                shared.push(Arc::clone(&self.includes[position]));
                (keys(&row.values), picked(&self.layers, &row))
            }
        };
        let scenario = &self.layers.scenario.name;
        let id = id_of(scenario, &keys);
        if let Some((binding, arm)) = self.set_twice(&arms) {
            return Err(ArmConflict { case: id, binding, arm });
        }
        shared.extend(arms.iter().map(|arm| Arc::clone(&self.arms[*arm].0)));
        let mut bindings = Bindings::over(Arc::from(shared));
        if !self.layers.overlay.overrides.is_empty() {
            let row = match cell.origin {
                Origin::Product(_) => matrix.rows(std::iter::once(cell)).next(),
                Origin::Include(position) => self.appended.get(&position).cloned(),
            };
            let row = row.unwrap_or_default();
            for Setting { name, value, .. } in self.layers.replaced(&row, &arms) {
                bindings.set(name, value);
            }
        }
        let chosen = self.choose(&arms, &mut bindings);
        Ok(Case { id, scenario: scenario.clone(), keys, arms, chosen, bindings })
    }

    /// Chooses for a case, choice by choice: a later one reads what an earlier one binds. A variable replaces both.
    fn choose(&self, arms: &[usize], bindings: &mut Bindings) -> Vec<Chosen> {
        let Layers { suite, scenario, overlay } = self.layers;
        let picks = arms.iter().flat_map(|arm| &scenario.arms[*arm].choose);
        let mut all = Vec::new();
        for (pick, choice) in picks.filter_map(|pick| Some((pick, suite.choices.get(&pick.choice)?))) {
            let scope = choose::scope(choice, bindings);
            let sees = format!("{}.{:?} {}", pick.choice, pick.only, choose::shown(&scope));
            let known = self.chosen.borrow().get(&sees).cloned();
            let chosen = known.unwrap_or_else(|| choose::choose(choice, pick, &scope, &overlay.at_hand));
            for (name, value) in chosen.bind.iter().filter(|(name, _)| !overlay.overrides.contains_key(*name))
            {
                bindings.set(name, value);
            }
            self.chosen.borrow_mut().insert(sees, chosen.clone());
            all.push(chosen);
        }
        all
    }

    /// The first name that two arms set, with the second of them.
    fn set_twice(&self, arms: &[usize]) -> Option<(String, usize)> {
        let of = |arm: usize| &self.set_by[arm];
        arms.iter().enumerate().find_map(|(position, arm)| {
            let before = &arms[..position];
            let within = |place: usize| of(*arm)[..place].contains(&of(*arm)[place]);
            let is_set = |place: usize| before.iter().any(|other| of(*other).contains(&of(*arm)[place]));
            let twice = (0..of(*arm).len()).find(|place| within(*place) || is_set(*place))?;
            Some((of(*arm)[twice].clone(), *arm))
        })
    }
}

/// What an arm and its choices set: bindings, and what is sealed by the names that it has in a payload.
fn set_by(suite: &Suite, arm: &Arm) -> Vec<String> {
    let choices = arm.choose.iter().filter_map(|pick| suite.choices.get(&pick.choice));
    let sealed = choices.flat_map(|choice| choice.sealed().collect::<BTreeSet<_>>());
    let sealed = sealed.map(|name| format!("sealed.{name}"));
    arm.bind.keys().cloned().chain(suite.chosen_names(arm).map(str::to_owned)).chain(sealed).collect()
}

fn picked(layers: &Layers<'_>, row: &Row) -> Vec<usize> {
    let selectors = crate::case::selectors(&row.values);
    let arms = layers.scenario.arms.iter().enumerate();
    arms.filter(|(_, arm)| matrix::matches(&arm.matches, &selectors)).map(|(position, _)| position).collect()
}

/// A value of an axis, and the keys of its bundle over it.
fn choice(axis: &str, value: &Value) -> Choice {
    let mut bound = vec![(axis, value)];
    bound.extend(value.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value)));
    let named = if bound.len() > 1 { &bound[1..] } else { &bound };
    let keys = named.iter().map(|(key, value)| (Arc::from(*key), Arc::from(as_text(value)))).collect();
    Choice { keys, layer: layer(bound.into_iter()) }
}

fn of_table(table: &Map<String, Value>) -> Arc<Layer> {
    layer(table.iter().map(|(name, value)| (name.as_str(), value)))
}

fn layer<'v>(values: impl Iterator<Item = (&'v str, &'v Value)>) -> Arc<Layer> {
    Arc::new(values.map(|(name, value)| (name.to_owned(), minijinja::Value::from(Serde(value)))).collect())
}

#[cfg(test)]
mod tests {
    use crate::case;
    use crate::layers::{Layers, Overlay};
    use crate::name::LaneName;
    use crate::source::{Source, SuiteText};
    use crate::validate::compile;
    use minijinja::Value;
    use minijinja::value::Serde;
    use std::collections::BTreeMap;

    const SUITE: &str = "[suite]\nname = \"s\"\n[environment.embedded]\nprovides = \"secrets\"\n\
        [service.api]\nbase = \"https://api.example\"\n[bind]\nbudget = \"15m\"\nnote = \"suite\"\n\
        [lane.slow]\nbind = { budget = \"20m\" }\n";
    const MATRIX: &str = "[scenario]\nname = \"one\"\n[matrix]\nlife = [\"on\", \"off\"]\n\
        exclude = [{ life = \"off\", agent = { runtime = \"mock\" } }]\n\
        include = [{ life = \"on\", note = \"first\" }, { agent = { runtime = \"hermes\" }, note = \"second\", extra = 1 },\n\
        { agent = { model = \"m3\", runtime = \"codex\" }, life = \"on\", note = \"third\" }]\n\
        [[matrix.agent]]\nruntime = \"hermes\"\nmodel = \"m1\"\n[[matrix.agent]]\nruntime = \"mock\"\nmodel = \"m2\"\n\
        [[arm]]\nname = \"hermes\"\nmatch = { runtime = \"HERMES\" }\nbind = { budget = \"25m\", own = \"a\" }\n\
        [[arm]]\nname = \"on\"\nmatch = { agent = { runtime = \"codex\" }, life = \"on\" }\nbind = { own = \"b\" }\n";
    const ALONE: &str = "[scenario]\nname = \"two\"\n[matrix]\ninclude = [{ runtime = \"codex\", size = 1, more = [1] }, { size = 2, runtime = \"mock\" }]\n\
        [[arm]]\nname = \"codex\"\nmatch = { runtime = \"codex\" }\nbind = { own = \"c\" }\n";
    const STEP: &str = "[[step]]\nname = \"look\"\nrun.http = { on = \"api\", path = \"/x\" }\nexpect = [\"status == 200\"]\n";

    #[test]
    fn every_case_has_the_bindings_that_its_layers_tell() {
        let scenarios = [("one.toml", MATRIX), ("two.toml", ALONE)];
        let text = SuiteText {
            suite: Some(Source::new("suite.toml", SUITE)),
            scenarios: scenarios.map(|(name, text)| Source::new(name, format!("{text}{STEP}"))).to_vec(),
            ..SuiteText::default()
        };
        let suite = compile(&text).expect("it compiles");
        let overrides = [("own", "mine"), ("note", "yours"), ("runtime", "x"), ("other", "y")];
        let overrides: serde_json::Map<_, _> =
            overrides.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        let slow = Some(LaneName::new("slow"));
        let overlays = [
            Overlay::default(),
            Overlay { lane: slow.clone(), ..Overlay::default() },
            Overlay { lane: slow, overrides, ..Overlay::default() },
        ];
        let mut ids = Vec::new();
        for overlay in &overlays {
            for scenario in &suite.scenarios {
                let layers = Layers { suite: &suite, scenario, overlay };
                for case in case::expand(&suite, scenario, overlay).expect("no conflict") {
                    let row = layers.row(&case).expect("its row");
                    let told: BTreeMap<&str, Value> = layers
                        .settings(&row, &case.arms, &case.chosen)
                        .map(|setting| (setting.name, Value::from(Serde(setting.value))))
                        .collect();
                    let bound: BTreeMap<&str, Value> = case
                        .bindings
                        .names()
                        .filter_map(|name| Some((name, case.bindings.get(name)?.clone())))
                        .collect();
                    assert_eq!(bound, told, "{}", case.id);
                    ids.push(format!("{} {:?}", case.id, case.arms));
                }
            }
        }
        let expected = [
            "one::on::hermes::m1 [0]",
            "one::on::mock::m2 []",
            "one::off::hermes::m1 [0]",
            "one::on::codex::m3 [1]",
            "two::codex::1 [0]",
            "two::mock::2 []",
        ];
        assert_eq!(ids[..6], expected);
        assert_eq!(ids.len(), 18);
    }
}
