//! Known failures: an ordered list of texts and the causes that they stand for; the first match names a red.
//!
//! Naming changes no red to a green. A class may say whose red it is: what an operator has to mend says nothing about
//! the product.
//!
//! Does not: look at anything that passed.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

use crate::cause::CauseClass;
use crate::context::Bindings;
use crate::expression::Expression;
use crate::name::ArmName;
use crate::source::At;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Whose failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FailureClass {
    /// The product's: the red stays what it is.
    Product,
    /// The run's own set-up, such as a stale key: the red stays what it is.
    Setup,
    /// An operator's, such as a bill: nothing is known of the product.
    Operator,
}

/// How letters are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letters {
    /// As they are.
    Exact,
    /// Capital and small ones alike.
    AnyCase,
}

/// `[[failure]]`: a cause, and what shows it.
#[derive(Debug, Clone)]
pub struct KnownFailure {
    /// Texts of which one is enough; none when `when` alone decides.
    pub contains: Vec<String>,
    /// How their letters are compared.
    pub letters: Letters,
    /// What must hold of what the step saw.
    pub when: Option<Expression>,
    /// The step kind that it is limited to.
    pub kind: Option<&'static str>,
    /// The arms that it is limited to; empty for all.
    pub arms: Vec<ArmName>,
    /// What it is known as.
    pub known: Known,
    /// The cause with its place.
    pub cause: At<String>,
}

/// What a red is known as.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Known {
    /// The cause, for people.
    pub cause: String,
    /// Whose failure it is.
    pub class: FailureClass,
    /// What it is about, where the suite says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<CauseClass>,
    /// What to do about it, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Who answers for it, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// What is there to be recognised when a step ends red.
#[derive(Debug, Clone, Copy)]
pub struct Symptoms<'a> {
    /// The texts that came from the other side; none when no reply came.
    pub heard: &'a [String],
    /// What we sent: words of ours that come back are not the other side's.
    pub said: &'a str,
    /// The cause of the red, which counts when nothing was heard.
    pub cause: &'a str,
    /// The kind of the step.
    pub kind: &'a str,
    /// The arms of the case.
    pub arms: &'a [ArmName],
    /// Everything that was bound and seen.
    pub seen: &'a Bindings,
}

impl Letters {
    /// Whether a text contains another.
    pub fn find(self, text: &str, part: &str) -> bool {
        match self {
            Self::Exact => text.contains(part),
            Self::AnyCase => text.to_lowercase().contains(&part.to_lowercase()),
        }
    }
}

impl KnownFailure {
    /// Whether a red is this one.
    fn is(&self, symptoms: &Symptoms<'_>) -> bool {
        self.kind.is_none_or(|kind| kind == symptoms.kind)
            && (self.arms.is_empty() || self.arms.iter().any(|arm| symptoms.arms.contains(arm)))
            && (self.contains.is_empty() || self.contains.iter().any(|part| self.shows(part, symptoms)))
            && self.when.as_ref().is_none_or(|when| when.holds(symptoms.seen) == Ok(true))
    }

    fn shows(&self, part: &str, symptoms: &Symptoms<'_>) -> bool {
        let heard = || symptoms.heard.iter().any(|text| self.letters.find(text, part));
        // Nobody but the other side can tell that a bill is not paid.
        let silent = symptoms.heard.is_empty() && self.known.class != FailureClass::Operator;
        let shown = if silent { self.letters.find(symptoms.cause, part) } else { heard() };
        shown && !self.letters.find(symptoms.said, part)
    }

    /// Whether every red that `later` names is one that this names before it.
    pub(crate) fn hides(&self, later: &Self) -> bool {
        let letters = self.letters == later.letters || self.letters == Letters::AnyCase;
        let narrower = |part: &String| self.contains.iter().any(|own| self.letters.find(part, own));
        let texts = self.contains.is_empty()
            || !later.contains.is_empty() && letters && later.contains.iter().all(narrower);
        let arms = self.arms.is_empty()
            || !later.arms.is_empty() && later.arms.iter().all(|arm| self.arms.contains(arm));
        self.when.is_none() && texts && arms && (self.kind.is_none() || self.kind == later.kind)
    }
}

