//! What is wrong with the text of a fault.
//!
//! Does not: guess; it says what there is, and how to write it.

use super::forms::FORMS;
use super::inside::Fault;

/// A text that is no fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// No fault has the name.
    #[error("unknown fault `{name}`{suggestion}; known faults: {known}", suggestion = suggestion(.nearest.as_deref()), known = known())]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The known fault with the most similar name, if any is similar.
        nearest: Option<String>,
    },
    /// A part is no parameter.
    #[error(
        "fault `{fault}`: `{part}` is no parameter; they are written `key=value`, with commas between them: `{example}`"
    )]
    Shape {
        /// The fault.
        fault: String,
        /// The part.
        part: String,
        /// How the fault is written.
        example: String,
    },
    /// The fault has no such parameter.
    #[error("fault `{fault}` has no parameter `{key}`{suggestion}; it takes {takes}", suggestion = suggestion(.nearest.as_deref()))]
    Parameter {
        /// The fault.
        fault: String,
        /// The parameter.
        key: String,
        /// The one with the most similar name, if any is similar.
        nearest: Option<String>,
        /// Those that it has.
        takes: String,
    },
    /// A parameter is missing.
    #[error("fault `{fault}` lacks `{key}=…`; it is written like `{example}`")]
    Lacks {
        /// The fault.
        fault: String,
        /// The parameter.
        key: String,
        /// How the fault is written.
        example: String,
    },
    /// A parameter has a value that it cannot have.
    #[error("fault `{fault}`: `{key}={value}` is wrong: {why}")]
    Value {
        /// The fault.
        fault: String,
        /// The parameter.
        key: String,
        /// Its value.
        value: String,
        /// What it may be.
        why: String,
    },
    /// A parameter is there twice.
    #[error("fault `{fault}` has `{key}` twice; one of them is enough")]
    Twice {
        /// The fault.
        fault: String,
        /// The parameter.
        key: String,
    },
    /// Two limits exclude each other.
    #[error(
        "fault `{fault}` has both `{one}` and `{another}`; it can be limited in one way only (nth=2, first=3, or share=0.25,seed=7)"
    )]
    Limits {
        /// The fault.
        fault: String,
        /// The one limit.
        one: &'static str,
        /// The other.
        another: &'static str,
    },
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map(|name| format!(", did you mean `{name}`?")).unwrap_or_default()
}

/// The name of every fault, those inside first.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    Fault::ALL.iter().map(|fault| fault.name()).chain(FORMS.iter().map(|form| form.name))
}

fn known() -> String {
    names().collect::<Vec<_>>().join(", ")
}

/// How similar two names must be before one is suggested for the other; the usual threshold for Jaro–Winkler.
const SIMILAR: f64 = 0.8;

/// The most similar of some names, if any is similar.
pub(super) fn nearest(name: &str, known: impl Iterator<Item = &'static str>) -> Option<String> {
    known
        .map(|known| (strsim::jaro_winkler(known, name), known))
        .filter(|(similarity, _)| *similarity >= SIMILAR)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, known)| known.to_owned())
}
