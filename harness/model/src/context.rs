//! What expressions can see: bindings, and the result of the step at hand.
//!
//! Does not: know where a value came from.

use minijinja::Value;
use minijinja::value::{Serde, ValueKind};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Names and their values. Cloning is cheap, and a clone is how a scope grows.
#[derive(Debug, Clone, Default)]
pub struct Bindings {
    own: Layer,
    /// Layers that many scopes share; a later one hides the names of those before it, what is set here hides all.
    shared: Option<Arc<[Arc<Layer>]>>,
}

/// Names and values that belong together.
pub(crate) type Layer = BTreeMap<String, Value>;

impl Bindings {
    /// Layers that many scopes share, a later one over those before it.
    pub(crate) fn over(shared: Arc<[Arc<Layer>]>) -> Self {
        Self { own: Layer::new(), shared: Some(shared) }
    }

    fn shared(&self) -> &[Arc<Layer>] {
        self.shared.as_deref().unwrap_or_default()
    }

    /// Sets a name to anything that serde can write.
    pub fn set(&mut self, name: impl Into<String>, value: impl Serialize) {
        self.own.insert(name.into(), Value::from(Serde(value)));
    }

    /// Sets a name to a value that an expression gave.
    pub fn set_value(&mut self, name: impl Into<String>, value: Value) {
        self.own.insert(name.into(), value);
    }

    /// These bindings and one more.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        self.set(name, value);
        self
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.own.get(name).or_else(|| self.shared().iter().rev().find_map(|layer| layer.get(name)))
    }

    /// Forgets a name.
    pub fn remove(&mut self, name: &str) {
        self.own = self.merged();
        self.shared = None;
        self.own.remove(name);
    }

    /// The names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let layers = self.shared().iter().map(AsRef::as_ref).chain([&self.own]);
        layers.flat_map(BTreeMap::keys).map(String::as_str).collect::<BTreeSet<_>>().into_iter()
    }

    /// Takes over every binding of another set.
    pub fn extend(&mut self, other: &Bindings) {
        self.own.extend(other.merged());
    }

    fn merged(&self) -> Layer {
        let mut merged = Layer::new();
        for layer in self.shared().iter().map(AsRef::as_ref).chain([&self.own]) {
            merged.extend(layer.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        merged
    }

    /// The value at a dotted path, if it is there.
    pub fn resolve(&self, path: &str) -> Option<Value> {
        let mut parts = path.split('.');
        let mut value = self.get(parts.next()?)?.clone();
        for part in parts {
            value = value.get_attr(part).ok().filter(|found| !found.is_undefined())?;
        }
        Some(value)
    }

    /// The value that templates and expressions take.
    pub fn to_value(&self) -> Value {
        Value::from(self.merged())
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

#[cfg(test)]
mod tests {
    use super::{Bindings, Layer};
    use minijinja::Value;
    use std::sync::Arc;

    fn layer(pairs: &[(&str, &str)]) -> Arc<Layer> {
        Arc::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect())
    }

    #[test]
    fn a_later_layer_hides_an_earlier_one_and_what_is_set_hides_all() {
        let shared = [layer(&[("a", "1"), ("b", "1"), ("c", "1")]), layer(&[("b", "2"), ("c", "2")])];
        let mut bindings = Bindings::over(Arc::from(shared.to_vec())).with("c", "3");
        let text = |bindings: &Bindings, name: &str| bindings.get(name).map(ToString::to_string);
        assert_eq!(["a", "b", "c"].map(|name| text(&bindings, name).unwrap_or_default()), ["1", "2", "3"]);
        assert_eq!(bindings.names().collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(bindings.to_value().to_string(), "{'a': '1', 'b': '2', 'c': '3'}");
        let mut grown = Bindings::default().with("z", "0");
        grown.extend(&bindings);
        assert_eq!(grown.names().collect::<Vec<_>>(), ["a", "b", "c", "z"]);
        bindings.remove("b");
        assert_eq!((text(&bindings, "b"), text(&bindings, "a")), (None, Some("1".to_owned())));
    }
}
