//! Texts under their names, and places in them.
//!
//! Does not: read a file. The runner does that once and hands the texts down.

use crate::raw::Spanned;
use indexmap::IndexMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// One text with the name under which people know it.
#[derive(Debug, Clone)]
pub struct Source {
    name: Arc<str>,
    text: Arc<str>,
    shown: Arc<str>,
}

impl Source {
    /// Takes a text under a name, usually a path relative to the root.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        Self { name: name.into(), shown: shown(&text), text }
    }

    /// The name under which people know the text.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text itself.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A place in this text.
    pub fn at(&self, span: Range<usize>) -> Location {
        Location { source: self.clone(), span }
    }

    /// A value with the place where it was written.
    pub fn spanned<T>(&self, value: Spanned<T>) -> At<T> {
        let span = value.span();
        At { value: value.into_inner(), location: self.at(span) }
    }
}

fn shown(text: &Arc<str>) -> Arc<str> {
    let commands = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t' | '\r');
    let returns = |(at, _): (usize, &str)| text.as_bytes().get(at + 1) != Some(&b'\n');
    if !text.contains(commands) && !text.match_indices('\r').any(returns) {
        return text.clone();
    }
    // As long as what they replace, in bytes.
    let letters = text.char_indices().map(|(at, letter)| match letter {
        '\r' if returns((at, "")) => '?',
        _ if !commands(letter) => letter,
        _ if letter.len_utf8() == 1 => '?',
        _ => '\u{bf}',
    });
    letters.collect::<String>().into()
}

/// A place in a text.
#[derive(Debug, Clone)]
pub struct Location {
    /// The text.
    pub source: Source,
    /// Byte range in the text.
    pub span: Range<usize>,
}

/// The nearest place at or before this one where a letter begins.
fn boundary(text: &str, mut place: usize) -> usize {
    while !text.is_char_boundary(place) {
        place = place.saturating_sub(1).min(text.len());
    }
    place
}

/// A line that is longer is cut around the place that matters; nobody reads all of it.
const LONGEST_LINE: usize = 4096;

impl Location {
    /// The text as a terminal may get it, and this place in it: what would command the terminal is replaced, and of a
    /// line that is too long, the part around the place is left, under its number.
    pub(crate) fn shown(&self) -> (Arc<str>, Range<usize>) {
        let text = &self.source.shown;
        let start = boundary(text, self.span.start);
        let end = boundary(text, self.span.end.max(start));
        let line = text[..start].rfind('\n').map_or(0, |found| found + 1);
        let rest = text[start..].find('\n').map_or(text.len(), |found| start + found);
        if rest - line <= LONGEST_LINE {
            return (text.clone(), self.span.clone());
        }
        let from = boundary(text, line.max(start.saturating_sub(LONGEST_LINE / 4)));
        let to = boundary(text, rest.min(from + LONGEST_LINE));
        let before = "\n".repeat(self.line() - 1);
        let shift = |place: usize| before.len() + place.min(to) - from;
        let span = shift(start)..shift(end);
        (format!("{before}{}\n", &text[from..to]).into(), span)
    }

    /// The line, counted from one.
    pub fn line(&self) -> usize {
        let end = self.span.start.min(self.source.text().len());
        self.source.text().as_bytes()[..end].split(|byte| *byte == b'\n').count()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.source.name(), self.line())
    }
}

/// A value with the place where it was written.
#[derive(Debug, Clone)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub location: Location,
}

/// Everything that a suite is made of, as text.
#[derive(Debug, Clone, Default)]
pub struct SuiteText {
    /// `suite.toml`.
    pub suite: Option<Source>,
    /// `*.toml` beside it, by file name.
    pub scenarios: Vec<Source>,
    /// `flows/*.toml`, by the name under which steps use them (`flows/org`).
    pub flows: IndexMap<String, Source>,
    /// `gates.toml`.
    pub gates: Option<Source>,
    /// `faults.toml`.
    pub faults: Option<Source>,
    /// `choices.toml`.
    pub choices: Option<Source>,
    /// `known-failures.toml`.
    pub failures: Option<Source>,
    /// `*.json` beside it, by file name: matrices that scenarios take with `from`.
    pub matrices: IndexMap<String, Source>,
    /// Templates, by their path below `templates/`.
    pub templates: IndexMap<String, Source>,
}
