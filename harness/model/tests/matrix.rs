//! The matrix against the vectors of GitHub's semantics, and against an independent reading of them.

#![expect(clippy::expect_used, clippy::disallowed_macros, reason = "the values of tests are literals")]

use harness_model::matrix::{Axis, Matrix, Origin, Row, Strength};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

fn table(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().expect("a table")
}

fn matrix(axes: &Value, exclude: &[Value], include: &[Value]) -> Matrix {
    let axes = table(axes)
        .into_iter()
        .map(|(name, values)| Axis { name, values: values.as_array().cloned().expect("a list") });
    Matrix {
        axes: axes.collect(),
        exclude: exclude.iter().map(table).collect(),
        include: include.iter().map(table).collect(),
        ..Matrix::default()
    }
}

fn merged(row: Row) -> Value {
    let mut all = row.values;
    all.extend(row.extras);
    Value::Object(all)
}

fn rows(matrix: &Matrix) -> Vec<Value> {
    matrix.rows(&matrix.expand().cells).map(merged).collect()
}

/// Axes, exclude, include, and the rows that come of them.
#[derive(Deserialize)]
struct Vector {
    name: String,
    axes: Value,
    exclude: Vec<Value>,
    include: Vec<Value>,
    rows: Vec<Value>,
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("matrix/vectors.json")).expect("a list of vectors")
}

#[test]
fn every_vector_gives_the_rows_that_github_gives() {
    for vector in vectors() {
        let matrix = matrix(&vector.axes, &vector.exclude, &vector.include);
        assert_eq!(rows(&matrix), vector.rows, "{}", vector.name);
    }
}

#[test]
fn every_vector_gives_the_rows_of_the_naive_reading() {
    for vector in vectors() {
        let matrix = matrix(&vector.axes, &vector.exclude, &vector.include);
        assert_eq!(naive(&matrix), vector.rows, "{}", vector.name);
    }
}

#[test]
fn what_names_a_row_and_what_is_an_extra() {
    let split = |matrix: &Matrix| -> Vec<(Value, Value)> {
        let rows = matrix.rows(&matrix.expand().cells).collect::<Vec<_>>();
        rows.into_iter().map(|row| (Value::Object(row.values), Value::Object(row.extras))).collect()
    };
    let axes = matrix(&json!({"a": [1]}), &[], &[json!({"a": 1, "x": 2}), json!({"y": 3, "a": 4})]);
    assert_eq!(split(&axes), [(json!({"a": 1}), json!({"x": 2})), (json!({"a": 4}), json!({"y": 3}))]);
    // Where includes list the rows, what is one word names them, in one order for all.
    let rows = [json!({"a": 1, "b": 2, "x": {"y": 1}}), json!({"b": 3, "z": [1], "a": 4})];
    let alone = matrix(&json!({}), &[], &rows);
    let names: Vec<Vec<String>> = split(&alone)
        .iter()
        .map(|(values, _)| table(values).values().map(Value::to_string).collect())
        .collect();
    assert_eq!(names, [["1", "2"], ["4", "3"]]);
    assert_eq!(alone.keys(), ["a", "b"]);
    assert_eq!(split(&alone)[1].1, json!({"z": [1]}));
}

