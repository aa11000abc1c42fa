//! One step: render → execute → check → capture. Polling wraps the first three; `check` has the last two.
//!
//! Does not: decide what a stop means for the case beyond its verdict.

use crate::action::{Endpoint, Execution, Io, Observation};
use crate::check::{Finding, capture, check, judge};
use crate::net::http::HttpError;
use crate::net::redact::Secret;
use crate::net::wait::{self, Pace, Probe, Slept, WaitError};
use crate::ownership::{Existence, Lineage, Owned};
use crate::walk::{Stop, Walk};
use harness_model::context::Bindings;
use harness_model::event::{Event, StepOutcome};
use harness_model::name::ResourceKind;
use harness_model::suite::{Poll, Run, Step};
use harness_model::template::{RenderError, Template};
use harness_model::transport::{Sent, Transport};
use harness_model::units;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;

/// The interval of a poll that does not say.
const EVERY: Duration = Duration::from_secs(2);
/// How often a send that may be repeated is repeated, and after what pause.
const RETRIES: u32 = 2;
const RETRY_PAUSE: Duration = Duration::from_millis(200);

/// A rendered step on its way through the world.
struct Attempt<'a> {
    step: &'a Step,
    bindings: &'a Bindings,
    execution: Mutex<Execution>,
    io: Io,
    effect: Effect,
    looks: &'a AtomicU32,
}

/// Whether an interruption may drop a request half-way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// It may.
    OwnsNothing,
    /// What it creates must be known to be released, so its reply is awaited.
    Creates,
}

impl Attempt<'_> {
    /// Whether another send can do nothing twice.
    async fn may_repeat(&self, error: &HttpError) -> bool {
        error.transport().is_some_and(Transport::may_heal)
            && (error.sent() == Sent::Nothing || self.execution.lock().await.is_idempotent())
    }
}

