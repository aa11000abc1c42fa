//! The tables of the language, as the schema describes them: every key with its type, its default and an example.
//!
//! Does not: know any table by name, so that a new one only needs its types.

use super::markdown::{block, code, codes, table};
use harness_runner::model::schema::{self, Kind};
use serde_json::Value;

/// Where a reference finds what it refers to.
const DEFINITIONS: &str = "#/$defs/";

/// What a file of each kind is called, and what it is.
const FILES: [(&str, &str); 7] = [
    ("suite", "suite.toml"),
    ("scenario", "A scenario file"),
    ("flow", "A flow file"),
    ("gate", "gates.toml"),
    ("fault", "faults.toml"),
    ("failure", "known-failures.toml"),
    ("choice", "choices.toml"),
];

/// A section for every kind of file, with one for each of its tables.
pub(super) fn sections() -> String {
    let document = schema::document();
    let mut told = Vec::new();
    let mut text = String::new();
    for kind in schema::KINDS {
        text.push_str(&file(&document, kind, &mut told));
    }
    text
}

fn file(document: &Value, kind: Kind, told: &mut Vec<String>) -> String {
    let title = FILES.iter().find(|(mark, _)| *mark == kind.mark).map_or(kind.definition, |(_, title)| title);
    let definition = &document["$defs"][kind.definition];
    let mut text = format!("## {title}\n\n{}\n\n", meaning(description(definition)));
    for (key, property) in properties(definition) {
        if definition_of(property).is_none() {
            text.push_str(&free_table(key, property));
        }
        text.push_str(&below(document, property, told));
    }
    text
}

/// A table, then the tables below it, each told once.
fn section(document: &Value, name: &str, told: &mut Vec<String>) -> String {
    let definition = &document["$defs"][name];
    if told.iter().any(|known| known == name)
        || properties(definition).next().is_none() && !is_told_alone(definition)
    {
        return String::new();
    }
    told.push(name.to_owned());
    let described = description(definition);
    let mut text = format!("### {}\n\n{}\n\n", heading(described), meaning(described));
    if let Some(example) = schema::table_example(described) {
        text.push_str(&block("toml", &example));
        text.push('\n');
    }
    let required: Vec<&str> =
        definition["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let rows: Vec<[String; 5]> = properties(definition)
        .filter(|(_, property)| schema::example(description(property)).is_some())
        .map(|(key, property)| row(document, key, property, required.contains(&key.as_str())))
        .collect();
    if !rows.is_empty() {
        text.push_str(&table(["key", "type", "default", "what it is", "example"], &rows));
        text.push('\n');
    }
    for (_, property) in properties(definition) {
        text.push_str(&below(document, property, told));
    }
    text
}

/// The sections of the tables that a key has somewhere inside.
fn below(document: &Value, property: &Value, told: &mut Vec<String>) -> String {
    match property {
        Value::Object(members) => members
            .iter()
            .map(|(member, inner)| match (member.as_str(), inner.as_str()) {
                ("$ref", Some(reference)) => {
                    section(document, reference.trim_start_matches(DEFINITIONS), told)
                }
                _ => below(document, inner, told),
            })
            .collect(),
        Value::Array(items) => items.iter().map(|inner| below(document, inner, told)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => String::new(),
    }
}

/// A table of names that the suite chooses, such as `[bind]`.
fn free_table(key: &str, property: &Value) -> String {
    let described = description(property);
    let example = schema::table_example(described).map(|example| block("toml", &example) + "\n");
    format!("### `[{key}]`\n\n{}\n\n{}", meaning(described), example.unwrap_or_default())
}

fn row(document: &Value, key: &str, property: &Value, is_required: bool) -> [String; 5] {
    let described = description(property);
    let default = match marked(described, "*Default*: ") {
        Some(default) => default,
        None if is_required => "**required**".to_owned(),
        None => "none".to_owned(),
    };
    let example = schema::example(described).unwrap_or_default();
    [code(key), type_of(document, property), default, summary(described), code(&example)]
}

/// The type of a key, in words.
fn type_of(document: &Value, property: &Value) -> String {
    if let Some(name) = definition_of(property).filter(|_| property.get("items").is_none()) {
        let definition = &document["$defs"][name];
        if let Some(words) = definition["enum"].as_array() {
            return words.iter().map(|word| code(&word.to_string())).collect::<Vec<_>>().join(" or ");
        }
        if property.get("additionalProperties").is_none() {
            return if definition["type"] == "object" { "table".to_owned() } else { spaced(name) };
        }
    }
    match property["type"].as_str() {
        Some("array") => match definition_of(property).map(|name| (name, &document["$defs"][name])) {
            Some((name, definition)) if definition["type"] != "object" => {
                format!("list of {}", plural(&spaced(name)))
            }
            Some(_) => "list of tables".to_owned(),
            None if property["items"]["type"] == "object" => "list of tables".to_owned(),
            None => "list of texts".to_owned(),
        },
        Some("object") => "table".to_owned(),
        Some("string") => "text".to_owned(),
        Some(other) => other.to_owned(),
        None => "text, or a list of texts".to_owned(),
    }
}

/// `LateDuration` becomes `late duration`.
fn spaced(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

fn plural(word: &str) -> String {
    format!("{word}s")
}

/// The words that a type stands for, for the section on types.
pub(super) fn types() -> String {
    let document = schema::document();
    let definitions = document["$defs"].as_object().into_iter().flatten();
    let texts = definitions.filter(|(_, definition)| definition["type"] == "string");
    let rows: Vec<[String; 2]> = texts
        .map(|(name, definition)| match definition["enum"].as_array() {
            Some(words) => {
                let words = codes(words.iter().filter_map(Value::as_str));
                [
                    spaced(name.trim_end_matches("Word")),
                    format!("{} One of {words}.", summary(description(definition))),
                ]
            }
            None => [spaced(name), summary(description(definition))],
        })
        .collect();
    table(["type", "what it is"], &rows)
}

fn is_told_alone(definition: &Value) -> bool {
    schema::table_example(description(definition)).is_some()
}

fn description(schema: &Value) -> &str {
    schema["description"].as_str().unwrap_or_default()
}

fn properties(definition: &Value) -> impl Iterator<Item = (&String, &Value)> {
    definition["properties"].as_object().into_iter().flatten()
}

/// The definition that a key refers to, directly, as the items of a list, or as the values of a table.
fn definition_of(property: &Value) -> Option<&str> {
    let places = [Some(property), property.get("items"), property.get("additionalProperties")];
    places.into_iter().flatten().find_map(|schema| {
        let reference = schema.get("$ref").or_else(|| schema["allOf"][0].get("$ref"))?;
        reference.as_str()?.strip_prefix(DEFINITIONS)
    })
}

/// The part of a description that names the table: up to its colon.
fn heading(described: &str) -> String {
    described.split_once(": ").map_or(described, |(heading, _)| heading).to_owned()
}

/// What a description says of its table, behind the name.
fn meaning(described: &str) -> String {
    let text = summary(described);
    let text = text.split_once(": ").map_or(text.as_str(), |(_, meaning)| meaning);
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A description without its examples and defaults, on one line.
fn summary(described: &str) -> String {
    let text = described.split("```").next().unwrap_or_default();
    let text = text.split("*Default*").next().unwrap_or_default().split("*Shape*").next().unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a description says after a mark, up to the next.
fn marked(described: &str, mark: &str) -> Option<String> {
    let (_, text) = described.split_once(mark)?;
    let text = text.split(". *Shape*").next().unwrap_or(text);
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}
