//! `POST /workspaces/:id/a2a`: the way of a message to its agent.
//!
//! Gates, in this order: caller, reachability, budget, envelope, target.
//!
//! A stream is no exception: it is proxied, and read to its end before the caller sees any of it.
//!
//! Does not: drain the queue, or answer for an agent (except the mock, which has none).

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Value, json};

use super::Tenant;
use crate::catalogue;
use crate::database::{ActivityRow, Address, DatabaseError, Message, WorkspaceRow};
use crate::envelope::{self, Envelope};
use crate::fault::Fault;
use crate::hierarchy::Hierarchy;
use crate::id::{QueueId, WorkspaceId};
use crate::lifecycle;
use crate::outbound::{OutboundError, VERSION_HEADER};
use crate::problem::Problem;
use crate::runtimes;
use crate::state::{Status, Trigger};
use crate::tiers;
use crate::token;

/// The largest request.
const LARGEST: usize = 1024 * 1024;

/// What a message may ask for in `metadata.priority`, which is this platform's reading of the contract: urgent, usual
/// (what a message is that asks for none), and whenever there is time.
const PRIORITIES: [i64; 3] = [100, 50, 10];

/// How long an agent may be silent, on the clock of its organisation.
const PATIENCE: Duration = Duration::from_secs(300);

/// Delivers a message, or says what became of it.
pub(super) async fn deliver(
    tiers::Named(id): tiers::Named,
    State(tenant): State<Arc<Tenant>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let too_large = || Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "request body exceeds 1 MB");
    let body = body.or(Err(too_large()))?;
    if body.len() > LARGEST {
        return Err(too_large());
    }
    let caller = caller(&tenant, &headers)?;
    send(&tenant, caller, id, &headers, &body).await
}

/// Sends a message that `caller` has proved to be its own, or that no workspace sends.
pub(crate) async fn send(
    tenant: &Arc<Tenant>,
    caller: Option<WorkspaceRow>,
    id: WorkspaceId,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, Problem> {
    let target = tenant.existing(id)?;
    if target.status == Status::Removed {
        return Err(Problem::not_found("workspace not found"));
    }
    if let Some(caller) = &caller
        && !Hierarchy::around(&tenant.system.database, caller)?.reaches(caller, &target)
        && !tenant.system.faults.has(Fault::HierarchyIgnored)
    {
        let text = "access denied: workspaces cannot communicate per hierarchy rules";
        return Err(Problem::new(StatusCode::FORBIDDEN, text));
    }
    if target.budget_limit.is_some_and(|limit| target.monthly_spend >= limit)
        && !tenant.system.faults.has(Fault::BudgetIgnored)
    {
        return Err(Problem::new(StatusCode::PAYMENT_REQUIRED, "workspace budget limit exceeded"));
    }
    let envelope = serde_json::from_slice(body).ok().and_then(envelope::normalise);
    let envelope = envelope.ok_or_else(|| Problem::bad_request("invalid JSON"))?;
    tenant.system.database.write_active(id)?;
    let outcome = dispatch(tenant, &target, &envelope, headers).await;
    let succeeded = outcome.as_ref().is_ok_and(|response| response.status().is_success());
    tenant.system.note(ActivityRow {
        workspace: id,
        activity_type: "a2a_receive",
        summary: format!("{} received", envelope.method),
        method: envelope.method,
        source: caller.map(|caller| caller.id),
        outcome: if succeeded { Ok(()) } else { Err("the message was not delivered".to_owned()) },
    });
    outcome
}

/// The workspace that sends, if one says so and proves it.
fn caller(tenant: &Tenant, headers: &HeaderMap) -> Result<Option<WorkspaceRow>, Problem> {
    let Some(name) = headers.get("x-workspace-id") else { return Ok(None) };
    let invalid = || Problem::new(StatusCode::FORBIDDEN, "invalid caller ID");
    let id: WorkspaceId = name.to_str().ok().and_then(|name| name.parse().ok()).ok_or_else(invalid)?;
    let row = tenant.workspace(id)?.filter(|row| row.status != Status::Removed).ok_or_else(invalid)?;
    let database = &tenant.system.database;
    match tiers::bearer(headers) {
        Some(presented)
            if token::same(presented, &tenant.admin_token) || database.owns_token(id, presented)? =>
        {
            Ok(Some(row))
        }
        _ if database.live_tokens(id)? == 0 => Ok(Some(row)),
        Some(_) => Err(Problem::unauthorized("invalid caller auth token")),
        None => Err(Problem::unauthorized("missing caller auth token")),
    }
}

async fn dispatch(
    tenant: &Arc<Tenant>,
    target: &WorkspaceRow,
    envelope: &Envelope,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let system = &tenant.system;
    if target.delivery_mode == "poll" {
        return keep_for_polling(tenant, target, envelope);
    }
    if target.status == Status::Hibernated {
        return wake(tenant, target).await;
    }
    let version = headers.get(VERSION_HEADER);
    if target.runtime == catalogue::MOCK && target.status.is_callable() {
        let answer = runtimes::answer_here(system, target, envelope.body.to_string(), version).await;
        let (status, body) = answer.or(Err(Problem::unavailable()))?;
        return Ok(pass_on(tenant, status, body));
    }
    let Some(url) = target.url.as_deref().filter(|_| target.status.is_callable()) else {
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "workspace has no URL");
        return Err(problem.with("status", target.status.word()));
    };
    if target.external && names_this_machine(url) {
        return Err(Problem::new(StatusCode::BAD_GATEWAY, "workspace URL is not publicly routable"));
    }
    let another = another(tenant, target)?.filter(|_| system.faults.has(Fault::WrongWorkspaceAnswers));
    let url = another.as_deref().unwrap_or(url);
    let seconds =
        headers.get("x-timeout").and_then(|value| value.to_str().ok()).and_then(|value| value.parse().ok());
    let limit = seconds.map_or(PATIENCE, Duration::from_secs);
    let post = system.outbound.post(url, envelope.body.to_string(), version);
    let Some(answer) = system.clock(tenant.org)?.within(limit, post).await else {
        return keep_for_later(tenant, target, envelope);
    };
    match answer {
        Ok((status, body)) => Ok(pass_on(tenant, status, body)),
        Err(OutboundError::Connect(_)) if target.is_managed() => {
            // Refused when somebody moved the workspace in between; then its death is no news.
            if system.database.advance(target.id, Trigger::Unreachable, Address::Clear)?.is_ok() {
                lifecycle::reboot(system, target, Trigger::Restart).await?.ok();
            }
            let text = "workspace agent unreachable — container restart triggered";
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, text).with("restarting", true))
        }
        Err(OutboundError::Transport(_)) => keep_for_later(tenant, target, envelope),
        Err(OutboundError::Connect(_)) => Err(unreachable()),
        // It has the message: who sends it again sends a second one.
        Err(OutboundError::Cut(_) | OutboundError::TooLarge) => {
            Err(unreachable().with("delivery_confirmed", true))
        }
    }
}

