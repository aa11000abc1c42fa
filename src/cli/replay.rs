//! `shakedown replay`: a run as it was shown, once more.
//!
//! Does not: run anything.

use super::report::found;
use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::archive::{self, Newest};
use harness_runner::model::exit::ExitCode;
use harness_runner::report::{Chatter, Paint, Plain, Reporter};

/// Examples of `--help`.
pub(super) const EXAMPLES: &str = "\
Examples:
  shakedown replay                                       # the newest run, line by line
  shakedown replay 20261121-040312-9f86d081 | less -R    # one run; a path to a recording does as well

Exit codes: 0 it was shown, however red it was · 2 there is no such recording, or it cannot be read.";

/// What `replay` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The run, by its id or by the path of its recording [default: the newest]
    run: Option<String>,
}

/// Shows a run again, through the reporter that showed it first.
pub(super) fn call(
    arguments: &Arguments,
    settings: impl FnOnce() -> Result<Settings, StartError>,
) -> Result<ExitCode, StartError> {
    let path = found(arguments.run.as_deref(), Newest::OfAll, settings)?;
    let out = Box::new(std::io::stdout());
    let mut reporter = Plain::new(out, Chatter::EveryCase, Paint::for_stdout());
    let archived = archive::replay(&path, &mut |record| reporter.event(record))?;
    reporter.finished(&archived.report, archived.account().closing);
    Ok(ExitCode::Success)
}
