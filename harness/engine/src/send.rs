//! Sending: a step's look at the world, once or polled, and what may be sent again when no reply came.
//!
//! Replies are data, whatever their status: outside of a poll only what brought no reply is ever sent again, and what was
//! refused for coming too soon, once the other side has been left alone for as long as it asked.
//!
//! Does not: check what came; `step` does.

use crate::action::{Execution, Io, Observation, status};
use crate::check::{Finding, judge};
use crate::hearing::Hearing;
use crate::net::bell::Bell;
use crate::net::http::{HttpError, Request};
use crate::net::wait::{self, Pace, Probe, Slept, WaitError};
use crate::ownership;
use crate::patience::Patience;
use crate::walk::Walk;
use futures_util::future::{Either, select};
use harness_model::context::Bindings;
use harness_model::event::Event;
use harness_model::name::ResourceKind;
use harness_model::retry::Growth;
use harness_model::signs::Halt;
use harness_model::storm::EdgeFailure;
use harness_model::suite::{Poll, Step};
use harness_model::template::Template;
use harness_model::transport::{Sent, Transport};
use harness_model::units;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;

/// The pauses before a repetition: 200 to 400 ms, and 400 to 800 ms from then on.
const PAUSES: Growth = Growth { first: Duration::from_millis(200), doublings: 2 };
/// No send begins later than so many times what one exchange may take.
const PATIENCE: u32 = 2;
/// How long one step lets itself be put off by a limit of requests; most of them count by the minute.
const FORBEARANCE: Duration = Duration::from_secs(2 * 60);

/// The status of a request that came too soon.
const TOO_MANY_REQUESTS: u16 = 429;

/// A rendered step on its way through the world.
pub(crate) struct Attempt<'a> {
    pub(crate) step: &'a Step,
    pub(crate) bindings: &'a Bindings,
    pub(crate) service: String,
    pub(crate) execution: Mutex<Execution>,
    pub(crate) io: Io,
    /// The stream of events that wakes its poll.
    pub(crate) wake: Option<Request>,
    /// What it creates: kind and key.
    pub(crate) owned: Vec<(ResourceKind, String)>,
    pub(crate) looks: &'a AtomicU32,
    /// What was sent and what came back.
    pub(crate) hearing: &'a Hearing,
    /// Whether the last look came to no connection: then the edge of the service has more to tell.
    pub(crate) outside: AtomicBool,
    /// Whether a create was sent whose reply never came: then no later reply tells that nothing was created.
    pub(crate) lost: AtomicBool,
}

/// What may be done about a send that brought no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Remedy {
    /// Send it again: that can do nothing twice.
    Resend,
    /// Remove what it may have created, and create it again: its reply is lost, and with it what the step expects,
    /// captures and keeps secret, so that adopting what is found would pass unchecked.
    Recreate,
    /// None.
    Nothing,
}

impl Attempt<'_> {
    async fn remedy(&self, error: &HttpError) -> Remedy {
        if !error.transport().is_some_and(Transport::may_heal) {
            Remedy::Nothing
        } else if error.sent() == Sent::Nothing || self.execution.lock().await.is_idempotent() {
            Remedy::Resend
        } else if self.owned.is_empty() {
            Remedy::Nothing
        } else {
            Remedy::Recreate
        }
    }
}

