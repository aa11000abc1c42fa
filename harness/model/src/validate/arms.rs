//! Arms and the marks on them: requirements, known reds, blocks, gates, fault rows.
//!
//! Does not: decide; `gate` and the engine do.

use super::{capabilities, choices, head, looks, words};
use crate::case::Case;
use crate::context::from_toml;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::expression::Expression;
use crate::gates::Gate;
use crate::matrix::{self, Expansion, Matrix, Origin, Picker};
use crate::name::{ArmName, ScenarioName, StepName};
use crate::pass::Pass;
use crate::raw::{RawArm, RawFaults, RawKnownRed, RawPass, Spanned, Table};
use crate::source::{At, Source};
use crate::suite::{Arm, Blocked, FaultRow, KnownRed, Scenario, Suite};
use crate::units;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Reads the arms of a scenario.
pub(super) fn read(
    source: &Source,
    raw: Vec<RawArm>,
    (matrix, expansion): (&Matrix, &Expansion),
    suite: &Suite,
    findings: &mut Diagnostics,
) -> Vec<Arm> {
    let selectors = selectors(matrix);
    let mut names = BTreeSet::new();
    raw.into_iter()
        .map(|arm| {
            let name = source.spanned(arm.name);
            if !names.insert(name.value.clone()) {
                let message = format!("two arms of one scenario are called `{}`", name.value);
                let diagnostic = Diagnostic::error("E0415", message).at(&name.location, "the second");
                findings.push(diagnostic.help("gates and selections could not tell them apart"));
            }
            let matches = matches(source, &arm.matches, matrix, findings);
            let known = matches.keys().all(|key| selectors.contains(key.as_str()));
            if known && !picks_any(&matches, matrix, expansion) {
                let message = format!("arm `{}` matches no case", name.value);
                let diagnostic = Diagnostic::error("E0410", message).at(&name.location, "this arm");
                findings.push(
                    diagnostic.help("its `match` must hold for a row of the matrix; look at the values"),
                );
            }
            let requires = arm
                .requires
                .map(|raw| capabilities::requires(source, raw, suite, findings))
                .unwrap_or_default();
            let choose = choices::picks(source, arm.choose, suite, findings);
            let known_red = arm.known_red.map(|raw| known_red(source, raw, findings));
            let pass = arm.pass.and_then(|raw| findings.keep(pass(source, &raw, known_red.is_some())));
            let blocked = arm.blocked.map(|raw| {
                let expires = findings.keep(words::date(source, &raw.expires))?;
                Some(Blocked { needs: raw.needs, owner: raw.owner, until: raw.until, expires })
            });
            let (bind, bind_at) = head::bind(source, &arm.bind, findings);
            Arm {
                name: ArmName::new(name.value),
                location: name.location,
                matches,
                tags: words::tags(source, arm.tags, findings),
                bind,
                bind_at,
                requires,
                choose,
                known_red: known_red.flatten(),
                pass,
                blocked: blocked.flatten(),
            }
        })
        .collect()
}

/// Whether a match picks a row. One of which `cover` leaves out every row is no mistake, and a matrix that is wrong has
/// no rows.
fn picks_any(matches: &Map<String, Value>, matrix: &Matrix, expansion: &Expansion) -> bool {
    let picker = Picker::new(matrix, matches);
    let cells = || expansion.cells.iter().chain(&expansion.left_out);
    let of_product = cells().any(|cell| match (cell.origin, &picker) {
        (Origin::Product(number), Some(picker)) => picker.picks(&matrix.choice(number)),
        (Origin::Product(_) | Origin::Include(_), _) => false,
    });
    let mut appended = matrix.rows(cells().filter(|cell| matches!(cell.origin, Origin::Include(_))));
    cells().next().is_none()
        || of_product
        || appended.any(|row| matrix::matches(matches, &crate::case::selectors(&row.values)))
}

/// What a match may speak of: axes, and the keys of bundles.
fn selectors(matrix: &Matrix) -> BTreeSet<&str> {
    matrix.keys().into_iter().chain(matrix.axes.iter().map(|axis| axis.name.as_str())).collect()
}

fn matches(
    source: &Source,
    raw: &Table<toml::Value>,
    matrix: &Matrix,
    findings: &mut Diagnostics,
) -> Map<String, Value> {
    let known = selectors(matrix);
    let pairs = raw.iter().map(|(key, value)| {
        let at = At { value: key.get_ref().clone(), location: source.at(key.span()) };
        findings.keep(words::declared(&at, "axis or bundle key", "E0411", known.iter().copied()));
        (at.value, from_toml(value))
    });
    pairs.collect()
}

/// The most attempts: more cost money and say little.
const MOST_ATTEMPTS: u32 = 100;

