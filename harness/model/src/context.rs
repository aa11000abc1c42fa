//! What expressions can see: bindings, and the result of the step at hand.
//!
//! Does not: know where a value came from.

use minijinja::Value;
use minijinja::value::{Serde, ValueKind};
use serde::Serialize;
use std::collections::BTreeMap;

/// Names and their values. Cloning is cheap, and a clone is how a scope grows.
#[derive(Debug, Clone, Default)]
pub struct Bindings(BTreeMap<String, Value>);

impl Bindings {
    /// Sets a name to anything that serde can write.
    pub fn set(&mut self, name: impl Into<String>, value: impl Serialize) {
        self.0.insert(name.into(), Value::from(Serde(value)));
    }

    /// Sets a name to a value that an expression gave.
    pub fn set_value(&mut self, name: impl Into<String>, value: Value) {
        self.0.insert(name.into(), value);
    }

    /// These bindings and one more.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        self.set(name, value);
        self
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Forgets a name.
    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// The names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Takes over every binding of another set.
    pub fn extend(&mut self, other: &Bindings) {
        self.0.extend(other.0.iter().map(|(name, value)| (name.clone(), value.clone())));
    }

    /// The value at a dotted path, if it is there.
    pub fn resolve(&self, path: &str) -> Option<Value> {
        let mut parts = path.split('.');
        let mut value = self.0.get(parts.next()?)?.clone();
        for part in parts {
            value = value.get_attr(part).ok().filter(|found| !found.is_undefined())?;
        }
        Some(value)
    }

    /// The value that templates and expressions take.
    pub fn to_value(&self) -> Value {
        Value::from(self.0.clone())
    }
}

/// A value as people read it in a message: on one line, text in quotes.
pub fn display(value: &Value) -> String {
    if value.kind() == ValueKind::String {
        format!("{:?}", value.to_string())
    } else {
        serde_json::to_string(value).unwrap_or_else(|_| value.to_string())
    }
}

/// A TOML value as the JSON that the rest of the house speaks; dates become text.
pub fn from_toml(value: &toml::Value) -> serde_json::Value {
    match value {
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Integer(number) => (*number).into(),
        toml::Value::Float(number) => (*number).into(),
        toml::Value::Boolean(yes) => (*yes).into(),
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(items) => items.iter().map(from_toml).collect(),
        toml::Value::Table(table) => table
            .iter()
            .map(|(key, value)| (key.clone(), from_toml(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}
