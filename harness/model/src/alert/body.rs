//! What an issue says, in Markdown: what happened, the reds with cause and place, and how to run it again.
//!
//! Causes hold what a target replied, so they stand in a fence that nothing in them can close: no mention, link or
//! heading comes out of it.
//!
//! Does not: hold a secret (the recording has none), or grow with the run.

use super::{Happened, Recorded, Watched};
use crate::report::{CaseReport, RunReport};
use std::fmt::Write as _;

/// How many reds are told; the rest is counted.
const REDS: usize = 10;
/// How many lines of a cause are told.
const LINES: usize = 12;
/// How long a line of a cause may be, in characters.
const WIDTH: usize = 240;

pub(super) fn render(watched: Watched<'_>, happened: Happened<'_>, because: &str) -> String {
    let Watched { suite, lane, .. } = watched;
    let mut text = format!("**{suite}, lane {lane}**: {}\n", plain(because, WIDTH));
    if let Some(Recorded::Report(report)) = happened.recorded {
        tally(&mut text, report);
        reds(&mut text, report);
    }
    if let Some(link) = happened.link {
        let _infallible = write!(text, "\n[What this run said]({link})\n");
    }
    let _infallible =
        write!(text, "\nHow to run it again:\n\n```sh\nshakedown run {suite} --lane {lane}\n```\n");
    text
}

fn tally(text: &mut String, report: &RunReport) {
    text.push_str("\n| verdict | cases |\n|---|---|\n");
    for (verdict, number) in report.counts() {
        let _infallible = writeln!(text, "| {verdict} | {number} |");
    }
    let (leaked, created) = (report.leaks().len(), report.owned.len());
    let _infallible = writeln!(
        text,
        "\n{leaked} leaked of {created} created, on {}, run `{}`.",
        report.environment, report.run
    );
}

fn reds(text: &mut String, report: &RunReport) {
    let red: Vec<_> = report.cases.iter().filter(|(_, case)| case.ending.verdict.is_red()).collect();
    let mut told: Vec<String> = red.iter().take(REDS).map(|(id, case)| told(id.as_str(), case)).collect();
    if red.len() > REDS {
        told.push(format!("and {} more reds", red.len() - REDS));
    }
    let leaks = report.leaks();
    for (kind, key, cause) in leaks.iter().take(REDS) {
        told.push(plain(&format!("LEAKED {kind} {key}: {cause}"), WIDTH));
    }
    let troubles = report.never_up.iter().map(|cause| format!("never came up: {cause}"));
    let troubles =
        troubles.chain(report.contradictions.iter().map(|cause| format!("contradiction: {cause}")));
    told.extend(troubles.take(REDS).map(|trouble| plain(&trouble, WIDTH)));
    if told.is_empty() {
        return;
    }
    let inner = told.join("\n\n");
    let fence = "`".repeat(longest_run(&inner).max(2) + 1);
    let _infallible = write!(text, "\n{fence}text\n{inner}\n{fence}\n");
}

fn told(id: &str, case: &CaseReport) -> String {
    let ending = &case.ending;
    let mut text = plain(&format!("{} {id}", ending.verdict), WIDTH);
    if let Some(step) = &ending.step {
        let place = ending.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
        text = format!("{text}\n  step {}", plain(&format!("{step}{place}"), WIDTH));
    }
    let lines = ending.cause.lines().take(LINES).map(|line| format!("\n  {}", plain(line.trim(), WIDTH)));
    text.extend(lines);
    text
}

/// One line without anything that acts on a terminal or a page, cut.
fn plain(text: &str, width: usize) -> String {
    let letters = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let mut cut: String = letters.clone().take(width).collect();
    if letters.count() > width {
        cut.push('…');
    }
    cut
}

/// The longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|letter| letter != '`').map(str::len).max().unwrap_or_default()
}
