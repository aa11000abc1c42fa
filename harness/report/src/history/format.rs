//! Formats of trends: each a pure function of surveys.
//!
//! Does not: write files, or choose the runs.

use super::{page, render_json, render_text};
use crate::Paint;
use harness_model::history::Survey;

/// What a document for programs begins with.
const JSON: &str = "{\n  \"shakedown-history\": ";

/// A format of trends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrendFormat {
    /// A table, or lines where there is no room for one.
    Text,
    /// A document for programs, for each suite and environment.
    Json,
    /// A page for a browser.
    Html,
}

impl TrendFormat {
    /// Every format with its word and what it is for.
    pub const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Text, "text", "a sign for each run, in a table where there is room"),
        (
            Self::Json,
            "json",
            "one document for each suite and environment; docs/history.schema.json describes it",
        ),
        (
            Self::Html,
            "html",
            "one page for a browser: marks, times, the cases below each arm; needs no network",
        ),
    ];

    /// The view of surveys; text within so many columns, or in lines as long as they come.
    pub fn render(self, surveys: &[Survey], columns: Option<usize>, paint: Paint) -> String {
        let each = |draw: &dyn Fn(&Survey) -> String| surveys.iter().map(draw).collect::<Vec<_>>().join("\n");
        match self {
            Self::Text => each(&|survey| render_text(survey, columns, paint)),
            Self::Json => each(&render_json),
            Self::Html => page::render(surveys),
        }
    }

    /// Whether a file that begins like this was written in this format. Text has no mark, so nothing is.
    pub fn wrote(self, beginning: &str) -> bool {
        match self {
            Self::Text => false,
            Self::Json => beginning.starts_with(JSON),
            Self::Html => beginning.starts_with(page::MARK),
        }
    }
}
