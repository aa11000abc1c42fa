//! Running the same several times: how often, for how long, and what all of it came to.
//!
//! Does not: run two at once. Each is a run of its own, with a recording of its own.

use crate::start::StartError;
use harness_runner::engine::net::wait;
use harness_runner::front::Interruption;
use harness_runner::model::event::Repetition;
use harness_runner::model::exit::ExitCode;
use harness_runner::model::report::RunReport;
use harness_runner::model::units;
use harness_runner::report::{Paint, Repetitions};
use std::io::Write;
use std::time::Duration;

/// Arguments that repeat a run.
#[derive(Debug, clap::Args)]
pub(super) struct Repeats {
    /// Run the same so many times; each run has a recording of its own, and the worst exit code is that of all
    #[arg(long, value_name = "TIMES", value_parser = clap::value_parser!(u32).range(1..))]
    repeat: Option<u32>,
    /// Run the same until a case is red, at most as often as --repeat says, or as long as --for does
    #[arg(long)]
    until_red: bool,
    /// Begin no other run when so much time has passed, as 10m
    #[arg(long = "for", value_name = "DURATION", value_parser = units::duration)]
    within: Option<Duration>,
}

/// When a repeated run is over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    times: Option<u32>,
    within: Option<Duration>,
    reds: Reds,
}

/// What a red means to the runs after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reds {
    /// There are none.
    End,
    /// Nothing.
    AreCounted,
}

impl Repeats {
    /// When it is over; none when nobody repeats.
    ///
    /// *Errors*: it would never be over.
    pub(super) fn bounds(&self) -> Result<Option<Bounds>, StartError> {
        let Self { repeat: times, until_red, within } = *self;
        let reds = if until_red { Reds::End } else { Reds::AreCounted };
        match (times, within, reds) {
            (None, None, Reds::AreCounted) => Ok(None),
            (None, None, Reds::End) => {
                let message = "--until-red alone may never end: add --repeat 100, or --for 10m, or both";
                Err(StartError::Usage(message.to_owned()))
            }
            _ => Ok(Some(Bounds { times, within, reds })),
        }
    }
}

impl Bounds {
    /// Runs the same again and again; gives the worst exit code.
    ///
    /// *Errors*: those of the run that could not begin.
    pub(super) fn run(
        self,
        mut once: impl FnMut(Repetition) -> Result<(RunReport, ExitCode), StartError>,
    ) -> Result<ExitCode, StartError> {
        let interruption = Interruption::listen()?;
        let began = wait::now();
        let mut all = Repetitions::default();
        for number in 1.. {
            let since = wait::now();
            let (report, exit) = once(Repetition { number, of: self.times })?;
            all.add(&report, exit, since.elapsed());
            let is_over = self.times == Some(number)
                || self.within.is_some_and(|within| began.elapsed() >= within)
                || (self.reds == Reds::End && all.is_red());
            if is_over || exit == ExitCode::Interrupted || interruption.is_raised() {
                break;
            }
        }
        let exit =
            if interruption.is_raised() { all.exit().merge(ExitCode::Interrupted) } else { all.exit() };
        // A closed stream takes the lines with it, never the exit code.
        writeln!(std::io::stderr(), "\n{}", all.render(exit, Paint::for_stderr())).ok();
        Ok(exit)
    }
}
