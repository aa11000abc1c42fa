//! Two runs side by side: what became red, what was mended, what takes longer.
//!
//! Does not: judge either run. A verdict is what its recording says.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

mod text;

use harness_model::gates::Gate;
use harness_model::name::{CaseId, StepName};
use harness_model::report::{CaseReport, RunReport};
use harness_model::verdict::Verdict;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;

/// The version of the document: a reader refuses a newer one by name.
pub const COMPARISON_VERSION: u32 = 1;

/// So many times as long as before is slower.
const RATIO: f64 = 1.5;

/// What differs by less than this is as fast as before, whatever the ratio.
const FLOOR: Duration = Duration::from_secs(1);

/// Two runs of one suite, the later one seen from the earlier.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Comparison {
    /// The version of this document.
    #[serde(rename = "shakedown-comparison")]
    version: u32,
    /// The suite of both.
    suite: String,
    /// The earlier run.
    before: Side,
    /// The later run.
    after: Side,
    /// Cases that were not red and are.
    new_reds: Vec<Change>,
    /// Cases that were red and are not.
    fixed: Vec<Change>,
    /// Cases that were red and are, for another cause.
    cause_changed: Vec<Change>,
    /// Cases that were red and are, for the same cause.
    still_red: Vec<Change>,
    /// Cases that ran and do not any more.
    left_out: Vec<Change>,
    /// Cases that did not run and do.
    runs_now: Vec<Change>,
    /// Cases that take at least half as long again, and a second longer.
    slower: Vec<Pace>,
    /// Cases of which the same was true before.
    faster: Vec<Pace>,
    /// Cases that the earlier run did not plan.
    appeared: Vec<Alone>,
    /// Cases that the later run did not plan.
    vanished: Vec<Alone>,
}

/// One of the two runs.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Side {
    /// The run.
    run: String,
    /// The environment.
    environment: String,
    /// The lane, when one was chosen.
    lane: Option<String>,
    /// Its exit code.
    exit: u8,
    /// How many cases it planned.
    cases: usize,
    /// How many of them are red.
    reds: usize,
}

/// A case whose verdict, or whose cause, is another.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Change {
    /// The case.
    case: CaseId,
    /// Its gate in the later run.
    gate: Gate,
    /// How it ended before.
    before: End,
    /// How it ends now.
    after: End,
}

/// How a case ended.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct End {
    /// The verdict.
    verdict: Verdict,
    /// The step that decided it.
    step: Option<StepName>,
    /// Where that step was written.
    place: Option<String>,
    /// The cause, for people.
    cause: String,
}

/// A case that takes another time.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Pace {
    /// The case.
    case: CaseId,
    /// How long it took before, in seconds.
    before: f64,
    /// How long it takes now, in seconds.
    after: f64,
}

/// A case that only one of the runs has.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Alone {
    /// The case.
    case: CaseId,
    /// How it ended there.
    end: End,
}

/// Two runs that cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "run {before} is one of suite `{of_before}` and run {after} of `{of_after}`: they have no case in common"
)]
pub struct Incomparable {
    before: String,
    of_before: String,
    after: String,
    of_after: String,
}

impl Comparison {
    /// With what the JSON of every comparison begins.
    pub const JSON_MARK: &str = "{\n  \"shakedown-comparison\": ";

    /// With what the Markdown of every comparison begins.
    pub const MARKDOWN_MARK: &str = "<!-- shakedown comparison -->\n";

    /// Compares two runs.
    ///
    /// *Errors*: they are runs of different suites.
    pub fn new(before: &RunReport, after: &RunReport) -> Result<Self, Incomparable> {
        if before.suite != after.suite {
            return Err(Incomparable {
                before: before.run.clone(),
                of_before: before.suite.clone(),
                after: after.run.clone(),
                of_after: after.suite.clone(),
            });
        }
        let mut found = Self {
            version: COMPARISON_VERSION,
            suite: after.suite.clone(),
            before: Side::of(before),
            after: Side::of(after),
            new_reds: Vec::new(),
            fixed: Vec::new(),
            cause_changed: Vec::new(),
            still_red: Vec::new(),
            left_out: Vec::new(),
            runs_now: Vec::new(),
            slower: Vec::new(),
            faster: Vec::new(),
            appeared: alone(after, before),
            vanished: alone(before, after),
        };
        for (id, now) in &after.cases {
            if let Some(then) = before.cases.get(id) {
                found.take((id, after.gate(now)), then, now);
            }
        }
        Ok(found)
    }

