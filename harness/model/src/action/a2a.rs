//! `run.a2a`: one message to an agent, and its answer.
//!
//! Does not: speak JSON-RPC. The engine does.

use super::{RenderedTarget, Target};
use crate::context::Bindings;
use crate::name::TemplateName;
use crate::raw::{Table, Text, shape};
use crate::source::At;
use crate::template::{RenderError, Template, Templates};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The names that the result has.
pub(super) const WORDS: &[&str] =
    &["status", "headers", "body", "text", "elapsed", "outcome", "task", "error"];

/// `run.a2a = { … }`: one message to an agent, and its answer.
///
/// ```toml
/// [[step]]
/// name    = "round trip"
/// run.a2a = { on = "tenant", as = "tenant_admin", path = "/workspaces/{{ workspace_id }}/a2a", prompt = "a2a/challenge.txt.j2" }
/// expect  = ["challenge.answer in text"]
/// poll    = { until = "outcome == 'answer'", within = "3m" }
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawA2a {
    /// The service that it goes to.
    ///
    /// *Shape*: `on = "tenant"`
    pub on: Text,
    /// The credential, one that is bound to the service.
    ///
    /// *Default*: none, the message carries no authority. *Shape*: `as = "tenant_admin"`
    #[serde(rename = "as")]
    pub credential: Option<Text>,
    /// The path below the service's base, a template.
    ///
    /// *Shape*: `path = "/workspaces/{{ workspace_id }}/a2a"`
    #[schemars(with = "shape::PathTemplate")]
    pub path: Text,
    /// Headers of this message, templates; over those of the service.
    ///
    /// *Default*: none. *Shape*: `headers = { X-Trace = "{{ run.id }}" }`
    #[serde(default)]
    #[schemars(with = "indexmap::IndexMap<String, shape::Template>")]
    pub headers: Table<Text>,
    /// The template of the prompt: a file below `templates/`. It must not hold `challenge.answer`, or an echo would pass.
    ///
    /// *Shape*: `prompt = "a2a/challenge.txt.j2"`
    pub prompt: Text,
    /// The protocol version, a template: `1.0` or `0.3`.
    ///
    /// *Default*: `1.0`. *Shape*: `dialect = "{{ dialect }}"`
    #[schemars(with = "Option<shape::Template>")]
    pub dialect: Option<Text>,
}

/// A version of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Dialect {
    /// `SendMessage`, with `A2A-Version: 1.0`.
    #[serde(rename = "1.0")]
    V1,
    /// `message/send`, with `kind` on every object.
    #[serde(rename = "0.3")]
    V03,
}

/// One message to an agent, checked.
#[derive(Debug, Clone)]
pub struct A2aAction {
    /// Where it goes.
    pub target: Target,
    /// The template of the prompt.
    pub prompt: At<TemplateName>,
    /// The protocol version.
    pub dialect: Template,
}

/// One message to an agent, rendered.
#[derive(Debug, Clone)]
pub struct RenderedA2a {
    /// Where it goes.
    pub target: RenderedTarget,
    /// The prompt.
    pub prompt: String,
    /// The protocol version.
    pub dialect: Dialect,
}

impl A2aAction {
    pub(super) fn render(&self, templates: &Templates, scope: &Bindings) -> Result<RenderedA2a, RenderError> {
        let prompt = templates.render(&self.prompt.value, scope)?;
        if let Some(answer) = scope.resolve("challenge.answer").map(|answer| answer.to_string())
            && prompt.contains(&answer)
        {
            let message = format!("the prompt holds the answer {answer}: an echo would pass");
            return Err(RenderError::new(format!("templates/{}", self.prompt.value), message));
        }
        let dialect = match self.dialect.render(scope)?.as_str() {
            "1.0" => Dialect::V1,
            "0.3" => Dialect::V03,
            other => {
                let place = self.dialect.text().location.to_string();
                return Err(RenderError::new(
                    place,
                    format!("no A2A dialect `{other}`: 1.0 and 0.3 are spoken"),
                ));
            }
        };
        Ok(RenderedA2a { target: self.target.render(scope)?, prompt, dialect })
    }
}
