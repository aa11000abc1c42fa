//! Names that nothing uses. A flow that no case comes to is an error: it looks like a check and is none. The rest are
//! warnings.
//!
//! Does not: look at templates; several suites share them.

use super::dataflow::Reads;
use super::demands;
use super::head::{Declaration, Kind};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::FlowName;
use crate::source::{At, Location};
use crate::suite::{Fixture, Places, Requirement, Resource, Run, Step, StepBody, Suite};
use std::collections::BTreeSet;

/// Warns of everything that nothing uses.
pub(super) fn check(suite: &Suite, declared: &[Declaration], reads: &Reads, findings: &mut Diagnostics) {
    for Declaration { kind, name } in declared {
        if !is_used(suite, *kind, &name.value, reads) {
            let label = "declared here, and never used";
            findings.push(unused("W0901", &format!("{kind} `{}`", name.value), label, &name.location));
        }
    }
    check_bindings(suite, reads, findings);
    check_choices(suite, findings);
    for scenario in &suite.scenarios {
        check_captures(suite, &scenario.steps, &[], reads, findings);
    }
    for flow in suite.flows.values() {
        let promised: Vec<&str> = flow.outputs.iter().map(|output| output.value.as_str()).collect();
        check_captures(suite, &flow.steps, &promised, reads, findings);
        for input in flow.inputs.iter().filter(|input| !is_read_in(&input.location, &input.value, reads)) {
            let label = "asked for, and never read";
            findings.push(unused("W0904", &format!("input `{}`", input.value), label, &input.location));
        }
    }
    check_outputs(suite, reads, findings);
    demands::check_used(suite, steps(suite), findings);
}

/// A choice that no arm takes.
fn check_choices(suite: &Suite, findings: &mut Diagnostics) {
    let arms = suite.scenarios.iter().flat_map(|scenario| &scenario.arms);
    let taken: BTreeSet<&str> = arms.flat_map(|arm| &arm.choose).map(|pick| pick.choice.as_str()).collect();
    for (name, choice) in suite.choices.iter().filter(|(name, _)| !taken.contains(name.as_str())) {
        let label = "declared here, and no arm takes it";
        findings.push(unused("W0901", &format!("choice `{name}`"), label, &choice.location));
    }
}

/// An output that no user of a flow reads. What resources do with their flows, the language says.
fn check_outputs(suite: &Suite, reads: &Reads, findings: &mut Diagnostics) {
    let of_resources: BTreeSet<&str> =
        resource_flows(suite).chain(elapse_flows(suite)).map(|flow| flow.value.as_str()).collect();
    for (name, flow) in suite.flows.iter().filter(|(name, _)| !of_resources.contains(name.as_str())) {
        let users: Vec<&At<FlowName>> = used(suite).filter(|user| user.value == *name).collect();
        let fixtures =
            suite.fixtures.iter().filter(|(_, fixture)| fixture.flows().any(|flow| flow.value == *name));
        let fixtures: Vec<&str> = fixtures.map(|(fixture, _)| fixture.as_str()).collect();
        let promised = |file: &str, output: &str| {
            suite.flows.values().any(|user| {
                user.location.source.name() == file && user.outputs.iter().any(|own| own.value == output)
            })
        };
        for output in &flow.outputs {
            let by_step = users.iter().any(|user| {
                is_read_in(&user.location, &output.value, reads)
                    || promised(user.location.source.name(), &output.value)
            });
            let by_fixture = fixtures.iter().any(|fixture| {
                let path = format!("{fixture}.{}", output.value);
                reads.iter().any(|(_, read)| {
                    read == fixture || *read == path || read.starts_with(&format!("{path}."))
                })
            });
            if !by_step && !by_fixture {
                let label = "promised, and nobody who uses the flow reads it";
                findings.push(unused(
                    "W0905",
                    &format!("output `{}`", output.value),
                    label,
                    &output.location,
                ));
            }
        }
    }
}

fn unused(code: &'static str, what: &str, label: &str, location: &Location) -> Diagnostic {
    Diagnostic::warning(code, format!("nothing uses {what}"))
        .at(location, label)
        .help("use it, or take it out")
}

