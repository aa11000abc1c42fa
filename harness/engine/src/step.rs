//! One step: render → execute → check → capture. `send` and `action` execute, also when it polls; `check` has the last two.
//!
//! Does not: decide what a stop means for the case beyond its verdict.

use crate::action::{Execution, Io, Observation, status};
use crate::check::{Finding, capture, check};
use crate::edge;
use crate::endpoint::endpoint;
use crate::hearing::Hearing;
use crate::net::wait;
use crate::ownership::{Lineage, Owned};
use crate::send::Attempt;
use crate::walk::{Stop, Walk};
use harness_model::action::{Rendered, RenderedSend};
use harness_model::choose;
use harness_model::context::Bindings;
use harness_model::estate::Existence;
use harness_model::event::{Event, StepOutcome};
use harness_model::known::{self, Known, Symptoms};
use harness_model::name::ResourceKind;
use harness_model::suite::{Beneath, Run, Step};
use harness_model::template::{RenderError, Template};
use harness_model::verdict::Verdict;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use tokio::sync::Mutex;

/// The statuses with which something is made.
const MADE: [u16; 4] = [200, 201, 202, 204];

/// Whether a step was to create something, and what came says that nothing was made. One that asks for a refusal is to
/// create nothing.
fn is_unmade(run: &Run, seen: &Bindings) -> bool {
    let is_made = matches!(status(seen), Some(200..300));
    let asked = || run.expect.iter().filter(|expected| expected.reads().contains("status"));
    let would_do = |made: &u16| {
        let seen = seen.clone().with("status", made);
        asked().all(|expected| expected.holds(&seen) != Ok(false))
    };
    !run.owns.is_empty() && !is_made && MADE.iter().any(would_do)
}

