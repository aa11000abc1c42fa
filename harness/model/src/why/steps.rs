//! What each step will send and wait for, rendered with what is known before the run.
//!
//! Does not: send. What only the run knows stands there by its name.

use super::bindings;
use super::shown::{
    BodyShown, Budget, ElapseShown, FixtureShown, Holds, OwnsShown, Payload, PollShown, Rendered, RunShown,
    StepShown, UploadShown,
};
use super::unknown::{finished, is_unknown, unknown, unknown_of};
use crate::action::{Action, ElapseAction, Method, Target};
use crate::choose::{self, Chosen};
use crate::context::Bindings;
use crate::expression::Expression;
use crate::name::{FixtureName, FlowName, SecretName, TemplateName};
use crate::plan::Plan;
use crate::suite::{Fixture, Given, Poll, Run, Scope, Step, StepBody};
use crate::template::{RenderError, Template};
use crate::units;
use minijinja::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A walk over steps that sends nothing.
pub(super) struct Walk<'a> {
    pub(super) plan: &'a Plan,
    /// What was chosen for the case.
    pub(super) chosen: &'a [Chosen],
    /// The secrets that it may speak of.
    pub(super) secrets: BTreeSet<SecretName>,
    /// How long the polls so far wait at most.
    pub(super) waits: Duration,
}

