//! What each step will send and wait for, rendered with what is known before the run.
//!
//! Does not: send. What only the run knows stands there by its name.

use super::bindings;
use super::unknown::{finished, is_unknown, unknown, unknown_of};
use crate::action::{Action, Method};
use crate::context::Bindings;
use crate::expression::Expression;
use crate::name::{
    CredentialName, FixtureName, FlowName, ResourceKind, SecretName, ServiceName, TemplateName,
};
use crate::plan::Plan;
use crate::suite::{Fixture, Given, Poll, Run, Scope, Step, StepBody};
use crate::template::{RenderError, Template};
use crate::units;
use minijinja::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A step of a case, in the order of the run.
#[derive(Debug, Clone)]
pub struct StepShown {
    /// Its name; the flow's for one that uses a flow.
    pub name: String,
    /// Where it was written.
    pub place: String,
    /// Its condition.
    pub when: Option<(String, Holds)>,
    /// What it does.
    pub body: BodyShown,
}

/// Whether a condition holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holds {
    /// It does.
    Yes,
    /// It does not, so the step does not take place.
    No,
    /// That depends on what only the run knows.
    Open(Vec<String>),
    /// It cannot be told, and the run will say the same.
    Broken(String),
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum BodyShown {
    /// Nothing: its condition does not hold.
    Nothing,
    /// Takes the steps of a flow.
    Flow(Vec<StepShown>),
    /// Acts on the world.
    Run(Box<RunShown>),
}

/// A request, and what is made of its reply.
#[derive(Debug, Clone)]
pub struct RunShown {
    /// The method.
    pub method: Method,
    /// The service's base, and the path below it.
    pub url: [Rendered; 2],
    /// The service.
    pub service: ServiceName,
    /// The credential, if any.
    pub credential: Option<CredentialName>,
    /// The headers, the credential's last.
    pub headers: Vec<(String, Rendered)>,
    /// What is sent.
    pub payload: Option<Payload>,
    /// The file that is sent in its place.
    pub upload: Option<UploadShown>,
    /// What it will have created.
    pub owns: Vec<OwnsShown>,
    /// Paths of the reply that are secret.
    pub secret: Vec<String>,
    /// Conditions that must hold.
    pub expect: Vec<String>,
    /// Names for parts of the reply.
    pub capture: Vec<(String, String)>,
    /// How it waits.
    pub poll: Option<PollShown>,
}

/// A file that a request sends in a form.
#[derive(Debug, Clone)]
pub struct UploadShown {
    /// The field of the form.
    pub field: String,
    /// The name of the file.
    pub name: Rendered,
    /// The media type.
    pub media_type: String,
    /// How many bytes it has.
    pub bytes: u64,
}

/// A resource that a request will have created.
#[derive(Debug, Clone)]
pub struct OwnsShown {
    /// Its kind.
    pub kind: ResourceKind,
    /// Its key.
    pub key: Rendered,
    /// The flow that lists the states it went through, to be judged at the end of the case.
    pub trace: Option<FlowName>,
    /// The flow that removes it.
    pub release: FlowName,
    /// The flow that shows it gone.
    pub gone: FlowName,
}

/// What a request sends.
#[derive(Debug, Clone)]
pub struct Payload {
    /// Its template.
    pub template: TemplateName,
    /// The version of the protocol around it, for a message to an agent.
    pub dialect: Option<Rendered>,
    /// Its text.
    pub text: Rendered,
}

/// A template before the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rendered {
    /// Rendered; what only the run knows stands there by its name.
    Text(String),
    /// Not to be rendered with names in the place of values: its source, and why.
    Source {
        /// The line that cannot be rendered, or all of it.
        source: String,
        /// Where, and why.
        why: String,
    },
}

/// How a step waits.
#[derive(Debug, Clone)]
pub struct PollShown {
    /// What is waited for.
    pub until: String,
    /// What ends the wait early.
    pub fail_if: Option<String>,
    /// The interval.
    pub every: Budget,
    /// The deadline.
    pub within: Budget,
    /// The path of the stream whose events make it look at once.
    pub wake: Option<Rendered>,
}

/// A duration, and what the environment made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// As it was written.
    pub written: Duration,
    /// As it counts on this environment.
    pub counts: Duration,
}

