//! A reply: its bytes taken apart once, within limits, with a word on what is wrong with them.
//!
//! Does not: judge it; what is wrong with a reply is a hint, the conditions of the step decide.

use super::limits::LARGEST_TREE;
use super::upload::hexadecimal;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::time::{Duration, SystemTime};
use tokio::sync::OwnedSemaphorePermit;

/// What came back.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers, in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as text; bytes that are not UTF-8 are replaced, and a binary body has none.
    pub text: String,
    /// The body: JSON where it is JSON, else its text.
    pub body: Value,
    /// How many bytes the body has.
    pub bytes: u64,
    /// The SHA-256 of these bytes, in small letters.
    pub sha256: String,
    /// What is wrong with it, for people who wonder why a path is missing.
    pub flaw: Option<String>,
    /// The body that people get to see, where it is not the body itself.
    pub(crate) veil: Option<Value>,
    /// The headers whose values nobody gets to see.
    pub(crate) secret_headers: Vec<String>,
    /// How long it took.
    pub elapsed: Duration,
    /// The place of a large reply.
    #[expect(dead_code, reason = "it is given back when the reply is dropped")]
    pub(crate) place: Option<OwnedSemaphorePermit>,
}

impl Reply {
    /// Takes a reply apart.
    pub fn new(status: u16, headers: Vec<(String, String)>, bytes: Vec<u8>) -> Self {
        let (length, sha256) = (bytes.len() as u64, hexadecimal(&Sha256::digest(&bytes)));
        let kind = headers.iter().find(|(name, _)| name == "content-type").map(|(_, kind)| kind.clone());
        let mut binary = None;
        let (text, wrong) = match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(_) if kind.as_deref().is_some_and(is_binary) => {
                binary = kind;
                (String::new(), None)
            }
            Err(error) => {
                let wrong = error.utf8_error().valid_up_to();
                (String::from_utf8_lossy(error.as_bytes()).into_owned(), Some(wrong))
            }
        };
        let (body, unread) = parse(&text);
        let mut reply = Self {
            status,
            headers,
            text,
            body,
            bytes: length,
            sha256,
            flaw: None,
            veil: None,
            secret_headers: Vec::new(),
            elapsed: Duration::ZERO,
            place: None,
        };
        reply.flaw = match binary {
            Some(kind) => {
                Some(format!("it is {length} bytes of {kind}, and no text: compare `sha256` and `bytes`"))
            }
            None => reply.flaw(wrong, unread),
        };
        reply
    }

    /// What people and recordings get to see of the body: its text, or what it is in place of one.
    pub(crate) fn shown(&self) -> Cow<'_, str> {
        if let Some(veil) = &self.veil {
            return shown_text(veil).into();
        }
        if self.text.is_empty() && self.bytes > 0 {
            let kind = self.header("content-type").unwrap_or_default();
            return format!("({} bytes of {kind}, sha256 {})", self.bytes, self.sha256).into();
        }
        self.text.as_str().into()
    }

    /// The value of a header, the first one if it occurs more than once.
    pub fn header(&self, wanted: &str) -> Option<&str> {
        self.headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    }

    /// How long the other side asked to be left alone: seconds, or a day and time measured against its own `Date`.
    pub fn retry_after(&self) -> Option<Duration> {
        let asked = self.header("retry-after")?.trim();
        if let Ok(seconds) = asked.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let at = httpdate::parse_http_date(asked).ok()?;
        let now: SystemTime = httpdate::parse_http_date(self.header("date")?.trim()).ok()?;
        // What has passed already asks for nothing.
        Some(at.duration_since(now).unwrap_or_default())
    }

    /// Whether the status speaks of success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    fn flaw(&self, wrong: Option<usize>, unread: Option<String>) -> Option<String> {
        let kind = self.header("content-type").unwrap_or_default().to_ascii_lowercase();
        let start: String = self.text.trim_start().chars().take(9).collect::<String>().to_ascii_lowercase();
        let is_html = kind.starts_with("text/html") || start.starts_with("<html") || start == "<!doctype";
        let claims = kind.contains("json") && !self.text.is_empty();
        if let (300..400, Some(location)) = (self.status, self.header("location")) {
            return Some(format!("it redirects to {location}, and redirects are not followed"));
        }
        if let Some(position) = wrong {
            return Some(format!("it is not UTF-8 from byte {position} on"));
        }
        if is_html {
            return Some("it is HTML, not JSON: a proxy or a sign-in page may have answered".to_owned());
        }
        unread.filter(|_| claims || start.starts_with(['{', '[']))
    }
}

