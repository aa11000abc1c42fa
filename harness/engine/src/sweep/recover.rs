//! Fixtures of a run that is gone: their outputs once more, each fetched once.
//!
//! Does not: make a fixture. What is gone with its secrets stays gone.

use super::on_behalf;
use crate::fixture;
use crate::net::redact::MASK;
use crate::ownership::is_found;
use crate::run::RunContext;
use crate::walk::Stop;
use harness_model::context::Bindings;
use harness_model::estate::Estate;
use harness_model::event::Scope;
use harness_model::name::{FixtureName, ScenarioName};
use harness_model::suite::Scope as FixtureScope;
use serde_json::Value;
use std::collections::HashMap;

/// What was recovered so far, or why it could not be.
#[derive(Default)]
pub(super) struct Recovered(HashMap<(FixtureName, Scope), Result<Bindings, String>>);

impl Recovered {
    /// The outputs of a fixture as the owner of a leftover knew it; none when the suite does not say how.
    pub(super) async fn fixture(
        &mut self,
        run: &RunContext,
        estate: &Estate,
        name: &FixtureName,
        owner: &Scope,
    ) -> Result<Option<Bindings>, String> {
        if let Some(given) = fixture::given(run, name) {
            return given.map(Some).map_err(|stop| told(&stop));
        }
        let fixture = &run.suite.fixtures[name];
        if fixture.recover.is_none() {
            return Ok(None);
        }
        let scenario = match owner {
            Scope::Run => None,
            Scope::Case(case) | Scope::Evidence(case) => {
                run.suite.scenario(&ScenarioName::new(case.scenario()))
            }
        };
        let lives = scenario.map_or(fixture.scope, |scenario| scenario.scope(name, fixture));
        let scope = match lives {
            FixtureScope::Run => Scope::Run,
            FixtureScope::Case => owner.clone(),
        };
        let known = (name.clone(), scope);
        if !self.0.contains_key(&known) {
            let found = recover(run, estate, name, &known.1).await;
            self.0.insert(known.clone(), found);
        }
        self.0[&known].clone().map(Some)
    }
}

async fn recover(
    run: &RunContext,
    estate: &Estate,
    name: &FixtureName,
    scope: &Scope,
) -> Result<Bindings, String> {
    let fixture = &run.suite.fixtures[name];
    let kinds = run.suite.owned_by(fixture);
    let home = kinds.first().and_then(|kind| estate.home(kind, scope));
    let (Some(home), Some(flow)) = (home, &fixture.recover) else {
        return Err(format!("its log does not say what fixture `{name}` created"));
    };
    let stopped = |stop: Stop| format!("fixture `{name}` cannot be recovered: {}", told(&stop));
    let find = &run.suite.resources[home.kind].find.value;
    // A recovery waits for what is there; what is not would be waited for in vain.
    if !is_found(&on_behalf(run, scope, find, home.key).await.map_err(stopped)?) {
        return Err(format!("it lived in {} {}, which is not found any more", home.kind, home.key));
    }
    on_behalf(run, scope, &flow.value, home.key).await.map_err(stopped)
}

/// A stop in one sentence.
pub(super) fn told(stop: &Stop) -> String {
    format!("in step `{}` ({}): {}", stop.step, stop.place, stop.cause)
}

/// Whether a recorded value lacks a secret.
pub(super) fn is_masked(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(MASK),
        Value::Array(items) => items.iter().any(is_masked),
        Value::Object(fields) => fields.values().any(is_masked),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{MASK, is_masked};
    use serde_json::Value;

    #[test]
    fn a_value_lacks_a_secret_wherever_its_mask_is() {
        let nested: Value =
            serde_json::from_str(&format!(r#"{{"a": [1, {{"b": "Bearer {MASK}"}}]}}"#)).unwrap();
        assert!(is_masked(&nested));
        assert!(!is_masked(&serde_json::from_str::<Value>(r#"{"a": [null, "secret"]}"#).unwrap()));
    }
}