/// A fixture that the case needs.
#[derive(Debug, Clone)]
pub struct FixtureShown {
    /// Its name.
    pub name: FixtureName,
    /// How long it lives.
    pub scope: Scope,
    /// The flow that makes it.
    pub flow: FlowName,
    /// Where the environment gives it, so that its flow is not walked: the place, and each output.
    pub given: Option<(String, Vec<(String, Rendered)>)>,
    /// The steps of that flow.
    pub steps: Vec<StepShown>,
    /// How long its polls wait at most.
    pub waits: Duration,
}

/// A walk over steps that sends nothing.
pub(super) struct Walk<'a> {
    pub(super) plan: &'a Plan,
    /// The secrets that it may speak of.
    pub(super) secrets: BTreeSet<SecretName>,
    /// How long the polls so far wait at most.
    pub(super) waits: Duration,
}

impl Walk<'_> {
    /// Makes a fixture; its outputs are known by their names.
    pub(super) fn fixture(&mut self, name: &FixtureName, of: &Fixture, scope: &mut Bindings) -> FixtureShown {
        if let Some(given) = self.plan.suite.given(&self.plan.environment, name.as_str()) {
            return self.given(name, of, given, scope);
        }
        let before = std::mem::take(&mut self.waits);
        let mut within = match of.scope {
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
        FixtureShown { name: name.clone(), scope: of.scope, flow, given: None, steps, waits }
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
        let authority = bindings::with_secrets(&local, &self.secrets);
        let poll = run.poll.as_ref().and_then(|poll| self.poll(poll, &local));
        self.waits += poll.as_ref().map_or(Duration::ZERO, |poll| poll.within.counts);
        let shown = self.request(run, &local, &authority);
        for (name, _) in &run.capture {
            scope.set_value(name, unknown(name));
        }
        BodyShown::Run(Box::new(RunShown { poll, ..shown }))
    }

    fn request(&self, run: &Run, scope: &Bindings, authority: &Bindings) -> RunShown {
        let suite = &self.plan.suite;
        let target = run.action.target();
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
        let (method, payload) = match &run.action {
            Action::Http(action) => {
                let body = action.body.as_ref().map(|name| self.payload(&name.value, None, authority));
                (action.method, body)
            }
            Action::A2a(action) => {
                let dialect = inline(&action.dialect, scope);
                (Method::Post, Some(self.payload(&action.prompt.value, Some(dialect), scope)))
            }
        };
        let upload = match &run.action {
            Action::Http(action) => action.upload.as_ref().map(|upload| UploadShown {
                field: upload.field.clone(),
                name: inline(&upload.name, scope),
                media_type: upload.media_type.clone(),
                bytes: upload.bytes,
            }),
            Action::A2a(_) => None,
        };
        let owns = run.owns.iter().map(|(kind, key)| {
            let resource = &suite.resources[kind];
            OwnsShown {
                kind: kind.clone(),
                key: inline(key, scope),
                trace: resource.trace.as_ref().map(|flow| flow.value.clone()),
                release: resource.release.value.clone(),
                gone: resource.gone.value.clone(),
            }
        });
        RunShown {
            method,
            url: [inline(&service.base, scope), inline(&target.path, scope)],
            service: target.service.clone(),
            credential: target.credential.clone(),
            headers,
            payload,
            upload,
            owns: owns.collect(),
            secret: run.secret.clone(),
            expect: run.expect.iter().map(|expect| expect.text().to_owned()).collect(),
            capture: run.capture.iter().map(|(name, from)| (name.clone(), from.text().to_owned())).collect(),
            poll: None,
        }
    }

    fn payload(&self, name: &TemplateName, dialect: Option<Rendered>, scope: &Bindings) -> Payload {
        let templates = &self.plan.suite.templates;
        let text = match templates.render(name, scope) {
            Ok(text) => Rendered::Text(finished(&pretty(&text))),
            Err(error) => source_of(&templates.text(name), &error),
        };
        Payload { template: name.clone(), dialect, text }
    }

    fn poll(&self, poll: &Poll, scope: &Bindings) -> Option<PollShown> {
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

fn inline(template: &Template, scope: &Bindings) -> Rendered {
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
