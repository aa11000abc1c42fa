//! In what format trends are shown, and where.
//!
//! Does not: choose the runs.

use crate::cli::print;
use crate::start::StartError;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use harness_runner::model::history::Survey;
use harness_runner::report::history::TrendFormat;
use harness_runner::report::{Paint, uncommanding, width_of_stdout};
use harness_runner::views;
use std::path::PathBuf;

/// What `history` takes to be shown.
#[derive(Debug, clap::Args)]
pub(super) struct View {
    /// In what format
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = Formats)]
    format: TrendFormat,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Write it to a file; one that is no such view of ours is left alone
    #[arg(long, value_name = "FILE", conflicts_with_all = ["import", "prune"])]
    output: Option<PathBuf>,
}

/// The words for formats, with what each is for.
#[derive(Debug, Clone)]
struct Formats;

impl TypedValueParser for Formats {
    type Value = TrendFormat;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<TrendFormat, clap::Error> {
        let words = PossibleValuesParser::new(TrendFormat::ALL.map(|(_, word, _)| word));
        let word = words.parse_ref(command, argument, value)?;
        let found = TrendFormat::ALL.into_iter().find(|row| row.1 == word);
        found.map(|row| row.0).ok_or_else(|| clap::Error::new(clap::error::ErrorKind::InvalidValue))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let values = TrendFormat::ALL.map(|(_, word, meaning)| PossibleValue::new(word).help(meaning));
        Some(Box::new(values.into_iter()))
    }
}

impl View {
    pub(super) fn format(&self) -> TrendFormat {
        if self.json { TrendFormat::Json } else { self.format }
    }

    /// Shows surveys.
    pub(super) fn draw(&self, surveys: &[Survey]) -> Result<(), StartError> {
        let (columns, paint) = match self.output {
            Some(_) => (None, Paint::Never),
            None => (width_of_stdout(), Paint::for_stdout()),
        };
        self.show(&self.format().render(surveys, columns, paint))
    }

    /// Shows a text where it is wanted.
    pub(super) fn show(&self, text: &str) -> Result<(), StartError> {
        let Some(path) = &self.output else {
            // What a program reads is left as it is: an escape of ours would be none of its own.
            let is_for_people = self.format() == TrendFormat::Text;
            print(&if is_for_people { uncommanding(text) } else { text.into() });
            return Ok(());
        };
        let written = views::write_marked(path, text, |beginning| self.format().wrote(beginning));
        written.map_err(|error| StartError::Usage(format!("{}: {error}", path.display())))
    }
}