/// A flow that no case comes to is an error.
pub(super) fn check_flows(suite: &Suite, findings: &mut Diagnostics) {
    let of_fixtures = suite.fixtures.values().flat_map(Fixture::flows);
    let all = resource_flows(suite).chain(elapse_flows(suite)).chain(of_fixtures).chain(used(suite));
    let used: BTreeSet<&str> = all.map(|flow| flow.value.as_str()).collect();
    for (name, flow) in suite.flows.iter().filter(|(name, _)| !used.contains(name.as_str())) {
        let diagnostic = Diagnostic::error("E0334", format!("no case comes to `{name}`"));
        let help = format!("use it in a step: use = \"{name}\", or delete its file");
        findings.push(diagnostic.at(&flow.location, "it checks nothing").help(help));
    }
}

/// The flows that steps use.
fn used(suite: &Suite) -> impl Iterator<Item = &At<FlowName>> {
    steps(suite).filter_map(|step| match &step.body {
        StepBody::Use(flow) => Some(flow),
        StepBody::Run(_) => None,
    })
}

/// The flows that find, release, show gone and trace, and those that probe.
fn resource_flows(suite: &Suite) -> impl Iterator<Item = &At<FlowName>> {
    let probes = suite.capabilities.values().map(|capability| &capability.probe);
    suite.resources.values().flat_map(Resource::flows).chain(probes)
}

/// What scenarios and arms require.
fn required(suite: &Suite) -> impl Iterator<Item = &Requirement> {
    let arms = suite.scenarios.iter().flat_map(|scenario| &scenario.arms);
    let below = suite.resources.values().filter_map(|resource| resource.below.as_ref());
    let of_scenarios = suite.scenarios.iter().flat_map(|scenario| &scenario.requires);
    arms.flat_map(|arm| &arm.requires).chain(of_scenarios).chain(below.flat_map(|below| &below.requires))
}

/// The flows that let time pass, if any step asks for that.
fn elapse_flows(suite: &Suite) -> impl Iterator<Item = &At<FlowName>> {
    let is_asked = runs(suite).any(|run| run.action.elapse().is_some());
    suite.environments.values().filter_map(|spec| spec.elapse.as_ref()).filter(move |_| is_asked)
}

fn steps(suite: &Suite) -> impl Iterator<Item = &Step> {
    let of_flows = suite.flows.values().flat_map(|flow| &flow.steps);
    suite.scenarios.iter().flat_map(|scenario| &scenario.steps).chain(of_flows)
}

fn runs(suite: &Suite) -> impl Iterator<Item = &Run> {
    steps(suite).filter_map(Step::run)
}

fn is_used(suite: &Suite, kind: Kind, name: &str, reads: &Reads) -> bool {
    let is_path_read = |root: &str| {
        let path = format!("{root}.{name}");
        reads.iter().any(|(_, read)| *read == path || read == root)
    };
    let is_given = |table: &str| {
        let given = suite.environments.values().flat_map(|spec| spec.given.values());
        given.into_iter().any(|given| given.reads(table).any(|leaf| leaf == name))
    };
    match kind {
        Kind::Service => {
            runs(suite).any(|run| run.action.target().is_some_and(|target| target.service.as_str() == name))
        }
        Kind::Credential => {
            let used = |run: &Run| Some(run.action.target()?.credential.as_ref()?.as_str() == name);
            runs(suite).any(|run| used(run) == Some(true))
        }
        Kind::Resource => steps(suite).flat_map(Step::owns).any(|kind| kind.as_str() == name),
        Kind::Fixture => {
            let used = suite.scenarios.iter().flat_map(|scenario| &scenario.fixtures);
            used.into_iter().any(|fixture| fixture.as_str() == name)
        }
        Kind::Variable => {
            let chooses = suite.environments.values().any(|spec| spec.when.as_deref() == Some(name));
            let derives = suite.derived.values().any(|rule| rule.variable.value == name);
            let checks = suite
                .resources
                .values()
                .filter_map(|resource| resource.below.as_ref())
                .any(|below| below.check == name || below.remove_when.as_deref() == Some(name));
            chooses
                || derives
                || checks
                || is_given("env")
                || is_path_read("env")
                || is_told(suite, "env", name)
        }
        Kind::Capability => {
            required(suite).filter_map(Requirement::capability).any(|capability| capability.as_str() == name)
        }
        Kind::Secret => {
            let required =
                required(suite).any(|needed| needed.secrets().iter().any(|secret| secret.as_str() == name));
            let credentials = suite.credentials.values().flat_map(|credential| credential.bearer.reads());
            let mut credentials = credentials.filter_map(|path| path.strip_prefix("secret."));
            let alternatives = suite.choices.values().flat_map(|choice| &choice.alternatives);
            let mut chosen = alternatives.filter_map(|found| found.secret.as_ref());
            required
                || chosen.any(|secret| secret.as_str() == name)
                || is_given("secret")
                || is_path_read("secret")
                || credentials.any(|secret| secret == name)
                || is_told(suite, "secret", name)
        }
    }
}

