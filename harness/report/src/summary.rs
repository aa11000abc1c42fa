//! The summary: what a run came to, on one screen, reds first.
//!
//! Does not: repeat what libtest has printed case by case.

use crate::again;
use crate::shown::{one_line, shown, uncommanding};
use crate::why::why;
use crate::worst::{counts, first};
use crate::{Delivered, Paint, Retained, Written};
use harness_model::cause::Cause;
use harness_model::demand::Demands;
use harness_model::gates::Gate;
use harness_model::known::Known;
use harness_model::name::CaseId;
use harness_model::report::{CaseReport, RunReport};
use harness_model::units;
use harness_model::verdict::Verdict;
use std::collections::BTreeMap;
use std::time::Duration;

/// How many cases of a kind are named before the rest is counted.
pub(crate) const NAMED: usize = 20;

/// What the log itself does not tell.
#[derive(Debug, Clone, Copy)]
pub struct Closing<'a> {
    /// How long the run took.
    pub elapsed: Duration,
    /// Where the recording is, for people.
    pub recording: &'a str,
    /// What became of the views that were wanted in files.
    pub views: &'a [Written],
    /// Why the run is not in the history, if it is not.
    pub forgotten: Option<&'a str>,
    /// What became of what the suite no longer keeps.
    pub retained: Option<&'a Retained>,
    /// What became of telling sinks.
    pub sinks: &'a [Delivered],
}

/// Renders the summary.
pub fn render(report: &RunReport, closing: Closing<'_>, paint: Paint) -> String {
    let mut text = String::new();
    reds(&mut text, report, paint);
    known(&mut text, report, paint);
    for_operators(&mut text, report, paint);
    again(&mut text, report, paint);
    quiet(&mut text, report, paint);
    leaks(&mut text, report, paint);
    kept(&mut text, report, paint);
    for cause in &report.never_up {
        line(&mut text, &format!("{} {}", paint.alarm("never came up"), shown(cause)));
    }
    for cause in &report.contradictions {
        line(&mut text, &format!("{} {}", paint.alarm("contradiction"), shown(cause)));
    }
    for fault in report.unbroken() {
        let word = paint.alarm(&format!("{:<15}", "never bit"));
        line(&mut text, &format!("{word} {}: nothing was broken by it", one_line(fault)));
    }
    demands(&mut text, report, paint);
    tally(&mut text, report, closing, paint);
    line(&mut text, &one_line(&verdict_line(report)));
    uncommanding(&text).into_owned()
}

fn line(text: &mut String, content: &str) {
    text.push_str(content);
    text.push('\n');
}

/// Reds one by one with what was seen; those that never came to a step are told together.
fn reds(text: &mut String, report: &RunReport, paint: Paint) {
    let apart = |case: &CaseReport| case.ending.verdict == Verdict::Operator && case.ending.known.is_some();
    let red = |case: &CaseReport| case.ending.verdict.is_red() && !apart(case);
    let (stepped, other): (Vec<_>, Vec<_>) =
        report.cases.iter().filter(|(_, case)| red(case)).partition(|(_, case)| case.ending.step.is_some());
    grouped(text, report, &other, paint);
    for (id, case) in stepped.iter().take(NAMED) {
        let (verdict, name) = (paint.verdict(case.ending.verdict), one_line(id.as_str()));
        line(text, &format!("{verdict} {name}{}", gate_note(report, case)));
        let place = case.ending.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
        if let Some(step) = &case.ending.step {
            line(text, &format!("  step    {}", one_line(&format!("{step}{place}"))));
        }
        if let Some(Cause { class, rule, .. }) = case.cause() {
            line(text, &format!("  class   {class}, by rule {rule}"));
        }
        for cause in case.ending.cause.lines() {
            line(text, &format!("  {}", shown(cause.trim_start())));
        }
        if let Some(known) = &case.ending.known {
            line(text, &format!("  known   as {}", shown(&known.to_string())));
        }
    }
    if stepped.len() > NAMED {
        line(text, &format!("… and {} more reds", stepped.len() - NAMED));
    }
}

/// How to run the first red again, and all of them.
fn again(text: &mut String, report: &RunReport, paint: Paint) {
    let Some((case, _)) = first(report).into_iter().next() else { return };
    let lines = [("run one again", again::one(report, case)), ("all reds again", again::reds(report))];
    for (word, command) in lines {
        if let Some(command) = command {
            line(text, &format!("{} {command}", paint.faint(&format!("{word:<15}"))));
        }
    }
}

