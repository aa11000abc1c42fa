//! JSON: everything that the report knows, as one versioned document for programs.
//!
//! Does not: hold exchanges or steps; the recording does.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

use crate::{Account, why, worst};
use harness_model::cause::Cause;
use harness_model::demand::Demands;
use harness_model::exit::{ExitCode, Policy};
use harness_model::gates::Gate;
use harness_model::known::Known;
use harness_model::name::{ArmName, CaseId, LaneName, MilestoneName, StepName};
use harness_model::pass::Pass;
use harness_model::report::{Attempt, CaseReport, Repetition, RunReport};
use harness_model::shard::{Divided, Merged};
use harness_model::verdict::Verdict;
use indexmap::IndexMap;
use jiff::Timestamp;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;

/// The version of the document: a reader refuses a newer one by name.
pub const VERSION: u32 = 1;

/// With what every view of this format begins.
pub(super) const MARK: &str = "{\n  \"shakedown-report\": ";

/// A run that is over, for programs.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct ReportDocument<'a> {
    /// The version of this document.
    #[serde(rename = "shakedown-report")]
    version: u32,
    /// The run.
    run: &'a str,
    /// The suite.
    suite: &'a str,
    /// The lane, when one was chosen.
    lane: Option<&'a str>,
    /// The environment.
    environment: &'a str,
    /// Why it was chosen.
    because: &'a str,
    /// How the selection was written; empty for everything.
    selection: &'a str,
    /// What the run made of skips and of passes after a repeated send.
    policy: Policy,
    /// When it began, where that is known.
    #[schemars(with = "Option<String>")]
    began: Option<Timestamp>,
    /// How long it took, in seconds.
    elapsed: f64,
    /// Where its recording is.
    recording: &'a str,
    /// How it ended.
    exit: Exit,
    /// How many cases ended in each verdict that occurs.
    verdicts: IndexMap<Verdict, usize>,
    /// Every planned case, in the order of the plan.
    cases: Vec<Case<'a>>,
    /// What its lane demands of a whole run, if it demands anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    demands: Option<Demanded<'a>>,
    /// How much was to be created.
    created: usize,
    /// What was left behind.
    leaks: Vec<Leak<'a>>,
    /// What was left standing on purpose.
    kept: Vec<Kept<'a>>,
    /// Fixtures of the run, and a target, that never came up.
    never_up: &'a [String],
    /// Where the harness contradicted itself.
    contradictions: &'a [String],
    /// How often somebody released, after its end, what it had left.
    swept: usize,
    /// What it is a shard of, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<&'a Divided>,
    /// The shards that it was put together from; none for a run that took place as one.
    #[serde(skip_serializing_if = "Option::is_none")]
    merged: Option<&'a [Merged]>,
}

/// How a run ended.
#[derive(Debug, Serialize, JsonSchema)]
struct Exit {
    /// The exit code.
    code: u8,
    /// What it stands for.
    means: ExitCode,
    /// Why it is what it is, for people.
    why: String,
}

/// A case.
#[derive(Debug, Serialize, JsonSchema)]
struct Case<'a> {
    /// Its id.
    id: &'a CaseId,
    /// Axes and bundle keys with their values, where the plan is known.
    axes: IndexMap<&'a str, &'a str>,
    /// The arms that picked it.
    arms: &'a [ArmName],
    /// Whether a red of it counts.
    gate: Gate,
    /// How it ended.
    verdict: Verdict,
    /// Whether it has a part in the exit code.
    counts: bool,
    /// The step that decided it.
    step: Option<&'a StepName>,
    /// Where that step was written.
    place: Option<&'a str>,
    /// The cause, for people; empty for a plain pass.
    cause: &'a str,
    /// What a red is about, and the rule that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<Cause>,
    /// What a red is known as, where the suite knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<&'a Known>,
    /// How long it took, in seconds.
    elapsed: f64,
    /// How many sends were repeated.
    retries: u32,
    /// Those of them that the recording tells of.
    repeated: Vec<Repeated<'a>>,
    /// How many of several attempts must pass, where it was to be tried several times.
    pass: Option<Pass>,
    /// Its attempts, the first first, where it was to be tried several times.
    attempts: Vec<Attempted<'a>>,
}

/// One of several attempts.
#[derive(Debug, Serialize, JsonSchema)]
struct Attempted<'a> {
    /// How it ended.
    verdict: Verdict,
    /// The step that decided it.
    step: Option<&'a StepName>,
    /// Where that step was written.
    place: Option<&'a str>,
    /// The cause, for people; empty for a plain pass.
    cause: &'a str,
    /// How long it took, in seconds.
    elapsed: f64,
}