impl Walk<'_> {
    /// Makes a fixture; its outputs are known by their names.
    pub(super) fn fixture(
        &mut self,
        name: &FixtureName,
        (of, lives): (&Fixture, Scope),
        scope: &mut Bindings,
    ) -> FixtureShown {
        if let Some(given) = self.plan.suite.given(&self.plan.environment, name.as_str()) {
            return self.given(name, of, given, scope);
        }
        let before = std::mem::take(&mut self.waits);
        let mut within = match lives {
            Scope::Run => bindings::of_run(self.plan),
            Scope::Case => scope.clone(),
        };
        let (mut steps, mut outputs) = (Vec::new(), BTreeMap::new());
        if let Some(flow) = self.plan.suite.flows.get(&of.flow.value) {
            steps = self.steps(&flow.steps, &mut within);
            for output in &flow.outputs {
                let Some(value) = within.get(&output.value) else { continue };
                let path = format!("{name}.{}", output.value);
                let value = if is_unknown(value) { unknown(&path) } else { value.clone() };
                outputs.insert(output.value.as_str(), value);
            }
        }
        scope.set_value(name.as_str(), Value::from(outputs));
        let waits = std::mem::replace(&mut self.waits, before);
        let flow = of.flow.value.clone();
        FixtureShown { name: name.clone(), scope: lives, flow, given: None, steps, waits }
    }

    /// Takes a fixture that the environment gives.
    fn given(&self, name: &FixtureName, of: &Fixture, given: &Given, scope: &mut Bindings) -> FixtureShown {
        let authority = bindings::with_secrets(&bindings::of_run(self.plan), &self.secrets);
        let rendered = |template: &Template| template.render(&authority).unwrap_or_default();
        let outputs: BTreeMap<&str, String> =
            given.outputs.iter().map(|(output, template)| (output.as_str(), rendered(template))).collect();
        scope.set_value(name.as_str(), Value::from_pairs(outputs));
        let shown =
            given.outputs.iter().map(|(output, template)| (output.clone(), inline(template, &authority)));
        let given = Some((given.location.to_string(), shown.collect()));
        let (flow, steps, waits) = (of.flow.value.clone(), Vec::new(), Duration::ZERO);
        FixtureShown { name: name.clone(), scope: of.scope, flow, given, steps, waits }
    }

    /// Takes steps; the scope grows by what they capture.
    pub(super) fn steps(&mut self, steps: &[Step], scope: &mut Bindings) -> Vec<StepShown> {
        let mut shown = Vec::new();
        for step in steps {
            let when = step.when.as_ref().map(|when| (when.text().to_owned(), holds(when, scope)));
            let body = match (&when, &step.body) {
                (Some((_, Holds::No | Holds::Broken(_))), _) => BodyShown::Nothing,
                (_, StepBody::Use(flow)) => self.flow(&flow.value, scope),
                (_, StepBody::Run(run)) => self.run(run, scope),
            };
            let place = step.location.to_string();
            shown.push(StepShown { name: step.name.to_string(), place, when, body });
        }
        shown
    }

    fn flow(&mut self, name: &FlowName, scope: &mut Bindings) -> BodyShown {
        let Some(flow) = self.plan.suite.flows.get(name) else { return BodyShown::Nothing };
        let mut within = scope.clone();
        let steps = self.steps(&flow.steps, &mut within);
        for output in &flow.outputs {
            if let Some(value) = within.get(&output.value) {
                scope.set_value(&output.value, value.clone());
            }
        }
        BodyShown::Flow(steps)
    }

    fn run(&mut self, run: &Run, scope: &mut Bindings) -> BodyShown {
        let mut local = scope.clone();
        local.set_value("challenge", unknown("challenge"));
        let authority = self.authority(&local);
        let sends = match &run.action {
            Action::Http(action) => {
                let unsealed = self.unsealed(&authority);
                let body = action.body.as_ref().map(|name| self.payload(&name.value, None, &unsealed));
                (&action.target, action.method, body)
            }
            Action::A2a(action) => {
                let dialect = inline(&action.dialect, &local);
                let prompt = self.payload(&action.prompt.value, Some(dialect), &local);
                (&action.target, Method::Post, Some(prompt))
            }
            Action::Elapse(action) => return self.elapse(run, &action.duration, scope),
            Action::Exec(action) => return self.exec(run, action, scope),
        };
        let poll = run.poll.as_ref().and_then(|poll| self.poll(poll, &local));
        self.waits += poll.as_ref().map_or(Duration::ZERO, |poll| poll.within.counts);
        let shown = self.request(run, sends, &local, &authority);
        for (name, _) in &run.capture {
            scope.set_value(name, unknown(name));
        }
        BodyShown::Run(Box::new(RunShown { poll, ..shown }))
    }

    fn elapse(&mut self, run: &Run, duration: &Template, scope: &mut Bindings) -> BodyShown {
        let text = duration.render(scope).unwrap_or_default();
        let duration = units::duration(&text).unwrap_or_default();
        let environment = self.plan.suite.environments.get(&self.plan.environment);
        let flow = environment.and_then(|spec| spec.elapse.as_ref()).map(|flow| &flow.value);
        let steps = flow.and_then(|name| {
            let mut within = scope.clone();
            within.set(ElapseAction::INPUT, &text);
            let flow = self.plan.suite.flows.get(name)?;
            Some((name.clone(), self.steps(&flow.steps, &mut within)))
        });
        if steps.is_none() {
            self.waits += duration;
        }
        for (name, _) in &run.capture {
            scope.set_value(name, unknown(name));
        }
        BodyShown::Elapse(Box::new(ElapseShown {
            duration,
            flow: steps,
            expect: run.expect.iter().map(|expect| expect.text().to_owned()).collect(),
            capture: run.capture.iter().map(|(name, from)| (name.clone(), from.text().to_owned())).collect(),
        }))
    }

    /// The same, and what is sealed: for request bodies. What cannot be rendered stays unbound, and the body says so.
    fn unsealed(&self, authority: &Bindings) -> Bindings {
        let mut authority = authority.clone();
        if let Ok(sealed) = choose::sealed(&self.plan.suite, self.chosen, &authority) {
            authority.set("sealed", sealed);
        }
        authority
    }

    fn request(
        &self,
        run: &Run,
        (target, method, payload): (&Target, Method, Option<Payload>),
        scope: &Bindings,
        authority: &Bindings,
    ) -> RunShown {
        let suite = &self.plan.suite;
        let service = &suite.services[&target.service];
        let rendered = |(name, value): &(String, Template)| (name.clone(), inline(value, scope));
        let of_service = service.headers.iter().map(rendered);
        // A header of the service that says nothing is not sent.
        let of_service = of_service.filter(|(_, value)| *value != Rendered::Text(String::new()));
        let mut headers: Vec<(String, Rendered)> =
            of_service.chain(target.headers.iter().map(rendered)).collect();
        if let Some(name) = &target.credential {
            let bearer = match inline(&suite.credentials[name].bearer, authority) {
                Rendered::Text(token) => Rendered::Text(format!("Bearer {token}")),
                source @ Rendered::Source { .. } => source,
            };
            headers.push(("Authorization".to_owned(), bearer));
        }
        let upload = match &run.action {
            Action::Http(action) => action.upload.as_ref().map(|upload| UploadShown {
                field: upload.field.clone(),
                name: inline(&upload.name, scope),
                media_type: upload.media_type.clone(),
                bytes: upload.bytes,
            }),
            Action::A2a(_) | Action::Elapse(_) | Action::Exec(_) => None,
        };
        RunShown {
            method,
            url: [inline(&service.base, scope), inline(&target.path, scope)],
            service: target.service.clone(),
            credential: target.credential.clone(),
            headers,
            payload,
            upload,
            owns: owned(self.plan, run, scope),
            secret: run.secret.clone(),
            expect: run.expect.iter().map(|expect| expect.text().to_owned()).collect(),
            capture: run.capture.iter().map(|(name, from)| (name.clone(), from.text().to_owned())).collect(),
            poll: None,
        }
    }

    /// What may read secrets knows these names.
    pub(super) fn authority(&self, scope: &Bindings) -> Bindings {
        bindings::with_secrets(scope, &self.secrets)
    }

    pub(super) fn payload(
        &self,
        name: &TemplateName,
        dialect: Option<Rendered>,
        scope: &Bindings,
    ) -> Payload {
        let templates = &self.plan.suite.templates;
        let text = match templates.render(name, scope) {
            Ok(text) => Rendered::Text(finished(&pretty(&text))),
            Err(error) => source_of(&templates.text(name), &error),
        };
        Payload { template: name.clone(), dialect, text }
    }

    pub(super) fn poll(&self, poll: &Poll, scope: &Bindings) -> Option<PollShown> {
        let environment = self.plan.suite.environments.get(&self.plan.environment);
        let capped = |written: Duration, most: Option<Duration>| Budget {
            written,
            counts: written.min(most.unwrap_or(Duration::MAX)),
        };
        let read = |template: &Template| units::duration(&template.render(scope).ok()?).ok();
        let every = poll.every.as_ref().map_or(Some(Poll::EVERY), read)?;
        Some(PollShown {
            until: poll.until.text().to_owned(),
            fail_if: poll.fail_if.as_ref().map(|fail_if| fail_if.text().to_owned()),
            every: capped(every, environment.and_then(|spec| spec.poll_every)),
            within: capped(read(&poll.within)?, environment.and_then(|spec| spec.poll_within)),
            wake: poll.wake.as_ref().map(|path| inline(path, scope)),
        })
    }
}

