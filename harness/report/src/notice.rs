//! What a sink may tell of a run: plain values for the templates of bodies.
//!
//! Does not: know any receiver. A template says what goes where.

use crate::{Account, Format, summary, why, worst};
use harness_model::context::Bindings;
use harness_model::exit::ExitCode;
use harness_model::name::{CaseId, StepName};
use harness_model::report::{CaseReport, RunReport};
use harness_model::suite::Moment;
use harness_model::units;
use harness_model::verdict::Verdict;
use serde::Serialize;
use std::collections::BTreeMap;

/// How many reds and leaks are told one by one.
const TOLD: usize = 20;
/// How long a cause may be, in characters.
const CAUSE: usize = 600;
/// How long the Markdown may be, in characters: what trackers take as the body of an issue, and some room.
const MARKDOWN: usize = 60_000;

/// What became of telling a sink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// Its name.
    pub sink: String,
    /// Where it goes, for people.
    pub to: String,
    /// Of which moment it was told.
    pub moment: Moment,
    /// Why it was not, if it was not.
    pub failure: Option<String>,
}

/// A run.
#[derive(Serialize)]
struct Run<'a> {
    id: &'a str,
    /// `staging on live, lane full`.
    title: String,
    /// `running`, `failing`, `passed` or `failed`.
    status: &'static str,
    /// What there is to say, in one line.
    headline: String,
    suite: &'a str,
    lane: Option<&'a str>,
    environment: &'a str,
    selection: String,
    began: Option<String>,
    elapsed: f64,
    took: String,
    recording: &'a str,
    cases: usize,
    reds: usize,
    leaked: usize,
    created: usize,
    /// The summary for a tracker; empty until the run is over.
    markdown: String,
}

/// How it ended.
#[derive(Serialize)]
struct Exit {
    code: u8,
    why: String,
}

/// A red case.
#[derive(Serialize)]
struct Red<'a> {
    case: &'a str,
    verdict: &'static str,
    gate: &'static str,
    counts: bool,
    step: Option<&'a str>,
    place: Option<&'a str>,
    cause: String,
}

/// What was left behind.
#[derive(Serialize)]
struct Leak<'a> {
    kind: &'a str,
    key: &'a str,
    cause: &'a str,
}

/// What the templates of sinks may read of a run: `run`, `verdicts`, `exit`, `reds`, `leaks`, and `red` for the first.
pub fn notice(account: &Account<'_>, moment: Moment, red: Option<&CaseId>) -> Bindings {
    let report = account.report;
    let is_over = moment == Moment::End;
    let mut reds: Vec<(&CaseId, &CaseReport)> = report
        .cases
        .iter()
        .filter(|(_, case)| case.ending.verdict.is_red() && !is_pending(case, moment))
        .collect();
    // Those that count come first, as in every view.
    reds.sort_by_key(|(_, case)| !worst::counts(report, case));
    let counts = report.counts();
    let verdicts: BTreeMap<String, usize> = Verdict::ALL
        .into_iter()
        .map(|verdict| {
            let count = counts.iter().find(|(found, _)| *found == verdict).map_or(0, |(_, count)| *count);
            let pending = verdict == Verdict::Lost && !is_over;
            (verdict.words().replace([' ', '-'], "_"), if pending { 0 } else { count })
        })
        .collect();
    let leaks = report.leaks();
    let leaked = if is_over { leaks.len() } else { 0 };
    let lane = report.lane.as_ref().map(|lane| format!(", lane {lane}")).unwrap_or_default();
    let title = format!("{} on {}{lane}", report.suite, report.environment);
    let good = report.expects.unwrap_or(ExitCode::Success);
    let (status, headline) = match moment {
        Moment::Start => ("running", format!("{title}: {} begin", units::count(report.cases.len(), "case"))),
        Moment::Red => ("failing", format!("{title}: the first red is {}", red.map_or("", CaseId::as_str))),
        Moment::End if report.exit() == good => ("passed", format!("{title}: {}", last(report))),
        Moment::End => ("failed", format!("{title}: {}", last(report))),
    };
    let run = Run {
        id: &report.run,
        title,
        status,
        headline,
        suite: &report.suite,
        lane: report.lane.as_deref(),
        environment: &report.environment,
        selection: account.selection().into_owned(),
        began: account.began.map(|began| began.to_string()),
        elapsed: account.closing.elapsed.as_secs_f64(),
        took: units::display(account.closing.elapsed),
        recording: account.closing.recording,
        cases: report.cases.len(),
        reds: reds.len(),
        leaked,
        created: report.owned.len(),
        markdown: if is_over { cut(&Format::Markdown.render(account), MARKDOWN) } else { String::new() },
    };
    let leaks = leaks.into_iter().take(leaked.min(TOLD));
    let leaks: Vec<Leak<'_>> =
        leaks.map(|(kind, key, cause)| Leak { kind: kind.as_str(), key, cause }).collect();
    let exit = is_over.then(|| Exit { code: report.exit().code(), why: why::why(report) });
    let red = red.and_then(|id| Some(tell(account, id, report.cases.get(id)?)));
    Bindings::default()
        .with("run", run)
        .with("verdicts", verdicts)
        .with("exit", exit)
        .with(
            "reds",
            reds.into_iter().take(TOLD).map(|(id, case)| tell(account, id, case)).collect::<Vec<_>>(),
        )
        .with("leaks", leaks)
        .with("red", red)
}

/// The last line of the run.
fn last(report: &RunReport) -> String {
    format!("exit {}: {}", report.exit().code(), why::why(report))
}

/// A case that has not ended counts as lost in a report; while the run goes on it is only not there yet.
fn is_pending(case: &CaseReport, moment: Moment) -> bool {
    moment != Moment::End && case.ending.verdict == Verdict::Lost
}

fn tell<'a>(account: &Account<'_>, id: &'a CaseId, case: &'a CaseReport) -> Red<'a> {
    Red {
        case: id.as_str(),
        verdict: case.ending.verdict.words(),
        gate: summary::gate_word(case.gate),
        counts: worst::counts(account.report, case),
        step: case.ending.step.as_ref().map(StepName::as_str),
        place: case.ending.place.as_deref(),
        cause: cut(&case.ending.cause, CAUSE),
    }
}

/// The beginning of a text.
fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
