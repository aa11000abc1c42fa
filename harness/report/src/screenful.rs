//! The summary on a terminal: as much of a run as fits the screen, reds first, and always its counts, its leaks, how to run
//! one again and the exit code.
//!
//! Does not: say anything that the recording and the other views do not say in full.

use crate::fit::{columns, cut, rows as broken};
use crate::live::Size;
use crate::red::{self, details, head, sign};
use crate::shown::one_line;
use crate::summary::{demands, written};
use crate::why::why;
use crate::{Closing, Paint, again, worst};
use harness_model::gates::Gate;
use harness_model::name::CaseId;
use harness_model::report::{CaseReport, RunReport};
use harness_model::units;
use harness_model::verdict::Verdict;
use std::collections::BTreeMap;

/// How many rows of each red are told: as many as the screen has room for.
const DEPTHS: [usize; 5] = [12, 4, 2, 1, 0];

/// The rows of a summary; none is longer than the terminal is wide, and there are no more than it has.
pub(crate) fn rows(report: &RunReport, closing: Closing<'_>, size: Size, paint: Paint) -> Vec<String> {
    let room = size.room();
    let end = end(report, closing, room, paint);
    let quiet = quiet(report, room, paint);
    // A row for the prompt, and one for the line that was typed.
    let left = size.rows.saturating_sub(2 + end.len());
    let reds = worst::first(report);
    let quiet = fitted(quiet, left.saturating_sub(reds.len().min(3)));
    let left = left.saturating_sub(quiet.len());
    let mut lines = DEPTHS
        .iter()
        .map(|depth| told(report, &reds, (room, *depth), paint))
        .find(|lines| lines.len() <= left)
        .unwrap_or_else(|| few(report, &reds, (room, left), paint));
    lines.extend(quiet);
    lines.extend(end);
    lines
}

type Red<'a> = (&'a CaseId, &'a CaseReport);

