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
}

impl Source {
    /// Takes a text under a name, usually a path relative to the root.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into() }
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

/// A place in a text.
#[derive(Debug, Clone)]
pub struct Location {
    /// The text.
    pub source: Source,
    /// Byte range in the text.
    pub span: Range<usize>,
}

impl Location {
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
    /// `*.json` beside it, by file name: matrices that scenarios take with `from`.
    pub matrices: IndexMap<String, Source>,
    /// Templates, by their path below `templates/`.
    pub templates: IndexMap<String, Source>,
}
