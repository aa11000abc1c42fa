//! What only the expanded cases can show: conditions that never hold, deadlines that do not nest.
//!
//! Does not: select or decide.

use super::words;
use crate::case::{self, Case};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::expression::Expression;
use crate::source::At;
use crate::suite::{Poll, Scenario, Step, StepBody, Suite};
use crate::template::Template;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Checks every scenario against its cases.
pub(super) fn check(suite: &Suite, findings: &mut Diagnostics) {
    for scenario in &suite.scenarios {
        if scenario.timeout >= suite.timeout {
            let message = format!(
                "a case of `{}` may take {}, the whole run {}",
                scenario.name,
                humantime::format_duration(scenario.timeout),
                humantime::format_duration(suite.timeout)
            );
            let diagnostic = Diagnostic::error("E0601", message).at(&scenario.location, "this scenario");
            findings.push(diagnostic.help("a case's timeout is shorter than the run's"));
        }
        // Conflicts between arms are reported by the plan, which knows the overrides.
        let Ok(cases) = case::expand(suite, scenario, &BTreeMap::new()) else { continue };
        check_steps(suite, scenario, &cases, findings);
    }
}

fn check_steps(suite: &Suite, scenario: &Scenario, cases: &[Case], findings: &mut Diagnostics) {
    let (mut ahead, mut seen) = (vec![&scenario.steps], BTreeSet::new());
    while let Some(steps) = ahead.pop() {
        for step in steps {
            if let Some(when) = &step.when {
                never_holds(when, cases, findings);
            }
            match &step.body {
                StepBody::Use(flow) => {
                    let flow = suite.flows.get(&flow.value).filter(|_| seen.insert(flow.value.clone()));
                    ahead.extend(flow.map(|flow| &flow.steps));
                }
                StepBody::Run(run) => {
                    if let Some(poll) = &run.poll {
                        check_budgets(poll, step, scenario, cases, findings);
                    }
                }
            }
        }
    }
}

/// A condition over plan-time names alone that holds for no case guards a step that never takes place.
fn never_holds(when: &Expression, cases: &[Case], findings: &mut Diagnostics) {
    let plannable = |case: &Case| when.reads().iter().all(|path| case.bindings.resolve(path).is_some());
    if cases.is_empty() || !cases.iter().any(plannable) {
        return;
    }
    for case in cases {
        match when.holds(&case.bindings) {
            Ok(false) => {}
            Err(error @ crate::expression::EvaluationError::NotBoolean { .. }) => {
                let diagnostic =
                    Diagnostic::error("E0304", error.to_string()).at(&when.at().location, "here");
                findings.push(diagnostic.help("compare it with something: lifecycle == 'steady'"));
                return;
            }
            Ok(true) | Err(_) => return,
        }
    }
    let message = format!("`{}` holds for no case", when.text());
    let diagnostic =
        Diagnostic::error("E0408", message).at(&when.at().location, "its step never takes place");
    findings.push(diagnostic.help("compare with a value that the axis has"));
}

fn check_budgets(poll: &Poll, step: &Step, scenario: &Scenario, cases: &[Case], findings: &mut Diagnostics) {
    let mut checked: BTreeSet<String> = BTreeSet::new();
    for case in cases {
        let (Some(within), every) = (
            rendered(&poll.within, case, findings),
            poll.every.as_ref().and_then(|every| rendered(every, case, findings)),
        ) else {
            return;
        };
        if checked.insert(format!("{within:?} {every:?}")) && within >= scenario.timeout {
            let message = format!(
                "step `{}` may wait {}, a case of `{}` may take {}",
                step.name,
                humantime::format_duration(within),
                scenario.name,
                humantime::format_duration(scenario.timeout)
            );
            let diagnostic =
                Diagnostic::error("E0602", message).at(&poll.within.text().location, "this deadline");
            findings.push(
                diagnostic
                    .help(format!("as in {}; a step's deadline is shorter than its case's timeout", case.id)),
            );
            return;
        }
    }
}

fn rendered(budget: &Template, case: &Case, findings: &mut Diagnostics) -> Option<Duration> {
    let location = budget.text().location.clone();
    match budget.render(&case.bindings) {
        Ok(value) => findings.keep(words::duration(&At { value, location })),
        Err(error) => {
            let message = format!("this deadline is not known before the run: {error}");
            findings.push(Diagnostic::error("E0603", message).at(&location, "here"));
            None
        }
    }
}
