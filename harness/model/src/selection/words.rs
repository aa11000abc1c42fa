//! The words of a selection: values with commas between them, `!` before those to leave out, aliases.
//!
//! Does not: look at cases.

use super::{Condition, FACETS, Others};
use crate::case::as_text;
use crate::name::closest;
use crate::suite::{Alias, Suite};
use std::collections::{BTreeMap, BTreeSet};

/// Something that somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// As it was written, for messages and recordings: `E2E_RUNTIME=codex`, `--tag slow`.
    pub written: String,
    /// The axis, bundle key or facet.
    pub key: String,
    /// The values: `codex`, `codex,mock`, `!hermes`.
    pub values: Vec<String>,
}

/// A selection that cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// A key that the suite does not have.
    #[error("{written} selects nothing: suite `{suite}` has no axis, bundle key or facet `{key}`")]
    UnknownKey {
        /// The suite.
        suite: String,
        /// As it was written.
        written: String,
        /// The key.
        key: String,
        /// How to mend it.
        help: String,
    },
    /// A value that nothing lists.
    #[error("{written} selects nothing: no scenario of `{suite}` lists `{value}` as {key}")]
    UnknownValue {
        /// The suite.
        suite: String,
        /// As it was written.
        written: String,
        /// The key.
        key: String,
        /// The value.
        value: String,
        /// How to mend it.
        help: String,
    },
}

impl SelectionError {
    /// How to mend it.
    pub fn help(&self) -> &str {
        match self {
            Self::UnknownKey { help, .. } | Self::UnknownValue { help, .. } => help,
        }
    }
}

/// The values that can be asked for, by key.
pub(crate) type Known = BTreeMap<String, BTreeSet<String>>;

/// Understands one condition; none when it asks for everything.
pub(super) fn condition(
    suite: &Suite,
    known: &Known,
    asked: &Asked,
) -> Result<Option<Condition>, SelectionError> {
    let (suite_name, written, key) = (suite.name.clone(), asked.written.clone(), asked.key.clone());
    let Some(values) = known.get(&asked.key) else {
        let help = meant(&key, known.keys().map(String::as_str));
        return Err(SelectionError::UnknownKey { suite: suite_name, written, key, help });
    };
    let aliases = suite.aliases.get(&asked.key);
    let (mut any, mut none, mut others) = (None, Vec::new(), Others::Kept);
    for item in asked.values.iter().flat_map(|text| items(text, values)) {
        let (list, word) = match item.strip_prefix('!').filter(|_| !values.contains(item)) {
            Some(word) => (&mut none, word.trim()),
            None => (any.get_or_insert_with(Vec::new), item),
        };
        match aliases.and_then(|aliases| aliases.get(word)) {
            Some(Alias::Every) => list.extend(values.iter().cloned()),
            Some(Alias::These(these)) => list.extend(these.iter().cloned()),
            None if values.contains(word) => {
                list.push(word.to_owned());
                if !item.starts_with('!') || values.contains(item) {
                    others = Others::Dropped;
                }
            }
            None => {
                let of_aliases = aliases.into_iter().flat_map(BTreeMap::keys);
                let help = meant(word, values.iter().chain(of_aliases).map(String::as_str));
                let value = word.to_owned();
                return Err(SelectionError::UnknownValue { suite: suite_name, written, key, value, help });
            }
        }
    }
    let every = any.as_ref().is_none_or(|any| values.iter().all(|value| any.contains(value)));
    let everything = every && none.is_empty() && others == Others::Kept;
    Ok((!everything).then_some(Condition { written, key, any, none, others }))
}

/// A value with a comma in it is that value; anything else is a list.
fn items<'a>(text: &'a str, values: &BTreeSet<String>) -> Vec<&'a str> {
    if values.contains(text) || text.strip_prefix('!').is_some_and(|rest| values.contains(rest)) {
        return vec![text];
    }
    text.split(',').map(str::trim).collect()
}

fn meant<'a>(word: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    closest(word, known.clone()).map_or_else(
        || format!("known here: {}", known.collect::<Vec<_>>().join(", ")),
        |meant| format!("did you mean `{meant}`?"),
    )
}

/// Everything that can be asked for: axis values, the keys of bundles, scenarios, arms and tags.
pub(crate) fn known_values(suite: &Suite) -> Known {
    let mut known: Known = FACETS.iter().map(|facet| ((*facet).to_owned(), BTreeSet::new())).collect();
    let mut add = |key: &str, value: String| {
        known.entry(key.to_owned()).or_default().insert(value);
    };
    for scenario in &suite.scenarios {
        scenario.matrix.selecting().for_each(|(key, value)| add(key, as_text(value)));
        add("scenario", scenario.name.to_string());
        scenario.arms.iter().for_each(|arm| add("arm", arm.name.to_string()));
        let tags = scenario.tags.iter().chain(scenario.arms.iter().flat_map(|arm| &arm.tags));
        tags.for_each(|tag| add("tag", tag.clone()));
    }
    known
}
