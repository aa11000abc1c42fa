//! What is kept of runs: bounds that bound something, and a history that remembers as long as a gate looks back.
//!
//! Does not: look at what is there.

use super::words;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::gates::Window;
use crate::raw::{RawBounds, RawRetention, Spanned};
use crate::source::{At, Source};
use crate::suite::{Bounds, Retention, Suite};
use crate::units::{count, display};
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
        findings.push(complain(count(runs as usize, "run"), count(greens as usize, "green")));
    }
    if let Some(age) = age.filter(|age| *age < DAY * days) {
        findings.push(complain(in_days(age), count(days as usize, "day")));
    }
}

/// An age as windows are told, in days: `5 days`, `1 day 12h`.
fn in_days(age: Duration) -> String {
    let (days, rest) = (age.as_secs() / DAY.as_secs(), age.as_secs() % DAY.as_secs());
    let days = (days > 0).then(|| count(usize::try_from(days).unwrap_or(usize::MAX), "day"));
    let rest = (rest > 0).then(|| display(Duration::from_secs(rest)));
    days.into_iter().chain(rest).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{DAY, in_days};
    use std::time::Duration;

    #[test]
    fn an_age_is_told_in_days_as_a_window_is() {
        let hour = Duration::from_secs(3600);
        let told = [DAY * 5, DAY, DAY + hour * 12, hour * 12].map(in_days);
        assert_eq!(told, ["5 days", "1 day", "1 day 12h", "12h"]);
    }
}
