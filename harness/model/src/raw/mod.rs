//! What serde reads: the words of the files, a span on every string, nothing checked yet.
//!
//! Does not: leave this room and `validate`.

mod flow;
mod gates;
mod scenario;
mod states;
mod step;
mod suite;
mod tree;

pub use flow::{RawFlow, RawFlowHead};
pub use gates::{RawFaultRow, RawFaults, RawGate, RawGates};
pub use scenario::{RawArm, RawBlocked, RawKnownRed, RawRequires, RawScenario, RawScenarioHead};
pub use states::{RawBudgetedEdge, RawEdge};
pub use step::{RawPoll, RawStep};
pub use suite::{
    RawAxis, RawCredential, RawEnvironment, RawFixture, RawLane, RawResource, RawScope, RawSecret,
    RawService, RawSuite, RawSuiteHead, RawVariable,
};

pub use tree::{RawNode, RawTree, parse_json};

use crate::diagnostic::Diagnostic;
use crate::source::Source;
use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::{DeserializeOwned, SeqAccess, Visitor};
use std::fmt;
use toml::Spanned;

/// A string with its place.
pub type Text = Spanned<String>;

/// A table in document order, with a place on every key.
pub type Table<T> = IndexMap<Text, T>;

/// One string or a list of them.
#[derive(Debug, Clone)]
pub struct OneOrMany(pub Vec<Text>);

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Strings>::deserialize(deserializer)?;
        let span = spanned.span();
        Ok(Self(match spanned.into_inner() {
            Strings::One(text) => vec![Spanned::new(span, text)],
            Strings::Many(texts) => texts,
        }))
    }
}

/// A list knows the places of its items; a string alone learns its place from whoever asked for it.
enum Strings {
    One(String),
    Many(Vec<Text>),
}

impl<'de> Deserialize<'de> for Strings {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Strings;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string or a list of strings")
            }

            fn visit_str<E>(self, text: &str) -> Result<Strings, E> {
                Ok(Strings::One(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Strings, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = items.next_element()? {
                    texts.push(text);
                }
                Ok(Strings::Many(texts))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// Reads one file.
///
/// *Errors*: the first thing that is not TOML or not of the language's shape, with its place.
pub fn parse<T: DeserializeOwned>(source: &Source) -> Result<T, Diagnostic> {
    toml::from_str(source.text()).map_err(|error| {
        let at = source.at(error.span().unwrap_or(0..0));
        let message = error.message().lines().next().unwrap_or("this is not TOML");
        let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
        let shape = |message: String| Diagnostic::error("E0101", message).at(&at, "here");
        match quoted.split_first() {
            // The likely key is worth more than serde's list of all.
            Some((unknown, known)) if message.starts_with("unknown field") => {
                shape(format!("there is no key `{unknown}` here"))
                    .did_you_mean(unknown, known.iter().copied())
            }
            Some((unknown, known)) if message.starts_with("unknown variant") => {
                shape(format!("`{unknown}` is none of the words that this key takes"))
                    .did_you_mean(unknown, known.iter().copied())
            }
            Some((missing, _)) if message.starts_with("missing field") => {
                shape(format!("the key `{missing}` is missing")).help("this table cannot do without it")
            }
            Some(_) | None => shape(message.to_owned()),
        }
    })
}
