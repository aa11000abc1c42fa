//! The command line of `shakedown`: one file per subcommand.
//!
//! Does not: do the work; the runner does.

mod check;
mod generate;
mod picks;
mod plan;
mod run;
#[cfg(feature = "platform")]
mod serve;

use crate::settings::Settings;
use crate::start::StartError;
use clap::{Parser, Subcommand};
use harness_runner::model::exit::ExitCode;
use harness_runner::report::{Chatter, Paint, Plain, Reporter};
use std::io::Write;
use std::path::PathBuf;

/// What `--help` says of environment variables.
const VARIABLES: &str = "\
Environment variables:
  E2E_<AXIS>=VALUES    only cases with one of these values of an axis or bundle key, as in E2E_RUNTIME=codex;
                       commas between several, `!` before those to leave out: E2E_LIFECYCLE=!steady
  E2E_TAG, E2E_ARM, E2E_SCENARIO    the same by tag, arm and scenario
  E2E_LANE             a lane of the suite, as --lane
  E2E_<BINDING>=VALUE  another value for a binding that the suite declares, as in E2E_ONLINE_BUDGET=5m
  E2E_ENVIRONMENT      the environment to run against, as --environment
  E2E_KEEP_ORG=1       what is created is left standing, as --keep always; also never and on-failure
  REQUIRE_LIVE=1       what is missing is a failure: no live environment, no secret, no skipped case
  SHAKEDOWN_ROOT       the folder with scenarios/ and templates/, as --root
A suite declares more: what chooses its live environment (MOLECULE_CP_URL for staging) and its secrets.";

/// Scenario-driven end-to-end tests for AI-agent platforms.
///
/// Exit codes: 0 nothing that counts is red · 1 a required case is red · 2 usage or configuration · 3 the target never
/// came up · 4 something was left behind · 5 live is required and not met, or nothing is selected · 70 the harness
/// contradicts itself · 130 interrupted.
#[derive(Debug, Parser)]
#[command(name = "shakedown", version, max_term_width = 110, after_long_help = VARIABLES)]
struct Arguments {
    /// The folder with `scenarios/` and `templates/` [default: the nearest one from here upwards]
    #[arg(long, global = true, value_name = "FOLDER")]
    root: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a suite; `E2E_<AXIS>` variables select, as in `E2E_RUNTIME=codex shakedown run staging`
    Run(run::Arguments),
    /// Read a suite and say everything that is wrong with it; nothing is started
    Check(check::Arguments),
    /// Show every case with its decision and gate; nothing is started
    Plan(plan::Arguments),
    /// Run the embedded platform alone
    #[cfg(feature = "platform")]
    Serve(serve::Arguments),
    /// Write the files that are derived from others: workflows
    Generate(generate::Arguments),
}

/// Parses and calls.
pub fn main() -> std::process::ExitCode {
    let exit = called().unwrap_or_else(|error| error.show());
    std::process::ExitCode::from(exit.code())
}

fn called() -> Result<ExitCode, StartError> {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return Ok(clap_exit(&error)),
    };
    #[cfg(feature = "platform")]
    if let Command::Serve(serve) = arguments.command {
        return serve::call(serve);
    }
    let settings = Settings::from_process(arguments.root.as_deref())?;
    match arguments.command {
        Command::Run(run) => run::call(run, settings),
        Command::Check(check) => check::call(&check, &settings),
        Command::Plan(plan) => plan::call(plan, settings),
        Command::Generate(generate) => generate::call(&generate, &settings),
        #[cfg(feature = "platform")]
        Command::Serve(serve) => serve::call(serve),
    }
}

/// Shows what clap has to say: help on standard output, a usage error on the other.
pub(crate) fn clap_exit(error: &clap::Error) -> ExitCode {
    // A closed stream takes the text with it, never the exit code.
    error.print().ok();
    if error.use_stderr() { ExitCode::Usage } else { ExitCode::Success }
}

/// Who follows a run: people at standard error.
pub(crate) fn reporters(chatter: Chatter) -> Vec<Box<dyn Reporter>> {
    vec![Box::new(Plain::new(Box::new(std::io::stderr()), chatter, Paint::for_stderr()))]
}

/// Prints what was asked for; a closed stream is how `| head` says that it has enough.
fn print(text: &str) {
    std::io::stdout().write_all(text.as_bytes()).ok();
}
