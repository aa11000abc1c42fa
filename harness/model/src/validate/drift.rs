//! Drift: what the system under test supports against what the scenarios test.
//!
//! Does not: ask the system. `supported` is exported from it.

use super::words;
use crate::case::Case;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::closest;
use crate::raw::{RawAxis, Text};
use crate::source::{At, Source};
use crate::suite::{Scenario, Suite, Supported};
use indexmap::IndexMap;

/// A value that cases have: a scenario with it, and whether a case of it may be green.
struct Tested<'a> {
    scenario: &'a Scenario,
    counts: bool,
}

/// Reads what is supported of an axis, if its table says so.
pub(super) fn read(
    source: &Source,
    axis: &Text,
    raw: &RawAxis,
    findings: &mut Diagnostics,
) -> Option<(String, Supported)> {
    let untested =
        raw.untested.iter().map(|(value, reason)| (source.spanned(value.clone()), reason.get_ref().clone()));
    let untested: Vec<(At<String>, String)> = untested.collect();
    let Some(values) = &raw.supported else {
        if let Some((value, _)) = untested.first() {
            let message =
                format!("`untested` means nothing without `supported` of axis `{}`", axis.get_ref());
            let alone = Diagnostic::error("E0422", message).at(&value.location, "of what?");
            findings.push(alone.help("list what the system supports: supported = [\"one\", \"two\"]"));
        }
        return None;
    };
    let values = values.iter().map(|value| source.spanned(value.clone())).collect();
    Some((axis.get_ref().clone(), Supported { values, untested }))
}

/// Checks every axis of which the suite says what is supported.
pub(super) fn check(suite: &Suite, expanded: &[(&Scenario, Vec<Case>)], findings: &mut Diagnostics) {
    for (axis, supported) in &suite.supported {
        let tested = tested(axis, expanded);
        findings.extend(not_tested(axis, supported, &tested));
        findings.extend(not_supported(axis, supported, &tested));
        findings.extend(stale(axis, supported, &tested));
    }
}

fn tested<'a>(axis: &str, expanded: &'a [(&'a Scenario, Vec<Case>)]) -> IndexMap<&'a str, Tested<'a>> {
    let mut tested: IndexMap<&str, Tested<'_>> = IndexMap::new();
    for (scenario, cases) in expanded {
        for case in cases {
            let Some((_, value)) = case.keys.iter().find(|(key, _)| **key == *axis) else { continue };
            let mut arms = case.arms.iter().map(|position| &scenario.arms[*position]);
            let counts = !arms.any(|arm| arm.known_red.is_some() || arm.blocked.is_some());
            let seen = tested.entry(value).or_insert(Tested { scenario, counts });
            if counts && !seen.counts {
                *seen = Tested { scenario, counts };
            }
        }
    }
    tested
}

/// The values that cases count on and that are not supported.
fn foreign<'a>(
    supported: &Supported,
    tested: &'a IndexMap<&str, Tested<'a>>,
) -> Vec<(&'a str, &'a Scenario)> {
    let foreign = tested.iter().filter(|(value, seen)| seen.counts && !has(supported, value));
    foreign.map(|(value, seen)| (*value, seen.scenario)).collect()
}

fn has(supported: &Supported, value: &str) -> bool {
    supported.values.iter().any(|known| known.value == value)
}

fn not_tested(axis: &str, supported: &Supported, tested: &IndexMap<&str, Tested<'_>>) -> Vec<Diagnostic> {
    let foreign = foreign(supported, tested);
    let silent = supported.values.iter().filter(|value| {
        let known = tested.contains_key(value.value.as_str());
        let named = supported.untested.iter().any(|(untested, _)| untested.value == value.value);
        // A slip in a scenario is one mistake, and is shown there.
        let misspelt = foreign.iter().any(|(other, _)| closest(other, [value.value.as_str()]).is_some());
        !known && !named && !misspelt
    });
    let missing = silent.map(|value| {
        let message = format!("no scenario tests {axis} `{}`, which the system supports", value.value);
        let help = format!(
            "write a case for it, or say why there is none: untested = {{ {} = \"…\" }}",
            words::key(&value.value)
        );
        Diagnostic::error("E0420", message).at(&value.location, "supported, not tested").help(help)
    });
    missing.collect()
}

fn not_supported(axis: &str, supported: &Supported, tested: &IndexMap<&str, Tested<'_>>) -> Vec<Diagnostic> {
    let unknown = foreign(supported, tested).into_iter().map(|(value, scenario)| {
        let message = format!("{axis} `{value}` is tested and not supported");
        let place = scenario.matrix.place(axis, value).unwrap_or(&scenario.location);
        let known = supported.values.iter().map(|known| known.value.as_str());
        let help = closest(value, known).map_or_else(
            || "list it under `supported`, or mark its arms as known-red or blocked".to_owned(),
            |meant| format!("did you mean `{meant}`? If not, list it under `supported`, or mark its arms as known-red or blocked"),
        );
        Diagnostic::error("E0421", message).at(place, "here").help(help)
    });
    unknown.collect()
}

/// A reason for not testing something that is tested, or that nobody supports.
fn stale(axis: &str, supported: &Supported, tested: &IndexMap<&str, Tested<'_>>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (value, _) in &supported.untested {
        if let Some(seen) = tested.get(value.value.as_str()) {
            let message =
                format!("{axis} `{}` is untested here and tested by `{}`", value.value, seen.scenario.name);
            findings.push(
                Diagnostic::error("E0422", message).at(&value.location, "no longer true").help("take it out"),
            );
        } else if !has(supported, &value.value) {
            let message = format!("{axis} `{}` is untested and not supported", value.value);
            let known = supported.values.iter().map(|known| known.value.as_str());
            let diagnostic = Diagnostic::error("E0422", message).at(&value.location, "not under `supported`");
            findings.push(match closest(&value.value, known) {
                Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
                None => diagnostic.help("take it out"),
            });
        }
    }
    findings
}
