//! Markdown for the summary of a step: the worst first, and never more than GitHub takes, whatever the run.
//!
//! What comes from outside stands in code alone, spelled with character references where Markdown would see a mark, so that
//! it is text: it makes no table, no link, no tag, and mentions nobody.
//!
//! Does not: show everything. What has no room is counted.

use crate::shown::{cut, one_line, shown};
use crate::trouble::{self, Kind};
use crate::{Account, why, worst};
use harness_model::cause::Cause;
use harness_model::exit::ExitCode;
use harness_model::name::CaseId;
use harness_model::report::CaseReport;
use harness_model::units;
use harness_model::verdict::Verdict;
use std::collections::BTreeMap;
use std::fmt::Write;

/// With what every view of this format begins; nobody sees it.
pub(super) const MARK: &str = "<!-- shakedown report -->\n";

/// Room for each section, in bytes. With the few lines around them they stay far below the 1 MiB that GitHub takes.
const ROOM: usize = 200_000;
/// How many reds are shown with all that was seen.
const OPENED: usize = 20;
/// As much of a name as is shown.
const NAME: usize = 200;
/// As much of a cause as is shown in a row.
const CAUSE: usize = 300;
/// As much of a cause as is shown where it is shown in full.
const FULL: usize = 4000;
/// How many cases of one reason are named.
const NAMED: usize = 10;

pub(super) fn render(account: &Account<'_>) -> String {
    let report = account.report;
    let exit = report.exit();
    let sign = if exit == ExitCode::Success { "✅" } else { "❌" };
    let lane = report.lane.as_ref().map(|lane| format!(", lane {}", code(lane, NAME))).unwrap_or_default();
    let leaked = report.leaks().len();
    let kept = report.kept().len();
    let mut text = format!(
        "{MARK}## {sign} {suite} on {environment}: exit {number}\n\n{why}\n\n{counts}\n\
         {leaked} leaked, {kept} kept of {owned} created · {elapsed} · selected {selection}{lane} · {because} · run {run} · \
         recording {recording}\n",
        suite = code(&report.suite, NAME),
        environment = code(&report.environment, NAME),
        number = exit.code(),
        why = code(&why::why(report), NAME * 4),
        counts = counts(account),
        owned = report.owned.len(),
        elapsed = units::display(account.closing.elapsed),
        selection = code(&account.selection(), NAME),
        because = code(&report.because, NAME),
        run = code(&report.run, NAME),
        recording = code(account.closing.recording, NAME),
    );
    let reds = worst::first(report);
    text.push_str(&of_the_run(account));
    text.push_str(&rows(account, &reds));
    text.push_str(&opened(&reds));
    text.push_str(&quiet(account));
    text.push_str(&tried(account));
    text
}

fn counts(account: &Account<'_>) -> String {
    let mut text = String::from("| verdict | cases |\n|---|---:|\n");
    for (verdict, count) in account.report.counts() {
        // Writing to a string cannot fail.
        writeln!(text, "| {} {verdict} | {count} |", sign(verdict)).ok();
    }
    text
}

fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "✅",
        Verdict::Flaky => "🔁",
        Verdict::Failed | Verdict::UnexpectedPass => "❌",
        Verdict::Errored | Verdict::Refused | Verdict::Cancelled | Verdict::Lost => "🛑",
        Verdict::Operator => "🔑",
        Verdict::KnownRed => "🟠",
        Verdict::Skipped | Verdict::Blocked => "⏸️",
    }
}

/// As many items as have room, and how many have none.
fn section(heading: &str, items: impl Iterator<Item = String>, more: impl Fn(usize) -> String) -> String {
    let (mut text, mut left_out) = (String::new(), 0);
    for item in items {
        if left_out == 0 && text.len() + item.len() <= ROOM {
            text.push_str(&item);
        } else {
            left_out += 1;
        }
    }
    match (text.is_empty(), left_out) {
        (true, 0) => String::new(),
        (_, 0) => format!("\n{heading}\n{text}"),
        (_, left_out) => format!("\n{heading}\n{text}{}", more(left_out)),
    }
}

/// What is no case: all that is wrong with the run, and what was kept.
fn of_the_run(account: &Account<'_>) -> String {
    let report = account.report;
    let item = |what: &str, cause: &str| format!("- **{what}** {}\n", code(cause, CAUSE));
    let lane = report.demands.as_ref().map(|demands| demands.lane.as_str()).unwrap_or_default();
    let demanded = format!("demanded by lane {}", code(lane, NAME));
    let troubles = trouble::of(report).into_iter().map(|trouble| match (trouble.kind, &*trouble.about) {
        (Kind::Demanded, _) => item(&demanded, &trouble.why),
        (kind, "") => item(kind.words(), &trouble.why),
        (kind, about) => {
            format!("- **{}** {}: {}\n", kind.words(), code(about, NAME), code(&trouble.why, CAUSE))
        }
    });
    let off = report.demands.as_ref().and_then(|demands| demands.off.as_ref());
    let off = off.map(|why| {
        format!("- what lane {} demands is not measured: {}\n", code(lane, NAME), code(why, CAUSE))
    });
    let kept = report.kept().into_iter().map(|(kind, key, until)| {
        format!("- kept until {:.0}: {}\n", until, code(&format!("{kind} {key}"), NAME))
    });
    let items = troubles.chain(off).chain(kept);
    section("### The run\n", items, |count| format!("- … and {count} more\n"))
}

