//! Traces: the states a resource went through, judged against the edges that its suite allows.
//!
//! Does not: know any state by name; states are data.

use crate::ownership::{Existence, Owned};
use crate::walk::{Stop, Walk};
use harness_model::event::{Event, Scope};
use harness_model::name::StepName;
use harness_model::suite::States;
use harness_model::verdict::Verdict;

/// Reads and judges the trace of everything that a case owns.
pub(crate) async fn judge(walk: &Walk<'_>, owned: &[Owned]) -> Result<(), Stop> {
    for owned in owned.iter().filter(|owned| owned.existence == Existence::Confirmed) {
        let resource = &walk.run.suite.resources[&owned.kind];
        let Some(flow) = &resource.trace else { continue };
        let mut bindings = owned.bindings.clone().with("key", &owned.key);
        bindings.extend(&walk.flow(&resource.find.value, &bindings).await?);
        let outputs = walk.flow(&flow.value, &bindings).await?;
        let stop = |verdict, cause| Stop {
            verdict,
            step: StepName::new(format!("trace of {}", owned.kind)),
            place: flow.location.to_string(),
            cause,
            seen: bindings.clone(),
        };
        let listed = outputs.get("states").and_then(|states| serde_json::to_value(states).ok());
        let Some(states) = listed.and_then(|states| serde_json::from_value::<Vec<String>>(states).ok())
        else {
            return Err(stop(Verdict::Errored, format!("`{}` gave no list of states", flow.value)));
        };
        let judged = edges(&resource.states, &states);
        if let Scope::Case(case) = &walk.scope {
            let tolerated =
                states.iter().filter(|state| resource.states.tolerate.contains(state)).cloned().collect();
            let (case, kind) = (case.clone(), owned.kind.clone());
            walk.run.journal.record(Event::Traced { case, kind, states: states.clone(), tolerated });
        }
        if let Err(cause) = judged {
            return Err(stop(Verdict::Failed, format!("{cause}\n  trace   {}", states.join(" → "))));
        }
    }
    Ok(())
}

/// Whether every edge of a trace is allowed; a suite that declares none allows all.
fn edges(allowed: &States, states: &[String]) -> Result<(), String> {
    if allowed.edges.is_empty() {
        return Ok(());
    }
    if states.is_empty() {
        return Err("its trace is empty".to_owned());
    }
    let known = |state: &String| {
        allowed.edges.contains_key(state)
            || allowed.edges.values().any(|to| to.contains(state))
            || allowed.tolerate.contains(state)
    };
    if let Some(unknown) = states.iter().find(|state| !known(state)) {
        return Err(format!("`{unknown}` is not a state that the suite knows"));
    }
    let steps = states.iter().zip(states.iter().skip(1)).filter(|(from, to)| from != to);
    for (from, to) in steps {
        let open = allowed.edges.get(from).is_some_and(|next| next.contains(to));
        if !open && !allowed.tolerate.contains(to) {
            return Err(format!("{from} → {to} is not an allowed edge"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::edges;
    use harness_model::suite::States;
    use indexmap::IndexMap;

    fn states() -> States {
        let edges = [
            ("provisioning", vec!["online"]),
            ("online", vec!["paused"]),
            ("paused", vec!["provisioning"]),
            ("failed", vec!["online"]),
        ];
        let edges: IndexMap<String, Vec<String>> = edges
            .into_iter()
            .map(|(from, to)| (from.to_owned(), to.into_iter().map(str::to_owned).collect()))
            .collect();
        States { edges, tolerate: vec!["failed".to_owned()] }
    }

    fn judge(trace: &[&str]) -> Result<(), String> {
        edges(&states(), &trace.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn allowed_and_tolerated_edges_pass() {
        assert_eq!(judge(&["provisioning", "online", "paused", "provisioning", "online"]), Ok(()));
        assert_eq!(judge(&["provisioning", "failed", "online", "online"]), Ok(()));
    }

    #[test]
    fn forbidden_and_unknown_states_are_named() {
        assert_eq!(
            judge(&["provisioning", "online", "paused", "online"]),
            Err("paused → online is not an allowed edge".to_owned())
        );
        assert_eq!(
            judge(&["provisioning", "onlin"]),
            Err("`onlin` is not a state that the suite knows".to_owned())
        );
        assert_eq!(judge(&[]), Err("its trace is empty".to_owned()));
    }
}
