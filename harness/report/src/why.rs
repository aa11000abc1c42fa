//! Why a run ended with its exit code, in one sentence.
//!
//! Does not: decide it. The report has.

use crate::summary::NAMED;
use harness_model::exit::{ExitCode, of_case};
use harness_model::gates::{EVERY_RED_COUNTS, Gate};
use harness_model::report::{BROKEN, RunReport};
use harness_model::verdict::Verdict;
use std::fmt::Write;

/// How many demands the last line names.
const TOLD: usize = 3;

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
    let unbroken = report.unbroken();
    let unbroken = (!unbroken.is_empty()).then(|| unproved(&unbroken));
    live.into_iter().chain(unbroken).chain(demanded(report)).collect::<Vec<_>>().join("; ")
}

/// What was to be broken and was not, in one sentence.
fn unproved(faults: &[&str]) -> String {
    let (word, them) = if faults.len() == 1 { ("fault", "it") } else { ("faults", "them") };
    format!("{word} {} never bit: nothing was broken by {them}", faults.join(", "))
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
