//! `upload` of `run.http`: a file that is made on the spot and sent as a form, so that no large file lies in a repository.
//!
//! Does not: make the bytes. The engine does, from the seed.

use crate::context::Bindings;
use crate::raw::{Text, shape};
use crate::template::{RenderError, Template};
use schemars::JsonSchema;
use serde::Deserialize;

/// The largest upload: the file is never held in memory, but it is made twice, for its digest and for the wire.
pub(crate) const LARGEST: u64 = 64 * 1024 * 1024;

/// `upload = { … }` of `run.http`: a file in a form, with bytes that are made for the case and the same at every send.
///
/// ```toml
/// [[step]]
/// name     = "uploaded"
/// run.http = { on = "tenant", as = "tenant_admin", method = "POST", path = "/workspaces/{{ workspace_id }}/chat/uploads", upload = { field = "files", name = "photo.png", type = "image/png", bytes = "1 MiB" } }
/// expect   = ["status == 200", "body.files[0].size == upload.bytes"]
/// [step.capture]
/// photo_sha256 = "upload.sha256"
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawUpload {
    /// The field of the form.
    ///
    /// *Shape*: `field = "files"`
    pub field: String,
    /// The name of the file, a template. Files of different names have different bytes.
    ///
    /// *Shape*: `name = "photo.png"`
    #[schemars(with = "shape::Template")]
    pub name: Text,
    /// The media type that the form says.
    ///
    /// *Default*: `"application/octet-stream"`. *Shape*: `type = "image/png"`
    #[serde(rename = "type")]
    pub media_type: Option<String>,
    /// How many bytes the file has, 64 MiB at most. `kB` and `MB` are thousands and millions, `KiB` and `MiB` are not.
    ///
    /// *Shape*: `bytes = "1 MiB"`
    #[schemars(with = "shape::Size")]
    pub bytes: Text,
}

/// A file in a form, checked.
#[derive(Debug, Clone)]
pub struct UploadAction {
    /// The field of the form.
    pub field: String,
    /// The name of the file.
    pub name: Template,
    /// The media type.
    pub media_type: String,
    /// How many bytes it has.
    pub bytes: u64,
}

/// A file in a form, rendered.
#[derive(Debug, Clone)]
pub struct RenderedUpload {
    /// The field of the form.
    pub field: String,
    /// The name of the file.
    pub name: String,
    /// The media type.
    pub media_type: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// What its bytes are made from: the case, the field and the name.
    pub seed: String,
}

impl UploadAction {
    /// The media type of a file that has none.
    pub(crate) const MEDIA_TYPE: &'static str = "application/octet-stream";

    pub(super) fn render(&self, scope: &Bindings) -> Result<RenderedUpload, RenderError> {
        let name = self.name.render(scope)?;
        let token = scope.resolve("case.token").or_else(|| scope.resolve("run.token"));
        let token = token.map(|token| token.to_string()).unwrap_or_default();
        Ok(RenderedUpload {
            seed: format!("{token}/{}/{name}", self.field),
            field: self.field.clone(),
            name,
            media_type: self.media_type.clone(),
            bytes: self.bytes,
        })
    }
}
