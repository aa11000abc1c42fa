//! `shakedown alert`: what becomes of the issue that tells people of a red lane, as JSON.
//!
//! Does not: talk to a tracker; `ci/apply-alert` does.

use super::print;
use crate::job;
use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::latest;
use harness_runner::model::alert::{Happened, Policy, Recorded, Tracker, Watched, plan};
use harness_runner::model::exit::ExitCode;
use harness_runner::model::name::LaneName;
use harness_runner::model::report::RunReport;
use harness_runner::model::suite::Suite;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Examples of `--help`.
pub(super) const EXAMPLES: &str = "\
A lane's issue is declared by `[lane.X.alert]` and found by its title and label. It opens after some reds in a row, is
commented while the lane stays red, and closed by the next green. Whatever is not known to be green is red.

Examples:
  shakedown alert staging --lane canary --policy          # title, labels and how many reds in a row, for the look-up
  shakedown alert staging --lane canary --exit 1 --tracker tracker.json --link https://git.example/actions/runs/7
  echo '{\"issue\": null, \"conclusions\": [\"failure\", \"success\"]}' | shakedown alert staging --lane canary --tracker -";

/// What `alert` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The suite
    suite: String,
    /// The lane
    #[arg(long, value_name = "LANE")]
    lane: String,
    /// Only print what the lane says of its issue, as JSON
    #[arg(long, conflicts_with_all = ["exit", "recordings", "tracker", "link"])]
    policy: bool,
    /// How the process of the run ended
    #[arg(long, value_name = "CODE")]
    exit: Option<i64>,
    /// The folder of recordings, whose newest run of the lane counts [default: .shakedown/runs]
    #[arg(long, value_name = "FOLDER")]
    recordings: Option<PathBuf>,
    /// What the tracker says, as JSON: the open issue, and the conclusions of the runs before this one, newest first;
    /// `-` is standard input
    #[arg(long, value_name = "FILE", required_unless_present = "policy")]
    tracker: Option<String>,
    /// Where people find this run
    #[arg(long, value_name = "URL", value_parser = link)]
    link: Option<String>,
}

/// It stands in Markdown between parentheses.
fn link(text: &str) -> Result<String, String> {
    let odd = |letter: char| letter.is_whitespace() || letter.is_control() || "()<>[]`\\".contains(letter);
    let is_url = text.starts_with("https://") || text.starts_with("http://");
    if is_url && !text.contains(odd) {
        Ok(text.to_owned())
    } else {
        Err("an http or https address".to_owned())
    }
}

/// Prints the plan.
pub(super) fn call(arguments: &Arguments, settings: &Settings) -> Result<ExitCode, StartError> {
    let suite = job::load_suite(&arguments.suite, settings)?;
    let lane = job::known_lane(&suite, &arguments.lane)?;
    let policy = policy(&suite, &lane)?;
    let Some(tracker) = &arguments.tracker else {
        print(&json(policy)?);
        return Ok(ExitCode::Success);
    };
    let tracker = read(tracker)?;
    let folder = arguments.recordings.clone().unwrap_or_else(|| job::recordings(settings));
    let report = recorded(&folder, &suite, &lane);
    let recorded = match &report {
        Ok(None) => None,
        Ok(Some(report)) => Some(Recorded::Report(report)),
        Err(reason) => Some(Recorded::Unreadable(reason)),
    };
    let watched = Watched {
        suite: &suite.name,
        lane: &lane,
        good: suite.lanes[&lane].expects.unwrap_or(ExitCode::Success),
        policy,
    };
    let happened = Happened { exit: arguments.exit, recorded, link: arguments.link.as_deref() };
    print(&json(&plan(watched, happened, &tracker))?);
    Ok(ExitCode::Success)
}

fn policy<'a>(suite: &'a Suite, lane: &LaneName) -> Result<&'a Policy, StartError> {
    suite.lanes[lane].alert.as_ref().ok_or_else(|| {
        let message =
            format!("lane `{lane}` has no issue: give it a title and a label in [lane.{lane}.alert]");
        StartError::Usage(message)
    })
}

/// The newest run of the lane; why it cannot be read, for people.
fn recorded(folder: &Path, suite: &Suite, lane: &LaneName) -> Result<Option<RunReport>, String> {
    latest::report(folder, &suite.name, lane.as_str()).map_err(|error| {
        let source =
            std::error::Error::source(&error).map(|source| format!(": {source}")).unwrap_or_default();
        format!("{error}{source}")
    })
}

fn read(given: &str) -> Result<Tracker, StartError> {
    let mut text = String::new();
    let read = match given {
        "-" => std::io::stdin().read_to_string(&mut text).map(|_| ()),
        path => fs::read_to_string(path).map(|read| text = read),
    };
    read.map_err(|error| StartError::Usage(format!("{given}: {error}")))?;
    serde_json::from_str(&text).map_err(|error| {
        let shape = r#"{"issue": 12, "conclusions": ["failure", "success"]}"#;
        StartError::Usage(format!(
            "{given} does not say what the tracker says: {error}; it looks like {shape}"
        ))
    })
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, StartError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| StartError::Usage(error.to_string()))?;
    Ok(text + "\n")
}
