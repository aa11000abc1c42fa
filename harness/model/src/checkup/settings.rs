//! What the settings say: variables with their values, secrets by their names alone; and which tools are there.
//!
//! Does not: read them, or look at a value of a secret.

use super::{Finding, State, Topic};
use crate::gate::Decision;
use crate::name::EnvironmentName;
use crate::plan::Plan;
use crate::suite::{SecretSupply, Suite};
use crate::units::count;

/// What is set of what the suite declares, for an environment; a plan tells what is left out for the want of a secret.
pub fn settings<'a>(
    suite: &Suite,
    environment: &EnvironmentName,
    plan: Option<&Plan>,
    set: impl Fn(&str) -> Option<&'a String>,
) -> Vec<Finding> {
    let tools = plan.into_iter().flat_map(|plan| {
        suite.tools().into_iter().map(|name| {
            let is_there = plan.available.tools.contains(name);
            let absent = || wanting(&format!("tool {name}"), "not there", Some(plan));
            let (state, said) = if is_there { (State::Good, "there".to_owned()) } else { absent() };
            Finding::new(Topic::Tool, name.as_str(), state, said)
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
    let names = suite.variables.keys().filter(|name| !elsewhere(name));
    let variables = names.map(|name| {
        let finding = |state, said: String| Finding::new(Topic::Variable, name, state, said);
        let derived = || suite.derived.get(name).map(|from| from.variable.value.as_str());
        match (given(name), suite.variable(name, given)) {
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
            Some(_) => finding(State::Good, "set".to_owned()),
            None if needed.contains(name) => finding(State::Misconfigured, unset(environment)),
            None => {
                let (state, said) = wanting(name.as_str(), "not set", plan);
                finding(state, said)
            }
        }
    });
    variables.chain(secrets).chain(tools).collect()
}

fn unset(environment: &EnvironmentName) -> String {
    format!("not set, and no run on {environment} begins without it")
}

/// What becomes of the cases that need something which is missing.
fn wanting(name: &str, how: &str, plan: Option<&Plan>) -> (State, String) {
    let Some(plan) = plan else { return (State::Absent, how.to_owned()) };
    let lacks = |missing: &[String]| missing.iter().any(|words| words.split(" or ").any(|word| word == name));
    let count_of =
        |is: &dyn Fn(&Decision) -> bool| plan.cases.iter().filter(|planned| is(&planned.decision)).count();
    let skipped = count_of(&|decision| matches!(decision, Decision::Skip { missing } if lacks(missing)));
    let refused = count_of(&|decision| matches!(decision, Decision::Refuse { missing } if lacks(missing)));
    match (skipped, refused) {
        (0, 0) => (State::Absent, format!("{how}, and no selected case wants for it")),
        (skipped, 0) => (State::Absent, format!("{how}, so {} left out", verb(skipped))),
        (_, refused) => {
            let said = format!("{how}, so {} refused: live is required", verb(refused));
            (State::Misconfigured, said)
        }
    }
}

fn verb(cases: usize) -> String {
    format!("{} {}", count(cases, "case"), if cases == 1 { "is" } else { "are" })
}
