//! From settings to a job: load, compile, choose the environment, plan.
//!
//! Does not: start anything.

use crate::at_hand::{availability, refuse_without_credential};
use crate::caution::{ignored, meant, refuse_unheard, refuse_unsafe, replaced, unknown};
use crate::foreign;
use crate::own::Informed;
use crate::provenance;
use crate::rerun::Rerun;
use crate::settings::Settings;
use crate::share;
use crate::start::StartError;
use harness_runner::engine::environment::{Environment, Facts, Live};
use harness_runner::engine::machine::Machine;
use harness_runner::engine::net::redact::Secret;
use harness_runner::model::below::{self, Below};
use harness_runner::model::event::Again;
use harness_runner::model::gate::Availability;
use harness_runner::model::gates::EVERY_RED_COUNTS;
use harness_runner::model::keep::Keep;
use harness_runner::model::name::{EnvironmentName, LaneName, closest};
use harness_runner::model::plan::{Circumstances, Plan, Reasons};
use harness_runner::model::selection::Selection;
use harness_runner::model::suite::{SecretSupply, Suite};
use harness_runner::model::validate;
use harness_runner::report::Forecast;
use harness_runner::{Job, history, load, past, programs};
use std::path::PathBuf;
use std::sync::Arc;

/// Loads and compiles a suite.
///
/// *Errors*: files that cannot be read, or everything that is wrong with them.
pub(crate) fn load_suite(name: &str, settings: &Settings) -> Result<Suite, StartError> {
    let text = load::suite(&settings.root, name)?;
    validate::compile(&text).map_err(StartError::Suite)
}

/// Whether anything beside the settings narrows a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Nothing does.
    Whole,
    /// Somebody asked for some cases only, by what is in their ids.
    Part,
}

impl Reach {
    /// What a filter of ids makes of a run.
    pub(crate) fn of(filter: Option<&String>) -> Self {
        if filter.is_some() { Self::Part } else { Self::Whole }
    }
}

/// Plans a run of a suite; also says why it is what it is.
///
/// *Errors*: a suite that is not right, a selection of nothing, a live environment without its credential.
pub(crate) fn plan(name: &str, settings: &Settings, reach: Reach) -> Result<(Plan, Reasons), StartError> {
    plan_of(load_suite(name, settings)?, settings, reach)
}

/// The same for a suite that is compiled already.
///
/// *Errors*: the same, but for those of the suite.
pub(crate) fn plan_of(
    mut suite: Suite,
    settings: &Settings,
    reach: Reach,
) -> Result<(Plan, Reasons), StartError> {
    suite.retries = settings.retries.unwrap_or(suite.retries);
    let suite = Arc::new(suite);
    let (environment, because) = choose(&suite, settings)?;
    let spec = &suite.environments[&environment];
    let mut asked = Selection::asked_by(&suite, &settings.variables);
    asked.extend(settings.selection.iter().cloned());
    let rerun = Rerun::asked_by(&suite, &environment, settings)?;
    let reach = if asked.is_empty() && rerun.is_none() { reach } else { Reach::Part };
    let of_rerun = rerun.as_ref().and_then(|rerun| rerun.lane(&suite, settings));
    let (lane, lane_because) =
        of_rerun.map_or_else(|| lane(&suite, settings, reach), |lane| Ok(Some(lane)))?.unzip();
    let available = availability(&suite, spec, lane.as_ref(), settings);
    if spec.secrets == SecretSupply::Settings {
        refuse_without_credential(&suite, &environment, settings)?;
        refuse_unsafe(&suite, settings)?;
    }
    let mut notes = unknown(&suite, settings, available.live)?;
    notes.extend(ignored(&suite, &environment, settings));
    let below = below(&suite, &environment, &available, settings)?;
    notes.extend(below.notes.iter().cloned());
    let selection = Selection::new(&suite, &asked)?;
    let circumstances = Circumstances { environment, lane, variables: settings.variables.clone(), available };
    let mut plan = Plan::new(suite, &selection, &circumstances).map_err(StartError::Suite)?;
    programs::refuse_missing(&plan, &below, &machine(settings)).map_err(StartError::Program)?;
    if plan.cases.is_empty() {
        let what = if plan.selection.is_empty() { "no scenario" } else { &plan.selection };
        let name = &plan.suite.name;
        return Err(StartError::Empty(format!("{what} selects no case of suite `{name}`")));
    }
    let again = rerun.map_or(Ok(Again::default()), |rerun| rerun.narrow(&mut plan, &mut notes))?;
    refuse_unheard(&plan)?;
    Ok((plan, Reasons { environment: because, lane: lane_because, notes, again }))
}

