//! What agents ask people to approve.
//!
//! Does not: ask anybody; a pending one waits until it is decided or expires.

use rusqlite::{Row, params};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Database, DatabaseError, WorkspaceRow, clocks, events};
use crate::clock;
use crate::id::{OrgId, WorkspaceId};

/// How long one stays pending: ten minutes.
const PENDING_NANOSECONDS: i64 = 600 * 1_000_000_000;

impl Database {
    /// Stores a pending approval and tells its id.
    pub(crate) fn request_approval(
        &self,
        asker: &WorkspaceRow,
        action: &str,
        reason: Option<&str>,
    ) -> Result<String, DatabaseError> {
        let id = Uuid::new_v4().to_string();
        self.moving(asker.id, |connection| {
            let now = clocks::timestamp_of(connection, asker.id)?;
            let expires = clock::nanoseconds(&now).map(|now| now.saturating_add(PENDING_NANOSECONDS));
            connection
                .prepare_cached(
                    "INSERT INTO approvals (id, org_id, workspace_id, action, reason, status, created_at, expires_ns)
                     VALUES (?, ?, ?, ?, ?, 'pending', ?, ?)",
                )?
                .execute(params![id, asker.org_id, asker.id, action, reason, now, expires])?;
            let payload = json!({ "approval_id": id, "action": action });
            events::append_named(connection, asker.id, "APPROVAL_REQUESTED", &payload)
        })?;
        Ok(id)
    }

    /// Decides a pending approval; tells whether there was one.
    pub(crate) fn decide_approval(
        &self,
        workspace: WorkspaceId,
        id: &str,
        (decision, decided_by): (&str, Option<&str>),
    ) -> Result<bool, DatabaseError> {
        self.moving(workspace, |connection| {
            let now = clocks::timestamp_of(connection, workspace)?;
            let decided = connection
                .prepare_cached(
                    "UPDATE approvals SET status = ?, decided_by = ?, decided_at = ?
                     WHERE workspace_id = ? AND id = ? AND status = 'pending' AND expires_ns > ?",
                )?
                .execute(params![decision, decided_by, now, workspace, id, clock::nanoseconds(&now)])?;
            if decided > 0 {
                let payload = json!({ "approval_id": id, "status": decision });
                events::append_named(connection, workspace, "APPROVAL_DECIDED", &payload)?;
            }
            Ok(decided > 0)
        })
    }

    /// The approvals that a workspace asked for, newest first.
    pub(crate) fn approvals(&self, workspace: WorkspaceId) -> Result<Vec<Value>, DatabaseError> {
        self.with(|connection| {
            let present = clock::nanoseconds(&clocks::timestamp_of(connection, workspace)?);
            connection
                .prepare_cached("SELECT * FROM approvals WHERE workspace_id = ? ORDER BY sequence DESC")?
                .query_map([workspace], |row| shown(row, present))?
                .collect()
        })
    }

    /// The approvals of an organisation that wait for a decision, oldest first.
    pub(crate) fn pending_approvals(&self, org: OrgId) -> Result<Vec<Value>, DatabaseError> {
        self.with(|connection| {
            let present = clock::nanoseconds(&clocks::timestamp_of_org(connection, org)?);
            connection
                .prepare_cached(
                    "SELECT * FROM approvals WHERE org_id = ? AND status = 'pending' AND expires_ns > ?
                     ORDER BY sequence",
                )?
                .query_map(params![org, present], |row| shown(row, present))?
                .collect()
        })
    }
}

fn shown(row: &Row<'_>, present: Option<i64>) -> rusqlite::Result<Value> {
    let is_over = present >= row.get("expires_ns")?;
    let stored: String = row.get("status")?;
    let status = if stored == "pending" && is_over { "expired" } else { &stored };
    Ok(json!({
        "approval_id": row.get::<_, String>("id")?,
        "workspace_id": row.get::<_, String>("workspace_id")?,
        "action": row.get::<_, String>("action")?,
        "reason": row.get::<_, Option<String>>("reason")?,
        "status": status,
        "decided_by": row.get::<_, Option<String>>("decided_by")?,
        "decided_at": row.get::<_, Option<String>>("decided_at")?,
        "created_at": row.get::<_, String>("created_at")?,
    }))
}
