//! The gates of the cases that would run, counted: whether every red counts is asked for each case, and decided without a look at
//! any other.
//!
//! Does not: know which cases these are.

use super::Gate;
use crate::exit::SkipPolicy;

/// How many cases would run, and how many of them are required.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Running {
    all: usize,
    required: usize,
}

impl Running {
    /// Counts one more.
    pub fn add(&mut self, gate: Gate) {
        self.all += 1;
        self.required += usize::from(gate == Gate::Required);
    }

    /// Takes one back that was counted.
    pub(crate) fn remove(&mut self, gate: Gate) {
        self.all -= 1;
        self.required -= usize::from(gate == Gate::Required);
    }

    /// Whether every red of a run counts, whatever the gates say: live is required, and of what would run nothing is required.
    /// Else such a run could be red from end to end and exit with 0.
    pub fn every_red_counts(self, skips: SkipPolicy) -> bool {
        skips == SkipPolicy::Forbidden && self.all > 0 && self.required == 0
    }
}

impl FromIterator<Gate> for Running {
    fn from_iter<Gates: IntoIterator<Item = Gate>>(gates: Gates) -> Self {
        let mut running = Self::default();
        gates.into_iter().for_each(|gate| running.add(gate));
        running
    }
}

#[cfg(test)]
mod tests {
    use super::{Gate, Running};
    use crate::exit::SkipPolicy;

    #[test]
    fn where_live_is_required_and_nothing_is_every_red_counts() {
        const ADVISORY: [Gate; 2] = [Gate::Advisory, Gate::Advisory];
        let every =
            |gates: &[Gate], skips| gates.iter().copied().collect::<Running>().every_red_counts(skips);
        assert!(every(&ADVISORY, SkipPolicy::Forbidden));
        assert!(!every(&ADVISORY, SkipPolicy::Tolerated));
        assert!(!every(&[Gate::Advisory, Gate::Required], SkipPolicy::Forbidden));
        assert!(!every(&[], SkipPolicy::Forbidden));
    }

    #[test]
    fn what_is_taken_back_was_never_there() {
        let mut running: Running = [Gate::Advisory, Gate::Required].into_iter().collect();
        running.remove(Gate::Required);
        assert!(running.every_red_counts(SkipPolicy::Forbidden));
        running.remove(Gate::Advisory);
        assert_eq!(running, Running::default());
    }
}
