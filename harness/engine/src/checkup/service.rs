//! A service: what is at its edge, and what its health says.
//!
//! Does not: send a credential.

use super::known::{Known, Obstacle};
use crate::action::summary;
use crate::net::edge::examine_base;
use harness_model::checkup::{Finding, State, Topic, answer};
use harness_model::edge::Edge;
use harness_model::name::ServiceName;

/// Asks one.
pub(super) async fn ask(known: &Known<'_>, name: &ServiceName) -> Finding {
    let finding = |state, said: &str| Finding::new(Topic::Service, name.as_str(), state, said);
    if let Some(Obstacle { state, said }) = known.obstacle(name) {
        return finding(state, &said);
    }
    let base = known.base(name);
    let Some(mut edge) = examine_base(&base).await else {
        return finding(State::Misconfigured, &format!("`{base}` is no URL"));
    };
    for text in edge.texts() {
        *text = known.run.journal.scrub(text);
    }
    let (state, said) = match &known.run.suite.services[name].health {
        Some(path) if edge.is_open() => health(known, name, path).await,
        Some(_) | None => of_edge(&edge),
    };
    finding(state, &format!("{base}: {said}")).with(edge.lines())
}

async fn health(known: &Known<'_>, name: &ServiceName, path: &str) -> (State, String) {
    match known.get(name, None, path).await {
        Ok(reply) if reply.is_success() => {
            (State::Good, format!("GET {path} is {} in {} ms", reply.status, reply.elapsed.as_millis()))
        }
        Ok(reply) => {
            let missing = known.left_out(name);
            (answer(reply.status), format!("GET {path} is {}{missing}", summary(&reply, &known.run.net)))
        }
        Err(trouble) => (trouble.state(), known.run.journal.scrub(&trouble.to_string())),
    }
}

/// Nobody says what to ask, or there is nobody to ask.
fn of_edge(edge: &Edge) -> (State, String) {
    if edge.is_open() {
        (State::Good, "takes connections; no `health` says what to ask".to_owned())
    } else {
        (State::Unreachable, "cannot be reached".to_owned())
    }
}
