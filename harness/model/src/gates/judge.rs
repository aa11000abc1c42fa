//! The judgement: promote, hold or demote, for all jobs together.
//!
//! Does not: change `gates.toml`. An edit does, from this.

use super::evidence::day;
use super::{Count, GateRow, Gates, JobEvidence, Standing, Uncounted, Window, evidence};
use crate::history::PastRun;
use crate::name::{ArmName, LaneName};
use crate::units;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What becomes of an arm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "decision", rename_all = "kebab-case")]
pub enum Decision {
    /// Its reds shall count: every job that runs it has shown the window.
    Promote {
        /// What was shown.
        because: String,
    },
    /// It stays what it is.
    Hold {
        /// What is missing, or why nothing is to be done.
        because: Vec<String>,
    },
    /// Its reds shall not count until it is mended.
    Demote {
        /// What was seen.
        because: String,
        /// Who mends it.
        owner: String,
        /// Until when it may be out.
        #[schemars(with = "String")]
        until: Date,
    },
}

/// An arm, with the evidence and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ArmReview {
    /// The arm.
    pub arm: ArmName,
    /// How it stands.
    pub standing: Standing,
    /// What it has to show.
    pub window: Window,
    /// What each job shows that runs it.
    pub jobs: Vec<JobEvidence>,
    /// What becomes of it.
    #[serde(flatten)]
    pub decision: Decision,
}

/// What is wrong with the file as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "failure", rename_all = "kebab-case")]
pub enum Failure {
    /// A mark is over, and nobody took it away.
    Expired {
        /// The arm.
        arm: ArmName,
        /// What it still is.
        standing: Standing,
        /// The last day of the mark.
        #[schemars(with = "String")]
        expired: Date,
        /// Who answers for it.
        owner: Option<String>,
    },
    /// More arms are out than may be.
    Crowded {
        /// Those that are.
        arms: Vec<ArmName>,
        /// How many may be.
        most: usize,
    },
}

/// Every arm of a suite, judged on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Review {
    /// The day: later runs are not looked at.
    #[schemars(with = "String")]
    pub at: Date,
    /// How many runs count.
    pub counted: usize,
    /// How many do not, and why.
    pub uncounted: BTreeMap<Uncounted, usize>,
    /// Every arm, in the order of their names.
    pub arms: Vec<ArmReview>,
    /// What is wrong with the file as it stands.
    pub failures: Vec<Failure>,
}

/// Judges every arm. The runs are those of the suite on live environments, the oldest first.
pub fn review(
    gates: &Gates,
    jobs: &BTreeMap<ArmName, BTreeSet<Option<LaneName>>>,
    runs: &[PastRun],
    at: Date,
) -> Review {
    let (mut counted, mut uncounted) = (Vec::new(), BTreeMap::new());
    for run in runs.iter().filter(|run| day(run.began) <= at) {
        match Count::of(run, &gates.policy) {
            Count::Counted => counted.push(run),
            Count::Not(why) => *uncounted.entry(why).or_default() += 1,
        }
    }
    let mut out = gates.rows().filter(|(_, row)| row.standing == Standing::Quarantined).count();
    let arms = jobs.iter().map(|(arm, lanes)| {
        let window = gates.window(arm);
        let jobs: Vec<JobEvidence> =
            lanes.iter().map(|lane| evidence(&counted, arm, lane.as_ref(), window)).collect();
        let standing = gates.standing(arm);
        let decision = match standing {
            Standing::Advisory | Standing::Quarantined => promotion(&jobs, window, at),
            Standing::Required => demotion(gates, gates.row(arm), &jobs, (at, &mut out)),
        };
        ArmReview { arm: arm.clone(), standing, window, jobs, decision }
    });
    let arms = arms.collect();
    Review { at, counted: counted.len(), uncounted, arms, failures: failures(gates, at) }
}

/// An arm is promoted when every job that runs it shows the window, and the evidence is not old.
fn promotion(jobs: &[JobEvidence], window: Window, at: Date) -> Decision {
    if jobs.is_empty() {
        return hold("no lane that counts runs it");
    }
    let missing: Vec<String> = jobs.iter().filter_map(|job| missing(job, window, at)).collect();
    if !missing.is_empty() {
        return Decision::Hold { because: missing };
    }
    let shown = jobs.iter().map(|job| {
        let greens = units::count(job.greens as usize, "green");
        let days = units::count(job.days as usize, "day");
        format!("{greens} over {days}{}", in_lane(job))
    });
    Decision::Promote { because: shown.collect::<Vec<_>>().join(", ") }
}

