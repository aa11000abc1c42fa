//! The matrix: axes, their product, `exclude` and `include`, exactly as GitHub Actions reads them; `cover` beside it.
//!
//! Does not: know arms, selections or policy.

mod cover;
mod expansion;
mod filter;

pub use cover::Strength;
pub(crate) use expansion::Picker;
pub use expansion::{Cell, Expansion, Origin};
pub(crate) use filter::leaf_matches;
pub use filter::matches;

use crate::case::as_text;
use crate::source::Location;
use indexmap::IndexSet;
use serde_json::{Map, Value};

/// Axes in document order, with what is taken from and added to their product.
///
/// *Shape*: `[matrix]` with `runtime = ["codex", "mock"]`, `exclude = [{ runtime = "mock" }]`, `include = […]`
#[derive(Debug, Clone, Default)]
pub struct Matrix {
    /// The axes; the first varies slowest.
    pub axes: Vec<Axis>,
    /// Rows that are dropped.
    pub exclude: Vec<Map<String, Value>>,
    /// Extras and additional rows.
    pub include: Vec<Map<String, Value>>,
    /// How much of the product is enough; all of it when absent.
    pub cover: Option<Strength>,
    /// Where its parts were written.
    pub places: Places,
}

/// One axis; an axis of tables is a bundle.
#[derive(Debug, Clone)]
pub struct Axis {
    /// The name.
    pub name: String,
    /// The values.
    pub values: Vec<Value>,
}

/// Where the parts of a matrix were written, in the order of the parts; empty for one that nobody wrote.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// For each axis, each of its values.
    pub values: Vec<Vec<Location>>,
    /// Each row of `include`.
    pub include: Vec<Location>,
}

/// One combination.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    /// What selects and names it: a value for each axis; an appended row may lack some.
    pub values: Map<String, Value>,
    /// What includes added.
    pub extras: Map<String, Value>,
}

impl Matrix {
    /// All combinations that are not left out.
    pub fn expand(&self) -> Expansion {
        expansion::expand(self)
    }

    /// How many combinations the axes have, before anything is taken or added; nothing when there is no axis and
    /// `include` lists the rows.
    pub fn product(&self) -> usize {
        if self.axes.is_empty() && !self.include.is_empty() {
            return 0;
        }
        self.axes.iter().map(|axis| axis.values.len()).fold(1, usize::saturating_mul)
    }

    /// The rows of some cells, with their values.
    pub fn rows<'a>(&'a self, cells: impl IntoIterator<Item = &'a Cell>) -> impl Iterator<Item = Row> {
        // One order for all rows, however an include writes its own: that of the axes.
        let axes = self.axes.iter().map(|axis| axis.name.as_str());
        let order: IndexSet<&str> =
            if self.axes.is_empty() { self.keys().into_iter().collect() } else { axes.collect() };
        cells.into_iter().map(move |cell| match cell.origin {
            Origin::Product(number) => {
                let added = cell.includes.iter().flat_map(|include| self.extras(*include as usize));
                let values = self.axes.iter().zip(self.choice(number));
                let values = values.map(|(axis, value)| (axis.name.clone(), axis.values[value].clone()));
                Row { values: values.collect(), extras: added.map(copied).collect() }
            }
            Origin::Include(position) => {
                let include = self.include[position].iter();
                let mut named: Vec<_> = include.filter(|(key, value)| self.names(key, value)).collect();
                named.sort_by_key(|(key, _)| order.get_index_of(key.as_str()));
                let values =
                    named.into_iter().map(|(key, value)| (key.clone(), self.like_its_bundle(key, value)));
                Row { values: values.collect(), extras: self.extras(position).map(copied).collect() }
            }
        })
    }

    /// A part of a bundle with its keys in the order of the bundle.
    fn like_its_bundle(&self, axis: &str, value: &Value) -> Value {
        let axis = self.axes.iter().find(|known| known.name == axis);
        match (axis.and_then(|axis| axis.values.first()), value) {
            (Some(Value::Object(bundle)), Value::Object(part)) => {
                let mut part: Vec<_> = part.iter().map(copied).collect();
                part.sort_by_key(|(key, _)| bundle.keys().position(|known| known == key));
                Value::Object(part.into_iter().collect())
            }
            _ => value.clone(),
        }
    }

    /// Which value of each axis a row of the product has.
    pub(crate) fn choice(&self, number: usize) -> Vec<usize> {
        let mut rest = number;
        let mut choice: Vec<usize> = self
            .axes
            .iter()
            .rev()
            .map(|axis| {
                let value = rest % axis.values.len();
                rest /= axis.values.len();
                value
            })
            .collect();
        choice.reverse();
        choice
    }

    /// The keys that select and name: axes, and the keys of bundles in place of theirs. Where `include` lists all the
    /// rows, those of its keys that hold no table or list.
    pub fn keys(&self) -> Vec<&str> {
        // The tables of a bundle are alike.
        let of_axes = self.axes.iter().filter_map(|axis| Some((axis.name.as_str(), axis.values.first()?)));
        let of_includes = self.include.iter().flatten().filter(|_| self.axes.is_empty());
        let of_includes = of_includes.filter(|(key, value)| self.names(key, value));
        let all = of_axes.chain(of_includes.map(|(key, value)| (key.as_str(), value)));
        all.flat_map(named).map(|(key, _)| key).collect::<IndexSet<_>>().into_iter().collect()
    }

    /// Every value that a key which selects may have, as often as it is written.
    pub fn selecting(&self) -> impl Iterator<Item = (&str, &Value)> {
        let of_axes = self
            .axes
            .iter()
            .flat_map(|axis| axis.values.iter().map(move |value| (axis.name.as_str(), value)));
        let of_includes = self.include.iter().flatten().filter(|(key, value)| self.names(key, value));
        let all = of_axes.chain(of_includes.map(|(key, value)| (key.as_str(), value)));
        all.flat_map(named)
    }

    /// Where a value of a key that selects was written first.
    pub(crate) fn place(&self, key: &str, text: &str) -> Option<&Location> {
        let has = |name: &str, value: &Value| {
            named((name, value)).any(|(name, value)| name == key && as_text(value) == text)
        };
        let of_axes = self.axes.iter().zip(&self.places.values).find_map(|(axis, places)| {
            places.get(axis.values.iter().position(|value| has(&axis.name, value))?)
        });
        of_axes.or_else(|| {
            let in_row = |row: &Map<String, Value>| row.iter().any(|(name, value)| has(name, value));
            self.places.include.get(self.include.iter().position(in_row)?)
        })
    }

    /// What an include adds to the rows that it matches.
    pub(crate) fn extras(&self, include: usize) -> impl Iterator<Item = (&String, &Value)> {
        self.include[include].iter().filter(|(key, value)| !self.names(key, value))
    }

    /// Whether an entry of an include is part of its row's name, and not an extra.
    fn names(&self, key: &str, value: &Value) -> bool {
        if self.axes.is_empty() {
            return !value.is_object() && !value.is_array();
        }
        self.axes.iter().any(|axis| axis.name == key)
    }
}

/// What an entry selects by: its key, or the keys of its bundle.
fn named<'a>((key, value): (&'a str, &'a Value)) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let bundle = value.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value));
    let plain = (!value.is_object()).then_some((key, value));
    plain.into_iter().chain(bundle)
}

fn copied((key, value): (&String, &Value)) -> (String, Value) {
    (key.clone(), value.clone())
}
