//! What there is for a run, and what it cannot do without.
//!
//! Does not: decide what becomes of a case; the model does.

use crate::job::machine;
use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::model::gate::{Availability, LiveRequirement};
use harness_runner::model::name::{EnvironmentName, LaneName, SecretName};
use harness_runner::model::suite::{EnvironmentSpec, SecretSupply, Suite};
use harness_runner::{identity, programs};
use std::collections::BTreeSet;

/// What there is.
pub(crate) fn availability(
    suite: &Suite,
    spec: &EnvironmentSpec,
    lane: Option<&LaneName>,
    settings: &Settings,
) -> Availability {
    let set = |name: &str| settings.variables.get(name).is_some_and(|value| !value.is_empty());
    let ours = |name: &&SecretName| set(name.as_str());
    let (secrets, lacks_live) = match spec.secrets {
        SecretSupply::Settings => (suite.secrets.iter().filter(ours).cloned().collect(), Vec::new()),
        SecretSupply::Minted => {
            let live = suite.environments.iter().filter(|(_, spec)| spec.when.is_some());
            let lacking = live.map(|(name, _)| lacking(suite, name, &set));
            // Of several ways to be live, the one that is nearest.
            let lacking = lacking.min_by_key(Vec::len).unwrap_or_default();
            (suite.secrets.iter().cloned().collect::<BTreeSet<_>>(), lacking)
        }
    };
    let of_lane = lane.map_or(LiveRequirement::Optional, |name| suite.lanes[name].live);
    let live = if settings.require_live.value { LiveRequirement::Required } else { of_lane };
    // A live environment that somebody overruled by name is still not what runs.
    let lacks_live = match (spec.secrets, lacks_live.is_empty()) {
        (SecretSupply::Minted, true) => vec!["a live environment (another one was chosen)".to_owned()],
        (_, _) => lacks_live,
    };
    let tools = programs::tools(suite, &machine(settings));
    Availability { secrets, tools, lacks_live, live, today: identity::today() }
}

/// What an environment cannot do without and is not set, by name.
fn lacking(suite: &Suite, environment: &EnvironmentName, set: &dyn Fn(&str) -> bool) -> Vec<String> {
    let variables = suite.credential_variables(environment).into_iter();
    let credentials = suite.credential_secrets(environment).into_iter().map(|name| name.to_string());
    variables.chain(credentials).filter(|name| !set(name)).collect()
}

/// Refuses an environment that was chosen without its credential.
pub(crate) fn refuse_without_credential(
    suite: &Suite,
    environment: &EnvironmentName,
    settings: &Settings,
) -> Result<(), StartError> {
    let set = |name: &str| settings.variables.get(name).is_some_and(|value| !value.is_empty());
    let missing = lacking(suite, environment, &set);
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!(
        "the {environment} environment was chosen without its credential: set {}",
        missing.join(", ")
    );
    Err(StartError::Usage(message))
}