/// Whether a sink is turned on by it, signed with it, or reads it.
fn is_told(suite: &Suite, table: &str, name: &str) -> bool {
    suite.sinks.values().any(|sink| {
        let body = sink.body().and_then(|body| suite.templates.reads(body)).into_iter().flatten();
        let mut in_body = body.filter_map(|path| path.strip_prefix(table)?.strip_prefix('.'));
        sink.when.as_deref() == Some(name)
            || sink.signed().is_some_and(|secret| secret.as_str() == name)
            || sink.reads(table).any(|read| read == name)
            || in_body.any(|read| read == name)
    })
}

fn check_bindings(suite: &Suite, reads: &Reads, findings: &mut Diagnostics) {
    let roots: BTreeSet<&str> =
        reads.iter().map(|(_, path)| path.split('.').next().unwrap_or(path)).collect();
    let arms = suite.scenarios.iter().flat_map(|scenario| &scenario.arms).map(|arm| &arm.bind_at);
    let chosen = suite.choices.values().filter_map(|choice| Some(&choice.alternatives.first()?.bind_at));
    let places: Vec<&Places> = std::iter::once(&suite.bind_at).chain(arms).chain(chosen).collect();
    let mut told = BTreeSet::new();
    let is_unread = |name: &str| !roots.contains(name);
    for (name, location) in
        places.into_iter().flatten().filter(|(name, _)| is_unread(name) && told.insert(*name))
    {
        findings.push(unused("W0903", &format!("binding `{name}`"), "bound here, and never read", location));
    }
}

fn check_captures(
    suite: &Suite,
    steps: &[Step],
    promised: &[&str],
    reads: &Reads,
    findings: &mut Diagnostics,
) {
    let captures = steps.iter().filter_map(|step| Some((step, step.run()?)));
    for (step, name, expression) in
        captures.flat_map(|(step, run)| run.capture.iter().map(move |(name, at)| (step, name, at)))
    {
        let location = &expression.at().location;
        let is_used = promised.contains(&name.as_str())
            || is_read_in(location, name, reads)
            || is_for_release(suite, step, name);
        if !is_used {
            let label = "captured here, and never read";
            findings.push(unused("W0902", &format!("capture `{name}`"), label, location));
        }
    }
}

/// Whether what a step owns is found, released or shown gone by a name that the step captures.
fn is_for_release(suite: &Suite, step: &Step, name: &str) -> bool {
    let owned = step.owns().filter_map(|kind| suite.resources.get(kind)).flat_map(Resource::flows);
    let mut inputs =
        owned.filter_map(|flow| suite.flows.get(flow.value.as_str())).flat_map(|flow| &flow.inputs);
    inputs.any(|input| input.value == name)
}

/// Whether the file at hand reads a name.
fn is_read_in(location: &Location, name: &str, reads: &Reads) -> bool {
    let file = location.source.name();
    reads.iter().any(|(source, path)| source == file && path.split('.').next() == Some(name))
}
