//! A review of gates, for people and for programs.
//!
//! Does not: judge. The model has.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

use crate::Paint;
use crate::shown::{cut, one_line, shown};
use harness_model::gates::{ArmReview, Decision, Failure, GatePolicy, JobEvidence, Review, Seen, Standing};
use harness_model::history::Light;
use harness_model::units;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;
use std::fmt::Write;

/// The version of the document: a reader refuses a newer one by name.
pub const GATE_VERSION: u32 = 1;

/// How many of the newest signs stand on a line.
const SIGNS: usize = 30;

/// How much of a commit people read.
const COMMIT: usize = 9;

/// How much of a cause stands on a line.
const CAUSE: usize = 160;

/// A review for programs.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Document<'a> {
    /// The version of this document.
    #[serde(rename = "shakedown-gate")]
    version: u32,
    /// The suite.
    suite: &'a str,
    /// What holds for every arm.
    policy: &'a GatePolicy,
    #[serde(flatten)]
    review: &'a Review,
}

/// The review of a suite's gates as one document.
pub fn render_gates_json(suite: &str, policy: &GatePolicy, review: &Review) -> String {
    let document = Document { version: GATE_VERSION, suite, policy, review };
    // Nothing in it can fail to be written: every key is text, and there is no float.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

/// The JSON Schema of the document.
pub fn gate_schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<Document<'_>>();
    schema.insert("x-version".to_owned(), GATE_VERSION.into());
    schema.insert("title".to_owned(), "What `shakedown gate --json` says of the gates of a suite".into());
    schema.to_value()
}

/// The review of a suite's gates as text: what is to be done first, then what stays.
pub fn render_gates(suite: &str, policy: &GatePolicy, review: &Review, paint: Paint) -> String {
    let mut text = heading(suite, policy, review, paint);
    let order = |arm: &&ArmReview| match arm.decision {
        Decision::Demote { .. } => 0,
        Decision::Promote { .. } => 1,
        Decision::Hold { .. } => 2,
    };
    let mut arms: Vec<&ArmReview> = review.arms.iter().collect();
    arms.sort_by_key(order);
    for arm in arms {
        told(&mut text, arm, paint);
    }
    for failure in &review.failures {
        line(&mut text, &format!("{} {}", paint.alarm("CHECK"), words(failure)));
    }
    line(&mut text, &tally(policy, review));
    text
}

fn line(text: &mut String, content: &str) {
    text.push_str(content);
    text.push('\n');
}

fn heading(suite: &str, policy: &GatePolicy, review: &Review, paint: Paint) -> String {
    let not = review.uncounted.iter().map(|(why, runs)| format!("{runs} {}", why.words()));
    let not = not.collect::<Vec<_>>().join(", ");
    let not = if not.is_empty() { String::new() } else { format!("; not counted: {not}") };
    let window = policy.window;
    let lanes = policy.lanes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let lanes = if lanes.is_empty() { String::new() } else { format!(" in each of {lanes} that runs it") };
    let soft = match window.soft_passes {
        0 => "none of them flaky".to_owned(),
        some => format!("{some} of them flaky at most"),
    };
    let signs = Light::ALL.map(|(light, _, words)| format!("{} {words}", paint.light(light)));
    format!(
        "{} on {}: {} of {} on live environments count{not}\n\
         an arm is promoted after {} greens in a row over {}, {soft}{lanes}\n{}  the newest run is the last sign\n\n",
        paint.strong(&format!("gates of {suite}")),
        review.at,
        units::count(review.counted, "run"),
        policy.branch,
        window.greens,
        units::count(window.days as usize, "day"),
        signs.join("  "),
    )
}

fn told(text: &mut String, arm: &ArmReview, paint: Paint) {
    let (standing, name) = (arm.standing, shown(arm.arm.as_str()));
    let head = match &arm.decision {
        Decision::Promote { .. } => {
            format!(
                "{} {}  {standing} → {}",
                paint.strong("PROMOTE"),
                paint.strong(&name),
                Standing::Required
            )
        }
        Decision::Demote { owner, until, .. } => format!(
            "{}  {}  {standing} → {} until {until}, mended by {}",
            paint.alarm("DEMOTE"),
            paint.strong(&name),
            Standing::Quarantined,
            shown(owner)
        ),
        Decision::Hold { .. } => format!("hold    {name}  {standing}"),
    };
    line(text, &head);
    match &arm.decision {
        Decision::Promote { because } | Decision::Demote { because, .. } => {
            line(text, &format!("  {}", shown(because)));
        }
        Decision::Hold { because } => {
            for because in because {
                line(text, &format!("  {}", shown(because)));
            }
        }
    }
    for job in arm.jobs.iter().filter(|job| !job.seen.is_empty()) {
        of_job(text, job, arm.standing, paint);
    }
}

/// The signs of a job, and the run that speaks against the arm.
fn of_job(text: &mut String, job: &JobEvidence, standing: Standing, paint: Paint) {
    let lane = job.lane.as_ref().map_or_else(|| "runs".to_owned(), |lane| shown(lane.as_str()).into_owned());
    let newest = job.seen.len().saturating_sub(SIGNS);
    let signs: String = job.seen[newest..].iter().map(|seen| paint.light(seen.light)).collect();
    let since = job.since.as_ref().map(|seen| format!("  green since {}", named(seen))).unwrap_or_default();
    line(text, &format!("  {lane:<10} {signs}{since}"));
    let against = match standing {
        Standing::Advisory | Standing::Quarantined => job.broken_by.as_ref(),
        Standing::Required => job.first_red.as_ref(),
    };
    if let Some(seen) = against {
        let cause = seen.cause.as_deref().map(one_line).unwrap_or_default();
        let cause = cut(&cause, CAUSE);
        // Writing to a string cannot fail.
        writeln!(text, "             {} in {}: {cause}", seen.light, named(seen)).ok();
    }
}

/// A run with its commit and day.
fn named(seen: &Seen) -> String {
    let commit = seen.commit.as_deref().unwrap_or("no commit");
    let commit: String = shown(commit).chars().take(COMMIT).collect();
    let day = seen.at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d");
    format!("{} ({commit}, {day})", shown(&seen.run))
}

/// What is wrong with the file.
fn words(failure: &Failure) -> String {
    match failure {
        Failure::Expired { arm, standing, expired, owner } => {
            let owner = owner.as_ref().map(|owner| format!(" (owner {owner})")).unwrap_or_default();
            let words = format!(
                "{arm} is {standing}, and the mark expired on {expired}{owner}: mend it, promote it, or say until when"
            );
            shown(&words).into_owned()
        }
        Failure::Crowded { arms, most } => {
            let names = arms.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let words = format!("{} quarantined, {most} may be: {names}", units::count(arms.len(), "arm"));
            shown(&words).into_owned()
        }
    }
}

fn tally(policy: &GatePolicy, review: &Review) -> String {
    let count = |is: fn(&Decision) -> bool| review.arms.iter().filter(|arm| is(&arm.decision)).count();
    let promoted = count(|decision| matches!(decision, Decision::Promote { .. }));
    let demoted = count(|decision| matches!(decision, Decision::Demote { .. }));
    let standing = |standing| review.arms.iter().filter(|arm| arm.standing == standing).count();
    let most = policy.most.map(|most| format!(" of {most}")).unwrap_or_default();
    format!(
        "{}: {} required, {}{most} quarantined; {promoted} to promote, {demoted} to demote, {} hold",
        units::count(review.arms.len(), "arm"),
        standing(Standing::Required),
        standing(Standing::Quarantined),
        review.arms.len() - promoted - demoted,
    )
}
