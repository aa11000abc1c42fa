//! `run.http`: one HTTP exchange.
//!
//! Does not: send it.

use super::{RawUpload, RenderedTarget, RenderedUpload, Target, UploadAction};
use crate::context::Bindings;
use crate::name::TemplateName;
use crate::raw::{Table, Text, shape};
use crate::source::At;
use crate::template::{RenderError, Templates};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The names that the result has.
pub(super) const WORDS: &[&str] =
    &["status", "headers", "body", "text", "elapsed", "sha256", "bytes", "upload"];

/// The names that the result of a request without an upload has.
pub(super) const WORDS_WITHOUT_UPLOAD: &[&str] =
    &["status", "headers", "body", "text", "elapsed", "sha256", "bytes"];

/// The HTTP methods of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Read.
    #[default]
    Get,
    /// Create, or a verb.
    Post,
    /// Replace.
    Put,
    /// Change.
    Patch,
    /// Remove.
    Delete,
}

impl Method {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether a server reads what it carries.
    pub fn carries(self) -> bool {
        match self {
            Self::Post | Self::Put | Self::Patch => true,
            Self::Get | Self::Delete => false,
        }
    }

    /// Whether a second send means no more than the first.
    pub fn is_idempotent(self) -> bool {
        match self {
            Self::Get | Self::Put | Self::Delete => true,
            Self::Post | Self::Patch => false,
        }
    }
}

/// `run.http = { … }`: one HTTP exchange.
///
/// ```toml
/// [[step]]
/// name     = "create"
/// run.http = { on = "tenant", as = "tenant_admin", method = "POST", path = "/workspaces", body = "workspace/create.json.j2" }
/// expect   = ["status == 201"]
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawHttp {
    /// The service that it goes to.
    ///
    /// *Shape*: `on = "tenant"`
    pub on: Text,
    /// The credential, one that is bound to the service.
    ///
    /// *Default*: none, the request carries no authority. *Shape*: `as = "tenant_admin"`
    #[serde(rename = "as")]
    pub credential: Option<Text>,
    /// The method, in capitals.
    ///
    /// *Default*: `"GET"`. *Shape*: `method = "POST"`
    #[serde(default)]
    #[schemars(with = "Option<Method>")]
    pub method: Method,
    /// The path below the service's base, a template, with its query if there is one.
    ///
    /// *Shape*: `path = "/workspaces/{{ workspace_id }}/activity?type=a2a_receive"`
    #[schemars(with = "shape::PathTemplate")]
    pub path: Text,
    /// Headers of this request, templates; over those of the service.
    ///
    /// *Default*: none. *Shape*: `headers = { Idempotency-Key = "{{ case.token }}" }`
    #[serde(default)]
    #[schemars(with = "indexmap::IndexMap<String, shape::Template>")]
    pub headers: Table<Text>,
    /// The template of the body: a file below `templates/`. What `*.json.j2` renders must be JSON.
    ///
    /// *Default*: no body. *Shape*: `body = "workspace/create.json.j2"`
    pub body: Option<Text>,
    /// A file in a form, in place of a body; its bytes are made for the case.
    ///
    /// *Default*: none. *Shape*: `upload = { field = "files", name = "photo.png", type = "image/png", bytes = "1 MiB" }`
    pub upload: Option<RawUpload>,
}

/// One HTTP exchange, checked.
#[derive(Debug, Clone)]
pub struct HttpAction {
    /// Where it goes.
    pub target: Target,
    /// The method.
    pub method: Method,
    /// The template of the body.
    pub body: Option<At<TemplateName>>,
    /// A file in a form, in place of a body.
    pub upload: Option<UploadAction>,
}

/// One HTTP exchange, rendered.
#[derive(Debug, Clone)]
pub struct RenderedHttp {
    /// Where it goes.
    pub target: RenderedTarget,
    /// The method.
    pub method: Method,
    /// The body.
    pub body: Option<String>,
    /// A file in a form, in place of a body.
    pub upload: Option<RenderedUpload>,
}

impl HttpAction {
    pub(super) fn render(
        &self,
        templates: &Templates,
        scope: &Bindings,
        authority: &Bindings,
    ) -> Result<RenderedHttp, RenderError> {
        Ok(RenderedHttp {
            target: self.target.render(scope)?,
            method: self.method,
            body: self.body.as_ref().map(|body| templates.render(&body.value, authority)).transpose()?,
            upload: self.upload.as_ref().map(|upload| upload.render(scope)).transpose()?,
        })
    }
}
