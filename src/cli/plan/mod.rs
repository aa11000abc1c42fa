//! `shakedown plan`: every case with its decision and gate.
//!
//! Does not: touch the network.

mod grid;
mod schedule;
mod steps;
mod table;
mod why;
#[cfg(test)]
mod why_tests;

use super::picks::Picks;
use super::print;
use super::sharing::Sharing;
use crate::caution::scrub;
use crate::job::{self, Reach};
use crate::settings::Settings;
use crate::share;
use crate::start::StartError;
use harness_runner::model::exit::ExitCode;
use harness_runner::model::github::{MOST_ROWS, github};
use harness_runner::model::name::closest;
use harness_runner::model::plan::{Plan, Planned};
use harness_runner::model::shard::Predictions;
use harness_runner::model::why::explain;
use harness_runner::report::{Paint, width_of_stdout};
use std::collections::BTreeSet;

const EXAMPLES: &str = "\
Examples:
  shakedown plan staging                          every case: arms, gate, deadline, estimate, decision with its reason
  shakedown plan staging pause-resume             only cases whose id contains this
  E2E_RUNTIME=codex shakedown plan staging        only cases with this value of an axis or bundle key
  shakedown plan staging --json | jq '.cases[] | select(.decision == \"skipped\") | .id'
  shakedown plan staging --github                 {\"include\": […]}, for a workflow:
                                                  echo \"matrix=$(shakedown plan staging --github)\" >> $GITHUB_OUTPUT
                                                  strategy: { matrix: ${{ fromJSON(needs.plan.outputs.matrix) }} }
  shakedown plan staging --why steady::codex      what this case needs, binds, sends and waits for, step by step
  shakedown plan staging --json > plan.json       then, on each of four machines, the same cases once between them:
  shakedown plan staging --shard 2/4 --estimates plan.json
  shakedown plan staging --why steady::codex --shard 1/4 --estimates plan.json      which shard has it, and why

An estimate is the median of what a case took in the last 20 recorded runs of the suite on the same environment.
Nothing is started and nothing is sent; no secret is shown.";

/// How many cases a message lists.
const LISTED: usize = 10;

/// What `plan` takes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The suite: a folder below `scenarios/`
    suite: String,
    /// Only cases whose id contains this
    filter: Option<String>,
    #[command(flatten)]
    picks: Picks,
    #[command(flatten)]
    sharing: Sharing,
    /// The plan as one JSON document, with a version, for programs
    #[arg(long)]
    json: bool,
    /// The cases that would run as a matrix for GitHub Actions: one line of JSON that `fromJSON` takes
    #[arg(long, conflicts_with_all = ["json", "why"])]
    github: bool,
    /// With --github: which of the matrices, when there are more cases than the 256 that one may have
    #[arg(long, value_name = "NUMBER", requires = "github")]
    chunk: Option<usize>,
    /// Everything that is known about one case, by its id or a part of it that no other has
    #[arg(long, value_name = "CASE", conflicts_with_all = ["json", "filter"])]
    why: Option<String>,
}

/// Shows the plan.
pub(super) fn call(arguments: Arguments, settings: Settings) -> Result<ExitCode, StartError> {
    let settings = arguments.sharing.apply(settings);
    let settings = arguments.picks.apply(settings)?;
    let filter = arguments.filter.as_ref().or(arguments.why.as_ref());
    let (mut plan, mut reasons) = job::plan(&arguments.suite, &settings, Reach::of(filter))?;
    if let Some(filter) = &arguments.filter {
        job::narrow(&mut plan, filter)?;
    }
    if let Some(case) = &arguments.why {
        let text = why(&plan, one(&plan, case)?, &settings)?;
        print(&scrub(&plan.suite, &settings, &text));
        return Ok(ExitCode::Success);
    }
    share::keep_shard(&mut plan, &settings)?;
    if arguments.github {
        print(&scrub(&plan.suite, &settings, &matrix(&plan, arguments.chunk)?));
        return Ok(ExitCode::Success);
    }
    reasons.notes.extend(job::said(&plan));
    let document = plan.document(&reasons, &share::estimates(&plan, &settings)?);
    let text = if arguments.json {
        json(serde_json::to_string_pretty(&document))?
    } else {
        table::render(&document, width_of_stdout(), Paint::for_stdout())
    };
    print(&scrub(&plan.suite, &settings, &text));
    Ok(ExitCode::Success)
}

