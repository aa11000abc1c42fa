//! The command lines that run cases of a run again: the same front, environment, lane and overrides.
//!
//! Does not: carry secrets, or variables that say where a target is. Whoever has set them has them still.

use crate::caution::scrub;
use crate::settings::{Origin, Settings, variables};
use harness_runner::model::event::Again;
use harness_runner::model::plan::Plan;
use harness_runner::report::quoted;
use std::path::Path;

/// Says how cases of a run under cargo are run again.
pub(crate) fn by_cargo(again: &mut Again, plan: &Plan, settings: &Settings) {
    let mut set = overrides(plan, settings);
    let mut with = |name: &str, value: &str| set.push(format!("{name}={}", quoted(value)));
    if let Some(environment) = &settings.environment {
        with(variables::E2E_ENVIRONMENT, &environment.value);
    }
    if let Some(lane) = &plan.overlay.lane {
        with(variables::E2E_LANE, lane.as_str());
    }
    let program = settings.arguments().first().map(String::as_str).unwrap_or_default();
    let (command, rest) = match target(program) {
        Some(name) => (format!("cargo test --test {}", quoted(name)), "-- --exact {case}"),
        None => (quoted(program), "--exact {case}"),
    };
    let line =
        |words: &[&str]| words.iter().copied().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let set = set.join(" ");
    again.one = Some(line(&[&set, &command, rest]));
    again.reds = Some(line(&[&set, &format!("{}={{run}}", variables::E2E_RERUN_FAILED), &command]));
}

/// The test target that cargo made a program of: `target/debug/deps/staging-0123456789abcdef`.
fn target(program: &str) -> Option<&str> {
    let path = Path::new(program);
    let (name, hash) = path.file_name()?.to_str()?.rsplit_once('-')?;
    let is_hash = hash.len() == 16 && hash.chars().all(|letter| letter.is_ascii_hexdigit());
    (is_hash && path.parent()?.ends_with("deps")).then_some(name)
}

/// Says how cases of a run of the native front are run again.
pub(crate) fn by_hand(again: &mut Again, plan: &Plan, settings: &Settings, faults: &[String]) {
    let mut words = begin("run", plan, settings);
    let mut with = |name: &str, value: &str| words.push(format!("{name} {}", quoted(value)));
    // What is broken is named, whatever target the shell of somebody else leads to.
    let broken = || (!faults.is_empty()).then(|| plan.environment.as_str());
    let environment = settings.environment.as_ref().map(|environment| environment.value.as_str());
    if let Some(environment) = environment.or_else(broken) {
        with("--environment", environment);
    }
    if let Some(lane) = &plan.overlay.lane {
        with("--lane", lane.as_str());
    }
    for fault in faults {
        with("--fault", fault);
    }
    let words = words.join(" ");
    again.one = Some(format!("{words} --exact {{case}}"));
    again.reds = Some(format!("{words} --rerun-failed {{run}}"));
}

/// Says how rows of a proof through a proxy are run again: all of them, or those with these faults.
#[cfg(feature = "platform")]
pub(crate) fn by_proof(
    again: &mut Again,
    plan: &Plan,
    settings: &Settings,
    (url, faults): (&str, &[String]),
) {
    let mut words = begin("prove", plan, settings);
    if let Some(environment) = &settings.environment {
        words.insert(0, format!("{}={}", variables::E2E_ENVIRONMENT, quoted(&environment.value)));
    }
    words.push(format!("--through {}", quoted(url)));
    if !faults.is_empty() {
        words.extend(
            plan.cases.first().map(|case| format!("--scenario {}", quoted(case.case.scenario.as_str()))),
        );
        words.push(format!("--fault {}", quoted(&faults.join(" + "))));
    }
    again.one = Some(scrub(&plan.suite, settings, &words.join(" ")));
    // A run of its own cannot break the target.
    again.reds = None;
}

/// What a command line of ours begins with: what variables replaced, the program, the command, the suite and the root.
fn begin(command: &str, plan: &Plan, settings: &Settings) -> Vec<String> {
    let program = settings.arguments().first().map_or("shakedown", String::as_str);
    let mut words = overrides(plan, settings);
    let is_of_cargo = settings.variables.contains_key(variables::CARGO_MANIFEST_DIR);
    match Path::new(program).file_name().and_then(|name| name.to_str()).filter(|_| is_of_cargo) {
        Some(name) => words.push(format!("cargo run -q --bin {} --", quoted(name))),
        None => words.push(quoted(program)),
    }
    words.extend([command.to_owned(), quoted(&plan.suite.name)]);
    if let Origin::Argument(name) = &settings.root_origin {
        words.push(format!("{name} {}", quoted(&settings.root.display().to_string())));
    }
    words
}

/// What variables replaced, as a shell sets it.
fn overrides(plan: &Plan, settings: &Settings) -> Vec<String> {
    let set = |name: &str| {
        let value = settings.variables.get(name).filter(|value| !value.is_empty())?;
        Some(format!("{name}={}", quoted(value)))
    };
    let live = settings.require_live.value.then(|| format!("{}=1", variables::REQUIRE_LIVE));
    let replaced =
        plan.overlay.overrides.keys().filter_map(|name| set(&format!("E2E_{}", name.to_uppercase())));
    let words = live.into_iter().chain(set(variables::SHAKEDOWN_ROOT)).chain(replaced);
    // What is replaced may hold what is secret elsewhere.
    words.map(|word| scrub(&plan.suite, settings, &word)).collect()
}
