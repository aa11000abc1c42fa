//! `shakedown doctor`: what a run needs, asked before it.
//!
//! Does not: create anything on a target, or show a secret.

mod page;

use super::picks::Picks;
use super::print;
use crate::caution::{refuse_exposed, scrub};
use crate::job::{self, Reach};
use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::checkup::{Errand, checkup};
use harness_runner::engine::checkup::Asked;
use harness_runner::load;
use harness_runner::model::checkup::{
    CHECKUP_VERSION, Checkup, Finding, Readiness, State, Topic, settings as of_settings, tally,
};
use harness_runner::model::exit::ExitCode;
use harness_runner::model::name::EnvironmentName;
use harness_runner::model::plan::{Forecast, Plan, Reasons};
use harness_runner::model::suite::{SecretSupply, Suite};
use harness_runner::report::{Paint, width_of_stdout};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Examples of `--help`.
pub(super) const EXAMPLES: &str = "\
Examples:
  shakedown doctor                                       # the only suite, on the environment that the settings choose
  shakedown doctor staging --lane canary                 # what that lane needs
  shakedown doctor staging --environment live --json | jq '.findings[] | select(.state == \"misconfigured\")'

Exit codes: 0 a run can begin · 2 a setting is wrong or missing, or live is required and cases would be refused ·
3 the target does not answer as it must.
What needs a fixture that a run has to make is asked at the start of the run.";

/// What `doctor` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The suite: a folder below `scenarios/` [default: the only one]
    suite: Option<String>,
    #[command(flatten)]
    picks: Picks,
    /// What was found as one JSON document, with a version, for programs
    #[arg(long)]
    json: bool,
}

/// Asks, and shows what was found.
pub(super) fn call(arguments: Arguments, settings: Settings) -> Result<ExitCode, StartError> {
    let settings = arguments.picks.apply(settings)?;
    let name = arguments.suite.map_or_else(|| only(&settings), Ok)?;
    let suite = Arc::new(job::load_suite(&name, &settings)?);
    let found = examined(&suite, &settings)?;
    let text = if arguments.json {
        let text = serde_json::to_string_pretty(&found);
        text.map_err(|error| StartError::Usage(format!("what was found is no JSON: {error}")))? + "\n"
    } else {
        page::render(&found, width_of_stdout(), Paint::for_stdout())
    };
    print(&scrub(&suite, &settings, &text));
    Ok(found.verdict.exit())
}

/// The only suite that there is.
fn only(settings: &Settings) -> Result<String, StartError> {
    let mut names = load::suites(&settings.root);
    match (names.pop(), names.is_empty()) {
        (Some(only), true) => Ok(only),
        (None, _) => Err(StartError::Empty("there is no suite below scenarios/".to_owned())),
        (Some(last), false) => {
            let names = names.join(", ");
            Err(StartError::Usage(format!("there are several suites, say which: {names}, {last}")))
        }
    }
}

fn examined(suite: &Arc<Suite>, settings: &Settings) -> Result<Checkup, StartError> {
    let (environment, because) = job::choose(suite, settings)?;
    if suite.environments[&environment].secrets == SecretSupply::Settings {
        refuse_exposed(suite, settings)?;
    }
    let (plan, reasons, trouble) = match job::plan(&suite.name, settings, Reach::Whole) {
        Ok((plan, reasons)) => (Some(plan), reasons, None),
        // What is wrong with the suite, or with what variables replace in it, is shown with its place.
        Err(error @ StartError::Suite(_)) => return Err(error),
        Err(error) => (None, Reasons::default(), Some(unplanned(&error))),
    };
    let set = |name: &str| settings.variables.get(name);
    let mut findings = of_settings(suite, &environment, plan.as_ref(), set);
    let asked = asked(suite, &environment, plan.as_ref(), settings)?;
    findings.extend(asked.findings);
    let (cases, of_cases) = plan.as_ref().map(|plan| tally(plan, &asked.unable)).unwrap_or_default();
    findings.extend(trouble.into_iter().chain(of_cases));
    let verdict = Readiness::of(&findings);
    Ok(Checkup {
        version: CHECKUP_VERSION,
        suite: suite.name.clone(),
        environment,
        because,
        lane: plan.as_ref().and_then(|plan| plan.overlay.lane.clone()),
        lane_because: reasons.lane,
        selection: plan.map(|plan| plan.selection).unwrap_or_default(),
        notes: reasons.notes,
        findings,
        cases,
        verdict,
        exit: verdict.exit().code(),
    })
}

/// Why no run would begin.
fn unplanned(error: &StartError) -> Finding {
    let help = match error {
        StartError::Selection(error) => format!(" ({})", error.help()),
        _ => String::new(),
    };
    Finding::new(Topic::Run, "start", State::Misconfigured, format!("no run would begin: {error}{help}"))
}

/// Asks whoever is there; where no run would begin, the embedded platform is not started either.
fn asked(
    suite: &Arc<Suite>,
    name: &EnvironmentName,
    plan: Option<&Plan>,
    settings: &Settings,
) -> Result<Asked, StartError> {
    let environment = match plan {
        Some(plan) => Some(job::environment(plan, settings, &[])?),
        None => job::outside(suite, name, settings),
    };
    let Some(environment) = environment else { return Ok(Asked::default()) };
    let run = |forecast| matches!(forecast, Forecast::Run | Forecast::KnownRed);
    let running = plan.into_iter().flat_map(|plan| &plan.cases).filter(|planned| run(planned.forecast()));
    let wanted: BTreeSet<_> = running.flat_map(|planned| &planned.probes).cloned().collect();
    let suite = plan.map_or(suite, |plan| &plan.suite);
    Ok(checkup(&Errand { suite, environment: environment.as_ref(), name, wanted: &wanted })?)
}
