//! Control characters: TOML lets them be written as `\\u001b`, and whoever prints such a name commands a terminal.
//!
//! Does not: look at what stands in the text as it is. TOML refuses it there.

use crate::diagnostic::Diagnostic;
use crate::source::Source;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Refuses text with control characters other than line breaks and tabs, and keys with any.
///
/// *Errors*: `E0103` for the first one. What is not TOML is left to whoever reads it.
pub(super) fn check(source: &Source) -> Result<(), Diagnostic> {
    if !source.text().contains('\\') {
        return Ok(());
    }
    let Ok(table) = DeTable::parse(source.text()) else { return Ok(()) };
    let Some(span) = in_table(table.get_ref()) else { return Ok(()) };
    Err(Diagnostic::error("E0103", "a control character, which would command the terminal that shows it")
        .at(&source.at(span), "in here")
        .help("take the escape out; only \\n, \\r and \\t may stand in a text"))
}

fn in_table(table: &DeTable<'_>) -> Option<Range<usize>> {
    table.iter().find_map(|(key, value)| {
        let commands = key.get_ref().contains(char::is_control);
        if commands { Some(key.span()) } else { in_value(value) }
    })
}

fn in_value(value: &Spanned<DeValue<'_>>) -> Option<Range<usize>> {
    let commands = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t');
    match value.get_ref() {
        DeValue::String(text) => text.contains(commands).then(|| value.span()),
        DeValue::Array(items) => items.iter().find_map(in_value),
        DeValue::Table(table) => in_table(table),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => None,
    }
}
