//! From text to a [`Suite`]: per file the first shape error, then every validation error of every file at once.
//!
//! Does not: expand a plan, or know what is available.

mod alerts;
mod aliases;
mod arms;
mod below;
mod capabilities;
pub(crate) mod cases;
mod choices;
mod conditions;
mod dataflow;
mod demands;
pub(crate) mod distinct;
mod drift;
mod elapse;
mod environments;
mod failures;
mod faults;
mod flows;
mod gates;
mod head;
mod lanes;
mod late;
mod looks;
mod matrix;
mod programs;
mod recovery;
mod resources;
mod retention;
mod scenario;
mod sinks;
mod steps;
mod sums;
mod unused;
mod uploads;
mod vacuous;
pub(crate) mod ways;
mod words;

pub use faults::unknown_faults;
pub use sinks::SAID;

use crate::diagnostic::{Diagnostic, Diagnostics, Weight};
use crate::layers::Overlay;
use crate::raw::{self, RawChoices, RawFailures, RawFaults, RawFlow, RawGates, RawScenario, RawSuite};
use crate::source::{Source, SuiteText};
use crate::suite::Suite;
use crate::template::Templates;
use indexmap::IndexMap;
use serde::de::DeserializeOwned;

/// The files of a suite, of the right shape.
struct RawFiles {
    suite: (Source, RawSuite),
    scenarios: Vec<(Source, RawScenario)>,
    flows: IndexMap<String, (Source, RawFlow)>,
    gates: (Source, RawGates),
    faults: (Source, RawFaults),
    failures: (Source, RawFailures),
    choices: (Source, RawChoices),
}

/// Compiles a suite.
///
/// *Errors*: everything that is wrong with it. Nothing else is looked at while a file has the wrong shape.
pub fn compile(text: &SuiteText) -> Result<Suite, Diagnostics> {
    let mut findings = Diagnostics::default();
    let templates = match Templates::parse(&text.templates) {
        Ok(templates) => Some(templates),
        Err(found) => {
            findings.extend(found);
            None
        }
    };
    let files = shape(text, &mut findings);
    let (Some(templates), Some(files)) = (templates, files) else { return Err(findings) };
    let (source, mut raw) = files.suite;
    let lanes = lanes::Written { lanes: std::mem::take(&mut raw.lane), default: raw.suite.lane.clone() };
    let aliases = aliases::written(&source, &raw);
    let declared = head::declarations(&source, &raw);
    let Some(mut suite) = head::read(&source, raw, templates, &mut findings) else {
        return Err(findings);
    };
    flows::read(files.flows, &mut suite, &mut findings);
    recovery::check(&suite, &mut findings);
    below::check(&suite, &mut findings);
    environments::check(&suite, &mut findings);
    capabilities::check(&suite, &mut findings);
    elapse::check_flows(&suite, &mut findings);
    choices::read(&files.choices.0, files.choices.1, &mut suite, &mut findings);
    for (source, file) in files.scenarios {
        if let Some(scenario) = scenario::read(&source, file, &suite, &text.matrices, &mut findings) {
            suite.scenarios.push(scenario);
        }
    }
    let is_sound = !findings.has_errors();
    faults::read(&files.faults.0, files.faults.1, &mut suite, &mut findings);
    // Aliases, lanes, gates and faults say nothing about what steps do: what is wrong with them hides nothing.
    aliases::check(&aliases, &suite, &mut findings);
    lanes::read(&source, lanes, &mut suite, &mut findings);
    head::check_meanings(&suite, &mut findings);
    failures::read(&files.failures.0, files.failures.1, &mut suite, &mut findings);
    gates::read(&files.gates.0, files.gates.1, &mut suite, &mut findings);
    retention::check(&suite, &mut findings);
    if is_sound {
        let expanded = cases::expand(&suite, &Overlay::default(), &mut findings);
        cases::check_ids(&expanded, &mut findings);
        elapse::check_fixtures(&suite, &mut findings);
        choices::check(&suite, &expanded, &mut findings);
        let few = choices::variants(&suite, distinct::cases(&suite, &expanded));
        let mut reads = dataflow::check(&suite, &few, &mut findings);
        reads.extend(late::check(&suite, &few, &mut findings));
        conditions::check(&suite, &few, &mut findings);
        cases::check(&suite, &few, &mut findings);
        resources::check_budgets(&suite, &few, &mut findings);
        lanes::check(&suite, &expanded, &mut findings);
        faults::check_rows(&suite, &expanded, &mut findings);
        drift::check(&suite, &expanded, &mut findings);
        unused::check_flows(&suite, &mut findings);
        // While something is wrong, what nothing uses may only be misspelt.
        if !findings.has_errors() {
            sums::check(&suite, &few, &mut findings);
            unused::check(&suite, &declared, &reads, &mut findings);
        }
    }
    if findings.has_errors() {
        return Err(findings);
    }
    suite.warnings = findings.iter().filter(|found| found.weight() == Weight::Warning).cloned().collect();
    Ok(suite)
}

fn shape(text: &SuiteText, findings: &mut Diagnostics) -> Option<RawFiles> {
    let Some(suite) = &text.suite else {
        findings.push(
            Diagnostic::error("E0102", "there is no suite.toml")
                .help("a suite is a folder with a suite.toml"),
        );
        return None;
    };
    let suite = findings.keep(raw::parse(suite)).map(|raw| (suite.clone(), raw));
    let scenarios: Vec<Option<(Source, RawScenario)>> = text
        .scenarios
        .iter()
        .map(|source| findings.keep(raw::parse(source)).map(|raw| (source.clone(), raw)))
        .collect();
    let flows: Vec<Option<(String, (Source, RawFlow))>> = text
        .flows
        .iter()
        .map(|(name, source)| {
            findings.keep(raw::parse(source)).map(|raw| (name.clone(), (source.clone(), raw)))
        })
        .collect();
    let gates = optional(text.gates.as_ref(), "gates.toml", findings);
    let faults = optional(text.faults.as_ref(), "faults.toml", findings);
    let failures = optional(text.failures.as_ref(), "known-failures.toml", findings);
    let choices = optional(text.choices.as_ref(), "choices.toml", findings);
    Some(RawFiles {
        suite: suite?,
        scenarios: scenarios.into_iter().collect::<Option<_>>()?,
        flows: flows.into_iter().collect::<Option<_>>()?,
        gates: gates?,
        faults: faults?,
        failures: failures?,
        choices: choices?,
    })
}

fn optional<T: DeserializeOwned + Default>(
    source: Option<&Source>,
    name: &str,
    findings: &mut Diagnostics,
) -> Option<(Source, T)> {
    match source {
        Some(source) => findings.keep(raw::parse(source)).map(|raw| (source.clone(), raw)),
        None => Some((Source::new(name, ""), T::default())),
    }
}
