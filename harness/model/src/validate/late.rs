//! Bindings that are templates: rendered when a case begins, from what is known by then.
//!
//! Does not: render them.

use super::dataflow::Reads;
use super::words::declared;
use crate::case::Case;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::FlowName;
use crate::source::{At, Location};
use crate::suite::{Places, Run, Scenario, Scope, Step, Suite};
use crate::template::{Escape, Template};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Names that a late binding can read beside other bindings.
const WORLD: [&str; 4] = ["run", "env", "case", "scope"];

/// Checks what late bindings read; gives the paths.
pub(super) fn check(suite: &Suite, expanded: &[(&Scenario, Vec<Case>)], findings: &mut Diagnostics) -> Reads {
    let everything: BTreeSet<&str> = WORLD
        .into_iter()
        .chain(suite.bind.keys().map(String::as_str))
        .chain(expanded.iter().flat_map(|(_, cases)| cases.iter().flat_map(|case| case.bindings.names())))
        .collect();
    let mut reads = Reads::new();
    check_sealed(suite, &everything, &mut reads, findings);
    for (name, template) in all(suite) {
        let location = &template.text().location;
        for path in template.reads() {
            reads.insert((location.source.name().to_owned(), path.clone()));
            let root = path.split('.').next().unwrap_or(path);
            if root == "secret" {
                let message = format!(
                    "`{path}` may be read only in credentials, request bodies and what a program is told"
                );
                findings.push(Diagnostic::error("E0321", message).at(location, format!("bound as `{name}`")));
                continue;
            }
            let at = At { value: root.to_owned(), location: location.clone() };
            findings.keep(declared(&at, "binding", "E0320", everything.iter().copied()));
            if let Some(leaf) = path.strip_prefix("env.") {
                let at = At { value: leaf.to_owned(), location: location.clone() };
                findings.keep(declared(&at, "variable", "E0322", suite.variables.keys().map(String::as_str)));
            }
        }
    }
    for (scenario, cases) in expanded {
        let mut seen = HashSet::new();
        for case in cases.iter().filter(|case| seen.insert(&case.arms)) {
            findings.extend(cycle(suite, scenario, case));
        }
    }
    for (name, fixture) in suite.fixtures.iter().filter(|(_, fixture)| fixture.scope == Scope::Run) {
        let otherwise = format!(", or make one for each case: scope = \"case\" in [fixture.{name}]");
        let of_run = OfRun { what: format!("fixture `{name}`"), flow: &fixture.flow.value, otherwise };
        findings.extend(case_of_a_run(suite, &of_run));
    }
    for (name, capability) in &suite.capabilities {
        let of_run = OfRun {
            what: format!("capability `{name}`"),
            flow: &capability.probe.value,
            otherwise: String::new(),
        };
        findings.extend(case_of_a_run(suite, &of_run));
    }
    reads
}

/// What is sealed is rendered with what the case that takes it has bound.
fn check_sealed(suite: &Suite, everything: &BTreeSet<&str>, reads: &mut Reads, findings: &mut Diagnostics) {
    for alternative in suite.choices.values().flat_map(|choice| &choice.alternatives) {
        let conditions = alternative.when.iter().map(|when| (when.reads(), &when.at().location));
        let sealed = alternative.sealed.iter().map(|(_, text)| (text.reads(), &text.text().location));
        for (paths, location) in conditions.chain(sealed) {
            for path in paths {
                reads.insert((location.source.name().to_owned(), path.clone()));
                let root = path.split('.').next().unwrap_or(path);
                if root != "secret" {
                    let at = At { value: root.to_owned(), location: location.clone() };
                    findings.keep(declared(&at, "binding", "E0320", everything.iter().copied()));
                }
            }
        }
    }
}

