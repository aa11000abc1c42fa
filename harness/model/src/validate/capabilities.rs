//! `[capability.X]` and what requires it.
//!
//! Does not: look at what a probe's steps read; `dataflow` and `late` do.

use super::head::flow_name;
use super::{flows, programs, words};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::{CapabilityName, FixtureName, SecretName, ToolName};
use crate::raw::{RawCapability, RawRequires, Table, Text};
use crate::source::Source;
use crate::suite::{Capability, Requirement, Scope, Suite};
use indexmap::IndexMap;

/// Reads every capability.
pub(super) fn read(source: &Source, raw: Table<RawCapability>) -> IndexMap<CapabilityName, Capability> {
    let capabilities = raw.into_iter().map(|(name, raw)| {
        let capability = Capability { summary: raw.summary, probe: flow_name(source, raw.probe) };
        (CapabilityName::new(name.into_inner()), capability)
    });
    capabilities.collect()
}

/// Reads what a scenario or an arm requires.
pub(super) fn requires(
    source: &Source,
    raw: RawRequires,
    suite: &Suite,
    findings: &mut Diagnostics,
) -> Vec<Requirement> {
    let mut secrets = |names: Vec<Text>| -> Vec<SecretName> {
        let names = names.into_iter().filter_map(|name| {
            let at = source.spanned(name);
            let known = suite.secrets.iter().map(SecretName::as_str);
            findings.keep(words::declared(&at, "secret", "E0412", known))?;
            Some(SecretName::new(at.value))
        });
        names.collect()
    };
    let all = raw.secret.map(|names| secrets(names.0)).unwrap_or_default();
    let any = raw.any_secret.map(|names| Requirement::AnySecret(secrets(names.0)));
    let capabilities =
        raw.capability.map(|names| names.0).unwrap_or_default().into_iter().filter_map(|name| {
            let at = source.spanned(name);
            let known = suite.capabilities.keys().map(CapabilityName::as_str);
            findings.keep(words::declared(&at, "capability", "E0353", known))?;
            Some(Requirement::Capability(CapabilityName::new(at.value)))
        });
    let capabilities: Vec<Requirement> = capabilities.collect();
    let tools = raw.tool.map(|names| names.0).unwrap_or_default().into_iter().filter_map(|name| {
        let at = source.spanned(name);
        findings.keep(programs::tool(&at))?;
        Some(Requirement::Tool(ToolName::new(at.value)))
    });
    let tools: Vec<Requirement> = tools.collect();
    all.into_iter().map(Requirement::Secret).chain(any).chain(capabilities).chain(tools).collect()
}

/// A probe answers with `able`, and belongs to no case.
pub(super) fn check(suite: &Suite, findings: &mut Diagnostics) {
    for (name, capability) in &suite.capabilities {
        let probe = &capability.probe;
        findings.extend(flows::lacking(suite, probe, "able"));
        let Some(flow) = suite.flows.get(&probe.value) else { continue };
        let of_cases = flow.inputs.iter().find(|input| {
            let fixture = suite.fixtures.get(&FixtureName::new(&input.value));
            fixture.is_some_and(|fixture| fixture.scope == Scope::Case)
        });
        if let Some(input) = of_cases {
            let message = format!(
                "`{}` belongs to a case, and capability `{name}` is probed for the whole run",
                input.value
            );
            let diagnostic = Diagnostic::error("E0354", message).at(&input.location, "asked for here");
            findings.push(diagnostic.help("probe with a fixture of the run, or with none"));
        }
    }
}
