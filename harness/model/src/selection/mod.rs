//! Selections: which cases somebody asked for, by axis, bundle key, scenario, arm or tag.
//!
//! Does not: decide whether they can run. `gate` does.

mod words;

pub(crate) use words::known_values;
pub use words::{Asked, SelectionError};

use crate::case::Case;
use crate::suite::{Scenario, Suite};
use std::collections::{BTreeMap, BTreeSet};

/// The prefix of variables that select.
pub const PREFIX: &str = "E2E_";
/// What selects beside axes and bundle keys.
pub const FACETS: [&str; 3] = ["arm", "scenario", "tag"];
/// Names that an axis or a binding cannot have, because `E2E_<NAME>` says something else.
pub const RESERVED: [&str; 10] = [
    "environment",
    "estimates",
    "keep_org",
    "lane",
    "mode",
    "report",
    "require_live",
    "run_id",
    "shard",
    "transient_retries",
];

/// A condition on a key: one of these values, none of those.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Condition {
    written: String,
    key: String,
    any: Option<Vec<String>>,
    none: Vec<String>,
    others: Others,
}

/// What a condition means for cases that do not have its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Others {
    /// A value was asked for, and they do not have it.
    Dropped,
    /// An alias switches an axis, and a negation takes values out; where there is none, there is nothing to do.
    Kept,
}

/// Which cases somebody asked for; all of its conditions must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection(Vec<Condition>);

impl Selection {
    /// Understands what somebody asked for.
    ///
    /// *Errors*: a key that the suite does not have, or a value that nothing lists.
    pub fn new(suite: &Suite, asked: &[Asked]) -> Result<Self, SelectionError> {
        let known = words::known_values(suite);
        let conditions = asked.iter().map(|asked| words::condition(suite, &known, asked));
        Ok(Self(conditions.filter_map(Result::transpose).collect::<Result<_, _>>()?))
    }

    /// Everything that can be asked for, by key: axis values, the keys of bundles, scenarios, arms and tags.
    pub fn known(suite: &Suite) -> BTreeMap<String, BTreeSet<String>> {
        words::known_values(suite)
    }

    /// What variables ask for: `E2E_<AXIS>` for every axis, bundle key and facet; those of other axes are left alone.
    pub fn asked_by(suite: &Suite, variables: &BTreeMap<String, String>) -> Vec<Asked> {
        let asked = words::known_values(suite).into_keys().filter_map(|key| {
            let variable = format!("{PREFIX}{}", key.to_uppercase());
            let values = variables.get(&variable).filter(|value| !value.is_empty())?;
            Some(Asked { written: format!("{variable}={values}"), key, values: vec![values.clone()] })
        });
        asked.collect()
    }

    /// This selection within another.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Whether a case is asked for.
    pub fn picks(&self, scenario: &Scenario, case: &Case) -> bool {
        self.0.iter().all(|condition| {
            let values = case.facet(scenario, &condition.key);
            if values.is_empty() {
                return condition.others == Others::Kept;
            }
            let is_in = |list: &[String]| values.iter().any(|value| list.iter().any(|known| known == value));
            condition.any.as_ref().is_none_or(|any| is_in(any)) && !is_in(&condition.none)
        })
    }

    /// Whether everything is asked for.
    pub fn is_everything(&self) -> bool {
        self.0.is_empty()
    }

    /// The selection as people wrote it: `E2E_RUNTIME=codex,mock --tag '!slow'`.
    pub fn words(&self) -> String {
        self.0.iter().map(|condition| condition.written.as_str()).collect::<Vec<_>>().join(", ")
    }
}