/// What a lane demands of a whole run, and what of it is there.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Demanded<'a> {
    /// The lane.
    lane: &'a LaneName,
    /// Why nothing of this counts in this run; null when all of it does.
    off: Option<&'a str>,
    /// How often each milestone was reached that somebody has to reach.
    #[schemars(with = "std::collections::BTreeMap<MilestoneName, usize>")]
    milestones: IndexMap<&'a MilestoneName, usize>,
    /// Milestones that nobody has to reach here, each with the reason.
    #[schemars(with = "std::collections::BTreeMap<MilestoneName, String>")]
    waived: &'a IndexMap<MilestoneName, String>,
    /// What was not met, for people.
    unmet: Vec<String>,
}

/// A send that was repeated.
#[derive(Debug, Serialize, JsonSchema)]
struct Repeated<'a> {
    /// The step.
    step: &'a StepName,
    /// Why no reply came.
    cause: &'a str,
}

/// Something that was left behind.
#[derive(Debug, Serialize, JsonSchema)]
struct Leak<'a> {
    /// Its kind.
    kind: &'a str,
    /// Its key.
    key: &'a str,
    /// Why.
    cause: &'a str,
}

/// Something that was left standing on purpose.
#[derive(Debug, Serialize, JsonSchema)]
struct Kept<'a> {
    /// Its kind.
    kind: &'a str,
    /// Its key.
    key: &'a str,
    /// A sweep leaves it alone until then.
    #[schemars(with = "String")]
    until: Timestamp,
}

pub(super) fn render(account: &Account<'_>) -> String {
    // Every key of the document is a text, and a text has room for all of it.
    serde_json::to_string_pretty(&document(account))
        .map_or_else(|error| error.to_string(), |text| text + "\n")
}

fn document<'a>(account: &Account<'a>) -> ReportDocument<'a> {
    let report = account.report;
    let leaks = report.leaks().into_iter().map(|(kind, key, cause)| Leak { kind: kind.as_str(), key, cause });
    let kept = report.kept().into_iter().map(|(kind, key, until)| Kept { kind: kind.as_str(), key, until });
    ReportDocument {
        version: VERSION,
        run: &report.run,
        suite: &report.suite,
        lane: report.lane.as_deref(),
        environment: &report.environment,
        because: &report.because,
        selection: &report.selection,
        policy: report.policy,
        began: account.began,
        elapsed: seconds(account.closing.elapsed),
        recording: account.closing.recording,
        exit: Exit { code: report.exit().code(), means: report.exit(), why: why::why(report) },
        verdicts: report.counts().into_iter().collect(),
        cases: report.cases.iter().map(|(id, case)| self::case(account, id, case)).collect(),
        demands: demanded(report),
        created: report.owned.len(),
        leaks: leaks.collect(),
        kept: kept.collect(),
        never_up: &report.never_up,
        contradictions: &report.contradictions,
        swept: report.swept,
        shard: report.shard.as_ref(),
        merged: (!report.merged.is_empty()).then_some(report.merged.as_slice()),
    }
}

fn demanded(report: &RunReport) -> Option<Demanded<'_>> {
    let Demands { lane, milestones, waived, off, .. } = report.demands.as_ref()?;
    let times = |milestone| report.reached.get(milestone).copied().unwrap_or_default();
    Some(Demanded {
        lane,
        off: off.as_deref(),
        milestones: milestones.iter().map(|milestone| (milestone, times(milestone))).collect(),
        waived,
        unmet: report.breaches().iter().map(ToString::to_string).collect(),
    })
}

fn case<'a>(account: &Account<'a>, id: &'a CaseId, case: &'a CaseReport) -> Case<'a> {
    let repeated = |Repetition { step, cause }: &'a Repetition| Repeated { step, cause };
    Case {
        id,
        axes: account.axes(id).map(|(key, value)| (key.as_str(), value.as_str())).collect(),
        arms: &case.arms,
        gate: case.gate,
        verdict: case.ending.verdict,
        counts: worst::counts(account.report, case),
        step: case.ending.step.as_ref(),
        place: case.ending.place.as_deref(),
        cause: &case.ending.cause,
        class: case.cause(),
        known: case.ending.known.as_ref(),
        elapsed: seconds(case.elapsed),
        retries: case.ending.retries,
        repeated: case.repeated.iter().map(repeated).collect(),
        pass: case.pass,
        attempts: case.attempts.iter().map(attempted).collect(),
    }
}

fn attempted(attempt: &Attempt) -> Attempted<'_> {
    Attempted {
        verdict: attempt.ending.verdict,
        step: attempt.ending.step.as_ref(),
        place: attempt.ending.place.as_deref(),
        cause: &attempt.ending.cause,
        elapsed: seconds(attempt.elapsed),
    }
}

fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e6
}

/// The JSON Schema of the document.
pub fn schema() -> Value {
    let mut schema =
        SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<ReportDocument<'_>>();
    schema.insert("x-version".to_owned(), VERSION.into());
    schema.insert("title".to_owned(), "The report of a run of Shakedown".into());
    schema.to_value()
}
