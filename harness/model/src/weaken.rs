//! Assertions: what a suite holds its system against, one by one, and the suite without one of them.
//!
//! Does not: say whether anybody would notice; a proof without it does.

use crate::expression::Expression;
use crate::name::{FlowName, ResourceKind, ScenarioName, StepName};
use crate::source::{At, Location};
use crate::suite::{Run, Step, StepBody, Suite};
use crate::verdict::of_step;
use indexmap::IndexMap;
use std::collections::BTreeSet;
use std::fmt;

/// Something that a suite holds its system against.
#[derive(Debug, Clone)]
pub struct Assertion {
    /// Which part of its step, or of its resource, it is.
    pub part: Part,
    /// As it is written.
    pub text: String,
    /// Where it is written.
    pub location: Location,
    /// The step in which it turns a case red.
    pub step: StepName,
    /// The scenarios that come to it.
    pub scenarios: BTreeSet<ScenarioName>,
    home: Home,
}

/// Which part of a step or a resource an assertion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// An entry of `expect`, by its position.
    Expect(usize),
    /// The `until` of a poll; without it the first look is taken.
    Until,
    /// The `fail-if` of a poll.
    FailIf,
    /// The edges between the states of a resource; without them it may go anywhere.
    Trace,
}

/// Where an assertion lives.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Home {
    Scenario(ScenarioName, usize),
    Flow(FlowName, usize),
    Resource(ResourceKind),
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Expect(_) => "expect",
            Self::Until => "until",
            Self::FailIf => "fail-if",
            Self::Trace => "trace",
        })
    }
}

/// Every assertion of some scenarios: of their own steps, of the flows that they use, of those that make their fixtures,
/// and of the traces of what they create; each once, however many scenarios come to it.
pub fn assertions(suite: &Suite, wanted: impl Fn(&ScenarioName) -> bool) -> Vec<Assertion> {
    let mut found = Vec::new();
    let mut flows: IndexMap<&FlowName, BTreeSet<ScenarioName>> = IndexMap::new();
    let mut traced: IndexMap<&ResourceKind, BTreeSet<ScenarioName>> = IndexMap::new();
    for scenario in suite.scenarios.iter().filter(|scenario| wanted(&scenario.name)) {
        let home = |number| Home::Scenario(scenario.name.clone(), number);
        found.extend(of_steps(&scenario.steps, home, &BTreeSet::from([scenario.name.clone()])));
        let made = scenario.fixtures.iter().filter_map(|name| Some(&suite.fixtures.get(name)?.flow.value));
        let used = suite.reached(&scenario.steps).into_iter().filter_map(|step| match &step.body {
            StepBody::Use(flow) => Some(&flow.value),
            StepBody::Run(_) => None,
        });
        for flow in used.chain(made.flat_map(|flow| with_used(suite, flow))) {
            flows.entry(flow).or_default().insert(scenario.name.clone());
        }
        for kind in suite.reached(&scenario.steps).into_iter().flat_map(Step::owns) {
            traced.entry(kind).or_default().insert(scenario.name.clone());
        }
    }
    for (name, scenarios) in flows {
        let Some(flow) = suite.flows.get(name) else { continue };
        found.extend(of_steps(&flow.steps, |number| Home::Flow(name.clone(), number), &scenarios));
    }
    for (kind, scenarios) in traced {
        let Some(resource) = suite.resources.get(kind) else { continue };
        let Some(flow) = resource.trace.as_ref().filter(|_| !resource.states.edges.is_empty()) else {
            continue;
        };
        found.push(Assertion {
            part: Part::Trace,
            text: format!("the edges of [resource.{kind}.states]"),
            location: flow.location.clone(),
            step: StepName::new(format!("trace of {kind}")),
            scenarios,
            home: Home::Resource(kind.clone()),
        });
    }
    found
}

/// A flow, and those that it uses.
fn with_used<'a>(suite: &'a Suite, flow: &'a FlowName) -> Vec<&'a FlowName> {
    let steps = suite.flows.get(flow).map(|flow| suite.reached(&flow.steps)).unwrap_or_default();
    let used = steps.into_iter().filter_map(|step| match &step.body {
        StepBody::Use(flow) => Some(&flow.value),
        StepBody::Run(_) => None,
    });
    std::iter::once(flow).chain(used).collect()
}

fn of_steps(
    steps: &[Step],
    home: impl Fn(usize) -> Home,
    scenarios: &BTreeSet<ScenarioName>,
) -> Vec<Assertion> {
    let mut found = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        let Some(run) = step.run() else { continue };
        let expects = run.expect.iter().enumerate().map(|(entry, text)| (Part::Expect(entry), text));
        let polled = run.poll.iter().flat_map(|poll| {
            let fail_if = poll.fail_if.as_ref().map(|text| (Part::FailIf, text));
            std::iter::once((Part::Until, &poll.until)).chain(fail_if)
        });
        found.extend(expects.chain(polled).map(|(part, text)| Assertion {
            part,
            text: text.text().to_owned(),
            location: text.at().location.clone(),
            step: step.name.clone(),
            scenarios: scenarios.clone(),
            home: home(number),
        }));
    }
    found
}

impl Assertion {
    /// The suite without it; none when the suite has no such assertion.
    pub fn taken_out_of(&self, suite: &Suite) -> Option<Suite> {
        let mut suite = suite.clone();
        let step = match &self.home {
            Home::Resource(kind) => {
                suite.resources.get_mut(kind)?.states.edges.clear();
                return Some(suite);
            }
            Home::Scenario(name, number) => {
                let scenario = suite.scenarios.iter_mut().find(|scenario| scenario.name == *name)?;
                scenario.steps.get_mut(*number)?
            }
            Home::Flow(name, number) => suite.flows.get_mut(name)?.steps.get_mut(*number)?,
        };
        let StepBody::Run(run) = &mut step.body else { return None };
        self.taken_out_of_run(run)?;
        Some(suite)
    }

    fn taken_out_of_run(&self, run: &mut Run) -> Option<()> {
        match self.part {
            Part::Expect(entry) if entry < run.expect.len() => drop(run.expect.remove(entry)),
            Part::Until => {
                let always = At { value: "true".to_owned(), location: self.location.clone() };
                run.poll.as_mut()?.until = Expression::parse(always).ok()?;
            }
            Part::FailIf => drop(run.poll.as_mut()?.fail_if.take()?),
            Part::Expect(_) | Part::Trace => return None,
        }
        Some(())
    }

    /// Whether a red of its step may be its doing, by the first line of the red's cause: a condition that was violated is
    /// named there, and one that was waited for is the only one of its step.
    pub fn may_say(&self, cause: &str) -> bool {
        let cause = of_step(cause);
        let named = |word: &str| {
            let rest = cause.strip_prefix(word).map(str::trim_start);
            rest.is_some_and(|rest| Some(rest) == self.text.lines().next().map(str::trim))
        };
        match self.part {
            Part::Expect(_) => named("expect"),
            Part::FailIf => named("must not"),
            Part::Until => named("until") || !cause.starts_with("expect") && !cause.starts_with("must not"),
            Part::Trace => true,
        }
    }
}

#[cfg(test)]
#[path = "weaken_tests.rs"]
mod tests;