/// What a job still has to show.
fn missing(job: &JobEvidence, window: Window, at: Date) -> Option<String> {
    let lane = in_lane(job);
    let Some(last) = job.seen.last() else { return Some(format!("no run counts{lane}")) };
    let age = (at - day(last.at)).get_days();
    let needs = |is: u32, of: u32, what: &str| (is < of).then(|| format!("{is} of {of} {what}"));
    let lacks: Vec<String> =
        [needs(job.greens, window.greens, "greens"), needs(job.days, window.days, "days")]
            .into_iter()
            .flatten()
            .collect();
    if !lacks.is_empty() {
        return Some(format!("{}{lane}", lacks.join(" and ")));
    }
    let is_old = window.days > 0 && i64::from(age) > i64::from(window.days);
    is_old.then(|| format!("the newest run is {age} days old{lane}"))
}

/// A required arm that is red too often is taken out, unless too many are already.
fn demotion(
    gates: &Gates,
    row: Option<&GateRow>,
    jobs: &[JobEvidence],
    (at, out): (Date, &mut usize),
) -> Decision {
    let policy = &gates.policy;
    let Some(job) = jobs.iter().filter(|job| job.reds >= policy.reds).max_by_key(|job| job.reds) else {
        let reds: u32 = jobs.iter().map(|job| job.reds).sum();
        let words =
            if reds == 0 { "none of its last runs was red".to_owned() } else { few(reds, policy.reds) };
        return hold(&words);
    };
    let of = job.seen.len().min(gates_window(gates, row).greens as usize);
    let first =
        job.first_red.as_ref().map(|red| format!(", the first in run {}", red.run)).unwrap_or_default();
    let because = format!("{} of its last {} red{}{first}", job.reds, units::count(of, "run"), in_lane(job));
    if policy.most.is_some_and(|most| *out >= most) {
        let words = format!("{because}; but {} out already, as many as may be: mend it", are(*out));
        return hold(&words);
    }
    let Some(owner) = row.and_then(|row| row.owner.clone()) else {
        return hold(&format!("{because}; but nobody owns it, and a quarantine needs somebody who mends it"));
    };
    *out += 1;
    let days = jiff::Span::new().days(i64::from(policy.quarantine_days));
    Decision::Demote { because, owner, until: at.saturating_add(days) }
}

fn gates_window(gates: &Gates, row: Option<&GateRow>) -> Window {
    row.and_then(|row| row.window).unwrap_or(gates.policy.window)
}

fn few(reds: u32, of: u32) -> String {
    format!("{} among its last runs, {of} in one job take it out", units::count(reds as usize, "red"))
}

fn are(arms: usize) -> String {
    format!("{} {}", units::count(arms, "arm"), if arms == 1 { "is" } else { "are" })
}

fn hold(because: &str) -> Decision {
    Decision::Hold { because: vec![because.to_owned()] }
}

fn in_lane(job: &JobEvidence) -> String {
    job.lane.as_ref().map(|lane| format!(" in {lane}")).unwrap_or_default()
}

/// What is wrong with the file as it stands, whatever the runs say.
fn failures(gates: &Gates, at: Date) -> Vec<Failure> {
    let expired = gates.rows().filter_map(|(arm, row)| {
        let expired = row.expires.filter(|day| *day < at)?;
        let (arm, standing, owner) = (arm.clone(), row.standing, row.owner.clone());
        Some(Failure::Expired { arm, standing, expired, owner })
    });
    let mut failures: Vec<Failure> = expired.collect();
    let out = gates.rows().filter(|(_, row)| row.standing == Standing::Quarantined);
    let arms: Vec<ArmName> = out.map(|(arm, _)| arm.clone()).collect();
    if let Some(most) = gates.policy.most.filter(|most| arms.len() > *most) {
        failures.push(Failure::Crowded { arms, most });
    }
    failures
}
