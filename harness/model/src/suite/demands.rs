//! What lanes demand, as it was written, and which milestones cases can come to.
//!
//! Does not: judge a run.

use super::{Scenario, Step, Suite};
use crate::demand::Ceiling;
use crate::name::{EnvironmentName, MilestoneName};
use crate::source::At;

/// What a lane demands of a whole run.
#[derive(Debug, Clone, Default)]
pub struct LaneDemands {
    /// What somebody has to reach.
    pub milestones: Vec<At<MilestoneName>>,
    /// How many cases may be skipped.
    pub max_skipped: Option<Ceiling>,
    /// How many cases of each value of an axis must be executed.
    pub floors: Vec<(At<String>, At<usize>)>,
}

impl LaneDemands {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.milestones.is_empty() && self.max_skipped.is_none() && self.floors.is_empty()
    }
}

impl Suite {
    /// The milestones that cases of a scenario can come to: in their own steps, and in what makes their fixtures. What an
    /// environment gives is not made there.
    pub fn milestones<'a>(
        &'a self,
        scenario: &'a Scenario,
        environment: Option<&EnvironmentName>,
    ) -> impl Iterator<Item = &'a MilestoneName> {
        let is_given = |fixture: &str| environment.is_some_and(|name| self.given(name, fixture).is_some());
        let made = scenario.fixtures.iter().filter(|name| !is_given(name.as_str()));
        let flows = made.filter_map(|name| self.flows.get(&self.fixtures.get(name)?.flow.value));
        let mut steps: Vec<&Step> = self.reached(&scenario.steps);
        steps.extend(flows.flat_map(|flow| self.reached(&flow.steps)));
        steps.into_iter().filter_map(|step| Some(&step.run()?.milestone.as_ref()?.value))
    }
}
