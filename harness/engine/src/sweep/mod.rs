//! The sweep: releases what a run that is gone has left, as that run would have released it.
//!
//! Its log names everything but what is secret, so fixtures are recovered by the key of what they own. What lived in
//! something that is shown gone went with it, when its kind says so (`within`).
//!
//! Does not: decide that a run is gone, or read its log. The runner does.

mod label;
mod recover;

pub use label::{Labelled, labelled, release_labelled};

use crate::ownership::{self, Lineage, Owned, OwnedStack};
use crate::run::RunContext;
use crate::walk::{Stop, Walk};
use crate::{case, fixture};
use futures_util::{StreamExt, stream};
use harness_model::context::Bindings;
use harness_model::estate::{Estate, Leftover, Standing};
use harness_model::event::{Event, Scope};
use harness_model::name::FlowName;
use harness_model::suite::{Resource, Suite};
use indexmap::IndexMap;
use recover::Recovered;

/// How many cases are released side by side.
const SIDE_BY_SIDE: usize = 16;

/// Releases leftovers, what the run itself owns last; what cannot be shown gone is recorded as leaked.
pub async fn release(run: &RunContext, estate: &Estate, left: &[Leftover<'_>]) {
    let mut recovered = Recovered::default();
    let mut stacks: IndexMap<Scope, OwnedStack> = IndexMap::new();
    let mut unreachable = Vec::new();
    for leftover in left {
        match reached(run, estate, *leftover, &mut recovered).await {
            Ok(owned) => stacks.entry(leftover.holding.scope.clone()).or_default().push(owned),
            Err(cause) => unreachable.push((*leftover, cause)),
        }
    }
    let of_run = stacks.shift_remove(&Scope::Run);
    let of_cases = stream::iter(&stacks);
    of_cases.for_each_concurrent(SIDE_BY_SIDE, |(scope, stack)| ownership::release(run, stack, scope)).await;
    if let Some(stack) = of_run {
        ownership::release(run, &stack, &Scope::Run).await;
    }
    for (leftover, cause) in unreachable {
        let (kind, key) = (leftover.kind.clone(), leftover.key.to_owned());
        let shown = went_along(run, estate, leftover).await;
        let event = if shown { Event::Released { kind, key } } else { Event::Leaked { kind, key, cause } };
        run.journal.record(event);
    }
}

/// Whether something that could not be released lives in what has been shown gone since: another look settles it.
pub fn may_have_gone_along(suite: &Suite, estate: &Estate) -> bool {
    estate.left().any(|leftover| {
        let home = suite.resources.get(leftover.kind).and_then(|resource| home(estate, leftover, resource));
        home.is_some_and(|home| home.holding.standing == Standing::Released)
    })
}

/// A leftover with everything that its release reads, or why that is not to be had.
async fn reached(
    run: &RunContext,
    estate: &Estate,
    leftover: Leftover<'_>,
    recovered: &mut Recovered,
) -> Result<Owned, String> {
    let Leftover { kind, key, holding } = leftover;
    let Some(resource) = run.suite.resources.get(kind) else {
        return Err(format!("suite `{}` does not know the kind `{kind}` any more", run.suite.name));
    };
    if recover::is_masked(&key.into()) {
        return Err("its key is hidden in the log, so nobody can ask for it: look on the target".to_owned());
    }
    let mut bindings = match &holding.scope {
        Scope::Run => fixture::of_suite(run, &run.world),
        Scope::Case(id) | Scope::Evidence(id) => {
            fixture::of_suite(run, &case::builtins(run, id, &[], holding.attempt))
        }
    };
    // What is hidden in the log is not known: a proof that asked for the mask would find nothing, and call that gone.
    for (name, value) in holding.bindings.iter().filter(|(_, value)| !recover::is_masked(value)) {
        bindings.set(name, value);
    }
    for name in run.suite.needed_by(resource) {
        if let Some(outputs) = recovered.fixture(run, estate, &name, &holding.scope).await? {
            bindings.set_value(name.as_str(), outputs.to_value());
        } else if let Some(recorded) = holding.bindings.get(name.as_str())
            && recover::is_masked(recorded)
        {
            return Err(format!(
                "its release reads `{name}`, whose secrets are in no log: give [fixture.{name}] a `recover` flow"
            ));
        }
    }
    let (kind, key, existence) = (kind.clone(), key.to_owned(), holding.existence);
    Ok(Owned { kind, key, bindings, existence, step: Lineage::unknown() })
}

/// What a leftover lives in, by the word of its kind.
fn home<'a>(estate: &'a Estate, leftover: Leftover<'_>, resource: &Resource) -> Option<Leftover<'a>> {
    let within = &resource.within.as_ref()?.value;
    estate.home(within, &leftover.holding.scope).or_else(|| estate.home(within, &Scope::Run))
}

/// Whether a leftover went along with what it lives in: shown by the authoritative read of that.
async fn went_along(run: &RunContext, estate: &Estate, leftover: Leftover<'_>) -> bool {
    let resource = run.suite.resources.get(leftover.kind);
    let Some(home) = resource.and_then(|resource| home(estate, leftover, resource)) else { return false };
    match (run.suite.resources.get(home.kind), run.cancel.is_cancelled()) {
        (Some(resource), false) => {
            on_behalf(run, &home.holding.scope, &resource.gone.value, home.key).await.is_ok()
        }
        (Some(_) | None, _) => false,
    }
}

/// Walks a flow that needs nothing but a key.
async fn on_behalf(run: &RunContext, scope: &Scope, flow: &FlowName, key: &str) -> Result<Bindings, Stop> {
    let nested = OwnedStack::default();
    let walk = Walk::new(run, scope.clone(), &nested, run.cancel.child_token());
    walk.flow(flow, &fixture::of_suite(run, &run.world).with("key", key)).await
}
