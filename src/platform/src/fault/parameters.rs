//! The parameters of a fault, from `key=value,key=value`.
//!
//! Does not: know what a value means; whoever takes it does.

use std::str::FromStr;

use serde_json::{Deserializer, Value};

use super::error::{FaultError, nearest};
use super::limit;

/// How the value of `to` ends, which may contain commas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum To {
    /// Where its JSON ends.
    Json,
    /// Before the next parameter that the fault knows, or at the end of the text.
    Text,
}

/// What a fault takes, and how it is written.
#[derive(Clone, Debug)]
pub(super) struct Grammar<'t> {
    /// The name of the fault.
    pub(super) fault: &'t str,
    /// Its own keys; those of limits come with every fault.
    pub(super) keys: Vec<&'static str>,
    /// How the value of `to` ends.
    pub(super) to: To,
    /// A text that is right.
    pub(super) example: &'t str,
}

impl Grammar<'_> {
    fn all(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().copied().chain(limit::KEYS)
    }

    /// How long the value of `key` is, with which `rest` begins.
    fn length(&self, key: &str, rest: &str) -> Result<usize, FaultError> {
        let comma = || rest.find(',').unwrap_or(rest.len());
        match self.to {
            _ if key != "to" => Ok(comma()),
            To::Text => Ok(rest
                .match_indices(',')
                .map(|(position, _)| position)
                .find(|position| {
                    let next = rest[position + 1..].split_once('=').map(|(key, _)| key.trim());
                    self.all().any(|key| Some(key) == next)
                })
                .unwrap_or(rest.len())),
            To::Json => {
                let mut values = Deserializer::from_str(rest).into_iter::<Value>();
                let read = values.next();
                let end = values.byte_offset();
                let after = rest.get(end..).unwrap_or_default().trim_start();
                match read {
                    Some(Ok(_)) if after.is_empty() || after.starts_with(',') => Ok(rest.len() - after.len()),
                    Some(Ok(_) | Err(_)) | None => Err(self.wrong(
                        key,
                        rest,
                        "it is JSON: a text has quotes (to=\"failed\"); a number, true, false and null have none",
                    )),
                }
            }
        }
    }

    fn wrong(&self, key: &str, value: &str, why: &str) -> FaultError {
        FaultError::Value {
            fault: self.fault.to_owned(),
            key: key.to_owned(),
            value: value.to_owned(),
            why: why.to_owned(),
        }
    }
}

/// The parameters that are not yet taken.
pub(super) struct Parameters<'t> {
    grammar: Grammar<'t>,
    left: Vec<(&'static str, &'t str)>,
}

impl<'t> Parameters<'t> {
    /// Reads them; every one is known, and there once.
    pub(super) fn read(grammar: Grammar<'t>, text: Option<&'t str>) -> Result<Self, FaultError> {
        let mut left: Vec<(&'static str, &'t str)> = Vec::new();
        let mut rest = text;
        while let Some(text) = rest {
            let part = text.split(',').next().unwrap_or_default();
            let Some((key, _)) = part.split_once('=') else {
                let (fault, part, example) =
                    (grammar.fault.to_owned(), part.to_owned(), grammar.example.to_owned());
                return Err(FaultError::Shape { fault, part, example });
            };
            let after = &text[key.len() + 1..];
            let key = key.trim();
            let Some(known) = grammar.all().find(|known| *known == key) else {
                return Err(FaultError::Parameter {
                    fault: grammar.fault.to_owned(),
                    key: key.to_owned(),
                    nearest: nearest(key, grammar.all()),
                    takes: grammar.all().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", "),
                });
            };
            if left.iter().any(|(there, _)| *there == known) {
                return Err(FaultError::Twice { fault: grammar.fault.to_owned(), key: key.to_owned() });
            }
            let length = grammar.length(key, after)?;
            left.push((known, after[..length].trim()));
            rest = after.get(length + 1..);
        }
        Ok(Self { grammar, left })
    }

    /// The fault.
    pub(super) fn fault(&self) -> String {
        self.grammar.fault.to_owned()
    }

    /// The value of a parameter, if it is there.
    pub(super) fn take(&mut self, key: &str) -> Option<&'t str> {
        let position = self.left.iter().position(|(there, _)| *there == key)?;
        Some(self.left.swap_remove(position).1)
    }

    /// The value of a parameter that must be there.
    pub(super) fn required(&mut self, key: &str) -> Result<&'t str, FaultError> {
        self.take(key).ok_or_else(|| self.lacks(key, self.grammar.example))
    }

    /// The value of a parameter, if it is there, as what it stands for.
    pub(super) fn parsed<T: FromStr>(&mut self, key: &str, why: &str) -> Result<Option<T>, FaultError> {
        let Some(value) = self.take(key) else { return Ok(None) };
        let parsed = value.parse().ok();
        parsed.map(Some).ok_or_else(|| self.wrong(key, value, &format!("it must be {why}")))
    }

    /// What is said when a parameter is missing.
    pub(super) fn lacks(&self, key: &str, example: &str) -> FaultError {
        FaultError::Lacks { fault: self.fault(), key: key.to_owned(), example: example.to_owned() }
    }

    /// What is said when a parameter has a value that it cannot have.
    pub(super) fn wrong(&self, key: &str, value: &str, why: &str) -> FaultError {
        self.grammar.wrong(key, value, why)
    }
}
