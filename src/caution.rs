//! Caution: variables that would show a secret, hide what is none, or select everything by mistake.
//!
//! Does not: read them. `settings` has.

use crate::settings::{Settings, variables};
use crate::start::StartError;
use harness_runner::engine::net::redact::{Redactor, Secret};
use harness_runner::model::checkup::{SHORTEST_SECRET, too_short};
use harness_runner::model::gate::{Decision, LiveRequirement};
use harness_runner::model::gates::Gate;
use harness_runner::model::name::{EnvironmentName, LaneName, closest};
use harness_runner::model::plan::{Plan, Planned};
use harness_runner::model::report::BROKEN;
use harness_runner::model::selection::{FACETS, PREFIX};
use harness_runner::model::suite::{EnvironmentSpec, Suite};
use harness_runner::model::template::Template;
use serde_json::Value;
use std::collections::BTreeSet;

/// What would be shown although it is secret, or hidden although it is not.
pub(crate) fn refuse_unsafe(suite: &Suite, settings: &Settings) -> Result<(), StartError> {
    let set = |name: &str| settings.variables.get(name).filter(|value| !value.is_empty());
    for name in &suite.secrets {
        if let Some(said) = set(name.as_str()).and_then(|value| too_short(value)) {
            return Err(StartError::Usage(format!("{name} {said}")));
        }
    }
    refuse_exposed(suite, settings)
}

/// What would be shown although it is secret.
pub(crate) fn refuse_exposed(suite: &Suite, settings: &Settings) -> Result<(), StartError> {
    let set = |name: &str| settings.variables.get(name).filter(|value| !value.is_empty());
    let services = suite.services.values();
    let bases = services.flat_map(|service| std::iter::once(&service.base).chain(&service.hosts));
    let bases = bases.flat_map(Template::reads).filter_map(|path| path.strip_prefix("env."));
    let environments = suite.environments.values();
    let given =
        environments.flat_map(|environment| environment.given.values()).flat_map(|given| given.reads("env"));
    let bases: BTreeSet<&str> = bases.chain(given).collect();
    for name in suite.variables.keys() {
        let part = if bases.contains(name.as_str()) { Part::Base } else { Part::Any };
        if set(name).is_some_and(|value| names_user(value, part)) {
            let message =
                format!("{name} holds a user or password: name the host alone, credentials are secrets");
            return Err(StartError::Usage(message));
        }
    }
    Ok(())
}

/// What a variable is to a suite.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The base of a service comes from it, or a host that one may have.
    Base,
    /// Nothing makes it an address.
    Any,
}

/// Whether an address names a user, and so perhaps a password. What reads addresses is forgiving: it skips line breaks and
/// tabs, takes `\` for `/`, and any number of them; and where a base is read, no scheme is missed before `user:password@`.
fn names_user(value: &str, part: Part) -> bool {
    let value: String = value.trim().chars().filter(|letter| !letter.is_control()).collect();
    let slash = ['/', '\\'];
    let authority = |text: &str| {
        let host = text.trim_start_matches(slash).split(['/', '\\', '?', '#']).next();
        host.is_some_and(|host| host.contains('@'))
    };
    let is_start = |before: &str| before.is_empty() || before.ends_with(':');
    value.match_indices(slash).any(|(at, _)| is_start(&value[..at]) && authority(&value[at..]))
        || part == Part::Base && authority(&value)
}

/// A text without the value of any secret that is set, whatever way it could have come there.
pub(crate) fn scrub(suite: &Suite, settings: &Settings, text: &str) -> String {
    let redactor = Redactor::default();
    for name in &suite.secrets {
        let set = settings.variables.get(name.as_str());
        // What is shorter is no secret (a run refuses it), and hiding it would hide words.
        if let Some(value) = set.filter(|value| value.trim().len() >= SHORTEST_SECRET) {
            redactor.learn(&Secret::new(value.clone()));
        }
    }
    redactor.scrub(text)
}

/// A selection that nobody understands selects everything: it is named in the header of the run, and refused when live
/// is required.
pub(crate) fn unknown(
    suite: &Suite,
    settings: &Settings,
    live: LiveRequirement,
) -> Result<Vec<String>, StartError> {
    let known = known_variables(suite);
    let names =
        settings.variables.iter().filter(|(name, value)| name.starts_with(PREFIX) && !value.is_empty());
    let mut notes = Vec::new();
    for (name, _) in names.filter(|(name, _)| !known.contains(name.as_str())) {
        let hint = closest(name, known.iter().map(String::as_str));
        let hint = hint.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
        let message = format!("{name} is no variable of suite `{}`{hint}", suite.name);
        match live {
            LiveRequirement::Required => return Err(StartError::Usage(message)),
            LiveRequirement::Optional => notes.push(message),
        }
    }
    Ok(notes)
}

