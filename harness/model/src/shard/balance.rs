//! Dividing by time: the longest case first, each to the shard that has the least to do so far.
//!
//! Does not: predict. It is told how long each takes.

use std::time::Duration;

/// The shard of each case, counted from zero, from how long each takes and what it is called.
///
/// The same weights and names give the same shards everywhere, whatever the order in which they come: of equal cases the
/// first name goes first, of equal shards the one with fewer cases, then the first.
pub fn balance(cases: &[(Duration, &str)], shards: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..cases.len()).collect();
    order.sort_by(|one, other| cases[*other].0.cmp(&cases[*one].0).then(cases[*one].1.cmp(cases[*other].1)));
    let mut loads = vec![(Duration::ZERO, 0_usize); shards];
    let mut of = vec![0; cases.len()];
    for position in order {
        let least = (0..shards).min_by_key(|shard| loads[*shard]).unwrap_or_default();
        if let Some((total, count)) = loads.get_mut(least) {
            *total += cases[position].0;
            *count += 1;
        }
        of[position] = least;
    }
    of
}

#[cfg(test)]
mod tests {
    use super::balance;
    use proptest::prelude::*;
    use std::time::Duration;

    fn seconds(cases: &[(u64, &'static str)]) -> Vec<(Duration, &'static str)> {
        cases.iter().map(|(seconds, name)| (Duration::from_secs(*seconds), *name)).collect()
    }

    #[test]
    fn the_longest_goes_first_and_each_to_the_shard_with_the_least_to_do() {
        let cases = seconds(&[(1, "a"), (2, "b"), (7, "c"), (3, "d"), (4, "e")]);
        assert_eq!(balance(&cases, 2), [1, 0, 0, 1, 1]);
    }

    #[test]
    fn equal_cases_are_dealt_one_by_one_and_cases_of_no_time_as_well() {
        let cases = seconds(&[(1, "d"), (1, "a"), (1, "c"), (1, "b")]);
        assert_eq!(balance(&cases, 2), [1, 0, 0, 1]);
        assert_eq!(balance(&seconds(&[(0, "a"), (0, "b"), (0, "c")]), 3), [0, 1, 2]);
    }

    proptest! {
        /// What a shard has more than the shortest is at most its last case: nobody waits long for one machine.
        #[test]
        fn no_two_shards_are_further_apart_than_the_longest_case(
            weights in proptest::collection::vec(0_u64..500, 1..60),
            shards in 1_usize..9,
        ) {
            let names: Vec<String> = (0..weights.len()).map(|number| format!("case-{number}")).collect();
            let cases: Vec<(Duration, &str)> =
                weights.iter().zip(&names).map(|(weight, name)| (Duration::from_secs(*weight), name.as_str())).collect();
            let of = balance(&cases, shards);
            let mut totals = vec![0_u64; shards];
            let mut counts = vec![0_usize; shards];
            for (weight, shard) in weights.iter().zip(&of) {
                totals[*shard] += weight;
                counts[*shard] += 1;
            }
            let spread = totals.iter().max().unwrap() - totals.iter().min().unwrap();
            prop_assert!(spread <= *weights.iter().max().unwrap());
            prop_assert!(cases.len() < shards || counts.iter().all(|count| *count > 0));
            // The order in which they come changes nothing.
            let turned: Vec<(Duration, &str)> = cases.iter().rev().copied().collect();
            let again: Vec<usize> = balance(&turned, shards).into_iter().rev().collect();
            prop_assert_eq!(again, of);
        }
    }
}
