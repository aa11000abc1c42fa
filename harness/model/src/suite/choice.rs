//! Choices: what is decided for a case from what it is and from the secrets that are there.
//!
//! Does not: choose. `choose` does.

use super::Places;
use crate::expression::Expression;
use crate::name::{ChoiceName, SecretName};
use crate::source::{At, Location};
use crate::template::Template;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// `[[choice.X]]`, all of one name: alternatives in the order of their precedence.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Where the first one was written.
    pub location: Location,
    /// The alternatives, one at least; all of them bind the same names.
    pub alternatives: Vec<Alternative>,
    /// The names that it reads: those that decide, and those of which its bindings are made.
    pub roots: BTreeSet<String>,
}

/// An alternative of a choice.
#[derive(Debug, Clone)]
pub struct Alternative {
    /// What it is called.
    pub name: At<String>,
    /// The cases that it is for; all without one.
    pub when: Option<Expression>,
    /// The secret without which it cannot be taken.
    pub secret: Option<SecretName>,
    /// Bindings of the cases that take it.
    pub bind: Map<String, Value>,
    /// Where each of them was written.
    pub bind_at: Places,
    /// What request bodies read as `sealed`.
    pub sealed: Vec<(String, Template)>,
}

/// `choose` of an arm: a choice, or one alternative of it.
#[derive(Debug, Clone)]
pub struct Pick {
    /// The choice.
    pub choice: ChoiceName,
    /// The only alternative that is looked at, by its position.
    pub only: Option<usize>,
    /// Where it was written.
    pub location: Location,
}

impl Choice {
    /// The names that it binds.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.alternatives.first().into_iter().flat_map(|first| first.bind.keys()).map(String::as_str)
    }

    /// The names under which it seals something, in any of its alternatives.
    pub fn sealed(&self) -> impl Iterator<Item = &str> {
        self.alternatives.iter().flat_map(|alternative| &alternative.sealed).map(|(name, _)| name.as_str())
    }

    /// Its alternatives that a pick looks at, each with its position.
    pub fn picked(&self, pick: &Pick) -> impl Iterator<Item = (usize, &Alternative)> {
        let only = pick.only;
        self.alternatives
            .iter()
            .enumerate()
            .filter(move |(position, _)| only.is_none_or(|only| only == *position))
    }
}
