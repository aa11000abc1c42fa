//! `[resource.X.below]`: who is asked below the target.
//!
//! Does not: decide whether somebody is asked; `crate::below` does.

use super::head::flow_name;
use super::{capabilities, flows};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::ResourceKind;
use crate::raw::{RawBelow, RawResource, Table};
use crate::source::Source;
use crate::suite::{Beneath, Requirement, Suite};

/// What nobody has to set.
const CHECK: &str = "auto";
const REMOVE: &str = "no";

/// Takes the tables out of the resources: what they require is known later.
pub(super) fn written(resources: &mut Table<RawResource>) -> Vec<(ResourceKind, RawBelow)> {
    let written = resources.iter_mut().filter_map(|(name, resource)| {
        Some((ResourceKind::new(name.get_ref().clone()), resource.below.take()?))
    });
    written.collect()
}

/// Reads them into the suite; their variables have the defaults that nobody has to set.
pub(super) fn read(
    source: &Source,
    written: Vec<(ResourceKind, RawBelow)>,
    suite: &mut Suite,
    findings: &mut Diagnostics,
) {
    for (kind, raw) in written {
        let requires = raw.requires.map(|raw| {
            let place =
                raw.capability.as_ref().and_then(|names| names.0.first()).map(|name| source.at(name.span()));
            (capabilities::requires(source, raw, suite, findings), place)
        });
        let (requires, place) = requires.unwrap_or_default();
        if let Some(place) = place.filter(|_| requires.iter().any(|needed| needed.capability().is_some())) {
            let message = "whether somebody can be asked below the target is not for the target to say";
            let diagnostic = Diagnostic::error("E0395", message).at(&place, "a capability of the target");
            findings.push(diagnostic.help("require tools and secrets here"));
        }
        let requires: Vec<Requirement> =
            requires.into_iter().filter(|needed| needed.capability().is_none()).collect();
        let beneath = Beneath {
            gone: flow_name(source, raw.gone),
            check: raw.check.into_inner(),
            requires,
            remove: raw.remove.map(|flow| flow_name(source, flow)),
            remove_when: raw.remove_when.map(crate::raw::Text::into_inner),
        };
        suite.variables.entry(beneath.check.clone()).or_insert(Some(CHECK.to_owned()));
        if let Some(name) = beneath.remove_when.clone() {
            suite.variables.entry(name).or_insert(Some(REMOVE.to_owned()));
        }
        if let Some(resource) = suite.resources.get_mut(&kind) {
            resource.below = Some(beneath);
        }
    }
}

/// What is removed is told by its flow.
pub(super) fn check(suite: &Suite, findings: &mut Diagnostics) {
    let below = suite.resources.values().filter_map(|resource| resource.below.as_ref());
    for remove in below.filter_map(|below| below.remove.as_ref()) {
        findings.extend(flows::lacking(suite, remove, "removed"));
    }
}
