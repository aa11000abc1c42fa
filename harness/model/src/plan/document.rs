//! The plan as a written format: one JSON document, for whoever decides with a program.
//!
//! Does not: hold bindings, or anything else that could be secret.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

use super::{Counts, Forecast, Plan, Planned, Reasons};
use crate::case;
use crate::choose::ChosenRecord;
use crate::demand::Demands;
use crate::estimate::Estimates;
use crate::event::seconds;
use crate::exit::ExitCode;
use crate::gate::Decision;
use crate::gates::Gate;
use crate::name::{ArmName, CaseId, EnvironmentName, LaneName, ScenarioName};
use crate::pass::Pass;
use crate::shard::{Part, Predictions};
use indexmap::{IndexMap, IndexSet};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::time::Duration;

/// The version of the written format. A reader refuses a newer one by name.
pub const PLAN_VERSION: u32 = 1;

/// A plan, for programs.
///
/// *Units*: timeouts and estimates are seconds in the document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PlanDocument {
    /// The version of this document.
    pub version: u32,
    /// The suite.
    pub suite: String,
    /// The environment.
    pub environment: EnvironmentName,
    /// Why it was chosen.
    pub because: String,
    /// The lane, when one was chosen.
    pub lane: Option<LaneName>,
    /// Why that lane.
    #[serde(default)]
    pub lane_because: Option<String>,
    /// The bindings of its own that the lane has.
    #[serde(default)]
    pub lane_bindings: Map<String, Value>,
    /// The exit code that the lane expects; none for success.
    #[serde(default)]
    pub expects: Option<ExitCode>,
    /// The bindings that variables replace.
    #[serde(default)]
    pub overrides: Map<String, Value>,
    /// What people should know before anything runs.
    #[serde(default)]
    pub notes: Vec<String>,
    /// How long the run may take.
    #[serde(default, with = "maybe_seconds")]
    #[schemars(with = "Option<f64>")]
    pub timeout: Option<Duration>,
    /// How often a send that brought no reply is repeated.
    #[serde(default)]
    pub retries: Option<u32>,
    /// How the selection was written; empty for everything.
    pub selection: String,
    /// How many cases have each decision.
    pub counts: Counts,
    /// What is not in the plan.
    pub left_out: LeftOut,
    /// How many earlier runs the estimates come from.
    pub estimated_from: usize,
    /// How long all of it will take, when that is known of every case that runs: cases wait side by side, as many at
    /// once as the suite says.
    #[serde(with = "maybe_seconds")]
    #[schemars(with = "Option<f64>")]
    pub estimate: Option<Duration>,
    /// What its lane demands of the whole run, beyond the verdicts of its cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demands: Option<Demands>,
    /// What it is a shard of, when it is one; its cases are those of the shard then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Part>,
    /// The selected cases, in order.
    pub cases: Vec<PlannedCase>,
}

/// The cases of a suite that are not in a plan, by who left them out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct LeftOut {
    /// How many nobody asked for.
    pub selection: usize,
    /// Those that `cover` leaves to others, in the order of the suite.
    pub cover: Vec<CaseId>,
}

/// A case of a plan, for programs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PlannedCase {
    /// Its id.
    pub id: CaseId,
    /// Its scenario.
    pub scenario: ScenarioName,
    /// Axes and bundle keys with their values, in the order of the id.
    #[schemars(with = "std::collections::BTreeMap<String, String>")]
    pub keys: IndexMap<String, String>,
    /// The tags of its scenario and its arms.
    pub tags: Vec<String>,
    /// The arms that picked it.
    pub arms: Vec<ArmName>,
    /// What was chosen for it, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chosen: Vec<ChosenRecord>,
    /// Whether a red counts.
    pub gate: Gate,
    /// What is expected of it.
    pub decision: Forecast,
    /// Why, when it does not simply run.
    pub reason: Option<String>,
    /// How many of several attempts must pass; none for one attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass: Option<Pass>,
    /// How long it may take with all of its attempts, release not counted.
    #[serde(with = "seconds")]
    #[schemars(with = "f64")]
    pub timeout: Duration,
    /// How long it took in earlier runs, when there are any.
    #[serde(with = "maybe_seconds")]
    #[schemars(with = "Option<f64>")]
    pub estimate: Option<Duration>,
    /// How long it is predicted to take: its estimate, else that of its arm or its scenario, else what is declared.
    #[serde(default, with = "maybe_seconds", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<f64>")]
    pub predicted: Option<Duration>,
    /// The how manyth of the cases that run it is to start, the longest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<usize>,
}

/// A document that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// It is not a plan.
    #[error("this is not a plan")]
    Shape(#[from] serde_json::Error),
    /// It was written by a newer version.
    #[error("the plan has version {found}, this program reads up to {PLAN_VERSION}")]
    Newer {
        /// Its version.
        found: u32,
    },
}

