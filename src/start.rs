//! Why a run did not start: what to say, and the exit code.
//!
//! Does not: cover what goes wrong after the start; that is in the report.

use crate::settings::SettingsError;
use harness_runner::archive::ArchiveError;
use harness_runner::gates::GatesError;
use harness_runner::load::LoadError;
use harness_runner::merge::MergeError;
use harness_runner::model::diagnostic::{Diagnostic, Diagnostics};
use harness_runner::model::exit::ExitCode;
use harness_runner::model::name::is_hidden;
use harness_runner::model::selection::SelectionError;
use harness_runner::programs::Unrunnable;
use harness_runner::report::Paint;
use harness_runner::report::history::HistoryError;
use harness_runner::shards::SharedError;
use harness_runner::sweep::SweepError;
use harness_runner::{ExclusiveError, SessionError};
use miette::{GraphicalReportHandler, GraphicalTheme};
use std::collections::BTreeSet;
use std::error::Error;
use std::io::Write;

/// The code of what is not of the language's shape.
const SHAPE: &str = "E0101";

/// Why a run did not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// A setting cannot be meant.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The suite's files cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The suite is wrong.
    #[error("the suite is not right")]
    Suite(Diagnostics),
    /// A selection names what nothing lists.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// A program that a case runs is not there.
    #[error(transparent)]
    Program(Unrunnable),
    /// Nothing is selected.
    #[error("{0}: nothing would be checked")]
    Empty(String),
    /// The arguments cannot be meant.
    #[error("{0}")]
    Usage(String),
    /// The sweep could not be made.
    #[error(transparent)]
    Sweep(#[from] SweepError),
    /// A recording cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The history cannot be read or written.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// Gates cannot be read or written.
    #[error(transparent)]
    Gates(#[from] GatesError),
    /// What shards are balanced by cannot be read.
    #[error(transparent)]
    Estimates(SharedError),
    /// Shards cannot be put together.
    #[error(transparent)]
    Merge(#[from] MergeError),
    /// The run could not begin.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// A run says nothing of what it was to show.
    #[cfg(feature = "platform")]
    #[error("nothing was shown: {0}")]
    Undecided(String),
}

impl StartError {
    /// The exit code.
    pub(crate) fn exit(&self) -> ExitCode {
        match self {
            Self::Settings(_)
            | Self::Load(_)
            | Self::Suite(_)
            | Self::Usage(_)
            | Self::Program(_)
            | Self::Archive(_)
            | Self::History(_)
            | Self::Gates(_)
            | Self::Estimates(_)
            | Self::Merge(_)
            | Self::Sweep(SweepError::Log { .. } | SweepError::Recording(_))
            | Self::Session(SessionError::Recording(_)) => ExitCode::Usage,
            Self::Selection(_) | Self::Empty(_) => ExitCode::LiveRequired,
            Self::Session(
                SessionError::Interrupted | SessionError::Exclusive(ExclusiveError::Stopped { .. }),
            ) => ExitCode::Interrupted,
            Self::Session(SessionError::Exclusive(ExclusiveError::Taken { .. }))
            | Self::Sweep(SweepError::Label(_)) => ExitCode::NeverUp,
            Self::Session(_) | Self::Sweep(_) => ExitCode::Internal,
            #[cfg(feature = "platform")]
            Self::Undecided(_) => ExitCode::Internal,
        }
    }

    /// Tells people, and gives the exit code.
    pub(crate) fn show(&self) -> ExitCode {
        let text = match self {
            Self::Suite(findings) => diagnostics(findings) + &unread(findings) + &explained(findings),
            Self::Load(error @ LoadError::NoSuite { known, .. }) => {
                format!("error: {error}\n  known here: {}\n", known.join(", "))
            }
            Self::Selection(error) => format!("error: {error}\n  {}\n", error.help()),
            other => chain(other),
        };
        let exit = self.exit();
        // A closed stream takes the text with it, never the exit code.
        writeln!(std::io::stderr(), "{text}exit {}", exit.code()).ok();
        exit
    }
}

/// Findings of the shape of a file are the first of it, and hide whatever else is wrong.
fn unread(findings: &Diagnostics) -> String {
    if findings.iter().any(|finding| finding.stable_code() == SHAPE) {
        format!(
            "\na file with {SHAPE} was read no further, and of the others only the shape: more may follow\n"
        )
    } else {
        String::new()
    }
}

/// Where to read more about findings.
fn explained(findings: &Diagnostics) -> String {
    let codes: BTreeSet<&str> = findings.iter().map(Diagnostic::stable_code).collect();
    format!("\nmore: shakedown explain {}\n", codes.into_iter().collect::<Vec<_>>().join(" "))
}

/// Draws findings with their places.
pub(crate) fn diagnostics(findings: &Diagnostics) -> String {
    findings.iter().map(diagnostic).collect::<Vec<_>>().join("\n")
}

/// Draws one finding. The theme is chosen here: miette's own choice depends on who else builds it, and how.
pub(crate) fn diagnostic(finding: &Diagnostic) -> String {
    const WIDTH: usize = 110;
    let theme = match Paint::for_stderr() {
        Paint::Always => GraphicalTheme::unicode(),
        Paint::Never => GraphicalTheme::unicode_nocolor(),
    };
    let mut text = String::new();
    match GraphicalReportHandler::new_themed(theme).with_width(WIDTH).render_report(&mut text, finding) {
        Ok(()) => seen(&text),
        Err(_unwritable) => format!("{}: {finding}\n", finding.stable_code()),
    }
}

/// A line of a file with what cannot be seen in it spelled out, and with its colours.
fn seen(text: &str) -> String {
    let spelt = |letter: char| {
        if is_hidden(letter) { letter.escape_unicode().to_string() } else { letter.to_string() }
    };
    text.chars().map(spelt).collect()
}

fn chain(error: &dyn Error) -> String {
    let mut text = format!("error: {error}");
    let mut cause = error.source();
    while let Some(deeper) = cause {
        text = format!("{text}: {deeper}");
        cause = deeper.source();
    }
    text.push('\n');
    text
}
