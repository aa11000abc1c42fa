//! What only the expanded cases can show: ids that are not unique, arms in conflict, conditions that never hold,
//! deadlines that do not nest.
//!
//! Does not: select or decide.

use super::words;
use crate::case::{self, ArmConflict, Case};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::expression::Expression;
use crate::layers::Overlay;
use crate::matrix::{Cell, Origin};
use crate::source::At;
use crate::suite::{Arm, Scenario, Step, Suite};
use crate::template::Template;
use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

/// Checks what every scenario waits for against its cases.
pub(crate) fn check(suite: &Suite, expanded: &[(&Scenario, Vec<Case>)], findings: &mut Diagnostics) {
    for (scenario, cases) in expanded {
        check_timeout(suite, scenario, findings);
        check_marks(scenario, cases, findings);
        check_steps(suite, scenario, cases, findings);
        check_waits(suite, scenario, cases, findings);
    }
}

/// Checks only how long they wait: of some cases alone, conditions that never hold say nothing.
pub(super) fn check_deadlines(
    suite: &Suite,
    expanded: &[(&Scenario, Vec<Case>)],
    findings: &mut Diagnostics,
) {
    for (scenario, cases) in expanded {
        check_waits(suite, scenario, cases, findings);
    }
}

/// Expands every scenario.
///
/// The overlay is what a run puts over what the suite says.
pub(crate) fn expand<'a>(
    suite: &'a Suite,
    overlay: &Overlay,
    findings: &mut Diagnostics,
) -> Vec<(&'a Scenario, Vec<Case>)> {
    let mut expanded = Vec::new();
    for scenario in &suite.scenarios {
        match case::expand(suite, scenario, overlay) {
            Ok(cases) => expanded.push((scenario, cases)),
            Err(conflicts) => findings.extend(conflicts.iter().map(|conflict| twice_set(scenario, conflict))),
        }
    }
    expanded
}

/// No two cases have one id, whatever a lane or a variable binds.
pub(super) fn check_ids(expanded: &[(&Scenario, Vec<Case>)], findings: &mut Diagnostics) {
    let is_plain = |(scenario, _): &(&Scenario, _)| {
        let parts = scenario.matrix.selecting().map(|(_, value)| case::as_text(value));
        !parts.chain([scenario.name.to_string()]).any(|part| part.contains("::"))
    };
    let are_plain = expanded.iter().all(is_plain);
    let mut ids = HashSet::new();
    for (scenario, cases) in expanded {
        let rows = || cases.iter().zip(&scenario.expansion.cells);
        // Axes have every value once, so where no value reads like two parts of an id, rows of the product differ, and
        // only an appended row can repeat an id: one of its own length.
        let appended = rows().filter(|(_, cell)| matches!(cell.origin, Origin::Include(_)));
        let lengths: HashSet<usize> = appended.map(|(case, _)| case.id.as_str().len()).collect();
        let twice = rows()
            .filter(|(case, _)| !are_plain || lengths.contains(&case.id.as_str().len()))
            .filter(|(case, _)| !ids.insert(&case.id));
        findings.extend(twice.map(|(case, cell)| duplicate(case, scenario, cell)));
    }
}

/// Points at the row that was written for it, if there is one.
fn duplicate(case: &Case, scenario: &Scenario, cell: &Cell) -> Diagnostic {
    let diagnostic = Diagnostic::error("E0501", format!("two cases are called {}", case.id))
        .help("an id is made of axis values alone: give one of the rows another value, or drop it");
    let place = match cell.origin {
        Origin::Product(_) => None,
        Origin::Include(position) => scenario.matrix.places.include.get(position),
    };
    match place {
        Some(place) => diagnostic.at(place, "the second"),
        None => diagnostic.at(&scenario.location, "in this scenario"),
    }
}

fn twice_set(scenario: &Scenario, conflict: &ArmConflict) -> Diagnostic {
    let chooses = !scenario.arms[conflict.arm].choose.is_empty();
    let message = if chooses {
        format!("arms and choices set `{}` twice for {}", conflict.binding, conflict.case)
    } else {
        format!("two arms set `{}` for {}", conflict.binding, conflict.case)
    };
    Diagnostic::error("E0502", message)
        .at(&scenario.arms[conflict.arm].location, "this one sets it again")
        .help("take it out of one of them, or narrow its `match`")
}

/// Of two marks of a kind on one case, only the first would count.
fn check_marks(scenario: &Scenario, cases: &[Case], findings: &mut Diagnostics) {
    findings.extend(second_mark(scenario, cases, "known-red", |arm| arm.known_red.is_some()));
    findings.extend(second_mark(scenario, cases, "blocked", |arm| arm.blocked.is_some()));
    findings.extend(second_mark(scenario, cases, "tried several times", |arm| arm.pass.is_some()));
    findings.extend(tried_known_red(scenario, cases));
}

/// A case that one arm marks as known red, and another tries several times.
fn tried_known_red(scenario: &Scenario, cases: &[Case]) -> Option<Diagnostic> {
    cases.iter().find_map(|case| {
        let arms: Vec<&Arm> = case.arms.iter().map(|position| &scenario.arms[*position]).collect();
        let marked = arms.iter().find(|arm| arm.known_red.is_some())?;
        let tried = arms.iter().find(|arm| arm.pass.is_some())?;
        let message = format!("arm `{}` tries `{}` several times, a known red", tried.name, case.id);
        let diagnostic = Diagnostic::error("E0438", message).at(&tried.location, "several attempts");
        let help = format!("arm `{}` marks it: narrow a `match`, or take one of the two off", marked.name);
        Some(diagnostic.help(help))
    })
}