/// Every late binding of the suite, its lanes and its arms.
fn all(suite: &Suite) -> impl Iterator<Item = (&str, Template)> {
    let of_arms = suite.scenarios.iter().flat_map(|scenario| &scenario.arms);
    let arms = of_arms.map(|arm| (&arm.bind, &arm.bind_at));
    let lanes = suite.lanes.values().map(|lane| (&lane.bind, &lane.bind_at));
    let alternatives = suite.choices.values().flat_map(|choice| &choice.alternatives);
    let chosen = alternatives.map(|alternative| (&alternative.bind, &alternative.bind_at));
    let tables = std::iter::once((&suite.bind, &suite.bind_at)).chain(lanes).chain(arms).chain(chosen);
    tables.flat_map(|(bind, places)| templates(bind, places))
}

fn templates<'a>(
    bind: &'a Map<String, Value>,
    places: &'a Places,
) -> impl Iterator<Item = (&'a str, Template)> {
    bind.iter()
        .filter_map(|(name, value)| Some((name.as_str(), template(value.as_str()?, places.get(name)?)?)))
}

fn template(text: &str, location: &Location) -> Option<Template> {
    let at = At { value: text.to_owned(), location: location.clone() };
    // What does not parse was reported when it was read.
    Template::parse(at, Escape::Plain).ok().filter(|_| text.contains("{{"))
}

/// A binding that needs itself is never rendered.
fn cycle(suite: &Suite, scenario: &Scenario, case: &Case) -> Option<Diagnostic> {
    let place = |name: &str| {
        let arms = case.arms.iter().filter_map(|position| scenario.arms.get(*position));
        arms.rev().find_map(|arm| arm.bind_at.get(name)).or_else(|| suite.bind_at.get(name))
    };
    let edges: BTreeMap<&str, (Template, &Location)> = case
        .bindings
        .names()
        .filter_map(|name| {
            let location = place(name)?;
            Some((name, (template(case.bindings.get(name)?.as_str()?, location)?, location)))
        })
        .collect();
    let needs = |name: &str| -> Vec<&str> {
        edges.get(name).into_iter().flat_map(|(template, _)| roots(template)).collect()
    };
    let (name, (_, location)) = edges.iter().find(|(name, _)| {
        let (mut ahead, mut seen) = (needs(name), BTreeSet::new());
        while let Some(next) = ahead.pop() {
            if next == **name {
                return true;
            }
            if seen.insert(next) {
                ahead.extend(needs(next));
            }
        }
        false
    })?;
    let message = format!("`{name}` is made of itself");
    let known = "it could never be rendered";
    let help = "a binding may be made of others, as long as there is a first one";
    Some(Diagnostic::error("E0325", message).at(location, known).help(help))
}

fn roots(template: &Template) -> impl Iterator<Item = &str> {
    template.reads().iter().filter_map(|path| path.split('.').next())
}

/// Something that belongs to the run, and the flow that is walked for it.
struct OfRun<'a> {
    what: String,
    flow: &'a FlowName,
    /// What else would help.
    otherwise: String,
}

/// What belongs to the run belongs to no case, so nothing of a case may be read where it is made or asked.
fn case_of_a_run(suite: &Suite, of_run: &OfRun<'_>) -> Option<Diagnostic> {
    let mut of_cases = BTreeSet::from(["case".to_owned()]);
    let late: Vec<(&str, Template)> = templates(&suite.bind, &suite.bind_at).collect();
    for _ in 0..late.len() {
        for (name, template) in &late {
            if roots(template).any(|root| of_cases.contains(root)) {
                of_cases.insert((*name).to_owned());
            }
        }
    }
    let flow = suite.flows.get(of_run.flow)?;
    let runs = suite.reached(&flow.steps).into_iter().filter_map(Step::run);
    let mut templates = runs.flat_map(Run::templates);
    let (root, location) = templates.find_map(|template| {
        let root = roots(template).find(|root| of_cases.contains(*root))?;
        Some((root.to_owned(), template.text().location.clone()))
    })?;
    let message = format!("`{root}` belongs to a case, and {} to the whole run", of_run.what);
    let diagnostic = Diagnostic::error("E0326", message).at(&location, "read here");
    Some(diagnostic.help(format!("use run.token{}", of_run.otherwise)))
}
