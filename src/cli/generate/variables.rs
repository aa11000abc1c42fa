//! `docs/variables.md`: every environment variable of the harness and of the suites.
//!
//! Does not: read one. The page is the same whatever the shell has set.

use super::markdown::{code, codes, table};
use crate::job;
use crate::settings::Settings;
use crate::settings::variables::ALL;
use crate::start::StartError;
use harness_runner::load;
use harness_runner::model::name::ChoiceName;
use harness_runner::model::selection::{FACETS, PREFIX, Selection};
use harness_runner::model::suite::{Alias, Choice, SecretSupply, Suite};
use std::collections::{BTreeMap, BTreeSet};

const HEAD: &str = "\
<!-- Written by `shakedown generate` from src/settings/variables.rs and the suites. -->

# Environment variables

A variable that is empty counts as one that is not set. The first line of every run says which environment was chosen, and
why. A variable that begins with `E2E_` and that no suite knows is named, and refused when live is required.

## The harness

";

/// The page.
///
/// *Errors*: a suite that cannot be read, or is not right.
pub(super) fn page(settings: &Settings) -> Result<String, StartError> {
    let rows: Vec<[String; 3]> = ALL
        .iter()
        .map(|variable| {
            [code(variable.name), variable.meaning.trim().to_owned(), variable.default.to_owned()]
        })
        .collect();
    let mut page = HEAD.to_owned() + &table(["variable", "what it means", "when it is not set"], &rows);
    for name in load::suites(&settings.root) {
        page.push_str(&suite(&job::load_suite(&name, settings)?));
    }
    Ok(page)
}

fn suite(suite: &Suite) -> String {
    let parts = [
        ("Where it runs", environments(suite)),
        ("What its expressions read", declared(suite)),
        ("Its secrets", secrets(suite)),
        ("What selects its cases", selections(suite)),
        ("What replaces its bindings", overrides(suite)),
    ];
    let parts = parts.into_iter().filter(|(_, text)| !text.is_empty());
    parts.fold(format!("\n## The suite `{}`\n", suite.name), |page, (title, text)| {
        page + &format!("\n### {title}\n\n{text}")
    })
}

fn environments(suite: &Suite) -> String {
    let rows: Vec<[String; 3]> = suite
        .environments
        .iter()
        .map(|(name, spec)| {
            let chosen = spec.when.as_ref().map_or_else(
                || "no other is chosen".to_owned(),
                |variable| format!("{} is set", code(variable)),
            );
            let secrets = match spec.secrets {
                SecretSupply::Minted => "placeholders; a real one is never forwarded",
                SecretSupply::Settings => "the variables below",
            };
            [code(name.as_str()), chosen, secrets.to_owned()]
        })
        .collect();
    table(["environment", "chosen when", "its secrets"], &rows)
}

fn declared(suite: &Suite) -> String {
    let rows: Vec<[String; 4]> = suite
        .variables
        .iter()
        .map(|(name, default)| {
            let chooses = suite.environments.iter().find(|(_, spec)| spec.when.as_ref() == Some(name));
            let below = suite.resources.iter().find_map(|(kind, resource)| {
                let below = resource.below.as_ref()?;
                let says = |variable: &str, key| {
                    (variable == name).then(|| format!("[resource.{kind}.below] {key}"))
                };
                says(&below.check, "check").or_else(|| says(below.remove_when.as_deref()?, "remove-when"))
            });
            let origin = chooses.map(|(environment, _)| format!("[environment.{environment}] when"));
            let origin = origin.or(below).unwrap_or_else(|| format!("[variable.{name}]"));
            let derived = suite
                .derived
                .get(name)
                .map(|rule| format!("from the host of {}", code(&rule.variable.value)));
            let default = match (derived, default.as_deref()) {
                (Some(derived), _) => derived,
                (None, Some("")) => "empty".to_owned(),
                (None, Some(default)) => code(default),
                (None, None) => "must be set, or is supplied".to_owned(),
            };
            [code(name), meaning(suite, name), default, code(&origin)]
        })
        .collect();
    table(["variable", "what it means", "default", "declared by"], &rows)
}