/// Puts a plan and its environment together.
///
/// *Errors*: a fault on an environment that has none, or one that the platform does not know.
pub(crate) fn assemble(
    plan: Plan,
    mut reasons: Reasons,
    settings: &Settings,
    faults: &[String],
) -> Result<Job, StartError> {
    reasons.notes.extend(said(&plan).into_iter().chain(replaced(&plan, settings)));
    // What narrowed the plan may have left nothing that counts.
    refuse_unheard(&plan)?;
    let environment = environment(&plan, settings, faults)?;
    let (recordings, machine) = (recordings(settings), machine(settings));
    let keep = keep(&plan, settings)?;
    let (process, label, views) = (settings.process.clone(), settings.label.clone(), settings.views.clone());
    let below = below(&plan.suite, &plan.environment, &plan.available, settings)?;
    let estimates = share::estimates_for_order(&plan, settings)?;
    let history = Some(past::file(&recordings));
    let provenance = provenance::of(&plan, &reasons, settings, faults);
    let sinks = share::sinks(&plan.suite, settings);
    Ok(Job {
        plan,
        environment,
        reasons,
        recordings,
        history,
        provenance,
        process,
        keep,
        label,
        views,
        machine,
        below,
        estimates,
        sinks,
    })
}

/// What a plan that nothing narrows any more says in its header.
pub(crate) fn said(plan: &Plan) -> Option<String> {
    plan.every_red_counts().then(|| EVERY_RED_COUNTS.to_owned())
}

/// What to keep; the embedded platform ends with the run, so there is nothing that could be kept.
fn keep(plan: &Plan, settings: &Settings) -> Result<Keep, StartError> {
    if plan.secrets_from() == SecretSupply::Minted && settings.keep.value != Keep::Never {
        let message = format!(
            "nothing of the {} environment outlives the run, so nothing can be kept ({}): \
             run against `shakedown serve` instead",
            plan.environment, settings.keep.origin
        );
        return Err(StartError::Usage(message));
    }
    Ok(settings.keep.value)
}

/// The folder of all recordings, one folder a run.
pub(crate) fn recordings(settings: &Settings) -> PathBuf {
    settings.root.join(".shakedown").join("runs")
}

/// What earlier runs and the suite say of how long a run takes.
pub(crate) fn forecast(job: &Job) -> Forecast {
    let Plan { suite, environment, .. } = &job.plan;
    let estimates = history::estimates(&job.recordings, &suite.name, environment);
    Forecast { estimates, concurrency: suite.concurrency }
}

/// What is asked for below the target.
///
/// *Errors*: a variable that cannot be meant, or what is required and cannot be had.
fn below(
    suite: &Suite,
    environment: &EnvironmentName,
    available: &Availability,
    settings: &Settings,
) -> Result<Below, StartError> {
    let below = below::decide(suite, environment, available, |name| settings.variables.get(name));
    below.map_err(|error| StartError::Usage(error.to_string()))
}

/// The same for a sweep, for which no run is planned.
///
/// *Errors*: the same.
pub(crate) fn below_of(
    suite: &Suite,
    environment: &EnvironmentName,
    settings: &Settings,
) -> Result<Below, StartError> {
    let available = availability(suite, &suite.environments[environment], None, settings);
    below(suite, environment, &available, settings)
}

/// What programs of a suite get of this machine: where they are, and `PATH` and `HOME`.
pub(crate) fn machine(settings: &Settings) -> Machine {
    Machine { root: settings.root.clone(), environment: settings.machine.clone() }
}

/// Keeps only the cases whose id contains a text.
///
/// *Errors*: there is none.
pub(crate) fn narrow(plan: &mut Plan, filter: &str) -> Result<(), StartError> {
    plan.cases.retain(|planned| planned.case.id.as_str().contains(filter));
    if plan.cases.is_empty() {
        let suite = &plan.suite.name;
        let message =
            format!("no case of suite `{suite}` contains `{filter}`: `shakedown plan {suite}` lists them");
        return Err(StartError::Empty(message));
    }
    plan.narrowed_by(&format!("ids with `{filter}`"));
    Ok(())
}

/// Keeps only the case of this id.
///
/// *Errors*: there is none.
pub(crate) fn only(plan: &mut Plan, id: &str) -> Result<(), StartError> {
    let known: Vec<String> = plan.cases.iter().map(|planned| planned.case.id.to_string()).collect();
    plan.cases.retain(|planned| planned.case.id.as_str() == id);
    if plan.cases.is_empty() {
        let hint = closest(id, known.iter().map(String::as_str));
        let hint = hint.map(|meant| format!(": did you mean `{meant}`?")).unwrap_or_default();
        return Err(StartError::Empty(format!("suite `{}` selects no case `{id}`{hint}", plan.suite.name)));
    }
    plan.narrowed_by(&format!("case `{id}`"));
    Ok(())
}

