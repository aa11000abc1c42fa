//! Filters: what an `exclude`, the axes of an `include` and the `match` of an arm compare, and how.
//!
//! Does not: know axes.

use serde_json::{Map, Number, Value};

/// Whether every leaf of a filter equals the value at its place; nested tables match in part, lists by their start.
pub fn matches(filter: &Map<String, Value>, values: &Map<String, Value>) -> bool {
    filter.iter().all(|(key, expected)| values.get(key).is_some_and(|actual| leaf_matches(expected, actual)))
}

/// Below the first level what is missing is null, as in GitHub's expressions.
pub(crate) fn leaf_matches(expected: &Value, actual: &Value) -> bool {
    match expected {
        Value::Object(filter) => filter
            .iter()
            .all(|(key, expected)| leaf_matches(expected, actual.get(key).unwrap_or(&Value::Null))),
        Value::Array(filter) => filter
            .iter()
            .enumerate()
            .all(|(index, expected)| leaf_matches(expected, actual.get(index).unwrap_or(&Value::Null))),
        leaf => loosely_equal(leaf, actual),
    }
}

/// GitHub's `==`: text ignores case, values of different kinds are compared as numbers.
fn loosely_equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::String(left), Value::String(right)) => left.to_lowercase() == right.to_lowercase(),
        (left, right) => match (as_number(left), as_number(right)) {
            (Some(left), Some(right)) => left.partial_cmp(&right).is_some_and(std::cmp::Ordering::is_eq),
            _ => false,
        },
    }
}

fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Null => Some(0.0),
        Value::Bool(yes) => Some(f64::from(u8::from(*yes))),
        Value::Number(number) => Number::as_f64(number),
        Value::String(text) => parse_number(text.trim()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// Decimal, hexadecimal, octal, and the one word that GitHub knows; nothing is zero.
fn parse_number(text: &str) -> Option<f64> {
    let of_radix = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().map(f64::from);
    match text {
        "" => Some(0.0),
        "Infinity" | "+Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ if text.starts_with("0x") => of_radix(&text[2..], 16),
        _ if text.starts_with("0o") => of_radix(&text[2..], 8),
        // Rust also reads `nan` and `inf`, which are words elsewhere.
        _ if text.bytes().any(|byte| byte.is_ascii_digit()) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_macros, reason = "the values of tests are literals")]
mod tests {
    use super::{leaf_matches, matches};
    use serde_json::{Value, json};

    #[test]
    fn loose_equality_is_that_of_github() {
        let equal = [
            (json!("Win"), json!("wIN")),
            (json!("ÄRGER"), json!("ärger")),
            (json!(2), json!("2")),
            (json!(2), json!(" 2.0 ")),
            (json!(255), json!("0xff")),
            (json!(8), json!("0o10")),
            (json!(1), json!(1.0)),
            (json!(true), json!(1)),
            (json!(true), json!("1")),
            (json!(false), json!("")),
            (json!(null), json!(0)),
            (json!(null), json!(false)),
        ];
        for (left, right) in equal {
            assert!(leaf_matches(&left, &right) && leaf_matches(&right, &left), "{left} == {right}");
        }
        let different = [
            (json!("2"), json!("2.0")),
            (json!(true), json!("true")),
            (json!("nan"), json!(0)),
            (json!("inf"), json!("infinity")),
            (json!(1), json!("one")),
            (json!(1), json!("1 2")),
            (json!("a"), json!(null)),
            (json!("a"), json!(["a"])),
            (json!(0), json!({"a": 0})),
        ];
        for (left, right) in different {
            assert!(!leaf_matches(&left, &right), "{left} != {right}");
        }
    }

    #[test]
    fn tables_match_in_part_and_lists_by_their_start() {
        let rows = [
            (json!({"a": 1}), json!({"a": 1, "b": 2}), true),
            (json!({"a": {"b": "X"}}), json!({"a": {"b": "x", "c": 1}}), true),
            (json!({"a": 1, "b": 3}), json!({"a": 1, "b": 2}), false),
            (json!([1, 2]), json!([1, 2, 3]), true),
            (json!([2]), json!([1, 2, 3]), false),
            (json!([{"a": 1}]), json!([{"a": "1", "b": 2}, 5]), true),
            (json!([1, 2, 3]), json!([1, 2]), false),
            // What is missing is null, and null is zero.
            (json!([1, 0]), json!([1]), true),
            (json!({"a": 0}), json!({}), true),
        ];
        for (filter, value, expected) in rows {
            assert_eq!(leaf_matches(&filter, &value), expected, "{filter} on {value}");
        }
    }

    #[test]
    fn a_key_of_the_first_level_must_be_there() {
        let table = |value: Value| value.as_object().cloned().expect("a table");
        assert!(!matches(&table(json!({"a": 0})), &table(json!({"b": 0}))));
        assert!(matches(&table(json!({})), &table(json!({"b": 0}))));
    }
}
