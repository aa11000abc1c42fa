//! `E2E_<BINDING>`: what variables replace of the bindings that a suite, its lanes and its arms declare.
//!
//! Does not: replace what names a case; an axis or bundle key of the name selects.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::selection::PREFIX;
use crate::source::Location;
use crate::suite::Suite;
use serde_json::{Map, Number, Value};
use std::collections::BTreeMap;

/// Words that mean yes, and words that mean no.
const YES: [&str; 4] = ["1", "true", "yes", "on"];
const NO: [&str; 4] = ["0", "false", "no", "off"];

/// Reads a yes or no: `0` is a no, and nonsense is neither.
pub fn yes_or_no(text: &str) -> Option<bool> {
    let text = text.trim().to_lowercase();
    let is_one_of = |words: [&str; 4]| words.contains(&text.as_str());
    if is_one_of(YES) { Some(true) } else { is_one_of(NO).then_some(false) }
}

/// The bindings that variables replace. A value is of the kind of the one that it replaces: yes or no, a number, or text.
pub(crate) fn read(
    suite: &Suite,
    variables: &BTreeMap<String, String>,
    findings: &mut Diagnostics,
) -> Map<String, Value> {
    let mut overrides = Map::new();
    for (name, (declared, location)) in declared(suite) {
        let variable = format!("{PREFIX}{}", name.to_uppercase());
        let Some(text) = variables.get(&variable).filter(|text| !text.is_empty()) else { continue };
        match of_kind(declared, text) {
            Ok(value) => {
                overrides.insert(name.to_owned(), value);
            }
            Err(kind) => {
                // Its value is not shown: it may be somebody's secret.
                let message = format!("{variable} is not {kind}");
                let diagnostic = Diagnostic::error("E0211", message);
                let diagnostic = match location {
                    Some(location) => diagnostic.at(location, "it would replace this"),
                    None => diagnostic,
                };
                findings.push(diagnostic.help("set it to a value of the same kind, or unset it"));
            }
        }
    }
    overrides
}

/// Every declared binding with its value and its place: that of the suite, else of the first arm that has it.
fn declared(suite: &Suite) -> BTreeMap<&str, (&Value, Option<&Location>)> {
    let arms = suite.scenarios.iter().flat_map(|scenario| &scenario.arms);
    let alternatives = suite.choices.values().flat_map(|choice| &choice.alternatives);
    let tables = std::iter::once((&suite.bind, &suite.bind_at))
        .chain(arms.map(|arm| (&arm.bind, &arm.bind_at)))
        .chain(alternatives.map(|alternative| (&alternative.bind, &alternative.bind_at)));
    let mut declared = BTreeMap::new();
    for (bind, places) in tables {
        for (name, value) in bind {
            declared.entry(name.as_str()).or_insert((value, places.get(name)));
        }
    }
    declared
}

fn of_kind(declared: &Value, text: &str) -> Result<Value, &'static str> {
    match declared {
        Value::Bool(_) => {
            yes_or_no(text).map(Value::Bool).ok_or("a yes or no: 1, true, yes, on or 0, false, no, off")
        }
        Value::Number(_) => number(text).map(Value::Number).ok_or("a number"),
        Value::Null | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            Ok(Value::String(text.to_owned()))
        }
    }
}

fn number(text: &str) -> Option<Number> {
    let text = text.trim();
    let whole = text.parse::<i64>().ok().map(Number::from);
    whole.or_else(|| Number::from_f64(text.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{of_kind, yes_or_no};
    use serde_json::Value;

    #[test]
    fn zero_is_a_no_and_nonsense_is_neither() {
        let words =
            [("1", Some(true)), ("TRUE", Some(true)), ("off", Some(false)), ("0", Some(false)), ("2", None)];
        for (text, expected) in words {
            assert_eq!(yes_or_no(text), expected, "{text}");
        }
    }

    #[test]
    fn a_value_is_of_the_kind_of_the_one_that_it_replaces() {
        let number = Value::from(900);
        assert_eq!(of_kind(&number, "60"), Ok(60.into()));
        assert_eq!(of_kind(&number, "1.5"), Ok(1.5.into()));
        assert_eq!(of_kind(&number, "5m"), Err("a number"));
        assert_eq!(of_kind(&Value::Bool(false), "0"), Ok(false.into()));
        assert!(of_kind(&Value::Bool(false), "perhaps").is_err());
        assert_eq!(of_kind(&Value::from("15m"), "5m"), Ok("5m".into()));
    }
}
