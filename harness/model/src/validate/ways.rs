//! Ways through a scenario: which steps a case takes, and what is bound after them.
//!
//! Does not: look at what steps read; `dataflow` does.

use crate::case::Case;
use crate::expression::Expression;
use crate::suite::{Scenario, Step, StepBody, Suite};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Names that are bound, each with the run-time condition under which it is, if there is one.
pub(super) type Bound = BTreeMap<String, Option<String>>;

/// Whether a step takes place.
pub(crate) enum Turn {
    /// In every run.
    Always,
    /// In none: its condition speaks of what is known before the run, and does not hold.
    Never,
    /// When this condition, which only the run can decide, holds.
    When(String),
}

/// One case for each way through a scenario: the others differ in nothing that the way depends on.
pub(super) fn distinct<'a>(suite: &Suite, scenario: &Scenario, cases: &'a [Case]) -> Vec<&'a Case> {
    let (roots, mut seen) = (deciding(suite, scenario), HashSet::new());
    cases.iter().filter(|case| seen.insert(way(case, &roots))).collect()
}

/// The names that decide which steps a case takes.
fn deciding<'a>(suite: &'a Suite, scenario: &'a Scenario) -> BTreeSet<&'a str> {
    let conditions = suite.reached(&scenario.steps).into_iter().filter_map(|step| step.when.as_ref());
    conditions.flat_map(Expression::reads).filter_map(|path| path.split('.').next()).collect()
}

fn way(case: &Case, roots: &BTreeSet<&str>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for name in case.bindings.names() {
        name.hash(&mut hasher);
        if roots.contains(name) {
            case.bindings.get(name).hash(&mut hasher);
        }
    }
    hasher.finish()
}

/// Whether a step takes place; without a case, every condition is one that only the run can decide.
pub(crate) fn turn(step: &Step, case: Option<&Case>) -> Turn {
    let Some(when) = &step.when else { return Turn::Always };
    let known = |case: &&Case| when.reads().iter().all(|path| case.bindings.resolve(path).is_some());
    match case.filter(known).map(|case| when.holds(&case.bindings)) {
        Some(Ok(true)) => Turn::Always,
        Some(Ok(false)) => Turn::Never,
        Some(Err(_)) | None => Turn::When(when.text().to_owned()),
    }
}

/// Takes over what a step binds.
pub(super) fn bind(suite: &Suite, step: &Step, case: Option<&Case>, bound: &mut Bound) {
    let condition = match turn(step, case) {
        Turn::Never => return,
        Turn::Always => None,
        Turn::When(condition) => Some(condition),
    };
    let mut add = |name: &str, inner: Option<String>| {
        let condition = condition.clone().or(inner);
        // What was bound without a condition stays bound without one.
        if bound.get(name).is_none_or(|before| before.is_some() && condition.is_none()) {
            bound.insert(name.to_owned(), condition);
        }
    };
    match &step.body {
        StepBody::Run(run) => run.capture.iter().for_each(|(name, _)| add(name, None)),
        StepBody::Use(flow) => {
            let Some(flow) = suite.flows.get(&flow.value) else { return };
            let mut inner = Bound::new();
            flow.steps.iter().for_each(|step| bind(suite, step, case, &mut inner));
            for output in &flow.outputs {
                if let Some(condition) = inner.remove(&output.value) {
                    add(&output.value, condition);
                }
            }
        }
    }
}
