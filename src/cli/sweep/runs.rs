//! Sweeping by log: the runs of this root.
//!
//! Does not: look on the target for what no log here knows.

use super::{Arguments, exit, notes, told};
use crate::cli::print;
use crate::job;
use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::engine::environment::Facts;
use harness_runner::model::below::Below;
use harness_runner::model::estate::{Existence, Leftover, Standing};
use harness_runner::model::exit::ExitCode;
use harness_runner::model::name::{EnvironmentName, closest};
use harness_runner::model::suite::{SecretSupply, Suite};
use harness_runner::sweep::{self, Found, Log, Refusal, Swept, Target};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is asked for.
struct Asked<'a> {
    suite: Option<&'a str>,
    run: Option<&'a str>,
}

/// Suites that were compiled already.
#[derive(Default)]
struct Suites(BTreeMap<String, Arc<Suite>>);

/// How a log can be swept.
enum Way {
    /// Its platform ended with its process.
    Bury,
    /// On its target.
    Release(Arc<Suite>, Facts, Below),
}

/// Sweeps every log that is asked for.
pub(super) fn sweep(arguments: &Arguments, settings: &Settings) -> Result<ExitCode, StartError> {
    let asked = asked(arguments, settings)?;
    let which = if asked.run.is_some() { Swept::All } else { Swept::Due };
    let mut suites = Suites::default();
    let (mut code, mut due) = (ExitCode::Success, 0);
    let (mut gone, mut left, mut unasked) = (0, 0, 0);
    for found in found(&asked, settings)? {
        let log = match found {
            Found::Over(log) if asked.suite.is_none_or(|suite| log.estate.suite == suite) => log,
            Found::Over(_) => continue,
            Found::Refused { run, refusal } => {
                code = code.merge(refused(&asked, &run, &refusal));
                continue;
            }
        };
        if log.meant(which).is_empty() {
            print(&idle(&log, which));
            continue;
        }
        print(&headline(&log));
        due += log.meant(which).len();
        let way = match suites.way(&log, settings) {
            Ok(way) => way,
            Err(error) => {
                // The others may still be swept; each that cannot be says why.
                code = code.merge(error.show());
                print(&unreached(&log, which));
                unasked += log.meant(which).len();
                continue;
            }
        };
        if arguments.dry_run {
            print(&preview(&log, which, &way));
            continue;
        }
        let outcome = match &way {
            Way::Bury => sweep::bury(&log)?,
            Way::Release(suite, facts, below) => {
                print(&notes(below));
                let machine = job::machine(settings);
                sweep::sweep(&log, which, Target { suite, facts, machine: &machine, below })?
            }
        };
        print(&told(&outcome));
        (gone, left) = (gone + outcome.gone.len(), left + outcome.left.len());
        code = code.merge(exit(&outcome));
    }
    let unasked = if unasked > 0 { format!(", {unasked} not asked for") } else { String::new() };
    match (arguments.dry_run, due) {
        (false, _) => print(&format!("{gone} shown gone, {left} left{unasked}\n")),
        (true, 0) => print("nothing would be swept\n"),
        (true, _) => {}
    }
    Ok(code)
}

/// What a log leaves open that nobody could ask for.
fn unreached(log: &Log, which: Swept) -> String {
    log.meant(which).iter().fold(String::new(), |text, Leftover { kind, key, .. }| {
        text + &format!("  not asked for: {kind} {key}\n")
    })
}

/// A single word is a suite, or else a run.
fn asked<'a>(arguments: &'a Arguments, settings: &Settings) -> Result<Asked<'a>, StartError> {
    let Some(word) = arguments.suite.as_deref() else { return Ok(Asked { suite: None, run: None }) };
    let is_suite = settings.root.join("scenarios").join(word).join("suite.toml").is_file();
    match (is_suite, arguments.run.as_deref()) {
        (true, run) => Ok(Asked { suite: Some(word), run }),
        (false, None) => Ok(Asked { suite: None, run: Some(word) }),
        (false, Some(_)) => job::load_suite(word, settings).map(|_| Asked { suite: None, run: None }),
    }
}

fn found(asked: &Asked<'_>, settings: &Settings) -> Result<Vec<Found>, StartError> {
    let recordings = job::recordings(settings);
    let unreadable =
        |error: std::io::Error| StartError::Usage(format!("cannot read {}: {error}", recordings.display()));
    if let Some(run) = asked.run
        && !recordings.join(run).is_dir()
    {
        let entries = std::fs::read_dir(&recordings).into_iter().flatten().flatten();
        let known: Vec<String> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        let meant = closest(run, known.iter().map(String::as_str));
        let meant = meant.map(|meant| format!("did you mean `{meant}`? ")).unwrap_or_default();
        let message = format!(
            "there is no run `{run}` in {}: {meant}`shakedown sweep --dry-run` lists those that left something",
            recordings.display()
        );
        return Err(StartError::Usage(message));
    }
    sweep::logs(&recordings, asked.run).map_err(unreadable)
}

