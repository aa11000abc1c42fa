//! Capabilities: what the target can do, asked once a run by whichever case needs to know first.
//!
//! Does not: guess. A probe that could not find out leaves out nobody: the cases run, and their own steps say what is wrong.

use crate::case::Early;
use crate::fixture;
use crate::run::{RunContext, Unmet};
use crate::shared::{NoValue, Shared};
use crate::walk::{Stop, Walk};
use harness_model::context::Bindings;
use harness_model::event::{Ability, Event, Scope};
use harness_model::gates::Gate;
use harness_model::name::{CapabilityName, FixtureName, StepName};
use harness_model::plan::Planned;
use harness_model::signs::{Halt, Signs};
use harness_model::verdict::{Ending, Verdict};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The capabilities that were needed so far; none for a probe that was interrupted.
pub(crate) type Capabilities = Shared<CapabilityName, Option<Ability>>;

/// Holds a case against what the target can do.
pub(crate) async fn judge(
    run: &Arc<RunContext>,
    planned: &Planned,
    cancel: &CancellationToken,
) -> Result<(), Early> {
    for name in &planned.probes {
        let summary = run.suite.capabilities.get(name).map_or("", |capability| capability.summary.as_str());
        let what = format!("capability {name} ({summary})");
        let verdict = match of_run(run, name, cancel).await? {
            Ability::Able | Ability::Unknown { .. } => continue,
            Ability::Unable => match (run.unmet, planned.gate) {
                (Unmet::Skips, _) | (Unmet::RefusesRequired, Gate::Advisory) => Verdict::Skipped,
                (Unmet::RefusesRequired, Gate::Required) | (Unmet::Refuses, _) => Verdict::Refused,
            },
        };
        let cause = match verdict {
            Verdict::Refused => format!("live is required, and the target lacks {what}"),
            _ => format!("the target lacks {what}"),
        };
        return Err(Early::LeftOut(Ending::new(verdict, cause).stopped_by(Halt::Lacking)));
    }
    Ok(())
}

/// What the target says of a capability, asked by whoever asks first.
pub(crate) async fn of_run(
    run: &Arc<RunContext>,
    name: &CapabilityName,
    cancel: &CancellationToken,
) -> Result<Ability, Early> {
    let (shared, probed) = (Arc::clone(run), name.clone());
    match run.capabilities.of(name, cancel, || async move { probe(&shared, &probed).await }).await {
        Ok(Some(ability)) => Ok(ability),
        Ok(None) | Err(NoValue::Cancelled) => Err(Early::Interrupted),
        Err(NoValue::Panicked) => {
            let cause = format!("the harness panicked while probing capability {name}");
            Err(Early::LeftOut(Ending::new(Verdict::Errored, cause).stopped_by(Halt::Panic)))
        }
    }
}

async fn probe(run: &Arc<RunContext>, name: &CapabilityName) -> Option<Ability> {
    let ability = match answer(run, name).await {
        Ok(true) => Ability::Able,
        Ok(false) => Ability::Unable,
        Err(stop) if stop.verdict == Verdict::Cancelled => return None,
        Err(stop) => {
            let place = if stop.place.is_empty() { String::new() } else { format!(" ({})", stop.place) };
            let cause = format!("in step `{}`{place}: {}", stop.step, stop.cause);
            Ability::Unknown { cause: run.journal.scrub(&cause) }
        }
    };
    run.journal.record(Event::Probed { capability: name.clone(), ability: ability.clone() });
    Some(ability)
}

/// Walks a probe with the fixtures of the run that it asks for; what it creates belongs to the run.
async fn answer(run: &Arc<RunContext>, name: &CapabilityName) -> Result<bool, Stop> {
    let probe = &run.suite.capabilities[name].probe;
    let walk = Walk::new(run, Scope::Run, &run.owned, run.cancel.child_token());
    let mut bindings = fixture::of_suite(run, &run.world);
    for input in &run.suite.flows[&probe.value].inputs {
        let name = FixtureName::new(&input.value);
        if run.suite.fixtures.contains_key(&name) {
            let outputs: Bindings = fixture::of_run(run, &name, &walk.cancel).await?;
            bindings.set_value(&input.value, outputs.to_value());
        }
    }
    let outputs = walk.flow(&probe.value, &bindings).await?;
    let answer = outputs.get("able");
    answer.and_then(|able| bool::try_from(able.clone()).ok()).ok_or_else(|| {
        let seen = answer.map_or_else(|| "nothing".to_owned(), ToString::to_string);
        let cause = format!("`able` must be true or false, and is {seen}");
        let (step, place) = (StepName::new(probe.value.as_str()), probe.location.to_string());
        let (seen, signs) = (Box::default(), Signs::of(Halt::Unknown));
        Stop { verdict: Verdict::Errored, step, place, cause, seen, known: None, signs }
    })
}
