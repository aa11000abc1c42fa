//! `shakedown report`: any view of a run that is over, from its recording.
//!
//! Does not: change a recording, or write over what is no view.

use super::{compare, print};
use crate::job;
use crate::settings::Settings;
use crate::start::StartError;
use clap::builder::PossibleValue;
use harness_runner::archive::{self, Newest};
use harness_runner::model::exit::ExitCode;
use harness_runner::report::Format;
use harness_runner::views;
use std::path::{Path, PathBuf};

/// Examples of `--help`.
pub(super) const EXAMPLES: &str = "\
A view is made from the recording alone, whenever it is wanted, and says the same as the run did. A recording that was
cut, changed, or written by a newer program is refused, and the line that shows it is named.

Examples:
  shakedown report                                       # the newest run, as it was printed
  shakedown report 20261121-040312-9f86d081              # one run; a path to a recording does as well
  shakedown report --format junit --output target/junit.xml
  shakedown report --format markdown >> summary.md       # for GitHub: >> \"$GITHUB_STEP_SUMMARY\"
  shakedown report --format annotations                  # for GitHub: reds at the lines of their scenarios
  shakedown report --format html --output run.html       # one page for a browser, which needs no network
  shakedown report --format json | jq .exit
  shakedown report --exit-code                           # also end as the run did
  shakedown report --nextest --format junit --output target/junit.xml
  shakedown report --compare 20261121-040312-9f86d081    # new reds, fixed, slower: from that run to the newest other one
  shakedown report --compare 20261121-040312-9f86d081 20261121-064206-581bb85d --exit-code --format markdown

Exit codes: 0 the view was made, however red the run was, so that a red run breaks no pipe · 2 there is no such recording,
or it cannot be read. With --exit-code and --nextest that of the run.";

/// What `report` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The run, by its id or by the path of its recording [default: the newest]
    run: Option<String>,
    /// The newest run, as when none is named
    #[arg(long, conflicts_with = "run")]
    last: bool,
    /// In what format
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = Formats)]
    format: Format,
    /// Write it to a file; one that is no view of this format is left alone
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// End with the exit code of the run
    #[arg(long)]
    exit_code: bool,
    /// Show what has changed since this earlier run; without RUN up to the newest other one of its suite and environment.
    /// With --exit-code it ends with 1 when there is a new red
    #[arg(long, value_name = "EARLIER", conflicts_with_all = ["nextest", "last"])]
    compare: Option<String>,
    /// Judge the whole of a run of nextest, where each case was a process: by default the newest of those
    #[arg(long)]
    nextest: bool,
}

/// The words for formats, with what each is for.
#[derive(Debug, Clone)]
pub(super) struct Formats;

impl clap::builder::TypedValueParser for Formats {
    type Value = Format;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Format, clap::Error> {
        let words = clap::builder::PossibleValuesParser::new(Format::all().map(|(_, word, _)| word));
        let word = words.parse_ref(command, argument, value)?;
        word.parse().map_err(|error| clap::Error::raw(clap::error::ErrorKind::InvalidValue, error))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(Format::all().map(|(_, word, meaning)| PossibleValue::new(word).help(meaning))))
    }
}

impl Arguments {
    pub(super) fn run(&self) -> Option<&str> {
        self.run.as_deref()
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    pub(super) fn output(&self) -> Option<&Path> {
        self.output.as_deref()
    }

    /// Whether what is shown decides the exit code.
    pub(super) fn judges(&self) -> bool {
        self.exit_code || self.nextest
    }
}

/// Shows a view.
pub(super) fn call(
    arguments: &Arguments,
    settings: impl Fn() -> Result<Settings, StartError>,
) -> Result<ExitCode, StartError> {
    if let Some(before) = &arguments.compare {
        return compare::call(before, arguments, settings);
    }
    let newest = if arguments.nextest { Newest::OfNextest } else { Newest::OfAll };
    let archived = archive::open_for(&found(arguments.run.as_deref(), newest, settings)?, arguments.format)?;
    let text = arguments.format.render(&archived.account());
    match &arguments.output {
        None => print(&text),
        Some(path) => views::write(arguments.format, path, &text)
            .map_err(|error| StartError::Usage(format!("{}: {error}", path.display())))?,
    }
    Ok(if arguments.judges() { archived.report.exit() } else { ExitCode::Success })
}

/// Where a recording is; a path needs no suite around it.
pub(super) fn found(
    run: Option<&str>,
    newest: Newest,
    settings: impl FnOnce() -> Result<Settings, StartError>,
) -> Result<PathBuf, StartError> {
    if let Some(path) = run.map(Path::new).filter(|path| path.components().count() > 1 && path.exists()) {
        return Ok(path.to_owned());
    }
    Ok(archive::find(&job::recordings(&settings()?), run, newest)?)
}
