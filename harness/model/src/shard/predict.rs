//! Predictions: how long each case will take, also one that was never seen.
//!
//! Does not: read recordings; [`crate::estimate`] is what they come to.

use crate::estimate::Estimates;
use crate::gate::Decision;
use crate::name::CaseId;
use crate::plan::{Plan, Planned};
use indexmap::IndexMap;
use std::collections::BTreeMap;
use std::time::Duration;

/// What a case weighs of which nothing at all is known, where nothing is known of any other.
const SAME: Duration = Duration::from_secs(1);

/// Where a prediction comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// Earlier runs of the case.
    Case,
    /// The median of the cases of its arm.
    Arm,
    /// The median of the cases of its scenario.
    Scenario,
    /// What the scenario says that it takes.
    Declared,
}

/// How long a case is predicted to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Predicted {
    /// So long.
    pub takes: Duration,
    /// Why.
    pub basis: Basis,
}

/// The predictions of a plan, case by case in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Predictions {
    cases: IndexMap<CaseId, (Decision, Option<Predicted>)>,
}

impl Predictions {
    /// Predicts every case of a plan: from its own earlier runs, else those of its arm, else those of its scenario, else
    /// what its scenario declares.
    pub fn new(plan: &Plan, estimates: &Estimates) -> Self {
        let mut of_arm: BTreeMap<_, Vec<Duration>> = BTreeMap::new();
        let mut of_scenario: BTreeMap<_, Vec<Duration>> = BTreeMap::new();
        for planned in &plan.cases {
            let Some(took) = estimates.of(&planned.case.id) else { continue };
            let took = took / tries(planned);
            of_scenario.entry(&planned.case.scenario).or_default().push(took);
            for arm in &planned.arms {
                of_arm.entry((&planned.case.scenario, arm)).or_default().push(took);
            }
        }
        let predicted = |takes, basis| Predicted { takes, basis };
        let cases = plan.cases.iter().map(|planned| {
            let scenario = &planned.case.scenario;
            let arms = || planned.arms.iter().filter_map(|arm| median(of_arm.get(&(scenario, arm))?)).max();
            let declared = || plan.suite.scenario(scenario)?.takes;
            let found = estimates
                .of(&planned.case.id)
                .map(|takes| predicted(takes, Basis::Case))
                .or_else(|| arms().map(|takes| predicted(takes * tries(planned), Basis::Arm)))
                .or_else(|| {
                    let takes = median(of_scenario.get(scenario)?)?;
                    Some(predicted(takes * tries(planned), Basis::Scenario))
                })
                .or_else(|| declared().map(|takes| predicted(takes * tries(planned), Basis::Declared)));
            (planned.case.id.clone(), (planned.decision.clone(), found))
        });
        Self { cases: cases.collect() }
    }

    /// What is predicted of a case; none when nothing is known of anything like it.
    pub fn of(&self, case: &CaseId) -> Option<Predicted> {
        self.cases.get(case).and_then(|(_, predicted)| *predicted)
    }

    /// How many of the cases that run rest on something, and how many run.
    pub fn known(&self) -> (usize, usize) {
        let running = self.running();
        (running.clone().flatten().count(), running.count())
    }

    /// What each case weighs where cases are divided: what is predicted of it; else what a case of this plan takes, by
    /// the median; else all weigh the same. What does not run takes no time.
    pub fn weights(&self) -> Vec<(Duration, &str)> {
        let known: Vec<Duration> = self.running().flatten().map(|predicted| predicted.takes).collect();
        let usual = median(&known).unwrap_or(SAME);
        let weigh = |decision: &Decision, predicted: &Option<Predicted>| match decision {
            Decision::Run => predicted.map_or(usual, |predicted| predicted.takes),
            Decision::Skip { .. } | Decision::Block { .. } | Decision::Refuse { .. } => Duration::ZERO,
        };
        let cases = self.cases.iter();
        cases.map(|(id, (decision, predicted))| (weigh(decision, predicted), id.as_str())).collect()
    }

    /// The positions of all cases in the order in which they start: what nobody knows anything of first, because it may be
    /// the longest, then the longest first. What does not run costs nothing, and comes at last.
    pub fn longest_first(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.cases.len()).collect();
        order.sort_by_key(|position| {
            let (decision, predicted) = &self.cases[*position];
            let takes = predicted.map_or(Duration::MAX, |predicted| predicted.takes);
            std::cmp::Reverse((*decision == Decision::Run, takes))
        });
        order
    }

    fn running(&self) -> impl Iterator<Item = Option<Predicted>> + Clone {
        let runs = self.cases.values().filter(|(decision, _)| *decision == Decision::Run);
        runs.map(|(_, predicted)| *predicted)
    }
}

/// How many attempts a case takes that passes at once.
fn tries(planned: &Planned) -> u32 {
    planned.pass.map_or(1, |pass| pass.at_least)
}

/// The median; of an even number the longer one in the middle, as estimates have it.
fn median(of: &[Duration]) -> Option<Duration> {
    let mut sorted = of.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied()
}
