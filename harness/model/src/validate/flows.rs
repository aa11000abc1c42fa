//! Flow files, and the places that use them.
//!
//! Does not: check what a flow's expressions read; `dataflow` does.

use super::{steps, words};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::FlowName;
use crate::raw::{RawFlow, Text};
use crate::source::{At, Source};
use crate::suite::{Fixture, Flow, Resource, Step, StepBody, Suite};
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};

/// Flows that stand in each other; walking them costs stack, here and in a run.
const DEEPEST: usize = 32;
/// More steps than a case gets through.
const MOST_STEPS: usize = 1000;

/// Reads the flows into the suite.
pub(super) fn read(raw: IndexMap<String, (Source, RawFlow)>, suite: &mut Suite, findings: &mut Diagnostics) {
    let mut flows = IndexMap::new();
    for (name, (source, file)) in raw {
        let location = source.at(file.flow.span());
        let head = file.flow.into_inner();
        let steps = steps::read(&source, file.step, suite, findings);
        let captured: BTreeSet<&str> = steps.iter().flat_map(captures).collect();
        for output in &head.outputs {
            let reached = captured.contains(output.get_ref().as_str()) || steps.iter().any(uses_flow);
            if !reached {
                let message = format!("no step captures the output `{}`", output.get_ref());
                let diagnostic =
                    Diagnostic::error("E0331", message).at(&source.at(output.span()), "promised here");
                findings.push(diagnostic.did_you_mean(output.get_ref(), captured.iter().copied()));
            }
        }
        let spanned = |names: Vec<Text>| names.into_iter().map(|name| source.spanned(name)).collect();
        let (inputs, outputs) = (spanned(head.inputs), spanned(head.outputs));
        flows.insert(FlowName::new(name), Flow { location, inputs, outputs, steps });
    }
    suite.flows = flows;
    check_references(suite, findings);
    check_cycles(suite, findings);
}

/// The flows that steps use directly.
pub(super) fn used(steps: &[Step]) -> impl Iterator<Item = &At<FlowName>> {
    steps.iter().filter_map(|step| match &step.body {
        StepBody::Use(flow) => Some(flow),
        StepBody::Run(_) => None,
    })
}

/// A flow that must exist.
pub(super) fn declared(flow: &At<FlowName>, suite: &Suite) -> Result<(), Diagnostic> {
    if suite.flows.contains_key(&flow.value) {
        return Ok(());
    }
    let at = At { value: flow.value.to_string(), location: flow.location.clone() };
    words::declared(&at, "flow", "E0315", suite.flows.keys().map(FlowName::as_str))
}

fn captures(step: &Step) -> Vec<&str> {
    match &step.body {
        StepBody::Run(run) => run.capture.iter().map(|(name, _)| name.as_str()).collect(),
        StepBody::Use(_) => Vec::new(),
    }
}

fn uses_flow(step: &Step) -> bool {
    matches!(step.body, StepBody::Use(_))
}

fn check_references(suite: &Suite, findings: &mut Diagnostics) {
    let by_fixtures = suite.fixtures.values().flat_map(Fixture::flows);
    let by_resources = suite.resources.values().flat_map(Resource::flows);
    let by_flows = suite.flows.values().flat_map(|flow| used(&flow.steps));
    let by_capabilities = suite.capabilities.values().map(|capability| &capability.probe);
    for flow in by_fixtures.chain(by_resources).chain(by_capabilities).chain(by_flows) {
        findings.keep(declared(flow, suite));
    }
    for resource in suite.resources.values() {
        let timed = resource.trace.iter().filter(|_| resource.states.are_timed());
        let trace = resource.trace.iter().map(|flow| (flow, "states"));
        let trace = trace.chain(timed.map(|flow| (flow, "entered")));
        let sweep = resource.sweep.iter().flat_map(|flow| [(flow, "keys"), (flow, "created")]);
        for (flow, output) in std::iter::once((&resource.find, "found")).chain(trace).chain(sweep) {
            findings.extend(lacking(suite, flow, output));
        }
        let find = suite.flows.get(&resource.find.value);
        if find.is_some_and(|find| !find.inputs.iter().any(|input| input.value == "key")) {
            let message = format!("`{}` does not look for the key", resource.find.value);
            let diagnostic = Diagnostic::error("E0333", message).at(&resource.find.location, "used here");
            findings.push(
                diagnostic.help("it would find what others own: inputs = [\"key\"], and compare with it"),
            );
        }
    }
}