/// Where the agent of another workspace is that is in service.
fn another(tenant: &Tenant, target: &WorkspaceRow) -> Result<Option<String>, DatabaseError> {
    let rows = tenant.system.database.workspaces(Some(tenant.org))?;
    let is_another = |row: &WorkspaceRow| row.id != target.id && row.is_managed() && row.status.is_callable();
    Ok(rows.into_iter().filter(is_another).find_map(|row| row.url))
}

fn unreachable() -> Problem {
    Problem::new(StatusCode::BAD_GATEWAY, "failed to reach workspace agent")
}

/// The agent's answer as the caller sees it.
fn pass_on(tenant: &Tenant, status: StatusCode, body: Vec<u8>) -> Response {
    if tenant.system.faults.has(Fault::A2aHtml) {
        let page =
            "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";
        return (StatusCode::BAD_GATEWAY, Html(page)).into_response();
    }
    if status.as_u16() >= 300 {
        return Problem::new(status, String::from_utf8_lossy(&body)).into_response();
    }
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn keep_for_polling(
    tenant: &Tenant,
    target: &WorkspaceRow,
    envelope: &Envelope,
) -> Result<Response, Problem> {
    let system = &tenant.system;
    if system.faults.has(Fault::PollAnswers404) {
        return Err(Problem::not_found("workspace not found"));
    }
    let (queue_id, _) = enqueue(tenant, target, envelope)?;
    let mut answer = json!({ "status": "queued", "delivery_mode": "poll", "method": envelope.method });
    if system.faults.has(Fault::PollEnvelopeExtraKey) {
        answer["queue_id"] = Value::String(queue_id.to_string());
    }
    Ok(Json(answer).into_response())
}

fn keep_for_later(tenant: &Tenant, target: &WorkspaceRow, envelope: &Envelope) -> Result<Response, Problem> {
    if target.native_session {
        let text = "workspace agent is busy in a session of its own";
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, text).with("busy", true);
        return Err(problem.with("native_session", true).with("retry_after", 30));
    }
    let (id, depth) = enqueue(tenant, target, envelope)?;
    let id = (!tenant.system.faults.has(Fault::QueuedWithoutId)).then_some(id);
    Ok(kept(id, depth))
}

/// What is said of a message that waits.
fn kept(id: Option<QueueId>, depth: i64) -> Response {
    let answer = json!({
        "queued": true,
        "queue_id": id.map(|id| id.to_string()),
        "queue_depth": depth,
        "message": "workspace agent is busy; the message waits",
    });
    (StatusCode::ACCEPTED, Json(answer)).into_response()
}

fn enqueue(
    tenant: &Tenant,
    target: &WorkspaceRow,
    envelope: &Envelope,
) -> Result<(QueueId, i64), DatabaseError> {
    let priority = envelope.body["params"]["message"]["metadata"]["priority"].as_i64();
    let message = Message {
        id: envelope.message_id.as_deref(),
        body: &envelope.body.to_string(),
        priority: priority.filter(|priority| PRIORITIES.contains(priority)).unwrap_or(PRIORITIES[1]),
    };
    tenant.system.database.enqueue(target.id, message)
}

/// Whether a url leads to the machine of the platform by its name; the addresses of it were refused before.
fn names_this_machine(url: &str) -> bool {
    let uri = url.parse::<Uri>().ok();
    uri.is_some_and(|uri| uri.host().is_some_and(|host| host.eq_ignore_ascii_case("localhost")))
}

/// Claims the wake of a hibernated workspace; whoever comes second finds it claimed and gets the same answer.
async fn wake(tenant: &Arc<Tenant>, target: &WorkspaceRow) -> Result<Response, Problem> {
    let system = &tenant.system;
    if !system.faults.has(Fault::NoAutoWake) {
        lifecycle::reboot(system, target, Trigger::Wake).await?.ok();
    }
    if system.faults.has(Fault::WakeLosesMessage) {
        return Ok(kept(Some(QueueId::mint()), 1));
    }
    let text = "workspace is waking from hibernation — retry in ~15 seconds";
    Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, text).with("waking", true).with("retry_after", 15))
}
