//! The expansion: which rows a matrix has, each as a number and not as a copy of its values.
//!
//! Does not: build a row. [`Matrix::row`] does, when somebody looks.

use super::filter::leaf_matches;
use super::{Axis, Matrix, cover};
use serde_json::{Map, Value};

/// The rows of a matrix.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expansion {
    /// The rows: the product in mixed radix, then the appended ones.
    pub cells: Vec<Cell>,
    /// What `cover` left out, in the order of the product.
    pub left_out: Vec<Cell>,
    /// Positions in `include` of those that became rows of their own.
    pub unmatched: Vec<usize>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Where its values come from.
    pub origin: Origin,
    /// Positions in `include` of those that add extras to it.
    pub includes: Vec<u32>,
}

/// Where the values of a row come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The product of the axes, counted with the last axis fastest.
    Product(usize),
    /// An `include` that matched nothing, by its position.
    Include(usize),
}

/// A filter over axes: which values of which axes it lets through.
struct Filter(Vec<(usize, Vec<bool>)>);

impl Filter {
    /// Compares every value once, so that a row costs one look for each axis. A key that is no axis matches nothing.
    fn new(axes: &[Axis], filter: &Map<String, Value>) -> Option<Self> {
        let parts = filter.iter().map(|(key, expected)| {
            let position = axes.iter().position(|axis| axis.name == *key)?;
            let fits = axes[position].values.iter().map(|value| leaf_matches(expected, value)).collect();
            Some((position, fits))
        });
        parts.collect::<Option<_>>().map(Self)
    }

    /// The keys of an include that are axes; without one it matches every row.
    fn of_include(axes: &[Axis], include: &Map<String, Value>) -> Option<Self> {
        let of_axes = include.iter().filter(|(key, _)| axes.iter().any(|axis| axis.name == **key));
        Self::new(axes, &of_axes.map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    fn matches(&self, choice: &[usize]) -> bool {
        self.0.iter().all(|(axis, fits)| fits[choice[*axis]])
    }
}

/// The match of an arm against the rows of the product.
pub(crate) struct Picker(Filter);

impl Picker {
    /// Compares every value once. A key is an axis or a key of its bundle; one that is neither picks nothing.
    pub(crate) fn new(matrix: &Matrix, matches: &Map<String, Value>) -> Option<Self> {
        let parts = matches.iter().map(|(key, expected)| {
            let has = |axis: &Axis| axis.values.first().is_some_and(|value| value.get(key).is_some());
            let position = matrix.axes.iter().position(|axis| axis.name == *key || has(axis))?;
            let axis = &matrix.axes[position];
            let fits = axis.values.iter().map(|value| {
                let actual = if axis.name == *key { Some(value) } else { value.get(key) };
                actual.is_some_and(|actual| leaf_matches(expected, actual))
            });
            Some((position, fits.collect()))
        });
        Some(Self(Filter(parts.collect::<Option<_>>()?)))
    }

    /// Whether it picks a row.
    pub(crate) fn picks(&self, choice: &[usize]) -> bool {
        self.0.matches(choice)
    }
}

/// Counts in mixed radix; the last digit is the fastest.
struct Odometer {
    choice: Vec<usize>,
}

impl Odometer {
    fn turn(&mut self, axes: &[Axis]) {
        for (digit, axis) in self.choice.iter_mut().zip(axes).rev() {
            *digit += 1;
            if *digit < axis.values.len() {
                return;
            }
            *digit = 0;
        }
    }
}

/// All combinations.
///
/// *Source*: the semantics of the actions runner: excludes before includes, an include never overwrites an axis, a
/// later include overwrites an earlier one's extra, one that matches no row becomes a row.
pub(super) fn expand(matrix: &Matrix) -> Expansion {
    let axes = &matrix.axes;
    let exclude: Vec<Option<Filter>> = matrix.exclude.iter().map(|row| Filter::new(axes, row)).collect();
    let include: Vec<Option<Filter>> =
        matrix.include.iter().map(|row| Filter::of_include(axes, row)).collect();
    let mut unmatched = vec![true; include.len()];
    let mut cells = Vec::new();
    let mut odometer = Odometer { choice: vec![0; axes.len()] };
    for number in 0..matrix.product() {
        let choice = &odometer.choice;
        if !exclude.iter().flatten().any(|filter| filter.matches(choice)) {
            let mut includes = Vec::new();
            for ((filter, unmatched), position) in include.iter().zip(&mut unmatched).zip(0_u32..) {
                if filter.as_ref().is_some_and(|filter| filter.matches(choice)) {
                    *unmatched = false;
                    includes.push(position);
                }
            }
            cells.push(Cell { origin: Origin::Product(number), includes });
        }
        odometer.turn(axes);
    }
    let unmatched: Vec<usize> = (0..include.len()).filter(|position| unmatched[*position]).collect();
    let (mut cells, left_out) = match matrix.cover {
        Some(strength) => cover::select(matrix, cells, strength),
        None => (cells, Vec::new()),
    };
    let appended = unmatched.iter().map(|position| Origin::Include(*position));
    cells.extend(appended.map(|origin| Cell { origin, includes: Vec::new() }));
    Expansion { cells, left_out, unmatched }
}
