//! What a step can do, one kind per file: what serde reads, what is checked, what is rendered.
//!
//! Does not: execute. `harness-engine` has a file of the same name for each kind.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

mod a2a;
mod elapse;
mod exec;
mod http;
mod upload;

pub use a2a::{A2aAction, Dialect, RawA2a, RenderedA2a};
pub use elapse::{ElapseAction, RawElapse, RenderedElapse};
pub use exec::{ExecAction, RawExec, RenderedExec};
pub use http::{HttpAction, Method, RawHttp, RenderedHttp};
pub(crate) use upload::LARGEST as LARGEST_UPLOAD;
pub use upload::{RawUpload, RenderedUpload, UploadAction};

use crate::context::Bindings;
use crate::name::{CredentialName, ServiceName, TemplateName};
use crate::source::At;
use crate::template::{RenderError, Template, Templates};
use schemars::JsonSchema;
use serde::Deserialize;

/// `run.<kind> = { … }`: what a step does, exactly one kind.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RawAction {
    /// One HTTP exchange.
    Http(RawHttp),
    /// One message to an agent.
    A2a(RawA2a),
    /// Time that passes.
    Elapse(RawElapse),
    /// A program that is run.
    Exec(RawExec),
}

/// What a step does, checked.
#[derive(Debug, Clone)]
pub enum Action {
    /// One HTTP exchange.
    Http(HttpAction),
    /// One message to an agent.
    A2a(A2aAction),
    /// Time that passes.
    Elapse(ElapseAction),
    /// A program that is run.
    Exec(ExecAction),
}

/// What a step does, with every template rendered.
#[derive(Debug, Clone)]
pub enum Rendered {
    /// Something is sent to a service.
    Send(Box<RenderedSend>),
    /// Time passes.
    Elapse(RenderedElapse),
    /// A program is run.
    Exec(Box<RenderedExec>),
}

/// What is sent to a service, with every template rendered.
#[derive(Debug, Clone)]
pub enum RenderedSend {
    /// One HTTP exchange.
    Http(RenderedHttp),
    /// One message to an agent.
    A2a(RenderedA2a),
}

/// Where an action goes, and with whose authority.
#[derive(Debug, Clone)]
pub struct Target {
    /// The service.
    pub service: ServiceName,
    /// The credential, if any.
    pub credential: Option<CredentialName>,
    /// The path below the service's base, percent-encoding what it interpolates.
    pub path: Template,
    /// Headers of this request.
    pub headers: Vec<(String, Template)>,
}

/// A target with every template rendered.
#[derive(Debug, Clone)]
pub struct RenderedTarget {
    /// The service.
    pub service: ServiceName,
    /// The credential, if any.
    pub credential: Option<CredentialName>,
    /// The path.
    pub path: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
}

impl RenderedSend {
    /// What it sends, for whoever must know our words from theirs.
    pub fn said(&self) -> &str {
        match self {
            Self::Http(action) => action.body.as_deref().unwrap_or_default(),
            Self::A2a(action) => &action.prompt,
        }
    }

    /// Where it goes.
    pub fn target(&self) -> &RenderedTarget {
        match self {
            Self::Http(action) => &action.target,
            Self::A2a(action) => &action.target,
        }
    }
}

impl Target {
    fn render(&self, scope: &Bindings) -> Result<RenderedTarget, RenderError> {
        let headers = self.headers.iter().map(|(name, value)| Ok((name.clone(), value.render(scope)?)));
        Ok(RenderedTarget {
            service: self.service.clone(),
            credential: self.credential.clone(),
            path: self.path.render(scope)?,
            headers: headers.collect::<Result<_, RenderError>>()?,
        })
    }
}