/// What people see of a veiled value: a text as it is, else its JSON.
pub(crate) fn shown_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether a media type says that its bytes are no text.
fn is_binary(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    let is_text = kind.starts_with("text/")
        || ["json", "xml", "javascript", "yaml", "x-www-form-urlencoded", "charset="]
            .iter()
            .any(|part| kind.contains(part));
    !is_text
}

/// A text as JSON, when it is JSON and within limits.
pub(crate) fn json(text: &str) -> Option<Value> {
    let (value, wrong) = parse(text);
    wrong.is_none().then_some(value)
}

/// JSON within limits, else the text; and why it is none.
fn parse(text: &str) -> (Value, Option<String>) {
    let plain = |why: String| (Value::String(text.to_owned()), Some(why));
    if values(text) > LARGEST_TREE {
        return plain(format!("its JSON has more than {LARGEST_TREE} values, so it was not taken apart"));
    }
    match serde_json::from_str(text) {
        Ok(value) => (value, None),
        Err(error) => plain(format!("it is not JSON: {error}")),
    }
}

/// About how many values JSON has: one, and one more for each comma and bracket outside its strings.
fn values(text: &str) -> usize {
    let (mut count, mut inside, mut escaped) = (1, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if inside => escaped = true,
            b'"' => inside = !inside,
            b',' | b'[' | b'{' if !inside => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::{LARGEST_TREE, Reply};
    use std::time::Duration;

    fn reply(headers: &[(&str, &str)], body: &str) -> Reply {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Reply::new(200, headers.collect(), body.as_bytes().to_vec())
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_measured_against_the_date_of_the_reply() {
        let date = ("date", "Sat, 21 Nov 2026 07:00:00 GMT");
        let table = [
            ("7", Some(7)),
            (" 0 ", Some(0)),
            ("Sat, 21 Nov 2026 07:01:30 GMT", Some(90)),
            ("Saturday, 21-Nov-26 07:00:05 GMT", Some(5)),
            ("Sat, 21 Nov 2026 06:00:00 GMT", Some(0)),
            ("soon", None),
            ("-3", None),
            ("1.5", None),
        ];
        for (asked, expected) in table {
            let found = reply(&[date, ("retry-after", asked)], "").retry_after();
            assert_eq!(found, expected.map(Duration::from_secs), "{asked}");
        }
        assert_eq!(reply(&[("retry-after", "Sat, 21 Nov 2026 07:01:30 GMT")], "").retry_after(), None);
    }

    #[test]
    fn a_flaw_says_why_there_is_no_json() {
        let json = ("content-type", "application/json");
        let nested = "[".repeat(100_000);
        let table = [
            (reply(&[json], "{\"a\": 1}"), None),
            (reply(&[json], ""), None),
            (reply(&[], "busy"), None),
            (reply(&[json], "busy"), Some("it is not JSON: expected value")),
            (reply(&[], "{\"a\": "), Some("it is not JSON: EOF")),
            (reply(&[json], "{\"a\": 1e999}"), Some("it is not JSON: number out of range")),
            (reply(&[], &nested), Some("it is not JSON: recursion limit exceeded")),
            (reply(&[json], "<!DOCTYPE html><p>"), Some("it is HTML, not JSON")),
        ];
        for (reply, expected) in table {
            let flaw = reply.flaw.as_deref();
            match expected {
                None => assert_eq!(flaw, None, "{}", reply.text),
                Some(words) => assert!(flaw.is_some_and(|flaw| flaw.starts_with(words)), "{flaw:?}"),
            }
        }
    }

    #[test]
    fn json_of_too_many_values_is_not_taken_apart_and_a_long_string_is() {
        let many = format!("[{}0]", "0,".repeat(LARGEST_TREE));
        let found = reply(&[], &many);
        assert!(found.body.is_string());
        let flaw = "its JSON has more than 200000 values, so it was not taken apart";
        assert_eq!(found.flaw.as_deref(), Some(flaw));
        let long = format!("[\"{}\\\"\"]", ",".repeat(LARGEST_TREE));
        assert!(reply(&[], &long).body.is_array());
    }
}
