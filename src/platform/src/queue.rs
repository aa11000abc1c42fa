//! The queue: one waiting message goes to its agent with each heartbeat that says that there is room.
//!
//! Does not: serve agents that ask for their messages; those keep waiting until they are asked for.

use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderValue;
use serde_json::Value;

use crate::database::{DatabaseError, Progress, QueueRow, Settlement, Standing, WorkspaceRow};
use crate::delegation;
use crate::fault::Fault;
use crate::outbound::OutboundError;
use crate::runtimes;
use crate::system::System;

/// How long an agent may take over a message that waited, on the clock of its organisation.
const PATIENCE: Duration = Duration::from_secs(300);

/// Sends the next waiting message of a workspace on its way, if there is one and room for it.
pub(crate) fn drain(system: &Arc<System>, workspace: &WorkspaceRow) -> Result<(), DatabaseError> {
    let has_room = workspace.active_tasks < workspace.max_concurrent_tasks;
    let takes = workspace.status.is_callable() && workspace.delivery_mode == "push";
    let Some(url) = workspace.url.clone().filter(|_| has_room && takes) else { return Ok(()) };
    if system.database.has_waiting(workspace.id)? && system.faults.has(Fault::QueueNeverDrains) {
        return Ok(());
    }
    let Some(message) = system.database.claim_message(workspace.id)? else { return Ok(()) };
    let (shared, workspace) = (Arc::clone(system), workspace.clone());
    // Whoever advances the clock finds the message delivered.
    let turn = system.clock(workspace.org_id)?.turn(Duration::ZERO);
    system.spawn(async move {
        let settled = deliver(&shared, &workspace, &url, &message).await;
        drop(turn);
        settled
    });
    Ok(())
}

async fn deliver(
    system: &Arc<System>,
    workspace: &WorkspaceRow,
    url: &str,
    message: &QueueRow,
) -> Result<(), DatabaseError> {
    let request: Value = serde_json::from_str(&message.body).unwrap_or_default();
    let current = request["method"].as_str().is_some_and(|method| method.starts_with(char::is_uppercase));
    let version = current.then(|| HeaderValue::from_static(runtimes::CURRENT));
    let post = || system.outbound.post(url, message.body.clone(), version.as_ref());
    if system.faults.has(Fault::DeliveredTwice) {
        post().await.ok();
    }
    let answer = system.clock(workspace.org_id)?.within(PATIENCE, post()).await;
    let text;
    let settlement = match answer {
        None => Settlement::Again("the agent did not answer in time"),
        Some(Err(OutboundError::Connect(_) | OutboundError::Transport(_))) => {
            Settlement::Again("the agent is busy or gone")
        }
        // It has taken the message, and another delivery would be a second one.
        Some(Err(OutboundError::Cut(_) | OutboundError::TooLarge)) => {
            Settlement::Failed("the agent's answer cannot be read")
        }
        Some(Ok((status, body))) => {
            text = String::from_utf8_lossy(&body).into_owned();
            if status.is_success() { Settlement::Answered(&text) } else { Settlement::Again(&text) }
        }
    };
    let row = system.database.settle_message(workspace.id, message, settlement)?;
    if row.standing == Standing::Completed && system.faults.has(Fault::QueueItemLost) {
        system.database.lose_message(row.id)?;
    }
    tell(system, workspace, &row)
}

/// Tells a delegation that waited for this message how it ended.
fn tell(system: &System, workspace: &WorkspaceRow, row: &QueueRow) -> Result<(), DatabaseError> {
    let Some(id) = row.message_id.as_deref().and_then(|id| id.parse().ok()) else { return Ok(()) };
    let Some(waiting) = system.database.delegation_to(workspace.id, id)? else { return Ok(()) };
    let failed = || row.last_error.as_deref().unwrap_or("the message was given up");
    match row.standing {
        Standing::Completed => {
            let body: Value =
                row.response.as_deref().and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default();
            let answer = delegation::texts(&body["result"]);
            system.database.advance_delegation(&waiting, Progress::Completed, Ok(Some(&answer)))
        }
        Standing::Failed | Standing::Dropped => {
            system.database.advance_delegation(&waiting, Progress::Failed, Err(failed()))
        }
        Standing::Queued | Standing::Dispatched => Ok(()),
    }
}
