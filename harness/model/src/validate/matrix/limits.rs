//! What stands beside the axes: `cover`, `max-cases`, `from`, and how many rows there may be.
//!
//! Does not: read axes or rows.

use super::Entry;
use crate::diagnostic::Diagnostic;
use crate::matrix::{Expansion, Matrix, Strength};
use crate::raw::RawNode;
use crate::source::{At, Source};
use serde_json::Value;

/// More than anybody can run, and less than a laptop's memory.
const MOST_CASES: usize = 1_000_000;

/// More combinations of axes and rows than anybody waits for: a few seconds.
const MOST_WORK: usize = 50_000_000;
/// Each row of the product is compared with each of the lists; more takes seconds.
const MOST_COMPARISONS: usize = 10_000_000;

/// What stands beside the axes.
#[derive(Default)]
pub(super) struct Limits {
    /// How much of the product is enough.
    pub(super) cover: Option<Strength>,
    /// The file that has the rest of the matrix.
    pub(super) from: Option<At<String>>,
    most: Option<At<usize>>,
}

impl Limits {
    /// Takes an entry, if it is one of these; says whether it is.
    pub(super) fn take(&mut self, entry: &Entry) -> Result<bool, Diagnostic> {
        let value = match &entry.tree.node {
            RawNode::Leaf(value) => value,
            RawNode::List(_) | RawNode::Table(_) => &Value::Null,
        };
        let location = entry.at(&entry.tree);
        match entry.name.value.as_str() {
            "cover" => {
                let strength = value.as_i64().and_then(Strength::of);
                self.cover = Some(strength.ok_or_else(|| {
                    wrong(
                        entry,
                        "is 1, 2 or 3",
                        "1 keeps every value, 2 every pair, 3 every triple of values",
                    )
                })?);
            }
            "max-cases" => {
                let most =
                    value.as_u64().filter(|most| *most > 0).and_then(|most| usize::try_from(most).ok());
                let most = most.ok_or_else(|| wrong(entry, "is a number from 1", "max-cases = 200"))?;
                self.most = Some(At { value: most, location });
            }
            "from" => {
                let file = value.as_str().filter(|file| !file.trim().is_empty());
                let file =
                    file.ok_or_else(|| wrong(entry, "is the name of a file", "from = \"agents.json\""))?;
                self.from = Some(At { value: file.to_owned(), location });
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// No more cases than the scenario says.
    pub(super) fn check_cases(&self, matrix: &Matrix, expansion: &Expansion) -> Result<(), Diagnostic> {
        let Some(most) = self.most.as_ref().filter(|most| most.value < expansion.cells.len()) else {
            return Ok(());
        };
        let count = expansion.cells.len();
        let message = format!("the matrix has {count} cases, `max-cases` allows {}", most.value);
        let pairs = match matrix.cover {
            None if matrix.axes.len() > 2 && is_quick(matrix, Strength::Pairs) => {
                let covered = Matrix { cover: Some(Strength::Pairs), ..matrix.clone() };
                format!(
                    ", or keep every pair of values with cover = 2: {} cases",
                    covered.expand().cells.len()
                )
            }
            Some(Strength::Triples) => ", or lower `cover`".to_owned(),
            None | Some(Strength::Values | Strength::Pairs) => String::new(),
        };
        Err(Diagnostic::error("E0416", message)
            .at(&most.location, "fewer than there are")
            .help(format!("raise it to {count}, exclude rows{pairs}")))
    }
}

/// A product that no memory holds is not expanded.
pub(super) fn check_product(matrix: &Matrix, source: &Source) -> Result<(), Diagnostic> {
    let whole = source.at(0..source.text().lines().next().map_or(0, str::len));
    let rows = matrix.product();
    if rows <= MOST_CASES {
        let lists = matrix.include.len() + matrix.exclude.len();
        if rows.saturating_mul(lists) > MOST_COMPARISONS {
            let message = format!("{rows} rows against {lists} of include and exclude");
            return Err(Diagnostic::error("E0427", message).at(&whole, "in this file").help(
                "say it with fewer rows: one that speaks of one axis covers all values of the others",
            ));
        }
        let Some(strength) = matrix.cover.filter(|strength| !is_quick(matrix, *strength)) else {
            return Ok(());
        };
        let groups = strength.groups(matrix.axes.len());
        let message = format!("`cover` would look for {groups} combinations of axes in {rows} rows");
        return Err(Diagnostic::error("E0407", message)
            .at(&whole, "in this file")
            .help("lower `cover`, bundle axes that go together, or take values out"));
    }
    let message = format!("the axes multiply to more than {MOST_CASES} cases");
    Err(Diagnostic::error("E0407", message)
        .at(&whole, "in this file")
        .help("split the scenario, or take values out"))
}

fn is_quick(matrix: &Matrix, strength: Strength) -> bool {
    matrix.product().saturating_mul(strength.groups(matrix.axes.len())) <= MOST_WORK
}

fn wrong(entry: &Entry, must: &str, help: &str) -> Diagnostic {
    Diagnostic::error("E0417", format!("`{}` {must}", entry.name.value))
        .at(&entry.at(&entry.tree), "not this")
        .help(format!("{help}; no axis can have this name"))
}
