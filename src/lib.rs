//! Shakedown: scenario-driven end-to-end tests for AI-agent platforms.
//!
//! A suite is a folder below `scenarios/`; its test target is three lines:
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     shakedown::suite("staging")
//! }
//! ```
//!
//! A suite that runs against a system of its own brings its environment along:
//!
//! ```no_run
//! use shakedown::{Environment, EnvironmentError, Facts, Harness, async_trait};
//!
//! struct Shop;
//!
//! #[async_trait]
//! impl Environment for Shop {
//!     async fn start(&self) -> Result<Facts, EnvironmentError> {
//!         // Bring it up, then say where it is.
//!         Ok(Facts::of("local").variable("SHOP_URL", "http://127.0.0.1:8080").secret("SHOP_TOKEN", "…"))
//!     }
//!     async fn stop(&self) -> Result<(), EnvironmentError> {
//!         Ok(())
//!     }
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     Harness::default().environment("local", Shop).suite("shop")
//! }
//! ```
//!
//! Does not: hold scenarios, or know what a suite tests.

#[cfg(feature = "platform")]
mod address;
mod again;
mod at_hand;
#[cfg(feature = "platform")]
mod between;
mod caution;
#[cfg(feature = "platform")]
mod embedded;
mod foreign;
mod job;
mod manner;
mod own;
#[cfg(feature = "platform")]
pub mod prove;
mod provenance;
mod rerun;
mod settings;
mod share;
mod start;

pub mod cli;

pub use async_trait::async_trait;
pub use harness_runner as harness;
pub use harness_runner::engine::environment::{Environment, EnvironmentError, Facts};
pub use own::Harness;

use clap::Parser;
use harness_runner::front::{self, Arguments, Lines};
use harness_runner::model::exit::ExitCode;
use harness_runner::report::Chatter;
use job::Reach;
use manner::Manner;
use settings::Settings;
use start::StartError;
use std::io::Write;

/// Runs a suite as a test target, with libtest's arguments; gives the exit code of the run.
pub fn suite(name: &str) -> std::process::ExitCode {
    Harness::default().suite(name)
}

fn libtest(name: &str, settings: &Settings) -> Result<ExitCode, StartError> {
    let arguments = match Arguments::try_parse_from(settings.arguments()) {
        Ok(arguments) => arguments,
        Err(error) => return Ok(cli::clap_exit(&error)),
    };
    refuse_unusable(&arguments)?;
    let (mut plan, mut reasons) = job::plan(name, settings, Reach::of(arguments.filter.as_ref()))?;
    settings.environments.refuse_undeclared(&plan.suite)?;
    if arguments.list && settings.sharing.shard.is_none() {
        front::list(&plan, &arguments, &settings.process);
        return Ok(ExitCode::Success);
    }
    front::select(&mut plan, &arguments, &settings.process);
    if !plan.cases.is_empty() {
        share::keep_shard(&mut plan, settings)?;
    }
    if arguments.list {
        front::list(&plan, &arguments, &settings.process);
        return Ok(ExitCode::Success);
    }
    if plan.cases.is_empty() {
        match (arguments.exact, &arguments.filter, settings.require_live.value) {
            // Somebody runs one unit test of the whole package by its name.
            (false, Some(filter), false) => {
                say(&format!(
                    "shakedown: no case of suite `{name}` matches `{filter}`: nothing was checked here"
                ));
            }
            (_, filter, _) => {
                let filter = filter.as_deref().unwrap_or("these arguments");
                return Err(StartError::Empty(format!("no case of suite `{name}` matches `{filter}`")));
            }
        }
        front::list_nothing(&arguments);
        return Ok(ExitCode::Success);
    }
    if let Some(filter) = &arguments.filter {
        plan.narrowed_by(&format!("ids with `{filter}`"));
    }
    again::by_cargo(&mut reasons.again, &plan, settings);
    let job = job::assemble(plan, reasons, settings, &[])?;
    let manner = Manner::of_libtest(settings, &arguments);
    let lines = if manner == Manner::Live { Lines::Recorded } else { Lines::Printed };
    let reporters = cli::reporters(Chatter::RunOnly, manner, || job::forecast(&job));
    let (_, exit) = front::run_libtest(job, arguments, reporters, lines)?;
    Ok(exit)
}

/// What libtest would hang on, panic at, or take for something else.
fn refuse_unusable(arguments: &Arguments) -> Result<(), StartError> {
    let usage = |message: String| Err(StartError::Usage(message));
    if arguments.test_threads == Some(0) {
        return usage("--test-threads 0 would run nothing for ever: say at least 1".to_owned());
    }
    if arguments.bench {
        return usage("--bench: a suite has no benchmarks".to_owned());
    }
    if let Some(path) = &arguments.logfile
        && let Err(error) = std::fs::File::create(path)
    {
        return usage(format!("--logfile {path}: {error}"));
    }
    Ok(())
}

/// Speaks to people; a closed stream is no reason to fail.
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").ok();
}