impl Walk<'_> {
    /// Takes one step; gives its captures.
    pub(crate) async fn act(&self, step: &Step, run: &Run, bindings: &Bindings) -> Result<Bindings, Stop> {
        let started = wait::now();
        let (scope, name) = (self.scope.clone(), step.name.clone());
        self.run.journal.record(Event::StepStarted { scope, step: name });
        let (looks, hearing) = (AtomicU32::new(0), Hearing::default());
        let result = self.verbs(step, run, bindings, (&looks, &hearing)).await;
        let outcome = match &result {
            Ok(_) => StepOutcome::Passed,
            Err(finding) => StepOutcome::Ended { verdict: finding.verdict, cause: finding.cause.clone() },
        };
        self.ended(step, outcome, started.elapsed(), looks.into_inner());
        if result.is_ok() {
            self.reached(step, run);
        }
        result.map_err(|finding| {
            let (said, heard) = hearing.into_parts();
            Stop {
                verdict: finding.verdict,
                step: step.name.clone(),
                place: step.location.to_string(),
                known: self.recognise(run, (&said, &heard.texts), &finding).map(Box::new),
                signs: heard.signs(finding.halt, is_unmade(run, &finding.seen)),
                cause: finding.cause,
                seen: finding.seen,
            }
        })
    }

    /// What the suite knows a red as.
    fn recognise(&self, run: &Run, (said, heard): (&str, &[String]), finding: &Finding) -> Option<Known> {
        let symptoms = Symptoms {
            heard,
            said,
            cause: &finding.cause,
            kind: run.action.kind(),
            arms: &self.arms,
            seen: &finding.seen,
        };
        let is_red = matches!(finding.verdict, Verdict::Failed | Verdict::Errored);
        known::name(&self.run.suite.failures, &symptoms).filter(|_| is_red)
    }

    async fn verbs(
        &self,
        step: &Step,
        run: &Run,
        bindings: &Bindings,
        (looks, hearing): (&AtomicU32, &Hearing),
    ) -> Result<Bindings, Finding> {
        let unrendered = |error: RenderError| Finding::errored(format!("cannot render {error}"), bindings);
        let bindings = &self.challenged(step, bindings);
        let mut authority = bindings.clone();
        authority.extend(&self.run.secrets);
        let sealed = choose::sealed(&self.run.suite, &self.chosen, &authority).map_err(unrendered)?;
        authority.set("sealed", sealed);
        let rendered =
            run.action.render(&self.run.suite.templates, bindings, &authority).map_err(unrendered)?;
        let observation = match rendered {
            Rendered::Send(send) => {
                hearing.say(send.said());
                self.exchange((step, run), *send, (bindings, &authority), (looks, hearing)).await?
            }
            Rendered::Elapse(elapse) => self.elapse(&elapse, bindings).await?,
            Rendered::Exec(exec) => self.exec((step, run), *exec, bindings, (looks, hearing)).await?,
        };
        let mut scope = bindings.clone();
        scope.extend(&observation.result);
        for expected in &run.expect {
            check(expected, &scope, &observation, &self.run.net)?;
        }
        capture(run, &scope, &observation)
    }

    /// Sends something and takes the reply, once or polled.
    async fn exchange(
        &self,
        (step, run): (&Step, &Run),
        rendered: RenderedSend,
        (bindings, authority): (&Bindings, &Bindings),
        (looks, hearing): (&AtomicU32, &Hearing),
    ) -> Result<Observation, Finding> {
        let unrendered = |error: RenderError| Finding::errored(format!("cannot render {error}"), bindings);
        let target = rendered.target();
        let endpoint = endpoint(self.run, &target.service, target.credential.as_ref(), bindings, authority);
        let endpoint = endpoint.map_err(unrendered)?;
        let io = Io { net: self.run.net.clone(), endpoint, secret: run.secret.clone() };
        let wake = run.poll.as_ref().and_then(|poll| poll.wake.as_ref());
        let wake = wake.map(|path| path.render(bindings)).transpose().map_err(unrendered)?;
        let wake = wake.map(|path| io.stream(rendered.target(), path));
        let owned = self.intend(step, run, bindings)?;
        let attempt = Attempt {
            step,
            bindings,
            service: format!("service `{}` ({})", rendered.target().service, io.endpoint.base),
            execution: Mutex::new(Execution::new(rendered)),
            io,
            wake,
            owned,
            looks,
            hearing,
            outside: AtomicBool::new(false),
            lost: AtomicBool::new(false),
        };
        let observed = match &run.poll {
            None => self.once(&attempt).await,
            Some(poll) => self.poll(&attempt, poll).await,
        };
        let observation = match observed {
            Err(mut finding) if attempt.outside.load(Ordering::Relaxed) && !self.cancel.is_cancelled() => {
                finding.cause.push_str(&edge::examined(self.run, &attempt.io.endpoint.base).await);
                return Err(finding);
            }
            observed => observed?,
        };
        let mut scope = bindings.clone();
        scope.extend(&observation.result);
        self.confirm(&attempt, &scope);
        Ok(observation)
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

    /// Writes down what will have been created, before the first byte leaves.
    pub(crate) fn intend(
        &self,
        step: &Step,
        run: &Run,
        bindings: &Bindings,
    ) -> Result<Vec<(ResourceKind, String)>, Finding> {
        let mut owned = Vec::new();
        for (kind, key) in &run.owns {
            let key = key.render(bindings).map_err(|error| Finding::errored(error.to_string(), bindings))?;
            self.claim(step, kind, &key, bindings)?;
            owned.push((kind.clone(), key));
        }
        Ok(owned)
    }

    /// Writes one of them down.
    pub(crate) fn claim(
        &self,
        step: &Step,
        kind: &ResourceKind,
        key: &str,
        bindings: &Bindings,
    ) -> Result<(), Finding> {
        if self.run.journal.scrub(key) != key {
            let cause = format!(
                "the key of this `{kind}` holds a secret, so no log could name it and no sweep could find it: nothing was \
                 created"
            );
            return Err(Finding::errored(cause, bindings));
        }
        let event = Event::OwnershipIntended {
            scope: self.scope.clone(),
            kind: kind.clone(),
            key: key.to_owned(),
            bindings: self.release_inputs(kind, bindings),
        };
        let written = self.run.journal.record_durably(event);
        written.map_err(|error| Finding::errored(format!("{error}; nothing was created"), bindings))?;
        let (kind, key, bindings) = (kind.clone(), key.to_owned(), bindings.clone());
        let step = self.lineage(step);
        self.owned.push(Owned { kind, key, bindings, existence: Existence::Intended, step });
        Ok(())
    }

    fn lineage(&self, step: &Step) -> Lineage {
        let Some(run) = step.run() else { return Lineage::default() };
        let payload = run.action.payload().and_then(|name| self.run.suite.templates.reads(&name.value));
        let own = run.action.templates().into_iter().chain(run.action.confided()).flat_map(Template::reads);
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
        let below = resource.below.iter().flat_map(Beneath::flows);
        let flows = [&resource.find, &resource.release, &resource.gone].into_iter().chain(below);
        let inputs = flows.flat_map(|flow| &self.run.suite.flows[&flow.value].inputs);
        let bound = inputs.filter_map(|input| {
            let value = serde_json::to_value(bindings.get(&input.value)?).ok()?;
            Some((input.value.clone(), value))
        });
        bound.collect()
    }

    /// It says that there it is.
    pub(crate) fn confirmed(&self, step: &Step, owned: &[(ResourceKind, String)], scope: &Bindings) {
        // What is captured from the reply may be the only way to ask for it once it is off the list.
        let given = given(step, scope);
        for (kind, key) in owned.iter().cloned() {
            self.owned.confirm(&kind, &key, &given);
            let bindings = self.release_inputs(&kind, &given);
            self.run.journal.record(Event::OwnershipConfirmed { kind, key, bindings });
        }
    }

    /// Takes what the reply says of what was to be created: there it is, or nothing was, or nobody knows.
    fn confirm(&self, attempt: &Attempt<'_>, scope: &Bindings) {
        let status = status(scope);
        let is_lost = attempt.lost.load(Ordering::Relaxed);
        for (kind, key) in &attempt.owned {
            let (kind, key) = (kind.clone(), key.clone());
            match status {
                Some(200..300) => self.confirmed(attempt.step, &[(kind, key)], scope),
                // 408 and 429 do not tell whether the request was taken; nor does a refusal tell what became of an earlier
                // send, which may be why it is refused.
                Some(400..=407 | 409..=428 | 430..500) if !is_lost => {
                    self.owned.forget(&kind, &key);
                    self.run.journal.record(Event::OwnershipDeclined { kind, key });
                }
                Some(_) | None => {}
            }
        }
    }
}

/// The captures of a step that its reply gives; what it lacks is told when the step captures.
fn given(step: &Step, scope: &Bindings) -> Bindings {
    let mut given = Bindings::default();
    for (name, expression) in step.run().iter().flat_map(|run| &run.capture) {
        if let Ok(value) = expression.evaluate(scope) {
            given.set_value(name, value);
        }
    }
    given
}
