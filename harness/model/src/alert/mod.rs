//! Alerts: what becomes of the issue that tells people of a red lane, decided from what happened and what the tracker says.
//!
//! Fails closed: whatever is not known to be green counts as red, earlier runs of which nothing is known too.
//!
//! Does not: talk to a tracker. A script of the workflow does, with the plan that comes out here.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

mod body;
mod tracker;

pub use tracker::{Conclusion, Tracker};

use crate::exit::ExitCode;
use crate::name::LaneName;
use crate::report::RunReport;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of the written format. A reader refuses a newer one by name.
pub const ALERT_VERSION: u32 = 1;
/// How many reds in a row open an issue when the lane does not say: single ones are often deployments of the target.
pub const OPEN_AFTER: u32 = 3;

/// `[lane.X.alert]`: the issue that tells people of a lane that stays red.
///
/// *Shape*: `{"title": "The staging canary is red", "label": "canary-staging", "labels": [], "open-after": 3}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Policy {
    /// The title; with the label it is the key by which the open issue is found.
    pub title: String,
    /// The label.
    pub label: String,
    /// More labels that the issue gets when it opens.
    pub labels: Vec<String>,
    /// How many reds in a row open it.
    pub open_after: u32,
}

/// A lane, as far as alerts are concerned.
#[derive(Debug, Clone, Copy)]
pub struct Watched<'a> {
    /// The suite.
    pub suite: &'a str,
    /// The lane.
    pub lane: &'a LaneName,
    /// The exit code that is good for it.
    pub good: ExitCode,
    /// What it says of its issue.
    pub policy: &'a Policy,
}

/// What is known of the run that has just ended.
#[derive(Debug, Clone, Copy, Default)]
pub struct Happened<'a> {
    /// How its process ended, when somebody saw that.
    pub exit: Option<i64>,
    /// What its recording says: none when there is no recording.
    pub recorded: Option<Recorded<'a>>,
    /// Where people find it.
    pub link: Option<&'a str>,
}

/// A recording.
#[derive(Debug, Clone, Copy)]
pub enum Recorded<'a> {
    /// Folded.
    Report(&'a RunReport),
    /// It is there and cannot be read, for this reason.
    Unreadable(&'a str),
}

/// What to do with the issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Open one, with the body.
    Open,
    /// Comment the open one with the body.
    Comment,
    /// Comment the open one with the body and close it.
    Close,
    /// Leave everything as it is.
    Nothing,
}

/// What to do with the issue, as one JSON document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct AlertPlan {
    /// The version of this document.
    pub version: u32,
    /// The suite.
    pub suite: String,
    /// The lane.
    pub lane: LaneName,
    /// What to do.
    pub action: Action,
    /// Why, in one line.
    pub because: String,
    /// The open issue, when there is one.
    pub issue: Option<u64>,
    /// The title of the issue.
    pub title: String,
    /// The labels of the issue, the one that is part of its key first.
    pub labels: Vec<String>,
    /// What to write, in Markdown.
    pub body: String,
}

/// Whether a run came to what is good for its lane.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Judged {
    Green,
    /// With the reason.
    Red(String),
}

/// Decides.
pub fn plan(watched: Watched<'_>, happened: Happened<'_>, tracker: &Tracker) -> AlertPlan {
    let judged = judge(watched.good, happened);
    let (action, because) = match &judged {
        Judged::Green if tracker.issue.is_some() => (Action::Close, "green again".to_owned()),
        Judged::Green => (Action::Nothing, "green, and no issue is open".to_owned()),
        Judged::Red(reason) if tracker.issue.is_some() => (Action::Comment, format!("still red: {reason}")),
        Judged::Red(reason) => first_reds(watched.policy, reason, tracker),
    };
    let policy = watched.policy;
    AlertPlan {
        version: ALERT_VERSION,
        suite: watched.suite.to_owned(),
        lane: watched.lane.clone(),
        action,
        body: body::render(watched, happened, &because),
        because,
        issue: tracker.issue,
        title: policy.title.clone(),
        labels: std::iter::once(&policy.label).chain(&policy.labels).cloned().collect(),
    }
}

/// A red while no issue is open.
fn first_reds(policy: &Policy, reason: &str, tracker: &Tracker) -> (Action, String) {
    let after = policy.open_after;
    let Some(conclusions) = &tracker.conclusions else {
        let because = match after {
            1 => format!("red: {reason}"),
            _ => format!("red: {reason}; what came before is not known and counts as red"),
        };
        return (Action::Open, because);
    };
    let before = conclusions.iter().take_while(|conclusion| **conclusion == Conclusion::Red).count();
    let row = u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1);
    match (row >= after, after) {
        (true, 1) => (Action::Open, format!("red: {reason}")),
        (true, _) => (Action::Open, format!("red {row} times in a row: {reason}")),
        (false, _) => (Action::Nothing, format!("red {row} of {after} times in a row: {reason}")),
    }
}

fn judge(good: ExitCode, happened: Happened<'_>) -> Judged {
    let red = |reason: String| Judged::Red(reason);
    let said = |exit: i64| match ExitCode::of(exit) {
        Some(known) if known == good => format!("exit {exit}, as this lane expects"),
        Some(known) => format!("exit {exit} ({})", known.meaning()),
        None => format!("exit {exit}, which is none of ours"),
    };
    let is_good = |exit: i64| exit == i64::from(good.code());
    match (happened.exit, happened.recorded) {
        (None, None) => {
            red("nothing is known of the run: it has neither an exit code nor a recording".to_owned())
        }
        (_, Some(Recorded::Unreadable(reason))) => red(format!("its recording cannot be read: {reason}")),
        (Some(exit), None) if !is_good(exit) => red(said(exit)),
        // Much exits with 0 or 1; only a recording shows that it was the run, and that it checked anything.
        (Some(exit), None) => red(format!("{}, and no recording shows that it was the run", said(exit))),
        (exit, Some(Recorded::Report(report))) => {
            let folded = i64::from(report.exit().code());
            match exit {
                Some(exit) if exit != folded => {
                    red(format!("{}, and its recording says {}", said(exit), said(folded)))
                }
                Some(_) | None if folded == 0 && !report.has_checked() => {
                    red(format!("{}, and nothing was checked", said(folded)))
                }
                Some(_) | None if is_good(folded) => Judged::Green,
                Some(_) | None => red(said(folded)),
            }
        }
    }
}
