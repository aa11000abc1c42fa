//! The embedded platform as an environment, and the suites that it is no place for.
//!
//! Does not: know what the platform does.

use crate::start::StartError;
use harness_runner::engine::environment::Environment;
use harness_runner::model::plan::Plan;

/// The embedded platform for a plan, not started.
///
/// *Errors*: a fault that it does not know, or a suite that tests another system.
#[cfg(feature = "platform")]
pub(crate) fn embedded(plan: &Plan, faults: &[String]) -> Result<Box<dyn Environment>, StartError> {
    refuse_foreign(plan)?;
    let faults = crate::embedded::faults(faults).map_err(|error| StartError::Usage(error.to_string()))?;
    let secrets = plan.suite.secrets.iter().cloned().collect();
    Ok(Box::new(crate::embedded::Embedded::new(plan.environment.clone(), secrets, faults)))
}

/// The embedded platform is no place for a suite that tests another system.
#[cfg(feature = "platform")]
fn refuse_foreign(plan: &Plan) -> Result<(), StartError> {
    use crate::embedded::{CONTROL_PLANE, TENANT_DOMAIN};
    use harness_runner::model::gate::Decision;
    let (suite, environment) = (&plan.suite, &plan.environment);
    // Where no case runs it is not started; what is missing then has its own verdict and exit code.
    if !plan.cases.iter().any(|planned| planned.decision == Decision::Run) {
        return Ok(());
    }
    let reads = suite
        .services
        .iter()
        .flat_map(|(service, spec)| spec.base.reads().iter().map(move |path| (service, path)));
    for (service, path) in reads {
        let Some(variable) = path.strip_prefix("env.") else { continue };
        let is_supplied = [CONTROL_PLANE, TENANT_DOMAIN].contains(&variable);
        if is_supplied || suite.variables.get(variable).is_some_and(Option::is_some) {
            continue;
        }
        let message = format!(
            "service `{service}` reads {variable}, which the embedded platform does not give: the {environment} \
             environment is brought along by a program of this suite's own (`Harness::environment`), run that; \
             or choose a live environment"
        );
        return Err(StartError::Usage(message));
    }
    Ok(())
}

#[cfg(not(feature = "platform"))]
pub(crate) fn embedded(plan: &Plan, _faults: &[String]) -> Result<Box<dyn Environment>, StartError> {
    let live = plan.suite.environments.values().filter_map(|spec| spec.when.as_deref());
    let live: Vec<String> = live.map(|variable| format!("set {variable}, ")).collect();
    let message = format!(
        "this build has no platform for the {} environment: {}bring an environment along (`Harness::environment`), or build \
         with the feature `platform` of shakedown, without `default-features = false`",
        plan.environment,
        live.concat()
    );
    Err(StartError::Usage(message))
}