/// The word of `gates.toml` for a gate.
pub(crate) fn gate_word(gate: Gate) -> &'static str {
    match gate {
        Gate::Advisory => "advisory",
        Gate::Required => "required",
    }
}

/// The reds whose cause the suite knows, each cause once.
fn known(text: &mut String, report: &RunReport, paint: Paint) {
    for (known, cases) in by_cause(report, |verdict| verdict.is_red() && verdict != Verdict::Operator) {
        let word = paint.alarm(&format!("{:<15}", "known as"));
        line(text, &format!("{word} {}", shown(&known.to_string())));
        named(text, report, &cases);
    }
}

/// What says nothing about the product, apart from what does.
fn for_operators(text: &mut String, report: &RunReport, paint: Paint) {
    for (known, cases) in by_cause(report, |verdict| verdict == Verdict::Operator) {
        line(text, &format!("{} {}", paint.verdict(Verdict::Operator), shown(&known.to_string())));
        named(text, report, &cases);
        for cause in cases.iter().take(1).flat_map(|(_, case)| case.ending.cause.lines()) {
            line(text, &format!("    {}", shown(cause.trim_start())));
        }
    }
}

/// Reds that are known, by what they are known as.
fn by_cause(
    report: &RunReport,
    counts: impl Fn(Verdict) -> bool,
) -> BTreeMap<&Known, Vec<(&CaseId, &CaseReport)>> {
    let mut groups: BTreeMap<&Known, Vec<_>> = BTreeMap::new();
    for (id, case) in report.cases.iter().filter(|(_, case)| counts(case.ending.verdict)) {
        if let Some(known) = &case.ending.known {
            groups.entry(known).or_default().push((id, case));
        }
    }
    groups
}

/// What is said behind a red that has no part in the exit code.
fn gate_note(report: &RunReport, case: &CaseReport) -> &'static str {
    if case.ending.verdict.is_red() && !counts(report, case) { " (advisory: does not count)" } else { "" }
}

/// Skipped, blocked, known red and flaky cases, and those that were tried several times.
fn quiet(text: &mut String, report: &RunReport, paint: Paint) {
    let told = |case: &CaseReport| {
        let is_quiet = matches!(
            case.ending.verdict,
            Verdict::KnownRed | Verdict::Skipped | Verdict::Blocked | Verdict::Flaky
        );
        is_quiet || (case.ending.verdict == Verdict::Passed && !case.attempts.is_empty())
    };
    let cases: Vec<_> = report.cases.iter().filter(|(_, case)| told(case)).collect();
    grouped(text, report, &cases, paint);
}

/// Cases by verdict and reason, each reason once.
fn grouped(text: &mut String, report: &RunReport, cases: &[(&CaseId, &CaseReport)], paint: Paint) {
    let mut groups: BTreeMap<(Verdict, &str), Vec<(&CaseId, &CaseReport)>> = BTreeMap::new();
    for (id, case) in cases {
        groups.entry((case.ending.verdict, case.ending.cause.as_str())).or_default().push((id, case));
    }
    for ((verdict, cause), ids) in groups {
        let prefix = format!("{}: ", verdict.words());
        let cause = cause.strip_prefix(&prefix).unwrap_or(cause);
        line(text, &format!("{} {}", paint.verdict(verdict), shown(cause)));
        named(text, report, &ids);
    }
}

/// The first cases of many, and how many more there are.
fn named(text: &mut String, report: &RunReport, cases: &[(&CaseId, &CaseReport)]) {
    for (id, case) in cases.iter().take(NAMED) {
        line(text, &format!("  {}{}", one_line(id.as_str()), gate_note(report, case)));
    }
    if cases.len() > NAMED {
        line(text, &format!("  … and {} more", cases.len() - NAMED));
    }
}

fn leaks(text: &mut String, report: &RunReport, paint: Paint) {
    for (kind, key, cause) in report.leaks() {
        line(text, &format!("{} {}", paint.alarm("LEAKED"), one_line(&format!("{kind} {key}: {cause}"))));
    }
}

