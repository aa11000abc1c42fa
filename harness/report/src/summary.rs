//! The summary: what a run came to, on one screen, reds first.
//!
//! Does not: repeat what libtest has printed case by case.

use crate::again;
use crate::shown::uncommanding;
use crate::worst::{counts, first};
use crate::{Delivered, Paint, Retained, Written};
use harness_model::cause::Cause;
use harness_model::demand::Demands;
use harness_model::exit::{ExitCode, of_case};
use harness_model::gates::{EVERY_RED_COUNTS, Gate};
use harness_model::known::Known;
use harness_model::name::CaseId;
use harness_model::report::{BROKEN, CaseReport, RunReport};
use harness_model::units;
use harness_model::verdict::Verdict;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

/// How many demands the last line names.
const TOLD: usize = 3;

/// How many cases of a kind are named before the rest is counted.
const NAMED: usize = 20;

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
        line(&mut text, &format!("{} {cause}", paint.alarm("never came up")));
    }
    for cause in &report.contradictions {
        line(&mut text, &format!("{} {cause}", paint.alarm("contradiction")));
    }
    demands(&mut text, report, paint);
    tally(&mut text, report, closing, paint);
    line(&mut text, &verdict_line(report));
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
        line(text, &format!("{} {id}{}", paint.verdict(case.ending.verdict), gate_note(report, case)));
        let place = case.ending.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
        if let Some(step) = &case.ending.step {
            line(text, &format!("  step    {step}{place}"));
        }
        if let Some(Cause { class, rule, .. }) = case.cause() {
            line(text, &format!("  class   {class}, by rule {rule}"));
        }
        for cause in case.ending.cause.lines() {
            line(text, &format!("  {}", cause.trim_start()));
        }
        if let Some(known) = &case.ending.known {
            line(text, &format!("  known   as {known}"));
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
        line(text, &format!("{} {known}", paint.alarm(&format!("{:<15}", "known as"))));
        named(text, report, &cases);
    }
}

