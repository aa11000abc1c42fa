//! The JSON Schema of a line of a log, derived from the types that write it.
//!
//! Does not: describe the language; `schema` does.

use crate::event::{Record, VERSION};
use schemars::generate::SchemaSettings;
use serde_json::Value;

/// Its file.
pub const FILE: &str = "docs/event.schema.json";

/// The schema of one line.
pub fn document() -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Record>();
    schema.insert("title".to_owned(), "A line of events.jsonl, the log of a run of Shakedown".into());
    schema.insert("x-version".to_owned(), VERSION.into());
    schema.to_value()
}

/// The same without its words: what changes here changes what readers of the log must understand.
pub fn shape() -> Value {
    silent(document())
}

fn silent(schema: Value) -> Value {
    match schema {
        Value::Object(object) => {
            let told = object.into_iter().filter(|(key, value)| !(key == "description" && value.is_string()));
            told.map(|(key, value)| (key, silent(value))).collect::<serde_json::Map<_, _>>().into()
        }
        Value::Array(items) => items.into_iter().map(silent).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => schema,
    }
}
