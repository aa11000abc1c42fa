//! How to run a case again, as a line to paste into a shell.
//!
//! Does not: know the fronts; the recording says what started the run.

use crate::shown::shown;
use harness_model::name::CaseId;
use harness_model::report::RunReport;
use std::borrow::Cow;

/// A word as a shell takes it.
pub fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:=@%+,".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// The line that runs one case of a run again.
pub(crate) fn one(report: &RunReport, case: &CaseId) -> Option<String> {
    Some(shown(&report.again.one.as_ref()?.replace("{case}", &quoted(case.as_str()))).into_owned())
}

/// The line that runs again whatever is red in a run.
pub(crate) fn reds(report: &RunReport) -> Option<String> {
    Some(shown(&report.again.reds.as_ref()?.replace("{run}", &quoted(&report.run))).into_owned())
}

/// A line in a room of so many columns: each row but the last ends with a backslash, so that it can be pasted whole.
pub(crate) fn folded(line: &str, room: usize) -> Vec<Cow<'_, str>> {
    let mut rows = Vec::new();
    let mut rest = line;
    while rest.chars().count() > room.max(2) {
        let end = rest.char_indices().nth(room.max(2) - 1).map_or(rest.len(), |(end, _)| end);
        // A row ends behind a blank where there is one; a word that is too long is broken wherever the row ends, and goes on
        // in the first column of the next one.
        let at = rest[..end].rfind(' ').map_or(end, |blank| blank + 1);
        rows.push(Cow::Owned(format!("{}\\", &rest[..at])));
        rest = &rest[at..];
    }
    rows.push(Cow::Borrowed(rest));
    rows
}

#[cfg(test)]
mod tests {
    use super::{folded, quoted};

    #[test]
    fn a_word_is_quoted_where_a_shell_would_take_it_for_something_else() {
        for (word, expected) in [
            (
                "provision::steady::google-adk::platform:gemini-2.5-pro",
                "provision::steady::google-adk::platform:gemini-2.5-pro",
            ),
            ("two words", "'two words'"),
            ("it's $HOME", "'it'\\''s $HOME'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }

    #[test]
    fn a_folded_line_is_the_same_line_to_a_shell_and_no_row_is_too_long() {
        let line = "E2E_LANE=full cargo test --test staging -- --exact provision::steady::google-adk::platform:gemini-2.5-pro";
        for room in [20, 40, 60, 80, 200] {
            let rows = folded(line, room);
            assert!(rows.iter().all(|row| row.chars().count() <= room), "{rows:?}");
            let (last, others) = rows.split_last().expect("a row");
            let joined: String =
                others.iter().map(|row| row.strip_suffix('\\').expect("a backslash")).collect();
            assert_eq!(joined + last, line, "{room}");
        }
    }
}
