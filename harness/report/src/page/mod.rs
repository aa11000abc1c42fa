//! Pages for a browser: what all of them share, which is a style sheet, the beginning of a script, and how data gets in.
//!
//! A policy in each page forbids every connection, and every script and style but ours, which it knows by their hashes.
//!
//! Does not: know what a page is about.

use crate::shown::one_line;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// The style sheet of every page.
pub(crate) const STYLE: &str = include_str!("style.css");

/// What a page is, before what it has of its own.
const HEAD: &str = include_str!("head.html");

/// What the head of a page says.
pub(crate) struct Head<'a> {
    /// With what every page of the view begins.
    pub(crate) mark: &'a str,
    /// What it lists.
    pub(crate) lists: &'a str,
    /// How the tab of a browser calls it.
    pub(crate) title: &'a str,
    /// Of what it is: as HTML, like everything here.
    pub(crate) name: &'a str,
    /// Whether all is well.
    pub(crate) tone: Tone,
    /// What it came to, and why.
    pub(crate) verdict: (&'a str, &'a str),
}

/// The colour of a page.
#[derive(Clone, Copy)]
pub(crate) enum Tone {
    /// All is well.
    Good,
    /// Something is red.
    Bad,
}

impl Tone {
    /// Its class in the style sheet, and the colour of the icon.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Good => ("good", "%23188038"),
            Self::Bad => ("bad", "%23c5221f"),
        }
    }
}

/// What a policy calls a script or a style.
fn fingerprint(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

/// A text in a page: nothing in it is markup, and nothing is unseen.
pub(crate) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for letter in one_line(text).chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

/// Data as a block of JSON, such that it ends no block of HTML. Nothing else is escaped: a script shows every text as text.
pub(crate) fn json(data: &impl Serialize) -> String {
    // Every key of our data is a text, and a text has room for all of it.
    let text = serde_json::to_string(data).unwrap_or_else(|error| format!("\"{error}\""));
    text.replace('<', "\\u003c")
}

/// A page of this head and body, with its style and script, whose hashes stand in its policy, and with its gaps filled.
pub(crate) fn fill(
    head: &Head<'_>,
    body: &str,
    (style, script): (&str, &str),
    values: &[(&str, String)],
) -> String {
    let (of_style, of_script) = (fingerprint(style), fingerprint(script));
    let (tone, icon) = head.tone.words();
    let head = [
        ("mark", head.mark),
        ("lists", head.lists),
        ("title", head.title),
        ("style", style),
        ("style-hash", &of_style),
        ("script-hash", &of_script),
        ("icon", icon),
        ("tone", tone),
        ("name", head.name),
        ("headline", head.verdict.0),
        ("why", head.verdict.1),
    ];
    let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    filled(HEAD, &head) + &filled(body, &[&[("script", script)], values.as_slice()].concat())
}

/// A page with its gaps filled; what is filled in is not looked at again.
fn filled(page: &str, values: &[(&str, &str)]) -> String {
    let room = page.len() + values.iter().map(|(_, value)| value.len()).sum::<usize>();
    let mut whole = String::with_capacity(room);
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("{{") {
        whole.push_str(before);
        let (name, after) = after.split_once("}}").unwrap_or((after, ""));
        whole.push_str(values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value));
        rest = after;
    }
    whole.push_str(rest);
    whole
}

/// Whether a script of ours neither ends its block nor makes markup, code or a connection of a text.
#[cfg(test)]
pub(crate) fn is_harmless(script: &str) {
    assert!(!script.contains("</"), "it would end its block");
    for forbidden in
        ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "http:", "fetch("]
    {
        assert!(!script.contains(forbidden), "{forbidden}");
    }
}

#[cfg(test)]
mod tests {
    use super::{STYLE, escaped, filled, json};

    #[test]
    fn what_is_filled_in_is_not_looked_at_again() {
        assert_eq!(filled("a {{b}} {{c}}", &[("b", "{{c}}"), ("c", "d")]), "a {{c}} d");
    }

    #[test]
    fn no_text_is_markup_or_unseen() {
        assert_eq!(escaped("<b a='\"'>&\u{1b}\n x"), "&lt;b a=&#39;&quot;&#39;&gt;&amp;\\u{1b} · x");
    }

    #[test]
    fn data_cannot_end_its_block() {
        assert_eq!(json(&"</script><!--"), "\"\\u003c/script>\\u003c!--\"");
    }

    #[test]
    fn a_style_fetches_nothing_and_cannot_end_its_block() {
        assert!(!STYLE.contains("</"));
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
    }
}
