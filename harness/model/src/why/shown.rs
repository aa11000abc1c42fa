//! What is told of a step: types without a will of their own.
//!
//! Does not: find anything out; `steps` does.

use crate::action::Method;
use crate::name::{CredentialName, FixtureName, FlowName, ResourceKind, ServiceName, TemplateName};
use crate::suite::Scope;
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
    /// Lets time pass.
    Elapse(Box<ElapseShown>),
    /// Runs a program.
    Exec(Box<ExecShown>),
}

/// A program that is run, and what is made of what it says.
#[derive(Debug, Clone)]
pub struct ExecShown {
    /// The program.
    pub program: String,
    /// Its arguments.
    pub args: Vec<Rendered>,
    /// The variables that it gets.
    pub env: Vec<(String, Rendered)>,
    /// What it can read.
    pub stdin: Option<Payload>,
    /// How long it may take.
    pub within: Duration,
    /// What it will have created.
    pub owns: Vec<OwnsShown>,
    /// Paths of the result that are secret.
    pub secret: Vec<String>,
    /// Conditions that must hold.
    pub expect: Vec<String>,
    /// Names for parts of the result.
    pub capture: Vec<(String, String)>,
    /// How it waits.
    pub poll: Option<PollShown>,
}

/// Time that passes, and what is made of it.
#[derive(Debug, Clone)]
pub struct ElapseShown {
    /// How much.
    pub duration: Duration,
    /// The flow of the environment that lets it pass, with its steps; without one the step waits.
    pub flow: Option<(FlowName, Vec<StepShown>)>,
    /// Conditions that must hold.
    pub expect: Vec<String>,
    /// Names for parts of the result.
    pub capture: Vec<(String, String)>,
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
