//! What a sweep needs of a suite: fixtures that can be recovered by a key, kinds that live in others, labels to look for.
//!
//! Does not: sweep. The engine does.

use super::{flows, words};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::ResourceKind;
use crate::source::At;
use crate::suite::{Fixture, Resource, Suite};
use std::collections::BTreeSet;

/// Checks every fixture and every kind of resource.
pub(super) fn check(suite: &Suite, findings: &mut Diagnostics) {
    for (name, fixture) in &suite.fixtures {
        findings.extend(recovered(suite, name.as_str(), fixture));
    }
    for (kind, resource) in &suite.resources {
        findings.extend(swept(suite, kind, resource));
        findings.extend(telling(suite, kind, resource));
        if let Some(within) = &resource.within {
            let at = At { value: within.value.to_string(), location: within.location.clone() };
            let known = suite.resources.keys().map(ResourceKind::as_str);
            match words::declared(&at, "resource", "E0317", known) {
                Ok(()) => findings.extend(comes_back(suite, kind, within)),
                Err(unknown) => findings.push(unknown),
            }
        }
    }
}

/// A fixture is recovered by the key of the one thing that it owns, and gives what it gave.
fn recovered(suite: &Suite, name: &str, fixture: &Fixture) -> Vec<Diagnostic> {
    let Some(recover) = &fixture.recover else { return Vec::new() };
    let (Some(flow), Some(making)) = (suite.flows.get(&recover.value), suite.flows.get(&fixture.flow.value))
    else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let owned = suite.owned_by(fixture);
    if owned.len() != 1 {
        let owned: Vec<&str> = owned.into_iter().map(ResourceKind::as_str).collect();
        let what = if owned.is_empty() { "nothing".to_owned() } else { owned.join(" and ") };
        let message =
            format!("`{}` owns {what}, so fixture `{name}` has no key of its own", fixture.flow.value);
        let diagnostic = Diagnostic::error("E0345", message).at(&recover.location, "recovered by what key?");
        found.push(diagnostic.help("a fixture is recovered by the key of the one thing that its flow owns"));
    }
    if !flow.inputs.iter().any(|input| input.value == "key") {
        let message = format!("`{}` does not ask for the key", recover.value);
        let diagnostic = Diagnostic::error("E0346", message).at(&recover.location, "used here");
        found
            .push(diagnostic.help("it would give access to what others own: inputs = [\"key\"], and use it"));
    }
    if let Some(step) = suite.reached(&flow.steps).into_iter().find(|step| step.owns().next().is_some()) {
        let message = format!("`{}` recovers a fixture, and creates something", recover.value);
        let diagnostic = Diagnostic::error("E0347", message).at(&step.location, "it owns what this creates");
        found.push(
            diagnostic.help("move what comes after the creation to a flow of its own, and use that twice"),
        );
    }
    found.extend(making.outputs.iter().filter_map(|output| flows::lacking(suite, recover, &output.value)));
    found
}

/// What is known by its label alone is released by its key alone.
fn swept(suite: &Suite, kind: &ResourceKind, resource: &Resource) -> Option<Diagnostic> {
    let sweep = resource.sweep.as_ref()?;
    let needed = suite.needed_by(resource);
    let fixture = needed.first()?;
    let message = format!("`{kind}` cannot be swept by its label: its release reads fixture `{fixture}`");
    let diagnostic = Diagnostic::error("E0349", message).at(&sweep.location, "lists keys, and no fixture");
    Some(diagnostic.help(format!("sweep what `{fixture}` is instead, and say here: within = \"…\"")))
}

/// Evidence says something, and creates nothing that would have to be released in turn.
fn telling(suite: &Suite, kind: &ResourceKind, resource: &Resource) -> Option<Diagnostic> {
    let evidence = resource.evidence.as_ref()?;
    let flow = suite.flows.get(&evidence.value)?;
    if let Some(step) = suite.reached(&flow.steps).into_iter().find(|step| step.owns().next().is_some()) {
        let message = format!("`{}` is evidence of `{kind}`, and creates something", evidence.value);
        let diagnostic = Diagnostic::error("E0356", message).at(&step.location, "nobody would release it");
        return Some(diagnostic.help("evidence only asks"));
    }
    let message = format!("`{}` is evidence of `{kind}`, and says nothing", evidence.value);
    let diagnostic = Diagnostic::error("E0355", message).at(&evidence.location, "used here");
    let help =
        "what it captures stands below the cause of a red when it is an output: outputs = [\"last_error\"]";
    flow.outputs.is_empty().then(|| diagnostic.help(help))
}

/// A kind that lives in itself, by whatever way.
fn comes_back(suite: &Suite, kind: &ResourceKind, within: &At<ResourceKind>) -> Option<Diagnostic> {
    let (mut ahead, mut seen) = (Some(&within.value), BTreeSet::new());
    while let Some(next) = ahead.filter(|next| seen.insert(*next)) {
        // Of a circle, one kind is enough to say so.
        if next == kind && seen.iter().all(|other| *other >= kind) {
            let message = format!("`{kind}` lives in itself");
            let diagnostic = Diagnostic::error("E0348", message).at(&within.location, "comes back here");
            return Some(diagnostic.help("name the kind that takes it along when it goes, or none"));
        }
        ahead = suite.resources.get(next).and_then(|resource| Some(&resource.within.as_ref()?.value));
    }
    None
}
