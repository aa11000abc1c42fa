//! Executes `run.exec`: a program, once or polled, killed with everything that it started when its time is up.
//!
//! Does not: judge what it says.

use super::{Nature, Observation};
use crate::check::{Finding, judge};
use crate::hearing::Hearing;
use crate::net::limits::{LONGEST_HEADER, LONGEST_LOGGED, LONGEST_SUMMARY};
use crate::net::process::{self, Command, Finished, ProcessError, Stream};
use crate::net::reply::{self, shown_text};
use crate::net::text::printable;
use crate::net::veil::{Answer, Tone};
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

/// What people get to see of the streams of a program, where it is not what they hold.
#[derive(Default)]
struct Shown {
    stdout: Option<Json>,
    stderr: Option<Json>,
}

impl Shown {
    fn texts(&self, finished: &Finished) -> [String; 2] {
        [(&self.stdout, &finished.output), (&self.stderr, &finished.errors)]
            .map(|(shown, stream)| shown.as_ref().map_or_else(|| stream.text.clone(), shown_text))
    }

    fn bindings(&self) -> Option<Bindings> {
        let mut shown = Bindings::default();
        if let Some(stdout) = &self.stdout {
            shown = shown.with("stdout", shown_text(stdout)).with("json", stdout);
        }
        if let Some(stderr) = &self.stderr {
            shown = shown.with("stderr", shown_text(stderr));
        }
        Some(shown).filter(|shown| shown.names().next().is_some())
    }
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

    /// Learns what the paths name, `json.token` or `stdout`; gives what people get to see of both streams.
    fn conceal(&self, finished: &Finished, paths: &[String]) -> Shown {
        let redactor = self.run.net.redactor();
        let tone = if finished.code == Some(0) { Tone::Yes } else { Tone::No };
        let (stdout, stderr) = (finished.output.text.as_str(), finished.errors.text.as_str());
        let whole = |what: &'static str, text: &str| {
            let named = paths.iter().filter(|path| *path == what).map(|path| (path.as_str(), Vec::new()));
            Answer { what, text, value: &text.into(), tone }.veil(redactor, named)
        };
        let parts = paths.iter().filter(|path| !matches!(path.as_str(), "stdout" | "stderr"));
        let parts = parts.map(|path| (path.as_str(), path.split('.').skip(1).collect()));
        let json = reply::json(stdout).filter(|_| finished.output.dropped == 0);
        let json =
            Answer { what: "stdout", text: stdout, value: &json.unwrap_or_else(|| stdout.into()), tone };
        let (json, errors, output) =
            (json.veil(redactor, parts), whole("stderr", stderr), whole("stdout", stdout));
        Shown { stdout: output.or(json), stderr: errors }
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
        let observed = ended.as_ref().ok().map(|finished| result(finished, elapsed));
        let shown = ended.as_ref().ok().map(|finished| self.conceal(finished, &errand.run.secret));
        let shown = shown.unwrap_or_default();
        self.write_down(errand, (&ended, &shown), elapsed);
        errand.hearing.hear(observed.as_ref().ok_or(None));
        let finished = ended?;
        Ok(Observation {
            result: observed.unwrap_or_default(),
            shown: shown.bindings(),
            nature: Nature::Pending,
            summary: self.summary(&finished, &shown),
            retry_after: None,
            edge: None,
        })
    }

    fn write_down(
        &self,
        errand: &Errand<'_>,
        (ended, shown): (&Result<Finished, ProcessError>, &Shown),
        elapsed: Duration,
    ) {
        let scrub = |text: &str| self.run.net.scrub_start(text, LONGEST_LOGGED);
        let command = &errand.command;
        let (exit, stdout, stderr, dropped) = match ended {
            Ok(finished @ Finished { code, output, errors }) => {
                let [stdout, stderr] = shown.texts(finished);
                (*code, scrub(&stdout), scrub(&stderr), output.dropped + errors.dropped)
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
    fn summary(&self, finished: &Finished, shown: &Shown) -> String {
        let [stdout, stderr] = shown.texts(finished);
        let start = |text: &str, longest| {
            // Scrubbed before anything is taken out of it: half a secret is none.
            let start = self.run.net.scrub_start(text.trim(), longest);
            printable(&start.split_whitespace().collect::<Vec<_>>().join(" "))
        };
        let code =
            finished.code.map_or_else(|| "ended by a signal".to_owned(), |code| format!("exit {code}"));
        let said = start(&stdout, LONGEST_SUMMARY);
        let said = if said.is_empty() { "without a word".to_owned() } else { said };
        let errors = start(&stderr, LONGEST_HEADER);
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
