//! Executes `run.exec`: a program, once or polled, killed with everything that it started when its time is up.
//!
//! Does not: judge what it says.

use super::{Nature, Observation};
use crate::check::{Finding, judge};
use crate::hearing::Hearing;
use crate::net::limits::{LONGEST_HEADER, LONGEST_LOGGED, LONGEST_SUMMARY};
use crate::net::process::{self, Command, Finished, ProcessError, Stream};
use crate::net::reply;
use crate::net::text::printable;
use crate::net::wait::{self, Probe};
use crate::patience::Patience;
use crate::walk::Walk;
use harness_model::action::RenderedExec;
use harness_model::context::Bindings;
use harness_model::event::{Event, ProgramRun};
use harness_model::suite::{Run, Step};
use harness_model::units;
use minijinja::Value;
use serde_json::Value as Json;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A program on its way: what is run, and on whose behalf.
struct Errand<'a> {
    step: &'a Step,
    run: &'a Run,
    command: Command,
    within: Duration,
    cancel: CancellationToken,
    looks: &'a AtomicU32,
    hearing: &'a Hearing,
}

impl Walk<'_> {
    /// Runs a program, once or polled.
    pub(crate) async fn exec(
        &self,
        (step, run): (&Step, &Run),
        action: RenderedExec,
        bindings: &Bindings,
        (looks, hearing): (&AtomicU32, &Hearing),
    ) -> Result<Observation, Finding> {
        let errored = |error: String| Finding::errored(error, bindings);
        let within = action.within.as_deref().map_or(Ok(self.run.suite.request_timeout), units::duration);
        let within = within.map_err(|error| errored(error.to_string()))?;
        hearing.say(&action.stdin);
        let owned = self.intend(step, run, bindings)?;
        // What creates something is awaited, so that what it did is known; its own deadline ends it.
        let cancel = if owned.is_empty() { self.cancel.clone() } else { CancellationToken::new() };
        let errand = Errand { step, run, command: self.command(action), within, cancel, looks, hearing };
        let observation = match &run.poll {
            None => self.start(&errand).await.map_err(|error| stopped(&error, bindings))?,
            Some(poll) => {
                let pace = self.pace(poll, bindings)?;
                let patience = Patience::default();
                let look = async || match self.start(&errand).await {
                    Ok(observation) => judge(poll, observation, bindings, &self.run.net),
                    Err(error @ ProcessError::TookTooLong { .. }) => {
                        Probe::NotNow { status: error.to_string().into(), after: None }
                    }
                    Err(error) => Probe::Failed(stopped(&error, bindings)),
                };
                let probe = async || self.patient(step, &patience, look().await);
                let outcome = wait::until(pace, &self.cancel, probe).await;
                self.polled(outcome, poll, bindings)?
            }
        };
        if observation.result.get("exit").is_some_and(|exit| *exit == Value::from(0)) {
            let mut scope = bindings.clone();
            scope.extend(&observation.result);
            self.confirmed(step, &owned, &scope);
        }
        Ok(observation)
    }

    /// Learns what the paths point at: `json.token`, `stdout`.
    fn learn(&self, finished: &Finished, paths: &[String]) {
        for path in paths {
            let (root, rest) = path.split_once('.').unwrap_or((path, ""));
            let value = match root {
                "stdout" => Some(Json::from(finished.output.text.as_str())),
                "stderr" => Some(Json::from(finished.errors.text.as_str())),
                _ => reply::json(&finished.output.text),
            };
            let mut parts = rest.split('.').filter(|part| !part.is_empty());
            let found = value.and_then(|value| {
                parts.try_fold(value, |mut value, part| value.get_mut(part).map(Json::take))
            });
            if let Some(found) = found {
                self.run.net.learn(&found);
            }
        }
    }

    fn command(&self, action: RenderedExec) -> Command {
        let machine = &self.run.machine;
        let mut environment = machine.environment.clone();
        environment.retain(|(name, _)| !action.env.iter().any(|(own, _)| own == name));
        environment.extend(action.env);
        Command {
            program: machine.locate(&action.program).to_string_lossy().into_owned(),
            arguments: action.args,
            environment,
            input: action.stdin,
            folder: Some(machine.root.clone()).filter(|root| !root.as_os_str().is_empty()),
        }
    }

    /// Runs it to its end, and writes down what it said.
    async fn start(&self, errand: &Errand<'_>) -> Result<Observation, ProcessError> {
        errand.looks.fetch_add(1, Ordering::Relaxed);
        let started = wait::now();
        let ended = process::run(&errand.command, errand.within, &errand.cancel).await;
        let elapsed = started.elapsed();
        let observed = ended.as_ref().ok().map(|finished| {
            let result = result(finished, elapsed);
            self.learn(finished, &errand.run.secret);
            result
        });
        self.write_down(errand, &ended, elapsed);
        errand.hearing.hear(observed.as_ref().ok_or(None));
        let finished = ended?;
        Ok(Observation {
            result: observed.unwrap_or_default(),
            nature: Nature::Pending,
            summary: self.summary(&finished),
            retry_after: None,
            edge: None,
        })
    }

    fn write_down(&self, errand: &Errand<'_>, ended: &Result<Finished, ProcessError>, elapsed: Duration) {
        let scrub = |text: &str| self.run.net.scrub_start(text, LONGEST_LOGGED);
        let command = &errand.command;
        let (exit, stdout, stderr, dropped) = match ended {
            Ok(Finished { code, output, errors }) => {
                (*code, scrub(&output.text), scrub(&errors.text), output.dropped + errors.dropped)
            }
            Err(error) => (None, String::new(), scrub(&told(error)), 0),
        };
        let program = errand.run.action.exec().map_or("", |action| action.program.value.as_str()).to_owned();
        let program = ProgramRun {
            program,
            args: command.arguments.iter().map(|argument| scrub(argument)).collect(),
            env: command.environment.iter().map(|(name, _)| name.clone()).collect(),
            exit,
            stdout,
            stderr,
            dropped,
            elapsed,
        };
        let (scope, step) = (self.scope.clone(), errand.step.name.clone());
        self.run.journal.record(Event::Ran { scope, step, program: Box::new(program) });
    }

    /// How it ended and what it said, in a few words and without secrets; more lines say what is wrong with that.
    fn summary(&self, finished: &Finished) -> String {
        let start = |text: &str, longest| {
            // Scrubbed before anything is taken out of it: half a secret is none.
            let start = self.run.net.scrub_start(text.trim(), longest);
            printable(&start.split_whitespace().collect::<Vec<_>>().join(" "))
        };
        let code =
            finished.code.map_or_else(|| "ended by a signal".to_owned(), |code| format!("exit {code}"));
        let said = start(&finished.output.text, LONGEST_SUMMARY);
        let said = if said.is_empty() { "without a word".to_owned() } else { said };
        let errors = start(&finished.errors.text, LONGEST_HEADER);
        let errors = if errors.is_empty() { errors } else { format!("\n  stderr  {errors}") };
        let flaw = |name: &str, stream: &Stream| {
            let dropped = format!("\n  but     {} bytes of its {name} were not kept", stream.dropped);
            if stream.dropped > 0 { dropped } else { String::new() }
        };
        let flaws = flaw("stdout", &finished.output) + &flaw("stderr", &finished.errors);
        let held = "\n  but     something that it started lives on and still holds its output";
        let held = if finished.output.is_held { held } else { "" };
        format!("{code}, {said}{errors}{flaws}{held}")
    }
}

/// The names that conditions can read. What is no JSON, or not whole, has no `json`.
fn result(finished: &Finished, elapsed: Duration) -> Bindings {
    let Finished { code, output, errors } = finished;
    let mut result = Bindings::default()
        .with("exit", code)
        .with("stdout", &output.text)
        .with("stderr", &errors.text)
        .with("elapsed", elapsed.as_secs_f64());
    if let Some(json) = reply::json(&output.text).filter(|_| output.dropped == 0) {
        result.set("json", &json);
    }
    result
}

/// Why nobody knows what it would have said.
fn told(error: &ProcessError) -> String {
    let source = std::error::Error::source(error).map(|source| format!(": {source}")).unwrap_or_default();
    format!("{error}{source}")
}

fn stopped(error: &ProcessError, bindings: &Bindings) -> Finding {
    match error {
        ProcessError::Stopped { .. } => Finding::cancelled(bindings),
        ProcessError::Missing { .. } | ProcessError::Run { .. } | ProcessError::TookTooLong { .. } => {
            Finding::errored(told(error), bindings)
        }
    }
}
