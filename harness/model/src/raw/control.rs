//! Characters that nobody sees: TOML lets control characters be written as `\\u001b`, and whoever prints such a name commands
//! a terminal; others turn the direction of writing around, so that a name reads as another one.
//!
//! Does not: look at control characters that stand in the text as they are. TOML refuses them there.

use crate::diagnostic::Diagnostic;
use crate::name::is_hidden;
use crate::source::Source;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Refuses text with control characters other than line breaks and tabs, or with hidden ones, and keys with any.
///
/// *Errors*: `E0103` for the first one. What is not TOML is left to whoever reads it.
pub(super) fn check(source: &Source) -> Result<(), Diagnostic> {
    if !source.text().contains(|letter| letter == '\\' || is_hidden(letter)) {
        return Ok(());
    }
    let Ok(table) = DeTable::parse(source.text()) else { return Ok(()) };
    let Some((letter, span)) = in_table(table.get_ref()) else { return Ok(()) };
    let code = u32::from(letter);
    let (message, help) = if is_hidden(letter) {
        let help = format!(
            "take it out; where a condition needs it, write '\\u{code:04x}' in a TOML text of single quotes"
        );
        (format!("a character that nobody sees, U+{code:04X}, so that this reads as something else"), help)
    } else {
        let message = "a control character, which would command the terminal that shows it".to_owned();
        (message, "take the escape out; only \\n, \\r and \\t may stand in a text".to_owned())
    };
    Err(Diagnostic::error("E0103", message).at(&source.at(span), "in here").help(help))
}

/// The first such character, and where it is.
fn in_table(table: &DeTable<'_>) -> Option<(char, Range<usize>)> {
    table.iter().find_map(|(key, value)| {
        let odd = key.get_ref().chars().find(|letter| letter.is_control() || is_hidden(*letter));
        odd.map(|letter| (letter, key.span())).or_else(|| in_value(value))
    })
}

fn in_value(value: &Spanned<DeValue<'_>>) -> Option<(char, Range<usize>)> {
    let odd =
        |letter: &char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t') || is_hidden(*letter);
    match value.get_ref() {
        DeValue::String(text) => text.chars().find(odd).map(|letter| (letter, value.span())),
        DeValue::Array(items) => items.iter().find_map(in_value),
        DeValue::Table(table) => in_table(table),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => None,
    }
}
