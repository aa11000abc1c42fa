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

use crate::page::{self, Head, Tone, escaped};
use crate::{Account, why, worst};
use harness_model::exit::ExitCode;
use harness_model::name::CaseId;
use harness_model::report::RunReport;
use harness_model::verdict::Verdict;

/// With what every view of this format begins.
pub(super) const MARK: &str = "<!DOCTYPE html>\n<!-- shakedown report -->\n";

const BODY: &str = include_str!("page.html");
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
    let code = format!("exit {}", exit.code());
    let name = escaped(&format!("{} on {}", report.suite, report.environment));
    let head = Head {
        mark: MARK,
        lists: "cases",
        title: &format!("{name}: {code}"),
        name: &name,
        tone: if exit == ExitCode::Success { Tone::Good } else { Tone::Bad },
        verdict: (&code, &escaped(&why::why(report))),
    };
    let values = [("counts", counts(report)), ("reds", reds(report)), ("data", data::json(account))];
    page::fill(&head, BODY, (page::STYLE, SCRIPT), &values)
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
    use super::SCRIPT;
    use crate::page::is_harmless;

    #[test]
    fn the_code_of_a_page_cannot_end_its_blocks() {
        is_harmless(SCRIPT);
    }
}