fn pass(source: &Source, raw: &RawPass, marked: bool) -> Result<Pass, Diagnostic> {
    let (of, at_least) = (*raw.of.get_ref(), *raw.at_least.get_ref());
    let wrong = |code, message: String, place: &Spanned<u32>, help: &str| {
        Err(Diagnostic::error(code, message).at(&source.at(place.span()), "here").help(help))
    };
    if !(2..=MOST_ATTEMPTS).contains(&of) {
        let help = "from 2 to 100 attempts; one is what every case has";
        return wrong("E0437", units::count(of as usize, "attempt"), &raw.of, help);
    }
    if at_least == 0 || at_least > of {
        let help = "at least one, and no more than there are attempts";
        return wrong("E0437", format!("{at_least} of {of} attempts must pass"), &raw.at_least, help);
    }
    if marked {
        let help = "a known red is one red in exactly the declared way: take one of the two off";
        return wrong("E0438", "a known red that is tried several times".to_owned(), &raw.of, help);
    }
    Ok(Pass { of, at_least })
}

fn known_red(source: &Source, raw: RawKnownRed, findings: &mut Diagnostics) -> Option<KnownRed> {
    let when = findings.keep(Expression::parse(source.spanned(raw.when)));
    let expires = findings.keep(words::date(source, &raw.expires));
    let mark = KnownRed { step: source.spanned(raw.step), when: when?, until: raw.until, expires: expires? };
    looks::check_mark(&mark, findings);
    Some(mark)
}

/// A known red names a step that its scenario has, also through flows.
pub(super) fn check_known_reds(scenario: &Scenario, suite: &Suite, findings: &mut Diagnostics) {
    let names = step_names(scenario, suite);
    for mark in scenario.arms.iter().filter_map(|arm| arm.known_red.as_ref()) {
        findings.keep(words::declared(&mark.step, "step", "E0413", names.iter().map(String::as_str)));
    }
}

/// The names of all steps that a scenario can come to.
fn step_names(scenario: &Scenario, suite: &Suite) -> BTreeSet<String> {
    suite.reached(&scenario.steps).into_iter().map(|step| step.name.to_string()).collect()
}

/// The words for a gate.
pub(super) const GATES: [(&str, Gate); 2] = [("required", Gate::Required), ("advisory", Gate::Advisory)];

/// A row of which the match picks no case proves nothing.
pub(super) fn check_rows(suite: &Suite, expanded: &[(&Scenario, Vec<Case>)], findings: &mut Diagnostics) {
    let is_known = |row: &&FaultRow| {
        let scenario = suite.scenario(&row.scenario);
        let selectors = scenario.map(|scenario| selectors(&scenario.matrix)).unwrap_or_default();
        row.matches.keys().all(|key| selectors.contains(key.as_str()))
    };
    for row in suite.faults.iter().filter(is_known) {
        let cases = expanded.iter().filter(|(scenario, _)| scenario.name == row.scenario);
        if !cases.into_iter().flat_map(|(_, cases)| cases).any(|case| case.is_picked_by(&row.matches)) {
            let message = format!("this row matches no case of `{}`", row.scenario);
            let diagnostic = Diagnostic::error("E0706", message).at(&row.fault.location, "it proves nothing");
            findings
                .push(diagnostic.help("its `match` must hold for a row of the matrix; look at the values"));
        }
    }
}

/// A fault that the platform does not know proves nothing either.
pub fn unknown_faults(suite: &Suite, known: &[&str]) -> Diagnostics {
    let mut findings = Diagnostics::default();
    for row in &suite.faults {
        findings.keep(words::declared(
            &row.fault,
            "fault of the embedded platform",
            "E0707",
            known.iter().copied(),
        ));
    }
    findings
}

/// Reads `faults.toml`.
pub(super) fn read_faults(source: &Source, raw: RawFaults, suite: &mut Suite, findings: &mut Diagnostics) {
    let mut rows = Vec::new();
    // A step that is wrong has no name to look for.
    let names_are_known = !findings.has_errors();
    for row in raw.fault {
        let name = source.spanned(row.scenario);
        let known = suite.scenarios.iter().map(|scenario| scenario.name.as_str());
        if findings.keep(words::declared(&name, "scenario", "E0703", known)).is_none() {
            continue;
        }
        let scenario_name = ScenarioName::new(name.value);
        let Some(scenario) = suite.scenario(&scenario_name) else { continue };
        let step = source.spanned(row.step);
        if names_are_known {
            let names = step_names(scenario, suite);
            findings.keep(words::declared(&step, "step", "E0704", names.iter().map(String::as_str)));
        }
        let matches = matches(source, &row.matches, &scenario.matrix, findings);
        let fault = source.spanned(row.fault);
        rows.push(FaultRow { fault, scenario: scenario_name, matches, step: StepName::new(step.value) });
    }
    for scenario in suite.scenarios.iter().filter(|_| suite.prove) {
        if !rows.iter().any(|row| row.scenario == scenario.name) {
            let message = format!("no fault is known to turn scenario `{}` red", scenario.name);
            let diagnostic = Diagnostic::error("E0705", message).at(&scenario.location, "unproved");
            findings.push(diagnostic.help("add a [[fault]] to faults.toml"));
        }
    }
    suite.faults = rows;
}
