//! Evidence: what the runs of a job say of an arm.
//!
//! Does not: decide what follows from it.

use super::{GatePolicy, Window};
use crate::exit::ExitCode;
use crate::history::{Light, PastRun};
use crate::name::{ArmName, LaneName};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Serialize;

/// What the runs of one job say of an arm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct JobEvidence {
    /// The lane; none where a suite has none.
    pub lane: Option<LaneName>,
    /// How the arm stood in each counted run, the oldest first.
    pub seen: Vec<Seen>,
    /// How many greens in a row it has shown by now.
    pub greens: u32,
    /// How many of them are flaky.
    pub soft: u32,
    /// From the first of them to the last, so many days.
    pub days: u32,
    /// The first of them.
    pub since: Option<Seen>,
    /// What ended the streak before: the newest run that was no green, or one soft pass too many.
    pub broken_by: Option<Seen>,
    /// How many of the last counted runs were red, of as many as the window has greens.
    pub reds: u32,
    /// The first of these.
    pub first_red: Option<Seen>,
}

/// How an arm stood in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Seen {
    /// The run.
    pub run: String,
    /// When it began.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Its commit, where that is known.
    pub commit: Option<String>,
    /// How the arm stood.
    pub light: Light,
    /// Why it was no green.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

/// Whether a run counts for gates at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// It does.
    Counted,
    /// It does not.
    Not(Uncounted),
}

/// Why a run does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Uncounted {
    /// It is of another branch, or nobody knows of which.
    Branch,
    /// It is of a lane that does not count, or of none.
    Lane,
    /// A fault, a filter or a variable sets it apart.
    Apart,
    /// It was interrupted, or the harness broke down in it.
    Unfinished,
}

impl Uncounted {
    /// The words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Branch => "of other branches",
            Self::Lane => "of other lanes",
            Self::Apart => "set apart by a fault, a filter or a variable",
            Self::Unfinished => "unfinished",
        }
    }
}

impl Count {
    /// Whether a run counts. A storm does: it is shown, and passed over.
    pub fn of(run: &PastRun, policy: &GatePolicy) -> Self {
        let lane_counts = match &run.lane {
            Some(lane) => policy.lanes.iter().any(|counted| counted.as_str() == lane),
            None => policy.lanes.is_empty(),
        };
        if run.provenance.branch.as_deref() != Some(policy.branch.as_str()) {
            Self::Not(Uncounted::Branch)
        } else if !lane_counts {
            Self::Not(Uncounted::Lane)
        } else if !run.provenance.apart.is_empty() {
            Self::Not(Uncounted::Apart)
        } else if matches!(run.exit, ExitCode::Interrupted | ExitCode::Internal) {
            Self::Not(Uncounted::Unfinished)
        } else {
            Self::Counted
        }
    }
}

/// What counted runs, the oldest first, say of an arm in a job.
pub fn evidence(runs: &[&PastRun], arm: &ArmName, lane: Option<&LaneName>, window: Window) -> JobEvidence {
    let of_job = runs.iter().filter(|run| run.lane.as_deref() == lane.map(LaneName::as_str));
    let seen: Vec<Seen> = of_job.filter_map(|run| Seen::of(run, arm)).collect();
    let mut found = JobEvidence {
        lane: lane.cloned(),
        greens: 0,
        soft: 0,
        days: 0,
        since: None,
        broken_by: None,
        reds: 0,
        first_red: None,
        seen: Vec::new(),
    };
    found.count_greens(&seen, window);
    // A storm says nothing about the arm, neither good nor bad.
    let telling = seen.iter().rev().filter(|seen| seen.light != Light::Storm);
    for red in telling.take(window.greens as usize).filter(|seen| seen.light == Light::Red) {
        found.reds += 1;
        found.first_red = Some(red.clone());
    }
    JobEvidence { seen, ..found }
}

impl JobEvidence {
    /// The greens in a row that end with the newest run, with as many soft passes as are allowed.
    fn count_greens(&mut self, seen: &[Seen], window: Window) {
        let mut newest = None;
        for run in seen.iter().rev() {
            let is_soft = match run.light {
                Light::Storm => continue,
                Light::Green => false,
                Light::Soft if self.soft < window.soft_passes => true,
                Light::Soft | Light::Void | Light::Red => {
                    self.broken_by = Some(run.clone());
                    break;
                }
            };
            self.greens += 1;
            self.soft += u32::from(is_soft);
            let newest = *newest.get_or_insert(day(run.at));
            self.days = u32::try_from((newest - day(run.at)).get_days()).unwrap_or_default();
            self.since = Some(run.clone());
        }
    }

    /// Whether it shows what a window asks for.
    pub fn shows(&self, window: Window) -> bool {
        self.greens >= window.greens && self.days >= window.days
    }
}

/// The day of a time, in UTC as staging counts.
pub(super) fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

impl Seen {
    fn of(run: &PastRun, arm: &ArmName) -> Option<Self> {
        let light = run.light(|case| case.arms.contains(arm))?;
        let culprit = run.cases.iter().filter(|case| case.arms.contains(arm)).find(|case| {
            light != Light::Green && (light == Light::Storm || Light::of(case.verdict) == light)
        });
        let cause = culprit.map(|case| {
            let step = case.step.as_ref().map(|step| format!("{step}: ")).unwrap_or_default();
            format!("{}: {}: {step}{}", case.id, case.verdict, case.cause)
        });
        let commit = run.provenance.commit.clone();
        Some(Self { run: run.id.clone(), at: run.began, commit, light, cause })
    }
}
