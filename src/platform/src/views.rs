//! How workspaces and organisations look on the wire.
//!
//! Does not: show a secret.

use serde_json::{Value, json};

use crate::catalogue;
use crate::database::{OrgRow, WorkspaceRow};
use crate::org_clock;

/// A row of the control plane's roster.
pub(crate) fn org(org: &OrgRow) -> Value {
    json!({
        "id": org.id.to_string(),
        "slug": org.slug,
        "name": org.name,
        "owner_user_id": org.owner_user_id,
        "plan": "free",
        "member_count": 1,
        "instance_status": org.instance_status,
        "last_error": org.last_error,
        "tenant_url": org.tenant_url,
        "created_at": org.created_at,
    })
}

/// A workspace as its peers see it.
pub(crate) fn peer(row: &WorkspaceRow) -> Value {
    let mut view = open(row);
    let kept = ["id", "name", "role", "tier", "status", "url", "parent_id", "active_tasks", "agent_card"];
    if let Value::Object(view) = &mut view {
        view.retain(|key, _| kept.contains(&key.as_str()));
    }
    view
}

/// A workspace as everybody in the organisation may see it; an absent url is the empty string.
pub(crate) fn open(row: &WorkspaceRow) -> Value {
    let card = row.agent_card.as_deref().and_then(|card| serde_json::from_str::<Value>(card).ok());
    json!({
        "id": row.id.to_string(),
        "name": row.name,
        "role": row.role,
        "tier": row.tier,
        "status": row.status.word(),
        "url": row.url.as_deref().unwrap_or_default(),
        "parent_id": row.parent_id.map(|id| id.to_string()),
        "active_tasks": row.active_tasks,
        "max_concurrent_tasks": row.max_concurrent_tasks,
        "last_error_rate": row.last_error_rate,
        "uptime_seconds": row.uptime_seconds,
        "runtime": row.runtime,
        "x": row.x,
        "y": row.y,
        "collapsed": row.collapsed,
        "agent_card": card,
        "last_outbound_at": row.last_outbound_at,
    })
}

/// A workspace as an admin sees it.
pub(crate) fn full(row: &WorkspaceRow) -> Value {
    let mut view = open(row);
    if let Value::Object(view) = &mut view {
        view.remove("last_outbound_at");
        view.insert("last_sample_error".to_owned(), json!(row.last_sample_error));
        view.insert("current_task".to_owned(), json!(row.current_task));
        view.insert("workspace_dir".to_owned(), json!(row.workspace_dir));
        view.insert("monthly_spend".to_owned(), json!(row.monthly_spend));
        view.insert("budget_limit".to_owned(), json!(row.budget_limit));
        if let Some(limit) = catalogue::provision_timeout(&row.runtime) {
            view.insert("provision_timeout_ms".to_owned(), json!(org_clock::whole(limit)));
        }
    }
    view
}
