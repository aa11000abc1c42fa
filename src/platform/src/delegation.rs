//! Delegation: a task goes to another workspace through the same gates as any message, and its answer is kept.
//!
//! Does not: answer a request; whoever delegated looks at the list.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{self, Body};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::IntoResponse;
use serde_json::{Value, json};

use crate::database::{DatabaseError, Delegation, Entry, Progress, WorkspaceRow};
use crate::fault::Fault;
use crate::routes::{self, Tenant};

/// The longest that one may take.
const LONGEST: Duration = Duration::from_secs(30 * 60);

/// What became of one attempt.
enum Attempt {
    Answered(String),
    Queued,
    /// Nobody was there, and somebody may be in a while.
    Unreachable(String),
    Refused(String),
}

/// Begins to carry out `row` in the background.
pub(crate) fn begin(tenant: &Arc<Tenant>, source: WorkspaceRow, row: Delegation) {
    let shared = Arc::clone(tenant);
    tenant.system.spawn(async move { run(&shared, &source, &row).await });
}

async fn run(tenant: &Arc<Tenant>, source: &WorkspaceRow, row: &Delegation) -> Result<(), DatabaseError> {
    let database = &tenant.system.database;
    database.advance_delegation(row, Progress::Dispatched, Ok(None))?;
    if tenant.system.faults.has(Fault::DelegationNeverCompletes) {
        return Ok(());
    }
    let clock = tenant.system.clock(tenant.org)?;
    let attempt = clock.within(LONGEST, attempts(tenant, source, row)).await.transpose()?;
    if let Some(attempt) = &attempt {
        remember(tenant, row, attempt)?;
    }
    match attempt.unwrap_or_else(|| Attempt::Refused("delegation timed out".to_owned())) {
        Attempt::Answered(_) if tenant.system.faults.has(Fault::DelegationWithoutAnswer) => {
            database.advance_delegation(row, Progress::Completed, Ok(None))
        }
        Attempt::Answered(answer) => database.advance_delegation(row, Progress::Completed, Ok(Some(&answer))),
        Attempt::Queued => database.advance_delegation(row, Progress::Queued, Ok(None)),
        Attempt::Unreachable(error) | Attempt::Refused(error) => {
            database.advance_delegation(row, Progress::Failed, Err(&error))
        }
    }
}

/// Writes down what the workspace that delegates has sent.
fn remember(tenant: &Tenant, row: &Delegation, attempt: &Attempt) -> Result<(), DatabaseError> {
    let error = match attempt {
        Attempt::Answered(_) | Attempt::Queued => None,
        Attempt::Unreachable(error) | Attempt::Refused(error) => Some(error.clone()),
    };
    let entry = Entry {
        method: Some("delegate".to_owned()),
        summary: Some(row.task.clone()),
        target: Some(row.target.to_string()),
        source: Some(row.source),
        status: if error.is_none() { "ok" } else { "error" }.to_owned(),
        error_detail: error,
        ..Entry::new(row.source, "a2a_send")
    };
    let payload = json!({ "activity_type": "a2a_send", "target_id": row.target.to_string() });
    tenant.system.database.log_activity(&entry, "ACTIVITY_LOGGED", &payload)
}

/// One attempt, and a second one where the first found nobody.
async fn attempts(
    tenant: &Arc<Tenant>,
    source: &WorkspaceRow,
    row: &Delegation,
) -> Result<Attempt, DatabaseError> {
    let first = attempt(tenant, source, row).await;
    if !matches!(first, Attempt::Unreachable(_)) {
        return Ok(first);
    }
    let turn = tenant.system.clock(tenant.org)?.turn(tenant.system.timings.delegation_retry);
    turn.comes().await;
    Ok(attempt(tenant, source, row).await)
}

async fn attempt(tenant: &Arc<Tenant>, source: &WorkspaceRow, row: &Delegation) -> Attempt {
    let message = json!({
        "jsonrpc": "2.0",
        "id": row.id.to_string(),
        "method": "message/send",
        "params": { "message": {
            "kind": "message",
            "role": "user",
            "messageId": row.id.to_string(),
            "parts": [{ "kind": "text", "text": row.task }],
        } },
    });
    let (headers, message) = (HeaderMap::new(), message.to_string());
    let sent = routes::send(tenant, Some(source.clone()), row.target, &headers, message.as_bytes()).await;
    classify(sent.unwrap_or_else(IntoResponse::into_response)).await
}

async fn classify(response: Response<Body>) -> Attempt {
    let status = response.status();
    let bytes = body::to_bytes(response.into_body(), usize::MAX).await.unwrap_or_default();
    let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let error = || body["error"].as_str().map_or_else(|| body["error"].to_string(), str::to_owned);
    match status {
        StatusCode::ACCEPTED => Attempt::Queued,
        _ if status.is_success() && body["status"] == "queued" => Attempt::Queued,
        _ if status.is_success() && body["error"].is_null() => Attempt::Answered(texts(&body["result"])),
        StatusCode::BAD_GATEWAY => Attempt::Unreachable(error()),
        StatusCode::SERVICE_UNAVAILABLE if body["restarting"] == true => Attempt::Unreachable(error()),
        _ => Attempt::Refused(error()),
    }
}

/// Every text of an answer, whether it is a message or a task: the parts of a message stand in `parts`, those of a task
/// in its artifacts, and what a task says of itself in the message of its status.
pub(crate) fn texts(result: &Value) -> String {
    let listed = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let artifacts = listed(&result["artifacts"]).into_iter().flat_map(|artifact| listed(&artifact["parts"]));
    let parts = listed(&result["parts"]).into_iter().chain(artifacts);
    let parts = parts.chain(listed(&result["status"]["message"]["parts"]));
    parts.filter_map(|part| part["text"].as_str().map(str::to_owned)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::texts;
    use serde_json::json;

    #[test]
    fn an_answer_has_all_its_parts_in_either_shape() {
        let text = |text: &str| json!({ "kind": "text", "text": text });
        let message = json!({ "kind": "message", "parts": [text("one"), { "kind": "file" }, text("two")] });
        assert_eq!(texts(&message), "one\ntwo");
        let task = json!({ "kind": "task", "artifacts": [{ "parts": [text("three")] }, { "parts": [text("four")] }] });
        assert_eq!(texts(&task), "three\nfour");
        let status = json!({ "kind": "task", "status": { "message": { "parts": [text("five")] } } });
        assert_eq!(texts(&status), "five");
    }
}