#[test]
fn a_row_is_named_in_the_order_of_the_axes_however_an_include_writes_it() {
    let agents = json!({"life": ["on"], "agent": [{"runtime": "mock", "model": "m"}]});
    let include = json!({"agent": {"model": "c", "runtime": "codex"}, "life": "off"});
    let agents = matrix(&agents, &[], &[include]);
    let last = agents.rows(&agents.expand().cells).last().expect("a row");
    let written = Value::Object(last.values).to_string();
    assert_eq!(written, r#"{"life":"off","agent":{"runtime":"codex","model":"c"}}"#);
}

#[test]
fn keys_are_axes_and_the_keys_of_bundles() {
    let agents = json!({"life": ["on"], "agent": [{"runtime": "mock", "model": "m"}]});
    assert_eq!(matrix(&agents, &[], &[json!({"note": 1})]).keys(), ["life", "runtime", "model"]);
    let agents = matrix(&agents, &[], &[json!({"agent": {"runtime": "codex"}, "note": 1})]);
    let selecting: Vec<String> = agents.selecting().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(selecting, ["life=\"on\"", "runtime=\"mock\"", "model=\"m\"", "runtime=\"codex\""]);
}

/// The semantics once more, as slowly and as plainly as they can be written.
fn naive(matrix: &Matrix) -> Vec<Value> {
    let mut product = vec![Map::new()];
    for axis in &matrix.axes {
        product = product
            .into_iter()
            .flat_map(|row| {
                axis.values.iter().map(move |value| {
                    let mut longer = row.clone();
                    longer.insert(axis.name.clone(), value.clone());
                    longer
                })
            })
            .collect();
    }
    if matrix.axes.is_empty() && !matrix.include.is_empty() {
        product.clear();
    }
    product.retain(|row| {
        !matrix
            .exclude
            .iter()
            .any(|filter| leaves(filter).iter().all(|(path, leaf)| same(&at(row, path), leaf)))
    });
    let plain = product.clone();
    let mut appended = Vec::new();
    for include in &matrix.include {
        let is_axis = |key: &String| matrix.axes.iter().any(|axis| axis.name == *key);
        let filter: Map<String, Value> = include
            .iter()
            .filter(|(key, _)| is_axis(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let leaves = leaves(&filter);
        let mut matched = false;
        for (row, grown) in plain.iter().zip(&mut product) {
            if leaves.iter().all(|(path, leaf)| same(&at(row, path), leaf)) {
                matched = true;
                for (key, value) in include.iter().filter(|(key, _)| !is_axis(key)) {
                    grown.insert(key.clone(), value.clone());
                }
            }
        }
        if !matched {
            appended.push(Value::Object(include.clone()));
        }
    }
    product.into_iter().map(Value::Object).chain(appended).collect()
}

/// The leaves of a filter, each with the way to it.
fn leaves(filter: &Map<String, Value>) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let mut ahead: Vec<(String, Value)> =
        filter.iter().map(|(key, value)| (format!("/{key}"), value.clone())).collect();
    while let Some((path, value)) = ahead.pop() {
        match value {
            Value::Object(table) => {
                ahead.extend(table.into_iter().map(|(key, value)| (format!("{path}/{key}"), value)));
            }
            Value::Array(items) => {
                ahead.extend(
                    items.into_iter().enumerate().map(|(index, value)| (format!("{path}/{index}"), value)),
                );
            }
            leaf => found.push((path, leaf)),
        }
    }
    found
}

fn at(row: &Map<String, Value>, path: &str) -> Value {
    Value::Object(row.clone()).pointer(path).cloned().unwrap_or(Value::Null)
}

fn same(left: &Value, right: &Value) -> bool {
    let number = |value: &Value| match value {
        Value::Null => Some(0.0),
        Value::Bool(yes) => Some(if *yes { 1.0 } else { 0.0 }),
        Value::Number(number) => number.as_f64(),
        Value::String(text) if text.is_empty() => Some(0.0),
        Value::String(text) => text.parse::<f64>().ok().filter(|number| number.is_finite()),
        Value::Array(_) | Value::Object(_) => None,
    };
    if let (Value::String(left), Value::String(right)) = (left, right) {
        return left.eq_ignore_ascii_case(right);
    }
    matches!((number(left), number(right)), (Some(left), Some(right)) if (left - right).abs() < f64::EPSILON)
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0_u8..4).prop_map(|number| json!(number)),
        (0_u8..4).prop_map(|number| json!(number.to_string())),
        "[aAbB]".prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        (0_u8..3, "[abB]").prop_map(|(n, text)| json!({"n": n, "t": text})),
        prop::collection::vec(0_u8..3, 1..3).prop_map(|list| json!(list)),
    ]
}

fn part() -> impl Strategy<Value = Value> {
    prop_oneof![value(), (0_u8..3).prop_map(|n| json!({"n": n})), "[abB]".prop_map(|text| json!({"t": text}))]
}

