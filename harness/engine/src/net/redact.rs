//! Secrets, and the redactor that removes them from everything that people or disks will see.
//!
//! Does not: decide what is secret.

use super::escapes::views;
use super::forms::{forms, parts};
use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError};
use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

/// What stands in the place of a secret.
pub const MASK: &str = "[secret]";

/// The bytes that a secret has at least: what is shorter stands in texts that have nothing to do with it, and hiding it
/// would hide words.
pub const SHORTEST: usize = harness_model::checkup::SHORTEST_SECRET;

/// How much longer than its secret an escaped form may be, when a text is cut: `\\u0041` in JSON in JSON.
const WIDEST: usize = 16;

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

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
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

/// Removes every secret it has learnt: plain, in base64 and hexadecimal, also in the middle of something longer, broken
/// into lines, and behind percent, JSON and HTML escapes, also in each other.
#[derive(Debug, Clone, Default)]
pub struct Redactor(Arc<RwLock<Known>>);

/// What has been learnt.
#[derive(Debug, Default)]
struct Known {
    plain: HashSet<String>,
    longest: usize,
    /// Each about twice the size of the next: a secret is put into a new automaton only so often.
    shelves: Vec<Shelf>,
}

/// Forms that are looked for at once.
#[derive(Debug)]
struct Shelf {
    forms: Vec<String>,
    automaton: Result<AhoCorasick, BuildError>,
}

impl Shelf {
    fn new(forms: Vec<String>) -> Self {
        // Built often and run over little, so the kind that is quickly built.
        let automaton = AhoCorasick::builder().kind(Some(AhoCorasickKind::NoncontiguousNFA)).build(&forms);
        Self { forms, automaton }
    }

    /// Where the forms are; without an automaton each is looked for by itself.
    fn find(&self, bytes: &[u8], mut found: impl FnMut(Range<usize>)) {
        match &self.automaton {
            Ok(automaton) => automaton.find_overlapping_iter(bytes).for_each(|hit| found(hit.range())),
            Err(_) => {
                for form in self.forms.iter().map(String::as_bytes) {
                    let hits = bytes.windows(form.len()).enumerate().filter(|(_, part)| *part == form);
                    hits.for_each(|(start, _)| found(start..start + form.len()));
                }
            }
        }
    }
}

impl Redactor {
    /// Learns a secret and what it is made of, for everything that is scrubbed from now on; what is shorter than
    /// [`SHORTEST`] is not learnt.
    pub fn learn(&self, secret: &Secret) {
        // Files end in a line break that nobody sends.
        let plain = secret.expose().trim();
        if plain.len() < SHORTEST || self.read().plain.contains(plain) {
            return;
        }
        self.take(plain);
        for part in &parts(plain) {
            self.learn(&part.as_str().into());
        }
    }

    fn take(&self, plain: &str) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !known.plain.insert(plain.to_owned()) {
            return;
        }
        known.longest = known.longest.max(plain.len());
        let mut forms = forms(plain);
        while let Some(shelf) = known.shelves.pop_if(|shelf| shelf.forms.len() <= forms.len()) {
            forms.extend(shelf.forms);
        }
        known.shelves.push(Shelf::new(forms));
    }

    /// The text without any secret.
    pub fn scrub(&self, text: &str) -> String {
        self.read().mask(text, text.len())
    }

    /// The beginning of a text without any secret, with its length when it is longer. A secret that begins before the
    /// cut is masked as a whole; what a long text costs does not depend on its length.
    pub fn scrub_start(&self, text: &str, longest: usize) -> String {
        let Some((end, _)) = text.char_indices().nth(longest) else { return self.scrub(text) };
        let known = self.read();
        let window = boundary(text, end.saturating_add(known.longest.saturating_mul(WIDEST)));
        let start = known.mask(&text[..window], end);
        format!("{start}… ({} bytes)", text.len())
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

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Known> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// The text up to an end, every secret that begins before it masked.
    fn mask(&self, text: &str, end: usize) -> String {
        if self.shelves.is_empty() {
            return text[..end].to_owned();
        }
        let mut spans: Vec<Range<usize>> = Vec::new();
        views(text, &mut |view| {
            for shelf in &self.shelves {
                shelf.find(&view.bytes, |hit| spans.push(view.origin(hit)));
            }
        });
        spans.sort_unstable_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
        let (mut masked, mut at) = (String::with_capacity(end), 0);
        for span in spans.into_iter().filter(|span| span.start < end) {
            if span.start >= at {
                masked.push_str(&text[at..span.start]);
                masked.push_str(MASK);
            }
            at = at.max(span.end);
        }
        masked.push_str(text.get(at..end).unwrap_or_default());
        masked
    }
}

