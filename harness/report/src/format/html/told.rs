//! The dossier of a case in the data of a page: what its things went through, what the target said, the exchanges with a line
//! for a shell each, and what it did otherwise than when it was last green.
//!
//! Does not: leave out secrets; they are in no recording.

use super::case::rounded;
use harness_model::event::{Exchange, ProgramRun};
use harness_model::story::compare::{Difference, differences};
use harness_model::story::{self, Story, Told, Traced, What, curl};
use harness_model::units;
use serde::Serialize;
use std::time::Duration;

#[derive(Serialize)]
pub(super) struct Trace<'a> {
    kind: &'a str,
    key: &'a str,
    states: Vec<State<'a>>,
}

/// A state, when it was entered, how long the way to it took and may take.
#[derive(Serialize)]
struct State<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    entered: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    took: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    budget: Option<f64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    tolerated: bool,
}

#[derive(Serialize)]
pub(super) struct Evidence<'a> {
    kind: &'a str,
    key: &'a str,
    found: Vec<(&'a str, &'a str)>,
    trouble: &'a [String],
}

#[derive(Serialize)]
pub(super) struct Said<'a> {
    step: &'a str,
    at: f64,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    evidence: bool,
    #[serde(skip_serializing_if = "is_none")]
    left_out: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    exchange: Option<&'a Exchange>,
    #[serde(skip_serializing_if = "Option::is_none")]
    curl: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    program: Option<&'a ProgramRun>,
}

/// What was different when the case was last green.
#[derive(Serialize)]
pub(super) struct Past<'a> {
    run: &'a str,
    began: String,
    differences: Vec<String>,
}

pub(super) fn trace(traced: &Traced) -> Trace<'_> {
    let entered = |position: usize| traced.entered.get(position).copied();
    let states = traced.states.iter().enumerate().map(|(position, state)| {
        let before = position.checked_sub(1);
        let left = before.and_then(entered);
        let took = entered(position).and_then(|at| Duration::try_from(at.duration_since(left?)).ok());
        let from = before.and_then(|before| traced.states.get(before));
        let budget = traced.budgets.iter().find(|budget| Some(&budget.from) == from && budget.to == *state);
        State {
            name: state,
            entered: entered(position).map(|at| at.to_string()),
            took: took.map(|took| rounded(took.as_secs_f64())),
            budget: budget.map(|budget| budget.within.as_secs_f64()),
            tolerated: traced.tolerated.contains(state),
        }
    });
    Trace { kind: traced.kind.as_str(), key: &traced.key, states: states.collect() }
}

pub(super) fn evidence(told: &Told) -> Evidence<'_> {
    let found = told.found.iter().map(|found| (found.name.as_str(), found.value.as_str()));
    Evidence { kind: told.kind.as_str(), key: &told.key, found: found.collect(), trouble: &told.trouble }
}

pub(super) fn said(said: &story::Said) -> Said<'_> {
    let (exchange, program) = match &said.what {
        What::Exchange(exchange) => (Some(&**exchange), None),
        What::Program(program) => (None, Some(&**program)),
    };
    let (at, curl) = (rounded(said.at.as_secs_f64()), exchange.map(curl::command));
    Said {
        step: &said.step,
        at,
        evidence: said.is_evidence,
        left_out: said.left_out,
        exchange,
        curl,
        program,
    }
}

/// What is different from the last green.
pub(super) fn past<'a>(past: &'a story::Past, story: &Story) -> Past<'a> {
    let differences = differences(story, &past.story).iter().map(words).collect();
    Past { run: &past.run, began: format!("{:.0}", past.began), differences }
}

fn words(difference: &Difference) -> String {
    let looks = |(elapsed, looks): (Duration, u32)| match looks {
        0 | 1 => units::display(elapsed),
        looks => format!("{} in {looks} looks", units::display(elapsed)),
    };
    let status =
        |status: Option<u16>| status.map_or_else(|| "no reply".to_owned(), |status| status.to_string());
    match difference {
        Difference::Slower { step, now, before } => {
            format!("{step}: took {}, and {} then", looks(*now), looks(*before))
        }
        Difference::Status { step, now, before } => {
            format!("{step}: the last reply is {}, and was {} then", status(*now), status(*before))
        }
        Difference::Missing { steps } => format!("taken then, and not now: {}", steps.join(", ")),
        Difference::New { step } => format!("{step}: was not taken then"),
        Difference::States { kind, now, before } => {
            format!("{kind}: went through {}, and {} then", now.join(" → "), before.join(" → "))
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_none(count: &usize) -> bool {
    *count == 0
}
