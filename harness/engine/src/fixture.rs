//! Fixtures of run scope: made once, on first need, shared by every case.
//!
//! Does not: make them twice, also not when the case that needed one first is gone.

use crate::evidence;
use crate::run::RunContext;
use crate::shared::{NoValue, Shared};
use crate::walk::{INTERRUPTED, Stop, Walk};
use harness_model::case;
use harness_model::context::Bindings;
use harness_model::event::{Event, Scope};
use harness_model::name::{FixtureName, StepName};
use harness_model::signs::{Halt, Signs};
use harness_model::verdict::Verdict;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What became of a fixture: its outputs, or why there are none.
pub(crate) type Made = Result<Bindings, Stop>;

/// The fixtures of a run that were needed so far.
pub(crate) type Fixtures = Shared<FixtureName, Made>;

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
    let (shared, needed) = (Arc::clone(run), name.clone());
    match run.fixtures.of(name, cancel, || async move { make(&shared, &needed).await }).await {
        Ok(made) => made,
        Err(NoValue::Cancelled) => Err(none(name, Verdict::Cancelled, INTERRUPTED)),
        Err(NoValue::Panicked) => {
            let stop = none(name, Verdict::Errored, "the harness panicked while making it");
            Err(Stop { signs: Signs::of(Halt::Panic), ..stop })
        }
    }
}

fn none(name: &FixtureName, verdict: Verdict, cause: &str) -> Stop {
    let (step, seen, signs) = (StepName::new(name.as_str()), Box::default(), Signs::of(Halt::Unknown));
    Stop { verdict, step, place: String::new(), cause: cause.to_owned(), seen, known: None, signs }
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
    let walk = Walk::new(run, Scope::Run, &run.owned, run.cancel.clone()).counted();
    let mut made = walk.flow(&run.suite.fixtures[name].flow.value, &bindings).await;
    // A fixture that was interrupted is not one that never came up.
    if let Err(stop) = &mut made
        && stop.verdict != Verdict::Cancelled
    {
        stop.cause.push_str(&evidence::gather(run, &run.owned, &Scope::Run).await);
        let cause = format!("in step `{}` ({}): {}", stop.step, stop.place, stop.cause);
        run.journal.record(Event::FixtureFailed { fixture: name.clone(), cause });
    }
    made
}
