//! Programs: what the cases of a plan will run on this machine, known before anything starts.
//!
//! Does not: look whether they are there. The runner does.

use super::{Plan, Planned};
use crate::action::ExecAction;
use crate::below::Below;
use crate::case::Case;
use crate::gate::Decision;
use crate::name::{FlowName, StepName, ToolName};
use crate::suite::{Beneath, Requirement, Step, StepBody, Suite};
use crate::validate::ways::{Turn, turn};
use std::collections::BTreeSet;

/// A step that runs a program.
pub type Program<'a> = (&'a StepName, &'a ExecAction);

impl Plan {
    /// The steps that run a program, of the cases that run, their fixtures and their releases; each program once.
    pub fn programs<'a>(&'a self, below: &'a Below) -> Vec<Program<'a>> {
        let flows = self.suite.flows.values().flat_map(|flow| &flow.steps);
        let mut steps = self.suite.scenarios.iter().flat_map(|scenario| &scenario.steps).chain(flows);
        if !steps.any(|step| step.run().is_some_and(|run| run.action.exec().is_some())) {
            return Vec::new();
        }
        let mut programs = Programs { plan: self, below, seen: BTreeSet::new(), found: Vec::new() };
        for planned in self.cases.iter().filter(|planned| planned.decision == Decision::Run) {
            programs.of_case(planned);
        }
        programs.found
    }
}

impl Suite {
    /// The tools that something in the suite requires.
    pub fn tools(&self) -> BTreeSet<&ToolName> {
        let of_arms = self.scenarios.iter().flat_map(|scenario| &scenario.arms).flat_map(|arm| &arm.requires);
        let required = self.scenarios.iter().flat_map(|scenario| &scenario.requires).chain(of_arms);
        let below = self.resources.values().filter_map(|resource| resource.below.as_ref());
        let required = required.chain(below.flat_map(|below| &below.requires));
        required.filter_map(Requirement::tool).collect()
    }
}

struct Programs<'a> {
    plan: &'a Plan,
    below: &'a Below,
    seen: BTreeSet<&'a str>,
    found: Vec<Program<'a>>,
}

impl<'a> Programs<'a> {
    fn of_case(&mut self, planned: &Planned) {
        let suite = &self.plan.suite;
        let Some(scenario) = suite.scenario(&planned.case.scenario) else { return };
        self.steps(&scenario.steps, Some(&planned.case));
        let mut steps: Vec<&Step> = suite.reached(&scenario.steps);
        for name in &scenario.fixtures {
            let fixture = suite.fixtures.get(name);
            let made = fixture.filter(|_| suite.given(&self.plan.environment, name.as_str()).is_none());
            if let Some(fixture) = made {
                self.flow(&fixture.flow.value, None);
                let flow = suite.flows.get(&fixture.flow.value);
                steps.extend(flow.map(|flow| suite.reached(&flow.steps)).unwrap_or_default());
            }
        }
        let kinds: BTreeSet<_> = steps.into_iter().flat_map(Step::owns).collect();
        let resources = || kinds.iter().filter_map(|kind| Some((*kind, suite.resources.get(*kind)?)));
        let asked = resources().filter(|(kind, _)| self.below.asked.contains_key(*kind));
        let below = asked.filter_map(|(_, resource)| resource.below.as_ref()).flat_map(Beneath::flows);
        for flow in resources().flat_map(|(_, resource)| resource.needed()).chain(below) {
            self.flow(&flow.value, None);
        }
        for capability in planned.probes.iter().filter_map(|name| suite.capabilities.get(name)) {
            self.flow(&capability.probe.value, None);
        }
    }

    fn flow(&mut self, name: &FlowName, case: Option<&Case>) {
        if let Some(flow) = self.plan.suite.flows.get(name) {
            self.steps(&flow.steps, case);
        }
    }

    fn steps(&mut self, steps: &'a [Step], case: Option<&Case>) {
        for step in steps.iter().filter(|step| !matches!(turn(step, case), Turn::Never)) {
            match &step.body {
                StepBody::Use(flow) => self.flow(&flow.value, case),
                StepBody::Run(run) => {
                    let action = run.action.exec().filter(|action| self.seen.insert(&action.program.value));
                    self.found.extend(action.map(|action| (&step.name, action)));
                }
            }
        }
    }
}
