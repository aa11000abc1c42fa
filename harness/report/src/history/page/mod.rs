//! The trends of a history as one page for a browser, of the same family as that of a run.
//!
//! Does not: choose the runs, or hold what single cases said; the recordings do.

mod data;

use super::render_text;
use crate::Paint;
use crate::page::{self, Head, Tone, escaped};
use harness_model::history::{Light, RowKind, Survey};
use harness_model::units;

/// With what every page of a history begins.
pub(super) const MARK: &str = "<!DOCTYPE html>\n<!-- shakedown history -->\n";

const BODY: &str = include_str!("page.html");
const STYLE: &str = concat!(include_str!("../../page/style.css"), include_str!("page.css"));
const SCRIPT: &str = concat!(include_str!("../../page/shared.js"), include_str!("page.js"));

/// A page of surveys, one below the other.
pub(super) fn render(surveys: &[Survey]) -> String {
    let reds = in_red(surveys);
    let (tone, headline) = if reds == 0 { (Tone::Good, "no red") } else { (Tone::Bad, "red") };
    let places: Vec<String> =
        surveys.iter().map(|survey| format!("{} on {}", survey.suite, survey.environment)).collect();
    let name = escaped(&places.join(", "));
    let text: Vec<String> = surveys.iter().map(|survey| render_text(survey, None, Paint::Never)).collect();
    // A line keeps what stands in front of it, because a table is made of it.
    let line = |line: &str| " ".repeat(line.len() - line.trim_start().len()) + &escaped(line);
    let text: Vec<String> = text.join("\n").lines().map(line).collect();
    let head = Head {
        mark: MARK,
        lists: "trends",
        title: &format!("Trends of {name}"),
        name: &name,
        tone,
        verdict: (headline, &why(surveys, reds)),
    };
    let values = [("text", text.join("\n")), ("data", data::json(surveys))];
    page::fill(&head, BODY, (STYLE, SCRIPT), &values)
}

/// How many rows that are no single cases are red now; of a survey of cases alone, how many cases.
fn in_red(surveys: &[Survey]) -> usize {
    let counted = surveys.iter().flat_map(|survey| data::tops(survey));
    counted.filter(|trend| trend.state() == Some(Light::Red)).count()
}

fn why(surveys: &[Survey], reds: usize) -> String {
    let rows: Vec<_> = surveys.iter().flat_map(data::tops).collect();
    let word = if rows.iter().all(|trend| trend.row.kind == RowKind::Case) { "case" } else { "arm" };
    let runs = surveys.iter().map(|survey| survey.runs.len()).sum();
    format!("{reds} of {} red now, over {}", units::count(rows.len(), word), units::count(runs, "run"))
}

#[cfg(test)]
mod tests {
    use super::{SCRIPT, STYLE};
    use crate::page::is_harmless;

    #[test]
    fn the_code_of_a_page_cannot_end_its_blocks() {
        is_harmless(SCRIPT);
        assert!(!STYLE.contains("</") && !STYLE.contains("url(") && !STYLE.contains("@import"));
    }
}
