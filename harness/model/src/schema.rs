//! The JSON Schema of the language, derived from the types that serde reads: one document for every kind of file.
//!
//! A file's kind shows in its first table (`[suite]`, `[scenario]`, `[flow]`, `[[gate]]`, `[[fault]]`, `[[failure]]`, `[choice]`), so the document
//! lists the tables of all kinds side by side and says which of them belong together. A choice between whole documents
//! would do the same, and would answer each mistake with "none of seven".
//!
//! Does not: check what needs more than one key: names, units of templates, dates. The compiler does.

use crate::raw::{RawChoices, RawFailures, RawFaults, RawFlow, RawGates, RawScenario, RawSuite};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value};

/// The version of the document: it changes when a file that was right no longer is.
pub const VERSION: u32 = 1;

/// The name of the file at the root, as the first line of a suite's files refers to it.
pub const FILE: &str = "shakedown.schema.json";

/// What editors call the document.
const TITLE: &str = "A file of a Shakedown suite";

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// The name of its definition.
    pub definition: &'static str,
    /// The table that shows it.
    pub mark: &'static str,
}

/// Every kind of file, in the order in which people meet them.
pub const KINDS: [Kind; 7] = [
    Kind { definition: "Suite", mark: "suite" },
    Kind { definition: "Scenario", mark: "scenario" },
    Kind { definition: "Flow", mark: "flow" },
    Kind { definition: "Gates", mark: "gate" },
    Kind { definition: "Faults", mark: "fault" },
    Kind { definition: "Failures", mark: "failure" },
    Kind { definition: "Choices", mark: "choice" },
];

/// The document: tables of all kinds at its top, everything else below `$defs`.
///
/// *Shape*: JSON Schema draft 7, which is what editors of TOML understand.
pub fn document() -> Value {
    let definitions = definitions();
    let (mut properties, mut dependencies) = (Map::new(), Map::new());
    for kind in KINDS {
        for (key, schema) in object(&definitions[kind.definition], "properties") {
            properties.entry(key.clone()).or_insert_with(|| schema.clone());
            if key != kind.mark {
                let with: &mut Value = dependencies.entry(key.clone()).or_insert_with(|| one_of(&[]));
                push(with, required(kind.mark));
            }
        }
        let others: Vec<&str> =
            KINDS.iter().map(|other| other.mark).filter(|mark| *mark != kind.mark).collect();
        dependencies.insert(kind.mark.to_owned(), table([("not", one_of(&others))]));
    }
    table([
        ("$schema", "http://json-schema.org/draft-07/schema#".into()),
        ("title", TITLE.into()),
        ("description", "Written by `shakedown generate` from the types that read the files.".into()),
        ("x-version", VERSION.into()),
        ("type", "object".into()),
        ("properties", properties.into()),
        ("dependencies", dependencies.into()),
        ("additionalProperties", false.into()),
        ("$defs", definitions.into()),
    ])
}

/// The document as it is written: one key a line.
pub fn text() -> String {
    format!("{:#}\n", document())
}

/// Every table and word of the language, by name.
fn definitions() -> Map<String, Value> {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    add::<RawSuite>(&mut generator);
    add::<RawScenario>(&mut generator);
    add::<RawFlow>(&mut generator);
    add::<RawGates>(&mut generator);
    add::<RawFaults>(&mut generator);
    add::<RawFailures>(&mut generator);
    add::<RawChoices>(&mut generator);
    let definitions = generator.take_definitions(true).into_iter();
    let mut definitions: Map<String, Value> = definitions
        .map(|(name, schema)| (name.trim_start_matches("Raw").to_owned(), finished(schema)))
        .collect();
    definitions.sort_keys();
    definitions
}

fn add<T: JsonSchema>(generator: &mut SchemaGenerator) {
    // The reference that comes back is of no use: the definition is what stays.
    drop(generator.subschema_for::<T>());
}

/// A schema as editors of TOML take it.
fn finished(schema: Value) -> Value {
    match schema {
        Value::Object(object) => {
            let object = object.into_iter().filter(|(key, _)| !matches!(key.as_str(), "format" | "default"));
            let mut object: Map<String, Value> = object.map(member).collect();
            drop_null(&mut object);
            name_keys(&mut object);
            join_words(&mut object);
            join_kinds(&mut object);
            shield_reference(&mut object);
            object.into()
        }
        Value::Array(items) => items.into_iter().map(finished).collect(),
        Value::String(text) => text.replace("#/$defs/Raw", "#/$defs/").into(),
        Value::Null | Value::Bool(_) | Value::Number(_) => schema,
    }
}

