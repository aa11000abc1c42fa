//! A request as a line for a shell: what was sent, with the name of a variable wherever a secret was.
//!
//! The words are those of POSIX: a text stands in single quotes, whatever it holds, so that no shell looks into it.
//!
//! Does not: run anything.

use crate::event::Exchange;
use std::fmt::Write;

/// What the log has in place of a secret.
const MASK: &str = "[secret]";
/// The variable that stands for a secret that nobody can name.
const UNNAMED: &str = "SECRET";

/// The command that sends a request once more.
pub fn command(exchange: &Exchange) -> String {
    let mut line = String::from("curl -sS -g");
    match exchange.method.as_str() {
        "GET" => {}
        "HEAD" => line.push_str(" --head"),
        method => {
            line.push_str(" -X ");
            line.push_str(&quoted(method, UNNAMED));
        }
    }
    line.push(' ');
    line.push_str(&quoted(&exchange.url, UNNAMED));
    for (name, value) in &exchange.request_headers {
        let variable = if name.eq_ignore_ascii_case("authorization") {
            exchange.credential.as_deref().unwrap_or(UNNAMED)
        } else {
            UNNAMED
        };
        // An empty header is sent when a semicolon ends it.
        let header = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        option(&mut line, "-H", &quoted(&header, variable));
    }
    let Some(body) = &exchange.request_body else { return line };
    if let Some(note) = left_out(body) {
        return format!("# {note}\n{line}");
    }
    let is_typed = exchange.request_headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    if !is_typed {
        option(&mut line, "-H", "'content-type: application/json'");
    }
    option(&mut line, "--data-raw", &quoted(body, UNNAMED));
    line
}

fn option(line: &mut String, name: &str, value: &str) {
    // Writing to a string cannot fail.
    write!(line, " \\\n  {name} {value}").ok();
}

/// Why a body cannot be sent again; none for one that can.
fn left_out(body: &str) -> Option<&'static str> {
    if body.starts_with("(a form: ") {
        return Some("the recording has the form of this request by its length and digest alone");
    }
    let cut = body.rsplit_once("… (").and_then(|(_, rest)| rest.strip_suffix(" bytes)"));
    if cut.is_some_and(|count| !count.is_empty() && count.bytes().all(|digit| digit.is_ascii_digit())) {
        return Some("the recording has only the beginning of the body of this request");
    }
    body.contains('\0')
        .then_some("no shell can say the body of this request: it has a byte that ends every word")
}

/// A text as one word of a shell; what was secret is read from a variable.
pub fn quoted(text: &str, variable: &str) -> String {
    let parts: Vec<String> = text.split(MASK).map(literal).collect();
    let word = parts.join(&format!("\"${variable}\""));
    if word.is_empty() { "''".to_owned() } else { word }
}

/// A text that holds no secret. What would steer a terminal is made by `printf`, so that nothing of it can be pasted.
fn literal(text: &str) -> String {
    let (mut word, mut open) = (String::new(), false);
    let mut quote = |word: &mut String, wanted: bool| {
        if open != wanted {
            word.push('\'');
            open = wanted;
        }
    };
    for letter in text.chars() {
        match letter {
            '\'' => {
                quote(&mut word, false);
                word.push_str("\\'");
            }
            '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}' => {
                quote(&mut word, false);
                write!(word, "\"$(printf '\\{:03o}')\"", u32::from(letter)).ok();
            }
            _ => {
                quote(&mut word, true);
                word.push(letter);
            }
        }
    }
    quote(&mut word, false);
    word
}

#[cfg(test)]
mod tests {
    use super::{command, quoted};
    use crate::event::Exchange;
    use std::time::Duration;

    fn exchange() -> Exchange {
        Exchange {
            method: "POST".to_owned(),
            url: "http://127.0.0.1:1/w?a=[1]".to_owned(),
            request_headers: vec![
                ("x-org".to_owned(), String::new()),
                ("authorization".to_owned(), "Bearer [secret]".to_owned()),
            ],
            request_body: Some("{\"name\": \"it's [secret]\"}".to_owned()),
            credential: Some("API_KEY".to_owned()),
            status: None,
            response_headers: Vec::new(),
            response_body: String::new(),
            elapsed: Duration::ZERO,
        }
    }

    #[test]
    fn a_request_is_a_command_without_any_secret() {
        let expected = "curl -sS -g -X 'POST' 'http://127.0.0.1:1/w?a=[1]' \\\n  -H 'x-org;' \\\n  \
             -H 'authorization: Bearer '\"$API_KEY\" \\\n  -H 'content-type: application/json' \\\n  \
             --data-raw '{\"name\": \"it'\\''s '\"$SECRET\"'\"}'";
        assert_eq!(command(&exchange()), expected);
    }

    #[test]
    fn what_cannot_be_sent_again_is_said() {
        for (body, note) in [
            ("(a form: file = a.txt, text/plain, 9 bytes, sha256 ab)", "# the recording has the form"),
            ("{\"a\": 1… (20000 bytes)", "# the recording has only the beginning"),
            ("a\0b", "# no shell can say the body"),
        ] {
            let told = command(&Exchange { request_body: Some(body.to_owned()), ..exchange() });
            assert!(told.starts_with(note), "{told}");
            assert!(!told.contains("--data-raw"), "{told}");
        }
    }

    #[test]
    fn a_word_is_one_word_whatever_it_holds() {
        for (text, word) in [
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", "'it'\\''s'"),
            ("'", "\\'"),
            ("$HOME `id` \\", "'$HOME `id` \\'"),
            ("a\u{1b}[31m", "'a'\"$(printf '\\033')\"'[31m'"),
            ("[secret]", "\"$KEY\""),
        ] {
            assert_eq!(quoted(text, "KEY"), word, "{text:?}");
        }
    }
}
