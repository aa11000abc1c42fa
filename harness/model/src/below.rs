//! Below the target: for which kinds of thing somebody else is asked whether they are really gone.
//!
//! Does not: ask, or look for tools and secrets. Availability is read before.

use crate::gate::{Availability, missing};
use crate::name::{EnvironmentName, ResourceKind};
use crate::overrides::yes_or_no;
use crate::suite::{Beneath, Resource, SecretSupply, Suite};
use std::collections::BTreeMap;

/// Words of a variable that says whether it is asked for.
const WORDS: [(&str, Check); 3] = [("auto", Check::Auto), ("required", Check::Required), ("off", Check::Off)];

/// Whether a thing is asked for below the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Check {
    /// Where all that it takes is there.
    Auto,
    /// Always: what is missing refuses the run.
    Required,
    /// Never.
    Off,
}

/// What becomes of what is found there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// It is left for people to look at.
    Never,
    /// It is removed, and a leak all the same.
    OnLeak,
}

/// What is asked for below the target in one run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Below {
    /// The kinds that are asked for.
    pub asked: BTreeMap<ResourceKind, Removal>,
    /// What people should know of those that are not.
    pub notes: Vec<String>,
}

/// A variable that cannot be meant, or a proof that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum BelowError {
    /// A word that is none.
    #[error("{name}={value} is none of auto, required, off")]
    Word {
        /// The variable.
        name: String,
        /// What it holds.
        value: String,
    },
    /// A yes or no that is neither.
    #[error("{name}={value} is neither yes nor no: say 1, true, yes, on or 0, false, no, off")]
    NotBoolean {
        /// The variable.
        name: String,
        /// What it holds.
        value: String,
    },
    /// Nobody could ask.
    #[error("{name}=required, and nobody could ask below the target whether `{kind}` is gone: {}", missing.join(", "))]
    Missing {
        /// The variable.
        name: String,
        /// The kind.
        kind: ResourceKind,
        /// What is missing.
        missing: Vec<String>,
    },
}

/// Decides what is asked for.
///
/// *Errors*: [`BelowError`], for variables that cannot be meant and for what is required and cannot be had.
pub fn decide<'a>(
    suite: &Suite,
    environment: &EnvironmentName,
    available: &Availability,
    set: impl Fn(&str) -> Option<&'a String>,
) -> Result<Below, BelowError> {
    let mut below = Below::default();
    for (kind, resource) in &suite.resources {
        let Some(beneath) = &resource.below else { continue };
        let name = &beneath.check;
        let value = suite.variable(name, &set).unwrap_or_default();
        let check = WORDS.iter().find(|(word, _)| *word == value).map(|(_, check)| *check);
        let check = check.ok_or_else(|| BelowError::Word { name: name.clone(), value: value.clone() })?;
        let removal = removal(suite, beneath, &set)?;
        let missing = lacking(suite, environment, beneath, available);
        match (check, missing.is_empty()) {
            (Check::Off, _) => {}
            _ if !can_be_owned(suite, environment, kind) => {}
            (Check::Auto | Check::Required, true) => {
                below.asked.insert(kind.clone(), removal);
            }
            (Check::Auto, false) if is_ours(suite, environment) => {}
            (Check::Auto, false) => below.notes.push(format!(
                "nobody asks below the target whether `{kind}` is really gone: missing {} ({name} is auto)",
                missing.join(", ")
            )),
            (Check::Required, false) => {
                return Err(BelowError::Missing { name: name.clone(), kind: kind.clone(), missing });
            }
        }
    }
    Ok(below)
}

fn removal<'a>(
    suite: &Suite,
    beneath: &Beneath,
    set: &impl Fn(&str) -> Option<&'a String>,
) -> Result<Removal, BelowError> {
    let Some(name) = &beneath.remove_when else { return Ok(Removal::OnLeak) };
    let value = suite.variable(name, set).unwrap_or_default();
    match yes_or_no(&value) {
        Some(true) => Ok(Removal::OnLeak),
        Some(false) => Ok(Removal::Never),
        None => Err(BelowError::NotBoolean { name: name.clone(), value }),
    }
}

/// What it takes to ask and is not there.
fn lacking(
    suite: &Suite,
    environment: &EnvironmentName,
    beneath: &Beneath,
    available: &Availability,
) -> Vec<String> {
    if is_ours(suite, environment) {
        return vec![format!("a cloud: the {environment} environment ends with the run")];
    }
    beneath.requires.iter().filter_map(|needed| missing(needed, available)).collect()
}

