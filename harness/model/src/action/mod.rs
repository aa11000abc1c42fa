//! What a step can do, one kind per file: what serde reads, what is checked, what is rendered.
//!
//! Does not: execute. `harness-engine` has a file of the same name for each kind.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

mod a2a;
mod elapse;
mod http;
mod upload;

pub use a2a::{A2aAction, Dialect, RawA2a, RenderedA2a};
pub use elapse::{ElapseAction, RawElapse, RenderedElapse};
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
}

/// What a step does, with every template rendered.
#[derive(Debug, Clone)]
pub enum Rendered {
    /// Something is sent to a service.
    Send(Box<RenderedSend>),
    /// Time passes.
    Elapse(RenderedElapse),
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
        }
    }

    /// Where it goes, if it goes anywhere.
    pub fn target(&self) -> Option<&Target> {
        match self {
            Self::Http(action) => Some(&action.target),
            Self::A2a(action) => Some(&action.target),
            Self::Elapse(_) => None,
        }
    }

    /// How much time passes by itself, for one that lets it pass.
    pub fn elapse(&self) -> Option<&Template> {
        match self {
            Self::Elapse(action) => Some(&action.duration),
            Self::Http(_) | Self::A2a(_) => None,
        }
    }

    /// The template of its payload.
    pub fn payload(&self) -> Option<&At<TemplateName>> {
        match self {
            Self::Http(action) => action.body.as_ref(),
            Self::A2a(action) => Some(&action.prompt),
            Self::Elapse(_) => None,
        }
    }

    /// Its own templates, its payload not counted.
    pub fn templates(&self) -> Vec<&Template> {
        let own = match self {
            Self::Http(action) => action.upload.as_ref().map(|upload| &upload.name),
            Self::A2a(action) => Some(&action.dialect),
            Self::Elapse(action) => Some(&action.duration),
        };
        let target = self.target().into_iter();
        target
            .flat_map(|target| {
                std::iter::once(&target.path).chain(target.headers.iter().map(|(_, value)| value))
            })
            .chain(own)
            .collect()
    }

    /// The names that its result has.
    pub fn result_words(&self) -> &'static [&'static str] {
        match self {
            Self::Http(action) if action.upload.is_none() => http::WORDS_WITHOUT_UPLOAD,
            Self::Http(_) => http::WORDS,
            Self::A2a(_) => a2a::WORDS,
            Self::Elapse(_) => elapse::WORDS,
        }
    }

    /// Renders everything it says; only a request body gets to see the secrets of `authority`.
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
        })
    }
}

/// The kinds of action, and the names that their results have.
pub const KINDS: [(&str, &[&str]); 3] =
    [("http", http::WORDS), ("a2a", a2a::WORDS), ("elapse", elapse::WORDS)];

/// Every word that a result can have: no binding, capture or axis may take one.
pub const RESULT_WORDS: [&str; 11] =
    ["status", "headers", "body", "text", "outcome", "elapsed", "task", "error", "sha256", "bytes", "upload"];