/// What the first failure that matches says, in the order of the file.
pub fn name(failures: &[KnownFailure], symptoms: &Symptoms<'_>) -> Option<Known> {
    failures.iter().find(|failure| failure.is(symptoms)).map(|failure| failure.known.clone())
}

impl fmt::Display for Known {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.cause)?;
        if let Some(hint) = &self.hint {
            write!(formatter, ": {hint}")?;
        }
        if let Some(owner) = &self.owner {
            write!(formatter, " (owner {owner})")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{FailureClass, Known, KnownFailure, Letters, Symptoms, name};
    use crate::context::Bindings;
    use crate::name::ArmName;
    use crate::source::Source;

    fn row(contains: &[&str], class: FailureClass, cause: &str) -> KnownFailure {
        let known = Known { cause: cause.to_owned(), class, about: None, hint: None, owner: None };
        KnownFailure {
            contains: contains.iter().map(ToString::to_string).collect(),
            letters: Letters::Exact,
            when: None,
            kind: None,
            arms: Vec::new(),
            known,
            cause: Source::new("t", "").spanned(crate::raw::Spanned::new(0..0, cause.to_owned())),
        }
    }

    struct Red<'a> {
        heard: &'a [&'a str],
        said: &'a str,
        cause: &'a str,
    }

    fn named(rows: &[KnownFailure], red: &Red<'_>) -> Option<String> {
        let heard: Vec<String> = red.heard.iter().map(ToString::to_string).collect();
        let arms = [ArmName::new("codex")];
        let (seen, kind) = (Bindings::default(), "a2a");
        let symptoms =
            Symptoms { heard: &heard, said: red.said, cause: red.cause, kind, arms: &arms, seen: &seen };
        name(rows, &symptoms).map(|known| known.cause)
    }

    #[test]
    fn the_first_row_that_matches_names_the_red() {
        let rows = [
            row(&["quota", "billing"], FailureClass::Operator, "bill"),
            row(&["Agent error"], FailureClass::Product, "generic"),
        ];
        let table = [
            ("Agent error: quota spent", Some("bill")),
            ("Agent error: oops", Some("generic")),
            ("agent error", None),
            ("billing", Some("bill")),
        ];
        for (heard, expected) in table {
            let red = Red { heard: &[heard], said: "", cause: "quota" };
            assert_eq!(named(&rows, &red).as_deref(), expected, "{heard}");
        }
    }

    #[test]
    fn our_own_words_that_come_back_name_nothing() {
        let rows = [row(&["quota"], FailureClass::Operator, "bill")];
        let red = Red { heard: &["you said: what is a quota?"], said: "what is a quota?", cause: "" };
        assert_eq!(named(&rows, &red), None);
    }

    #[test]
    fn the_cause_counts_when_nothing_was_heard_and_never_for_an_operator() {
        let red = Red { heard: &[], said: "", cause: "could not connect: quota" };
        assert_eq!(named(&[row(&["quota"], FailureClass::Setup, "net")], &red).as_deref(), Some("net"));
        assert_eq!(named(&[row(&["quota"], FailureClass::Operator, "bill")], &red), None);
        let heard = Red { heard: &["fine"], ..red };
        assert_eq!(named(&[row(&["quota"], FailureClass::Setup, "net")], &heard), None);
    }

    #[test]
    fn a_row_may_be_limited_to_a_kind_of_step_and_to_arms() {
        let red = Red { heard: &["ERROR"], said: "", cause: "" };
        let base = KnownFailure { letters: Letters::AnyCase, ..row(&["error"], FailureClass::Product, "x") };
        let limits = [
            (Some("a2a"), vec![], true),
            (Some("http"), vec![], false),
            (None, vec!["codex"], true),
            (None, vec!["hermes"], false),
        ];
        for (kind, arms, expected) in limits {
            let arms = arms.into_iter().map(ArmName::new).collect();
            let rows = [KnownFailure { kind, arms, ..base.clone() }];
            assert_eq!(named(&rows, &red).is_some(), expected);
        }
    }
}
