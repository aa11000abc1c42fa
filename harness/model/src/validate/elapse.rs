//! Time that passes: the flows that let it pass, and whom else they would touch.
//!
//! Does not: check what those flows read; `dataflow` does.

use super::flows::{declared, lacking};
use crate::action::ElapseAction;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::FixtureName;
use crate::suite::{Scope, Step, Suite};

/// A flow that lets time pass takes how much, and says how much it was.
pub(super) fn check_flows(suite: &Suite, findings: &mut Diagnostics) {
    for flow in suite.environments.values().filter_map(|spec| spec.elapse.as_ref()) {
        findings.keep(declared(flow, suite));
        let Some(known) = suite.flows.get(&flow.value) else { continue };
        if !known.inputs.iter().any(|input| input.value == ElapseAction::INPUT) {
            let message = format!("`{}` does not ask how much time is to pass", flow.value);
            let diagnostic = Diagnostic::error("E0372", message).at(&flow.location, "used here");
            findings.push(diagnostic.help("inputs = [\"duration\"], and hand it to the clock"));
        }
        findings.extend(lacking(suite, flow, ElapseAction::OUTPUT));
    }
}

/// A clock that is advanced is advanced for everybody who has it: a scenario that lets time pass must not share what the
/// flow that advances takes.
pub(super) fn check_fixtures(suite: &Suite, findings: &mut Diagnostics) {
    let flows = suite.environments.values().filter_map(|spec| suite.flows.get(&spec.elapse.as_ref()?.value));
    let inputs: Vec<&str> = flows.flat_map(|flow| &flow.inputs).map(|input| input.value.as_str()).collect();
    for scenario in &suite.scenarios {
        let steps = suite.reached(&scenario.steps);
        let elapse = |step: &&Step| step.run().is_some_and(|run| run.action.elapse().is_some());
        let Some(step) = steps.into_iter().find(elapse) else { continue };
        let is_shared = |name: &&FixtureName| {
            let fixture = suite.fixtures.get(*name);
            inputs.contains(&name.as_str())
                && fixture.is_some_and(|fixture| scenario.scope(name, fixture) == Scope::Run)
        };
        if let Some(name) = scenario.fixtures.iter().find(is_shared) {
            let message = format!("time would pass for every case that has fixture `{name}`");
            let diagnostic = Diagnostic::error("E0373", message).at(&step.location, "lets time pass");
            let help = format!("let each case of `{}` have its own: own = [\"{name}\"]", scenario.name);
            findings.push(diagnostic.help(help));
        }
    }
}