/// A member of a schema; below some of them the keys are names and not words of JSON Schema.
fn member((key, value): (String, Value)) -> (String, Value) {
    let value = match (key.as_str(), value) {
        ("properties" | "patternProperties", Value::Object(named)) => {
            named.into_iter().map(|(name, schema)| (name, finished(schema))).collect::<Map<_, _>>().into()
        }
        (_, value) => finished(value),
    };
    (key, value)
}

/// TOML has no null: a key that may be absent is simply not required.
fn drop_null(object: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    let Some(Value::Array(choices)) = object.get_mut("anyOf") else { return };
    choices.retain(|choice| choice.get("type").is_none_or(|kind| kind != "null"));
    if let [Value::Object(only)] = choices.as_slice() {
        let only = only.clone();
        object.remove("anyOf");
        for (key, value) in only {
            object.entry(key).or_insert(value);
        }
    }
}

/// Keys of a pattern become the keys that are not named, so that a pattern never speaks of those that are.
fn name_keys(object: &mut Map<String, Value>) {
    let Some(Value::Object(patterns)) = object.remove("patternProperties") else { return };
    let Some((pattern, schema)) = patterns.into_iter().next() else { return };
    let properties = object.get("properties").and_then(Value::as_object).into_iter().flatten();
    let named: Vec<Value> = properties.map(|(key, _)| key.as_str().into()).collect();
    let free = table([("pattern", pattern.into())]);
    let names = if named.is_empty() {
        free
    } else {
        table([("anyOf", Value::Array(vec![free, table([("enum", named.into())])]))])
    };
    object.insert("propertyNames".to_owned(), names);
    object.insert("additionalProperties".to_owned(), schema);
}

/// A choice of constants becomes a list of words, each with its meaning where editors look for it.
fn join_words(object: &mut Map<String, Value>) {
    let Some(Value::Array(choices)) = object.get("oneOf") else { return };
    let words: Option<Vec<Value>> = choices.iter().map(|choice| choice.get("const").cloned()).collect();
    let Some(words) = words else { return };
    let meanings: Vec<Value> =
        choices.iter().map(|choice| choice.get("description").cloned().unwrap_or_default()).collect();
    object.remove("oneOf");
    object.insert("type".to_owned(), "string".into());
    object.insert("enum".to_owned(), words.into());
    object.insert("x-taplo".to_owned(), table([("docs", table([("enumValues", meanings.into())]))]));
}

/// A choice of tables with one key each becomes a table with one of these keys: a misspelt one is then named.
fn join_kinds(object: &mut Map<String, Value>) {
    let Some(Value::Array(choices)) = object.get("oneOf") else { return };
    let mut kinds = Map::new();
    for choice in choices {
        let meaning = choice.get("description").cloned().unwrap_or_default();
        for (kind, schema) in self::object(choice, "properties") {
            let described = [("description", meaning.clone()), ("allOf", Value::Array(vec![schema.clone()]))];
            kinds.insert(kind.clone(), table(described));
        }
    }
    object.remove("oneOf");
    object.insert("type".to_owned(), "object".into());
    object.insert("properties".to_owned(), kinds.into());
    object.insert("additionalProperties".to_owned(), false.into());
    object.insert("minProperties".to_owned(), 1.into());
    object.insert("maxProperties".to_owned(), 1.into());
}

/// Draft 7 ignores what stands beside a reference.
fn shield_reference(object: &mut Map<String, Value>) {
    if object.len() > 1
        && let Some(reference) = object.remove("$ref")
    {
        object.insert("allOf".to_owned(), Value::Array(vec![table([("$ref", reference)])]));
    }
}

fn table<const N: usize>(entries: [(&str, Value); N]) -> Value {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>().into()
}

fn required(mark: &str) -> Value {
    table([("required", Value::Array(vec![mark.into()]))])
}

fn one_of(marks: &[&str]) -> Value {
    table([("anyOf", marks.iter().copied().map(required).collect())])
}

fn push(choice: &mut Value, schema: Value) {
    if let Some(Value::Array(choices)) = choice.get_mut("anyOf") {
        choices.push(schema);
    }
}

/// The object below a key; nothing when there is none.
fn object<'a>(schema: &'a Value, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    schema.get(key).and_then(Value::as_object).into_iter().flatten()
}

/// The example of a key: what its description says after `*Shape*`.
pub fn example(description: &str) -> Option<String> {
    let (_, shape) = description.split_once("*Shape*: `")?;
    // Only its last back quote ends it.
    let (example, _) = shape.split_once("`\n").or_else(|| shape.rsplit_once('`'))?;
    Some(example.to_owned())
}

/// The example of a table: the block of TOML in its description.
pub fn table_example(description: &str) -> Option<String> {
    let (_, block) = description.split_once("```toml\n")?;
    let (example, _) = block.split_once("```")?;
    Some(example.to_owned())
}
