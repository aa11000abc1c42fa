//! Traces: the states that a resource went through, held against the edges that its suite allows.
//!
//! Does not: read them from anywhere, or know any state by name; states are data.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

use crate::context::Bindings;
use crate::suite::{Edge, States};
use crate::template::RenderError;
use crate::units;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The states that a resource went through, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// The states.
    pub states: Vec<String>,
    /// When each was entered; empty where the trace does not say.
    pub entered: Vec<Timestamp>,
}

/// What a way from one state to another may take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Budget {
    /// From this state.
    pub from: String,
    /// To this one.
    pub to: String,
    /// How long it may take.
    #[serde(with = "crate::event::seconds")]
    #[schemars(with = "f64")]
    pub within: Duration,
}

/// Outputs of a flow that are no trace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TraceError {
    /// No list of states.
    #[error("gave no list of states")]
    NoStates,
    /// Times that are none.
    #[error("gave no list of times such as 2026-11-21T07:00:00Z")]
    NoTimes,
    /// Not one time for each state.
    #[error("gave {states} states and {times} times")]
    Uneven {
        /// How many states.
        states: usize,
        /// How many times.
        times: usize,
    },
}

/// What a resource may not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// It did nothing at all.
    #[error("its trace is empty")]
    Empty,
    /// A state without a row.
    #[error("`{state}` is not a state that the suite knows")]
    Unknown {
        /// The state.
        state: String,
    },
    /// An edge that is not listed.
    #[error("{from} → {to} is not an allowed edge")]
    Forbidden {
        /// From this state.
        from: String,
        /// To this one.
        to: String,
    },
    /// An edge that took too long.
    #[error("{from} → {to} took {}, its budget is {}", units::display(*took), units::display(*budget))]
    Late {
        /// From this state.
        from: String,
        /// To this one.
        to: String,
        /// How long it took.
        took: Duration,
        /// How long it may take.
        budget: Duration,
    },
    /// Times that run backwards.
    #[error("`{to}` was entered before `{from}`, which precedes it")]
    Backwards {
        /// The state that comes first.
        from: String,
        /// The one that follows.
        to: String,
    },
}

impl Trace {
    /// Takes the outputs of a trace flow: `states`, and `entered` where it gives times.
    ///
    /// *Errors*: [`TraceError`].
    pub fn read(outputs: &Bindings) -> Result<Self, TraceError> {
        let states: Vec<String> = list(outputs, "states").ok_or(TraceError::NoStates)?;
        if outputs.get("entered").is_none() {
            return Ok(Self { states, entered: Vec::new() });
        }
        let entered: Vec<Timestamp> = list(outputs, "entered").ok_or(TraceError::NoTimes)?;
        if entered.len() != states.len() {
            return Err(TraceError::Uneven { states: states.len(), times: entered.len() });
        }
        Ok(Self { states, entered })
    }

    /// The first thing that it shows and that is not allowed; a suite that declares no edge allows all.
    ///
    /// `scope` is what budgets are rendered with.
    ///
    /// *Errors*: a budget that cannot be rendered.
    pub fn judge(&self, allowed: &States, scope: &Bindings) -> Result<Option<Violation>, RenderError> {
        if allowed.edges.is_empty() {
            return Ok(None);
        }
        if self.states.is_empty() {
            return Ok(Some(Violation::Empty));
        }
        let unknown = self.states.iter().find(|state| !allowed.edges.contains_key(*state));
        if let Some(state) = unknown {
            return Ok(Some(Violation::Unknown { state: state.clone() }));
        }
        let visits = self.visits();
        Ok(forbidden(&visits, allowed).or(late(&visits, allowed, scope)?))
    }

    /// The budgets of the ways that it took, each once; what cannot be rendered is told when it is judged.
    pub fn budgets(&self, allowed: &States, scope: &Bindings) -> Vec<Budget> {
        let visits = self.visits();
        let mut budgets: Vec<Budget> = Vec::new();
        for (position, from) in visits.iter().enumerate() {
            let way = visits[position + 1..].iter();
            // What heals lies on the way, and the first state that does not ends it.
            let healing = way.clone().take_while(|to| is_tolerated(allowed, to)).count();
            for to in way.take(healing + 1) {
                let edge = allowed.edge(from.state, to.state);
                let within = edge.and_then(|edge| edge.within.as_ref()?.render(scope).ok());
                let Some(within) = within.and_then(|text| units::duration(&text).ok()) else { continue };
                let budget = Budget { from: from.state.to_owned(), to: to.state.to_owned(), within };
                if !budgets.contains(&budget) {
                    budgets.push(budget);
                }
            }
        }
        budgets
    }

