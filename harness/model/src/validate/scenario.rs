//! Scenario files: the head, and what hangs on it.
//!
//! Does not: read the matrix; `matrix` does.

use super::{arms, capabilities, flows, matrix, steps, words};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::{FixtureName, ScenarioName};
use crate::raw::{RawScenario, Text};
use crate::source::Source;
use crate::suite::{Scenario, Suite};
use indexmap::IndexMap;

/// Reads one scenario.
pub(super) fn read(
    source: &Source,
    raw: RawScenario,
    suite: &Suite,
    matrices: &IndexMap<String, Source>,
    findings: &mut Diagnostics,
) -> Option<Scenario> {
    let name = source.spanned(raw.scenario.name);
    if let Some(other) = suite.scenarios.iter().find(|other| other.name.as_str() == name.value) {
        let message = format!("two scenarios are called `{}`", name.value);
        let diagnostic = Diagnostic::error("E0401", message).at(&name.location, "this one");
        findings.push(diagnostic.help(format!("the other is in {}", other.location)));
        return None;
    }
    let timeout = findings.keep(words::optional_duration(source, raw.scenario.timeout, suite.case_timeout));
    let takes = raw.scenario.takes.map(|text| words::duration(&source.spanned(text)));
    let takes = takes.and_then(|takes| findings.keep(takes));
    let fixtures = fixtures(source, raw.scenario.fixtures, suite, findings);
    let requires = raw.scenario.requires.map(|raw| capabilities::requires(source, raw, suite, findings));
    let own = own(source, raw.scenario.own, &fixtures, findings);
    let (matrix, expansion) = matrix::read(source, raw.matrix, matrices, findings);
    if raw.step.is_empty() {
        let message = format!("scenario `{}` has no step", name.value);
        let diagnostic =
            Diagnostic::error("E0309", message).at(&name.location, "it would pass whatever happens");
        findings.push(diagnostic.help("add a [[step]]"));
    }
    let written = raw.step.len();
    let steps = steps::read(source, raw.step, suite, findings);
    // A step that is wrong has no name to look for.
    let are_right = steps.len() == written;
    for flow in flows::used(&steps) {
        findings.keep(flows::declared(flow, suite));
    }
    let arms = arms::read(source, raw.arm, (&matrix, &expansion), suite, findings);
    let scenario = Scenario {
        name: ScenarioName::new(name.value),
        summary: raw.scenario.summary.unwrap_or_default(),
        location: name.location,
        tags: words::tags(source, raw.scenario.tags, findings),
        fixtures,
        requires: requires.unwrap_or_default(),
        own,
        timeout: timeout?,
        takes,
        shortened_by: None,
        matrix,
        expansion,
        arms,
        steps,
    };
    if are_right {
        arms::check_known_reds(&scenario, suite, findings);
    }
    Some(scenario)
}

/// The fixtures that each case has for itself: some of those that it has.
fn own(
    source: &Source,
    raw: Vec<Text>,
    fixtures: &[FixtureName],
    findings: &mut Diagnostics,
) -> Vec<FixtureName> {
    let mut own = Vec::new();
    for name in raw {
        if fixtures.iter().any(|fixture| fixture.as_str() == name.get_ref()) {
            own.push(FixtureName::new(name.into_inner()));
            continue;
        }
        let message = format!("the scenario has no fixture `{}` to own", name.get_ref());
        let diagnostic = Diagnostic::error("E0371", message).at(&source.at(name.span()), "not in `fixtures`");
        findings.push(diagnostic.did_you_mean(name.get_ref(), fixtures.iter().map(FixtureName::as_str)));
    }
    own
}

fn fixtures(source: &Source, raw: Vec<Text>, suite: &Suite, findings: &mut Diagnostics) -> Vec<FixtureName> {
    let mut fixtures = Vec::new();
    for name in raw {
        let at = source.spanned(name);
        let known = suite.fixtures.keys().map(FixtureName::as_str);
        if findings.keep(words::declared(&at, "fixture", "E0318", known)).is_some() {
            fixtures.push(FixtureName::new(at.value));
        }
    }
    fixtures
}
