//! `gates.toml`: what holds for every arm, and a row for some.
//!
//! Does not: count greens. `gates` does, from runs.

use super::words;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::gates::{GatePolicy, GateRow, Gates, Standing, Window};
use crate::name::{ArmName, LaneName};
use crate::raw::{RawArmWindow, RawGate, RawGateWindow, RawGates, Spanned, Text};
use crate::source::Source;
use crate::suite::Suite;
use std::collections::{BTreeMap, BTreeSet};

/// Reads `gates.toml`; lanes and scenarios are known by now.
pub(super) fn read(source: &Source, raw: RawGates, suite: &mut Suite, findings: &mut Diagnostics) {
    let otherwise = GatePolicy::default();
    let window = window(source, parts(&raw.window), otherwise.window, findings);
    let RawGateWindow { branch, lanes, .. } = raw.window;
    let policy = GatePolicy {
        branch: branch.unwrap_or(otherwise.branch),
        lanes: counted(source, lanes, suite, findings),
        window,
        reds: raw.quarantine.reds.map_or(otherwise.reds, |reds| enough(source, &reds, findings)),
        quarantine_days: raw.quarantine.days.unwrap_or(otherwise.quarantine_days),
        most: raw.quarantine.most,
    };
    let known: BTreeSet<&str> =
        suite.scenarios.iter().flat_map(|scenario| &scenario.arms).map(|arm| arm.name.as_str()).collect();
    let mut rows = BTreeMap::new();
    for raw in raw.gate {
        let arm = source.spanned(raw.arm.clone());
        let declared = findings.keep(words::declared(&arm, "arm", "E0701", known.iter().copied()));
        let row = row(source, raw, policy.window, findings);
        if let (Some(row), Some(())) = (row, declared)
            && rows.insert(ArmName::new(arm.value.clone()), row).is_some()
        {
            let message = format!("arm `{}` has two gates", arm.value);
            let diagnostic = Diagnostic::error("E0702", message).at(&arm.location, "the second");
            findings.push(diagnostic.help("keep one [[gate]] for each arm"));
        }
    }
    suite.gates = Gates::new(policy, rows);
}

fn row(source: &Source, raw: RawGate, policy: Window, findings: &mut Diagnostics) -> Option<GateRow> {
    let standing = findings.keep(words::one_of(source, &raw.gate, &Standing::WORDS));
    let day = |day: Option<Spanned<toml::value::Datetime>>, findings: &mut Diagnostics| {
        day.and_then(|day| findings.keep(words::date(source, &day)))
    };
    let has_end = raw.expires.is_some();
    let (since, expires) = (day(raw.since, findings), day(raw.expires, findings));
    let window = raw.window.map(|RawArmWindow { greens, days, soft_passes }| {
        window(source, (greens.as_ref(), days, soft_passes.as_ref()), policy, findings)
    });
    let lacks = [("reason", raw.reason.is_none()), ("owner", raw.owner.is_none()), ("expires", !has_end)];
    let lacks: Vec<&str> = lacks.into_iter().filter(|row| row.1).map(|row| row.0).collect();
    if standing == Some(Standing::Quarantined) && !lacks.is_empty() {
        let message = format!("a quarantine of `{}` without {}", raw.arm.get_ref(), lacks.join(", "));
        let diagnostic =
            Diagnostic::error("E0712", message).at(&source.at(raw.gate.span()), "its reds count no more");
        findings.push(diagnostic.help("say why, who mends it, and until when: `expires = 2026-12-31`"));
    }
    let location = source.at(raw.arm.span());
    let (owner, reason) = (raw.owner, raw.reason);
    Some(GateRow { standing: standing?, location, owner, reason, since, expires, window })
}

/// What a window is written as: greens, days and soft passes.
type Parts<'a> = (Option<&'a Spanned<u32>>, Option<u32>, Option<&'a Spanned<u32>>);

fn parts(raw: &RawGateWindow) -> Parts<'_> {
    (raw.greens.as_ref(), raw.days, raw.soft_passes.as_ref())
}

/// A window shows something: at least one green, and one that is not flaky.
fn window(source: &Source, parts: Parts<'_>, otherwise: Window, findings: &mut Diagnostics) -> Window {
    let (greens, days, soft_passes) = parts;
    let window = Window {
        greens: greens.map_or(otherwise.greens, |greens| *greens.get_ref()),
        days: days.unwrap_or(otherwise.days),
        soft_passes: soft_passes.map_or(otherwise.soft_passes, |soft| *soft.get_ref()),
    };
    if window.greens <= window.soft_passes
        && let Some(written) = soft_passes.filter(|_| window.greens > 0).or(greens)
    {
        let message =
            format!("a window of {} greens, of which {} may be flaky", window.greens, window.soft_passes);
        let diagnostic =
            Diagnostic::error("E0711", message).at(&source.at(written.span()), "it shows nothing");
        findings.push(diagnostic.help("at least one green, and more greens than soft passes"));
    }
    window
}

/// How many reds take an arm out: none would take out every one.
fn enough(source: &Source, reds: &Spanned<u32>, findings: &mut Diagnostics) -> u32 {
    if *reds.get_ref() == 0 {
        let diagnostic = Diagnostic::error("E0713", "an arm would be taken out after no red at all");
        let diagnostic = diagnostic.at(&source.at(reds.span()), "here");
        findings.push(diagnostic.help("at least 1; 2 forgives what happens once"));
    }
    *reds.get_ref()
}

/// The lanes whose runs count: those that are named, else every one that is to succeed.
fn counted(
    source: &Source,
    lanes: Option<Vec<Text>>,
    suite: &Suite,
    findings: &mut Diagnostics,
) -> Vec<LaneName> {
    let succeeds = suite.lanes.iter().filter(|(_, lane)| lane.expects.is_none()).map(|(name, _)| name);
    let Some(lanes) = lanes else { return succeeds.cloned().collect() };
    let known = succeeds.map(LaneName::as_str);
    let named = lanes.into_iter().filter_map(|lane| {
        let at = source.spanned(lane);
        findings.keep(words::declared(&at, "lane that is to succeed", "E0710", known.clone()))?;
        Some(LaneName::new(at.value))
    });
    named.collect()
}
