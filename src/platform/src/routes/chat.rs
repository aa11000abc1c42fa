//! `/workspaces/:id/chat/{uploads,download}`: files that people and agents show each other.
//!
//! Does not: look into them; what was given comes back byte for byte.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use axum::extract::{Multipart, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Tenant;
use crate::fault::{Armed, Fault};
use crate::problem::Problem;
use crate::tiers::OwnOrAdmin;

/// What one file may hold.
const LARGEST: usize = 25 * 1024 * 1024;

/// What the files of one upload may hold together.
const LARGEST_UPLOAD: usize = 50 * 1024 * 1024;

/// What is read at most of an upload that is refused: who still sends would not hear the refusal.
const LARGEST_REFUSED: usize = 2 * LARGEST_UPLOAD;

/// The folder of uploaded files.
const FOLDER: &str = "/workspace/uploads";

/// A file on its way in.
struct Upload {
    name: String,
    media_type: String,
    bytes: Vec<u8>,
}

/// Takes the files of a form.
pub(super) async fn upload(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Json<Value>, Problem> {
    tenant.contained(id)?;
    let mut form = form.or(Err(invalid()))?;
    let mut room = Room { taken: 0, is_lifted: None, faults: &tenant.system.faults };
    let mut uploads = Vec::new();
    while let Some(field) = form.next_field().await.or(Err(invalid()))? {
        if field.name() == Some("files") {
            uploads.extend(room.take(field).await.or(Err(invalid()))?);
        }
    }
    if room.is_full() {
        let text = "a file exceeds 25 MB, or all of them 50 MB";
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, text));
    }
    if uploads.is_empty() {
        return Err(Problem::bad_request("no files in the field 'files'"));
    }
    let mut files = Vec::new();
    for upload in &uploads {
        let path = format!("{FOLDER}/{}/{}", Uuid::new_v4(), upload.name);
        let half = upload.bytes.len() / 2;
        let kept = if tenant.system.faults.has(Fault::UploadTruncated) { half } else { upload.bytes.len() };
        tenant.system.database.write_file(id, &path, &upload.media_type, &upload.bytes[..kept])?;
        files.push(json!({
            "uri": format!("workspace:{path}"),
            "name": upload.name,
            "mimeType": upload.media_type,
            "size": upload.bytes.len(),
        }));
    }
    Ok(Json(json!({ "files": files })))
}

fn invalid() -> Problem {
    Problem::bad_request("invalid multipart body")
}

/// How much more is taken.
struct Room<'p> {
    taken: usize,
    /// Whether a fault has lifted the limit; nobody knows before it is reached.
    is_lifted: Option<bool>,
    faults: &'p Armed,
}

impl Room<'_> {
    fn is_full(&self) -> bool {
        self.taken > LARGEST_UPLOAD && self.is_lifted != Some(true)
    }

    fn reach_limit(&mut self) {
        self.is_lifted.get_or_insert_with(|| self.faults.has(Fault::UploadUnlimited));
    }

    /// Reads a file; one that is too large is read on and thrown away, and fills the room.
    async fn take(&mut self, mut field: Field<'_>) -> Result<Option<Upload>, MultipartError> {
        let name = plain(field.file_name().unwrap_or("file"));
        let media_type = field.content_type().unwrap_or("application/octet-stream").to_owned();
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await? {
            self.grow(&mut bytes, &chunk);
            if self.is_full() && self.taken > LARGEST_REFUSED {
                return Ok(None);
            }
        }
        Ok((!self.is_full()).then_some(Upload { name, media_type, bytes }))
    }

    fn grow(&mut self, bytes: &mut Vec<u8>, chunk: &Bytes) {
        self.taken += chunk.len();
        if bytes.len() + chunk.len() > LARGEST {
            // One file that is too large makes the whole upload too large.
            self.taken = self.taken.max(LARGEST_UPLOAD + 1);
        }
        if self.taken > LARGEST_UPLOAD {
            self.reach_limit();
        }
        if !self.is_full() {
            bytes.extend_from_slice(chunk);
        }
    }
}

/// The last part of a name, with nothing in it that a path or a header could misread.
fn plain(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default().trim_start_matches('.');
    let kept = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    let name: String = last.chars().map(|letter| if kept(letter) { letter } else { '_' }).collect();
    if name.is_empty() { "file".to_owned() } else { name }
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    path: String,
}

/// Gives a file back.
pub(super) async fn download(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    Query(Wanted { path }): Query<Wanted>,
) -> Result<Response, Problem> {
    tenant.contained(id)?;
    let database = &tenant.system.database;
    let escapes = path.split('/').any(|part| part == "..") || path.contains(['\\', '\0']);
    if !path.starts_with("/workspace/") || escapes {
        return Err(Problem::bad_request("invalid path"));
    }
    let another = database.first_path(id)?.filter(|first| *first != path);
    let another = another.filter(|_| tenant.system.faults.has(Fault::DownloadOfAnother));
    let file = database.file(id, &another.unwrap_or(path))?;
    let file = file.ok_or_else(|| Problem::not_found("file not found"))?;
    Ok(([(header::CONTENT_TYPE, file.media_type)], file.bytes).into_response())
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_name_cannot_lead_out_of_its_folder() {
        for (given, expected) in [
            ("photo.png", "photo.png"),
            ("../../etc/passwd", "passwd"),
            ("C:\\boot.ini", "boot.ini"),
            (".ssh", "ssh"),
            ("a b\r\n\"c\".txt", "a_b___c_.txt"),
            ("..", "file"),
            ("", "file"),
        ] {
            assert_eq!(plain(given), expected, "{given}");
        }
    }
}
