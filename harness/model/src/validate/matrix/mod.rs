//! `[matrix]`: axes, `exclude`, `include`, and what stands beside them.
//!
//! Does not: look at arms or steps.

mod axes;
mod limits;
mod rows;
mod traps;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::matrix::{Expansion, Matrix};
use crate::name::closest;
use crate::raw::{RawNode, RawTree, Table, parse_json};
use crate::source::{At, Location, Source};
use indexmap::IndexMap;
use serde_json::Value;

/// One key of a matrix with its value, from the scenario or from JSON.
struct Entry {
    name: At<String>,
    tree: RawTree,
}

impl Entry {
    /// A place in the text that the entry is from.
    fn at(&self, tree: &RawTree) -> Location {
        self.name.location.source.at(tree.span.clone())
    }
}

/// Reads and expands a matrix; one that is wrong has its names and no row.
pub(super) fn read(
    source: &Source,
    raw: Table<RawTree>,
    matrices: &IndexMap<String, Source>,
    findings: &mut Diagnostics,
) -> (Matrix, Expansion) {
    let (mut own, mut limits) = (Diagnostics::default(), limits::Limits::default());
    let mut entries = Vec::new();
    for (name, tree) in raw {
        let entry = Entry { name: source.spanned(name), tree };
        if !own.keep(limits.take(&entry)).unwrap_or(true) {
            entries.push(entry);
        }
    }
    if let Some(file) = &limits.from {
        entries.extend(from_json(file, &entries, matrices, &mut own));
    }
    let mut matrix = Matrix { cover: limits.cover, ..Matrix::default() };
    let (lists, axes): (Vec<Entry>, Vec<Entry>) =
        entries.into_iter().partition(|entry| matches!(entry.name.value.as_str(), "exclude" | "include"));
    axes::read(&axes, &mut matrix, &mut own);
    rows::read(&lists, &mut matrix, &mut own);
    if !own.has_errors() {
        own.keep(limits::check_product(&matrix, source));
    }
    let expansion = if own.has_errors() { Expansion::default() } else { matrix.expand() };
    if !own.has_errors() {
        traps::check(&lists, &matrix, &expansion, &mut own);
        own.keep(limits.check_cases(&matrix, &expansion));
        own.keep(check_rows(source, &lists, &expansion));
    }
    findings.extend(own.iter().cloned());
    (matrix, expansion)
}

/// A scenario without a case would pass whatever happens.
fn check_rows(source: &Source, lists: &[Entry], expansion: &Expansion) -> Result<(), Diagnostic> {
    if !expansion.cells.is_empty() {
        return Ok(());
    }
    let exclude = lists.iter().find(|entry| entry.name.value == "exclude");
    let place = exclude.map_or_else(|| source.at(0..0), |entry| entry.name.location.clone());
    Err(Diagnostic::error("E0419", "every row of the matrix is excluded: the scenario has no case")
        .at(&place, "this drops all of them")
        .help("narrow a row of it, or delete the file"))
}

/// The entries of a JSON file beside the scenario.
fn from_json(
    file: &At<String>,
    written: &[Entry],
    matrices: &IndexMap<String, Source>,
    findings: &mut Diagnostics,
) -> Vec<Entry> {
    let Some(source) = matrices.get(&file.value) else {
        let message = format!("there is no `{}` beside this file", file.value);
        let missing = Diagnostic::error("E0418", message).at(&file.location, "not there");
        findings.push(missing.did_you_mean(&file.value, matrices.keys().map(String::as_str)));
        return Vec::new();
    };
    let Some(tree) = findings.keep(parse_json(source)) else { return Vec::new() };
    let RawNode::Table(table) = tree.node else {
        let message = format!("{} is not an object", source.name());
        let wrong = Diagnostic::error("E0418", message).at(&source.at(tree.span), "here");
        findings.push(wrong.help("write what GitHub's fromJSON takes: {\"axis\": [\"value\"]}"));
        return Vec::new();
    };
    let entries = table.into_iter().map(|(name, tree)| Entry { name: source.spanned(name), tree });
    let (twice, entries): (Vec<Entry>, Vec<Entry>) = entries.partition(|entry| {
        written.iter().any(|other| other.name.value.eq_ignore_ascii_case(&entry.name.value))
    });
    for entry in twice {
        let message = format!("`{}` stands in the scenario and in {}", entry.name.value, source.name());
        let diagnostic = Diagnostic::error("E0418", message).at(&entry.name.location, "the second");
        findings
            .push(diagnostic.help("a key of a matrix is written in one of them: take it out of the other"));
    }
    entries
}

/// A value stands in the id of a case, and that in names of files.
const LONGEST_TEXT: usize = 500;

/// Whether a value can stand in a case id.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::String(text) => {
            text.len() <= LONGEST_TEXT && !text.trim().is_empty() && !text.chars().any(char::is_control)
        }
        Value::Object(bundle) => bundle.values().all(is_plain),
        Value::Null => false,
        Value::Bool(_) | Value::Number(_) | Value::Array(_) => true,
    }
}

/// Offers the value that was probably meant, or nothing.
fn meant<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    closest(text, known).map(|meant| format!("did you mean `{meant}`?"))
}
