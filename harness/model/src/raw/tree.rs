//! A value of any shape with a place on everything in it, from TOML or JSON.
//!
//! Does not: say which shapes are right.

use super::{Spanned, Table, Text};
use crate::diagnostic::Diagnostic;
use crate::source::Source;
use indexmap::IndexMap;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use std::fmt;
use std::ops::Range;

/// Deeper than anyone nests a value of a matrix; far less than a stack holds.
const DEEPEST: usize = 16;

/// A value with its place.
#[derive(Debug, Clone)]
pub struct RawTree {
    /// Byte range in the text.
    pub span: Range<usize>,
    /// The value.
    pub node: RawNode,
}

/// What a value is made of.
#[derive(Debug, Clone)]
pub enum RawNode {
    /// Text, a number, yes or no.
    Leaf(Value),
    /// A list.
    List(Vec<RawTree>),
    /// A table, in document order.
    Table(Table<RawTree>),
}

impl RawTree {
    /// The value without its places.
    pub fn value(&self) -> Value {
        match &self.node {
            RawNode::Leaf(value) => value.clone(),
            RawNode::List(items) => items.iter().map(Self::value).collect(),
            RawNode::Table(table) => Value::Object(
                table.iter().map(|(key, value)| (key.get_ref().clone(), value.value())).collect(),
            ),
        }
    }
}

impl<'de> Deserialize<'de> for RawTree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<RawNode>::deserialize(deserializer)?;
        Ok(Self { span: spanned.span(), node: spanned.into_inner() })
    }
}

impl<'de> Deserialize<'de> for RawNode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Shape)
    }
}

struct Shape;