/// The environment somebody named, else the first whose variable is set, else the first that needs none.
pub(crate) fn choose(suite: &Suite, settings: &Settings) -> Result<(EnvironmentName, String), StartError> {
    if let Some(chosen) = &settings.environment {
        let name = EnvironmentName::new(&chosen.value);
        if suite.environments.contains_key(&name) {
            return Ok((name, chosen.origin.to_string()));
        }
        let hint = meant(&chosen.value, suite.environments.keys().map(EnvironmentName::as_str));
        let message = format!(
            "suite `{}` has no environment `{}` ({}): {hint}",
            suite.name, chosen.value, chosen.origin
        );
        return Err(StartError::Usage(message));
    }
    let is_set = |name: &String| settings.variables.get(name).is_some_and(|value| !value.is_empty());
    let set = suite.environments.iter().find_map(|(name, spec)| {
        let variable = spec.when.as_ref().filter(|variable| is_set(variable))?;
        Some((name.clone(), format!("{variable} is set")))
    });
    let free = || {
        let (name, _) = suite.environments.iter().find(|(_, spec)| spec.when.is_none())?;
        let others = suite.environments.values().filter_map(|spec| spec.when.as_deref());
        let unset: Vec<&str> = others.collect();
        let because = match unset.len() {
            0 => "the only one".to_owned(),
            1 => format!("{} is not set", unset[0]),
            _ => format!("none of {} is set", unset.join(", ")),
        };
        Some((name.clone(), because))
    };
    set.or_else(free).ok_or_else(|| {
        let variables =
            suite.environments.values().filter_map(|spec| spec.when.as_deref()).collect::<Vec<_>>();
        StartError::Usage(format!("no environment to run against: set {}", variables.join(" or ")))
    })
}

/// The lane that somebody named, else the suite's own for a run of everything; and why that one.
fn lane(suite: &Suite, settings: &Settings, reach: Reach) -> Result<Option<(LaneName, String)>, StartError> {
    let Some(chosen) = &settings.lane else {
        let default = suite.default_lane.clone().filter(|_| reach == Reach::Whole);
        return Ok(default.map(|name| (name, "nothing else is selected".to_owned())));
    };
    if let Some((name, _)) = suite.lane(&chosen.value) {
        let alias = if name.as_str() == chosen.value { "" } else { &format!(" to {}", chosen.value) };
        return Ok(Some((name.clone(), format!("{}{alias}", chosen.origin))));
    }
    let hint = meant(&chosen.value, suite.lane_words());
    let message =
        format!("suite `{}` has no lane `{}` ({}; {hint})", suite.name, chosen.value, chosen.origin);
    Err(StartError::Empty(message))
}

/// A lane by its name.
///
/// *Errors*: there is none of this name.
pub(crate) fn known_lane(suite: &Suite, given: &str) -> Result<LaneName, StartError> {
    let name = LaneName::new(given);
    if suite.lanes.contains_key(&name) {
        return Ok(name);
    }
    let hint = meant(given, suite.lanes.keys().map(LaneName::as_str));
    Err(StartError::Usage(format!("suite `{}` has no lane `{given}`: {hint}", suite.name)))
}

/// The environment of a plan, not started.
///
/// *Errors*: a fault on an environment that has none, or one that the platform does not know.
pub(crate) fn environment(
    plan: &Plan,
    settings: &Settings,
    faults: &[String],
) -> Result<Box<dyn Environment>, StartError> {
    let (suite, name) = (&plan.suite, &plan.environment);
    match (outside(suite, name, settings), faults) {
        (Some(environment), []) => Ok(environment),
        (Some(_), _) => Err(unbreakable(name)),
        (None, _) => foreign::embedded(plan, faults),
    }
}

/// An environment that is not the embedded platform: one of the program's own, or one that is up already.
pub(crate) fn outside(
    suite: &Suite,
    name: &EnvironmentName,
    settings: &Settings,
) -> Option<Box<dyn Environment>> {
    match (settings.environments.get(name), suite.environments[name].secrets) {
        (Some(own), SecretSupply::Minted) => Some(Box::new(own)),
        (Some(own), SecretSupply::Settings) => {
            let settings = facts(suite, name, settings);
            Some(Box::new(Informed { own, settings }))
        }
        (None, SecretSupply::Settings) => Some(Box::new(Live::new(facts(suite, name, settings)))),
        (None, SecretSupply::Minted) => None,
    }
}

fn unbreakable(environment: &EnvironmentName) -> StartError {
    StartError::Usage(format!("the {environment} environment cannot be broken with --fault"))
}

/// What settings say of an environment that is somebody else's and already up.
fn facts(suite: &Suite, environment: &EnvironmentName, settings: &Settings) -> Facts {
    let of_suite = |name: &String| suite.variables.contains_key(name);
    let variables = settings.variables.iter().filter(|(name, _)| of_suite(name));
    let secrets = suite.secrets.iter().filter_map(|name| {
        let value = settings.variables.get(name.as_str()).filter(|value| !value.is_empty())?;
        Some((name.clone(), Secret::new(value.clone())))
    });
    Facts {
        environment: environment.clone(),
        variables: variables.map(|(name, value)| (name.clone(), value.clone())).collect(),
        secrets: secrets.collect(),
        stand_in: None,
    }
}

/// The same for an environment that no run is planned for, with its credentials.
///
/// *Errors*: a credential is missing, or a setting cannot be meant.
pub(crate) fn target(
    suite: &Suite,
    environment: &EnvironmentName,
    settings: &Settings,
) -> Result<Facts, StartError> {
    refuse_without_credential(suite, environment, settings)?;
    refuse_unsafe(suite, settings)?;
    Ok(facts(suite, environment, settings))
}
