//! `docs/reference.md`: the language, for whoever writes a suite. The prose is a text of its own; everything that the
//! types know is put into it.
//!
//! Does not: describe a key. The types do, where they are read.

use super::markdown::block;
#[cfg(feature = "platform")]
use super::markdown::{code, table};
use super::{diagnostics, tables};

const PROSE: &str = include_str!("reference.md");

/// The page.
pub(super) fn page() -> String {
    let example = |text: &str| text.replace("@SUITE@", "demo").replace("@SCENARIO@", "hello");
    let toml = |text: &str| block("toml", &example(text));
    let parts = [
        ("scenario", toml(include_str!("../new/example/scenario.toml"))),
        ("suite", toml(include_str!("../new/example/suite.toml"))),
        ("fault", toml(include_str!("../new/example/fault.toml").trim_start())),
        ("payload", block("jinja", include_str!("../new/example/workspace.json.j2"))),
        ("tables", tables::sections()),
        ("types", tables::types()),
        ("faults", faults()),
        ("codes", diagnostics::list()),
    ];
    parts.into_iter().fold(PROSE.to_owned(), |page, (mark, text)| {
        page.replace(&format!("<!-- {mark} -->\n"), &(text.trim_end().to_owned() + "\n"))
    })
}

#[cfg(feature = "platform")]
fn faults() -> String {
    let rows: Vec<[String; 2]> =
        crate::embedded::known_faults().map(|(name, meaning)| [code(name), meaning.to_owned()]).collect();
    table(["fault", "what is wrong then"], &rows)
}

#[cfg(not(feature = "platform"))]
fn faults() -> String {
    "This build has no embedded platform, so it has no faults.\n".to_owned()
}

#[cfg(test)]
mod tests {
    use super::{PROSE, page};
    use harness_runner::model::action::KINDS;
    use harness_runner::model::context::Bindings;
    use harness_runner::model::exit::ExitCode;
    use harness_runner::model::expression::Expression;
    use harness_runner::model::source::Source;
    use harness_runner::model::verdict::Verdict;

    const REPLY: &str =
        r#"{"status": "online", "items": [{"name": "a", "n": 1}, {"name": "b", "n": 2}], "url": ""}"#;

    /// The first cells of the table behind a text.
    fn cells(behind: &str) -> Vec<String> {
        let (_, rest) = PROSE.split_once(behind).expect("the text");
        let rows = rest.lines().skip_while(|line| !line.starts_with('|')).skip(2);
        let rows = rows.take_while(|line| line.starts_with('|'));
        let cells = rows.map(|row| {
            row.replace("\\|", "\u{1}").split('|').nth(1).unwrap_or_default().replace('\u{1}', "|")
        });
        cells.map(|cell| cell.trim().trim_matches('`').to_owned()).collect()
    }

    #[test]
    fn every_expression_that_the_reference_shows_holds() {
        let body: serde_json::Value = serde_json::from_str(REPLY).expect("JSON");
        assert!(PROSE.contains(REPLY));
        let scope = Bindings::default().with("status", 200).with("body", body);
        let expressions = cells("Filters and tests that a suite needs");
        assert!(expressions.len() > 12, "{expressions:?}");
        for text in expressions {
            let at = Source::new("reference", text.clone()).at(0..text.len());
            let value = harness_runner::model::source::At { value: text.clone(), location: at };
            assert_eq!(Expression::parse(value).expect(&text).holds(&scope), Ok(true), "{text}");
        }
    }

    #[test]
    fn the_words_of_every_result_are_told() {
        let every = cells("`run.http` leaves these words");
        for (kind, words) in KINDS {
            let told = match kind {
                "http" => [every.clone(), cells("of the bytes that travelled")].concat(),
                "a2a" => [every.clone(), cells("`run.a2a` leaves the first five")].concat(),
                other => cells(&format!("`run.{other}` leaves:")),
            };
            assert_eq!(told, words, "{kind}");
        }
    }

    #[test]
    fn every_verdict_and_every_exit_code_is_told() {
        let verdicts: Vec<&str> = Verdict::ALL.iter().map(|verdict| verdict.words()).collect();
        assert_eq!(cells("## How a case ends"), verdicts);
        let mut codes = [
            ExitCode::Success,
            ExitCode::Failure,
            ExitCode::Usage,
            ExitCode::NeverUp,
            ExitCode::Leak,
            ExitCode::LiveRequired,
            ExitCode::Internal,
            ExitCode::Interrupted,
        ]
        .map(ExitCode::code);
        codes.sort_unstable();
        let codes = codes.map(|code| code.to_string());
        assert_eq!(cells("| lost |"), codes);
    }

    #[test]
    fn every_part_of_the_page_is_filled_in() {
        let page = page();
        assert_eq!(page.matches("<!--").count(), 1, "only the line that says where it comes from");
        for part in [
            "### `[suite]`",
            "### `run.http = { … }`",
            "[lane.",
            "| `E0311` |",
            "| `create-500` | `POST /workspaces`",
            "hello::codex::gpt-5.4-mini",
        ] {
            assert!(page.contains(part), "{part}");
        }
    }
}