/// Everything that is known of one case. Shards know what all machines know, an order what this one does.
///
/// *Errors*: estimates that cannot be read.
fn why(plan: &Plan, planned: &Planned, settings: &Settings) -> Result<String, StartError> {
    let shard = settings.sharing.shard.as_ref().map(|shard| shard.value);
    let estimates = match shard {
        Some(_) => share::shared_estimates(plan, settings)?,
        None => share::estimates(plan, settings)?,
    };
    let schedule = schedule::of_case(plan, planned, &Predictions::new(plan, &estimates), shard);
    let told = explain(plan, planned);
    Ok(why::render(&told, schedule.as_deref(), width_of_stdout(), Paint::for_stdout()))
}

/// One of the plan's matrices for GitHub, on one line.
///
/// *Errors*: nothing would run, or it is not said which of several is meant, or there is none of that number.
fn matrix(plan: &Plan, chunk: Option<usize>) -> Result<String, StartError> {
    let chunks = github(plan);
    let jobs: usize = chunks.iter().map(|chunk| chunk.jobs.len()).sum();
    let chosen = match (chunk, chunks.as_slice()) {
        (_, []) => return Err(StartError::Empty("no selected case would run".to_owned())),
        (None, [only]) => only,
        (None, several) => {
            let message = format!(
                "{jobs} cases would run, a matrix has {MOST_ROWS} jobs at most: say --chunk 1 to --chunk {}, \
                 each in a job of its own",
                several.len()
            );
            return Err(StartError::Usage(message));
        }
        (Some(number), chunks) => {
            let found = number.checked_sub(1).and_then(|position| chunks.get(position));
            let last = chunks.len();
            let missing = || StartError::Usage(format!("there is no chunk {number}: there are 1 to {last}"));
            found.ok_or_else(missing)?
        }
    };
    json(serde_json::to_string(chosen))
}

/// The case of this id, or the only one whose id contains it.
///
/// *Errors*: there is none, or more than one.
fn one<'a>(plan: &'a Plan, asked: &str) -> Result<&'a Planned, StartError> {
    if let Some(exact) = plan.cases.iter().find(|planned| planned.case.id.as_str() == asked) {
        return Ok(exact);
    }
    let found: Vec<&Planned> =
        plan.cases.iter().filter(|planned| planned.case.id.as_str().contains(asked)).collect();
    match found.as_slice() {
        [one] => Ok(one),
        [] => Err(StartError::Empty(unknown(plan, asked))),
        several => {
            let shown = several.iter().take(LISTED).map(|planned| format!("\n  {}", planned.case.id));
            let more = several.len().saturating_sub(LISTED);
            let rest = if more > 0 { format!("\n  and {more} more") } else { String::new() };
            let message = format!("{} cases contain `{asked}`, say which:", several.len());
            Err(StartError::Usage(message + &shown.collect::<String>() + &rest))
        }
    }
}

fn unknown(plan: &Plan, asked: &str) -> String {
    if let Some(case) = plan.left_out().cover.iter().find(|case| case.as_str().contains(asked)) {
        return format!("`cover` leaves {case} out of suite `{}`, so there is no such case", plan.suite.name);
    }
    // Somebody who knows a part of an id mistypes a part: compared with every part that has as many segments.
    let segments = asked.split("::").count();
    let parts = plan.cases.iter().flat_map(|planned| {
        let id: Vec<&str> = planned.case.id.as_str().split("::").collect();
        id.windows(segments).map(|window| window.join("::")).collect::<Vec<_>>()
    });
    let parts: BTreeSet<String> = parts.collect();
    let meant = closest(asked, parts.iter().map(String::as_str));
    let within =
        if plan.selection.is_empty() { String::new() } else { format!(" within {}", plan.selection) };
    let hint = meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
    format!("no case of suite `{}`{within} is `{asked}` or contains it{hint}", plan.suite.name)
}

fn json(text: Result<String, serde_json::Error>) -> Result<String, StartError> {
    text.map(|text| text + "\n").map_err(|error| StartError::Usage(format!("this plan is no JSON: {error}")))
}
