//! `gates.toml`: which arms a live run requires.
//!
//! Does not: count greens or promote an arm.

use crate::exit::SkipPolicy;
use crate::name::ArmName;
use crate::source::At;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whether a red of an arm counts against the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// It is shown and does not count: continue-on-error.
    Advisory,
    /// It counts.
    Required,
}

/// Whether every red of a run counts, whatever the gates say: live is required, and of what would run nothing is required.
/// Else such a run could be red from end to end and exit with 0.
pub fn every_red_counts(skips: SkipPolicy, running: impl IntoIterator<Item = Gate>) -> bool {
    let mut running = running.into_iter().peekable();
    skips == SkipPolicy::Forbidden && running.peek().is_some() && running.all(|gate| gate == Gate::Advisory)
}

/// The words for it.
pub const EVERY_RED_COUNTS: &str = "nothing that is selected is required, so every red counts";

/// The gate of every arm, on live environments.
#[derive(Debug, Clone, Default)]
pub struct Gates(BTreeMap<ArmName, At<Gate>>);

impl Gates {
    /// Takes what the file says.
    pub fn new(gates: BTreeMap<ArmName, At<Gate>>) -> Self {
        Self(gates)
    }

    /// What the file says of an arm, and where.
    pub fn row(&self, arm: &ArmName) -> Option<&At<Gate>> {
        self.0.get(arm)
    }

    /// The gate of a case by its arms: required when every one of them is.
    ///
    /// An arm that the file does not name is advisory. A case without an arm has nothing that could be promoted, so it
    /// counts from the start.
    pub fn of<'a>(&self, arms: impl IntoIterator<Item = &'a ArmName>) -> Gate {
        arms.into_iter()
            .map(|arm| self.row(arm).map_or(Gate::Advisory, |row| row.value))
            .min()
            .unwrap_or(Gate::Required)
    }
}

#[cfg(test)]
mod tests {
    use super::{Gate, every_red_counts};
    use crate::exit::SkipPolicy;

    #[test]
    fn where_live_is_required_and_nothing_is_every_red_counts() {
        const ADVISORY: [Gate; 2] = [Gate::Advisory, Gate::Advisory];
        assert!(every_red_counts(SkipPolicy::Forbidden, ADVISORY));
        assert!(!every_red_counts(SkipPolicy::Tolerated, ADVISORY));
        assert!(!every_red_counts(SkipPolicy::Forbidden, [Gate::Advisory, Gate::Required]));
        assert!(!every_red_counts(SkipPolicy::Forbidden, []));
    }
}
