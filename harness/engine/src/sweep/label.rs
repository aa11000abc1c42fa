//! Things on the target that carry our label, whatever log knows them.
//!
//! Does not: judge their age, or whose they are. The runner does.

use super::recover::told;
use crate::fixture;
use crate::ownership::{self, Lineage, Owned, OwnedStack};
use crate::run::RunContext;
use crate::walk::Walk;
use harness_model::context::Bindings;
use harness_model::estate::Existence;
use harness_model::event::{Event, Scope};
use harness_model::name::ResourceKind;
use jiff::Timestamp;
use minijinja::Value;
use serde_json::Map;

/// Something that carries our label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// Its kind.
    pub kind: ResourceKind,
    /// Its key.
    pub key: String,
    /// When it was created; none when the target does not say, or says it in no way that we read.
    pub created: Option<Timestamp>,
}

/// Lists everything that carries our label, of every kind that says how.
///
/// *Errors*: a list that cannot be had, or whose keys and times do not match: what to touch would be a guess.
pub async fn labelled(run: &RunContext) -> Result<Vec<Labelled>, String> {
    let nested = OwnedStack::default();
    let walk = Walk::new(run, Scope::Run, &nested, run.cancel.child_token());
    let mut found = Vec::new();
    for (kind, resource) in &run.suite.resources {
        let Some(flow) = &resource.sweep else { continue };
        let outputs = walk.flow(&flow.value, &fixture::of_suite(run, &run.world)).await;
        let outputs = outputs.map_err(|stop| told(&stop))?;
        let (keys, created) = (list(&outputs, "keys")?, list(&outputs, "created")?);
        if keys.len() != created.len() {
            let counts = (keys.len(), created.len());
            return Err(format!("`{}` gives {} keys and {} times", flow.value, counts.0, counts.1));
        }
        for (key, created) in keys.iter().zip(&created) {
            let key = key.as_str().filter(|key| !key.is_empty());
            let key = key.ok_or_else(|| format!("`{}` gives a key that is no text", flow.value))?.to_owned();
            let created = created.as_str().and_then(|text| text.parse().ok());
            found.push(Labelled { kind: kind.clone(), key, created });
        }
    }
    Ok(found)
}

fn list(outputs: &Bindings, name: &str) -> Result<Vec<Value>, String> {
    let items = outputs.get(name).and_then(|value| value.try_iter().ok());
    items.map(Iterator::collect).ok_or_else(|| format!("`{name}` is not a list"))
}

/// Takes things over, then releases them side by side: from the first line on, the log of this sweep owns them.
///
/// *Errors*: the log cannot be written; nothing was released.
pub async fn release_labelled(run: &RunContext, found: &[Labelled]) -> Result<(), String> {
    let stack = OwnedStack::default();
    for Labelled { kind, key, .. } in found {
        let (kind, key) = (kind.clone(), key.clone());
        let (scope, bindings) = (Scope::Run, Map::new());
        let intended = Event::OwnershipIntended { scope, kind: kind.clone(), key: key.clone(), bindings };
        run.journal.record_durably(intended).map_err(|error| error.to_string())?;
        let (of_kind, of_key, bindings) = (kind.clone(), key.clone(), Map::new());
        run.journal.record(Event::OwnershipConfirmed { kind: of_kind, key: of_key, bindings });
        let (bindings, existence) = (fixture::of_suite(run, &run.world), Existence::Confirmed);
        stack.push(Owned { kind, key, bindings, existence, step: Lineage::default() });
    }
    ownership::release(run, &stack, &Scope::Run).await;
    Ok(())
}
