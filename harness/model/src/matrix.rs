//! The matrix: axes, their product, `exclude` and `include`, exactly as GitHub Actions reads them.
//!
//! Does not: know arms, selections or policy.

use serde_json::{Map, Number, Value};

/// Axes in document order, with what is taken from and added to their product.
#[derive(Debug, Clone, Default)]
pub struct Matrix {
    /// The axes; the first varies slowest.
    pub axes: Vec<Axis>,
    /// Rows that are dropped.
    pub exclude: Vec<Map<String, Value>>,
    /// Extras and additional rows.
    pub include: Vec<Map<String, Value>>,
}

/// One axis; an axis of tables is a bundle.
#[derive(Debug, Clone)]
pub struct Axis {
    /// The name.
    pub name: String,
    /// The values.
    pub values: Vec<Value>,
}

/// One combination.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// A value for each axis; an appended row may lack some.
    pub values: Map<String, Value>,
    /// What includes added.
    pub extras: Map<String, Value>,
}

/// The rows, and the includes that no row of the product matched.
#[derive(Debug, Clone, PartialEq)]
pub struct Expansion {
    /// The rows: the product in mixed radix, then the appended ones.
    pub rows: Vec<Row>,
    /// Positions in `include` of those that became rows of their own.
    pub unmatched: Vec<usize>,
}

impl Matrix {
    /// All combinations.
    ///
    /// *Source*: the semantics of the actions runner: excludes before includes, an include never overwrites an axis,
    /// a later include overwrites an earlier one's extra, one that matches no row becomes a row.
    pub fn expand(&self) -> Expansion {
        let mut rows: Vec<Row> = self.product();
        rows.retain(|row| !self.exclude.iter().any(|filter| matches(filter, &row.values)));
        let mut unmatched = Vec::new();
        let mut appended = Vec::new();
        for (position, include) in self.include.iter().enumerate() {
            let (filter, extras) = self.split(include);
            let mut matched = false;
            for row in rows.iter_mut().filter(|row| matches(&filter, &row.values)) {
                row.extras.extend(extras.clone());
                matched = true;
            }
            if !matched {
                unmatched.push(position);
                appended.push(Row { values: filter, extras });
            }
        }
        rows.append(&mut appended);
        if self.axes.is_empty() && self.include.is_empty() {
            rows.push(Row { values: Map::new(), extras: Map::new() });
        }
        Expansion { rows, unmatched }
    }

    /// The keys that select and name: axes, and the keys of bundles in place of theirs.
    pub fn keys(&self) -> Vec<&str> {
        let mut keys = Vec::new();
        for axis in &self.axes {
            let mut bundle = axis.values.iter().filter_map(Value::as_object).flat_map(Map::keys).peekable();
            if bundle.peek().is_none() {
                keys.push(axis.name.as_str());
            }
            for key in bundle {
                if !keys.contains(&key.as_str()) {
                    keys.push(key);
                }
            }
        }
        keys
    }

    fn product(&self) -> Vec<Row> {
        if self.axes.is_empty() {
            return Vec::new();
        }
        let start = vec![Row { values: Map::new(), extras: Map::new() }];
        self.axes.iter().fold(start, |rows, axis| {
            let grown = rows.iter().flat_map(|row| {
                axis.values.iter().map(|value| {
                    let mut grown = row.clone();
                    grown.values.insert(axis.name.clone(), value.clone());
                    grown
                })
            });
            grown.collect()
        })
    }

    fn split(&self, include: &Map<String, Value>) -> (Map<String, Value>, Map<String, Value>) {
        include
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .partition(|(key, _)| self.axes.iter().any(|axis| axis.name == *key))
    }
}

/// Whether every leaf of a filter equals the value at its place; nested tables match in part, lists by their start.
pub fn matches(filter: &Map<String, Value>, values: &Map<String, Value>) -> bool {
    filter.iter().all(|(key, expected)| values.get(key).is_some_and(|actual| leaf_matches(expected, actual)))
}

fn leaf_matches(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Object(filter), Value::Object(values)) => matches(filter, values),
        (Value::Array(filter), Value::Array(values)) => {
            filter.len() <= values.len()
                && filter.iter().zip(values).all(|(left, right)| leaf_matches(left, right))
        }
        (left, right) => loosely_equal(left, right),
    }
}

/// GitHub's `==`: text ignores case, values of different kinds are compared as numbers.
fn loosely_equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::String(left), Value::String(right)) => left.to_lowercase() == right.to_lowercase(),
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Null, Value::Null) => true,
        (left, right) => match (as_number(left), as_number(right)) {
            (Some(left), Some(right)) => left.total_cmp(&right).is_eq(),
            _ => false,
        },
    }
}

fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Null => Some(0.0),
        Value::Bool(yes) => Some(f64::from(u8::from(*yes))),
        Value::Number(number) => Number::as_f64(number),
        Value::String(text) if text.trim().is_empty() => Some(0.0),
        Value::String(text) => text.trim().parse().ok(),
        Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_macros, reason = "the values of tests are literals")]
mod tests {
    use super::{Axis, Matrix};
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    fn table(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().expect("a table")
    }

    fn matrix(axes: &Value, exclude: &[Value], include: &[Value]) -> Matrix {
        let axes = table(axes)
            .into_iter()
            .map(|(name, values)| Axis { name, values: values.as_array().cloned().expect("a list") })
            .collect();
        Matrix {
            axes,
            exclude: exclude.iter().map(table).collect(),
            include: include.iter().map(table).collect(),
        }
    }

    fn rows(matrix: &Matrix) -> Vec<Value> {
        let merged = matrix.expand().rows.into_iter().map(|row| {
            let mut all = row.values;
            all.extend(row.extras);
            Value::Object(all)
        });
        merged.collect()
    }

    #[test]
    fn includes_add_extras_and_rows_as_github_does() {
        let fruit = matrix(
            &json!({"fruit": ["apple", "pear"], "animal": ["cat", "dog"]}),
            &[],
            &[
                json!({"color": "green"}),
                json!({"color": "pink", "animal": "cat"}),
                json!({"fruit": "apple", "shape": "circle"}),
                json!({"fruit": "banana"}),
                json!({"fruit": "banana", "animal": "cat"}),
            ],
        );
        let expected = [
            json!({"fruit": "apple", "animal": "cat", "color": "pink", "shape": "circle"}),
            json!({"fruit": "apple", "animal": "dog", "color": "green", "shape": "circle"}),
            json!({"fruit": "pear", "animal": "cat", "color": "pink"}),
            json!({"fruit": "pear", "animal": "dog", "color": "green"}),
            json!({"fruit": "banana"}),
            json!({"fruit": "banana", "animal": "cat"}),
        ];
        assert_eq!(rows(&fruit), expected);
        assert_eq!(fruit.expand().unmatched, [3, 4]);
    }

    #[test]
    fn an_include_adds_an_excluded_row_again_and_text_ignores_case() {
        let os = matrix(
            &json!({"os": ["linux", "win"], "v": [1, 2]}),
            &[json!({"os": "WIN", "v": 2})],
            &[json!({"os": "win", "v": 2, "experimental": true})],
        );
        let expected = [
            json!({"os": "linux", "v": 1}),
            json!({"os": "linux", "v": 2}),
            json!({"os": "win", "v": 1}),
            json!({"os": "win", "v": 2, "experimental": true}),
        ];
        assert_eq!(rows(&os), expected);
    }

    #[test]
    fn includes_alone_are_rows_and_everything_excluded_is_none() {
        assert_eq!(
            rows(&matrix(&json!({}), &[], &[json!({"a": 1}), json!({"b": 2})])),
            [json!({"a": 1}), json!({"b": 2})]
        );
        assert_eq!(rows(&matrix(&json!({"a": [1]}), &[json!({"a": 1})], &[])), Vec::<Value>::new());
    }

    #[test]
    fn a_bundle_is_excluded_by_a_part_of_it() {
        let agents = matrix(
            &json!({"life": ["on", "off"], "agent": [{"runtime": "mock", "model": "m"}, {"runtime": "codex", "model": "c"}]}),
            &[json!({"agent": {"runtime": "mock"}, "life": "off"})],
            &[],
        );
        assert_eq!(agents.expand().rows.len(), 3);
        assert_eq!(agents.keys(), ["life", "runtime", "model"]);
    }

    #[test]
    fn numbers_and_text_compare_as_numbers() {
        let mixed = matrix(&json!({"v": [1, 2]}), &[json!({"v": "2"})], &[]);
        assert_eq!(rows(&mixed), [json!({"v": 1})]);
    }

    proptest! {
        #[test]
        fn count_is_product_minus_excluded_plus_added(sizes in prop::collection::vec(1_usize..5, 1..4), gone in 0_usize..5, extra in 0_usize..3) {
            let axes = sizes.iter().enumerate().map(|(position, size)| Axis {
                name: format!("a{position}"),
                values: (0..*size).map(|value| json!(format!("v{value}"))).collect(),
            });
            let excluded: Map<String, Value> = table(&json!({"a0": format!("v{gone}")}));
            let include = (0..extra).map(|position| table(&json!({"a0": format!("new{position}")}))).collect();
            let matrix = Matrix { axes: axes.collect(), exclude: vec![excluded], include };
            let product: usize = sizes.iter().product();
            let dropped = if gone < sizes[0] { product / sizes[0] } else { 0 };
            prop_assert_eq!(matrix.expand().rows.len(), product - dropped + extra);
        }
    }
}
