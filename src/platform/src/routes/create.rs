//! `POST /workspaces`.
//!
//! Does not: use the secrets that come with it. They prove that a key was sent; the embedded agents need none.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Tenant;
use crate::admission::{self, Admission, Draft, given};
use crate::catalogue;
use crate::database::{NewWorkspace, Owner};
use crate::fault::Fault;
use crate::id::WorkspaceId;
use crate::lifecycle;
use crate::problem::Problem;
use crate::state::Status;
use crate::system::System;
use crate::tiers::TenantAdmin;
use crate::token;

/// Creates a workspace, if it is admitted.
pub(super) async fn create(
    _: TenantAdmin,
    State(tenant): State<Arc<Tenant>>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let system = &tenant.system;
    if system.faults.has(Fault::CreateHangs) {
        std::future::pending::<()>().await;
    }
    let failed = || Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "failed to create workspace");
    if system.faults.has(Fault::Create500) {
        return Err(failed());
    }
    let draft: Draft =
        super::object(&body).ok_or_else(|| Problem::bad_request("invalid workspace payload"))?;
    let admission = match admission::admit(&draft, &system.faults) {
        Ok(admission) => admission,
        Err(problem) => refuse(&tenant, draft.clone(), problem)?,
    };
    if let Some(parent) = admission.parent
        && tenant.workspace(parent)?.is_none_or(|row| row.status == Status::Removed)
    {
        return Err(Problem::bad_request("invalid workspace fields"));
    }
    let mut secrets = draft.secrets.clone();
    let archived = draft.template.clone().filter(|template| catalogue::is_archived(template));
    let new = row(&tenant, draft, admission);
    let Some(id) = system.database.insert_workspace(&new).or(Err(failed()))? else {
        let text = "workspace name already in use; please pick a different name";
        return Err(Problem::new(StatusCode::CONFLICT, text));
    };
    if !secrets.is_empty() && system.faults.has(Fault::CreateLosesKeys) {
        secrets.clear();
    }
    for (key, value) in &secrets {
        let failed = || format!("failed to save secret: {key}");
        let saved = system.database.write_secret(Owner::Workspace(id), key, value);
        saved.or(Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, failed())))?;
    }
    if new.status == Status::Provisioning {
        let workspace = tenant.existing(id)?;
        if let Some(template) = archived {
            let problem = admission::template_unavailable(&template, &workspace.runtime);
            // The row stays, so that somebody sees what was tried.
            system.database.fail_boot(id, workspace.boot, "workspace template is unavailable")?.ok();
            return Err(problem);
        }
        lifecycle::begin_boot(system, &workspace, workspace.boot)?;
    }
    Ok((StatusCode::CREATED, Json(answer(&tenant, id, &new)?)))
}

/// Refuses a draft, but for the ways in which a fault lets it through.
fn refuse(tenant: &Tenant, draft: Draft, problem: Problem) -> Result<Admission, Problem> {
    let System { faults, database, .. } = &*tenant.system;
    let unresolved = problem.status() == StatusCode::UNPROCESSABLE_ENTITY;
    if unresolved && faults.has(Fault::CreateUnresolved) {
        return Ok(admission::admit_as_labelled(&draft));
    }
    if faults.has(Fault::RefusedIsCreated) {
        let labelled = admission::admit_as_labelled(&draft);
        database.insert_workspace(&row(tenant, draft, labelled))?;
    }
    if unresolved && faults.has(Fault::RefusalWithoutCode) {
        return Err(problem.without("code"));
    }
    Err(problem)
}

fn row(tenant: &Tenant, draft: Draft, admission: Admission) -> NewWorkspace {
    let status = if admission.external && admission.url.is_none() {
        Status::AwaitingAgent
    } else if admission.external || admission.runtime == catalogue::MOCK {
        Status::Online
    } else {
        Status::Provisioning
    };
    let canvas = draft.canvas.unwrap_or_default();
    NewWorkspace {
        org_id: tenant.org,
        name: draft.name,
        role: draft.role,
        status,
        url: admission.url,
        parent_id: admission.parent,
        runtime: admission.runtime,
        model: admission.model,
        provider: admission.provider,
        external: admission.external,
        delivery_mode: admission.delivery_mode,
        max_concurrent_tasks: draft.max_concurrent_tasks.unwrap_or(1),
        workspace_dir: draft.workspace_dir,
        workspace_access: given(draft.workspace_access.as_deref()).unwrap_or("none").to_owned(),
        budget_limit: draft.budget_limit,
        canvas: (canvas.x, canvas.y),
        hibernation_idle_minutes: draft.hibernation_idle_minutes.filter(|minutes| *minutes > 0),
    }
}

fn answer(tenant: &Tenant, id: WorkspaceId, new: &NewWorkspace) -> Result<Value, Problem> {
    let text = id.to_string();
    if !new.external {
        return Ok(json!({
            "id": text,
            "status": new.status.word(),
            "awareness_namespace": format!("workspace:{id}"),
            "workspace_access": new.workspace_access,
        }));
    }
    if new.status == Status::Online {
        return Ok(json!({ "id": text, "external": true, "status": "online" }));
    }
    // The only time that this token is shown.
    let bearer = token::mint()?;
    tenant.system.database.bind_token(id, &bearer)?;
    Ok(json!({
        "id": text,
        "external": true,
        "status": "awaiting_agent",
        "connection": connection(&tenant.url, &text, &bearer),
    }))
}

fn connection(platform: &str, id: &str, bearer: &str) -> Value {
    let register = format!("{platform}/registry/register");
    let heartbeat = format!("{platform}/registry/heartbeat");
    let card = "{\"name\":\"my-agent\"}";
    let curl = format!(
        "curl -X POST {register} -H 'Authorization: Bearer {bearer}' -H 'Content-Type: application/json' \
         -d '{{\"id\":\"{id}\",\"delivery_mode\":\"poll\",\"agent_card\":{card}}}'"
    );
    let python = format!(
        "import json, urllib.request as r\n\
         body = json.dumps({{'id': '{id}', 'delivery_mode': 'poll', 'agent_card': {{'name': 'my-agent'}}}}).encode()\n\
         r.urlopen(r.Request('{register}', body, {{'Authorization': 'Bearer {bearer}'}}))\n"
    );
    json!({
        "workspace_id": id,
        "platform_url": platform,
        "auth_token": bearer,
        "registry_endpoint": register,
        "heartbeat_endpoint": heartbeat,
        "curl_register_template": curl,
        "python_snippet": python,
    })
}
