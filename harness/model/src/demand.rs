//! What a lane demands of a whole run of it, beyond the verdicts of its cases: milestones that somebody reached, a ceiling
//! on skips, and floors of cases that were executed. A run in which nothing happened is not green.
//!
//! Demands are written into the log with the names of the cases that they speak of, so that they are judged from the log
//! alone.
//!
//! Does not: judge cases. Their verdicts do, and [`crate::exit`] puts the two together.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

use crate::name::{CaseId, LaneName, MilestoneName};
use crate::report::RunReport;
use crate::units;
use crate::verdict::Verdict;
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a lane demands, and whether it does so of this run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Demands {
    /// The lane.
    pub lane: LaneName,
    /// What at least one case, or a fixture of the run, has to reach.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub milestones: Vec<MilestoneName>,
    /// Milestones of the lane that nobody has to reach here, each with the reason.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(with = "std::collections::BTreeMap<MilestoneName, String>")]
    pub waived: IndexMap<MilestoneName, String>,
    /// How many cases may be skipped at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_skipped: Option<Ceiling>,
    /// How many cases of each value of an axis must be executed at least.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub floors: Vec<Floor>,
    /// Why nothing of this counts in this run; none when all of it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub off: Option<String>,
}

/// How many cases may be skipped, of those that are not blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ceiling {
    /// So many.
    Cases(usize),
    /// So many of a hundred.
    Percent(u8),
}

/// How many cases of each value of an axis must be executed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Floor {
    /// The axis, or the key of a bundle.
    pub axis: String,
    /// So many of each value.
    pub least: usize,
    /// The planned cases of each value.
    #[schemars(with = "std::collections::BTreeMap<String, Vec<CaseId>>")]
    pub values: IndexMap<String, Vec<CaseId>>,
}

/// A demand that was not met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breach<'a> {
    /// Nobody reached a milestone.
    Missed {
        /// Which.
        milestone: &'a MilestoneName,
    },
    /// More was skipped than the lane bears.
    Skipped {
        /// How many cases.
        skipped: usize,
        /// Of how many that are not blocked.
        of: usize,
        /// How many it bears.
        ceiling: Ceiling,
    },
    /// Too little of a value was executed.
    Unexecuted {
        /// The axis.
        axis: &'a str,
        /// The value.
        value: &'a str,
        /// How many cases of it were executed.
        executed: usize,
        /// How many the lane demands.
        least: usize,
    },
}

impl fmt::Display for Demands {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milestones: Vec<&str> = self.milestones.iter().map(MilestoneName::as_str).collect();
        let reached = (!milestones.is_empty()).then(|| format!("{} reached", milestones.join(", ")));
        let waived = self.waived.iter().map(|(milestone, why)| format!("{milestone} not needed ({why})"));
        let skipped = self.max_skipped.map(|ceiling| format!("{ceiling} skipped at most"));
        let floors = self.floors.iter().map(|Floor { axis, least, .. }| {
            format!("{} of each {axis} executed", units::count(*least, "case"))
        });
        let all: Vec<String> = reached.into_iter().chain(waived).chain(skipped).chain(floors).collect();
        match &self.off {
            Some(why) => write!(formatter, "none here: {why}"),
            None => formatter.write_str(&all.join(" · ")),
        }
    }
}

impl Ceiling {
    fn bears(self, skipped: usize, of: usize) -> bool {
        match self {
            Self::Cases(most) => skipped <= most,
            Self::Percent(most) => skipped * 100 <= of * usize::from(most),
        }
    }
}

impl Floor {
    /// The values of which too little was executed. A value of which all cases are blocked has an owner and a date, and
    /// nobody expects it to run.
    fn breaches<'a>(&'a self, run: &'a RunReport) -> impl Iterator<Item = Breach<'a>> {
        let verdict = |case: &CaseId| run.cases.get(case).map(|case| case.ending.verdict);
        self.values.iter().filter_map(move |(value, cases)| {
            let executed =
                cases.iter().filter(|case| verdict(case).is_some_and(Verdict::is_executed)).count();
            let is_blocked = cases.iter().all(|case| verdict(case) == Some(Verdict::Blocked));
            let (axis, least) = (self.axis.as_str(), self.least);
            (executed < least && !is_blocked).then_some(Breach::Unexecuted { axis, value, executed, least })
        })
    }
}

impl RunReport {
    /// The demands of its lane that it did not meet, where they count. They speak of all cases together, so a shard has
    /// none; the merged run has.
    pub fn breaches(&self) -> Vec<Breach<'_>> {
        let Some(demands) =
            self.demands.as_ref().filter(|demands| demands.off.is_none() && self.shard.is_none())
        else {
            return Vec::new();
        };
        let missed = demands.milestones.iter().filter(|milestone| !self.reached.contains_key(*milestone));
        let missed = missed.map(|milestone| Breach::Missed { milestone });
        let floors = demands.floors.iter().flat_map(|floor| floor.breaches(self));
        missed.chain(demands.max_skipped.and_then(|ceiling| self.too_many(ceiling))).chain(floors).collect()
    }

    fn too_many(&self, ceiling: Ceiling) -> Option<Breach<'_>> {
        let count = |verdict| self.cases.values().filter(|case| case.ending.verdict == verdict).count();
        let (skipped, of) = (count(Verdict::Skipped), self.cases.len() - count(Verdict::Blocked));
        (!ceiling.bears(skipped, of)).then_some(Breach::Skipped { skipped, of, ceiling })
    }
}

impl fmt::Display for Ceiling {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cases(most) => write!(formatter, "{most}"),
            Self::Percent(most) => write!(formatter, "{most}%"),
        }
    }
}

impl fmt::Display for Breach<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missed { milestone } => write!(formatter, "nobody reached milestone {milestone}"),
            Self::Skipped { skipped, of, ceiling } => {
                write!(formatter, "{skipped} of {} skipped, {ceiling} at most", units::count(*of, "case"))
            }
            Self::Unexecuted { axis, value, executed, least } => {
                let cases = units::count(*executed, "case");
                write!(formatter, "{cases} of {axis} {value} executed, {least} at least")
            }
        }
    }
}

#[cfg(test)]
#[path = "demand_tests.rs"]
mod tests;
