//! `shakedown replay`: a run as it was shown, once more.
//!
//! Does not: run anything.

use super::out::Out;
use super::report::found;
use crate::manner::Manner;
use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::SessionError;
use harness_runner::archive::{self, Newest};
use harness_runner::model::exit::ExitCode;
use harness_runner::pace::Pace;
use harness_runner::report::{Chatter, Forecast, Paint, Plain, Reporter, Screen, Terminal, size_of_stdout};
use std::path::Path;
use std::sync::Arc;

/// Examples of `--help`.
pub(super) const EXAMPLES: &str = "\
Examples:
  shakedown replay                                       # the newest run, line by line, all at once
  shakedown replay 20261121-040312-9f86d081 | less -R    # one run; a path to a recording does as well
  shakedown replay --speed 10                            # ten times as fast as it went; on a terminal as it was drawn

Exit codes: 0 it was shown, however red it was · 2 there is no such recording, or it cannot be read.";

/// What `replay` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The run, by its id or by the path of its recording [default: the newest]
    run: Option<String>,
    /// Show it so many times as fast as it went, and draw it where there is a terminal [default: all at once]
    #[arg(long, value_name = "FACTOR", value_parser = factor)]
    speed: Option<f64>,
}

fn factor(text: &str) -> Result<f64, String> {
    let factor = text.parse().ok().filter(|factor: &f64| factor.is_finite() && *factor > 0.0);
    factor.ok_or_else(|| "say how many times as fast: 1, 10, 0.5".to_owned())
}

/// Shows a run again, through the reporter that showed it first.
pub(super) fn call(
    arguments: &Arguments,
    settings: impl Fn() -> Result<Settings, StartError>,
) -> Result<ExitCode, StartError> {
    let path = found(arguments.run.as_deref(), Newest::OfAll, &settings)?;
    match arguments.speed {
        None => at_once(&path),
        Some(speed) => paced(&path, speed, Manner::of_replay(&settings()?)),
    }
}

fn at_once(path: &Path) -> Result<ExitCode, StartError> {
    let mut reporter = plain();
    let archived = archive::replay(path, &mut |record| reporter.event(record))?;
    reporter.finished(&archived.report, archived.account().closing);
    Ok(ExitCode::Success)
}

fn paced(path: &Path, speed: f64, manner: Manner) -> Result<ExitCode, StartError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.map_err(SessionError::Runtime)?;
    let pace = Arc::new(Pace::new(speed));
    let mut reporter: Box<dyn Reporter> = match manner {
        Manner::Lines => Box::new(plain()),
        Manner::Live => {
            let (out, size, watch) = (Box::new(Out), Arc::new(size_of_stdout), Arc::clone(&pace));
            let screen =
                Screen { out, size, paint: Paint::for_stdout(), clock: Arc::new(move || watch.now()) };
            Box::new(Terminal::new(screen, Forecast::default()))
        }
    };
    let archived = archive::replay(path, &mut |record| {
        runtime.block_on(pace.reach(record.at));
        reporter.event(record);
    })?;
    reporter.finished(&archived.report, archived.account().closing);
    Ok(ExitCode::Success)
}

fn plain() -> Plain {
    Plain::new(Box::new(Out), Chatter::EveryCase, Paint::for_stdout())
}