/// A log that is left alone: named runs must be swept, others are passed over.
fn refused(asked: &Asked<'_>, run: &str, refusal: &Refusal) -> ExitCode {
    match (asked.run, refusal) {
        (None, Refusal::Lives { .. } | Refusal::Swept { .. } | Refusal::Taken { .. }) => {
            print(&format!("run {run} is passed over: {refusal}\n"));
            ExitCode::Success
        }
        (Some(_), _) | (None, Refusal::Unreadable { .. }) => {
            StartError::Usage(format!("run {run} cannot be swept: {refusal}")).show()
        }
    }
}

impl Suites {
    fn suite(&mut self, name: &str, settings: &Settings) -> Result<Arc<Suite>, StartError> {
        if !self.0.contains_key(name) {
            self.0.insert(name.to_owned(), Arc::new(job::load_suite(name, settings)?));
        }
        Ok(Arc::clone(&self.0[name]))
    }

    fn way(&mut self, log: &Log, settings: &Settings) -> Result<Way, StartError> {
        let suite = self.suite(&log.estate.suite, settings)?;
        let unknown = |name: &str| {
            StartError::Usage(format!("run {}: suite `{}` has no environment `{name}`", log.run, suite.name))
        };
        let name = log.estate.environment.clone().unwrap_or_else(|| EnvironmentName::new(""));
        let spec = suite.environments.get(&name).ok_or_else(|| unknown(name.as_str()))?;
        if spec.secrets == SecretSupply::Minted {
            return Ok(Way::Bury);
        }
        let facts = job::target(&suite, &name, settings)?;
        same_target(log, &suite, &facts)?;
        let below = job::below_of(&suite, &name, settings)?;
        Ok(Way::Release(suite, facts, below))
    }
}

/// Another target would show everything gone that was never there.
fn same_target(log: &Log, suite: &Suite, facts: &Facts) -> Result<(), StartError> {
    if log.estate.target.is_empty() {
        let message = format!("run {}: its log does not say which target it was on", log.run);
        return Err(StartError::Usage(message));
    }
    for (name, then) in &log.estate.target {
        let now = suite.variable(name, |name| facts.variables.get(name));
        if now.as_ref() != Some(then) {
            let now = now.map_or_else(|| "not set".to_owned(), |now| format!("{name}={now}"));
            let message =
                format!("run {} was on {name}={then}, and now it is {now}: sweep it where it was", log.run);
            return Err(StartError::Usage(message));
        }
    }
    Ok(())
}

fn headline(log: &Log) -> String {
    let environment = log.estate.environment.as_ref().map(ToString::to_string).unwrap_or_default();
    let process = log.estate.writer.as_ref().map(|writer| format!("process {}", writer.pid));
    let process = process.unwrap_or_else(|| "its process".to_owned());
    format!("run {}: {} on {environment}, {process} is gone\n", log.run, log.estate.suite)
}

/// A log of which nothing is meant says so when it keeps something, or when somebody named it.
fn idle(log: &Log, which: Swept) -> String {
    let kept = log.all();
    let until = kept.iter().filter_map(|leftover| match leftover.holding.standing {
        Standing::Kept(until) => Some(until),
        Standing::Held | Standing::Released => None,
    });
    match (until.max(), which) {
        (Some(until), _) => {
            let until = until.strftime("%Y-%m-%d %H:%M UTC");
            format!("run {} keeps {} until {until}: name the run to release it now\n", log.run, kept.len())
        }
        (None, Swept::All) => format!("run {} left nothing\n", log.run),
        (None, Swept::Due) => String::new(),
    }
}

fn preview(log: &Log, which: Swept, way: &Way) -> String {
    let line = |leftover: &Leftover<'_>| {
        let Leftover { kind, key, holding } = leftover;
        let why = match (way, holding.standing, holding.existence) {
            (Way::Bury, ..) => "its platform ended with the process",
            (Way::Release(..), Standing::Kept(_), _) => {
                "kept on purpose, and its time has come or its run is named"
            }
            (Way::Release(..), _, Existence::Confirmed) => "created, and never shown gone",
            (Way::Release(..), _, Existence::Intended) => "asked for, and nobody knows what came of it",
        };
        let what = match way {
            Way::Bury => "mark as gone",
            Way::Release(..) => "release",
        };
        format!("  would {what} {kind} {key}: {why}\n")
    };
    log.meant(which).iter().rev().map(line).collect()
}
