//! `[axis.X]`: the words that selections also accept, and the values that they stand for.
//!
//! Does not: select.

use super::words::declared;
use crate::diagnostic::Diagnostics;
use crate::raw::RawSuite;
use crate::selection;
use crate::source::{At, Source};
use crate::suite::Suite;

/// An axis of which `suite.toml` says something, with every value that an alias names.
pub(super) struct Written {
    axis: At<String>,
    values: Vec<At<String>>,
}

/// Everything that aliases name, with its place.
pub(super) fn written(source: &Source, raw: &RawSuite) -> Vec<Written> {
    let axes = raw.axis.iter().map(|(axis, spec)| {
        let values = spec.aliases.values().flat_map(|alias| &alias.0.0);
        let values = values.filter(|value| value.get_ref() != "*");
        Written {
            axis: source.spanned(axis.clone()),
            values: values.map(|value| source.spanned(value.clone())).collect(),
        }
    });
    axes.collect()
}

/// An axis that no scenario has, and a value that none lists, are slips.
pub(super) fn check(written: &[Written], suite: &Suite, findings: &mut Diagnostics) {
    let known = selection::known_values(suite);
    let axes = known.keys().filter(|key| !selection::FACETS.contains(&key.as_str()));
    for Written { axis, values } in written {
        let there =
            findings.keep(declared(axis, "axis or bundle key", "E0416", axes.clone().map(String::as_str)));
        let listed = there.and_then(|()| known.get(&axis.value));
        for value in listed.iter().flat_map(|_| values) {
            let listed = listed.into_iter().flatten().map(String::as_str);
            findings.keep(declared(value, "value of this axis", "E0417", listed));
        }
    }
}
