//! `milestones`, `max-skipped` and `floor` of a lane: what could never be met, and what is met whatever happens.
//!
//! Does not: judge a run; `demand` does.

use crate::case::Case;
use crate::demand::Ceiling;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::{LaneName, MilestoneName};
use crate::raw::{RawCeiling, RawLane, Spanned, Text};
use crate::source::{At, Source};
use crate::suite::{Lane, LaneDemands, Scenario, Step, Suite};
use indexmap::{IndexMap, IndexSet};

/// Reads what a lane demands.
pub(super) fn read(source: &Source, raw: &mut RawLane, findings: &mut Diagnostics) -> LaneDemands {
    let milestones = std::mem::take(&mut raw.milestones).into_iter();
    let milestones = milestones.map(|name| milestone(source, name)).collect();
    let max_skipped = raw.max_skipped.take().and_then(|raw| findings.keep(ceiling(source, raw)));
    let mut floors = Vec::new();
    for (axis, least) in std::mem::take(&mut raw.floor) {
        if *least.get_ref() == 0 {
            let message = format!("a floor of no case of {}", axis.get_ref());
            let diagnostic =
                Diagnostic::error("E0834", message).at(&source.at(least.span()), "kept whatever happens");
            findings.push(diagnostic.help("say at least 1, or take it out"));
        }
        floors.push((source.spanned(axis), source.spanned(least)));
    }
    LaneDemands { milestones, max_skipped, floors }
}

/// The name of a milestone, in a lane or in a step.
pub(super) fn milestone(source: &Source, name: Text) -> At<MilestoneName> {
    let At { value, location } = source.spanned(name);
    At { value: MilestoneName::new(value), location }
}

fn ceiling(source: &Source, raw: Spanned<RawCeiling>) -> Result<Ceiling, Diagnostic> {
    let at = source.at(raw.span());
    match raw.into_inner() {
        RawCeiling::Cases(most) => Ok(Ceiling::Cases(most)),
        RawCeiling::Share(text) => {
            let number =
                text.strip_suffix('%').filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
            let share = number.and_then(|digits| digits.parse().ok()).filter(|share| *share < 100);
            share.map(Ceiling::Percent).ok_or_else(|| {
                Diagnostic::error("E0833", format!("`{text}` is no ceiling")).at(&at, "here").help(
                    "a number of cases, or a share below everything: max-skipped = 2, max-skipped = \"20%\"",
                )
            })
        }
    }
}

/// Whether the cases that a lane picks can meet what it demands.
pub(super) fn check(
    suite: &Suite,
    (name, lane): (&LaneName, &Lane),
    picked: &[(&Scenario, Vec<Case>)],
    findings: &mut Diagnostics,
) {
    let named = picked.iter().flat_map(|(scenario, _)| suite.milestones(scenario, None));
    let named: IndexSet<&MilestoneName> = named.collect();
    for milestone in lane.demands.milestones.iter().filter(|milestone| !named.contains(&milestone.value)) {
        let message = format!("no case of lane `{name}` comes to milestone `{}`", milestone.value);
        let diagnostic = Diagnostic::error("E0831", message).at(&milestone.location, "never reached");
        findings.push(if named.is_empty() {
            diagnostic.help("a step of its cases, or of what makes their fixtures, has to name it; a release or a probe says nothing")
        } else {
            diagnostic.did_you_mean(milestone.value.as_str(), named.iter().map(|name| name.as_str()))
        });
    }
    for (axis, least) in &lane.demands.floors {
        let mut values: IndexMap<&str, usize> = IndexMap::new();
        let cases = || picked.iter().flat_map(|(_, cases)| cases);
        for (_, value) in cases().flat_map(|case| &case.keys).filter(|(key, _)| **key == *axis.value) {
            *values.entry(value).or_default() += 1;
        }
        if values.is_empty() {
            let message = format!("no case of lane `{name}` has an axis `{}`", axis.value);
            let diagnostic = Diagnostic::error("E0832", message).at(&axis.location, "measures nothing");
            let keys: IndexSet<&str> = cases().flat_map(|case| &case.keys).map(|(key, _)| &**key).collect();
            findings.push(diagnostic.did_you_mean(&axis.value, keys));
        }
        if let Some((value, count)) = values.into_iter().find(|(_, count)| *count < least.value) {
            let message = format!(
                "a floor of {}, and lane `{name}` has {count} with {} `{value}`",
                least.value, axis.value
            );
            let diagnostic = Diagnostic::error("E0835", message).at(&least.location, "never met");
            findings.push(diagnostic.help("no more than the value with the fewest cases has"));
        }
    }
}

/// A milestone that no lane demands is a leftover, or misspelt where it is demanded; where there is no lane, steps are shared
/// with suites that have some.
pub(super) fn check_used<'a>(
    suite: &'a Suite,
    steps: impl Iterator<Item = &'a Step>,
    findings: &mut Diagnostics,
) {
    if suite.lanes.is_empty() {
        return;
    }
    let mut told = IndexSet::new();
    for milestone in steps.filter_map(|step| step.run()?.milestone.as_ref()) {
        let demanded = suite.lanes.values().flat_map(|lane| &lane.demands.milestones);
        let mut is_new = || told.insert(&milestone.value);
        if !demanded.into_iter().any(|demanded| demanded.value == milestone.value) && is_new() {
            let diagnostic =
                Diagnostic::warning("W0906", format!("no lane demands milestone `{}`", milestone.value));
            let diagnostic = diagnostic.at(&milestone.location, "reached for nobody");
            findings.push(diagnostic.help("name it in `milestones` of a lane, or take it out"));
        }
    }
}
