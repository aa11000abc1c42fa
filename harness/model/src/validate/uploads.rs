//! `upload` of `run.http`.
//!
//! Does not: look at the rest of the request, but for what an upload stands in the way of.

use crate::action::{LARGEST_UPLOAD, Method, RawUpload, UploadAction};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::raw::Text;
use crate::source::{At, Location, Source};
use crate::template::{Escape, Template};
use crate::units;

/// The upload, if it is right; what is wrong with it goes to the findings.
pub(super) fn read(source: &Source, raw: RawUpload, findings: &mut Diagnostics) -> Option<UploadAction> {
    let bytes = findings.keep(size(&source.spanned(raw.bytes)));
    let name = findings.keep(Template::parse(source.spanned(raw.name), Escape::Plain));
    let media_type = raw.media_type.unwrap_or_else(|| UploadAction::MEDIA_TYPE.to_owned());
    Some(UploadAction { field: raw.field, name: name?, media_type, bytes: bytes? })
}

fn size(at: &At<String>) -> Result<u64, Diagnostic> {
    units::size(&at.value).filter(|bytes| *bytes <= LARGEST_UPLOAD).ok_or_else(|| {
        Diagnostic::error("E0360", format!("`{}` is not a size of an upload", at.value))
            .at(&at.location, "here")
            .help("a whole number with a unit, 64 MiB at most: \"512 B\", \"25 MB\", \"1 MiB\"")
    })
}

/// The request around an upload.
pub(super) struct Sent<'a> {
    pub(super) method: Method,
    pub(super) body: Option<&'a Text>,
    pub(super) place: &'a Location,
}

impl Sent<'_> {
    /// What an upload does not go with.
    pub(super) fn mistakes(&self, source: &Source) -> Vec<Diagnostic> {
        let mut mistakes = Vec::new();
        if let Some(body) = self.body {
            let diagnostic = Diagnostic::error("E0361", "an upload and a body at once");
            let diagnostic = diagnostic.at(&source.at(body.span()), "the upload is the body");
            mistakes.push(diagnostic.help("drop one of them, or send the other in a step of its own"));
        }
        if !self.method.carries() {
            let message = format!("a {} carries no upload", self.method.as_str());
            let diagnostic = Diagnostic::error("E0362", message).at(self.place, "in this request");
            mistakes.push(diagnostic.help("method = \"POST\""));
        }
        mistakes
    }
}
