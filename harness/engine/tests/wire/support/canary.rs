//! Canaries: random secrets, every way to write one down, and a nose that finds the smallest piece of one.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::HashSet;
use std::fmt::Write;

/// A piece of this many bytes is a part of the secret; a shorter one may be there by chance.
const PIECE: usize = 10;

/// A random secret with letters that every manner of escaping escapes, and a word before and after them.
pub(crate) fn canary(kind: &str) -> String {
    let core = uuid::Uuid::new_v4().simple().to_string();
    format!("{}{kind}\"/\\<&'>%+ ?={}", &core[..16], &core[16..])
}

/// Letters outside of these stay as they are, as in a path.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Every way in which a server may write a secret down.
pub(crate) fn written(secret: &str) -> Vec<String> {
    let json = serde_json::Value::from(secret).to_string();
    let json = json[1..json.len() - 1].to_owned();
    let each = |write: &dyn Fn(char) -> String| secret.chars().map(write).collect::<String>();
    let unicode = each(&|letter| {
        letter.encode_utf16(&mut [0; 2]).iter().fold(String::new(), |mut text, unit| {
            write!(text, "\\u{unit:04X}").expect("a string");
            text
        })
    });
    let named = each(&|letter| match letter {
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '&' => "&amp;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' => "&#39;".to_owned(),
        _ => letter.to_string(),
    });
    let upper = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let hexadecimal = secret.bytes().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string");
        text
    });
    let mut forms = vec![
        secret.to_owned(),
        json.replace('/', "\\/"),
        serde_json::Value::from(json.as_str()).to_string(),
        json,
        unicode,
        each(&|letter| format!("&#x{:x};", letter as u32)),
        each(&|letter| format!("&#{};", letter as u32)),
        named,
        utf8_percent_encode(secret, PATH).to_string().to_lowercase(),
        utf8_percent_encode(&upper, NON_ALPHANUMERIC).to_string(),
        upper.replace("%20", "+"),
        upper,
        secret.to_lowercase(),
        hexadecimal.to_uppercase(),
        hexadecimal,
    ];
    for before in ["", "u", "us", "use", "user:"] {
        for after in ["", "p", "pa", ":pass"] {
            let longer = format!("{before}{secret}{after}");
            forms.extend([STANDARD.encode(&longer), URL_SAFE.encode(&longer).replace('=', "")]);
        }
    }
    forms
}

/// Finds pieces of secrets.
pub(crate) struct Nose(HashSet<Vec<u8>>);

impl Nose {
    /// A nose for these secrets, however they are written down.
    pub(crate) fn new(secrets: &[&str]) -> Self {
        let forms = secrets.iter().flat_map(|secret| written(secret)).map(String::into_bytes);
        let pieces = forms.flat_map(|form| form.windows(PIECE).map(<[u8]>::to_vec).collect::<Vec<_>>());
        // What the words around a secret, and padding, look like is no piece of it.
        Self(pieces.filter(|piece| piece.iter().any(|byte| *byte != piece[0])).collect())
    }

    /// The first piece of a secret in a text.
    pub(crate) fn smells(&self, text: &str) -> Option<String> {
        let piece = text.as_bytes().windows(PIECE).find(|piece| self.0.contains(*piece))?;
        Some(String::from_utf8_lossy(piece).into_owned())
    }
}
