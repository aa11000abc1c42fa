//! What is wrong with a suite: a message, the place, and how to mend it.
//!
//! Does not: render. The roof draws the source with its caret; `Display` is the message alone.

use crate::source::Location;
use miette::{LabeledSpan, NamedSource, Severity, SourceCode};
use std::fmt;
use std::sync::Arc;

/// More names than anybody reads.
const MOST_KNOWN: usize = 40;
/// More findings than anybody mends at once; each has been looked for, and each costs a few lines.
const MOST_FINDINGS: usize = 1000;

/// One finding about a suite.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", .0.message)]
pub struct Diagnostic(Box<Finding>);

/// Boxed, because most checks have none to give.
#[derive(Debug, Clone)]
struct Finding {
    code: &'static str,
    message: String,
    label: String,
    help: Option<String>,
    place: Option<(NamedSource<Arc<str>>, std::ops::Range<usize>)>,
    weight: Weight,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Nothing starts.
    Error,
    /// Shown, and the run goes on.
    Warning,
}

impl Diagnostic {
    /// An error without a place.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, &message.into(), Weight::Error)
    }

    /// A warning without a place.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, &message.into(), Weight::Warning)
    }

    fn new(code: &'static str, message: &str, weight: Weight) -> Self {
        let message = plain(message);
        Self(Box::new(Finding { code, message, label: String::new(), help: None, place: None, weight }))
    }

    /// Points at the place, with what to say there.
    #[must_use]
    pub fn at(mut self, location: &Location, label: impl Into<String>) -> Self {
        let (text, span) = location.shown();
        self.0.place = Some((NamedSource::new(plain(location.source.name()), text), span));
        self.0.label = plain(&label.into());
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(plain(&help.into()));
        self
    }

    /// Offers the name that was probably meant.
    #[must_use]
    pub fn did_you_mean<'a>(self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        match crate::name::closest(name, known.iter().copied()) {
            Some(candidate) => self.help(format!("did you mean `{candidate}`?")),
            None if known.is_empty() => self.help("none is declared"),
            None => {
                let more = known.len().saturating_sub(MOST_KNOWN);
                let more = if more == 0 { String::new() } else { format!(" and {more} more") };
                self.help(format!("known here: {}{more}", known[..known.len().min(MOST_KNOWN)].join(", ")))
            }
        }
    }

    /// The stable code: `E0101`.
    pub fn stable_code(&self) -> &'static str {
        self.0.code
    }

    /// How much it matters.
    pub fn weight(&self) -> Weight {
        self.0.weight
    }
}

impl miette::Diagnostic for Diagnostic {
    fn code(&self) -> Option<Box<dyn fmt::Display + '_>> {
        Some(Box::new(self.0.code))
    }

    fn severity(&self) -> Option<Severity> {
        Some(match self.0.weight {
            Weight::Error => Severity::Error,
            Weight::Warning => Severity::Warning,
        })
    }

    fn help(&self) -> Option<Box<dyn fmt::Display + '_>> {
        self.0.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.0.place.as_ref().map(|(source, _)| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (_, span) = self.0.place.as_ref()?;
        let label = LabeledSpan::new_with_span(Some(self.0.label.clone()), span.clone());
        Some(Box::new(std::iter::once(label)))
    }
}

/// All findings about a suite, errors and warnings, in the order of the files.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Adds a finding. Of more than a thousand, the ones that change nothing are left out.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let changes = || diagnostic.weight() == Weight::Error && !self.has_errors();
        if self.0.len() < MOST_FINDINGS || changes() {
            self.0.push(diagnostic);
        }
    }

    /// Adds findings.
    pub fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        diagnostics.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }

    /// Keeps the value of a check, or its finding.
    pub fn keep<T>(&mut self, checked: Result<T, Diagnostic>) -> Option<T> {
        checked.map_err(|diagnostic| self.push(diagnostic)).ok()
    }

    /// Whether a finding points at this place already.
    pub fn speak_of(&self, location: &Location) -> bool {
        self.0.iter().any(|found| {
            let place = found.0.place.as_ref();
            place.is_some_and(|(source, span)| {
                source.name() == plain(location.source.name()) && *span == location.shown().1
            })
        })
    }

    /// Whether nothing may start.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.weight() == Weight::Error)
    }

    /// How many of them are errors.
    pub(crate) fn errors(&self) -> usize {
        self.0.iter().filter(|diagnostic| diagnostic.weight() == Weight::Error).count()
    }

    /// The findings.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }
}

/// A text that does to a terminal what it looks like, and nothing else.
fn plain(text: &str) -> String {
    let commands = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t');
    if !text.contains(commands) {
        return text.to_owned();
    }
    let letters = text.chars().map(|letter| {
        if commands(letter) { letter.escape_default().to_string() } else { letter.to_string() }
    });
    letters.collect()
}
