//! `POST /workspaces/:id/notify`: an agent says something to whoever looks at its chat.
//!
//! Does not: deliver it to another agent.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Tenant;
use super::resources::parsed;
use crate::database::Entry;
use crate::fault::Fault;
use crate::problem::Problem;
use crate::tiers::OwnOrAdmin;

#[derive(Deserialize)]
struct Draft {
    #[serde(default)]
    message: String,
    #[serde(default)]
    attachments: Vec<Attachment>,
}

#[derive(Deserialize)]
struct Attachment {
    #[serde(default)]
    uri: String,
    #[serde(default)]
    name: String,
    #[serde(rename = "mimeType")]
    media_type: Option<String>,
    size: Option<u64>,
}

/// Keeps the message as a row of activity, so that a chat that is opened later shows it too.
pub(super) async fn notify(
    OwnOrAdmin(id): OwnOrAdmin,
    State(tenant): State<Arc<Tenant>>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let draft: Draft = parsed(&body)?;
    if draft.message.is_empty() {
        return Err(Problem::bad_request("message is required"));
    }
    if let Some(position) =
        draft.attachments.iter().position(|file| file.uri.is_empty() || file.name.is_empty())
    {
        let text = format!("attachment[{position}]: uri and name are required");
        return Err(Problem::bad_request(text));
    }
    tenant.standing(id)?;
    let mut response = json!({ "result": draft.message });
    if !draft.attachments.is_empty() {
        response["parts"] = draft.attachments.iter().map(part).collect();
    }
    let entry = Entry {
        method: Some("notify".to_owned()),
        summary: Some("agent message".to_owned()),
        target: Some(id.to_string()),
        response_body: Some(response),
        ..Entry::new(id, "a2a_receive")
    };
    if !tenant.system.faults.has(Fault::NotifyLost) {
        let payload = json!({ "message": draft.message, "attachments": draft.attachments.len() });
        tenant.system.database.log_activity(&entry, "AGENT_MESSAGE", &payload)?;
    }
    Ok(Json(json!({ "status": "sent" })))
}

fn part(file: &Attachment) -> Value {
    let mut shown = json!({ "uri": file.uri, "name": file.name });
    if let Some(media_type) = &file.media_type {
        shown["mimeType"] = json!(media_type);
    }
    if let Some(size) = file.size {
        shown["size"] = json!(size);
    }
    json!({ "kind": "file", "file": shown })
}
