//! Partitions exactly as cargo-nextest makes them, so that the same words mean the same cases in both.
//!
//! nextest sorts the names of a binary by their bytes and counts ignored tests apart from the others; `slice` counts over
//! all binaries of its run, so it is the same where it is asked for this one target (`--test staging`).
//!
//! Does not: ask nextest. A test does, with the real one.

use super::Division;
use std::hash::Hasher;
use twox_hash::XxHash64;

/// Which of nextest's two lists a case is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Listed {
    /// To be run.
    Runs,
    /// As ignored.
    Ignored,
}

/// Where a case stands in the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position<'a> {
    /// In which of them.
    pub list: Listed,
    /// Its name.
    pub name: &'a str,
}

/// The partition of each case, counted from zero. A division by time is none of nextest's: all are in the first.
pub fn partition(cases: &[Position<'_>], by: Division, of: usize) -> Vec<usize> {
    let mut partitions = vec![0; cases.len()];
    for list in [Listed::Runs, Listed::Ignored] {
        let mut sorted: Vec<usize> = (0..cases.len()).filter(|at| cases[*at].list == list).collect();
        sorted.sort_by_key(|at| cases[*at].name.as_bytes());
        for (rank, at) in sorted.into_iter().enumerate() {
            partitions[at] = match by {
                Division::Slice | Division::Count => rank % of,
                Division::Hash => usize::try_from(hash(cases[at].name) % of as u64).unwrap_or_default(),
                Division::Time => 0,
            };
        }
    }
    partitions
}

fn hash(name: &str) -> u64 {
    let mut hasher = XxHash64::with_seed(0);
    hasher.write(name.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::{Listed, Position, hash, partition};
    use crate::shard::Shard;

    fn chosen(text: &str, cases: &[(&'static str, Listed)]) -> Vec<&'static str> {
        let shard: Shard = text.parse().unwrap();
        let positions: Vec<Position<'_>> =
            cases.iter().map(|(name, list)| Position { list: *list, name }).collect();
        let partitions = partition(&positions, shard.by, shard.of).into_iter();
        let is_in = partitions.map(|found| found + 1 == shard.number);
        cases.iter().zip(is_in).filter(|(_, is_in)| *is_in).map(|((name, _), _)| *name).collect()
    }

    #[test]
    fn a_slice_counts_in_the_order_of_bytes_and_ignored_cases_apart() {
        use Listed::{Ignored, Runs};
        let cases =
            [("a::b", Runs), ("B", Runs), ("a", Ignored), ("a::Z", Runs), ("c", Ignored), ("d", Runs)];
        assert_eq!(chosen("slice:1/2", &cases), ["a::b", "B", "a"]);
        assert_eq!(chosen("slice:2/2", &cases), ["a::Z", "c", "d"]);
        assert_eq!(chosen("count:2/2", &cases), ["a::Z", "c", "d"]);
        assert_eq!(chosen("slice:5/5", &cases), <[&str; 0]>::default());
    }

    #[test]
    fn a_hash_is_xxh64_of_the_name_alone() {
        // The reference values of the algorithm.
        assert_eq!(hash(""), 0xef46_db37_51d8_e999);
        assert_eq!(hash("abc"), 0x44bc_2cf5_ad77_0999);
        let cases = [("abc", Listed::Runs), ("", Listed::Ignored)];
        let residue = hash("abc") % 7 + 1;
        assert!(chosen(&format!("hash:{residue}/7"), &cases).contains(&"abc"));
    }
}
