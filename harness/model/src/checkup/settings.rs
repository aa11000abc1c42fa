//! What the settings say: variables with their values, secrets by their names alone; and which tools are there.
//!
//! Does not: read them, or look at a value of a secret.

use super::{Finding, State, Topic};
use crate::gate::Decision;
use crate::name::{CaseId, EnvironmentName, ServiceName};
use crate::plan::Plan;
use crate::suite::{SecretSupply, Suite};
use crate::template::Template;
use crate::units::count;
use std::collections::BTreeSet;

/// The characters that a secret has at least.
pub const SHORTEST_SECRET: usize = 8;

/// Why a value is too short for a secret, if it is.
pub fn too_short(value: &str) -> Option<String> {
    let length = value.trim().chars().count();
    (value.trim().len() < SHORTEST_SECRET).then(|| {
        let characters = count(length, "character");
        format!(
            "is {characters} long: a secret has {SHORTEST_SECRET} at least, for hiding a shorter one would hide words of \
             every view as well"
        )
    })
}

/// What is set of what the suite declares, for an environment; a plan tells what is left out for the want of a secret.
pub fn settings<'a>(
    suite: &Suite,
    environment: &EnvironmentName,
    plan: Option<&Plan>,
    set: impl Fn(&str) -> Option<&'a String>,
) -> Vec<Finding> {
    let tools = plan.into_iter().flat_map(|plan| {
        suite.tools().into_iter().map(|name| {
            let there = Finding::new(Topic::Tool, name.as_str(), State::Good, "there");
            let is_there = plan.available.tools.contains(name);
            if is_there { there } else { wanting(there, &format!("tool {name}"), "not there", Some(plan)) }
        })
    });
    let minted = suite.environments.get(environment).map(|spec| spec.secrets) == Some(SecretSupply::Minted);
    if minted {
        let said = "every secret is a placeholder, and a real one is never forwarded";
        let secrets = Finding::new(Topic::Secret, "all", State::Good, said);
        return std::iter::once(secrets).chain(tools).collect();
    }
    let given = |name: &str| set(name).filter(|value| !value.is_empty());
    let elsewhere = |name: &&String| {
        let mut chosen = suite.environments.iter().filter(|(_, spec)| spec.when.as_ref() == Some(name));
        chosen.clone().next().is_some() && chosen.all(|(other, _)| other != environment)
    };
    let needed = suite.credential_variables(environment);
    let bases = bases(suite, environment);
    let names = suite.variables.keys().filter(|name| !elsewhere(name));
    let variables = names.map(|name| {
        let finding = |state, said: String| Finding::new(Topic::Variable, name, state, said);
        let derived = || suite.derived.get(name).map(|from| from.variable.value.as_str());
        match (given(name), suite.variable(name, given)) {
            (Some(value), _) if bases.contains(name.as_str()) && !is_url(value) => {
                let said =
                    format!("{value} is no URL: a service begins with it, as in https://api.example.com");
                finding(State::Misconfigured, said)
            }
            (Some(value), _) => finding(State::Good, value.clone()),
            (None, Some(value)) if derived().and_then(given).is_some() => {
                finding(State::Good, format!("{value}, from {}", derived().unwrap_or_default()))
            }
            (None, Some(value)) if value.is_empty() => {
                finding(State::Good, "empty, as the suite says".to_owned())
            }
            (None, Some(value)) => finding(State::Good, format!("{value}, as the suite says")),
            (None, None) if needed.contains(name) => finding(State::Misconfigured, unset(environment)),
            (None, None) => finding(State::Absent, "not set".to_owned()),
        }
    });
    let needed = suite.credential_secrets(environment);
    let secrets = suite.secrets.iter().map(|name| {
        let finding = |state, said| Finding::new(Topic::Secret, name.as_str(), state, said);
        match given(name.as_str()) {
            Some(value) => match too_short(value) {
                Some(said) => finding(State::Misconfigured, said),
                None => finding(State::Good, "set".to_owned()),
            },
            None if needed.contains(name) => finding(State::Misconfigured, unset(environment)),
            None => wanting(finding(State::Good, String::new()), name.as_str(), "not set", plan),
        }
    });
    variables.chain(secrets).chain(tools).collect()
}

fn unset(environment: &EnvironmentName) -> String {
    format!("not set, and no run on {environment} begins without it")
}

/// The variables with which the base of a service begins there.
fn bases<'a>(suite: &'a Suite, environment: &EnvironmentName) -> BTreeSet<&'a str> {
    let lacks = |name: &ServiceName| {
        suite
            .environments
            .get(environment)
            .is_some_and(|spec| spec.lacks.iter().any(|lacked| lacked.value == *name))
    };
    let services = suite.services.iter().filter(|(name, _)| !lacks(name));
    let variable = |template: &'a Template| {
        let first = first_path(template)?;
        let given = || {
            let (fixture, output) = first.split_once('.')?;
            first_path(suite.given(environment, fixture)?.outputs.get(output)?)
        };
        first.strip_prefix("env.").or_else(|| given()?.strip_prefix("env."))
    };
    services.filter_map(|(_, service)| variable(&service.base)).collect()
}

/// The path with which a template begins, where it begins with nothing but a path.
fn first_path(template: &Template) -> Option<&str> {
    Some(template.text().value.strip_prefix("{{")?.split_once("}}")?.0.trim())
}

fn is_url(value: &str) -> bool {
    let rest = value.strip_prefix("http://").or_else(|| value.strip_prefix("https://"));
    rest.is_some_and(|rest| {
        !rest.starts_with(['/', ':', '?', '#']) && !rest.is_empty() && !rest.contains(char::is_whitespace)
    })
}

/// A finding of something that is missing: what becomes of the cases that need it.
fn wanting(found: Finding, name: &str, how: &str, plan: Option<&Plan>) -> Finding {
    let of = |state, said| Finding { state, said, ..found };
    let Some(plan) = plan else { return of(State::Absent, how.to_owned()) };
    let lacks = |missing: &[String]| missing.iter().any(|words| words.split(" or ").any(|word| word == name));
    let cases_of = |is: &dyn Fn(&Decision) -> bool| -> BTreeSet<CaseId> {
        let found = plan.cases.iter().filter(|planned| is(&planned.decision));
        found.map(|planned| planned.case.id.clone()).collect()
    };
    let skipped = cases_of(&|decision| matches!(decision, Decision::Skip { missing } if lacks(missing)));
    let refused = cases_of(&|decision| matches!(decision, Decision::Refuse { missing } if lacks(missing)));
    match (skipped.len(), refused.len()) {
        (0, 0) => of(State::Absent, format!("{how}, and no selected case wants for it")),
        (cases, 0) => {
            let finding = of(State::Absent, format!("{how}{}", left_out(cases)));
            Finding { left_out: skipped, ..finding }
        }
        (_, refused) => {
            let said = format!("{how}, so {} refused: live is required", verb(refused));
            of(State::Misconfigured, said)
        }
    }
}

/// What becomes of so many cases, behind why.
pub fn left_out(cases: usize) -> String {
    format!(", so {} left out", verb(cases))
}

fn verb(cases: usize) -> String {
    format!("{} {}", count(cases, "case"), if cases == 1 { "is" } else { "are" })
}
