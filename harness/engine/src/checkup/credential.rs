//! A credential: whether it is let in where the suite says how to try it.
//!
//! Does not: show it, or try it on more than one service.

use super::known::{Known, Obstacle};
use crate::action::summary;
use harness_model::checkup::{Finding, State, Topic, answer};
use harness_model::name::CredentialName;

/// Tries one.
pub(super) async fn ask(known: &Known<'_>, name: &CredentialName) -> Finding {
    let finding = |state, said: &str| Finding::new(Topic::Credential, name.as_str(), state, said);
    let credential = &known.run.suite.credentials[name];
    let Some(service) = credential.on.iter().find(|service| !known.lacks(service)) else {
        return finding(
            State::Absent,
            &format!("the {} environment has none of its services", known.run.environment),
        );
    };
    let bearer = known.unknown(std::iter::once(&credential.bearer));
    match bearer.or_else(|| known.obstacle(service)) {
        // The setting has a finding of its own.
        Some(Obstacle { state: State::Misconfigured, said }) => return finding(State::Absent, &said),
        Some(Obstacle { state, said }) => return finding(state, &said),
        None => {}
    }
    let Some(path) = &credential.check else {
        return finding(State::Unasked, "set; no `check` says how to try it");
    };
    let asked = format!("GET {path} on {service}");
    let (state, said) = match known.get(service, Some(name), path).await {
        Ok(reply) if reply.is_success() => (State::Good, format!("works: {asked} is {}", reply.status)),
        Ok(reply) => {
            let what = match reply.status {
                401 | 403 => "is refused",
                _ => "is neither let in nor refused",
            };
            let missing = known.left_out(service);
            let said = format!("{what}: {asked} is {}{missing}", summary(&reply, &known.run.net));
            (answer(reply.status), said)
        }
        Err(trouble) => (trouble.state(), known.run.journal.scrub(&format!("could not be tried: {trouble}"))),
    };
    finding(state, &said)
}
