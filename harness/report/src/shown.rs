//! Text from outside, as a view may show it: nothing in it steers whoever displays it.
//!
//! Does not: escape for a format. Each format does that itself.

use std::borrow::Cow;

/// A text in which whatever cannot be seen is spelled out; lines and tabs stay.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if is_unseen(letter) {
            shown.extend(letter.escape_unicode());
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// The same on one line.
pub(crate) fn one_line(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    shown(&lines.join(" · ")).replace('\t', " ")
}

/// A text of which no line commands the runner of a job: GitHub's and Gitea's obey what a step prints. They look for `::` where
/// a line begins, blanks before it not counted, and for `##[` anywhere.
pub fn uncommanding(text: &str) -> Cow<'_, str> {
    let begins = |line: &str| line.trim_start().starts_with("::");
    if !text.contains("##[") && !text.split(['\n', '\r']).any(begins) {
        return Cow::Borrowed(text);
    }
    let lines = text.split_inclusive(['\n', '\r']).map(|line| {
        let line = line.replace("##[", "#\\u{23}[");
        if begins(&line) { line.replacen("::", "\\u{3a}:", 1) } else { line }
    });
    Cow::Owned(lines.collect())
}

/// Control characters, what turns the direction of writing around, other ends of lines, and what is no character.
fn is_unseen(letter: char) -> bool {
    matches!(letter,
        '\u{0}'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{fffe}' | '\u{ffff}')
}

/// As much of a text as has room, with what is left out counted.
pub(crate) fn cut(text: &str, room: usize) -> Cow<'_, str> {
    if text.len() <= room {
        return Cow::Borrowed(text);
    }
    let end = (0..=room).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    Cow::Owned(format!("{}… and {} bytes more", &text[..end], text.len() - end))
}

#[cfg(test)]
mod tests {
    use super::{cut, one_line, shown, uncommanding};

    #[test]
    fn no_line_commands_whoever_runs_the_job() {
        for (text, expected) in [
            ("::set-output name=exit::0", "\\u{3a}:set-output name=exit::0"),
            (
                "reply\n  \t::error::x\r::stop-commands::y",
                "reply\n  \t\\u{3a}:error::x\r\\u{3a}:stop-commands::y",
            ),
            ("see ##[add-path]/x", "see #\\u{23}[add-path]/x"),
            ("::##[group]", "\\u{3a}:#\\u{23}[group]"),
            ("provision::steady::codex # [x]", "provision::steady::codex # [x]"),
            ("a :: b\n", "a :: b\n"),
        ] {
            assert_eq!(uncommanding(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_steers_a_display_is_spelled_out_and_lines_stay() {
        assert_eq!(shown("a\u{1b}[31mred\nb\tc"), "a\\u{1b}[31mred\nb\tc");
        assert_eq!(shown("left\u{202e}right\r\u{0}\u{ffff}"), "left\\u{202e}right\\u{d}\\u{0}\\u{ffff}");
        assert_eq!(shown("größer 🦀 👩‍💻"), "größer 🦀 👩‍💻");
    }

    #[test]
    fn lines_become_one() {
        assert_eq!(one_line("expect  a == b\n\n  actual\ta = 1\r\n"), "expect  a == b · actual a = 1");
    }

    #[test]
    fn a_cut_ends_between_letters_and_counts_the_rest() {
        assert_eq!(cut("größer", 3), "gr… and 6 bytes more");
        assert_eq!(cut("größer", 8), "größer");
    }
}
