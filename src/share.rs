//! What a run shares with others: shards and estimates with other machines, what came of it with its sinks.
//!
//! Does not: divide, read recordings or send; the runner does.

use crate::job;
use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::engine::net::redact::Secret;
use harness_runner::model::estimate::Estimates;
use harness_runner::model::gate::Decision;
use harness_runner::model::name::SecretName;
use harness_runner::model::plan::Plan;
use harness_runner::model::suite::Suite;
use harness_runner::shards::{self, Shared};
use harness_runner::sink::SinkSettings;
use harness_runner::{Process, history};

/// Keeps the shard that the settings name, if they name one. It is the last that narrows a plan, so that all machines
/// divide the same one.
///
/// *Errors*: a shard without a case, estimates that cannot be read, or a process of nextest, which divides for itself.
pub(crate) fn keep_shard(plan: &mut Plan, settings: &Settings) -> Result<(), StartError> {
    let Some(wanted) = &settings.sharing.shard else { return Ok(()) };
    if settings.process != Process::Whole {
        let message = format!(
            "nextest divides its runs itself ({}): say `cargo nextest run --partition slice:{}/{}`",
            wanted.origin, wanted.value.number, wanted.value.of
        );
        return Err(StartError::Usage(message));
    }
    let shared = shared(plan, settings)?.unwrap_or_default();
    shards::divide(plan, wanted.value, &shared).map_err(|error| StartError::Empty(error.to_string()))
}

/// How long cases took: what a file says, else the recordings that are here.
///
/// *Errors*: the file cannot be read.
pub(crate) fn estimates(plan: &Plan, settings: &Settings) -> Result<Estimates, StartError> {
    let shared = shared(plan, settings)?.map(|shared| shared.estimates);
    let recorded = || history::estimates(&job::recordings(settings), &plan.suite.name, &plan.environment);
    Ok(shared.unwrap_or_else(recorded))
}

/// What a file says, which is the same on every machine; nothing without one.
///
/// *Errors*: the file cannot be read.
pub(crate) fn shared_estimates(plan: &Plan, settings: &Settings) -> Result<Estimates, StartError> {
    Ok(shared(plan, settings)?.map(|shared| shared.estimates).unwrap_or_default())
}

/// The same for a run that starts cases in the order of their length. Where all start at once there is no order, and a
/// process of nextest has one case.
///
/// *Errors*: the file cannot be read.
pub(crate) fn estimates_for_order(plan: &Plan, settings: &Settings) -> Result<Estimates, StartError> {
    let running = plan.cases.iter().filter(|planned| planned.decision == Decision::Run).count();
    let waits = running > plan.suite.concurrency && settings.process == Process::Whole;
    if waits || settings.sharing.estimates.is_some() {
        estimates(plan, settings)
    } else {
        Ok(Estimates::default())
    }
}

fn shared(plan: &Plan, settings: &Settings) -> Result<Option<Shared>, StartError> {
    let read = settings.sharing.estimates.as_ref().map(|path| Shared::read(path, plan));
    read.transpose().map_err(StartError::Estimates)
}

/// What the sinks of a suite get of the settings; real secrets too, because what is told is told to people.
pub(crate) fn sinks(suite: &Suite, settings: &Settings) -> SinkSettings {
    let set = settings.variables.iter().filter(|(_, value)| !value.is_empty());
    let (secrets, variables): (Vec<_>, Vec<_>) =
        set.partition(|(name, _)| suite.secrets.contains(name.as_str()));
    let declared = variables.into_iter().filter(|(name, _)| suite.variables.contains_key(*name));
    SinkSettings {
        root: settings.root.clone(),
        variables: declared.map(|(name, value)| (name.clone(), value.clone())).collect(),
        secrets: secrets
            .into_iter()
            .map(|(name, value)| (SecretName::new(name), Secret::new(value.clone())))
            .collect(),
    }
}
