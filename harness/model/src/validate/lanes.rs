//! `[lane.X]`: what it picks, and whether its policy can hold.
//!
//! Does not: choose one; whoever starts the run does.

use super::{alerts, cases, distinct, head, resources, words};
use crate::case::Case;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::gate::LiveRequirement;
use crate::layers::Overlay;
use crate::name::LaneName;
use crate::raw::{OneOrMany, RawLane, Table, Text};
use crate::selection::{Asked, Selection, SelectionError};
use crate::source::Source;
use crate::suite::{Lane, Scenario, Suite};
use crate::units;
use std::collections::BTreeSet;

/// Reads the lanes into the suite, whose scenarios are known by now.
pub(super) fn read(source: &Source, raw: Table<RawLane>, suite: &mut Suite, findings: &mut Diagnostics) {
    for (name, raw) in raw {
        let location = source.at(name.span());
        let selection = select(source, raw.select, suite, findings);
        for binding in raw.bind.keys() {
            let at = source.spanned(binding.clone());
            let known = suite.bind.keys().map(String::as_str);
            findings.keep(words::declared(&at, "binding of the suite", "E0805", known));
        }
        let (bind, bind_at) = head::bind(source, &raw.bind, findings);
        let timeout = raw.timeout.and_then(|text| findings.keep(words::duration(&source.spanned(text))));
        let flaky = raw.flaky.and_then(|word| findings.keep(head::flaky(source, &word)));
        let live = if raw.require_live { LiveRequirement::Required } else { LiveRequirement::Optional };
        let exclusive = raw.exclusive.and_then(|group| findings.keep(exclusive(source, group)));
        let paths = alerts::patterns(source, raw.paths, findings);
        let alert = raw.alert.and_then(|raw| alerts::policy(source, raw, suite, findings));
        let summary = raw.summary.unwrap_or_default();
        let lane = Lane {
            summary,
            location,
            selection,
            bind,
            bind_at,
            timeout,
            flaky,
            live,
            exclusive,
            paths,
            alert,
        };
        // What a lane picks is looked at only when all of it is right.
        if !findings.has_errors() {
            suite.lanes.insert(LaneName::new(name.into_inner()), lane);
        }
    }
}

fn select(source: &Source, raw: Table<OneOrMany>, suite: &Suite, findings: &mut Diagnostics) -> Selection {
    let mut all = Selection::default();
    for (key, OneOrMany(values)) in raw {
        let asked = |values: &[&Text]| {
            let values: Vec<String> = values.iter().map(|value| value.get_ref().clone()).collect();
            let written = format!("{} = {}", key.get_ref(), values.join(","));
            Asked { written, key: key.get_ref().clone(), values }
        };
        let mut right = Vec::new();
        for value in &values {
            match Selection::new(suite, &[asked(&[value])]) {
                Ok(_) => right.push(value),
                Err(error) => findings.push(unknown(source, &key, value, &error)),
            }
        }
        if let Ok(selection) = Selection::new(suite, &[asked(&right)]) {
            all = all.and(selection);
        }
    }
    all
}

fn unknown(source: &Source, key: &Text, value: &Text, error: &SelectionError) -> Diagnostic {
    let diagnostic = match error {
        SelectionError::UnknownKey { key: name, .. } => {
            let message = format!("there is no axis, bundle key or facet `{name}`");
            Diagnostic::error("E0801", message).at(&source.at(key.span()), "not declared")
        }
        SelectionError::UnknownValue { key, value: name, .. } => {
            let message = format!("no scenario lists `{name}` as {key}");
            Diagnostic::error("E0802", message).at(&source.at(value.span()), "not declared")
        }
    };
    diagnostic.help(error.help())
}

/// A group is also the name of a file.
fn exclusive(source: &Source, group: Text) -> Result<String, Diagnostic> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    let at = source.spanned(group);
    if !at.value.is_empty() && at.value.chars().all(is_plain) {
        return Ok(at.value);
    }
    Err(Diagnostic::error("E0806", format!("`{}` cannot be a group", at.value))
        .at(&at.location, "here")
        .help("letters, digits, `-` and `_`: exclusive = \"staging-org\""))
}

/// A lane that picks nothing is green whatever happens, and one that is shorter than its cases cuts them off.
pub(super) fn check(suite: &Suite, expanded: &[(&Scenario, Vec<Case>)], findings: &mut Diagnostics) {
    for (name, lane) in &suite.lanes {
        let again;
        let own: &[(&Scenario, Vec<Case>)] = if lane.bind.is_empty() {
            expanded
        } else {
            let overlay = Overlay { lane: Some(name.clone()), ..Overlay::default() };
            again = cases::expand(suite, &overlay, findings);
            let few = distinct::cases(suite, &again);
            resources::check_budgets(suite, &few, findings);
            cases::check(suite, &few, findings);
            &again
        };
        let mut picked: BTreeSet<&str> = BTreeSet::new();
        for (scenario, cases) in own {
            if !cases.iter().any(|case| lane.selection.picks(scenario, case)) {
                continue;
            }
            picked.insert(scenario.name.as_str());
            let timeout = lane.timeout.unwrap_or(suite.timeout);
            if scenario.timeout >= timeout && lane.timeout.is_some() {
                let message = format!(
                    "a case of `{}` may take {}, a run of lane `{name}` {}",
                    scenario.name,
                    units::display(scenario.timeout),
                    units::display(timeout)
                );
                let diagnostic = Diagnostic::error("E0804", message).at(&lane.location, "this lane");
                findings.push(
                    diagnostic.help("a lane's timeout is longer than that of every case that it picks"),
                );
            }
        }
        if picked.is_empty() {
            let message = format!("lane `{name}` picks no case");
            let diagnostic = Diagnostic::error("E0803", message).at(&lane.location, "green whatever happens");
            findings.push(diagnostic.help("all conditions of `select` must hold for one case at least"));
        }
    }
}
