//! The bindings of one case: their values, who set them, and what that replaced.
//!
//! Does not: show a secret. A variable that is one stands there by its name.

use super::unknown::{shown, unknown};
use crate::case;
use crate::choose;
use crate::context::Bindings;
use crate::layers::{Layers, Origin, Setting};
use crate::name::SecretName;
use crate::plan::{Plan, Planned};
use crate::selection::PREFIX;
use crate::suite::{SecretSupply, Suite};
use minijinja::Value;
use minijinja::value::Serde;
use std::collections::{BTreeMap, BTreeSet};

/// A binding, and where its value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BindingShown {
    /// Its name.
    pub name: String,
    /// Its value, as written.
    pub value: String,
    /// Who set it.
    pub origin: String,
    /// What that replaced, the latest first: value and who set it.
    pub over: Vec<(String, String)>,
    /// What it renders to when its case starts, for one that is a template.
    pub renders_to: Option<String>,
}

/// The bindings of a case, sorted by name; none when its scenario has no such row.
pub(super) fn of(plan: &Plan, planned: &Planned, opened: &Bindings) -> Vec<BindingShown> {
    let Some(scenario) = plan.written.scenario(&planned.case.scenario) else { return Vec::new() };
    let layers = Layers { suite: &plan.written, scenario, overlay: &plan.overlay };
    let Some(row) = layers.row(&planned.case) else { return Vec::new() };
    let history = layers.history(&row, &planned.case.arms, &planned.case.chosen);
    let shown = history.into_iter().filter_map(|(name, settings)| {
        let (counts, replaced) = settings.split_last()?;
        Some(BindingShown {
            name: name.to_owned(),
            value: value(&plan.suite, counts),
            origin: counts.origin.to_string(),
            over: replaced
                .iter()
                .rev()
                .map(|setting| (value(&plan.suite, setting), setting.origin.to_string()))
                .collect(),
            renders_to: counts
                .value
                .as_str()
                .filter(|text| text.contains("{{"))
                .and_then(|_| opened.get(name).map(shown)),
        })
    });
    shown.collect()
}

fn value(suite: &Suite, setting: &Setting<'_>) -> String {
    match secret_of(suite, setting.origin) {
        Some(secret) => format!("<secret.{secret}>"),
        None => shown(&Value::from(Serde(setting.value))),
    }
}

/// The secret whose variable a binding is taken from.
fn secret_of<'a>(suite: &'a Suite, origin: Origin<'_>) -> Option<&'a SecretName> {
    match origin {
        Origin::Override(name) => suite.secrets.get(format!("{PREFIX}{}", name.to_uppercase()).as_str()),
        Origin::Suite
        | Origin::Lane(_)
        | Origin::Axis(_)
        | Origin::Bundle(_)
        | Origin::Include
        | Origin::Arm(_)
        | Origin::Choice(_) => None,
    }
}

/// What every step of a case can read before the first one: its bindings, rendered with what is known.
pub(super) fn of_case(plan: &Plan, planned: &Planned) -> Bindings {
    let case = BTreeMap::from([
        ("id", Value::from(planned.case.id.as_str())),
        ("scenario", Value::from(planned.case.scenario.as_str())),
        ("token", unknown("case.token")),
        ("attempt", unknown("case.attempt")),
        ("sealed", choose::names(&plan.suite, &planned.case.chosen).into_iter().map(str::to_owned).collect()),
    ]);
    let mut world = world(plan);
    world.set_value("case", Value::from(case));
    world.set_value("scope", unknown("scope"));
    case::open(hidden(plan, planned.case.bindings.clone()), &world)
}

/// What the steps of a fixture of the run can read before the first one.
pub(super) fn of_run(plan: &Plan) -> Bindings {
    let mut bindings = Bindings::default();
    for (name, value) in &plan.suite.bind {
        bindings.set(name, value);
    }
    case::open(hidden(plan, bindings), &world(plan))
}

/// The same, and these secrets: for credentials and request bodies.
pub(super) fn with_secrets(scope: &Bindings, secrets: &BTreeSet<SecretName>) -> Bindings {
    let secrets: BTreeMap<&str, Value> =
        secrets.iter().map(|name| (name.as_str(), unknown(&format!("secret.{name}")))).collect();
    let mut scope = scope.clone();
    scope.set_value("secret", Value::from(secrets));
    scope
}

/// Bindings without those that a secret's variable replaced.
fn hidden(plan: &Plan, mut bindings: Bindings) -> Bindings {
    for name in plan.overlay.overrides.keys() {
        if let (Some(secret), Some(_)) = (secret_of(&plan.suite, Origin::Override(name)), bindings.get(name))
        {
            bindings.set_value(name, unknown(&format!("secret.{secret}")));
        }
    }
    bindings
}

/// `run` and `env`. What an environment that mints its secrets gives for a variable is known when it is up.
fn world(plan: &Plan) -> Bindings {
    let minted = plan.secrets_from() == SecretSupply::Minted;
    let variables = plan.suite.variables.keys().filter_map(|name| {
        let value = if plan.suite.secrets.contains(name.as_str()) {
            unknown(&format!("secret.{name}"))
        } else if minted {
            unknown(&format!("env.{name}"))
        } else {
            Value::from(plan.suite.variable(name, |name| plan.variables.get(name))?)
        };
        Some((name.as_str(), value))
    });
    let mut world = Bindings::default();
    world.set_value("env", Value::from(variables.collect::<BTreeMap<&str, Value>>()));
    world.set_value("run", unknown("run"));
    world.set_value("scope", unknown("scope"));
    world
}
