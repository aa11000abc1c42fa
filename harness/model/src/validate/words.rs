//! Single words: identifiers, durations, dates, and names that must exist.
//!
//! Does not: know in which table a word stands.

use crate::action::RESULT_WORDS;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::is_identifier;
use crate::raw::{Spanned, Text};
use crate::selection::{FACETS, PREFIX, RESERVED};
use crate::source::{At, Location, Source};
use crate::template::{Escape, Template};
use crate::units;
use jiff::civil::Date;
use std::time::Duration;

/// Longer than a name that somebody types.
const LONGEST_NAME: usize = 100;
/// Names that expressions always know.
pub(super) const BUILT_IN: [&str; 7] = ["run", "case", "scope", "env", "secret", "sealed", "challenge"];

/// A name for an expression: an identifier that nothing else has.
pub(super) fn binding(source: &Source, name: &Text) -> Result<String, Diagnostic> {
    identifier(&source.spanned(name.clone()))
}

/// The same for a name of which the place is known.
pub(super) fn identifier(name: &At<String>) -> Result<String, Diagnostic> {
    let At { value: text, location } = name;
    if !is_identifier(text) {
        return Err(Diagnostic::error("E0201", format!("`{text}` cannot be used in expressions"))
            .at(location, "not an identifier")
            .help(format!("letters, digits and `_`: `{}`", text.replace(['-', '.', ' '], "_"))));
    }
    if text.len() > LONGEST_NAME {
        let message = format!("a name of {} bytes, {LONGEST_NAME} at most", text.len());
        return Err(Diagnostic::error("E0210", message)
            .at(location, "here")
            .help("people type it: take a word or two"));
    }
    if RESULT_WORDS.contains(&text.as_str()) || BUILT_IN.contains(&text.as_str()) {
        return Err(Diagnostic::error("E0202", format!("`{text}` is reserved"))
            .at(location, "taken")
            .help(format!("reserved: {}, {}", RESULT_WORDS.join(", "), BUILT_IN.join(", "))));
    }
    Ok(text.clone())
}

/// A path that is asked before anything is there: it begins with a slash, and is no template.
pub(super) fn plain_path(source: &Source, path: &Text) -> Result<String, Diagnostic> {
    let (text, place) = (path.get_ref(), source.at(path.span()));
    if let Some(start) = ["{{", "{%", "{#"].iter().find_map(|opening| text.find(opening)) {
        let message = format!("`{text}` is asked before a run, when nothing is bound");
        return Err(Diagnostic::error("E0338", message)
            .at(&place, "a template")
            .help(format!("a path that is the same everywhere: \"{}\"", &text[..start])));
    }
    slash(text, &place).map_or_else(|| Ok(text.clone()), Err)
}

/// What is wrong with a path that does not begin with a slash.
pub(super) fn slash(path: &str, place: &Location) -> Option<Diagnostic> {
    if path.starts_with('/') {
        return None;
    }
    let message = format!("the path `{path}` does not begin with `/`");
    let diagnostic = Diagnostic::error("E0308", message).at(place, "here");
    Some(diagnostic.help(format!("below the base of its service: \"/{path}\"")))
}

/// A text as a key of TOML.
pub(super) fn key(text: &str) -> String {
    let bare = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    if !text.is_empty() && text.chars().all(bare) { text.to_owned() } else { format!("{text:?}") }
}

/// A duration such as `"15m"`.
pub(super) fn duration(at: &At<String>) -> Result<Duration, Diagnostic> {
    units::duration(&at.value).map_err(|_error| {
        Diagnostic::error("E0203", format!("`{}` is not a duration", at.value))
            .at(&at.location, "here")
            .help("a number with a unit, more than nothing: \"250ms\", \"2s\", \"15m\"")
    })
}

/// The duration of a key that may be absent.
pub(super) fn optional_duration(
    source: &Source,
    text: Option<Text>,
    otherwise: Duration,
) -> Result<Duration, Diagnostic> {
    text.map_or(Ok(otherwise), |text| duration(&source.spanned(text)))
}

/// A duration, or a template that will be one before anything runs.
pub(super) fn budget(source: &Source, text: Text) -> Result<Template, Diagnostic> {
    let at = source.spanned(text);
    if !at.value.contains("{{") {
        duration(&at)?;
    }
    Template::parse(at, Escape::Plain)
}

/// Words that select: one each, without what a selection gives a meaning to.
pub(super) fn tags(source: &Source, raw: Vec<Text>, findings: &mut Diagnostics) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in raw {
        let at = source.spanned(tag);
        let is_plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | '/');
        if at.value.is_empty() || !at.value.chars().all(is_plain) {
            let message = format!("`{}` cannot be a tag", at.value);
            let diagnostic = Diagnostic::error("E0207", message).at(&at.location, "here");
            findings.push(diagnostic.help("one word of letters, digits, `-`, `_`, `.` and `/`: \"slow\""));
        }
        if !tags.contains(&at.value) {
            tags.push(at.value);
        }
    }
    tags
}

/// A name that `E2E_<NAME>` selects or replaces: a binding, and none that the harness itself understands.
pub(super) fn variable(source: &Source, name: &Text) -> Result<String, Diagnostic> {
    selector(&source.spanned(name.clone()))
}

/// The same for a name that has its place already.
pub(super) fn selector(name: &At<String>) -> Result<String, Diagnostic> {
    let binding = identifier(name)?;
    let lower = binding.to_lowercase();
    if let Some(taken) = FACETS.iter().chain(&RESERVED).find(|taken| **taken == lower) {
        let message = format!("`{binding}` is taken: {PREFIX}{} says something else", taken.to_uppercase());
        return Err(Diagnostic::error("E0208", message)
            .at(&name.location, "here")
            .help("give it another name"));
    }
    Ok(binding)
}

/// One word of a few.
pub(super) fn one_of<T: Copy>(source: &Source, word: &Text, known: &[(&str, T)]) -> Result<T, Diagnostic> {
    let found = known.iter().find(|(name, _)| *name == word.get_ref().as_str()).map(|(_, value)| *value);
    found.ok_or_else(|| {
        Diagnostic::error("E0204", format!("`{}` is not a word of this key", word.get_ref()))
            .at(&source.at(word.span()), "here")
            .did_you_mean(word.get_ref(), known.iter().map(|(name, _)| *name))
    })
}

/// A day such as `2027-03-31`.
pub(super) fn date(source: &Source, date: &Spanned<toml::value::Datetime>) -> Result<Date, Diagnostic> {
    date.get_ref().to_string().parse::<Date>().map_err(|error| {
        Diagnostic::error("E0203", format!("`{}` is not a day: {error}", date.get_ref()))
            .at(&source.at(date.span()), "here")
            .help("a day without quotes: 2027-03-31")
    })
}

/// A name that must be declared.
pub(super) fn declared<'a>(
    at: &At<String>,
    what: &'static str,
    code: &'static str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Result<(), Diagnostic> {
    if known.clone().any(|name| name == at.value) {
        return Ok(());
    }
    Err(Diagnostic::error(code, format!("there is no {what} `{}`", at.value))
        .at(&at.location, "not declared")
        .did_you_mean(&at.value, known))
}
