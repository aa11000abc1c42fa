//! What is kept of runs: bounds that bound something, and a history that remembers as long as a gate looks back.
//!
//! Does not: look at what is there.

use super::words;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::gates::Window;
use crate::raw::{RawBounds, RawRetention, Spanned};
use crate::source::{At, Source};
use crate::suite::{Bounds, Retention, Suite};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) fn read(source: &Source, raw: RawRetention, findings: &mut Diagnostics) -> Retention {
    let mut read =
        |bounds: Option<Spanned<RawBounds>>| bounds.and_then(|raw| bounds_of(source, raw, findings));
    Retention { recordings: read(raw.recordings), history: read(raw.history) }
}

fn bounds_of(source: &Source, raw: Spanned<RawBounds>, findings: &mut Diagnostics) -> Option<At<Bounds>> {
    let location = source.at(raw.span());
    let RawBounds { runs, age } = raw.into_inner();
    if runs.is_none() && age.is_none() {
        let nothing = Diagnostic::error("E0851", "this bounds nothing").at(&location, "neither runs nor age");
        findings.push(nothing.help("say how much is kept: { runs = 200, age = \"30d\" }"));
        return None;
    }
    if let Some(zero) = runs.as_ref().filter(|runs| *runs.get_ref() == 0) {
        let none =
            Diagnostic::error("E0852", "a root that keeps no run cannot show the one that has just ended");
        findings.push(none.at(&source.at(zero.span()), "at least 1"));
    }
    let age = age.map(|age| words::duration(&source.spanned(age)));
    let value = Bounds { runs: runs.map(|runs| *runs.get_ref()), age: findings.keep(age.transpose())? };
    Some(At { value, location })
}

/// A gate that looks further back than the history remembers would hold its arm for ever.
pub(super) fn check(suite: &Suite, findings: &mut Diagnostics) {
    let Some(At { value: Bounds { runs, age }, location }) = &suite.retention.history else { return };
    let Window { greens, days, .. } = suite.gates.policy.window;
    let complain = |kept: String, asked: String| {
        Diagnostic::error("E0853", format!("the history keeps {kept}, and a gate looks back over {asked}"))
            .at(location, "no arm could ever be promoted")
            .help("keep more, or make the [window] of gates.toml shorter")
    };
    if let Some(runs) = runs.filter(|runs| (1..greens).contains(runs)) {
        findings.push(complain(format!("{runs} runs"), format!("{greens} greens")));
    }
    if age.is_some_and(|age| age < DAY * days) {
        let age = age.map(crate::units::display).unwrap_or_default();
        findings.push(complain(age, format!("{days} days")));
    }
}
