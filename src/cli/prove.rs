//! `shakedown prove`: every scenario shows that it can turn red, and that it does so for the right reasons only.
//!
//! Does not: break anything itself, or judge.

use super::gate::suite;
use super::print;
use crate::job;
use crate::prove::{self, JOBS, Progress, Wanted};
use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::model::exit::ExitCode;
use harness_runner::model::units;
use harness_runner::report::{Format, Paint, Proof};
use std::io::{IsTerminal, Write, stderr};
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Examples of `--help`.
pub(super) const EXAMPLES: &str = "\
Every row of faults.toml is run against a platform of its own that is broken in the row's way. First the same cases run with
nothing broken: unless all of them are green, no row would prove anything. A [[fault]] holds when every case that it matches
is red in its step, for its cause, and nothing is left behind; a [[survives]] when every case is green. What does not hold is
told with the case, what came instead, and how to see it; its recording stays in .shakedown/prove until the next proof.

With --through the cases run against a live target instead, through a reverse proxy on this machine: one row at a time, with
the settings of a run. Whatever variable leads to the URL leads to the proxy; where none does, the one is set that chooses the
live environment. Rows that are on the wire alone are run, the others are listed. What stays on the target is left to
`shakedown sweep`, and recordings stay in .shakedown/runs; the history does not count them.

Examples:
  shakedown prove                                        # every row of the only suite
  shakedown prove staging --scenario memory              # those of one scenario
  shakedown prove staging --fault a2a-echo               # those with one fault
  shakedown prove staging --weaken                       # which assertions would nobody miss?
  shakedown prove staging --through https://staging.example.org       # the rows of the wire, on a real target
  shakedown prove staging --format json | jq '.rows[] | select(.outcome | IN(\"killed\", \"withstood\") | not)'

With --weaken an assertion is missed when a row is not as it must be without it. A red stops at the first assertion that is
violated, so each row is tried with that one alone; what is waited for is also missed when its scenario is not green, with
nothing broken or with what a [[survives]] breaks. With --scenario what other scenarios share is left out: their rows may miss it.

Exit codes: 0 every row holds · 1 a row does not, a case is red with nothing broken, or nobody misses an assertion · 2 the
suite is not right, or has no such scenario or fault, or no way leads to the target · 3 the target never came up, or was down
for a row · 5 there is no row, or live is required and cases that rows match lack something · 70 the harness contradicts
itself · 130 interrupted. Cases that lack something, and faults that no row is about, are listed otherwise.";

/// What `prove` takes.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Arguments {
    /// The suite [default: the only one]
    suite: Option<String>,
    /// Only the rows of this scenario
    #[arg(long, value_name = "SCENARIO")]
    scenario: Option<String>,
    /// Only the rows with this fault: its name, or the whole of it
    #[arg(long, value_name = "FAULT")]
    fault: Option<String>,
    /// Run against the target at this url, through a proxy that has the faults of the wire
    #[arg(long, value_name = "URL")]
    through: Option<String>,
    /// As what it is shown: text, json or markdown
    #[arg(long, value_name = "FORMAT", default_value_t = Format::Text)]
    format: Format,
    /// How many rows run at once, and on platforms of our own how many cases of each [default: 8, and 1 with --through]
    #[arg(long, value_name = "NUMBER")]
    jobs: Option<NonZeroUsize>,
    /// Then take every expect, until, fail-if and trace out, one at a time, and name those that no row misses
    #[arg(long, conflicts_with = "through")]
    weaken: bool,
}

/// Proves a suite.
pub(super) fn call(arguments: &Arguments, settings: &Settings) -> Result<ExitCode, StartError> {
    if !matches!(arguments.format, Format::Text | Format::Json | Format::Markdown) {
        let message = format!("a proof has no format {}: say text, json or markdown", arguments.format);
        return Err(StartError::Usage(message));
    }
    let suite = suite(arguments.suite.as_deref(), settings)?;
    let Arguments { scenario, fault, through, format, jobs, weaken, .. } = arguments.clone();
    // A real target is somebody's platform, and its recordings are where a sweep looks.
    let (otherwise, recordings) = match through {
        None => (JOBS, recordings(settings)),
        Some(_) => (NonZeroUsize::MIN, job::recordings(settings)),
    };
    let wanted = Wanted { suite, scenario, fault, through, jobs: jobs.unwrap_or(otherwise) };
    if weaken {
        return weakened(&wanted, settings, format);
    }
    let proof = prove::run(&wanted, settings, &recordings, &follow)?;
    clear();
    show(&proof, format);
    Ok(proof.exit())
}

/// The folder of the recordings that proofs keep.
fn recordings(settings: &Settings) -> PathBuf {
    settings.root.join(".shakedown").join("prove")
}

/// Proves a suite, and then takes its assertions out.
fn weakened(wanted: &Wanted, settings: &Settings, format: Format) -> Result<ExitCode, StartError> {
    if format != Format::Text || wanted.fault.is_some() {
        let message = "--weaken tells its table as text, over all rows of a suite or of a --scenario: leave --format and \
                       --fault out";
        return Err(StartError::Usage(message.to_owned()));
    }
    let (proof, strength) = prove::weaken(wanted, settings, &recordings(settings), &follow)?;
    clear();
    // Unless every row holds, none of them can miss anything.
    let Some(strength) = strength else {
        show(&proof, format);
        return Ok(proof.exit());
    };
    print(&strength.text(Paint::for_stdout()));
    Ok(strength.exit())
}

fn show(proof: &Proof, format: Format) {
    print(&match format {
        Format::Json => proof.json(),
        Format::Markdown => proof.markdown(),
        _ => proof.text(Paint::for_stdout()),
    });
}

/// Tells people how far it is: on a terminal in one line that is drawn anew, elsewhere only of what does not hold.
fn follow(progress: Progress<'_>) {
    match progress {
        Progress::Baseline { cases } => {
            let cases = units::count(cases, "case");
            draw(&format!("baseline: {cases}, nothing broken"), Line::Told);
        }
        Progress::Row { row, done, of } => {
            if !row.outcome.holds() {
                clear();
                crate::say(&format!("✗ {} of {}: {}", row.fault(), row.scenario, row.outcome));
            }
            draw(&format!("{done} of {of} rows"), Line::Passing);
        }
        Progress::Assertion { done, of } => draw(&format!("{done} of {of} assertions"), Line::Passing),
    }
}

/// Whether a line is worth a place in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// It is.
    Told,
    /// It only says that something goes on.
    Passing,
}

fn draw(text: &str, line: Line) {
    let mut out = stderr();
    // A closed stream takes the line with it, never the exit code.
    if out.is_terminal() {
        write!(out, "\r\x1b[K{text}").and_then(|()| out.flush()).ok();
    } else if line == Line::Told {
        writeln!(out, "{text}").ok();
    }
}

/// Takes the line away that was drawn.
fn clear() {
    let mut out = stderr();
    if out.is_terminal() {
        write!(out, "\r\x1b[K").and_then(|()| out.flush()).ok();
    }
}
