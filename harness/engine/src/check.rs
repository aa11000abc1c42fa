//! Checking and capturing: what a reply means to a step, in words that name the condition and what it saw.
//!
//! Does not: touch the world.

use crate::action::{Nature, Observation};
use crate::net::http::HttpClient;
use crate::net::limits::LONGEST_VALUE;
use crate::net::wait::{Probe, Status};
use crate::walk::INTERRUPTED;
use harness_model::context::Bindings;
use harness_model::expression::{EvaluationError, Expression, MISSING};
use harness_model::signs::Halt;
use harness_model::suite::{Poll, Run};
use harness_model::verdict::Verdict;

/// What stands for a value that nobody gets to see.
const HIDDEN: &str = "[hidden]";
/// How much of a value a word holds.
const LONGEST_WORD: usize = 60;

/// A verdict with its cause; the walk adds the place.
pub(crate) struct Finding {
    pub(crate) verdict: Verdict,
    pub(crate) cause: String,
    pub(crate) seen: Box<Bindings>,
    pub(crate) halt: Halt,
}

impl Finding {
    pub(crate) fn failed(cause: String, seen: Bindings) -> Self {
        Self { verdict: Verdict::Failed, cause, seen: Box::new(seen), halt: Halt::Unmet }
    }

    pub(crate) fn errored(cause: String, seen: &Bindings) -> Self {
        Self { verdict: Verdict::Errored, cause, seen: Box::new(seen.clone()), halt: Halt::Unknown }
    }

    pub(crate) fn cancelled(seen: &Bindings) -> Self {
        let cause = INTERRUPTED.to_owned();
        Self { verdict: Verdict::Cancelled, cause, seen: Box::new(seen.clone()), halt: Halt::Unknown }
    }
}

/// Takes one look of a poll: ready, not yet, or never.
pub(crate) fn judge(
    poll: &Poll,
    observation: Observation,
    bindings: &Bindings,
    net: &HttpClient,
) -> Probe<Observation, Finding> {
    let mut scope = bindings.clone();
    scope.extend(&observation.result);
    match poll.until.holds(&scope) {
        Ok(true) => return Probe::Ready(observation),
        Ok(false) | Err(EvaluationError::Missing { .. }) => {}
        Err(error) => {
            return Probe::Failed(puzzled(&poll.until, &error, &scope, &observation));
        }
    }
    if let Some(fail_if) = &poll.fail_if {
        match fail_if.holds(&scope) {
            Ok(true) => {
                let cause = violated("must not", fail_if, &scope, &observation, net);
                return Probe::Failed(Finding::failed(cause, scope));
            }
            Ok(false) | Err(EvaluationError::Missing { .. }) => {}
            Err(error) => {
                return Probe::Failed(puzzled(fail_if, &error, &scope, &observation));
            }
        }
    }
    let seen = seen(&poll.until, &scope, &observation);
    let text = format!("{}\n  reply   {}", actual(&seen, net), observation.summary);
    let status = Status { word: word(&seen, net), text };
    match observation.nature {
        Nature::Pending => Probe::NotYet { status, after: observation.retry_after },
        Nature::Transient => Probe::NotNow { status, after: observation.retry_after },
        Nature::Final => {
            let cause = violated("until", &poll.until, &scope, &observation, net);
            Probe::Failed(Finding::failed(cause, scope))
        }
    }
}

pub(crate) fn check(
    expected: &Expression,
    scope: &Bindings,
    observation: &Observation,
    net: &HttpClient,
) -> Result<(), Finding> {
    match expected.holds(scope) {
        Ok(true) => Ok(()),
        Ok(false) | Err(EvaluationError::Missing { .. }) => {
            Err(Finding::failed(violated("expect", expected, scope, observation, net), scope.clone()))
        }
        Err(error) => Err(puzzled(expected, &error, scope, observation)),
    }
}

pub(crate) fn capture(run: &Run, scope: &Bindings, observation: &Observation) -> Result<Bindings, Finding> {
    let mut captures = Bindings::default();
    for (name, expression) in &run.capture {
        match expression.evaluate(scope) {
            Ok(value) => captures.set_value(name, value),
            Err(error) => {
                let cause =
                    format!("nothing to capture as `{name}`: {error}\n  reply   {}", observation.summary);
                return Err(Finding::failed(cause, scope.clone()));
            }
        }
    }
    Ok(captures)
}

fn violated(
    word: &str,
    condition: &Expression,
    scope: &Bindings,
    observation: &Observation,
    net: &HttpClient,
) -> String {
    format!(
        "{word:<8}{}\n  actual  {}\n  reply   {}",
        condition.text(),
        actual(&seen(condition, scope, observation), net),
        observation.summary
    )
}

/// A condition that is neither true nor false; of what nobody gets to see, no value is told.
fn puzzled(
    condition: &Expression,
    error: &EvaluationError,
    scope: &Bindings,
    observation: &Observation,
) -> Finding {
    let told = match error {
        EvaluationError::NotBoolean { .. } if observation.shown.is_some() => {
            EvaluationError::NotBoolean { found: HIDDEN.to_owned() }
        }
        error => error.clone(),
    };
    Finding::errored(format!("`{}`: {told}", condition.text()), scope)
}

/// The value of every path that a condition reads, as people get to see it.
fn seen(condition: &Expression, scope: &Bindings, observation: &Observation) -> Vec<(String, String)> {
    let actual = condition.actual(scope);
    let Some(shown) = &observation.shown else { return actual };
    let mut open = scope.clone();
    open.extend(shown);
    let open = condition.actual(&open).into_iter();
    let values = actual.into_iter().zip(open).map(|((path, actual), (_, open))| {
        let value = match (actual == MISSING, open == MISSING) {
            (true, _) => actual,
            (false, true) => HIDDEN.to_owned(),
            (false, false) => open,
        };
        (path, value)
    });
    values.collect()
}

/// What a condition sees, in a word: the first value that it reads, with its path unless it is a word itself.
fn word(seen: &[(String, String)], net: &HttpClient) -> String {
    let Some((path, value)) = seen.first() else { return String::new() };
    let value = net.scrub_start(value, LONGEST_WORD);
    match value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) {
        Some(word) if !word.is_empty() => word.to_owned(),
        Some(_) | None if value == MISSING => format!("no {path}"),
        Some(_) | None => format!("{path} = {value}"),
    }
}

/// The value of every path that a condition reads, long ones cut after they were scrubbed.
fn actual(seen: &[(String, String)], net: &HttpClient) -> String {
    let shown =
        seen.iter().map(|(path, value)| format!("{path} = {}", net.scrub_start(value, LONGEST_VALUE)));
    shown.collect::<Vec<_>>().join(", ")
}
