//! Obstacles: what a case needs of a service that its environment lacks.
//!
//! Does not: ask whether a service answers. The environment's own words say which there are.

use crate::case::Case;
use crate::name::{CapabilityName, EnvironmentName, FlowName, ServiceName};
use crate::source::{At, Location};
use crate::suite::{Scenario, Step, StepBody, Suite};
use crate::validate::ways::{Turn, turn};
use indexmap::IndexSet;

/// What the cases of a scenario can reach on an environment.
pub(super) struct Reach<'a> {
    suite: &'a Suite,
    pub(super) scenario: &'a Scenario,
    environment: &'a EnvironmentName,
    /// What stands in the way of every case.
    all: Option<String>,
    /// Whether any step of the scenario needs what is lacking: one of a case may still not take place.
    some: bool,
}

impl<'a> Reach<'a> {
    pub(super) fn new(suite: &'a Suite, scenario: &'a Scenario, environment: &'a EnvironmentName) -> Self {
        let mut reach = Self { suite, scenario, environment, all: None, some: false };
        let lacks = suite.environments.get(environment).is_some_and(|spec| !spec.lacks.is_empty());
        if lacks {
            reach.some = suite.out_of_reach(environment, suite.reached(&scenario.steps)).is_some();
            reach.all = reach.of_fixtures().or_else(|| reach.of_releases());
        }
        reach
    }

    /// What stands in the way of a case, in words.
    pub(super) fn obstacle(&self, case: &Case, probes: &IndexSet<CapabilityName>) -> Option<String> {
        self.all.clone().or_else(|| self.of_probes(probes)).or_else(|| {
            let (step, service) = self.some.then(|| self.taken(&self.scenario.steps, case)).flatten()?;
            Some(self.words(service, &format!("in step `{}`", step.name)))
        })
    }

    fn of_fixtures(&self) -> Option<String> {
        let made = self
            .scenario
            .fixtures
            .iter()
            .filter(|name| self.suite.given(self.environment, name.as_str()).is_none());
        made.into_iter().find_map(|name| {
            let service = self.lacked_by(&self.suite.fixtures.get(name)?.flow)?;
            Some(self.words(service, &format!("for fixture `{name}`")))
        })
    }

    fn of_probes(&self, probes: &IndexSet<CapabilityName>) -> Option<String> {
        probes.iter().find_map(|name| {
            let service = self.lacked_by(&self.suite.capabilities.get(name)?.probe)?;
            Some(self.words(service, &format!("to probe `{name}`")))
        })
    }

    fn of_releases(&self) -> Option<String> {
        let kinds = self.suite.reached(&self.scenario.steps).into_iter().flat_map(Step::owns);
        kinds.into_iter().find_map(|kind| {
            let service = self.suite.resources.get(kind)?.needed().find_map(|flow| self.lacked_by(flow))?;
            Some(self.words(service, &format!("to release `{kind}`")))
        })
    }

    fn lacked_by(&self, flow: &At<FlowName>) -> Option<&'a ServiceName> {
        let steps = &self.suite.flows.get(&flow.value)?.steps;
        let (_, service) = self.suite.out_of_reach(self.environment, self.suite.reached(steps))?;
        Some(service)
    }

    /// The first step of a case that needs what is lacking; one whose condition does not hold is not taken.
    fn taken(&self, steps: &'a [Step], case: &Case) -> Option<(&'a Step, &'a ServiceName)> {
        steps.iter().filter(|step| !matches!(turn(step, Some(case)), Turn::Never)).find_map(
            |step| match &step.body {
                StepBody::Run(_) => self.suite.out_of_reach(self.environment, [step]),
                StepBody::Use(flow) => self.taken(&self.suite.flows.get(&flow.value)?.steps, case),
            },
        )
    }

    fn words(&self, service: &ServiceName, wherefore: &str) -> String {
        let spec = self.suite.environments.get(self.environment);
        let place = spec.and_then(|spec| spec.lacks.iter().find(|lacked| lacked.value == *service));
        let place = place.map(|lacked| at(&lacked.location)).unwrap_or_default();
        format!(
            "needs service `{service}` {wherefore}, and the {} environment has none{place}",
            self.environment
        )
    }
}

fn at(location: &Location) -> String {
    format!(" ({location})")
}
