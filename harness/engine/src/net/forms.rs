//! Forms: the ways to write a secret down that hide its letters altogether, and the parts that are secrets themselves.
//!
//! Does not: list escapes; `escapes` undoes them.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::Value;
use std::fmt::Write;

/// What is shorter is found in texts that hold no secret.
const SHORTEST_FRAGMENT: usize = 6;

/// What a line of a secret has at least: a shorter one may be any word.
const SHORTEST_LINE: usize = 16;
/// How the first and the last line of a key begin, which are everybody's.
const FRAME: &str = "-----";

/// The parts of a secret that are secrets themselves: the texts of one that is JSON, else the lines of one that has many.
pub(super) fn parts(plain: &str) -> Vec<String> {
    if plain.starts_with(['{', '['])
        && let Ok(value) = serde_json::from_str(plain)
    {
        let mut texts = Vec::new();
        collect(&value, &mut texts);
        return texts;
    }
    let lines = plain.lines().map(str::trim).filter(|line| *line != plain);
    let secret = lines.filter(|line| line.len() >= SHORTEST_LINE && !line.starts_with(FRAME));
    secret.map(str::to_owned).collect()
}

fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| collect(value, texts)),
        Value::Object(table) => table.values().for_each(|value| collect(value, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The plain form and every hidden one: base64 in both alphabets, alone and in the middle of something longer, base64 of
/// base64, hexadecimal, small letters, and the `+` of forms.
pub(super) fn forms(plain: &str) -> Vec<String> {
    let mut forms = vec![plain.to_owned()];
    forms.extend(base64(plain.as_bytes()));
    forms.extend(base64(STANDARD.encode(plain).as_bytes()));
    let quoted = serde_json::Value::from(plain).to_string();
    let json = &quoted[1..quoted.len() - 1];
    if json != plain {
        forms.extend(base64(json.as_bytes()));
    }
    let hexadecimal = plain.bytes().fold(String::new(), |mut digits, byte| {
        // Writing to a string cannot fail.
        write!(digits, "{byte:02x}").ok();
        digits
    });
    forms.push(hexadecimal.to_uppercase());
    forms.push(hexadecimal);
    // As hosts have it, and headers' names.
    forms.push(plain.to_lowercase());
    if plain.contains(' ') {
        forms.push(plain.replace(' ', "+"));
    }
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// Base64 alone and as a part of something longer: the letters that no neighbour changes, at each of three alignments.
fn base64(bytes: &[u8]) -> Vec<String> {
    let mut forms = Vec::new();
    for alphabet in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
        forms.push(alphabet.encode(bytes));
        for before in 0..3_usize {
            let padded = [&[0; 2][..before], bytes].concat();
            let text = alphabet.encode(&padded);
            // One byte before us decides the first letter and a part of the second, two decide two and a part of the third.
            let first = [0, 2, 3][before];
            let last = text.len() - usize::from(padded.len() % 3 != 0);
            forms.extend(
                text.get(first..last).filter(|part| part.len() >= SHORTEST_FRAGMENT).map(str::to_owned),
            );
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::forms;
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    #[test]
    fn base64_is_found_wherever_it_begins_and_ends_in_something_longer() {
        let secret = "sk-canary?>~1";
        let forms = forms(secret);
        for (before, after) in (0..7).flat_map(|before| (0..7).map(move |after| (before, after))) {
            let longer = format!("{}{secret}{}", "u".repeat(before), "p".repeat(after));
            for text in [STANDARD.encode(&longer), URL_SAFE.encode(&longer)] {
                let longest = forms.iter().filter(|form| text.contains(form.as_str())).map(String::len).max();
                assert!(longest >= Some(15), "{before} {after} {text}: {longest:?}");
            }
        }
    }

    #[test]
    fn a_short_secret_has_no_fragments_that_would_be_found_anywhere() {
        assert!(forms("abc").iter().all(|form| form.len() >= 3), "{:?}", forms("abc"));
        assert_eq!(forms("abc").len(), 4, "{:?}", forms("abc"));
    }
}