/// The last place up to here where a text can be cut.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Redactor, Secret};
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use std::str::from_utf8;

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
            "%733cr%2Fet %22x%22",
            "s3cr/et+\"x\"",
            "s3cr%2Fet+%22x%22",
            "s3cr/et &quot;x&#34;",
            "s3cr\\u002fet\\u0020\\u0022x\\\"",
            "s3cr\\\\/et \\\\\\\"x\\\\\\\"",
            "czNjci9ldCAieCI",
            "733363722f657420227822",
            "733363722F657420227822",
        ];
        for form in forms {
            assert_eq!(redactor.scrub(&format!("a {form} b")), "a [secret] b", "{form}");
        }
    }

    #[test]
    fn a_secret_inside_a_longer_one_does_not_cut_it() {
        let redactor = Redactor::default();
        redactor.learn(&Secret::new("sk-canary"));
        redactor.learn(&Secret::new("sk-canary-2"));
        assert_eq!(redactor.scrub("x sk-canary-2 y"), "x [secret] y");
    }

    #[test]
    fn secrets_that_overlap_are_masked_as_one() {
        let redactor = Redactor::default();
        redactor.learn(&Secret::new("abcdefgh"));
        redactor.learn(&Secret::new("efghijkl"));
        let scrubbed = redactor.scrub("x abcdefghijkl y abcdefghabcdefgh");
        assert_eq!(scrubbed, "x [secret] y [secret][secret]");
    }

    #[test]
    fn a_thousand_secrets_are_all_remembered_on_few_shelves() {
        let redactor = Redactor::default();
        for number in 0..1000 {
            redactor.learn(&Secret::new(format!("secret-number-{number:04}")));
        }
        let shelves = redactor.read().shelves.len();
        assert!(shelves <= 11, "{shelves}");
        for number in [0, 1, 499, 998, 999] {
            assert_eq!(redactor.scrub(&format!("<secret-number-{number:04}>")), "<[secret]>");
        }
    }

    #[test]
    fn a_cut_shows_no_part_of_a_secret_and_tells_the_length() {
        let redactor = Redactor::default();
        redactor.learn(&Secret::new("\u{e9}canary"));
        for before in 0..12 {
            let text = format!("{}\u{e9}canary{}", "x".repeat(before), "y".repeat(2000));
            let start = redactor.scrub_start(&text, 10);
            let shown = if before < 10 { before + 7 } else { 10 };
            let rest = "y".repeat(10_usize.saturating_sub(shown));
            let mask = if before < 10 { "[secret]" } else { "" };
            let expected = format!("{}{mask}{rest}… ({} bytes)", "x".repeat(before.min(10)), text.len());
            assert_eq!(start, expected);
        }
        assert_eq!(redactor.scrub_start("short", 10), "short");
    }

    #[test]
    fn the_line_break_at_the_end_of_a_secret_is_no_part_of_it() {
        let redactor = Redactor::default();
        redactor.learn(&Secret::new("hunter-22\n"));
        redactor.learn(&Secret::new(" \n"));
        assert_eq!(redactor.scrub("is hunter-22, \n"), "is [secret], \n");
    }

    #[test]
    fn what_is_too_short_to_be_a_secret_hides_no_words() {
        let redactor = Redactor::default();
        redactor.learn(&Secret::new("status"));
        redactor.learn(&Secret::new("a"));
        assert_eq!(redactor.scrub("a status"), "a status");
    }

    #[test]
    fn what_breaks_a_secret_into_lines_hides_no_part_of_it() {
        let redactor = Redactor::default();
        let secret = format!("sk-{}", "canary".repeat(20));
        redactor.learn(&Secret::new(secret.clone()));
        let base64 = STANDARD.encode(format!("user:{secret}"));
        let hexadecimal: String =
            secret.bytes().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        for (text, width, end) in [(&base64, 76, "\n"), (&base64, 64, "\r\n    "), (&hexadecimal, 32, "\\n")]
        {
            let lines: Vec<&str> =
                text.as_bytes().chunks(width).map(|line| from_utf8(line).expect("ASCII")).collect();
            let scrubbed = redactor.scrub(&format!("<\n{}\n>", lines.join(end)));
            assert!(scrubbed.len() < 40 && scrubbed.contains("[secret]"), "{scrubbed}");
        }
    }

    #[test]
    fn the_texts_of_a_secret_that_is_json_are_secrets_however_they_are_written_again() {
        let redactor = Redactor::default();
        redactor.learn(&Secret::new(
            "{\n  \"tokens\": { \"access\": \"at-canary-1\", \"all\": [\"at-canary-2\"] },\n  \"mode\": \"chat\"\n}",
        ));
        let again = "{\"mode\":\"chat\",\"tokens\":{\"all\":[\"at-canary-2\"],\"access\":\"at-canary-1\"}}";
        let scrubbed = "{\"mode\":\"chat\",\"tokens\":{\"all\":[\"[secret]\"],\"access\":\"[secret]\"}}";
        assert_eq!(redactor.scrub(again), scrubbed);
    }

    #[test]
    fn every_line_of_a_key_is_a_secret_and_its_frame_is_none() {
        let redactor = Redactor::default();
        let (first, second) = ("MIIEowIBAAKCAQEA1", "c2VjcmV0LWNhbmFyeS0y");
        redactor.learn(&Secret::new(format!("-----BEGIN KEY-----\n{first}\n{second}\n-----END KEY-----\n")));
        let scrubbed = redactor.scrub(&format!("-----BEGIN KEY----- {second} | {first}"));
        assert_eq!(scrubbed, "-----BEGIN KEY----- [secret] | [secret]");
    }

    #[test]
    fn neither_debug_nor_display_shows_a_secret() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret:?} {secret}"), "[secret] [secret]");
    }
}
