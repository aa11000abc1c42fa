//! `shakedown check`: everything that is wrong with a suite.
//!
//! Does not: touch the network.

use super::print;
#[cfg(feature = "platform")]
use crate::embedded::refuse_unknown as known_faults;
use crate::job;
use crate::settings::Settings;
use crate::start::{StartError, diagnostic};
use harness_runner::load;
use harness_runner::model::exit::ExitCode;
#[cfg(not(feature = "platform"))]
use harness_runner::model::suite::Suite;
use harness_runner::model::units::count;

/// Examples of `--help`.
pub(super) const EXAMPLES: &str = "\
Examples:
  shakedown check                                        # every suite
  shakedown check staging --deny-warnings                # as a CI job wants it
  shakedown check --root ../other";

/// What `check` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The suite [default: every suite below `scenarios/`]
    suite: Option<String>,
    /// Warnings fail too
    #[arg(long)]
    deny_warnings: bool,
}

/// Checks one suite or all of them.
pub(super) fn call(arguments: &Arguments, settings: &Settings) -> Result<ExitCode, StartError> {
    let names = arguments.suite.clone().map_or_else(|| load::suites(&settings.root), |name| vec![name]);
    if names.is_empty() {
        return Err(StartError::Empty("there is no suite below scenarios/".to_owned()));
    }
    let (mut exit, mut warned) = (ExitCode::Success, false);
    for name in names {
        match job::load_suite(&name, settings).and_then(known_faults) {
            Ok(suite) => {
                for warning in &suite.warnings {
                    warned = true;
                    crate::say(&diagnostic(warning));
                }
                print(&format!(
                    "{name}: right, {}, {}, {}\n",
                    count(suite.scenarios.len(), "scenario"),
                    count(suite.flows.len(), "flow"),
                    count(suite.faults.len(), "fault")
                ));
            }
            Err(error) => exit = exit.merge(error.show()),
        }
    }
    if warned && arguments.deny_warnings {
        crate::say("warnings were denied (--deny-warnings)");
        exit = exit.merge(ExitCode::Usage);
    }
    Ok(exit)
}

#[cfg(not(feature = "platform"))]
#[expect(clippy::unnecessary_wraps, reason = "the build with a platform can fail here")]
fn known_faults(suite: Suite) -> Result<Suite, StartError> {
    Ok(suite)
}
