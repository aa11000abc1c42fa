//! How to run a case again, as a line to paste into a shell.
//!
//! Does not: know the fronts; the recording says what started the run.

use harness_model::name::CaseId;
use harness_model::report::RunReport;

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
    Some(report.again.one.as_ref()?.replace("{case}", &quoted(case.as_str())))
}

/// The line that runs again whatever is red in a run.
pub(crate) fn reds(report: &RunReport) -> Option<String> {
    Some(report.again.reds.as_ref()?.replace("{run}", &quoted(&report.run)))
}

#[cfg(test)]
mod tests {
    use super::quoted;

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
}
