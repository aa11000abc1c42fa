//! Secrets, and the redactor that removes them from everything that people or disks will see.
//!
//! Does not: decide what is secret.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use harness_model::template::encode_segment;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt::{self, Write};
use std::sync::{Arc, PoisonError, RwLock};

/// What stands in the place of a secret.
pub const MASK: &str = "[secret]";

/// A text that must not be shown: `Debug` and `Display` give the mask.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a text as secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one place that has to send it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(MASK)
    }
}

/// Removes every secret it has learnt, in plain, base64, URL- and JSON-escaped form.
#[derive(Debug, Clone, Default)]
pub struct Redactor(Arc<RwLock<Vec<String>>>);

impl Redactor {
    /// Learns a secret, for everything that is scrubbed from now on.
    pub fn learn(&self, secret: &Secret) {
        let plain = secret.expose();
        if plain.is_empty() {
            return;
        }
        let mut forms = forms(plain);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        forms.retain(|form| !known.contains(form));
        known.append(&mut forms);
        // The longest first, so that a form is never cut by a shorter one inside it.
        known.sort_by_key(|form| std::cmp::Reverse(form.len()));
        known.dedup();
    }

    /// The text without any secret.
    pub fn scrub(&self, text: &str) -> String {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut scrubbed = text.to_owned();
        for form in known.iter().filter(|form| text.contains(form.as_str())) {
            scrubbed = scrubbed.replace(form.as_str(), MASK);
        }
        scrubbed
    }

    /// The JSON value without any secret in its texts and keys.
    pub fn scrub_json(&self, value: serde_json::Value) -> serde_json::Value {
        use serde_json::Value;
        match value {
            Value::String(text) => Value::String(self.scrub(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.scrub_json(item)).collect(),
            Value::Object(table) => {
                let scrubbed =
                    table.into_iter().map(|(key, value)| (self.scrub(&key), self.scrub_json(value)));
                scrubbed.collect::<serde_json::Map<_, _>>().into()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value,
        }
    }
}

/// Every way in which a secret may be written down.
fn forms(plain: &str) -> Vec<String> {
    let quoted = serde_json::Value::from(plain).to_string();
    let json = &quoted[1..quoted.len() - 1];
    let mut forms = vec![plain.to_owned(), json.to_owned(), json.replace('/', "\\/"), escaped(json)];
    for percent in [utf8_percent_encode(plain, NON_ALPHANUMERIC).to_string(), encode_segment(plain)] {
        forms.push(lower_hex(&percent));
        forms.push(percent);
    }
    forms.extend([STANDARD_NO_PAD.encode(plain), URL_SAFE_NO_PAD.encode(plain)]);
    forms
}

/// JSON as writers put it that keep to ASCII and are wary of HTML.
fn escaped(json: &str) -> String {
    let mut escaped = String::new();
    for letter in json.chars() {
        if letter.is_ascii() && !matches!(letter, '<' | '>' | '&') {
            escaped.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                write!(escaped, "\\u{unit:04x}").ok();
            }
        }
    }
    escaped
}

/// Percent escapes with hexadecimal digits in lower case.
fn lower_hex(percent: &str) -> String {
    let mut parts = percent.split('%');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let (digits, rest) = part.split_at(part.len().min(2));
        text + "%" + &digits.to_lowercase() + rest
    })
}

#[cfg(test)]
mod tests {
    use super::{Redactor, Secret};

    #[test]
    fn scrubs_every_form_of_a_secret() {
        let redactor = Redactor::default();
        redactor.learn(&Secret::new("s3cr/et \"x\""));
        let forms = [
            "s3cr/et \"x\"",
            "s3cr/et \\\"x\\\"",
            "s3cr\\/et \\\"x\\\"",
            "s3cr%2Fet%20%22x%22",
            "s3cr%2fet%20%22x%22",
            "czNjci9ldCAieCI",
        ];
        for form in forms {
            assert_eq!(redactor.scrub(&format!("a {form} b")), "a [secret] b", "{form}");
        }
    }

    #[test]
    fn a_secret_inside_a_longer_one_does_not_cut_it() {
        let redactor = Redactor::default();
        redactor.learn(&Secret::new("abc"));
        redactor.learn(&Secret::new("abcdef"));
        assert_eq!(redactor.scrub("x abcdef y"), "x [secret] y");
    }

    #[test]
    fn neither_debug_nor_display_shows_a_secret() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret:?} {secret}"), "[secret] [secret]");
    }
}
