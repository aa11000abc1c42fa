//! Selections: which cases somebody asked for.
//!
//! Does not: decide whether they can run. `gate` does.

use crate::case::{Case, as_text};
use crate::name::closest;
use crate::suite::{Alias, Suite};
use std::collections::{BTreeMap, BTreeSet};

/// The prefix of variables that select.
pub const PREFIX: &str = "E2E_";

/// A condition on a key: one of these values.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Condition {
    variable: String,
    key: String,
    values: Vec<String>,
    others: Others,
}

/// What a condition means for cases that do not have its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Others {
    /// A value was asked for, and they do not have it.
    Dropped,
    /// An alias switches an axis; where there is none, there is nothing to switch.
    Kept,
}

/// Which cases somebody asked for, by axes and bundle keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection(Vec<Condition>);

/// A selection that cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{variable}={value} selects nothing: no scenario of `{suite}` lists it as {key}")]
pub struct UnknownValue {
    suite: String,
    variable: String,
    key: String,
    value: String,
    /// How to mend it.
    pub help: String,
}

impl Selection {
    /// Reads `E2E_<AXIS>` for every axis and bundle key of a suite; variables of other axes are left alone.
    ///
    /// *Errors*: a value that nothing lists, with what was probably meant.
    pub fn from_variables(suite: &Suite, variables: &BTreeMap<String, String>) -> Result<Self, UnknownValue> {
        let known = known_values(suite);
        let mut conditions = Vec::new();
        for (key, values) in known {
            let variable = format!("{PREFIX}{}", key.to_uppercase());
            let Some(asked) = variables.get(&variable).filter(|value| !value.is_empty()) else { continue };
            let aliases = suite.aliases.get(&key);
            let (values, others) = match aliases.and_then(|aliases| aliases.get(asked)) {
                Some(Alias::Every) => continue,
                Some(Alias::These(values)) => (values.clone(), Others::Kept),
                None if values.contains(asked) => (vec![asked.clone()], Others::Dropped),
                None => {
                    let words: Vec<&str> = values
                        .iter()
                        .map(String::as_str)
                        .chain(aliases.into_iter().flat_map(BTreeMap::keys).map(String::as_str))
                        .collect();
                    let help = closest(asked, words.iter().copied()).map_or_else(
                        || format!("known here: {}", words.join(", ")),
                        |meant| format!("did you mean `{meant}`?"),
                    );
                    return Err(UnknownValue {
                        suite: suite.name.clone(),
                        variable,
                        key,
                        value: asked.clone(),
                        help,
                    });
                }
            };
            conditions.push(Condition { variable, key, values, others });
        }
        Ok(Self(conditions))
    }

    /// Whether a case is asked for: for every key that is spoken of, it has one of the values.
    pub fn picks(&self, case: &Case) -> bool {
        self.0.iter().all(|condition| {
            let value = case.keys.iter().find(|(key, _)| *key == condition.key).map(|(_, value)| value);
            value.map_or(condition.others == Others::Kept, |value| condition.values.contains(value))
        })
    }

    /// Whether everything is asked for.
    pub fn is_everything(&self) -> bool {
        self.0.is_empty()
    }

    /// The selection as people wrote it: `E2E_RUNTIME=codex E2E_LIFECYCLE=steady`.
    pub fn words(&self) -> String {
        let words =
            self.0.iter().map(|condition| format!("{}={}", condition.variable, condition.values.join(",")));
        words.collect::<Vec<_>>().join(" ")
    }
}

fn known_values(suite: &Suite) -> BTreeMap<String, BTreeSet<String>> {
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for scenario in &suite.scenarios {
        let rows =
            scenario.matrix.axes.iter().flat_map(|axis| axis.values.iter().map(|value| (&axis.name, value)));
        let includes = scenario.matrix.include.iter().flatten();
        let included = includes.filter(|(key, _)| scenario.matrix.axes.iter().any(|axis| axis.name == **key));
        for (name, value) in rows.chain(included) {
            match value.as_object() {
                Some(bundle) => {
                    for (key, value) in bundle {
                        known.entry(key.clone()).or_default().insert(as_text(value));
                    }
                }
                None => {
                    known.entry(name.clone()).or_default().insert(as_text(value));
                }
            }
        }
    }
    known
}
