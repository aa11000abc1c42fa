//! `shakedown plan`: every case with its decision and gate.
//!
//! Does not: touch the network.

use super::picks::Picks;
use super::print;
use crate::job;
use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::model::exit::ExitCode;
use harness_runner::model::gate::Decision;
use harness_runner::model::gates::Gate;

/// What `plan` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The suite: a folder below `scenarios/`
    suite: String,
    #[command(flatten)]
    picks: Picks,
}

/// Shows the plan.
pub(super) fn call(arguments: Arguments, settings: Settings) -> Result<ExitCode, StartError> {
    let settings = arguments.picks.apply(settings)?;
    let (plan, because) = job::plan(&arguments.suite, &settings)?;
    let width = plan.cases.iter().map(|planned| planned.case.id.as_str().chars().count()).max().unwrap_or(0);
    let mut text =
        format!("{} on {} ({because}), {} cases\n", plan.suite.name, plan.environment, plan.cases.len());
    for planned in &plan.cases {
        let gate = match planned.gate {
            Gate::Required => "required",
            Gate::Advisory => "advisory",
        };
        let decision = match &planned.decision {
            Decision::Run if planned.known_red.is_some() => "run, known red".to_owned(),
            Decision::Run => "run".to_owned(),
            Decision::Skip { missing } => format!("skip: missing {}", missing.join(", ")),
            Decision::Block { why } => format!("blocked: {why}"),
            Decision::Refuse { missing } => format!("refuse: missing {}", missing.join(", ")),
        };
        text.push_str(&format_row(planned.case.id.as_str(), width, gate, &decision));
    }
    print(&text);
    Ok(ExitCode::Success)
}

fn format_row(id: &str, width: usize, gate: &str, decision: &str) -> String {
    format!("{id:<width$}  {gate}  {decision}\n")
}
