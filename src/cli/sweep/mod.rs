//! `shakedown sweep`: releases what runs that are gone have left.
//!
//! Does not: touch what a run that lives owns.

mod labels;
mod runs;

use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::model::below::Below;
use harness_runner::model::exit::ExitCode;
use harness_runner::model::units;
use harness_runner::sweep::Outcome;
use std::time::Duration;

/// What `sweep --help` says at its end.
pub(super) const EXAMPLES: &str = "\
A run is gone when nobody holds its log any more. What it left is found, released and shown gone in its name, with the
environment variables that the run had; the log says what came of it. What was kept on purpose is left alone until its
time has come, or until somebody names the run.

Examples:
  shakedown sweep                                   every run here that is gone and left something
  shakedown sweep --dry-run                         the same, and nothing is touched
  shakedown sweep staging 20261121-040312-9f86d081  one run, also what it kept
  shakedown sweep staging --older-than 120m --cap 50
                                                    what carries our label on the target and is older than that,
                                                    whoever made it; more than the cap is a mistake, and nothing is touched

Exit codes: 0 everything is shown gone · 2 usage, a missing credential, a run that lives, over the cap · 3 the target
cannot be asked · 4 something is left.";

/// What `sweep` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Only runs of this suite; the name of a run may stand here alone
    suite: Option<String>,
    /// Only this run
    run: Option<String>,
    /// Say what would be done and why, and touch nothing
    #[arg(long)]
    dry_run: bool,
    /// Look for our label on the target instead of in the logs here, and sweep what is older than this
    #[arg(long, value_name = "AGE", value_parser = age, conflicts_with = "run")]
    older_than: Option<Duration>,
    /// Touch nothing when more than this would be swept by its label
    #[arg(long, value_name = "COUNT", default_value_t = 50, requires = "older_than")]
    cap: usize,
    /// The environment to look on for our label [default: as for a run]
    #[arg(long, value_name = "NAME", requires = "older_than")]
    environment: Option<String>,
}

fn age(text: &str) -> Result<Duration, String> {
    units::duration(text).map_err(|_error| "a number with a unit, more than nothing: 120m, 2h".to_owned())
}

/// Sweeps.
pub(super) fn call(arguments: &Arguments, settings: Settings) -> Result<ExitCode, StartError> {
    match arguments.older_than {
        Some(older_than) => labels::sweep(arguments, older_than, settings),
        None => runs::sweep(arguments, &settings),
    }
}

/// What people should know of things that nobody asks about below the target.
fn notes(below: &Below) -> String {
    let notes = below.notes.iter().flat_map(|note| ["note ", note, "\n"]);
    notes.collect()
}

/// What came of it, for people.
fn told(outcome: &Outcome) -> String {
    let gone = outcome.gone.iter().map(|(kind, key)| format!("  gone   {kind} {key}\n"));
    let left = outcome.left.iter().map(|(kind, key, cause)| format!("  LEFT   {kind} {key}: {cause}\n"));
    let trouble = outcome.trouble.iter().map(|cause| format!("  contradiction  {cause}\n"));
    gone.chain(left).chain(trouble).collect()
}

/// Exit 4 when something is left, 0 when all is shown gone.
fn exit(outcome: &Outcome) -> ExitCode {
    if outcome.left.is_empty() { ExitCode::Success } else { ExitCode::Leak }
}
