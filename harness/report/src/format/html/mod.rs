//! HTML: one file for a browser, which needs nothing else: no network, no framework, nothing to install.
//!
//! What a run came to stands in the page itself. Everything else is JSON in a block that no browser executes, and a script of
//! ours shows it as text, so that nothing in a recording is ever markup. A policy in the page forbids every connection, and
//! every script and style but ours.
//!
//! Does not: hold the exchanges of more than the first reds; the recording does.

mod case;
mod data;
mod told;

use crate::shown::one_line;
use crate::{Account, summary, worst};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use harness_model::exit::ExitCode;
use harness_model::name::CaseId;
use harness_model::report::RunReport;
use harness_model::verdict::Verdict;
use sha2::{Digest, Sha256};

/// With what every view of this format begins.
pub(super) const MARK: &str = "<!DOCTYPE html>\n<!-- shakedown report -->\n";

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Of how many cases the page has everything; what is worst comes first.
const OPENED: usize = 100;
/// How many cases are named where no script runs.
const NAMED: usize = 200;

/// The cases of which a page has everything: the worst, then what passed only in the end or is red as declared.
pub(crate) fn opened(report: &RunReport) -> Vec<CaseId> {
    let odd = |verdict| matches!(verdict, Verdict::Flaky | Verdict::KnownRed);
    let odd = report.cases.iter().filter(|(_, case)| odd(case.ending.verdict)).map(|(id, _)| id);
    worst::first(report).into_iter().map(|(id, _)| id).chain(odd).take(OPENED).cloned().collect()
}

pub(super) fn render(account: &Account<'_>) -> String {
    let report = account.report;
    let exit = report.exit();
    let tone = if exit == ExitCode::Success { "good" } else { "bad" };
    let code = exit.code().to_string();
    let title = escaped(&format!("{} on {}: exit {code}", report.suite, report.environment));
    let data = data::json(account);
    let (style, script) = (fingerprint(STYLE), fingerprint(SCRIPT));
    fill(
        PAGE,
        &[
            ("style-hash", &style),
            ("script-hash", &script),
            ("style", STYLE),
            ("script", SCRIPT),
            ("title", &title),
            ("name", &escaped(&format!("{} on {}", report.suite, report.environment))),
            ("tone", tone),
            ("icon", if tone == "good" { "%23188038" } else { "%23c5221f" }),
            ("code", &code),
            ("why", &escaped(&summary::why(report))),
            ("counts", &counts(report)),
            ("reds", &reds(report)),
            ("data", &data),
        ],
    )
}

/// What a policy calls a script or a style.
fn fingerprint(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

/// A text in a page: nothing in it is markup, and nothing is unseen.
fn escaped(text: &str) -> String {
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

/// How many cases ended how, for whoever reads without a script.
fn counts(report: &RunReport) -> String {
    let counts: Vec<String> =
        report.counts().into_iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
    if counts.is_empty() { "no case ran".to_owned() } else { counts.join(", ") }
}

/// The reds, for whoever reads without a script.
fn reds(report: &RunReport) -> String {
    let reds = worst::first(report);
    let items = reds.iter().take(NAMED).map(|(id, case)| {
        let cause = case.ending.cause.lines().next().unwrap_or_default();
        format!("<li>{} {}: {}</li>", case.ending.verdict, escaped(id.as_str()), escaped(cause))
    });
    let items: String = items.collect();
    let more = reds.len().saturating_sub(NAMED);
    if more == 0 { items } else { format!("{items}<li>… and {more} more</li>") }
}

/// A page with its gaps filled; what is filled in is not looked at again.
fn fill(page: &str, values: &[(&str, &str)]) -> String {
    let room = page.len() + values.iter().map(|(_, value)| value.len()).sum::<usize>();
    let mut filled = String::with_capacity(room);
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let (name, after) = after.split_once("}}").unwrap_or((after, ""));
        filled.push_str(values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::{MARK, PAGE, SCRIPT, STYLE, escaped, fill};

    #[test]
    fn what_is_filled_in_is_not_looked_at_again() {
        assert_eq!(fill("a {{b}} {{c}}", &[("b", "{{c}}"), ("c", "d")]), "a {{c}} d");
    }

    #[test]
    fn no_text_is_markup_or_unseen() {
        assert_eq!(escaped("<b a='\"'>&\u{1b}\n x"), "&lt;b a=&#39;&quot;&#39;&gt;&amp;\\u{1b} · x");
    }

    #[test]
    fn a_page_begins_with_its_mark_and_its_own_code_cannot_end_its_blocks() {
        assert!(PAGE.starts_with(MARK));
        assert!(!SCRIPT.contains("</") && !STYLE.contains("</"), "it would end its block");
        for forbidden in
            ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "http:", "fetch("]
        {
            assert!(!SCRIPT.contains(forbidden), "{forbidden}");
        }
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"), "nothing is fetched");
    }
}
