//! Jobs: which of the lanes that count run which arm.
//!
//! Does not: look at runs.

use crate::diagnostic::Diagnostics;
use crate::layers::Overlay;
use crate::name::{ArmName, LaneName};
use crate::suite::Suite;
use crate::validate::cases;
use std::collections::{BTreeMap, BTreeSet};

/// The lanes that count for each arm of a suite. An arm that none of them runs has none; in a suite without lanes, a run
/// without one is the only job.
pub fn jobs(suite: &Suite) -> BTreeMap<ArmName, BTreeSet<Option<LaneName>>> {
    // The suite has been compiled: there is nothing more to find.
    let expanded = cases::expand(suite, &Overlay::default(), &mut Diagnostics::default());
    let mut jobs: BTreeMap<ArmName, BTreeSet<Option<LaneName>>> = BTreeMap::new();
    for (scenario, cases) in expanded {
        for arm in &scenario.arms {
            jobs.entry(arm.name.clone()).or_default();
        }
        for case in cases {
            let counted = suite.gates.policy.lanes.iter().filter(|name| {
                suite.lanes.get(*name).is_some_and(|lane| lane.selection.picks(scenario, &case))
            });
            let mut counted: BTreeSet<Option<LaneName>> = counted.cloned().map(Some).collect();
            if suite.lanes.is_empty() {
                counted.insert(None);
            }
            for position in &case.arms {
                let arm = scenario.arms[*position].name.clone();
                jobs.entry(arm).or_default().extend(counted.iter().cloned());
            }
        }
    }
    jobs
}
