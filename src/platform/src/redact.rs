//! Redaction: what looks like a credential does not go into a memory that others may read.
//!
//! Does not: promise to know every credential; known values and the usual shapes are taken out.

/// What stands in the place of a credential.
const MASK: &str = "[REDACTED]";

/// How the usual credentials begin.
const BEGINNINGS: [&str; 6] = ["sk-", "ghp_", "github_pat_", "xoxb-", "AKIA", "AIza"];

/// The shortest that is taken for one.
const SHORTEST: usize = 8;

/// `text` without any of `known`, and without words that look like a credential.
pub(crate) fn redact<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> String {
    let mut text = text.to_owned();
    for value in known.filter(|value| value.len() >= SHORTEST) {
        text = text.replace(value, MASK);
    }
    let ends = |letter: char| letter.is_whitespace() || matches!(letter, '=' | ':' | ',' | ';' | '"' | '\'');
    text.split_inclusive(ends)
        .map(|part| {
            let word = part.trim_end_matches(ends);
            let is_one = BEGINNINGS.iter().any(|beginning| word.starts_with(beginning));
            if is_one && word.len() >= SHORTEST { part.replacen(word, MASK, 1) } else { part.to_owned() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn known_values_and_the_usual_shapes_are_taken_out() {
        for (text, expected) in [
            ("the key is hunter2-hunter2.", "the key is [REDACTED]."),
            ("API_KEY=sk-ant-0123456789, use it", "API_KEY=[REDACTED], use it"),
            ("token: \"ghp_0123456789\"", "token: \"[REDACTED]\""),
            ("sk-1 is a ski resort, a task-list is none", "sk-1 is a ski resort, a task-list is none"),
        ] {
            assert_eq!(redact(text, ["hunter2-hunter2", "short"].into_iter()), expected, "{text}");
        }
    }
}