/// What of a document is looked at before anything else: a newer one may have another shape.
#[derive(Deserialize)]
struct Head {
    version: u32,
}

/// Reads a document.
///
/// *Errors*: [`PlanError`].
pub fn read(text: &str) -> Result<PlanDocument, PlanError> {
    let head: Head = serde_json::from_str(text)?;
    if head.version > PLAN_VERSION {
        return Err(PlanError::Newer { found: head.version });
    }
    Ok(serde_json::from_str(text)?)
}

/// A duration that may be unknown: seconds as a number, or null.
mod maybe_seconds {
    use super::seconds;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::time::Duration;

    #[derive(Serialize, Deserialize)]
    struct Seconds(#[serde(with = "seconds")] Duration);

    #[expect(clippy::ref_option, reason = "serde hands the field over like this")]
    pub(super) fn serialize<S: Serializer>(duration: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
        duration.map(Seconds).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<Seconds>::deserialize(from)?.map(|Seconds(duration)| duration))
    }
}

impl Plan {
    /// The document of this plan.
    pub fn document(&self, reasons: &Reasons, estimates: &Estimates) -> PlanDocument {
        let predictions = Predictions::new(self, estimates);
        let mut cases: Vec<PlannedCase> =
            self.cases.iter().map(|planned| self.planned_case(planned, estimates, &predictions)).collect();
        for (rank, position) in predictions.longest_first().into_iter().enumerate() {
            let runs = self.cases[position].decision == Decision::Run;
            cases[position].starts = runs.then_some(rank + 1);
        }
        PlanDocument {
            version: PLAN_VERSION,
            suite: self.suite.name.clone(),
            environment: self.environment.clone(),
            because: reasons.environment.clone(),
            lane: self.overlay.lane.clone(),
            lane_because: reasons.lane.clone(),
            lane_bindings: self.lane().map(|lane| lane.bind.clone()).unwrap_or_default(),
            expects: self.lane().and_then(|lane| lane.expects),
            overrides: self.overlay.overrides.clone(),
            notes: reasons.notes.clone(),
            timeout: Some(self.timeout),
            retries: Some(self.suite.retries),
            selection: self.selection.clone(),
            counts: self.counts(),
            left_out: self.left_out(),
            estimated_from: estimates.runs(),
            estimate: self.estimate(estimates),
            demands: self.demands(),
            shard: self.part().cloned(),
            cases,
        }
    }

    fn estimate(&self, estimates: &Estimates) -> Option<Duration> {
        let running = self.cases.iter().filter(|planned| planned.decision == Decision::Run);
        let took: Option<Vec<Duration>> = running.map(|planned| estimates.of(&planned.case.id)).collect();
        let took = took.filter(|took| !took.is_empty())?;
        let at_once = u32::try_from(self.suite.concurrency).unwrap_or(u32::MAX).max(1);
        took.iter().copied().max().max(Some(took.iter().sum::<Duration>() / at_once))
    }

    /// The cases of the suite that are not in the plan.
    pub fn left_out(&self) -> LeftOut {
        LeftOut {
            selection: self.of.saturating_sub(self.undivided()),
            cover: self.suite.scenarios.iter().flat_map(case::left_out).collect(),
        }
    }

    /// How long a case may take with all of its attempts, release not counted.
    pub fn case_timeout(&self, planned: &Planned) -> Duration {
        let scenario = self.suite.scenario(&planned.case.scenario);
        let timeout = scenario.map_or(self.suite.case_timeout, |scenario| scenario.timeout);
        timeout.saturating_mul(planned.pass.map_or(1, |pass| pass.of))
    }

    /// What was chosen for a case, in order.
    pub fn chosen(&self, planned: &Planned) -> Vec<ChosenRecord> {
        planned.case.chosen.iter().filter_map(|chosen| chosen.record(&self.suite)).collect()
    }

    fn tags(&self, planned: &Planned) -> Vec<String> {
        let scenario = self.suite.scenario(&planned.case.scenario);
        let tags = scenario.map_or_else(Vec::new, |scenario| planned.case.facet(scenario, "tag"));
        tags.into_iter().map(str::to_owned).collect::<IndexSet<_>>().into_iter().collect()
    }

    fn planned_case(
        &self,
        planned: &Planned,
        estimates: &Estimates,
        predictions: &Predictions,
    ) -> PlannedCase {
        PlannedCase {
            id: planned.case.id.clone(),
            scenario: planned.case.scenario.clone(),
            keys: planned.case.keys.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect(),
            tags: self.tags(planned),
            arms: planned.arms.clone(),
            chosen: self.chosen(planned),
            gate: planned.gate,
            decision: planned.forecast(),
            reason: planned.reason(),
            pass: planned.pass,
            timeout: self.case_timeout(planned),
            estimate: estimates.of(&planned.case.id),
            predicted: predictions.of(&planned.case.id).map(|predicted| predicted.takes),
            starts: None,
        }
    }
}