fn filters(names: &'static [&'static str]) -> impl Strategy<Value = Vec<Map<String, Value>>> {
    let row = prop::collection::btree_map(prop::sample::select(names), part(), 1..3);
    let row = row.prop_map(|row| row.into_iter().map(|(key, value)| (key.to_owned(), value)).collect());
    prop::collection::vec(row, 0..4)
}

fn any_matrix() -> impl Strategy<Value = Matrix> {
    let axes = prop::collection::vec(prop::collection::vec(value(), 1..5), 0..4);
    (axes, filters(&["a0", "a1", "a2"]), filters(&["a0", "a1", "a2", "x", "y"])).prop_map(
        |(axes, exclude, include)| {
            let named = axes.into_iter().enumerate();
            let axes: Vec<Axis> =
                named.map(|(position, values)| Axis { name: format!("a{position}"), values }).collect();
            // An exclude speaks of axes only; anything else is an error before the expansion.
            let known =
                |row: &Map<String, Value>| row.keys().all(|key| axes.iter().any(|axis| axis.name == *key));
            let exclude = exclude.into_iter().filter(known).collect();
            Matrix { axes, exclude, include, ..Matrix::default() }
        },
    )
}

/// Every combination of values of `size` axes that a row of the product has.
fn combinations(matrix: &Matrix, rows: &[Row], size: usize) -> BTreeSet<String> {
    let names: Vec<&String> = matrix.axes.iter().map(|axis| &axis.name).collect();
    let sets = (0_u32..1 << names.len()).filter(|set| set.count_ones() as usize == size.min(names.len()));
    let mut found = BTreeSet::new();
    for set in sets {
        let chosen: Vec<&&String> =
            names.iter().enumerate().filter(|(bit, _)| set & (1 << bit) != 0).map(|(_, name)| name).collect();
        for row in rows {
            let held: Vec<String> =
                chosen.iter().map(|name| format!("{name}={}", row.values[name.as_str()])).collect();
            found.insert(held.join(" "));
        }
    }
    found
}

proptest! {
    #[test]
    fn rows_are_the_product_without_the_excluded_with_the_appended(matrix in any_matrix()) {
        prop_assert_eq!(rows(&matrix), naive(&matrix));
    }

    #[test]
    fn the_order_is_that_of_the_product_then_that_of_the_includes(matrix in any_matrix()) {
        let key = |origin: Origin| match origin {
            Origin::Product(number) => (0, number),
            Origin::Include(position) => (1, position),
        };
        let order: Vec<_> = matrix.expand().cells.iter().map(|cell| key(cell.origin)).collect();
        prop_assert!(order.is_sorted_by(|left, right| left < right), "{:?}", order);
        prop_assert_eq!(matrix.expand(), matrix.expand());
    }

    #[test]
    fn cover_keeps_rows_of_the_expansion_and_every_combination_that_they_have(
        whole in any_matrix(), size in 1_usize..4
    ) {
        let strength = Strength::of(i64::try_from(size).expect("small")).expect("1 to 3");
        let covered = Matrix { cover: Some(strength), ..whole.clone() };
        let (all, kept) = (whole.expand(), covered.expand());
        prop_assert_eq!(&all.unmatched, &kept.unmatched);
        let mut together: Vec<_> = kept.cells.iter().chain(&kept.left_out).cloned().collect();
        let mut expected = all.cells.clone();
        let order = |cell: &harness_model::matrix::Cell| match cell.origin {
            Origin::Product(number) => (0, number),
            Origin::Include(position) => (1, position),
        };
        together.sort_by_key(order);
        expected.sort_by_key(order);
        prop_assert_eq!(together, expected);
        let of_product = |cells: &[harness_model::matrix::Cell]| -> Vec<Row> {
            let cells = cells.iter().filter(|cell| matches!(cell.origin, Origin::Product(_)));
            whole.rows(cells).collect()
        };
        let wanted = combinations(&whole, &of_product(&all.cells), size);
        prop_assert_eq!(combinations(&whole, &of_product(&kept.cells), size), wanted);
        prop_assert!(kept.cells.is_sorted_by_key(order));
    }
}
