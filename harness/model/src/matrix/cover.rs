//! `cover`: fewer rows that still hold every value, every pair or every triple of values.
//!
//! Does not: invent rows, or leave out what an include appended.

use super::{Cell, Matrix, Origin};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// How many axes at a time are covered: every combination of that many values that the product has stands in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    /// `cover = 1`: every value.
    Values,
    /// `cover = 2`: every pair of values of two axes.
    Pairs,
    /// `cover = 3`: every triple of values of three axes.
    Triples,
}

impl Strength {
    /// The strength of a number, if there is one.
    pub fn of(number: i64) -> Option<Self> {
        match number {
            1 => Some(Self::Values),
            2 => Some(Self::Pairs),
            3 => Some(Self::Triples),
            _ => None,
        }
    }

    /// How many choices of that many axes there are.
    pub(crate) fn groups(self, axes: usize) -> usize {
        let size = self.number().min(axes);
        // Each product of neighbours is divisible by the next number.
        (0..size).fold(1, |groups: usize, taken| groups.saturating_mul(axes - taken) / (taken + 1))
    }

    /// The number as it is written.
    pub fn number(self) -> usize {
        match self {
            Self::Values => 1,
            Self::Pairs => 2,
            Self::Triples => 3,
        }
    }
}

/// Some axes whose combinations of values are counted.
struct Group {
    axes: Vec<usize>,
    sizes: Vec<usize>,
    /// The number of its first combination.
    first: usize,
}

/// Rows of the product with what they hold.
struct Candidates {
    groups: Vec<Group>,
    combinations: usize,
    choices: Vec<Vec<usize>>,
}

/// Keeps rows until every combination that some row has is kept, the order unchanged; gives what is kept and what is
/// not. The same matrix gives the same rows.
pub(super) fn select(matrix: &Matrix, cells: Vec<Cell>, strength: Strength) -> (Vec<Cell>, Vec<Cell>) {
    let candidates = Candidates::new(matrix, &cells, strength);
    // No order is best for every matrix; both are cheap.
    let longest = matrix.axes.iter().map(|axis| axis.values.len()).max().unwrap_or(1);
    let plain = candidates.keep(|_| 0);
    let diagonal = candidates.keep(|choice| choice.iter().sum::<usize>() % longest);
    let count = |kept: &[bool]| kept.iter().filter(|kept| **kept).count();
    let kept = if count(&diagonal) < count(&plain) { diagonal } else { plain };
    let mut kept = kept.into_iter();
    cells.into_iter().partition(|_| kept.next().unwrap_or(true))
}

impl Candidates {
    fn new(matrix: &Matrix, cells: &[Cell], strength: Strength) -> Self {
        let (mut groups, mut combinations) = (Vec::new(), 0);
        for axes in subsets(matrix.axes.len(), strength.number()) {
            let sizes: Vec<usize> = axes.iter().map(|axis| matrix.axes[*axis].values.len()).collect();
            let first = combinations;
            combinations += sizes.iter().product::<usize>();
            groups.push(Group { axes, sizes, first });
        }
        let numbers = cells.iter().filter_map(|cell| match cell.origin {
            Origin::Product(number) => Some(number),
            Origin::Include(_) => None,
        });
        Self { groups, combinations, choices: numbers.map(|number| matrix.choice(number)).collect() }
    }

    /// The combinations that a row holds.
    fn held<'a>(&'a self, choice: &'a [usize]) -> impl Iterator<Item = usize> + 'a {
        self.groups.iter().map(|group| {
            let digits = group.axes.iter().zip(&group.sizes);
            group.first + digits.fold(0, |number, (axis, size)| number * size + choice[*axis])
        })
    }

    /// Takes the row with the most that is new, again and again; of equal rows the one that `rank` puts first, then
    /// the one that comes first.
    ///
    /// What a row adds only shrinks, so a row whose old figure is not the largest need not be counted again.
    fn keep(&self, rank: impl Fn(&[usize]) -> usize) -> Vec<bool> {
        let (mut kept, mut covered) = (vec![false; self.choices.len()], vec![false; self.combinations]);
        let rows = self.choices.iter().enumerate();
        let mut ahead: BinaryHeap<_> =
            rows.map(|(row, choice)| (self.groups.len(), Reverse((rank(choice), row)))).collect();
        while let Some((before, Reverse((rank, row)))) = ahead.pop() {
            let new = self.held(&self.choices[row]).filter(|held| !covered[*held]).count();
            if new == 0 {
                continue;
            }
            if new < before {
                ahead.push((new, Reverse((rank, row))));
                continue;
            }
            kept[row] = true;
            for held in self.held(&self.choices[row]) {
                covered[held] = true;
            }
        }
        kept
    }
}

/// Every choice of `size` out of `count`, in order; all of them when there are not more.
fn subsets(count: usize, size: usize) -> Vec<Vec<usize>> {
    let mut subsets = vec![Vec::new()];
    for _ in 0..size.min(count) {
        subsets = subsets
            .iter()
            .flat_map(|subset: &Vec<usize>| {
                let next = subset.last().map_or(0, |last| last + 1);
                (next..count).map(|axis| [subset.as_slice(), &[axis]].concat()).collect::<Vec<_>>()
            })
            .collect();
    }
    subsets
}

#[cfg(test)]
mod tests {
    use super::{Strength, subsets};
    use crate::matrix::{Axis, Matrix};

    fn count(sizes: &[usize], strength: Strength) -> usize {
        let axes = sizes.iter().enumerate().map(|(position, size)| Axis {
            name: format!("a{position}"),
            values: (0..*size).map(serde_json::Value::from).collect(),
        });
        let matrix = Matrix { axes: axes.collect(), cover: Some(strength), ..Matrix::default() };
        let expansion = matrix.expand();
        assert_eq!(expansion.cells.len() + expansion.left_out.len(), sizes.iter().product::<usize>());
        expansion.cells.len()
    }

    #[test]
    fn subsets_are_listed_once_each() {
        assert_eq!(subsets(3, 2), [[0, 1], [0, 2], [1, 2]]);
        assert_eq!(subsets(2, 3), [[0, 1]]);
        assert_eq!(subsets(0, 2), [[0; 0]]);
        for (axes, strength) in
            [(3, Strength::Pairs), (2, Strength::Triples), (7, Strength::Triples), (0, Strength::Values)]
        {
            assert_eq!(strength.groups(axes), subsets(axes, strength.number()).len());
        }
    }

    #[test]
    fn the_count_is_at_or_near_the_smallest_that_is_possible() {
        let known: [(&[usize], Strength, usize); 9] = [
            (&[3, 4, 5], Strength::Values, 5),
            (&[3, 10], Strength::Pairs, 30),
            (&[3, 3, 3, 3], Strength::Pairs, 9),
            (&[5, 5, 5, 5], Strength::Pairs, 25),
            (&[10, 10, 10], Strength::Pairs, 100),
            (&[4, 3, 2, 2], Strength::Pairs, 12),
            (&[2; 10], Strength::Pairs, 9),
            (&[3; 8], Strength::Pairs, 15),
            (&[2; 7], Strength::Triples, 14),
        ];
        for (sizes, strength, expected) in known {
            assert_eq!(count(sizes, strength), expected, "{sizes:?} {strength:?}");
        }
    }

    #[test]
    fn as_many_axes_as_the_strength_are_covered_by_everything() {
        assert_eq!(count(&[2, 3], Strength::Triples), 6);
        assert_eq!(count(&[4], Strength::Pairs), 4);
        assert_eq!(count(&[], Strength::Pairs), 1);
    }
}
