//! Fixtures of run scope: made once, on first need, shared by every case.
//!
//! Does not: make them twice, also not when the case that needed one first is gone.

use crate::run::RunContext;
use crate::walk::{INTERRUPTED, Stop, Walk};
use harness_model::case;
use harness_model::context::Bindings;
use harness_model::event::{Event, Scope};
use harness_model::name::{FixtureName, StepName};
use harness_model::verdict::Verdict;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// What became of a fixture: its outputs, or why there are none.
pub(crate) type Made = Result<Bindings, Stop>;

/// The fixtures of a run that were needed so far.
#[derive(Default)]
pub(crate) struct Fixtures(Mutex<HashMap<FixtureName, watch::Receiver<Option<Made>>>>);

/// The outputs of a fixture that the environment gives: there is nothing to make, and nothing to release.
pub(crate) fn given(run: &RunContext, name: &FixtureName) -> Option<Made> {
    let given = run.suite.given(&run.environment, name.as_str())?;
    let mut known = run.world.clone();
    known.extend(&run.secrets);
    let mut outputs = Bindings::default();
    for (output, template) in &given.outputs {
        match template.render(&known) {
            Ok(value) => outputs.set_value(output, value.into()),
            Err(error) => {
                let place = given.location.to_string();
                return Some(Err(Stop { place, ..none(name, Verdict::Errored, &error.to_string()) }));
            }
        }
    }
    Some(Ok(outputs))
}

/// The outputs of a fixture of run scope; whoever asks first has it made.
pub(crate) async fn of_run(run: &Arc<RunContext>, name: &FixtureName, cancel: &CancellationToken) -> Made {
    if let Some(given) = given(run, name) {
        return given;
    }
    let mut made = {
        let mut fixtures = run.fixtures.0.lock().unwrap_or_else(PoisonError::into_inner);
        fixtures.entry(name.clone()).or_insert_with(|| start(run, name)).clone()
    };
    let waited = tokio::select! {
        waited = made.wait_for(Option::is_some) => waited.map(|value| (*value).clone()),
        () = cancel.cancelled() => return Err(none(name, Verdict::Cancelled, INTERRUPTED)),
    };
    // The sender lives until it has sent, so a closed channel means that making it panicked.
    waited
        .ok()
        .flatten()
        .unwrap_or_else(|| Err(none(name, Verdict::Errored, "the harness panicked while making it")))
}

/// Waits until nothing is being made any more, so that what was made can be released.
pub(crate) async fn settle(run: &RunContext) {
    let started: Vec<_> = {
        let fixtures = run.fixtures.0.lock().unwrap_or_else(PoisonError::into_inner);
        fixtures.values().cloned().collect()
    };
    for mut made in started {
        // A closed channel has settled too.
        made.wait_for(Option::is_some).await.map(drop).ok();
    }
}

fn none(name: &FixtureName, verdict: Verdict, cause: &str) -> Stop {
    let (step, seen) = (StepName::new(name.as_str()), Box::default());
    Stop { verdict, step, place: String::new(), cause: cause.to_owned(), seen, known: None }
}

fn start(run: &Arc<RunContext>, name: &FixtureName) -> watch::Receiver<Option<Made>> {
    let (sender, receiver) = watch::channel(None);
    let (run, name) = (Arc::clone(run), name.clone());
    tokio::spawn(async move {
        let made = make(&run, &name).await;
        // A fixture that was interrupted is not one that never came up.
        if let Err(stop) = &made
            && stop.verdict != Verdict::Cancelled
        {
            let cause = format!("in step `{}` ({}): {}", stop.step, stop.place, stop.cause);
            run.journal.record(Event::FixtureFailed { fixture: name, cause });
        }
        sender.send_replace(Some(made));
    });
    receiver
}

/// What the suite binds, for what belongs to no case.
pub(crate) fn of_suite(run: &RunContext, world: &Bindings) -> Bindings {
    let mut bindings = Bindings::default();
    for (name, value) in &run.suite.bind {
        bindings.set(name, value);
    }
    case::open(bindings, world)
}

async fn make(run: &RunContext, name: &FixtureName) -> Made {
    let bindings = of_suite(run, &run.world);
    let walk = Walk::new(run, Scope::Run, &run.owned, run.cancel.clone());
    walk.flow(&run.suite.fixtures[name].flow.value, &bindings).await
}