    /// One visit for each time that it changed, from the moment at which it did.
    fn visits(&self) -> Vec<Visit<'_>> {
        let mut visits: Vec<Visit<'_>> = Vec::new();
        for (position, state) in self.states.iter().enumerate() {
            if visits.last().is_none_or(|last| last.state != state) {
                visits.push(Visit { state, entered: self.entered.get(position).copied() });
            }
        }
        visits
    }
}

#[derive(Debug, Clone, Copy)]
struct Visit<'a> {
    state: &'a str,
    entered: Option<Timestamp>,
}

fn list<T: DeserializeOwned>(outputs: &Bindings, name: &str) -> Option<Vec<T>> {
    serde_json::from_value(serde_json::to_value(outputs.get(name)?).ok()?).ok()
}

fn is_tolerated(allowed: &States, visit: &Visit<'_>) -> bool {
    allowed.tolerate.iter().any(|state| state == visit.state)
}

fn forbidden(visits: &[Visit<'_>], allowed: &States) -> Option<Violation> {
    let steps = visits.iter().zip(visits.iter().skip(1));
    steps.into_iter().find_map(|(from, to)| {
        let open = allowed.edge(from.state, to.state).is_some() || is_tolerated(allowed, to);
        (!open).then(|| Violation::Forbidden { from: from.state.to_owned(), to: to.state.to_owned() })
    })
}

/// A budget covers the way to its state also where states that may heal lie between.
fn late(visits: &[Visit<'_>], allowed: &States, scope: &Bindings) -> Result<Option<Violation>, RenderError> {
    for (position, from) in visits.iter().enumerate() {
        for to in &visits[position + 1..] {
            let edge = allowed.edge(from.state, to.state);
            if let Some(violation) = edge.map_or(Ok(None), |edge| too_late(from, to, edge, scope))? {
                return Ok(Some(violation));
            }
            if !is_tolerated(allowed, to) {
                break;
            }
        }
    }
    Ok(None)
}

fn too_late(
    from: &Visit<'_>,
    to: &Visit<'_>,
    edge: &Edge,
    scope: &Bindings,
) -> Result<Option<Violation>, RenderError> {
    let (Some(within), Some(left), Some(reached)) = (&edge.within, from.entered, to.entered) else {
        return Ok(None);
    };
    let (from, to) = (from.state.to_owned(), to.state.to_owned());
    let Ok(took) = Duration::try_from(reached.duration_since(left)) else {
        return Ok(Some(Violation::Backwards { from, to }));
    };
    let text = within.render(scope)?;
    let budget = units::duration(&text)
        .map_err(|error| RenderError::new(within.text().location.to_string(), error.to_string()))?;
    Ok((took > budget).then_some(Violation::Late { from, to, took, budget }))
}

#[cfg(test)]
mod tests {
    use super::{Trace, TraceError, Violation};
    use crate::context::Bindings;
    use crate::source::{At, Source};
    use crate::suite::{Edge, States};
    use crate::template::{Escape, Template};
    use std::time::Duration;

    fn edge(to: &str, within: Option<&str>) -> Edge {
        let template = |text: &str| {
            let location = Source::new("t", text).at(0..1);
            Template::parse(At { value: text.to_owned(), location }, Escape::Plain).expect("parses")
        };
        Edge { to: to.to_owned(), within: within.map(template) }
    }

    fn states() -> States {
        let row = |from: &str, edges: Vec<Edge>| (from.to_owned(), edges);
        let edges = [
            row("provisioning", vec![edge("online", Some("{{ budget }}"))]),
            row("online", vec![edge("paused", None), edge("removed", None)]),
            row("paused", vec![edge("provisioning", Some("5s"))]),
            row("failed", vec![edge("online", None)]),
            row("removed", vec![]),
        ];
        States { edges: edges.into_iter().collect(), tolerate: vec!["failed".to_owned()] }
    }

    /// Judges states with the second at which each was entered.
    fn judge(visits: &[(&str, i64)]) -> Option<Violation> {
        let trace = Trace {
            states: visits.iter().map(|(state, _)| (*state).to_owned()).collect(),
            entered: visits
                .iter()
                .map(|(_, second)| jiff::Timestamp::from_second(*second).expect("a time"))
                .collect(),
        };
        trace.judge(&states(), &Bindings::default().with("budget", "10s")).expect("budgets render")
    }

    fn late(from: &str, to: &str, took: u64, budget: u64) -> Violation {
        let (took, budget) = (Duration::from_secs(took), Duration::from_secs(budget));
        Violation::Late { from: from.to_owned(), to: to.to_owned(), took, budget }
    }

    #[test]
    fn allowed_and_tolerated_edges_pass_within_their_budgets() {
        let healthy =
            [("provisioning", 0), ("online", 10), ("paused", 90), ("provisioning", 95), ("online", 96)];
        assert_eq!(judge(&healthy), None);
        assert_eq!(judge(&[("provisioning", 0), ("failed", 4), ("online", 9), ("online", 50)]), None);
    }

    #[test]
    fn the_budgets_of_the_ways_that_were_taken_are_known_once_each_also_over_what_healed() {
        let states = ["provisioning", "failed", "online", "paused", "provisioning", "online"];
        let trace = Trace { states: states.map(str::to_owned).into(), entered: Vec::new() };
        let found = trace.budgets(&self::states(), &Bindings::default().with("budget", "10s"));
        let told: Vec<_> = found.iter().map(|one| (&*one.from, &*one.to, one.within.as_secs())).collect();
        assert_eq!(told, [("provisioning", "online", 10), ("paused", "provisioning", 5)]);
        assert_eq!(
            trace.budgets(&self::states(), &Bindings::default()).len(),
            1,
            "what cannot be rendered is left out"
        );
    }

    #[test]
    fn forbidden_unknown_and_missing_states_are_named() {
        let forbidden = judge(&[("provisioning", 0), ("online", 1), ("paused", 2), ("online", 3)]);
        assert_eq!(forbidden.expect("forbidden").to_string(), "paused → online is not an allowed edge");
        let unknown = judge(&[("provisioning", 0), ("onlin", 1)]);
        assert_eq!(unknown, Some(Violation::Unknown { state: "onlin".to_owned() }));
        assert_eq!(judge(&[]), Some(Violation::Empty));
        let after_the_end = judge(&[("online", 0), ("removed", 1), ("online", 2)]);
        assert_eq!(after_the_end.expect("terminal").to_string(), "removed → online is not an allowed edge");
    }

    #[test]
    fn an_edge_over_its_budget_is_named_with_its_time() {
        assert_eq!(
            judge(&[("provisioning", 0), ("online", 11)]),
            Some(late("provisioning", "online", 11, 10))
        );
        let resumed = [("provisioning", 0), ("online", 1), ("paused", 2), ("provisioning", 8)];
        assert_eq!(judge(&resumed), Some(late("paused", "provisioning", 6, 5)));
        let text = judge(&resumed).expect("late").to_string();
        assert_eq!(text, "paused → provisioning took 6.0s, its budget is 5.0s");
    }

    #[test]
    fn a_budget_covers_the_states_that_heal_in_between() {
        let healed = [("provisioning", 0), ("failed", 4), ("online", 12)];
        assert_eq!(judge(&healed), Some(late("provisioning", "online", 12, 10)));
    }

    #[test]
    fn a_state_that_is_reported_again_was_entered_when_it_was_first_reported() {
        let repeated = [("provisioning", 0), ("provisioning", 8), ("online", 12)];
        assert_eq!(judge(&repeated), Some(late("provisioning", "online", 12, 10)));
    }

    #[test]
    fn times_that_run_backwards_are_a_violation() {
        let backwards = judge(&[("provisioning", 5), ("online", 1)]).expect("backwards");
        assert_eq!(backwards.to_string(), "`online` was entered before `provisioning`, which precedes it");
    }

    #[test]
    fn outputs_that_are_no_trace_are_refused() {
        let outputs = |states: &[&str], times: &[&str]| {
            Trace::read(&Bindings::default().with("states", states).with("entered", times))
        };
        let noon = "2026-11-21T12:00:00Z";
        assert_eq!(outputs(&["online"], &[noon]).expect("a trace").states, ["online"]);
        assert_eq!(outputs(&["online"], &["noon"]), Err(TraceError::NoTimes));
        assert_eq!(outputs(&["online"], &[noon, noon]), Err(TraceError::Uneven { states: 1, times: 2 }));
        assert_eq!(Trace::read(&Bindings::default().with("states", "online")), Err(TraceError::NoStates));
    }
}
