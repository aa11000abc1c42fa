//! `[resource.X]` and the states it may go through.
//!
//! Does not: look inside the flows that find, release and trace; `flows` does.

use super::head::flow_name;
use super::words;
use crate::case::Case;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::{ResourceKind, closest};
use crate::raw::{RawEdge, RawResource, Table, Text};
use crate::source::{At, Source};
use crate::suite::{Edge, Resource, Scenario, States, Step, Suite};
use crate::units;
use indexmap::IndexMap;
use std::collections::BTreeSet;

/// Reads every kind of resource.
pub(super) fn read(
    source: &Source,
    raw: Table<RawResource>,
    findings: &mut Diagnostics,
) -> IndexMap<ResourceKind, Resource> {
    let resources = raw.into_iter().map(|(name, raw)| {
        findings.extend(unobserved(source, &name, &raw));
        let states = states(source, raw.states, raw.tolerate, findings);
        let resource = Resource {
            key: raw.key.into_inner(),
            find: flow_name(source, raw.find),
            release: flow_name(source, raw.release),
            gone: flow_name(source, raw.gone),
            trace: raw.trace.map(|flow| flow_name(source, flow)),
            evidence: raw.evidence.map(|flow| flow_name(source, flow)),
            within: raw.within.map(|kind| At {
                location: source.at(kind.span()),
                value: ResourceKind::new(kind.into_inner()),
            }),
            sweep: raw.sweep.map(|flow| flow_name(source, flow)),
            below: None,
            states,
        };
        (ResourceKind::new(name.into_inner()), resource)
    });
    resources.collect()
}

/// States that nothing observes, or a trace that is held against nothing, could never be red.
fn unobserved(source: &Source, name: &Text, raw: &RawResource) -> Option<Diagnostic> {
    let kind = name.get_ref();
    match (&raw.trace, raw.states.is_empty()) {
        (Some(trace), true) => Some(
            Diagnostic::error("E0342", format!("the trace of `{kind}` is held against nothing"))
                .at(&source.at(trace.span()), "it could never be red")
                .help(format!("list the allowed edges under [resource.{kind}.states]")),
        ),
        (None, false) => Some(
            Diagnostic::error("E0343", format!("nothing observes the states of `{kind}`"))
                .at(&source.at(name.span()), "states, and no trace")
                .help("name the flow that lists them: trace = \"flows/…\""),
        ),
        (Some(_), false) | (None, true) => None,
    }
}

fn states(
    source: &Source,
    raw: Table<Vec<RawEdge>>,
    tolerate: Vec<Text>,
    findings: &mut Diagnostics,
) -> States {
    let rows: BTreeSet<String> = raw.keys().map(|state| state.get_ref().clone()).collect();
    let tolerate: Vec<At<String>> = tolerate.into_iter().map(|state| source.spanned(state)).collect();
    let mut edges: IndexMap<String, Vec<Edge>> = IndexMap::new();
    for (from, next) in raw {
        let mut read: Vec<Edge> = Vec::new();
        for raw in next {
            let to = source.spanned(raw.to);
            let within = raw.within.and_then(|text| findings.keep(words::budget(source, text)));
            findings.keep(has_row(&to, &rows));
            if read.iter().any(|other| other.to == to.value) {
                let message = format!("{} → {} is listed twice", from.get_ref(), to.value);
                let diagnostic = Diagnostic::error("E0341", message).at(&to.location, "the second");
                findings.push(diagnostic.help("keep one of them, with its budget"));
            }
            read.push(Edge { to: to.value, within });
        }
        edges.insert(from.into_inner(), read);
    }
    if !rows.is_empty() {
        findings.extend(tolerate.iter().filter_map(|state| has_row(state, &rows).err()));
    }
    States { edges, tolerate: tolerate.into_iter().map(|state| state.value).collect() }
}

/// The budget of an edge is known before the run, and shorter than the case that it is a part of.
pub(super) fn check_budgets(suite: &Suite, expanded: &[(&Scenario, Vec<Case>)], findings: &mut Diagnostics) {
    for (scenario, cases) in expanded {
        let steps = suite.reached(&scenario.steps);
        let owned: BTreeSet<&ResourceKind> = steps.into_iter().flat_map(Step::owns).collect();
        let edges = owned.into_iter().flat_map(|kind| suite.resources[kind].states.edges.values().flatten());
        for (edge, within) in edges.filter_map(|edge| Some((edge, edge.within.as_ref()?))) {
            let longest = cases.iter().map_while(|case| super::cases::rendered(within, case, findings)).max();
            if longest.is_none_or(|longest| longest < scenario.timeout) {
                continue;
            }
            let message = format!(
                "the edge to `{}` may take {}, a case of `{}` {}",
                edge.to,
                units::display(longest.unwrap_or_default()),
                scenario.name,
                units::display(scenario.timeout)
            );
            let diagnostic = Diagnostic::error("E0344", message);
            findings.push(
                diagnostic
                    .at(&within.text().location, "this budget")
                    .help("an edge's budget is shorter than the timeout of the cases that take it"),
            );
        }
    }
}

/// Every state has a row, so that a misspelt one is a mistake and not another state.
fn has_row(state: &At<String>, rows: &BTreeSet<String>) -> Result<(), Diagnostic> {
    let known = rows.iter().map(String::as_str);
    words::declared(state, "row for the state", "E0340", known.clone()).map_err(|found| {
        match closest(&state.value, known) {
            Some(_) => found,
            None => found.help(format!("a terminal state has an empty row: {} = []", state.value)),
        }
    })
}