/// What says nothing about the product, apart from what does.
fn for_operators(text: &mut String, report: &RunReport, paint: Paint) {
    for (known, cases) in by_cause(report, |verdict| verdict == Verdict::Operator) {
        line(text, &format!("{} {known}", paint.verdict(Verdict::Operator)));
        named(text, report, &cases);
        for cause in cases.iter().take(1).flat_map(|(_, case)| case.ending.cause.lines()) {
            line(text, &format!("    {}", cause.trim_start()));
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
        line(text, &format!("{} {cause}", paint.verdict(verdict)));
        named(text, report, &ids);
    }
}

/// The first cases of many, and how many more there are.
fn named(text: &mut String, report: &RunReport, cases: &[(&CaseId, &CaseReport)]) {
    for (id, case) in cases.iter().take(NAMED) {
        line(text, &format!("  {id}{}", gate_note(report, case)));
    }
    if cases.len() > NAMED {
        line(text, &format!("  … and {} more", cases.len() - NAMED));
    }
}

fn leaks(text: &mut String, report: &RunReport, paint: Paint) {
    for (kind, key, cause) in report.leaks() {
        line(text, &format!("{} {kind} {key}: {cause}", paint.alarm("LEAKED")));
    }
}

/// What was left standing on purpose, and how to release it.
fn kept(text: &mut String, report: &RunReport, paint: Paint) {
    let kept = report.kept();
    for (kind, key, until) in &kept {
        let until = until.strftime("%Y-%m-%d %H:%M UTC");
        line(text, &format!("{} {kind} {key}, until {until}", paint.alarm("kept")));
    }
    if !kept.is_empty() {
        line(text, &format!("  release it with: shakedown sweep {} {}", report.suite, report.run));
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
    let name = paint.strong(&format!("{} on {}", report.suite, report.environment));
    let elapsed = units::display(closing.elapsed);
    let kept = report.kept().len();
    let kept = if kept == 0 { String::new() } else { format!(", {kept} kept") };
    line(text, &format!("{name}: {counts}; {leaked} leaked{kept} of {owned} created; {elapsed}"));
    if !report.merged.is_empty() {
        let shards: Vec<String> =
            report.merged.iter().map(|merged| format!("{} ({})", merged.shard, merged.run)).collect();
        line(text, &format!("merged    {}: every case of the plan once", shards.join(", ")));
    }
    line(text, &format!("recording {}", closing.recording));
    for view in closing.views {
        line(text, &written(view, paint));
    }
    if let Some(cause) = closing.forgotten {
        line(text, &format!("{} history: {cause}", paint.alarm("NOT WRITTEN")));
    }
    if let Some(retained) = closing.retained {
        line(text, &retained.line(paint));
    }
    told(text, closing.sinks, paint);
}

/// Who was told of the run; who was not changes no verdict, and is not to be overlooked either.
fn told(text: &mut String, sinks: &[Delivered], paint: Paint) {
    for group in sinks.chunk_by(|one, other| one.sink == other.sink && one.to == other.to) {
        let moments: Vec<&str> = group
            .iter()
            .filter(|delivered| delivered.failure.is_none())
            .map(|delivered| delivered.moment.word())
            .collect();
        if let [rest @ .., last] = moments.as_slice() {
            let moments =
                if rest.is_empty() { (*last).to_owned() } else { format!("{} and {last}", rest.join(", ")) };
            line(text, &format!("told      {} at {moments} ({})", group[0].sink, group[0].to));
        }
        for Delivered { sink, to, moment, failure } in group {
            if let Some(cause) = failure {
                line(text, &format!("{}  {sink} at {moment} ({to}): {cause}", paint.alarm("NOT TOLD")));
            }
        }
    }
}

/// A view in a file, or why it is not there: that changes no verdict, and is not to be overlooked either.
pub(crate) fn written(view: &Written, paint: Paint) -> String {
    let (format, path) = (view.format, view.path.display());
    match &view.failure {
        None => format!("{format} {path}"),
        Some(cause) => format!("{} {format} {path}: {cause}", paint.alarm("NOT WRITTEN")),
    }
}

/// The last line: the exit code, and why it is what it is.
fn verdict_line(report: &RunReport) -> String {
    format!("exit {}: {}", report.exit().code(), why(report))
}

/// Why the exit code is what it is.
pub(crate) fn why(report: &RunReport) -> String {
    let exit = report.exit();
    let reason = match exit {
        ExitCode::Success => success(report),
        ExitCode::Failure => failure(report),
        ExitCode::Usage => "usage or configuration".to_owned(),
        ExitCode::NeverUp => "the target, or a fixture of the run, never came up".to_owned(),
        ExitCode::Leak => "something was left behind, whatever the cases say".to_owned(),
        ExitCode::LiveRequired if report.cases.is_empty() => "nothing was selected".to_owned(),
        ExitCode::LiveRequired => unmet(report),
        ExitCode::Internal => {
            "a case has no end or two tallies disagree: nothing above can be trusted".to_owned()
        }
        ExitCode::Interrupted => "interrupted".to_owned(),
    };
    let broken = report.notes.iter().find(|note| note.starts_with(BROKEN));
    let broken = broken.map(|note| format!("; {note}")).unwrap_or_default();
    reason + &broken + &expected(report, exit)
}

/// What was required, or demanded by the lane, and is not there.
fn unmet(report: &RunReport) -> String {
    let of_cases =
        report.cases.values().map(|case| of_case(case.ending.verdict, report.gate(case), report.policy));
    let live = of_cases.into_iter().any(|exit| exit == ExitCode::LiveRequired);
    let live = live.then(|| "live is required and not met".to_owned());
    live.into_iter().chain(demanded(report)).collect::<Vec<_>>().join("; ")
}

/// What the lane demands in vain, in one sentence.
fn demanded(report: &RunReport) -> Option<String> {
    let lane = &report.demands.as_ref()?.lane;
    let breaches: Vec<String> = report.breaches().iter().map(ToString::to_string).collect();
    let (told, more) = breaches.split_at(breaches.len().min(TOLD));
    let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
    (!told.is_empty()).then(|| format!("lane {lane} demands more: {}{more}", told.join(", ")))
}

/// What an exit code means in a lane that is to fail: nothing but the one that it expects is good.
fn expected(report: &RunReport, exit: ExitCode) -> String {
    let Some(expects) = report.expects else { return String::new() };
    let lane = report.lane.as_deref().unwrap_or_default();
    let alarm = match exit {
        _ if exit == expects => return format!(", as lane {lane} expects"),
        ExitCode::Success => "what was broken on purpose was not noticed",
        ExitCode::Leak => "what was broken on purpose was not cleaned up after",
        ExitCode::Failure
        | ExitCode::Usage
        | ExitCode::NeverUp
        | ExitCode::LiveRequired
        | ExitCode::Internal
        | ExitCode::Interrupted => "it did not come to what was broken on purpose",
    };
    format!("; ALARM: lane {lane} expects exit {}: {alarm}", expects.code())
}

/// An operator's red is called one, when nothing else is red.
fn failure(report: &RunReport) -> String {
    let counting = report.cases.values().filter(|case| report.gate(case) == Gate::Required);
    let mut reds = counting.map(|case| case.ending.verdict).filter(|verdict| verdict.is_red()).peekable();
    if report.every_red_counts() {
        format!("live is required, and {EVERY_RED_COUNTS}")
    } else if reds.peek().is_some() && reds.all(|verdict| verdict == Verdict::Operator) {
        "a required case needs an operator, and nothing is known of the product there".to_owned()
    } else {
        "a required case is red".to_owned()
    }
}

fn success(report: &RunReport) -> String {
    let advisory: Vec<&str> = report
        .cases
        .iter()
        .filter(|(_, case)| case.ending.verdict.is_red() && report.gate(case) == Gate::Advisory)
        .map(|(id, _)| id.as_str())
        .collect();
    let mut reason = match (advisory.is_empty(), report.has_checked()) {
        (true, true) => "nothing is red".to_owned(),
        (true, false) => "nothing is red, and nothing was checked either".to_owned(),
        (false, _) => String::from("red and advisory, so it does not count:"),
    };
    for id in advisory.iter().take(NAMED) {
        // Writing to a string cannot fail.
        write!(reason, " {id}").ok();
    }
    reason
}
