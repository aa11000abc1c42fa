//! The traps of a matrix: rows that do not do what they look like. None of them is an error to GitHub.
//!
//! Does not: judge a row that does something.

use super::rows::tables;
use super::{Entry, meant};
use crate::case::as_text;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::matrix::{Expansion, Matrix, leaf_matches};
use crate::name::closest;
use crate::raw::{RawNode, RawTree, Table};
use crate::source::{At, Location};
use serde_json::Value;

/// Why a row matches nothing: this value is that of no row.
struct Stranger {
    location: Location,
    label: String,
    help: Option<String>,
}

/// Warns of every row that is probably not meant as it is written.
pub(super) fn check(lists: &[Entry], matrix: &Matrix, expansion: &Expansion, findings: &mut Diagnostics) {
    for entry in lists.iter().filter(|_| !matrix.axes.is_empty()) {
        for (position, (row, table)) in tables(entry, findings).into_iter().enumerate() {
            if entry.name.value == "exclude" {
                findings.extend(stranger(entry, table, matrix).map(idle_exclude));
                continue;
            }
            findings.extend(near_axes(entry, table, matrix));
            if expansion.unmatched.binary_search(&position).is_ok() {
                findings.push(lone_include(entry, row, stranger(entry, table, matrix)));
            }
        }
    }
}

fn idle_exclude(stranger: Stranger) -> Diagnostic {
    Diagnostic::warning("W0405", "this exclude matches no row and drops nothing")
        .at(&stranger.location, stranger.label)
        .help(
            stranger
                .help
                .unwrap_or_else(|| "every case that it was to drop runs: mend or remove it".to_owned()),
        )
}

fn lone_include(entry: &Entry, row: &RawTree, stranger: Option<Stranger>) -> Diagnostic {
    let place = entry.at(row);
    let message = format!("the include {} matches no row and becomes a case of its own", row.value());
    let warning = Diagnostic::warning("W0404", message);
    match stranger {
        None => warning
            .at(&place, "an exclude drops what it matches")
            .help("it adds the row again; if this is not meant, change the exclude"),
        Some(Stranger { location, label, help: Some(help) }) => warning.at(&location, label).help(help),
        Some(Stranger { label, help: None, .. }) => {
            warning.at(&place, label).help("this may be meant; if not, look at its values")
        }
    }
}

/// The first value of a row that its axis does not have.
fn stranger(entry: &Entry, row: &Table<RawTree>, matrix: &Matrix) -> Option<Stranger> {
    row.iter().find_map(|(key, tree)| {
        let axis = matrix.axes.iter().find(|axis| axis.name == *key.get_ref())?;
        let values: Vec<&Value> = axis.values.iter().collect();
        if has(&values, tree) {
            return None;
        }
        let parts = match &tree.node {
            RawNode::Table(table) => table.iter().collect(),
            RawNode::List(_) | RawNode::Leaf(_) => Vec::new(),
        };
        let part = parts.into_iter().find_map(|(key, tree)| {
            let values: Vec<&Value> = values.iter().filter_map(|value| value.get(key.get_ref())).collect();
            (!has(&values, tree)).then(|| unknown(entry, key.get_ref(), tree, &values))
        });
        Some(part.unwrap_or_else(|| match &tree.node {
            RawNode::Table(_) => Stranger {
                location: entry.at(tree),
                label: format!("no table of `{}` has all of these", axis.name),
                help: None,
            },
            RawNode::List(_) | RawNode::Leaf(_) => unknown(entry, &axis.name, tree, &values),
        }))
    })
}

fn has(values: &[&Value], expected: &RawTree) -> bool {
    let expected = expected.value();
    values.iter().any(|value| leaf_matches(&expected, value))
}

fn unknown(entry: &Entry, key: &str, tree: &RawTree, values: &[&Value]) -> Stranger {
    let known: Vec<String> = values.iter().map(|value| as_text(value)).collect();
    Stranger {
        location: entry.at(tree),
        label: format!("no value of `{key}`"),
        help: meant(&as_text(&tree.value()), known.iter().map(String::as_str)),
    }
}

/// A key of an include that is an axis but for a slip, where the axis itself is not spoken of.
fn near_axes(entry: &Entry, row: &Table<RawTree>, matrix: &Matrix) -> Vec<Diagnostic> {
    let axes = || matrix.axes.iter().map(|axis| axis.name.as_str());
    let keys = row.keys().map(|key| entry.name.location.source.spanned(key.clone()));
    let extras = keys.filter(|key: &At<String>| !axes().any(|axis| axis == key.value));
    let near = extras.filter_map(|key| {
        let axis = closest(&key.value, axes().filter(|axis| is_slip(&key.value, axis)))?;
        if row.keys().any(|other| other.get_ref() == axis) {
            return None;
        }
        let message = format!("`{}` is no axis, so it is an extra and filters nothing", key.value);
        let warning = Diagnostic::warning("W0406", message).at(&key.location, format!("close to `{axis}`"));
        Some(warning.help(format!("did you mean `{axis}`? If not, give the extra a name of its own")))
    });
    near.collect()
}

/// One letter in a short name, two in a long one.
fn is_slip(name: &str, axis: &str) -> bool {
    strsim::damerau_levenshtein(name, axis) <= if axis.len() < 8 { 1 } else { 2 } && axis.len() > 3
}