/// A flow without an output that whoever uses it counts on.
pub(super) fn lacking(suite: &Suite, flow: &At<FlowName>, output: &str) -> Option<Diagnostic> {
    let known = suite.flows.get(&flow.value)?;
    if known.outputs.iter().any(|name| name.value == output) {
        return None;
    }
    let message = format!("`{}` must have the output `{output}`", flow.value);
    let diagnostic = Diagnostic::error("E0332", message).at(&flow.location, "used here");
    Some(diagnostic.help(format!("capture it and list it: outputs = [\"{output}\"]")))
}

/// What a flow takes, its own flows included.
#[derive(Clone, Copy, Default)]
struct Extent {
    /// How many flows stand in each other.
    depth: usize,
    /// How many steps they take.
    steps: usize,
}

/// No flow comes back to itself, and none is deeper or longer than a case can be.
fn check_cycles(suite: &Suite, findings: &mut Diagnostics) {
    let mut measured: BTreeMap<&FlowName, Extent> = BTreeMap::new();
    for (name, flow) in &suite.flows {
        if let Err(found) = measure(suite, (name, flow), &mut measured) {
            findings.push(found);
            return;
        }
    }
}

/// Measures a flow, and before it those that it uses. A list of what is open, and not the stack, holds the way.
fn measure<'a>(
    suite: &'a Suite,
    first: (&'a FlowName, &'a Flow),
    measured: &mut BTreeMap<&'a FlowName, Extent>,
) -> Result<(), Diagnostic> {
    let mut open = vec![first];
    let mut on_the_way = BTreeSet::from([first.0]);
    while let Some((name, flow)) = open.last().copied() {
        let mut ahead = used(&flow.steps).filter(|next| !measured.contains_key(&next.value));
        match ahead.find_map(|next| Some((next, suite.flows.get_key_value(&next.value)?))) {
            Some((next, _)) if on_the_way.contains(&next.value) => {
                let message = format!("flow `{}` uses itself", next.value);
                let diagnostic = Diagnostic::error("E0330", message).at(&next.location, "comes back here");
                return Err(diagnostic.help("move what both need into a flow of its own"));
            }
            Some((_, (name, flow))) => {
                on_the_way.insert(name);
                open.push((name, flow));
            }
            None => {
                measured.insert(name, extent(name, flow, measured)?);
                on_the_way.remove(name);
                open.pop();
            }
        }
    }
    Ok(())
}

fn extent(
    name: &FlowName,
    flow: &Flow,
    measured: &BTreeMap<&FlowName, Extent>,
) -> Result<Extent, Diagnostic> {
    let parts = used(&flow.steps).filter_map(|next| measured.get(&next.value));
    let (depth, within) =
        parts.fold((0, 0_usize), |(depth, steps), part| (part.depth.max(depth), steps + part.steps));
    let extent = Extent { depth: depth + 1, steps: within + flow.steps.len() };
    let excess = if extent.depth > DEEPEST {
        format!("flow `{name}` has flows in each other more than {DEEPEST} deep")
    } else if extent.steps > MOST_STEPS {
        format!("flow `{name}` takes more than {MOST_STEPS} steps")
    } else {
        return Ok(extent);
    };
    let diagnostic = Diagnostic::error("E0337", excess).at(&flow.location, "with the flows that it uses");
    Err(diagnostic.help("a case could not be followed: split it, or take steps out"))
}
