//! A case in the data of a page.
//!
//! Does not: know what its script makes of it.

use super::data::Names;
use super::told::{Evidence, Past, Said, Trace, evidence, past, said, trace};
use crate::shown::cut;
use crate::{Account, summary, worst};
use harness_model::cause::Cause;
use harness_model::known::Known;
use harness_model::name::{ArmName, CaseId, StepName};
use harness_model::report::{CaseReport, Repetition};
use harness_model::story::{End, Story, Taken};
use harness_model::verdict::Verdict;
use indexmap::IndexMap;
use serde::Serialize;
use std::collections::HashSet;

/// As much of a cause as the page of a case has,
const FULL: usize = 20_000;
/// and of one that has no room.
const SHORT: usize = 600;

/// A case; what is empty is left out.
#[derive(Serialize)]
pub(super) struct Case<'a> {
    id: &'a CaseId,
    scenario: &'a str,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    axes: IndexMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "<[ArmName]>::is_empty")]
    arms: &'a [ArmName],
    gate: &'static str,
    verdict: Verdict,
    red: bool,
    counts: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<&'a StepName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'a str>,
    #[serde(skip_serializing_if = "String::is_empty")]
    cause: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<Cause>,
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<&'a Known>,
    elapsed: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    began: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    repeated: Vec<Repeated<'a>>,
    /// Number of the name, end, when it ended, how long it took, how often it looked, status of the last reply.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    steps: Vec<(usize, u8, f64, f64, u32, Option<u16>)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tries: Vec<Try<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    traces: Vec<Trace<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<Evidence<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    said: Vec<Said<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    past: Option<Past<'a>>,
    /// Whether what was said stands in the recording alone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    untold: bool,
}

#[derive(Serialize)]
struct Repeated<'a> {
    step: &'a StepName,
    cause: &'a str,
}

/// One of several attempts.
#[derive(Serialize)]
struct Try<'a> {
    verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<&'a StepName>,
    #[serde(skip_serializing_if = "String::is_empty")]
    cause: String,
    elapsed: f64,
    /// How many steps the case had taken when it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<usize>,
}

pub(super) fn case<'a>(
    account: &Account<'a>,
    (id, case): (&'a CaseId, &'a CaseReport),
    told: &HashSet<CaseId>,
    names: &mut Names,
) -> Case<'a> {
    let ending = &case.ending;
    let is_told = told.contains(id);
    let story = account.story(id);
    let repeated = |Repetition { step, cause }: &'a Repetition| Repeated { step, cause };
    let of_story = |story: Option<&'a Story>| story.into_iter();
    Case {
        id,
        scenario: id.scenario(),
        axes: account.axes(id).map(|(key, value)| (key.as_str(), value.as_str())).collect(),
        arms: &case.arms,
        gate: summary::gate_word(case.gate),
        verdict: ending.verdict,
        red: ending.verdict.is_red(),
        counts: worst::counts(account.report, case),
        step: ending.step.as_ref(),
        place: ending.place.as_deref(),
        cause: cut(&ending.cause, if is_told { FULL } else { SHORT }).into_owned(),
        class: case.cause(),
        known: ending.known.as_ref(),
        elapsed: rounded(case.elapsed.as_secs_f64()),
        began: story.and_then(|story| story.began).map(|began| rounded(began.as_secs_f64())),
        repeated: case.repeated.iter().map(repeated).collect(),
        steps: of_story(story).flat_map(|story| &story.steps).map(|taken| step(taken, names)).collect(),
        tries: tries(case, story),
        traces: of_story(story).flat_map(|story| &story.traces).map(trace).collect(),
        evidence: of_story(story).flat_map(|story| &story.evidence).map(evidence).collect(),
        said: of_story(story).flat_map(|story| &story.said).map(said).collect(),
        past: story.and_then(|story| Some(past(account.past(id)?, story))),
        untold: !is_told && story.is_some() && ending.verdict.is_red(),
    }
}

fn tries<'a>(case: &'a CaseReport, story: Option<&Story>) -> Vec<Try<'a>> {
    let attempts = case.attempts.iter().enumerate();
    let tries = attempts.map(|(position, attempt)| Try {
        verdict: attempt.ending.verdict,
        step: attempt.ending.step.as_ref(),
        cause: cut(&attempt.ending.cause, SHORT).into_owned(),
        elapsed: rounded(attempt.elapsed.as_secs_f64()),
        steps: story.and_then(|story| story.attempts.get(position)).map(|reached| reached.steps),
    });
    tries.collect()
}

fn step(taken: &Taken, names: &mut Names) -> (usize, u8, f64, f64, u32, Option<u16>) {
    let end = match taken.end {
        End::Passed => 0,
        End::NotApplicable => 1,
        End::Decided => 2,
    };
    let (ended, elapsed) = (taken.ended.as_secs_f64(), taken.elapsed.as_secs_f64());
    (names.number(&taken.step), end, rounded(ended), rounded(elapsed), taken.attempts, taken.status)
}

/// Seconds to the tenth of a millisecond: nobody sees more, and a page is shorter.
pub(super) fn rounded(seconds: f64) -> f64 {
    (seconds * 1e4).round() / 1e4
}
