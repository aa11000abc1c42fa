//! `[environment.X]`, what it lacks and gives, and variables that follow from others.
//!
//! Does not: choose an environment.

use super::head::flow_name;
use super::words;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::{EnvironmentName, FixtureName, SecretName, ServiceName};
use crate::raw::{RawEnvironment, RawVariable, Table, Text};
use crate::source::{At, Location, Source};
use crate::suite::{EnvironmentSpec, Given, HostOf, SecretSupply, Service, Suite};
use crate::template::{Escape, Template};
use indexmap::IndexMap;

/// What a template of something given may read.
const GIVEN: [&str; 2] = ["env", "secret"];

/// Reads every environment.
pub(super) fn read(
    source: &Source,
    raw: Table<RawEnvironment>,
    services: &IndexMap<ServiceName, Service>,
    findings: &mut Diagnostics,
) -> IndexMap<EnvironmentName, EnvironmentSpec> {
    let mut environments = IndexMap::new();
    for (name, environment) in raw {
        let secrets = environment.provides.map_or(Some(SecretSupply::Settings), |word| {
            findings.keep(words::one_of(source, &word, &[("secrets", SecretSupply::Minted)]))
        });
        let mut bound = |text: Option<Text>| findings.keep(words::duration(&source.spanned(text?)));
        let (poll_every, poll_within) = (bound(environment.poll_every), bound(environment.poll_within));
        let lacks = environment.lacks.into_iter().filter_map(|service| {
            let at = source.spanned(service);
            let known = services.keys().map(ServiceName::as_str);
            findings.keep(words::declared(&at, "service", "E0311", known))?;
            Some(At { value: ServiceName::new(at.value), location: at.location })
        });
        let lacks = lacks.collect();
        let given = environment.fixture.into_iter().map(|(fixture, outputs)| {
            let location = source.at(fixture.span());
            (FixtureName::new(fixture.into_inner()), given(source, location, outputs, findings))
        });
        let given = given.collect();
        if let Some(secrets) = secrets {
            let when = environment.when.map(Text::into_inner);
            let elapse = environment.elapse.map(|flow| flow_name(source, flow));
            let spec = EnvironmentSpec { secrets, when, poll_every, poll_within, elapse, lacks, given };
            environments.insert(EnvironmentName::new(name.into_inner()), spec);
        }
    }
    environments
}

fn given(source: &Source, location: Location, outputs: Table<Text>, findings: &mut Diagnostics) -> Given {
    let mut read = IndexMap::new();
    for (output, text) in outputs {
        if let Some(template) = findings.keep(Template::parse(source.spanned(text), Escape::Plain)) {
            read.insert(output.into_inner(), template);
        }
    }
    Given { location, outputs: read }
}

/// Reads the variables that follow from others.
pub(super) fn derived(
    source: &Source,
    raw: &Table<RawVariable>,
    findings: &mut Diagnostics,
) -> IndexMap<String, HostOf> {
    let mut derived = IndexMap::new();
    for (name, variable) in raw {
        match &variable.host_of {
            Some(from) => {
                let prefixes = variable.prefixes.iter();
                let prefixes = prefixes.map(|(old, new)| (old.get_ref().to_lowercase(), new.clone()));
                let rule = HostOf { variable: source.spanned(from.clone()), prefixes: prefixes.collect() };
                derived.insert(name.get_ref().clone(), rule);
            }
            None => {
                if let Some((first, _)) = variable.prefixes.first() {
                    let message = format!("`{}` follows from no other variable", name.get_ref());
                    let diagnostic = Diagnostic::error("E0352", message);
                    let diagnostic = diagnostic.at(&source.at(first.span()), "the beginning of what?");
                    findings.push(diagnostic.help("say of which variable it is the host: host-of = \"…\""));
                }
            }
        }
    }
    derived
}

/// Checks what is given against the fixtures that it stands for, and what it reads.
pub(super) fn check(suite: &Suite, findings: &mut Diagnostics) {
    let variables = || suite.variables.keys().map(String::as_str);
    for rule in suite.derived.values() {
        findings.keep(words::declared(&rule.variable, "variable", "E0322", variables()));
    }
    for (fixture, given) in suite.environments.values().flat_map(|spec| &spec.given) {
        let at = At { value: fixture.to_string(), location: given.location.clone() };
        let known = suite.fixtures.keys().map(FixtureName::as_str);
        if findings.keep(words::declared(&at, "fixture", "E0318", known)).is_some() {
            outputs(suite, fixture, given, findings);
        }
        for template in given.outputs.values() {
            for path in template.reads() {
                let (root, leaf) = path.split_once('.').unwrap_or((path, ""));
                let at =
                    |text: &str| At { value: text.to_owned(), location: template.text().location.clone() };
                findings.keep(match root {
                    "env" => words::declared(&at(leaf), "variable", "E0322", variables()),
                    "secret" => {
                        let known = suite.secrets.iter().map(SecretName::as_str);
                        words::declared(&at(leaf), "secret", "E0412", known)
                    }
                    _ => words::declared(&at(root), "binding", "E0320", GIVEN.into_iter()),
                });
            }
        }
    }
}

/// What is given has every output of the fixture, and no other.
fn outputs(suite: &Suite, fixture: &FixtureName, given: &Given, findings: &mut Diagnostics) {
    let Some(flow) = suite.fixtures.get(fixture).and_then(|fixture| suite.flows.get(&fixture.flow.value))
    else {
        return;
    };
    let promised = || flow.outputs.iter().map(|output| output.value.as_str());
    let missing: Vec<&str> = promised().filter(|output| !given.outputs.contains_key(*output)).collect();
    if !missing.is_empty() {
        let message = format!("fixture `{fixture}` is given without {}", missing.join(", "));
        let diagnostic = Diagnostic::error("E0350", message).at(&given.location, "given here");
        findings.push(
            diagnostic
                .help(format!("say what it is there, also when that is nothing: {} = \"\"", missing[0])),
        );
    }
    for (output, template) in
        given.outputs.iter().filter(|(output, _)| !promised().any(|known| known == *output))
    {
        let message = format!("fixture `{fixture}` has no output `{output}`");
        let diagnostic =
            Diagnostic::error("E0351", message).at(&template.text().location, "nothing reads it");
        findings.push(diagnostic.did_you_mean(output, promised()));
    }
}
