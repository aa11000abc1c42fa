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

use crate::page::{self, escaped};
use crate::{Account, summary, worst};
use harness_model::exit::ExitCode;
use harness_model::name::CaseId;
use harness_model::report::RunReport;
use harness_model::verdict::Verdict;

/// With what every view of this format begins.
pub(super) const MARK: &str = "<!DOCTYPE html>\n<!-- shakedown report -->\n";

const PAGE: &str = include_str!("page.html");
const SCRIPT: &str = concat!(include_str!("../../page/shared.js"), include_str!("page.js"));

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
    page::fill(
        PAGE,
        (page::STYLE, SCRIPT),
        &[
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

#[cfg(test)]
mod tests {
    use super::{MARK, PAGE, SCRIPT};
    use crate::page::is_harmless;

    #[test]
    fn a_page_begins_with_its_mark_and_its_own_code_cannot_end_its_blocks() {
        assert!(PAGE.starts_with(MARK));
        is_harmless(SCRIPT);
    }
}
