//! What the lane of a run demands of it, with the planned cases that it speaks of.
//!
//! Does not: judge the run; `demand` does, from the log.

use super::{Plan, Planned};
use crate::demand::{Demands, Floor};
use crate::exit::SkipPolicy;
use crate::name::{EnvironmentName, MilestoneName};
use crate::suite::{LaneDemands, SecretSupply};
use crate::units;
use indexmap::{IndexMap, IndexSet};

impl Plan {
    /// What its lane demands, or that of a run that selects nothing, and why it does not count, if it does not. Only a run
    /// of every case of a lane is measured: whoever picks some cases wants to know what comes of these.
    pub fn demands(&self) -> Option<Demands> {
        if let Some(part) = &self.part {
            return part.demands.clone();
        }
        let name = self.overlay.lane.as_ref().or(self.suite.default_lane.as_ref())?;
        let lane = self.suite.lanes.get(name).filter(|lane| !lane.demands.is_empty())?;
        let LaneDemands { milestones, max_skipped, floors } = &lane.demands;
        let mut demands = Demands {
            lane: name.clone(),
            milestones: Vec::new(),
            waived: IndexMap::new(),
            max_skipped: *max_skipped,
            floors: floors.iter().map(|(axis, least)| self.floor(&axis.value, least.value)).collect(),
            off: self.off(),
        };
        let (anywhere, here) = (self.milestones(None), self.milestones(Some(&self.environment)));
        for milestone in milestones.iter().map(|milestone| &milestone.value) {
            let why = if anywhere.contains(milestone) && !here.contains(milestone) {
                format!("environment {} gives it", self.environment)
            } else if self.may_lack() {
                "live is not required".to_owned()
            } else {
                demands.milestones.push(milestone.clone());
                continue;
            };
            demands.waived.insert(milestone.clone(), why);
        }
        Some(demands)
    }

    fn off(&self) -> Option<String> {
        let selected = self.cases.len();
        if selected < self.of_lane {
            let are = if selected == 1 { "is" } else { "are" };
            let of = units::count(self.of_lane, "case");
            return Some(format!("{selected} of its {of} {are} selected"));
        }
        self.overlay.lane.is_none().then(|| "the run has no lane".to_owned())
    }

    /// Whether something may be missing without anybody minding: on somebody else's system, when live is not required. An
    /// environment that gives every secret lacks nothing.
    fn may_lack(&self) -> bool {
        self.policy.skips == SkipPolicy::Tolerated && self.secrets_from() == SecretSupply::Settings
    }

    /// The milestones that its cases can come to.
    fn milestones(&self, environment: Option<&EnvironmentName>) -> IndexSet<&MilestoneName> {
        let scenarios: IndexSet<_> = self.cases.iter().map(|planned| &planned.case.scenario).collect();
        let scenarios = scenarios.into_iter().filter_map(|name| self.suite.scenario(name));
        scenarios.flat_map(|scenario| self.suite.milestones(scenario, environment)).collect()
    }

    fn floor(&self, axis: &str, least: usize) -> Floor {
        let mut values: IndexMap<String, Vec<_>> = IndexMap::new();
        for Planned { case, .. } in &self.cases {
            for (_, value) in case.keys.iter().filter(|(key, _)| **key == *axis) {
                values.entry(value.to_string()).or_default().push(case.id.clone());
            }
        }
        Floor { axis: axis.to_owned(), least, values }
    }
}