/// Reds that count before those that do not, each with so many rows of what was seen.
fn told(report: &RunReport, reds: &[Red<'_>], (room, depth): (usize, usize), paint: Paint) -> Vec<String> {
    let mut lines = Vec::new();
    let mut is_apart = false;
    for (id, case) in reds {
        if !worst::counts(report, case) && !is_apart {
            is_apart = true;
            lines.push(paint.faint("red, and does not count:"));
        }
        let class = case.cause().map(|cause| cause.class);
        let red = red::Red { case: id, gate: report.gate(case), verdict: case.ending.verdict, class };
        lines.push(head(red, "", room, paint));
        lines.extend(details(&case.ending, room, depth));
    }
    lines
}

/// As many reds as there is room for, and how many more there are.
fn few(report: &RunReport, reds: &[Red<'_>], (room, left): (usize, usize), paint: Paint) -> Vec<String> {
    let shown = left.saturating_sub(2).max(1).min(reds.len());
    let mut lines = told(report, &reds[..shown], (room, 0), paint);
    let more = reds.len() - shown;
    if more > 0 {
        let advisory = reds[shown..].iter().filter(|(_, case)| report.gate(case) == Gate::Advisory).count();
        let advisory = if advisory == 0 { String::new() } else { format!(", {advisory} of them advisory") };
        lines.push(cut(&format!("  … and {more} more reds{advisory}: the recording has them"), room));
    }
    lines
}

/// What did not run, what is red as it was declared, and what passed in so many of several attempts: each reason once.
fn quiet(report: &RunReport, room: usize, paint: Paint) -> Vec<String> {
    let mut groups: BTreeMap<(Verdict, &str), usize> = BTreeMap::new();
    for case in report.cases.values() {
        let verdict = case.ending.verdict;
        let is_tried = verdict == Verdict::Passed && !case.attempts.is_empty();
        if is_tried
            || matches!(verdict, Verdict::KnownRed | Verdict::Skipped | Verdict::Blocked | Verdict::Flaky)
        {
            *groups.entry((verdict, case.ending.cause.as_str())).or_default() += 1;
        }
    }
    let line = |((verdict, cause), count): ((Verdict, &str), usize)| {
        let cause = cause.strip_prefix(&format!("{}: ", verdict.words())).unwrap_or(cause);
        let words = format!("{} {:<9} {count:>4}  ", sign(verdict), verdict.words());
        let cause = cut(&one_line(cause), room.saturating_sub(columns(&words)));
        format!("{}{cause}", paint.quiet(&words, verdict))
    };
    groups.into_iter().map(line).collect()
}

/// As many of the lines as there is room for.
fn fitted(mut lines: Vec<String>, room: usize) -> Vec<String> {
    let room = room.max(2);
    if lines.len() > room {
        let more = lines.len() - (room - 1);
        lines.truncate(room - 1);
        lines.push(format!("  … and {more} more reasons"));
    }
    lines
}

/// What every summary ends with.
fn end(report: &RunReport, closing: Closing<'_>, room: usize, paint: Paint) -> Vec<String> {
    let mut lines = Vec::new();
    for cause in &report.never_up {
        lines.push(cut(&format!("never came up  {}", one_line(cause)), room));
    }
    for cause in &report.contradictions {
        lines.push(cut(&format!("contradiction  {}", one_line(cause)), room));
    }
    for fault in report.unbroken() {
        lines.push(
            paint.alarm(&cut(&format!("never bit      {}: nothing was broken by it", one_line(fault)), room)),
        );
    }
    let mut demanded = String::new();
    demands(&mut demanded, report, Paint::Never);
    lines.extend(demanded.lines().flat_map(|line| broken(&one_line(line), room, "  ")));
    let counts: Vec<String> =
        report.counts().into_iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
    let counts = if counts.is_empty() { "no case ran".to_owned() } else { counts.join(", ") };
    let tally =
        format!("{} on {}: {counts}; {}", report.suite, report.environment, units::display(closing.elapsed));
    lines.extend(broken(&one_line(&tally), room, "  ").iter().map(|row| paint.strong(row)));
    lines.extend(leaks(report, room, paint));
    let commands = [
        ("run one", worst::first(report).first().and_then(|(id, _)| again::one(report, id))),
        ("all reds", again::reds(report).filter(|_| worst::first(report).len() > 1)),
    ];
    for (word, command) in commands {
        let Some(command) = command else { continue };
        let word = format!("{word:<10}");
        for (position, row) in again::folded(&command, room.saturating_sub(10)).iter().enumerate() {
            // Rows after the first begin in the first column, where a shell takes them for the rest of a word.
            lines.push(if position == 0 { format!("{}{row}", paint.faint(&word)) } else { row.to_string() });
        }
    }
    lines.push(format!(
        "{}{}",
        paint.faint("recording "),
        recording(closing.recording, &report.run, room - 10)
    ));
    lines.extend(closing.views.iter().map(|view| cut(&written(view, Paint::Never), room)));
    lines.extend(broken(&format!("exit {}: {}", report.exit().code(), one_line(&why(report))), room, "  "));
    lines
}

fn leaks(report: &RunReport, room: usize, paint: Paint) -> Vec<String> {
    let (leaks, kept) = (report.leaks(), report.kept());
    let kept_words =
        if kept.is_empty() { String::new() } else { format!(", {} kept on purpose", kept.len()) };
    let line = format!("leaks     {} of {}{kept_words}", leaks.len(), report.owned.len());
    let mut lines = vec![if leaks.is_empty() { line } else { paint.alarm(&line) }];
    for (kind, key, cause) in leaks.iter().take(3) {
        lines.push(cut(&format!("  {}", one_line(&format!("LEAKED {kind} {key}: {cause}"))), room));
    }
    if !kept.is_empty() {
        let sweep = format!("shakedown sweep {} {}", report.suite, report.run);
        lines.push(cut(&format!("  release it with: {sweep}"), room));
    }
    lines
}

/// Where the recording is; where that is too long, what it is asked for with.
fn recording(path: &str, run: &str, room: usize) -> String {
    let by_id = || cut(&format!("run {run}: shakedown report shows it"), room);
    if columns(path) <= room { path.to_owned() } else { by_id() }
}
