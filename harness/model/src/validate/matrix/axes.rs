//! Axes and bundles.
//!
//! Does not: read `exclude` or `include`.

use super::{Entry, is_plain, meant};
use crate::case::as_text;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::matrix::{Axis, Matrix};
use crate::raw::{RawNode, RawTree};
use crate::source::At;
use crate::validate::words;
use serde_json::Value;
use std::collections::BTreeSet;

/// The keys of a matrix that are no axes.
const WORDS: [&str; 5] = ["exclude", "include", "cover", "max-cases", "from"];

/// Reads the axes into a matrix.
pub(super) fn read(entries: &[Entry], matrix: &mut Matrix, findings: &mut Diagnostics) {
    let mut taken: Vec<At<String>> = Vec::new();
    for entry in entries {
        // An axis that is wrong keeps its name, or all that speak of it would be wrong too.
        let items = findings.keep(list(entry)).unwrap_or_default();
        findings.keep(words::selector(&entry.name));
        claim(&entry.name, &mut taken, findings);
        let values: Vec<Value> = items.iter().map(RawTree::value).collect();
        check_bundle(entry, items, &values, &mut taken, findings);
        check_repeated(entry, items, &values, findings);
        matrix.places.values.push(items.iter().map(|item| entry.at(item)).collect());
        matrix.axes.push(Axis { name: entry.name.value.clone(), values });
    }
}

/// The values of an axis.
fn list(entry: &Entry) -> Result<&[RawTree], Diagnostic> {
    let axis = &entry.name.value;
    let wrong = |message: &str, tree: &RawTree, label: &str| {
        let diagnostic =
            Diagnostic::error("E0402", format!("axis `{axis}` {message}")).at(&entry.at(tree), label);
        let help = format!("list its values: {axis} = [\"one\", \"two\"]");
        Err(diagnostic.help(meant(axis, WORDS.into_iter()).unwrap_or(help)))
    };
    let RawNode::List(items) = &entry.tree.node else {
        return wrong("is not a list of values", &entry.tree, "not a list");
    };
    if items.is_empty() {
        return wrong("has no values", &entry.tree, "an empty list");
    }
    match items.iter().find(|item| !is_plain(&item.value())) {
        Some(item) => {
            let label = "empty, blank, or with control characters";
            wrong("has a value that cannot name a case", item, label)
        }
        None => Ok(items),
    }
}

/// A name that selects is there once; GitHub ignores the case of keys.
fn claim(name: &At<String>, taken: &mut Vec<At<String>>, findings: &mut Diagnostics) {
    if let Some(other) = taken.iter().find(|other| other.value.eq_ignore_ascii_case(&name.value)) {
        let message = format!("two axes are called `{}`", name.value);
        let diagnostic = Diagnostic::error("E0414", message).at(&name.location, "the second");
        let help = format!(
            "the other is in {}; case does not tell names apart, and a key of a bundle is an axis",
            other.location
        );
        findings.push(diagnostic.help(help));
        return;
    }
    taken.push(name.clone());
}

/// A bundle's tables have the same keys, or its cases could not be told apart by name.
fn check_bundle(
    entry: &Entry,
    items: &[RawTree],
    values: &[Value],
    taken: &mut Vec<At<String>>,
    findings: &mut Diagnostics,
) {
    let name = &entry.name.value;
    let keys = |value: &Value| value.as_object().map(|table| table.keys().cloned().collect::<Vec<_>>());
    let first = values.first().and_then(&keys);
    if let Some((odd, item)) = values.iter().zip(items).find(|(value, _)| keys(value) != first) {
        let message =
            format!("the values of axis `{name}` are not alike: {odd} has other keys than the first");
        let diagnostic = Diagnostic::error("E0405", message).at(&entry.at(item), "this one");
        findings.push(
            diagnostic
                .help("every table of a bundle has the same keys, in the same order; extras go to an arm"),
        );
        return;
    }
    if let Some(RawNode::Table(table)) = items.first().map(|item| &item.node) {
        for key in table.keys() {
            let key = entry.name.location.source.spanned(key.clone());
            if findings.keep(words::selector(&key)).is_some() {
                claim(&key, taken, findings);
            }
        }
    }
}

/// A value that is written twice would give two cases one name.
fn check_repeated(entry: &Entry, items: &[RawTree], values: &[Value], findings: &mut Diagnostics) {
    let mut seen = BTreeSet::new();
    for (value, item) in values.iter().zip(items) {
        let text = match value.as_object() {
            Some(bundle) => bundle.values().map(as_text).collect::<Vec<_>>().join("::"),
            None => as_text(value),
        };
        if !seen.insert(text.clone()) {
            let message =
                format!("axis `{}` has `{text}` twice: two cases would have one id", entry.name.value);
            let diagnostic = Diagnostic::error("E0501", message).at(&entry.at(item), "again");
            findings.push(diagnostic.help("give it another value, or drop it"));
        }
    }
}
