//! Text that fits: cut, shortened in the middle, or broken into rows, by the columns that it takes on a terminal.
//!
//! Does not: know colours. Whoever paints does so afterwards, because what paints has no width.

use std::borrow::Cow;
use textwrap::{WordSeparator, WordSplitter};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What stands for what was left out.
const LEFT_OUT: &str = "…";

/// The columns that a text takes.
pub(crate) fn columns(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// A text in so many columns, without its end if it is longer.
pub(crate) fn cut(text: &str, room: usize) -> String {
    if columns(text) <= room {
        return text.to_owned();
    }
    let Some(room) = room.checked_sub(1) else { return String::new() };
    format!("{}{LEFT_OUT}", beginning(text, room))
}

/// A text in so many columns, without its middle if it is longer: ids differ at their ends.
pub(crate) fn shortened(text: &str, room: usize) -> String {
    if columns(text) <= room {
        return text.to_owned();
    }
    let Some(room) = room.checked_sub(1) else { return String::new() };
    let end = ending(text, room.div_ceil(2));
    format!("{}{LEFT_OUT}{end}", beginning(text, room - columns(end)))
}

/// A text in exactly so many columns, shortened or filled up.
pub(crate) fn column(text: &str, room: usize) -> String {
    let text = shortened(text, room);
    let blanks = room.saturating_sub(columns(&text));
    format!("{text}{}", " ".repeat(blanks))
}

/// A text in rows of so many columns; all but the first begin with an indent.
pub(crate) fn rows(text: &str, room: usize, indent: &str) -> Vec<String> {
    let options = textwrap::Options::new(room.max(columns(indent) + 2)).subsequent_indent(indent);
    // An id is broken where there is no other way, and not at its hyphens.
    let options =
        options.word_splitter(WordSplitter::NoHyphenation).word_separator(WordSeparator::AsciiSpace);
    textwrap::wrap(text, options).into_iter().map(Cow::into_owned).collect()
}

fn beginning(text: &str, room: usize) -> &str {
    let mut taken = 0;
    let end = text.char_indices().find(|(_, letter)| {
        taken += letter.width().unwrap_or(0);
        taken > room
    });
    end.map_or(text, |(end, _)| &text[..end])
}

fn ending(text: &str, room: usize) -> &str {
    let mut taken = 0;
    let from = text.char_indices().rev().take_while(|(_, letter)| {
        taken += letter.width().unwrap_or(0);
        taken <= room
    });
    from.last().map_or("", |(from, _)| &text[from..])
}

#[cfg(test)]
mod tests {
    use super::{column, columns, cut, rows, shortened};

    #[test]
    fn what_is_too_long_loses_its_end_or_its_middle_and_takes_the_room_that_it_has() {
        let id = "provision::pause-resume::google-adk::platform:gemini-2.5-pro";
        assert_eq!(cut(id, 12), "provision::…");
        assert_eq!(shortened(id, 21), "provision:…ni-2.5-pro");
        for room in 0..70 {
            assert!(columns(&cut(id, room)) <= room && columns(&shortened(id, room)) <= room, "{room}");
            assert_eq!(columns(&column(id, room)), room);
        }
    }

    #[test]
    fn wide_letters_take_two_columns() {
        for room in 0..12 {
            assert!(columns(&cut("größer 🦀🦀 漢字", room)) <= room, "{room}");
            assert_eq!(columns(&column("漢字漢字漢字漢字", room)), room, "{room}");
        }
    }

    #[test]
    fn rows_break_between_words_and_a_word_that_is_too_long_anywhere() {
        assert_eq!(rows("one two three", 8, "  "), ["one two", "  three"]);
        assert!(rows(&"x".repeat(50), 20, "    ").iter().all(|row| columns(row) <= 20));
    }
}
