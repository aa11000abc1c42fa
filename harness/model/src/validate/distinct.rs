//! Distinct cases: the few that stand for all others wherever only what a plan can compute matters.
//!
//! Does not: choose for checks that look at whole rows, such as selections.

use crate::case::Case;
use crate::expression::Expression;
use crate::matrix::Origin;
use crate::suite::{Poll, Scenario, Step, Suite};
use crate::template::Template;
use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Of every scenario the cases that differ in their arms, in what includes add, or in a value that a condition or a
/// budget reads; and for each value of each axis the first case that has it.
pub(crate) fn cases<'a>(
    suite: &Suite,
    expanded: &[(&'a Scenario, Vec<Case>)],
) -> Vec<(&'a Scenario, Vec<Case>)> {
    expanded.iter().map(|(scenario, cases)| (*scenario, of_scenario(suite, scenario, cases))).collect()
}

/// Of the cases of one scenario.
pub(super) fn of_scenario(suite: &Suite, scenario: &Scenario, cases: &[Case]) -> Vec<Case> {
    let roots = roots(suite, scenario);
    let axes = &scenario.matrix.axes;
    let is_read: Vec<bool> = axes
        .iter()
        .map(|axis| {
            let bundle = axis.values.first().and_then(serde_json::Value::as_object);
            roots.contains(axis.name.as_str())
                || bundle.is_some_and(|bundle| bundle.keys().any(|key| roots.contains(key.as_str())))
        })
        .collect();
    let mut met: Vec<Vec<bool>> = axes.iter().map(|axis| vec![false; axis.values.len()]).collect();
    let (mut ways, mut distinct) = (HashSet::new(), Vec::new());
    for (case, cell) in cases.iter().zip(&scenario.expansion.cells) {
        let mut hasher = DefaultHasher::new();
        (&case.arms, &cell.includes).hash(&mut hasher);
        let mut is_new = false;
        match cell.origin {
            Origin::Include(position) => (true, position).hash(&mut hasher),
            Origin::Product(number) => {
                for (axis, value) in scenario.matrix.choice(number).into_iter().enumerate() {
                    is_new |= !std::mem::replace(&mut met[axis][value], true);
                    is_read[axis].then_some(value).hash(&mut hasher);
                }
            }
        }
        if ways.insert(hasher.finish()) || is_new {
            distinct.push(case.clone());
        }
    }
    distinct
}

/// The names that conditions and budgets read.
pub(super) fn roots<'a>(suite: &'a Suite, scenario: &'a Scenario) -> BTreeSet<&'a str> {
    let steps = suite.reached(&scenario.steps);
    let polls = steps.iter().filter_map(|step| Step::run(step)?.poll.as_ref());
    let budgets = polls.flat_map(|poll: &Poll| std::iter::once(&poll.within).chain(&poll.every));
    let edges = suite.resources.values().flat_map(|resource| resource.states.edges.values().flatten());
    let budgets = budgets.chain(edges.filter_map(|edge| edge.within.as_ref()));
    let budgets = budgets.chain(steps.iter().filter_map(|step| step.run()?.action.within()));
    let conditions = steps.iter().filter_map(|step| step.when.as_ref());
    let paths = conditions.flat_map(Expression::reads).chain(budgets.flat_map(Template::reads));
    paths.filter_map(|path| path.split('.').next()).collect()
}
