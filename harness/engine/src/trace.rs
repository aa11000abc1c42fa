//! Traces: reads the states that a resource went through, and has them judged.
//!
//! Does not: know which edges are allowed. The model does.

use crate::ownership::{Owned, located};
use crate::walk::{Stop, Walk};
use harness_model::context::Bindings;
use harness_model::estate::Existence;
use harness_model::event::{Event, Scope};
use harness_model::name::StepName;
use harness_model::signs::{Halt, Signs, Stage};
use harness_model::trace::Trace;
use harness_model::verdict::Verdict;

/// Reads what something went through and writes it down, for whoever looks for the cause of a red; nobody judges it.
pub(crate) async fn look(walk: &Walk<'_>, owned: &Owned) -> Result<(), Stop> {
    let resource = &walk.run.suite.resources[&owned.kind];
    let Some(flow) = &resource.trace else { return Ok(()) };
    let bindings = owned.bindings.clone().with("key", &owned.key);
    let found = walk.flow(&resource.find.value, &bindings).await?;
    let outputs = walk.flow(&flow.value, &located(bindings, &found)).await?;
    if let Ok(trace) = Trace::read(&outputs) {
        record(walk, owned, trace, &owned.bindings);
    }
    Ok(())
}

/// Writes a trace down.
fn record(walk: &Walk<'_>, owned: &Owned, trace: Trace, scope: &Bindings) {
    let (Scope::Case(case) | Scope::Evidence(case)) = &walk.scope else { return };
    let allowed = &walk.run.suite.resources[&owned.kind].states;
    let budgets = trace.budgets(allowed, scope);
    let Trace { states, entered } = trace;
    let tolerated = states.iter().filter(|state| allowed.tolerate.contains(state)).cloned().collect();
    let (case, kind, key) = (case.clone(), owned.kind.clone(), owned.key.clone());
    walk.run.journal.record(Event::Traced { case, kind, states, entered, tolerated, key, budgets });
}

/// Reads and judges the trace of everything that a case owns; budgets are rendered with what the case bound.
pub(crate) async fn judge(walk: &Walk<'_>, owned: &[Owned], planned: &Bindings) -> Result<(), Stop> {
    for owned in owned.iter().filter(|owned| owned.existence == Existence::Confirmed) {
        let resource = &walk.run.suite.resources[&owned.kind];
        let Some(flow) = &resource.trace else { continue };
        let bindings = owned.bindings.clone().with("key", &owned.key);
        let found = walk.flow(&resource.find.value, &bindings).await?;
        let bindings = located(bindings, &found);
        let outputs = walk.flow(&flow.value, &bindings).await?;
        let stop = |verdict, halt, cause| Stop {
            verdict,
            signs: Signs::of(halt).at(Stage::Trace),
            step: StepName::new(format!("trace of {}", owned.kind)),
            place: flow.location.to_string(),
            cause,
            seen: Box::new(bindings.clone()),
            known: None,
        };
        let trace = Trace::read(&outputs)
            .map_err(|error| stop(Verdict::Errored, Halt::Unknown, format!("`{}` {error}", flow.value)))?;
        let judged = trace.judge(&resource.states, planned);
        let path = trace.states.join(" → ");
        record(walk, owned, trace, planned);
        match judged {
            Ok(None) => {}
            Ok(Some(violation)) => {
                return Err(stop(Verdict::Failed, Halt::Unmet, format!("{violation}\n  trace   {path}")));
            }
            Err(error) => return Err(stop(Verdict::Errored, Halt::Unknown, error.to_string())),
        }
    }
    Ok(())
}