/// What a step will have created.
pub(super) fn owned(plan: &Plan, run: &Run, scope: &Bindings) -> Vec<OwnsShown> {
    let owns = run.owns.iter().map(|(kind, key)| {
        let resource = &plan.suite.resources[kind];
        OwnsShown {
            kind: kind.clone(),
            key: inline(key, scope),
            trace: resource.trace.as_ref().map(|flow| flow.value.clone()),
            release: resource.release.value.clone(),
            gone: resource.gone.value.clone(),
        }
    });
    owns.collect()
}

fn holds(when: &Expression, scope: &Bindings) -> Holds {
    let open = unknown_of(when.reads(), scope);
    if !open.is_empty() {
        return Holds::Open(open);
    }
    match when.holds(scope) {
        Ok(true) => Holds::Yes,
        Ok(false) => Holds::No,
        Err(error) => Holds::Broken(error.to_string()),
    }
}

pub(super) fn inline(template: &Template, scope: &Bindings) -> Rendered {
    match template.render(scope) {
        Ok(text) => Rendered::Text(finished(&text)),
        Err(error) => source_of(&template.text().value, &error),
    }
}

fn source_of(source: &str, error: &RenderError) -> Rendered {
    let line = error.line().and_then(|line| source.lines().nth(line.checked_sub(1)?));
    Rendered::Source { source: line.unwrap_or(source).trim().to_owned(), why: finished(&error.to_string()) }
}

/// JSON as people read it; anything else as it is.
fn pretty(text: &str) -> String {
    let parsed = serde_json::from_str::<serde_json::Value>(text);
    parsed.and_then(|value| serde_json::to_string_pretty(&value)).unwrap_or_else(|_not_json| text.to_owned())
}