fn rows(account: &Account<'_>, reds: &[(&CaseId, &CaseReport)]) -> String {
    let row = |(id, case): &(&CaseId, &CaseReport)| {
        let ending = &case.ending;
        let note = if worst::counts(account.report, case) { "" } else { " (advisory)" };
        let step = ending.step.as_ref().map(|step| code(step.as_str(), NAME)).unwrap_or_default();
        let place = ending.place.as_ref().map(|place| code(place, NAME)).unwrap_or_default();
        let cause = code(&ending.cause, CAUSE);
        let verdict = ending.verdict;
        let class =
            case.cause().map(|Cause { class, rule, .. }| format!("{class} ({rule})")).unwrap_or_default();
        format!(
            "| {} {verdict}{note} | {class} | {} | {} | {cause} |\n",
            sign(verdict),
            code(id.as_str(), NAME),
            format!("{step} {place}").trim()
        )
    };
    let heading = "### Reds\n\n| verdict | class | case | step | cause |\n|---|---|---|---|---|";
    section(heading, reds.iter().map(row), |count| format!("\n… and {count} more reds\n"))
}

/// The first reds with everything that was seen.
fn opened(reds: &[(&CaseId, &CaseReport)]) -> String {
    let seen = reds.iter().filter(|(_, case)| case.ending.cause.lines().nth(1).is_some());
    let blocks = seen.take(OPENED).map(|(id, case)| {
        let cause = shown(cut(&case.ending.cause, FULL).as_ref()).into_owned();
        let fence = fence(&cause);
        let summary = format!("{} {}", case.ending.verdict, code(id.as_str(), NAME));
        format!("\n<details><summary>{summary}</summary>\n\n{fence}text\n{cause}\n{fence}\n\n</details>\n")
    });
    // Those that have no room stand in the table above.
    section("", blocks, |_| String::new())
}

/// Longer than any row of back quotes in a text.
fn fence(text: &str) -> String {
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or_default();
    "`".repeat(longest.max(2) + 1)
}

/// What is neither green nor red, each reason once.
fn quiet(account: &Account<'_>) -> String {
    let mut groups: BTreeMap<(Verdict, &str), Vec<&CaseId>> = BTreeMap::new();
    let is_quiet = |verdict: Verdict| !verdict.is_red() && verdict != Verdict::Passed;
    for (id, case) in account.report.cases.iter().filter(|(_, case)| is_quiet(case.ending.verdict)) {
        groups.entry((case.ending.verdict, &case.ending.cause)).or_default().push(id);
    }
    section("### Neither green nor red\n", reasons(groups), |count| format!("- … and {count} more reasons\n"))
}

/// What passed in so many of several attempts, each tally once.
fn tried(account: &Account<'_>) -> String {
    let mut groups: BTreeMap<(Verdict, &str), Vec<&CaseId>> = BTreeMap::new();
    let is_tried = |case: &CaseReport| case.ending.verdict == Verdict::Passed && !case.attempts.is_empty();
    for (id, case) in account.report.cases.iter().filter(|(_, case)| is_tried(case)) {
        groups.entry((case.ending.verdict, &case.ending.cause)).or_default().push(id);
    }
    section("### Tried several times\n", reasons(groups), |count| format!("- … and {count} more tallies\n"))
}

/// Cases by verdict and reason, a line for each reason.
fn reasons(groups: BTreeMap<(Verdict, &str), Vec<&CaseId>>) -> impl Iterator<Item = String> {
    groups.into_iter().map(|((verdict, cause), ids)| {
        let named: Vec<String> = ids.iter().take(NAMED).map(|id| code(id.as_str(), NAME)).collect();
        let more = ids.len() - named.len();
        let more = if more == 0 { String::new() } else { format!(" … and {more} more") };
        let cause = code(cause.lines().next().unwrap_or_default(), CAUSE);
        format!("- {} **{verdict}** ({}) {cause}: {}{more}\n", sign(verdict), ids.len(), named.join(", "))
    })
}

/// A text as code, on one line.
pub(crate) fn code(text: &str, room: usize) -> String {
    let line = one_line(text);
    let line = cut(&line, room);
    let mut html = String::with_capacity(line.len() + 16);
    let mut letters = line.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        let is_mark = match letter {
            '&' | '<' | '>' | '`' | '*' | '_' | '~' | '[' | ']' | '|' | '\\' | '@' | '#' | '!' | '$' => true,
            // What would become a link by itself.
            ':' => letters.peek() == Some(&'/'),
            '.' => before.eq_ignore_ascii_case(&'w'),
            _ => false,
        };
        if is_mark {
            // Writing to a string cannot fail.
            write!(html, "&#{};", u32::from(letter)).ok();
        } else {
            html.push(letter);
        }
        before = letter;
    }
    if html.is_empty() { html } else { format!("<code>{html}</code>") }
}
