//! A capability: probed where that needs nothing that a run has to make.
//!
//! Does not: walk a probe that owns something.

use super::known::Known;
use crate::capability::of_run;
use crate::run::RunContext;
use harness_model::checkup::{Finding, State, Topic};
use harness_model::event::Ability;
use harness_model::name::{CapabilityName, FixtureName};
use harness_model::suite::Step;
use std::sync::Arc;

/// Probes one, if that is possible; also says whether the target lacks it.
pub(super) async fn ask(run: &Arc<RunContext>, known: &Known<'_>, name: &CapabilityName) -> (Finding, bool) {
    let capability = &run.suite.capabilities[name];
    let finding = |state, said: &str| {
        Finding::new(Topic::Capability, name.as_str(), state, format!("{}: {said}", capability.summary))
    };
    if let Some(why) = left_to_the_run(known, name) {
        return (finding(State::Later, &format!("asked at the start of a run, {why}")), false);
    }
    match of_run(run, name, &run.cancel).await {
        Ok(Ability::Able) => (finding(State::Good, "yes"), false),
        Ok(Ability::Unable) => (finding(State::Absent, "no"), true),
        Ok(Ability::Unknown { cause }) => {
            (finding(State::Unreachable, &format!("nobody could find out: {cause}")), false)
        }
        Err(_early) => (finding(State::Later, "asked at the start of a run"), false),
    }
}

/// Why only a run can ask.
fn left_to_the_run(known: &Known<'_>, name: &CapabilityName) -> Option<String> {
    let run = known.run;
    let flow = run.suite.flows.get(&run.suite.capabilities[name].probe.value)?;
    let fixtures = flow.inputs.iter().map(|input| FixtureName::new(&input.value));
    let mut made = fixtures.filter(|name| {
        run.suite.fixtures.contains_key(name) && run.suite.given(&run.environment, name.as_str()).is_none()
    });
    if let Some(fixture) = made.next() {
        return Some(format!("with fixture `{fixture}`"));
    }
    let steps = run.suite.reached(&flow.steps);
    if steps.iter().flat_map(|step| Step::owns(step)).next().is_some() {
        return Some("because its probe creates something".to_owned());
    }
    let acts = || steps.iter().filter_map(|step| step.run());
    if acts().any(|run| run.action.target().is_none()) {
        return Some("because its probe does more than ask a service".to_owned());
    }
    let mut targets = acts().filter_map(|run| run.action.target());
    let unknown = targets.any(|target| known.obstacle(&target.service).is_some());
    unknown.then(|| "when its service is known".to_owned())
}
