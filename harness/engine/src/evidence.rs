//! Evidence: what the target says of the things of a red case, asked before they are released.
//!
//! Every step of an evidence flow is taken, whatever became of the one before; each exchange is in the log under a scope of
//! its own.
//!
//! Does not: change a verdict. What evidence could not be had is noted beside what was.

use crate::net::limits::{LONGEST_SUMMARY, LONGEST_VALUE};
use crate::ownership::{Owned, OwnedStack};
use crate::run::RunContext;
use crate::trace;
use crate::walk::{Stop, Walk};
use harness_model::context::{Bindings, display};
use harness_model::estate::Existence;
use harness_model::event::{Event, Found, Scope};
use harness_model::known::{self, Known, Symptoms};
use harness_model::suite::Resource;
use std::fmt::Write as _;
use std::time::Duration;

/// What the evidence of one thing may take.
const BUDGET: Duration = Duration::from_secs(30);
/// Of how many things a red case has evidence: the first ones say what the others would repeat.
const MOST: usize = 4;

/// Asks for everything that is owned and has evidence; gives a line of each thing that matters, as a cause shows them.
pub(crate) async fn gather(run: &RunContext, owned: &OwnedStack, scope: &Scope) -> String {
    let scope = match scope {
        Scope::Case(case) | Scope::Evidence(case) => Scope::Evidence(case.clone()),
        Scope::Run => Scope::Run,
    };
    let owned = owned.snapshot();
    traced(run, &owned, &scope).await;
    let known = owned.iter().filter(|owned| owned.existence == Existence::Confirmed);
    let mut lines = String::new();
    for owned in known.filter(|owned| run.suite.resources[&owned.kind].evidence.is_some()).take(MOST) {
        let (found, trouble) = of_one(run, owned, &scope).await;
        let (kind, key) = (owned.kind.clone(), owned.key.clone());
        let known = recognised(run, &found);
        let what = format!("\n  evidence {kind} {key}:");
        for Found { name, value } in &found {
            // Writing to a text does not fail.
            write!(lines, "{what} {name} = {value}").ok();
        }
        for trouble in &trouble {
            write!(lines, "{what} not all of it could be had, {trouble}").ok();
        }
        run.journal.record(Event::Evidence { scope: scope.clone(), kind, key, found, trouble, known });
    }
    lines
}

/// What the things of a red case went through, as far as it can be had; that it cannot is no news beside a red.
async fn traced(run: &RunContext, owned: &[Owned], scope: &Scope) {
    let Scope::Evidence(_) = scope else { return };
    let nested = OwnedStack::default();
    let walk = Walk::new(run, scope.clone(), &nested, run.cancel.child_token());
    let confirmed = owned.iter().filter(|owned| owned.existence == Existence::Confirmed).take(MOST);
    for owned in confirmed {
        tokio::time::timeout(BUDGET, trace::look(&walk, owned)).await.ok();
    }
}

/// What the suite knows the words of evidence as; rows that ask for a kind of step, or for what it saw, are for replies.
fn recognised(run: &RunContext, found: &[Found]) -> Option<Known> {
    let heard: Vec<String> = found.iter().map(|found| found.value.clone()).collect();
    let seen = Bindings::default();
    let symptoms = Symptoms { heard: &heard, said: "", cause: "", kind: "", arms: &[], seen: &seen };
    (!heard.is_empty()).then(|| known::name(&run.suite.failures, &symptoms)).flatten()
}

/// What is found out about one thing, and what could not be.
async fn of_one(run: &RunContext, owned: &Owned, scope: &Scope) -> (Vec<Found>, Vec<String>) {
    let resource = &run.suite.resources[&owned.kind];
    // What stopped the case does not keep anybody from looking at what it left; a run that is stopped does.
    let nested = OwnedStack::default();
    let walk = Walk::new(run, scope.clone(), &nested, run.cancel.child_token());
    let asking = ask(&walk, resource, owned);
    let Ok(outcome) = tokio::time::timeout(BUDGET, asking).await else {
        return (Vec::new(), vec![format!("it took longer than {}s", BUDGET.as_secs())]);
    };
    outcome
}

async fn ask(walk: &Walk<'_>, resource: &Resource, owned: &Owned) -> (Vec<Found>, Vec<String>) {
    let (run, mut trouble) = (walk.run, Vec::new());
    let Some(flow) = resource.evidence.as_ref().map(|flow| &run.suite.flows[&flow.value]) else {
        return (Vec::new(), trouble);
    };
    let mut bindings = owned.bindings.clone().with("key", &owned.key);
    if flow.inputs.iter().any(|input| bindings.get(&input.value).is_none()) {
        match walk.flow(&resource.find.value, &bindings).await {
            Ok(found) => bindings.extend(&found),
            Err(stop) => trouble.push(told(run, &stop)),
        }
    }
    for step in &flow.steps {
        // A service that the environment lacks has nothing to say, and everybody knows.
        let reached = run.suite.reached(std::slice::from_ref(step));
        if run.suite.out_of_reach(&run.environment, reached).is_some() {
            continue;
        }
        match walk.steps(std::slice::from_ref(step), bindings.clone()).await {
            Ok(after) => bindings = after,
            Err(stop) => trouble.push(told(run, &stop)),
        }
    }
    let found = flow.outputs.iter().filter_map(|output| {
        let value = bindings.get(&output.value).filter(|value| !value.is_undefined() && !value.is_none())?;
        let text = value.as_str().map_or_else(|| display(value), str::to_owned);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let value = run.net.scrub_start(&text, LONGEST_SUMMARY);
        (!value.is_empty()).then(|| Found { name: output.value.clone(), value })
    });
    (found.collect(), trouble)
}

/// A stop in one line.
fn told(run: &RunContext, stop: &Stop) -> String {
    let cause = stop.cause.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("in step `{}`: {}", stop.step, run.net.scrub_start(&cause, LONGEST_VALUE))
}