impl<'de> Visitor<'de> for Shape {
    type Value = RawNode;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_bool<E: Error>(self, yes: bool) -> Result<RawNode, E> {
        Ok(RawNode::Leaf(yes.into()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<RawNode, E> {
        Ok(RawNode::Leaf(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<RawNode, E> {
        Ok(RawNode::Leaf(number.into()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<RawNode, E> {
        Ok(RawNode::Leaf(text.into()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<RawNode, E> {
        Ok(RawNode::Leaf(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RawNode, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(RawNode::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<RawNode, A::Error> {
        let mut table = IndexMap::new();
        // A date comes as a map with a key that has no place.
        let quoted = |_: A::Error| A::Error::custom("a date that is not in quotes");
        while let Some(key) = entries.next_key::<Text>().map_err(quoted)? {
            table.insert(key, entries.next_value()?);
        }
        Ok(RawNode::Table(table))
    }
}

/// Reads a JSON text.
///
/// *Errors*: `E0418` when it is not JSON, with the place where it ends to be.
pub fn parse_json(source: &Source) -> Result<RawTree, Diagnostic> {
    let text = source.text();
    let whole: &RawValue = serde_json::from_str(text).map_err(|error| broken(source, text, &error))?;
    branch(source, whole.get(), 0)
}

/// A part of a text that is not JSON; the line and the column of the error count from where the part begins.
fn broken(source: &Source, part: &str, error: &serde_json::Error) -> Diagnostic {
    let lines = part.split_inclusive('\n').take(error.line().saturating_sub(1));
    let start = offset(source, part) + lines.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
    let mut start = start.min(source.text().len());
    while !source.text().is_char_boundary(start) {
        start -= 1;
    }
    let end = start + source.text()[start..].chars().next().map_or(0, char::len_utf8);
    let message = error.to_string();
    let reason = message.split(" at line ").next().unwrap_or(&message);
    Diagnostic::error("E0418", format!("{} is not JSON: {reason}", source.name()))
        .at(&source.at(start..end), "here")
        .help("write what GitHub's fromJSON takes: {\"axis\": [\"value\"], \"include\": [], \"exclude\": []}")
}

/// Where a part of a text begins.
fn offset(source: &Source, part: &str) -> usize {
    part.as_ptr().addr().saturating_sub(source.text().as_ptr().addr())
}

fn branch(source: &Source, part: &str, depth: usize) -> Result<RawTree, Diagnostic> {
    let start = offset(source, part);
    let span = start..start + part.len();
    if depth > DEEPEST {
        let message = format!("{} nests deeper than {DEEPEST} levels", source.name());
        let diagnostic = Diagnostic::error("E0418", message).at(&source.at(span), "here");
        return Err(diagnostic.help("a bundle is a list of flat tables"));
    }
    let wrong = |error: serde_json::Error| broken(source, part, &error);
    let node = match part.as_bytes().first() {
        Some(b'{') => {
            let entries: Entries<'_> = serde_json::from_str(part).map_err(wrong)?;
            let entries = entries.0.into_iter().map(|(key, raw)| {
                let value = branch(source, raw.get(), depth + 1)?;
                Ok((Spanned::new(key_span(source.text(), &key, &value.span), key), value))
            });
            RawNode::Table(entries.collect::<Result<_, _>>()?)
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(part).map_err(wrong)?;
            let items = items.into_iter().map(|raw| branch(source, raw.get(), depth + 1));
            RawNode::List(items.collect::<Result<_, _>>()?)
        }
        Some(_) | None => RawNode::Leaf(serde_json::from_str(part).map_err(wrong)?),
    };
    Ok(RawTree { span, node })
}

/// The entries of an object, each key once.
struct Entries<'a>(IndexMap<String, &'a RawValue>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Entries<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Entries<'de>, A::Error> {
                let mut table = IndexMap::new();
                while let Some((key, value)) = entries.next_entry::<String, &RawValue>()? {
                    if table.insert(key.clone(), value).is_some() {
                        return Err(A::Error::custom(format_args!("`{key}` is written twice")));
                    }
                }
                Ok(Entries(table))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// A key stands before its value and a colon; one with escapes is shown by its value.
fn key_span(text: &str, key: &str, value: &Range<usize>) -> Range<usize> {
    let before = text[..value.start].trim_end().trim_end_matches(':').trim_end();
    let quoted = format!("\"{key}\"");
    if before.ends_with(&quoted) { before.len() - quoted.len()..before.len() } else { value.clone() }
}

#[cfg(test)]
mod tests {
    use super::{DEEPEST, RawNode, RawTree, parse_json};
    use crate::source::Source;

    fn places(text: &str, tree: &RawTree, found: &mut Vec<String>) {
        found.push(text[tree.span.clone()].to_owned());
        match &tree.node {
            RawNode::Leaf(_) => {}
            RawNode::List(items) => items.iter().for_each(|item| places(text, item, found)),
            RawNode::Table(table) => {
                for (key, value) in table {
                    found.push(text[key.span()].to_owned());
                    places(text, value, found);
                }
            }
        }
    }

    #[test]
    fn everything_in_a_json_text_has_its_place() {
        let text = " {\"a\" : [1, {\"ü\":\"x\"}] }\n";
        let tree = parse_json(&Source::new("a.json", text)).expect("is JSON");
        let mut found = Vec::new();
        places(text, &tree, &mut found);
        let whole = text.trim();
        assert_eq!(found, [whole, "\"a\"", "[1, {\"ü\":\"x\"}]", "1", "{\"ü\":\"x\"}", "\"ü\"", "\"x\""]);
    }

    #[test]
    fn everything_in_a_toml_text_has_its_place() {
        #[derive(serde::Deserialize)]
        struct File {
            m: RawTree,
        }
        let text = "[m]\na = [1, { b = 'x' }]\n";
        let file: File = toml::from_str(text).expect("is TOML");
        let mut found = Vec::new();
        places(text, &file.m, &mut found);
        assert_eq!(found[1..], ["a", "[1, { b = 'x' }]", "1", "{ b = 'x' }", "b", "'x'"]);
    }

    #[test]
    fn what_is_not_json_is_shown_where_it_stops_to_be() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        let texts = [
            "",
            "{",
            "{\"a\": [1,\n]}",
            "{\"a\": 1}\n}",
            "ü",
            "{\"a\":\n \"\\x\"}",
            "{\"a\": 1, \"a\": 2}",
            &deep,
        ];
        let found = texts.map(|text| {
            let source = Source::new("a.json", text);
            let error = parse_json(&source).expect_err("is not JSON");
            let label =
                miette::Diagnostic::labels(&error).and_then(|mut labels| labels.next()).expect("a place");
            let line = source.at(label.offset()..label.offset()).line();
            format!("{line}: {error}")
        });
        let expected = [
            "1: a.json is not JSON: EOF while parsing a value",
            "1: a.json is not JSON: EOF while parsing an object",
            "2: a.json is not JSON: expected value",
            "2: a.json is not JSON: trailing characters",
            "1: a.json is not JSON: expected value",
            "2: a.json is not JSON: invalid escape",
            "1: a.json is not JSON: `a` is written twice",
            "1: a.json nests deeper than 16 levels",
        ];
        assert_eq!(found, expected);
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(parse_json(&Source::new("a.json", nested(DEEPEST + 1))).is_ok());
        assert!(parse_json(&Source::new("a.json", nested(DEEPEST + 2))).is_err());
    }
}