/// The variables of other environments that are set as well, when nobody named the one that runs.
pub(crate) fn ignored(suite: &Suite, environment: &EnvironmentName, settings: &Settings) -> Option<String> {
    let is_set = |name: &&String| settings.variables.get(*name).is_some_and(|value| !value.is_empty());
    let when = |spec: &EnvironmentSpec| spec.when.clone().filter(|name| is_set(&name));
    let won = suite.environments.get(environment).and_then(when);
    let won = won.filter(|_| settings.environment.is_none())?;
    let others = suite.environments.iter().filter(|(name, _)| *name != environment);
    let others = others.filter_map(|(name, spec)| Some((name, when(spec).filter(|other| *other != won)?)));
    let (names, losers): (Vec<&EnvironmentName>, Vec<String>) = others.unzip();
    let (first, losers) = (names.first()?, losers.join(", "));
    let chosen = variables::E2E_ENVIRONMENT;
    Some(format!(
        "{won} and {losers} are set: {won} comes first, {losers} is ignored ({chosen}={first} takes it)"
    ))
}

/// A run that a variable breaks on purpose must not be able to end with 0: what a lane binds to be red (`expect-exit`) is
/// refused where no red would count, or nothing would run.
pub(crate) fn refuse_unheard(plan: &Plan) -> Result<(), StartError> {
    let Some((lane, variable)) = broken(plan) else { return Ok(()) };
    if plan.overlay.lane.as_ref() == Some(lane) {
        return Ok(());
    }
    let running: Vec<_> = plan.cases.iter().filter(|planned| planned.decision == Decision::Run).collect();
    let every = plan.every_red_counts();
    let counts =
        |planned: &&&Planned| (every || planned.gate == Gate::Required) && planned.known_red.is_none();
    if running.iter().any(|planned| counts(&planned)) {
        return Ok(());
    }
    let why = if running.is_empty() { "no case would run" } else { "no red of its cases would count" };
    let message = format!(
        "{variable} breaks the run on purpose, and {why}: it could end with 0 all the same. Run lane {lane}, or one \
         whose `gate` is required"
    );
    Err(StartError::Usage(message))
}

/// The variable that breaks a run on purpose, if one does, and the lane that binds the same to be red.
pub(crate) fn broken(plan: &Plan) -> Option<(&LaneName, String)> {
    let lanes = plan.suite.lanes.iter().filter(|(_, lane)| lane.expects.is_some());
    lanes.into_iter().find_map(|(name, lane)| {
        let same = |(bound, value): &(&String, &Value)| plan.overlay.overrides.get(*bound) == Some(*value);
        Some((name, variable(lane.bind.iter().find(same)?.0)))
    })
}

fn variable(bound: &str) -> String {
    format!("{PREFIX}{}", bound.to_uppercase())
}

/// What variables make of a run that people should know of from its first lines: what they replace, and what they break.
pub(crate) fn replaced(plan: &Plan, settings: &Settings) -> Vec<String> {
    let replaced = plan.overlay.overrides.iter().map(|(name, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        scrub(&plan.suite, settings, &format!("replaced {name} = {value} ({})", variable(name)))
    });
    let broken = broken(plan).map(|(_, variable)| format!("{BROKEN}{variable}"));
    replaced.chain(broken).collect()
}

fn known_variables(suite: &Suite) -> BTreeSet<String> {
    let facets = FACETS.into_iter();
    let keys = suite.scenarios.iter().flat_map(|scenario| scenario.matrix.keys());
    let binds = suite.scenarios.iter().flat_map(|scenario| &scenario.arms).flat_map(|arm| arm.bind.keys());
    let selects =
        keys.chain(facets).chain(binds.map(String::as_str)).chain(suite.bind.keys().map(String::as_str));
    let variables = suite.variables.keys().cloned().chain(suite.secrets.iter().map(ToString::to_string));
    let own = variables::ALL.iter().map(|variable| variable.name.to_owned());
    selects.map(|name| format!("{PREFIX}{}", name.to_uppercase())).chain(variables).chain(own).collect()
}

/// What was probably meant, or everything that could have been.
pub(crate) fn meant<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match (closest(name, known.clone()), known.clone().next()) {
        (Some(meant), _) => format!("did you mean `{meant}`?"),
        (None, Some(_)) => format!("known here: {}", known.collect::<Vec<_>>().join(", ")),
        (None, None) => "none is declared".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, names_user};

    #[test]
    fn an_address_names_a_user_however_it_is_written() {
        for written in [
            "http://u:pw@host",
            "http:\\\\u:pw@host:1/x",
            "http:/u:pw@host",
            "http:////u@host",
            "ht\ntp:\t//u:pw@host",
            " //u:pw@host",
            "\\\\u:pw@host",
            "https://host/login?next=http://u:pw@host",
        ] {
            assert!(names_user(written, Part::Any), "{written}");
            assert!(names_user(written, Part::Base), "{written}");
        }
        for written in ["u:pw@host", "http:u:pw@host", "u@host/x"] {
            assert!(names_user(written, Part::Base), "{written}");
            assert!(!names_user(written, Part::Any), "{written}");
        }
        for written in ["https://host/@x", "http://host?to=a@b", "host:80/u@x", "team/image:1@sha256:ab", ""]
        {
            assert!(!names_user(written, Part::Base), "{written}");
        }
    }
}
