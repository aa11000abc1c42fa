//! `docs/recording.md`: what a run writes down, and every event of its log.
//!
//! Does not: know any event by name; the schema does.

use super::markdown::{code, codes, table};
use harness_runner::model::log_schema;
use serde_json::Value;

const HEAD: &str = "\
<!-- Written by `shakedown generate`; edit src/cli/generate/recording.md or harness/model/src/event.rs instead. -->

";

/// Where a reference finds what it refers to.
const DEFINITIONS: &str = "#/$defs/";

/// The page.
pub(super) fn page() -> String {
    let schema = log_schema::document();
    let mut text = HEAD.to_owned() + include_str!("recording.md");
    for event in schema["oneOf"].as_array().into_iter().flatten() {
        let name = event["properties"]["event"]["const"].as_str().unwrap_or_default();
        text.push_str(&section(name, event, "event"));
    }
    text.push_str("## What events hold\n\n");
    for (name, definition) in schema["$defs"].as_object().into_iter().flatten() {
        text.push_str(&section(name, definition, ""));
    }
    text.trim_end().to_owned() + "\n"
}

/// A table of fields, or a list of words; a name that is only text has neither.
fn section(name: &str, schema: &Value, without: &str) -> String {
    let fields = fields(schema, without);
    let words = words(schema);
    if without.is_empty() && fields.is_empty() && words.is_empty() {
        return String::new();
    }
    let meaning = description(schema).trim();
    format!(
        "### `{name}`\n\n{meaning}\n\n{}{}",
        spaced(&table(["field", "type", "what it is"], &fields)),
        spaced(&table(["word", "what it means"], &words))
    )
}

fn spaced(table: &str) -> String {
    if table.is_empty() { String::new() } else { format!("{table}\n") }
}

fn fields(schema: &Value, without: &str) -> Vec<[String; 3]> {
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema["properties"].as_object().into_iter().flatten();
    let rows = properties.filter(|(field, _)| *field != without).map(|(field, property)| {
        let optional = if required.contains(&field.as_str()) { "" } else { ", may be absent" };
        [code(field), format!("{}{optional}", kind(property)), one_line(description(property))]
    });
    rows.collect()
}

/// The choices of a definition: words, or tables with one of these keys.
fn words(schema: &Value) -> Vec<[String; 2]> {
    let choices = schema["oneOf"].as_array().into_iter().flatten();
    let rows = choices.flat_map(|choice| {
        let meaning = one_line(description(choice));
        let of = |property: &Value| {
            let held: Vec<String> =
                fields(property, "").into_iter().map(|[field, kind, _]| format!("{field}: {kind}")).collect();
            if held.is_empty() { kind(property) } else { held.join(", ") }
        };
        let keyed = choice["properties"].as_object().into_iter().flatten();
        let keyed = keyed.map(|(key, property)| [code(key), format!("{meaning} Holds {}.", of(property))]);
        let plain = choice.get("const").or_else(|| choice["enum"].get(0)).and_then(Value::as_str);
        let plain = plain.map(|word| [code(word), meaning.clone()]);
        plain.into_iter().chain(keyed).collect::<Vec<_>>()
    });
    rows.collect()
}

/// The type of a value, for people.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.strip_prefix(DEFINITIONS)) {
        return code(name);
    }
    if let Some(choices) = schema["anyOf"].as_array().or_else(|| schema["allOf"].as_array()) {
        return choices.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    let of = |kind: &str| match kind {
        "array" => list(schema),
        "object" => "object".to_owned(),
        "integer" | "number" => "number".to_owned(),
        kind => kind.to_owned(),
    };
    match &schema["type"] {
        Value::String(kind) => of(kind),
        Value::Array(kinds) => {
            kinds.iter().filter_map(Value::as_str).map(of).collect::<Vec<_>>().join(" or ")
        }
        _ => codes(schema["const"].as_str()),
    }
}

fn list(schema: &Value) -> String {
    match schema["prefixItems"].as_array() {
        Some(items) => format!("[{}]", items.iter().map(kind).collect::<Vec<_>>().join(", ")),
        None => format!("list of {}", kind(&schema["items"])),
    }
}

fn description(schema: &Value) -> &str {
    schema["description"].as_str().unwrap_or_default()
}

/// Links of rustdoc mean nothing on a page.
fn one_line(text: &str) -> String {
    text.replace(['[', ']'], "").replace('\n', " ")
}
