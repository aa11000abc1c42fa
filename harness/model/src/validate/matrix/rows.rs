//! The rows of `exclude` and `include`.
//!
//! Does not: say what they match; `traps` does.

use super::{Entry, is_plain};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::matrix::{Axis, Matrix};
use crate::raw::{RawNode, RawTree, Table, Text};
use crate::validate::words;
use serde_json::{Map, Value};

/// Reads the lists into a matrix that has its axes.
pub(super) fn read(lists: &[Entry], matrix: &mut Matrix, findings: &mut Diagnostics) {
    for entry in lists {
        let mut rows: Vec<(Map<String, Value>, &RawTree)> = Vec::new();
        for (row, table) in tables(entry, findings) {
            for (key, value) in table {
                check_key(entry, key, value, matrix, findings);
            }
            let values = table.iter().map(|(key, value)| (key.get_ref().clone(), value.value()));
            rows.push((values.collect(), row));
        }
        if entry.name.value == "exclude" {
            matrix.exclude = rows.into_iter().map(|(row, _)| row).collect();
        } else {
            matrix.places.include = rows.iter().map(|(_, row)| entry.at(row)).collect();
            matrix.include = rows.into_iter().map(|(row, _)| row).collect();
        }
    }
}

/// The rows of a list, each a table that says something.
pub(super) fn tables<'a>(
    entry: &'a Entry,
    findings: &mut Diagnostics,
) -> Vec<(&'a RawTree, &'a Table<RawTree>)> {
    let list = &entry.name.value;
    let mut wrong = |tree: &RawTree, label: &str| {
        let diagnostic = Diagnostic::error("E0406", format!("`{list}` is a list of tables"));
        findings
            .push(diagnostic.at(&entry.at(tree), label).help(format!("{list} = [{{ axis = \"value\" }}]")));
    };
    let RawNode::List(items) = &entry.tree.node else {
        wrong(&entry.tree, "not a list");
        return Vec::new();
    };
    let mut rows = Vec::new();
    for item in items {
        match &item.node {
            RawNode::Table(table) if !table.is_empty() => rows.push((item, table)),
            RawNode::Table(_) => wrong(item, "an empty table would match everything"),
            RawNode::List(_) | RawNode::Leaf(_) => wrong(item, "not a table"),
        }
    }
    rows
}

/// A key is an axis; that of an include may also be an extra.
fn check_key(entry: &Entry, key: &Text, value: &RawTree, matrix: &Matrix, findings: &mut Diagnostics) {
    let at = entry.name.location.source.spanned(key.clone());
    if let Some(axis) = matrix.axes.iter().find(|axis| axis.name == at.value) {
        check_value(entry, axis, value, findings);
        return;
    }
    let bundle = matrix.axes.iter().find(|axis| bundle_keys(axis).any(|known| known == at.value));
    if let Some(bundle) = bundle {
        let message = format!("there is no axis `{}`", at.value);
        let diagnostic = Diagnostic::error("E0403", message).at(&at.location, "a key of a bundle");
        let help = format!("name the bundle: {} = {{ {} = {} }}", bundle.name, at.value, value.value());
        findings.push(diagnostic.help(help));
        return;
    }
    let mut axes = matrix.axes.iter().map(|axis| axis.name.as_str());
    if entry.name.value == "exclude" || axes.any(|axis| axis.eq_ignore_ascii_case(&at.value)) {
        let axes = matrix.axes.iter().map(|axis| axis.name.as_str());
        findings.keep(words::declared(&at, "axis", "E0403", axes));
        return;
    }
    // Where there is no axis, a key of one word selects.
    let selects = matrix.axes.is_empty() && matches!(value.node, RawNode::Leaf(_));
    findings.keep(if selects { words::selector(&at) } else { words::identifier(&at) });
    if selects {
        check_plain(entry, &at.value, value, findings);
    }
}

/// A part of a bundle speaks of keys that the bundle has, and of something.
fn check_value(entry: &Entry, axis: &Axis, value: &RawTree, findings: &mut Diagnostics) {
    if entry.name.value == "include" {
        check_plain(entry, &axis.name, value, findings);
    }
    let RawNode::Table(table) = &value.node else { return };
    if table.is_empty() {
        let diagnostic = Diagnostic::error(
            "E0406",
            format!("`{}` says nothing of axis `{}`", entry.name.value, axis.name),
        );
        findings.push(
            diagnostic.at(&entry.at(value), "an empty table would match everything").help("take the key out"),
        );
    }
    for key in table.keys().filter(|_| bundle_keys(axis).next().is_some()) {
        let at = entry.name.location.source.spanned(key.clone());
        let known: Vec<&str> = bundle_keys(axis).collect();
        findings.keep(words::declared(&at, "bundle key", "E0403", known.into_iter()));
    }
}

fn check_plain(entry: &Entry, key: &str, value: &RawTree, findings: &mut Diagnostics) {
    if !is_plain(&value.value()) {
        let diagnostic = Diagnostic::error("E0402", format!("`{key}` has a value that cannot name a case"));
        findings.push(
            diagnostic
                .at(&entry.at(value), "empty, blank, or with control characters")
                .help("give it a value that people can type"),
        );
    }
}

/// The keys of a bundle; none for a plain axis.
fn bundle_keys(axis: &Axis) -> impl Iterator<Item = &str> {
    axis.values.first().and_then(Value::as_object).into_iter().flat_map(Map::keys).map(String::as_str)
}