impl Action {
    /// Its kind, as after `run.`
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Http(_) => "http",
            Self::A2a(_) => "a2a",
            Self::Elapse(_) => "elapse",
            Self::Exec(_) => "exec",
        }
    }

    /// Where it goes, if it goes anywhere.
    pub fn target(&self) -> Option<&Target> {
        match self {
            Self::Http(action) => Some(&action.target),
            Self::A2a(action) => Some(&action.target),
            Self::Elapse(_) | Self::Exec(_) => None,
        }
    }

    /// How much time passes by itself, for one that lets it pass.
    pub fn elapse(&self) -> Option<&Template> {
        match self {
            Self::Elapse(action) => Some(&action.duration),
            Self::Http(_) | Self::A2a(_) | Self::Exec(_) => None,
        }
    }

    /// The program that it runs, for one that runs a program.
    pub fn exec(&self) -> Option<&ExecAction> {
        match self {
            Self::Exec(action) => Some(action),
            Self::Http(_) | Self::A2a(_) | Self::Elapse(_) => None,
        }
    }

    /// How long one execution may take, where the action says so itself.
    pub fn within(&self) -> Option<&Template> {
        self.elapse().or_else(|| self.exec()?.within.as_ref())
    }

    /// The template of its payload.
    pub fn payload(&self) -> Option<&At<TemplateName>> {
        match self {
            Self::Http(action) => action.body.as_ref(),
            Self::A2a(action) => Some(&action.prompt),
            Self::Elapse(_) => None,
            Self::Exec(action) => action.stdin.as_ref(),
        }
    }

    /// Its own templates, its payload and what it is told in confidence not counted.
    pub fn templates(&self) -> Vec<&Template> {
        let own = match self {
            Self::Http(action) => action.upload.as_ref().map(|upload| &upload.name),
            Self::A2a(action) => Some(&action.dialect),
            Self::Elapse(action) => Some(&action.duration),
            Self::Exec(action) => return action.args.iter().chain(&action.within).collect(),
        };
        let target = self.target().into_iter();
        target
            .flat_map(|target| {
                std::iter::once(&target.path).chain(target.headers.iter().map(|(_, value)| value))
            })
            .chain(own)
            .collect()
    }

    /// The templates that may read secrets, beside its payload.
    pub fn confided(&self) -> impl Iterator<Item = &Template> {
        self.exec().into_iter().flat_map(|action| action.env.iter().map(|(_, value)| value))
    }

    /// The names that its result has.
    pub fn result_words(&self) -> &'static [&'static str] {
        match self {
            Self::Http(action) if action.upload.is_none() => http::WORDS_WITHOUT_UPLOAD,
            Self::Http(_) => http::WORDS,
            Self::A2a(_) => a2a::WORDS,
            Self::Elapse(_) => elapse::WORDS,
            Self::Exec(_) => exec::WORDS,
        }
    }

    /// Renders everything it says; only a request body and what a program is told get to see the secrets of `authority`.
    pub fn render(
        &self,
        templates: &Templates,
        scope: &Bindings,
        authority: &Bindings,
    ) -> Result<Rendered, RenderError> {
        Ok(match self {
            Self::Http(action) => {
                Rendered::Send(Box::new(RenderedSend::Http(action.render(templates, scope, authority)?)))
            }
            Self::A2a(action) => {
                Rendered::Send(Box::new(RenderedSend::A2a(action.render(templates, scope)?)))
            }
            Self::Elapse(action) => Rendered::Elapse(action.render(scope)?),
            Self::Exec(action) => Rendered::Exec(Box::new(action.render(templates, scope, authority)?)),
        })
    }
}

/// The kinds of action, and the names that their results have.
pub const KINDS: [(&str, &[&str]); 4] =
    [("http", http::WORDS), ("a2a", a2a::WORDS), ("elapse", elapse::WORDS), ("exec", exec::WORDS)];

/// Every word that a result can have: no binding, capture or axis may take one.
pub const RESULT_WORDS: [&str; 15] = [
    "status", "headers", "body", "text", "outcome", "elapsed", "task", "error", "sha256", "bytes", "upload",
    "exit", "stdout", "stderr", "json",
];