impl Walk<'_> {
    /// Takes one step; gives its captures.
    pub(crate) async fn act(&self, step: &Step, run: &Run, bindings: &Bindings) -> Result<Bindings, Stop> {
        let started = wait::now();
        let looks = AtomicU32::new(0);
        let result = self.verbs(step, run, bindings, &looks).await;
        let outcome = match &result {
            Ok(_) => StepOutcome::Passed,
            Err(finding) => StepOutcome::Ended { verdict: finding.verdict, cause: finding.cause.clone() },
        };
        self.ended(step, outcome, started.elapsed(), looks.into_inner());
        result.map_err(|finding| Stop {
            verdict: finding.verdict,
            step: step.name.clone(),
            place: step.location.to_string(),
            cause: finding.cause,
            seen: finding.seen,
        })
    }

    async fn verbs(
        &self,
        step: &Step,
        run: &Run,
        bindings: &Bindings,
        looks: &AtomicU32,
    ) -> Result<Bindings, Finding> {
        let unrendered = |error: RenderError| Finding::errored(format!("cannot render {error}"), bindings);
        let bindings = &self.challenged(step, bindings);
        let mut authority = bindings.clone();
        authority.extend(&self.run.secrets);
        let rendered =
            run.action.render(&self.run.suite.templates, bindings, &authority).map_err(unrendered)?;
        let endpoint = self.endpoint(run, bindings, &authority).map_err(unrendered)?;
        let io = Io { net: self.run.net.clone(), endpoint, secret: run.secret.clone() };
        let owned = self.intend(run, bindings)?;
        let effect = if owned.is_empty() { Effect::OwnsNothing } else { Effect::Creates };
        let execution = Mutex::new(Execution::new(rendered));
        let attempt = Attempt { step, bindings, execution, io, effect, looks };
        let observation = match &run.poll {
            None => self.once(&attempt).await,
            Some(poll) => self.poll(&attempt, poll).await,
        }?;
        let mut scope = bindings.clone();
        scope.extend(&observation.result);
        self.confirm(&owned, &scope);
        for expected in &run.expect {
            check(expected, &scope, &observation, &self.run.net)?;
        }
        capture(run, &scope, &observation)
    }

    /// A question whose answer no echo can give; a new one for each step, the same in a repetition of it.
    fn challenged(&self, step: &Step, bindings: &Bindings) -> Bindings {
        let mut hasher = DefaultHasher::new();
        (&self.run.identity.token, &self.scope, step.name.as_str()).hash(&mut hasher);
        let seed = hasher.finish();
        let (left, right) = (1000 + seed % 9000, 1000 + (seed >> 32) % 9000);
        let challenge = [
            ("left", left.to_string()),
            ("right", right.to_string()),
            ("answer", (left + right).to_string()),
        ];
        bindings.clone().with("challenge", std::collections::BTreeMap::from(challenge))
    }

    fn endpoint(
        &self,
        run: &Run,
        bindings: &Bindings,
        authority: &Bindings,
    ) -> Result<Endpoint, RenderError> {
        let target = run.action.target();
        let service = &self.run.suite.services[&target.service];
        let headers = service.headers.iter().map(|(name, value)| Ok((name.clone(), value.render(bindings)?)));
        let bearer = target.credential.as_ref().map(|name| {
            let credential = &self.run.suite.credentials[name];
            credential.bearer.render(authority).map(Secret::new)
        });
        Ok(Endpoint {
            base: service.base.render(bindings)?,
            hosts: service
                .hosts
                .iter()
                .map(|host| host.render(bindings))
                .collect::<Result<_, RenderError>>()?,
            headers: headers.collect::<Result<_, RenderError>>()?,
            bearer: bearer.transpose()?,
        })
    }

    /// Writes down what will have been created, before the first byte leaves.
    fn intend(&self, run: &Run, bindings: &Bindings) -> Result<Vec<(ResourceKind, String)>, Finding> {
        let mut owned = Vec::new();
        for (kind, key) in &run.owns {
            let key = key.render(bindings).map_err(|error| Finding::errored(error.to_string(), bindings))?;
            let event = Event::OwnershipIntended {
                scope: self.scope.clone(),
                kind: kind.clone(),
                key: key.clone(),
                bindings: self.release_inputs(kind, bindings),
            };
            let written = self.run.journal.record_durably(event);
            written.map_err(|error| Finding::errored(format!("{error}; nothing was created"), bindings))?;
            self.owned.push(Owned {
                kind: kind.clone(),
                key: key.clone(),
                bindings: bindings.clone(),
                existence: Existence::Intended,
                step: self.lineage(run),
            });
            owned.push((kind.clone(), key));
        }
        Ok(owned)
    }

    fn lineage(&self, run: &Run) -> Lineage {
        let payload = run.action.payload().and_then(|name| self.run.suite.templates.reads(&name.value));
        let own = run.action.templates().into_iter().flat_map(Template::reads);
        let roots = own.chain(payload.into_iter().flatten()).filter_map(|path| path.split('.').next());
        Lineage {
            binds: run.capture.iter().map(|(name, _)| name.clone()).collect(),
            reads: roots.map(str::to_owned).collect(),
        }
    }

    /// The bindings that the flows of a resource need, as the log keeps them.
    fn release_inputs(
        &self,
        kind: &ResourceKind,
        bindings: &Bindings,
    ) -> serde_json::Map<String, serde_json::Value> {
        let resource = &self.run.suite.resources[kind];
        let flows = [&resource.find, &resource.release, &resource.gone];
        let inputs = flows.into_iter().flat_map(|flow| &self.run.suite.flows[&flow.value].inputs);
        let bound = inputs.filter_map(|input| {
            let value = serde_json::to_value(bindings.get(&input.value)?).ok()?;
            Some((input.value.clone(), value))
        });
        bound.collect()
    }

    /// Takes what the reply says of what was to be created: there it is, or nothing was, or nobody knows.
    fn confirm(&self, owned: &[(ResourceKind, String)], scope: &Bindings) {
        let status = scope.get("status").and_then(|status| u16::try_from(status.clone()).ok());
        for (kind, key) in owned {
            let (kind, key) = (kind.clone(), key.clone());
            match status {
                Some(200..300) => {
                    self.owned.confirm(&kind, &key);
                    self.run.journal.record(Event::OwnershipConfirmed { kind, key });
                }
                // 408 and 429 do not tell whether the request was taken.
                Some(400..=407 | 409..=428 | 430..500) => {
                    self.owned.forget(&kind, &key);
                    self.run.journal.record(Event::OwnershipDeclined { kind, key });
                }
                Some(_) | None => {}
            }
        }
    }

    /// Looks once and writes the exchange down.
    async fn look(&self, attempt: &Attempt<'_>) -> Result<Observation, HttpError> {
        attempt.looks.fetch_add(1, Ordering::Relaxed);
        let (exchange, outcome) = attempt.execution.lock().await.look(&attempt.io).await;
        self.run.journal.record(Event::Exchange {
            scope: self.scope.clone(),
            step: attempt.step.name.clone(),
            exchange: Box::new(exchange),
        });
        outcome
    }

    /// Executes without a poll: a send is repeated only when that cannot do anything twice.
    async fn once(&self, attempt: &Attempt<'_>) -> Result<Observation, Finding> {
        let mut sends = 0;
        loop {
            let looked = match attempt.effect {
                Effect::Creates => self.look(attempt).await,
                Effect::OwnsNothing => tokio::select! {
                    looked = self.look(attempt) => looked,
                    () = self.cancel.cancelled() => return Err(Finding::cancelled(attempt.bindings)),
                },
            };
            let error = match looked {
                Ok(observation) => return Ok(observation),
                Err(error) => error,
            };
            sends += 1;
            if sends > RETRIES || !attempt.may_repeat(&error).await {
                return Err(Finding::errored(error.to_string(), attempt.bindings));
            }
            self.count_retry();
            if wait::sleep(RETRY_PAUSE, &self.cancel).await == Slept::Cancelled {
                return Err(Finding::cancelled(attempt.bindings));
            }
        }
    }

    async fn poll(&self, attempt: &Attempt<'_>, poll: &Poll) -> Result<Observation, Finding> {
        let bindings = attempt.bindings;
        let every = poll.every.as_ref().map_or(Ok(EVERY), |every| budget(every, bindings))?;
        let (at_most, longest) = self.run.at_most;
        let written = budget(&poll.within, bindings)?;
        let within = written.min(longest.unwrap_or(Duration::MAX));
        let pace = Pace { every, within, at_most };
        let probe = async || match self.look(attempt).await {
            Ok(observation) => judge(poll, observation, bindings, &self.run.net),
            Err(error) if attempt.may_repeat(&error).await => {
                Probe::NotYet { status: error.to_string(), after: None }
            }
            Err(error) => Probe::Failed(Finding::errored(error.to_string(), bindings)),
        };
        match wait::until(pace, &self.cancel, probe).await {
            Ok((observation, _)) => Ok(observation),
            Err(WaitError::Failed(finding)) => Err(finding),
            Err(WaitError::Cancelled) => Err(Finding::cancelled(bindings)),
            Err(WaitError::TimedOut { last, looks }) => {
                let capped = if within < written {
                    format!(" (poll-within of this environment; the step says {})", units::display(written))
                } else {
                    String::new()
                };
                let (within, until) = (units::display(within), poll.until.text());
                let cause = format!(
                    "not within {within}{capped}, in {looks} looks\n  until   {until}\n  last    {last}"
                );
                Err(Finding::failed(cause, bindings.clone()))
            }
        }
    }
}

fn budget(template: &Template, bindings: &Bindings) -> Result<Duration, Finding> {
    let text = template.render(bindings).map_err(|error| Finding::errored(error.to_string(), bindings))?;
    units::duration(&text).map_err(|error| Finding::errored(error.to_string(), bindings))
}
