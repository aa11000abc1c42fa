//! Arms and the marks on them: requirements, known reds, blocks, gates.
//!
//! Does not: decide; `gate` and the engine do.

use super::{capabilities, choices, head, looks, words};
use crate::context::from_toml;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::expression::Expression;
use crate::gates::Gate;
use crate::matrix::{self, Expansion, Matrix, Origin, Picker};
use crate::name::ArmName;
use crate::pass::Pass;
use crate::raw::{RawArm, RawKnownRed, RawPass, Spanned, Table};
use crate::source::{At, Source};
use crate::suite::{Arm, Blocked, KnownRed, Scenario, Suite};
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
pub(super) fn selectors(matrix: &Matrix) -> BTreeSet<&str> {
    matrix.keys().into_iter().chain(matrix.axes.iter().map(|axis| axis.name.as_str())).collect()
}

/// What a `match` says, and whether it can be meant.
pub(super) fn matches(
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