impl Walk<'_> {
    /// Looks once and writes the exchange down.
    async fn look(&self, attempt: &Attempt<'_>) -> Result<Observation, HttpError> {
        attempt.looks.fetch_add(1, Ordering::Relaxed);
        let (exchange, outcome) = attempt.execution.lock().await.look(&attempt.io).await;
        self.run.journal.record(Event::Exchange {
            scope: self.scope.clone(),
            step: attempt.step.name.clone(),
            exchange: Box::new(exchange),
        });
        attempt
            .hearing
            .hear(outcome.as_ref().map(|observation| &observation.result).map_err(HttpError::transport));
        let failure = match &outcome {
            Ok(observation) => observation.edge,
            Err(error) => error.transport().map(EdgeFailure::Transport),
        };
        let is_outside = matches!(&outcome, Err(error) if failure.is_some() && error.sent() == Sent::Nothing);
        attempt.outside.store(is_outside, Ordering::Relaxed);
        self.run.watch.observe(&self.scope, &attempt.service, failure);
        outcome
    }

    /// Executes without a poll.
    pub(crate) async fn once(&self, attempt: &Attempt<'_>) -> Result<Observation, Finding> {
        let started = wait::now();
        let (mut repeated, mut refused) = (0, 0);
        loop {
            // An interruption may drop a request half-way, but not one that creates: what it did must be known.
            let looked = if attempt.owned.is_empty() {
                tokio::select! {
                    looked = self.look(attempt) => looked,
                    () = self.cancel.cancelled() => return Err(Finding::cancelled(attempt.bindings)),
                }
            } else {
                self.look(attempt).await
            };
            let error = match looked {
                Ok(observation) => {
                    refused += 1;
                    let Some(pause) = self.put_off(attempt, &observation, (refused, started.elapsed()))
                    else {
                        return Ok(observation);
                    };
                    match wait::sleep(pause, &self.cancel).await {
                        Slept::Through => continue,
                        Slept::Cancelled => return Err(Finding::cancelled(attempt.bindings)),
                    }
                }
                Err(error) => error,
            };
            repeated += 1;
            let is_late = started.elapsed() >= self.run.suite.request_timeout * PATIENCE;
            if repeated > self.run.suite.retries || is_late || self.cancel.is_cancelled() {
                return Err(Finding::errored(error.to_string(), attempt.bindings));
            }
            self.prepare(attempt, &error, repeated).await?;
        }
    }

    /// How long to leave the other side alone, if it refused the request for coming too soon and the step is not about
    /// just that. What a limit refused was not done, so nothing is done twice; a create stays owned all the same.
    fn put_off(
        &self,
        attempt: &Attempt<'_>,
        observation: &Observation,
        (refused, elapsed): (u32, Duration),
    ) -> Option<Duration> {
        let is_refused = status(&observation.result) == Some(TOO_MANY_REQUESTS);
        let run = attempt.step.run().filter(|_| is_refused)?;
        let mut scope = attempt.bindings.clone();
        scope.extend(&observation.result);
        if run.expect.iter().all(|expected| matches!(expected.holds(&scope), Ok(true))) {
            return None;
        }
        // Who says no without a word of when has a quota that is spent: asking again would not help.
        let pause = observation.retry_after?.max(PAUSES.pause(refused, wait::dice()));
        let (at_most, longest) = self.run.at_most;
        let pause = at_most.map_or(pause, |at_most| pause.min(at_most));
        let longest = longest.map_or(FORBEARANCE, |longest| longest.min(FORBEARANCE));
        Some(pause).filter(|pause| elapsed + *pause <= longest)
    }

    /// Makes everything ready for another send, or says why there is none.
    async fn prepare(&self, attempt: &Attempt<'_>, error: &HttpError, repeated: u32) -> Result<(), Finding> {
        let end = |cause: String| Finding::errored(cause, attempt.bindings);
        let remedy = attempt.remedy(error).await;
        if remedy == Remedy::Nothing {
            return Err(end(error.to_string()));
        }
        self.run.meter.take(self.run.requests()).map_err(|spent| end(format!("{error}; {spent}")))?;
        let pause = PAUSES.pause(repeated, wait::dice());
        self.run.journal.record(Event::Retried {
            scope: self.scope.clone(),
            step: attempt.step.name.clone(),
            cause: error.to_string(),
            pause,
        });
        self.count_retry();
        if remedy == Remedy::Recreate {
            attempt.lost.store(true, Ordering::Relaxed);
            for (kind, key) in &attempt.owned {
                let reclaimed = ownership::reclaim(self, kind, key).await;
                reclaimed.map_err(|stop| {
                    end(format!(
                        "{error}; what it may have created could not be removed to create it again: in step `{}`: {}",
                        stop.step, stop.cause
                    ))
                })?;
                self.claim(attempt.step, kind, key, attempt.bindings)?;
            }
        }
        match wait::sleep(pause, &self.cancel).await {
            Slept::Through => Ok(()),
            Slept::Cancelled => Err(Finding::cancelled(attempt.bindings)),
        }
    }

    pub(crate) async fn poll(&self, attempt: &Attempt<'_>, poll: &Poll) -> Result<Observation, Finding> {
        let bindings = attempt.bindings;
        let pace = self.pace(poll, bindings)?;
        let patience = Patience::default();
        let look = async || match self.look(attempt).await {
            Ok(observation) => judge(poll, observation, bindings, &self.run.net),
            Err(error) if waits_through(&error, attempt).await => {
                Probe::NotNow { status: error.to_string().into(), after: None }
            }
            Err(error) => Probe::Failed(Finding::errored(error.to_string(), bindings)),
        };
        let probe = async || self.patient(attempt.step, &patience, look().await);
        let bell = Bell::default();
        let outcome = match &attempt.wake {
            None => wait::until(pace, &self.cancel, probe).await,
            Some(stream) => {
                let waiting = pin!(wait::until_woken(pace, Some(&bell), &self.cancel, probe));
                match select(waiting, pin!(self.listen(attempt, stream, &bell))).await {
                    Either::Left((outcome, _)) => outcome,
                    Either::Right(((), waiting)) => waiting.await,
                }
            }
        };
        self.polled(outcome, poll, bindings)
    }

    /// How a poll waits here: an environment may be asked more often, and waited for less long.
    pub(crate) fn pace(&self, poll: &Poll, bindings: &Bindings) -> Result<Pace, Finding> {
        let every = poll.every.as_ref().map_or(Ok(Poll::EVERY), |every| budget(every, bindings))?;
        let (at_most, longest) = self.run.at_most;
        let within = budget(&poll.within, bindings)?.min(longest.unwrap_or(Duration::MAX));
        Ok(Pace { every, within, at_most })
    }

    /// What came of a poll, in words where it came to nothing.
    pub(crate) fn polled(
        &self,
        outcome: Result<(Observation, u32), WaitError<Finding>>,
        poll: &Poll,
        bindings: &Bindings,
    ) -> Result<Observation, Finding> {
        match outcome {
            Ok((observation, _)) => Ok(observation),
            Err(WaitError::Failed(finding)) => Err(finding),
            Err(WaitError::Cancelled) => Err(Finding::cancelled(bindings)),
            Err(WaitError::TimedOut { last, looks }) => {
                let written = budget(&poll.within, bindings)?;
                let within = self.pace(poll, bindings)?.within;
                let capped = if within < written {
                    format!(" (poll-within of this environment; the step says {})", units::display(written))
                } else {
                    String::new()
                };
                let (within, until) = (units::display(within), poll.until.text());
                let cause = format!(
                    "not within {within}{capped}, in {looks} looks\n  until   {until}\n  last    {last}"
                );
                Err(Finding { halt: Halt::RanOut, ..Finding::failed(cause, bindings.clone()) })
            }
        }
    }
}

/// What a poll waits through: whatever may be sent again, and a host whose certificate is not there yet.
async fn waits_through(error: &HttpError, attempt: &Attempt<'_>) -> bool {
    let is_young = error.transport() == Some(Transport::Tls) && error.sent() == Sent::Nothing;
    is_young || attempt.remedy(error).await == Remedy::Resend
}

fn budget(template: &Template, bindings: &Bindings) -> Result<Duration, Finding> {
    let text = template.render(bindings).map_err(|error| Finding::errored(error.to_string(), bindings))?;
    units::duration(&text).map_err(|error| Finding::errored(error.to_string(), bindings))
}
