//! `shakedown plan`: every case with its decision and gate.
//!
//! Does not: touch the network.

mod table;

use super::picks::Picks;
use super::print;
use crate::job;
use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::history;
use harness_runner::model::exit::ExitCode;
use harness_runner::model::plan::PlanDocument;
use harness_runner::report::{Paint, width_of_stdout};

const EXAMPLES: &str = "\
Examples:
  shakedown plan staging                          every case: arms, gate, deadline, estimate, decision with its reason
  shakedown plan staging pause-resume             only cases whose id contains this
  E2E_RUNTIME=codex shakedown plan staging        only cases with this value of an axis or bundle key
  shakedown plan staging --json | jq '.cases[] | select(.decision == \"skipped\") | .id'

Nothing is started and nothing is sent; no secret is shown.";

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
    /// The plan as one JSON document, with a version, for programs
    #[arg(long)]
    json: bool,
}

/// Shows the plan.
pub(super) fn call(arguments: Arguments, settings: Settings) -> Result<ExitCode, StartError> {
    let settings = arguments.picks.apply(settings)?;
    let (mut plan, because) = job::plan(&arguments.suite, &settings)?;
    if let Some(filter) = &arguments.filter {
        job::narrow(&mut plan, filter)?;
    }
    let recordings = job::recordings(&settings);
    let estimates = history::estimates(&recordings, &plan.suite.name, &plan.environment);
    let document = plan.document(&because, &estimates);
    let text = if arguments.json {
        json(&document)?
    } else {
        table::render(&document, width_of_stdout(), Paint::for_stdout())
    };
    print(&text);
    Ok(ExitCode::Success)
}

fn json(document: &PlanDocument) -> Result<String, StartError> {
    let text = serde_json::to_string_pretty(document);
    text.map(|text| text + "\n").map_err(|error| StartError::Usage(format!("this plan is no JSON: {error}")))
}