/// What was left standing on purpose, and how to release it.
fn kept(text: &mut String, report: &RunReport, paint: Paint) {
    let kept = report.kept();
    for (kind, key, until) in &kept {
        let until = until.strftime("%Y-%m-%d %H:%M UTC");
        line(text, &format!("{} {}, until {until}", paint.alarm("kept"), one_line(&format!("{kind} {key}"))));
    }
    if !kept.is_empty() {
        let (suite, run) = (one_line(&report.suite), one_line(&report.run));
        line(text, &format!("  release it with: shakedown sweep {suite} {run}"));
    }
}

/// What the lane demands and the run did not do, or why nobody asks.
pub(crate) fn demands(text: &mut String, report: &RunReport, paint: Paint) {
    let Some(Demands { lane, waived, off, .. }) = &report.demands else { return };
    let shard = report
        .shard
        .as_ref()
        .map(|divided| format!("this is {}, `shakedown merge` asks for it", divided.shard));
    if let Some(why) = off.as_ref().or(shard.as_ref()) {
        line(
            text,
            &format!("{} what lane {lane} demands of a whole run: {why}", paint.faint("not measured")),
        );
        return;
    }
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (milestone, why) in waived {
        reasons.entry(why).or_default().push(milestone.as_str());
    }
    for (why, milestones) in reasons {
        let milestones = milestones.join(", ");
        line(text, &format!("{} by lane {lane}: {milestones}: {why}", paint.faint("not demanded")));
    }
    for breach in report.breaches() {
        line(text, &format!("{} by lane {lane}: {breach}", paint.alarm("demanded")));
    }
}

fn tally(text: &mut String, report: &RunReport, closing: Closing<'_>, paint: Paint) {
    let counts: Vec<String> =
        report.counts().into_iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
    let counts = if counts.is_empty() { "no case ran".to_owned() } else { counts.join(", ") };
    let leaked = report.leaks().len();
    let owned = report.owned.len();
    let name = paint.strong(&one_line(&format!("{} on {}", report.suite, report.environment)));
    let elapsed = units::display(closing.elapsed);
    let kept = report.kept().len();
    let kept = if kept == 0 { String::new() } else { format!(", {kept} kept") };
    line(text, &format!("{name}: {counts}; {leaked} leaked{kept} of {owned} created; {elapsed}"));
    if !report.merged.is_empty() {
        let shards: Vec<String> = report
            .merged
            .iter()
            .map(|merged| format!("{} ({})", merged.shard, one_line(&merged.run)))
            .collect();
        line(text, &format!("merged    {}: every case of the plan once", shards.join(", ")));
    }
    line(text, &format!("recording {}", one_line(closing.recording)));
    for view in closing.views {
        line(text, &written(view, paint));
    }
    if let Some(cause) = closing.forgotten {
        line(text, &format!("{} history: {}", paint.alarm("NOT WRITTEN"), one_line(cause)));
    }
    if let Some(retained) = closing.retained {
        line(text, &retained.line(paint));
    }
    told(text, closing.sinks, paint);
}

/// Who was told of the run; who was not changes no verdict, and is not to be overlooked either.
fn told(text: &mut String, sinks: &[Delivered], paint: Paint) {
    for group in sinks.chunk_by(|one, other| one.sink == other.sink && one.to == other.to) {
        let (sink, to) = (one_line(&group[0].sink), one_line(&group[0].to));
        let moments: Vec<&str> = group
            .iter()
            .filter(|delivered| delivered.failure.is_none())
            .map(|delivered| delivered.moment.word())
            .collect();
        if let [rest @ .., last] = moments.as_slice() {
            let moments =
                if rest.is_empty() { (*last).to_owned() } else { format!("{} and {last}", rest.join(", ")) };
            line(text, &format!("told      {sink} at {moments} ({to})"));
        }
        for Delivered { moment, failure, .. } in group {
            if let Some(cause) = failure {
                let cause = one_line(cause);
                line(text, &format!("{}  {sink} at {moment} ({to}): {cause}", paint.alarm("NOT TOLD")));
            }
        }
    }
}

/// A view in a file, or why it is not there: that changes no verdict, and is not to be overlooked either.
pub(crate) fn written(view: &Written, paint: Paint) -> String {
    let (format, path) = (view.format, one_line(&view.path.display().to_string()));
    match &view.failure {
        None => format!("{format} {path}"),
        Some(cause) => format!("{} {format} {path}: {}", paint.alarm("NOT WRITTEN"), one_line(cause)),
    }
}

/// The last line: the exit code, and why it is what it is.
fn verdict_line(report: &RunReport) -> String {
    format!("exit {}: {}", report.exit().code(), why(report))
}