    fn take(&mut self, (id, gate): (&CaseId, Gate), then: &CaseReport, now: &CaseReport) {
        let change = || Change { case: id.clone(), gate, before: End::of(then), after: End::of(now) };
        let (was, is) = (then.ending.verdict, now.ending.verdict);
        match (was.is_red(), is.is_red()) {
            (false, true) => self.new_reds.push(change()),
            (true, false) => self.fixed.push(change()),
            (true, true) if is_same(then, now) => self.still_red.push(change()),
            (true, true) => self.cause_changed.push(change()),
            (false, false) => match (was.is_executed(), is.is_executed()) {
                (true, false) => self.left_out.push(change()),
                (false, true) => self.runs_now.push(change()),
                (true, true) => self.pace(id, then.elapsed, now.elapsed),
                (false, false) => {}
            },
        }
    }

    fn pace(&mut self, id: &CaseId, then: Duration, now: Duration) {
        let pace = Pace { case: id.clone(), before: then.as_secs_f64(), after: now.as_secs_f64() };
        if is_slower(then, now) {
            self.slower.push(pace);
        } else if is_slower(now, then) {
            self.faster.push(pace);
        }
    }

    /// Whether anything is red that was not, cases that were not planned before among them.
    pub fn has_new_reds(&self) -> bool {
        !self.new_reds.is_empty() || self.appeared.iter().any(|case| case.end.verdict.is_red())
    }

    /// Whether the two runs come to the same.
    pub fn is_empty(&self) -> bool {
        let changes = [&self.new_reds, &self.fixed, &self.cause_changed, &self.left_out, &self.runs_now];
        let paces = [&self.slower, &self.faster];
        changes.into_iter().all(Vec::is_empty)
            && paces.into_iter().all(Vec::is_empty)
            && self.appeared.is_empty()
            && self.vanished.is_empty()
    }

    /// As one document for programs.
    pub fn json(&self) -> String {
        // Strings and numbers in structs: nothing that JSON could refuse.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

impl Side {
    fn of(report: &RunReport) -> Self {
        Self {
            run: report.run.clone(),
            environment: report.environment.clone(),
            lane: report.lane.clone(),
            exit: report.exit().code(),
            cases: report.cases.len(),
            reds: report.cases.values().filter(|case| case.ending.verdict.is_red()).count(),
        }
    }
}

impl End {
    fn of(case: &CaseReport) -> Self {
        let ending = &case.ending;
        let (step, place) = (ending.step.clone(), ending.place.clone());
        Self { verdict: ending.verdict, step, place, cause: ending.cause.clone() }
    }
}

fn alone(of: &RunReport, without: &RunReport) -> Vec<Alone> {
    let only = of.cases.iter().filter(|(id, _)| !without.cases.contains_key(*id));
    only.map(|(id, case)| Alone { case: id.clone(), end: End::of(case) }).collect()
}

fn is_slower(then: Duration, now: Duration) -> bool {
    now.saturating_sub(then) >= FLOOR && now.as_secs_f64() >= then.as_secs_f64() * RATIO
}

/// Whether two reds say the same: verdict, step, and the cause without what differs from run to run.
fn is_same(then: &CaseReport, now: &CaseReport) -> bool {
    let (then, now) = (&then.ending, &now.ending);
    then.verdict == now.verdict && then.step == now.step && essence(&then.cause) == essence(&now.cause)
}

/// A cause without replies, evidence, and words with digits: ids, times and counts.
fn essence(cause: &str) -> String {
    let told = cause
        .lines()
        .map(str::trim_start)
        .filter(|line| !["reply ", "evidence "].iter().any(|word| line.starts_with(word)));
    let words = told.flat_map(str::split_whitespace);
    let words = words.filter(|word| !word.contains(|letter: char| letter.is_ascii_digit()));
    words.collect::<Vec<_>>().join(" ")
}

/// The JSON Schema of the document.
pub fn comparison_schema() -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Comparison>();
    schema.insert("title".to_owned(), "Two runs of Shakedown, compared".into());
    schema.insert("x-version".to_owned(), COMPARISON_VERSION.into());
    schema.to_value()
}