fn is_ours(suite: &Suite, environment: &EnvironmentName) -> bool {
    suite.environments.get(environment).is_some_and(|spec| spec.secrets == SecretSupply::Minted)
}

/// What cannot be released there is never created there.
fn can_be_owned(suite: &Suite, environment: &EnvironmentName, kind: &ResourceKind) -> bool {
    let flows = suite.resources.get(kind).into_iter().flat_map(Resource::needed);
    let steps =
        flows.filter_map(|flow| suite.flows.get(&flow.value)).flat_map(|flow| suite.reached(&flow.steps));
    suite.out_of_reach(environment, steps).is_none()
}

#[cfg(test)]
mod tests {
    use super::{BelowError, Removal, decide};
    use crate::gate::{Availability, LiveRequirement};
    use crate::name::{EnvironmentName, SecretName, ToolName};
    use crate::source::{Source, SuiteText};
    use crate::validate::compile;
    use std::collections::{BTreeMap, BTreeSet};

    const FIXTURE: &str = include_str!("../tests/language/valid/resource-that-is-asked-for-below.toml");

    /// What is decided on an environment with these tools and variables; the secret is there.
    fn decided(environment: &str, tools: &[&str], variables: &[(&str, &str)]) -> Result<String, BelowError> {
        let mut text = SuiteText::default();
        let (scenario, rest) = FIXTURE.split_once("#--- ").unwrap();
        text.scenarios.push(Source::new("scenario.toml", scenario));
        for part in rest.split("#--- ") {
            let (name, part) = part.split_once('\n').unwrap();
            let source = Source::new(name, part);
            if name == "suite.toml" {
                text.suite = Some(source);
            } else {
                text.flows.insert(name.trim_end_matches(".toml").to_owned(), source);
            }
        }
        let suite = compile(&text).unwrap();
        let available = Availability {
            secrets: BTreeSet::from([SecretName::new("CLOUD_KEY")]),
            tools: tools.iter().map(|tool| ToolName::new(*tool)).collect(),
            lacks_live: Vec::new(),
            live: LiveRequirement::Optional,
            today: jiff::civil::date(2026, 11, 21),
        };
        let variables: BTreeMap<&str, String> =
            variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let environment = EnvironmentName::new(environment);
        let below = decide(&suite, &environment, &available, |name| variables.get(name))?;
        let asked = below.asked.iter().map(|(kind, removal)| match removal {
            Removal::Never => format!("{kind}"),
            Removal::OnLeak => format!("{kind}, removed"),
        });
        Ok(asked.chain(below.notes).collect::<Vec<_>>().join("; "))
    }

    #[test]
    fn auto_asks_where_it_can_and_says_loudly_where_it_cannot() {
        let asks = |tools: &[&str], variables: &[(&str, &str)]| decided("live", tools, variables).unwrap();
        assert_eq!(asks(&["cloud"], &[]), "org");
        assert_eq!(asks(&["cloud"], &[("LEAK_CHECK", ""), ("END_LEAKS", "0")]), "org");
        assert_eq!(asks(&["cloud"], &[("END_LEAKS", "on")]), "org, removed");
        assert_eq!(
            asks(&[], &[]),
            "nobody asks below the target whether `org` is really gone: missing tool cloud (LEAK_CHECK is auto)"
        );
        assert_eq!(asks(&[], &[("LEAK_CHECK", "off")]), "");
        assert_eq!(asks(&["cloud"], &[("LEAK_CHECK", "off")]), "");
    }

    #[test]
    fn required_asks_or_refuses_and_nonsense_is_refused() {
        let required = [("LEAK_CHECK", "required")];
        assert_eq!(decided("live", &["cloud"], &required).unwrap(), "org");
        let refused = |environment, tools: &[&str], variables: &[(&str, &str)]| {
            decided(environment, tools, variables).unwrap_err().to_string()
        };
        assert!(refused("live", &[], &required).ends_with("whether `org` is gone: tool cloud"));
        assert!(
            refused("embedded", &["cloud"], &required).contains("the embedded environment ends with the run")
        );
        assert_eq!(decided("embedded", &["cloud"], &[]).unwrap(), "", "nothing of it outlives the run");
        for word in ["Auto", "yes", "0"] {
            let said = refused("live", &["cloud"], &[("LEAK_CHECK", word)]);
            assert_eq!(said, format!("LEAK_CHECK={word} is none of auto, required, off"));
        }
        assert!(refused("live", &["cloud"], &[("END_LEAKS", "maybe")]).contains("neither yes nor no"));
    }
}