fn second_mark(
    scenario: &Scenario,
    cases: &[Case],
    kind: &str,
    has: impl Fn(&Arm) -> bool,
) -> Option<Diagnostic> {
    let (case, arm) = cases.iter().find_map(|case| {
        let arms = case.arms.iter().map(|position| &scenario.arms[*position]);
        Some((case, arms.filter(|arm| has(arm)).nth(1)?))
    })?;
    let diagnostic = Diagnostic::error("E0503", format!("two arms mark {} as {kind}", case.id));
    let help = "only one could count: narrow a `match`";
    Some(diagnostic.at(&arm.location, "this is the second").help(help))
}

fn check_timeout(suite: &Suite, scenario: &Scenario, findings: &mut Diagnostics) {
    if scenario.longest() < suite.timeout {
        return;
    }
    let message = format!(
        "a case of `{}` may take {}, the whole run {}",
        scenario.name,
        scenario.told_longest(),
        humantime::format_duration(suite.timeout)
    );
    let diagnostic = Diagnostic::error("E0601", message).at(&scenario.location, "this scenario");
    let help = if scenario.longest() == scenario.timeout {
        "a case's timeout is shorter than the run's"
    } else {
        "all attempts of a case, one after the other, take less than the run may: make them fewer, or their timeout shorter"
    };
    findings.push(diagnostic.help(help));
}

fn check_steps(suite: &Suite, scenario: &Scenario, cases: &[Case], findings: &mut Diagnostics) {
    for step in suite.reached(&scenario.steps) {
        if let Some(when) = &step.when {
            never_holds(when, cases, findings);
        }
    }
    takes_none(scenario, cases, findings);
}

/// A case of which it is known by now that no step takes place would pass whatever happens.
fn takes_none(scenario: &Scenario, cases: &[Case], findings: &mut Diagnostics) {
    let is_left_out = |when: &Expression, case: &Case| {
        let is_known = when.reads().iter().all(|path| case.bindings.resolve(path).is_some());
        is_known && when.holds(&case.bindings) == Ok(false)
    };
    let takes_none = |case: &&Case| {
        let mut conditions = scenario.steps.iter().map(|step| step.when.as_ref());
        conditions.all(|when| when.is_some_and(|when| is_left_out(when, case)))
    };
    let is_told = || {
        scenario
            .steps
            .iter()
            .filter_map(|step| step.when.as_ref())
            .any(|when| findings.speak_of(&when.at().location))
    };
    let Some(case) = cases.iter().find(takes_none).filter(|_| !is_told()) else { return };
    let message = format!("no step of {} takes place", case.id);
    let diagnostic =
        Diagnostic::error("E0505", message).at(&scenario.location, "it would pass whatever happens");
    findings.push(diagnostic.help("give it a step without `when`, or exclude it from the matrix"));
}

fn check_waits(suite: &Suite, scenario: &Scenario, cases: &[Case], findings: &mut Diagnostics) {
    for step in suite.reached(&scenario.steps) {
        let Some(run) = step.run() else { continue };
        let waits = run.poll.as_ref().map(|poll| (&poll.within, poll.every.as_ref()));
        for budgets in waits.into_iter().chain(run.action.within().map(|within| (within, None))) {
            check_budgets(budgets, step, scenario, cases, findings);
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
    if findings.speak_of(&when.at().location) {
        return;
    }
    let message = format!("`{}` holds for no case", when.text());
    let diagnostic =
        Diagnostic::error("E0408", message).at(&when.at().location, "its step never takes place");
    findings.push(diagnostic.help("compare with a value that the axis has"));
}

fn check_budgets(
    (deadline, interval): (&Template, Option<&Template>),
    step: &Step,
    scenario: &Scenario,
    cases: &[Case],
    findings: &mut Diagnostics,
) {
    let mut checked: BTreeSet<String> = BTreeSet::new();
    for case in cases {
        let (Some(within), every) =
            (rendered(deadline, case, findings), interval.and_then(|every| rendered(every, case, findings)))
        else {
            return;
        };
        if checked.insert(format!("{within:?} {every:?}")) && within >= scenario.timeout {
            let lane = scenario.shortened_by.as_ref();
            let of_lane = lane.map(|lane| format!(" in lane `{lane}`")).unwrap_or_default();
            let message = format!(
                "step `{}` may wait {}, a case of `{}` may take {}{of_lane}",
                step.name,
                humantime::format_duration(within),
                scenario.name,
                humantime::format_duration(scenario.timeout)
            );
            let mend = lane
                .map(|lane| format!("; bind a shorter one in [lane.{lane}], or raise its `case-timeout`"));
            let diagnostic =
                Diagnostic::error("E0602", message).at(&deadline.text().location, "this deadline");
            findings.push(diagnostic.help(format!(
                "as in {}; a step's deadline is shorter than its case's timeout{}",
                case.id,
                mend.unwrap_or_default()
            )));
            return;
        }
    }
}

pub(super) fn rendered(budget: &Template, case: &Case, findings: &mut Diagnostics) -> Option<Duration> {
    let location = budget.text().location.clone();
    match budget.render(&case.bindings) {
        Ok(value) => findings.keep(words::duration(&At { value, location })),
        Err(error) => {
            let message = format!("this deadline is not known before the run: {}", error.message());
            findings.push(Diagnostic::error("E0603", message).at(&location, "here"));
            None
        }
    }
}
