//! Formats: views of a run that is over, each a pure function of its report.
//!
//! Does not: write files, or decide anything that the report has not decided.

mod annotations;
mod html;
mod json;
mod junit;
mod markdown;
mod prometheus;
mod text;

pub(crate) use markdown::code;

pub use json::{VERSION as REPORT_VERSION, schema as report_schema};

use crate::Account;
use harness_model::name::CaseId;
use harness_model::name::closest;
use harness_model::report::RunReport;
use std::fmt;
use std::str::FromStr;

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// The summary, as a run prints it.
    Text,
    /// A document for programs.
    Json,
    /// `JUnit`, for CI systems.
    Junit,
    /// Markdown, for the summary of a step.
    Markdown,
    /// Annotations of GitHub Actions.
    Annotations,
    /// A page for a browser.
    Html,
    /// Metrics, for the collector of a node exporter.
    Prometheus,
}

/// What there is to a format; a new one is a file and a row.
struct Row {
    format: Format,
    word: &'static str,
    meaning: &'static str,
    /// With what a file of it begins.
    mark: &'static [&'static str],
    render: fn(&Account<'_>) -> String,
}

const ROWS: [Row; 7] = [
    Row {
        format: Format::Text,
        word: "text",
        meaning: "the summary, as a run prints it",
        mark: &[text::MARK],
        render: text::render,
    },
    Row {
        format: Format::Json,
        word: "json",
        meaning: "everything, for programs; docs/report.schema.json describes it",
        mark: &[json::MARK],
        render: json::render,
    },
    Row {
        format: Format::Junit,
        word: "junit",
        meaning: "JUnit XML, for CI systems",
        mark: &[junit::MARK],
        render: junit::render,
    },
    Row {
        format: Format::Markdown,
        word: "markdown",
        meaning: "for the summary of a step, the worst first, below 1 MiB",
        mark: &[markdown::MARK],
        render: markdown::render,
    },
    Row {
        format: Format::Annotations,
        word: "annotations",
        meaning: "workflow commands of GitHub Actions, ten at most, at the lines of the scenarios",
        mark: &["::error ", "::warning "],
        render: annotations::render,
    },
    Row {
        format: Format::Html,
        word: "html",
        meaning: "one page for a browser: matrix, timelines, the dossier of each red; needs no network",
        mark: &[html::MARK],
        render: html::render,
    },
    Row {
        format: Format::Prometheus,
        word: "prometheus",
        meaning: "metrics in the text format, for the collector of a node exporter",
        mark: &[prometheus::MARK],
        render: prometheus::render,
    },
];

/// A format that there is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no format `{word}`: {hint}")]
pub struct UnknownFormat {
    word: String,
    hint: String,
}

impl Format {
    /// Every format with its word and what it is for.
    pub fn all() -> impl Iterator<Item = (Self, &'static str, &'static str)> {
        ROWS.iter().map(|row| (row.format, row.word, row.meaning))
    }

    /// The view of a run.
    pub fn render(self, account: &Account<'_>) -> String {
        (self.row().render)(account)
    }

    /// The cases of which it shows everything that the recording tells; none for a format that shows the report alone.
    pub fn opened(self, report: &RunReport) -> Option<Vec<CaseId>> {
        match self {
            Self::Html => Some(html::opened(report)),
            Self::Text | Self::Json | Self::Junit | Self::Markdown | Self::Annotations | Self::Prometheus => {
                None
            }
        }
    }

    /// Whether a file that begins like this was written in this format.
    pub fn wrote(self, beginning: &str) -> bool {
        self.row().mark.iter().any(|mark| beginning.starts_with(mark))
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        self.row().word
    }

    fn row(self) -> &'static Row {
        // Every format has its row; a test says so.
        ROWS.iter().find(|row| row.format == self).unwrap_or(&ROWS[0])
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<Self, UnknownFormat> {
        let found = ROWS.iter().find(|row| row.word == word).map(|row| row.format);
        found.ok_or_else(|| UnknownFormat { word: word.to_owned(), hint: hint(word) })
    }
}

fn hint(word: &str) -> String {
    let words = ROWS.map(|row| row.word);
    if let Some(meant) = closest(word, words) {
        return format!("did you mean `{meant}`?");
    }
    let [rest @ .., last] = words;
    format!("say {} or {last}", rest.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{Format, ROWS};

    #[test]
    fn every_format_has_one_row_and_is_known_by_its_word() {
        for row in &ROWS {
            assert_eq!(row.word.parse(), Ok(row.format));
            assert_eq!(row.format.word(), row.word);
        }
        let mut formats: Vec<Format> = Format::all().map(|(format, ..)| format).collect();
        formats.dedup();
        assert_eq!(formats.len(), ROWS.len());
    }
}
