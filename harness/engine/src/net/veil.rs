//! Veils: what people get to see of an answer of which `secret` names a part.
//!
//! A secret that is long enough is learnt, and masked wherever it is written. One that is too short for that, or may be
//! written in another way than we read it, is masked at its place. Where it is not found at all, nothing is shown: it may
//! stand there under another name or in another shape. A refusal (no 2xx, no exit 0) seldom has it and has to be read, so it
//! is hidden only when something in it has that name.
//!
//! Does not: change what conditions and captures read.

use super::redact::{MASK, Redactor, SHORTEST, Secret};
use super::reply::Reply;
use super::twins::has_twins;
use serde_json::Value;

/// An answer of which a part is secret.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer<'a> {
    /// What people call it.
    pub(crate) what: &'static str,
    /// Its text.
    pub(crate) text: &'a str,
    /// The same, taken apart where it is JSON.
    pub(crate) value: &'a Value,
    /// How it was meant.
    pub(crate) tone: Tone,
}

/// How an answer was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// It gives what was asked for.
    Yes,
    /// It gives nothing, and says why.
    No,
}

/// How a value that is secret is kept so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cover {
    /// There is nothing to keep.
    Nothing,
    /// Its letters are learnt.
    Letters,
    /// Its place is masked.
    Place,
}

impl Answer<'_> {
    /// Learns what is secret in it; gives what may be shown in its place, where that is not the answer itself.
    pub(crate) fn veil<'p>(
        self,
        redactor: &Redactor,
        paths: impl Iterator<Item = (&'p str, Vec<&'p str>)>,
    ) -> Option<Value> {
        let mut shown = None;
        let mut hidden = None;
        for (path, parts) in paths {
            let found = parts.iter().try_fold(self.value, |value, part| value.get(part));
            let cover = found.map(|found| learn(redactor, found));
            if cover == Some(Cover::Place) {
                mask(shown.get_or_insert_with(|| self.value.clone()), &parts);
            }
            let named = parts.last().map_or(0, |name| named(self.value, name));
            let is_there = match (cover, self.tone) {
                (Some(Cover::Letters | Cover::Place), _) => !has_twins(self.text),
                (Some(Cover::Nothing), _) => named <= 1,
                (None, Tone::No) => named == 0,
                (None, Tone::Yes) => false,
            };
            if !is_there && !self.text.trim().is_empty() {
                let has = if cover.is_some() { "has more than once" } else { "does not have" };
                let why = format!("[{} hidden: it {has} what `secret` names: {path}]", self.what);
                hidden.get_or_insert(Value::from(why));
            }
        }
        hidden.or(shown)
    }
}

impl Reply {
    /// Learns what the paths name, `body.admin_token` or `headers.x_token`, and sees to it that nobody is shown it.
    pub(super) fn conceal(&mut self, redactor: &Redactor, paths: &[String]) {
        for (name, value) in &self.headers {
            let path = format!("headers.{}", name.replace('-', "_"));
            if paths.contains(&path) {
                redactor.learn(&value.as_str().into());
                self.secret_headers.push(name.clone());
            }
        }
        let paths = paths.iter().filter(|path| !path.starts_with("headers."));
        let paths = paths.map(|path| {
            let mut parts: Vec<&str> = path.split('.').collect();
            // What is no part of a reply is found nowhere in it.
            if matches!(parts[0], "body" | "text") {
                parts.remove(0);
            }
            (path.as_str(), parts)
        });
        let tone = if self.is_success() { Tone::Yes } else { Tone::No };
        let answer = Answer { what: "body", text: &self.text, value: &self.body, tone };
        self.veil = answer.veil(redactor, paths);
    }

    /// The headers as people get to see them.
    pub(crate) fn shown_headers(&self) -> Vec<(String, String)> {
        let shown = |(name, value): &(String, String)| {
            let value = if self.secret_headers.contains(name) { MASK } else { value };
            (name.clone(), value.to_owned())
        };
        self.headers.iter().map(shown).collect()
    }
}

/// Learns every text and whole number in a value, and keys that are no names of fields; tells whether that covers it.
fn learn(redactor: &Redactor, value: &Value) -> Cover {
    let letters = |text: &str| match text.trim() {
        "" => Cover::Nothing,
        short if short.len() < SHORTEST => Cover::Place,
        _ => {
            redactor.learn(&Secret::new(text));
            Cover::Letters
        }
    };
    let covers = |covers: &mut dyn Iterator<Item = Cover>| covers.max().unwrap_or(Cover::Nothing);
    match value {
        Value::Null => Cover::Nothing,
        Value::Bool(_) => Cover::Place,
        Value::String(text) => letters(text),
        Value::Number(number) if number.is_f64() => Cover::Place,
        Value::Number(number) => letters(&number.to_string()),
        Value::Array(values) => covers(&mut values.iter().map(|value| learn(redactor, value))),
        Value::Object(table) => covers(&mut table.iter().map(|(key, value)| {
            let key = if is_name(key) { Cover::Nothing } else { letters(key) };
            key.max(learn(redactor, value))
        })),
    }
}

/// Whether a key looks like the name of a field: letters alone, and what stands between words.
fn is_name(key: &str) -> bool {
    key.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-'))
}

fn mask(value: &mut Value, parts: &[&str]) {
    let place = parts.iter().try_fold(value, |value, part| value.get_mut(part));
    if let Some(place) = place {
        *place = MASK.into();
    }
}

/// How often something has this name, in small letters or capital ones: a key, or a word of what is no JSON.
fn named(value: &Value, name: &str) -> usize {
    match value {
        Value::String(text) => text.to_lowercase().matches(&name.to_lowercase()).count(),
        Value::Array(values) => values.iter().map(|value| keys(value, name)).sum(),
        Value::Object(_) => keys(value, name),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

fn keys(value: &Value, name: &str) -> usize {
    match value {
        Value::Array(values) => values.iter().map(|value| keys(value, name)).sum(),
        Value::Object(table) => {
            let own = |(key, value): (&String, &Value)| {
                usize::from(key.eq_ignore_ascii_case(name)) + keys(value, name)
            };
            table.iter().map(own).sum()
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}