fn secrets(suite: &Suite) -> String {
    let live = suite.environments.iter().filter(|(_, spec)| spec.secrets == SecretSupply::Settings);
    let mut credentials: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (environment, _) in live {
        for secret in suite.credential_secrets(environment) {
            credentials.entry(secret.to_string()).or_default().insert(environment.as_str());
        }
    }
    let mut arms: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for arm in suite.scenarios.iter().flat_map(|scenario| &scenario.arms) {
        for requirement in &arm.requires {
            for secret in requirement.secrets() {
                arms.entry(secret.as_str()).or_default().insert(arm.name.as_str());
            }
        }
    }
    let rows: Vec<[String; 3]> = suite
        .secrets
        .iter()
        .map(|secret| {
            let credential = credentials.get(secret.as_str());
            let credential = credential.map(|on| format!("a credential: no run on {} without it", codes(on)));
            let arms = arms
                .get(secret.as_str())
                .map(|arms| format!("arms that are skipped without it: {}", codes(arms)));
            let choices = suite.choices.iter().flat_map(|(choice, found)| {
                let own = found.alternatives.iter().filter(|other| other.secret.as_ref() == Some(secret));
                own.map(move |found| format!("{choice}.{}", found.name.value))
            });
            let choices: Vec<String> = choices.collect();
            let choices = (!choices.is_empty())
                .then(|| format!("what is chosen only where it is set: {}", codes(&choices)));
            let asks = suite.resources.iter().filter(|(_, resource)| {
                let requires = resource.below.iter().flat_map(|below| &below.requires);
                requires.into_iter().any(|needed| needed.secrets().contains(secret))
            });
            let asks = codes(asks.map(|(kind, _)| kind.to_string()));
            let asks = Some(asks).filter(|kinds| !kinds.is_empty());
            let asks = asks.map(|kinds| format!("the question below the target whether {kinds} is gone"));
            let uses: Vec<String> = credential.into_iter().chain(arms).chain(choices).chain(asks).collect();
            let uses = if uses.is_empty() { "payloads, when it is set".to_owned() } else { uses.join("; ") };
            [code(secret.as_str()), meaning(suite, secret.as_str()), uses]
        })
        .collect();
    table(["variable", "what it means", "what needs it"], &rows)
}

fn selections(suite: &Suite) -> String {
    let known = Selection::known(suite);
    let (facets, keys): (Vec<_>, Vec<_>) = known.iter().partition(|(key, _)| FACETS.contains(&key.as_str()));
    let rows = keys.into_iter().chain(facets).filter(|(_, values)| !values.is_empty());
    let mut rows: Vec<[String; 3]> =
        rows.map(|(key, values)| [code(&variable(key)), codes(values), aliases(suite, key)]).collect();
    if !suite.lanes.is_empty() {
        let lanes = suite.lanes.keys().map(ToString::to_string);
        rows.push([code(&variable("lane")), codes(lanes), String::new()]);
    }
    let text = "Values with commas between them; `!` before one leaves it out. One that is not set, or is empty, leaves \
                nothing out: there is no value that a run would take for itself.\n\n";
    text.to_owned() + &table(["variable", "values", "words for several"], &rows)
}

fn aliases(suite: &Suite, axis: &str) -> String {
    let words = suite.aliases.get(axis).into_iter().flatten().map(|(word, alias)| match alias {
        Alias::Every => format!("{}: all", code(word)),
        Alias::These(values) => format!("{}: {}", code(word), codes(values)),
    });
    words.collect::<Vec<_>>().join("; ")
}

fn overrides<'a>(suite: &'a Suite) -> String {
    let arms = || suite.scenarios.iter().flat_map(|scenario| &scenario.arms);
    let keys: BTreeSet<&str> = suite.scenarios.iter().flat_map(|scenario| scenario.matrix.keys()).collect();
    let alternatives = || {
        let of = |(choice, found): (&'a ChoiceName, &'a Choice)| {
            found.alternatives.iter().map(move |found| (choice, found))
        };
        suite.choices.iter().flat_map(of)
    };
    let of_choices = alternatives().flat_map(|(_, found)| found.bind.keys());
    let names = suite.bind.keys().chain(arms().flat_map(|arm| arm.bind.keys())).chain(of_choices);
    let names: BTreeSet<&String> = names.filter(|name| !keys.contains(name.as_str())).collect();
    let rows: Vec<[String; 4]> = names
        .into_iter()
        .map(|name| {
            let of_suite = suite.bind.get(name).map(|value| code(&value.to_string())).unwrap_or_default();
            let of_lanes =
                suite.lanes.iter().filter_map(|(lane, spec)| Some((lane.to_string(), spec.bind.get(name)?)));
            let of_arms = arms().filter_map(|arm| Some((arm.name.to_string(), arm.bind.get(name)?)));
            let of_choices = alternatives().filter_map(|(choice, found)| {
                Some((format!("{choice}.{}", found.name.value), found.bind.get(name)?))
            });
            let of_lanes = of_lanes.map(|(lane, value)| (format!("lane {lane}"), value));
            let others = of_lanes.chain(of_arms).chain(of_choices);
            // What is bound alike is told once.
            let mut told: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for (who, value) in others {
                told.entry(value.to_string()).or_default().insert(who);
            }
            let told = told.iter().map(|(value, who)| format!("{} in {}", code(value), codes(who)));
            let others = told.collect::<Vec<_>>().join("; ");
            [code(&variable(name)), meaning(suite, name), of_suite, others]
        })
        .collect();
    let text = "For the cases in which the name is bound.\n\n";
    if rows.is_empty() {
        String::new()
    } else {
        text.to_owned() + &table(["variable", "what it means", "the suite's value", "other values"], &rows)
    }
}

/// What a name means, as the suite says it.
fn meaning(suite: &Suite, name: &str) -> String {
    suite.meanings.get(name).map(|meaning| meaning.value.clone()).unwrap_or_default()
}

fn variable(name: &str) -> String {
    format!("{PREFIX}{}", name.to_uppercase())
}
