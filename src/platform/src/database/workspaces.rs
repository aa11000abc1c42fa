//! Workspaces as stored, except for their moves.
//!
//! Does not: change a status; that is `moves`.

use rusqlite::{OptionalExtension, Row, params};
use serde_json::Value;

use super::{Database, DatabaseError, clocks, events};
use crate::id::{OrgId, WorkspaceId};
use crate::state::Status;

/// A workspace as stored.
#[derive(Clone, Debug)]
pub(crate) struct WorkspaceRow {
    /// Counts the rows, so that the older of two is known.
    pub(crate) sequence: i64,
    pub(crate) id: WorkspaceId,
    pub(crate) org_id: OrgId,
    pub(crate) name: String,
    pub(crate) role: Option<String>,
    pub(crate) tier: i64,
    pub(crate) status: Status,
    pub(crate) url: Option<String>,
    pub(crate) parent_id: Option<WorkspaceId>,
    pub(crate) runtime: String,
    pub(crate) provider: Option<String>,
    pub(crate) external: bool,
    /// `push` or `poll`.
    pub(crate) delivery_mode: String,
    /// Counts the boots, so that an overtaken one is told apart.
    pub(crate) boot: i64,
    pub(crate) active_tasks: i64,
    pub(crate) max_concurrent_tasks: i64,
    pub(crate) last_error_rate: f64,
    pub(crate) last_sample_error: Option<String>,
    pub(crate) uptime_seconds: i64,
    pub(crate) current_task: Option<String>,
    pub(crate) workspace_dir: Option<String>,
    pub(crate) monthly_spend: i64,
    pub(crate) budget_limit: Option<i64>,
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) collapsed: bool,
    pub(crate) agent_card: Option<String>,
    pub(crate) last_outbound_at: Option<String>,
    /// After how many idle minutes it is put to sleep, if ever.
    pub(crate) hibernation_idle_minutes: Option<i64>,
    /// Whether its agent keeps a session of its own, and so takes no message that waited.
    pub(crate) native_session: bool,
    /// When it entered its status, in milliseconds on the clock of its organisation.
    pub(crate) entered_at: i64,
    /// When its agent was last heard, on the same clock.
    pub(crate) heard_at: Option<i64>,
    /// When it last had something to do, on the same clock.
    pub(crate) active_at: i64,
}

impl WorkspaceRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            sequence: row.get("sequence")?,
            id: row.get("id")?,
            org_id: row.get("org_id")?,
            name: row.get("name")?,
            role: row.get("role")?,
            tier: row.get("tier")?,
            status: row.get("status")?,
            url: row.get("url")?,
            parent_id: row.get("parent_id")?,
            runtime: row.get("runtime")?,
            provider: row.get("provider")?,
            external: row.get("external")?,
            delivery_mode: row.get("delivery_mode")?,
            boot: row.get("boot")?,
            active_tasks: row.get("active_tasks")?,
            max_concurrent_tasks: row.get("max_concurrent_tasks")?,
            last_error_rate: row.get("last_error_rate")?,
            last_sample_error: row.get("last_sample_error")?,
            uptime_seconds: row.get("uptime_seconds")?,
            current_task: row.get("current_task")?,
            workspace_dir: row.get("workspace_dir")?,
            monthly_spend: row.get("monthly_spend")?,
            budget_limit: row.get("budget_limit")?,
            x: row.get("x")?,
            y: row.get("y")?,
            collapsed: row.get("collapsed")?,
            agent_card: row.get("agent_card")?,
            last_outbound_at: row.get("last_outbound_at")?,
            hibernation_idle_minutes: row.get("hibernation_idle_minutes")?,
            native_session: row.get("native_session")?,
            entered_at: row.get("entered_at")?,
            heard_at: row.get("heard_at")?,
            active_at: row.get("active_at")?,
        })
    }

    /// Whether the platform runs an agent for it: it is neither external nor answered by the platform itself.
    pub(crate) fn is_managed(&self) -> bool {
        !self.external && self.runtime != crate::catalogue::MOCK
    }
}

/// A workspace about to be stored.
#[derive(Clone, Debug)]
pub(crate) struct NewWorkspace {
    pub(crate) org_id: OrgId,
    pub(crate) name: String,
    pub(crate) role: Option<String>,
    pub(crate) status: Status,
    pub(crate) url: Option<String>,
    pub(crate) parent_id: Option<WorkspaceId>,
    pub(crate) runtime: String,
    pub(crate) model: Option<String>,
    pub(crate) provider: Option<String>,
    pub(crate) external: bool,
    pub(crate) delivery_mode: String,
    pub(crate) max_concurrent_tasks: i64,
    pub(crate) workspace_dir: Option<String>,
    pub(crate) workspace_access: String,
    pub(crate) budget_limit: Option<i64>,
    pub(crate) canvas: (f64, f64),
    pub(crate) hibernation_idle_minutes: Option<i64>,
}

/// What a heartbeat reports about a workspace.
#[derive(Clone, Debug)]
pub(crate) struct Vitals {
    pub(crate) error_rate: f64,
    pub(crate) sample_error: Option<String>,
    pub(crate) active_tasks: i64,
    pub(crate) uptime_seconds: i64,
    pub(crate) current_task: Option<String>,
    pub(crate) monthly_spend: Option<i64>,
    /// Whether it keeps a session of its own; `None` when it does not say.
    pub(crate) native_session: Option<bool>,
}

/// The tier of every workspace of a hosted platform, whatever was asked for.
const TIER: i64 = 4;

/// How many numbered names are tried before a name is refused.
const SUFFIXES: u32 = 20;

impl Database {
    /// Stores a workspace under its name or the first free numbered one; `None` when all are taken.
    pub(crate) fn insert_workspace(&self, new: &NewWorkspace) -> Result<Option<WorkspaceId>, DatabaseError> {
        let id = WorkspaceId::mint();
        self.transaction(|connection| {
            let mut taken = connection.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM workspaces WHERE org_id = ? AND name = ? AND status <> 'removed')",
            )?;
            let mut name = None;
            for number in 1..=SUFFIXES {
                let candidate =
                    if number == 1 { new.name.clone() } else { format!("{} ({number})", new.name) };
                if !taken.query_row(params![new.org_id, candidate], |row| row.get::<_, bool>(0))? {
                    name = Some(candidate);
                    break;
                }
            }
            let Some(name) = name else { return Ok(None) };
            connection
                .prepare_cached(
                    "INSERT INTO workspaces (id, org_id, name, role, tier, status, url, parent_id, runtime, model,
                         provider, external, delivery_mode, boot, max_concurrent_tasks, workspace_dir,
                         workspace_access, budget_limit, x, y, hibernation_idle_minutes, created_at)
                     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?)",
                )?
                .execute(params![
                    id,
                    new.org_id,
                    name,
                    new.role,
                    TIER,
                    new.status,
                    new.url,
                    new.parent_id,
                    new.runtime,
                    new.model,
                    new.provider,
                    new.external,
                    new.delivery_mode,
                    new.max_concurrent_tasks,
                    new.workspace_dir,
                    new.workspace_access,
                    new.budget_limit,
                    new.canvas.0,
                    new.canvas.1,
                    new.hibernation_idle_minutes,
                    clocks::timestamp_of_org(connection, new.org_id)?,
                ])?;
            connection
                .prepare_cached("UPDATE workspaces SET entered_at = ?1, active_at = ?1 WHERE id = ?2")?
                .execute(params![clocks::milliseconds_of(connection, id)?, id])?;
            events::append(connection, id, None, new.status, None)?;
            Ok(Some(id))
        })
    }

    /// The workspace, also a removed one.
    pub(crate) fn workspace(
        &self,
        org: OrgId,
        id: WorkspaceId,
    ) -> Result<Option<WorkspaceRow>, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT * FROM workspaces WHERE org_id = ? AND id = ?")?
                .query_row(params![org, id], WorkspaceRow::read)
                .optional()
        })
    }

    /// The workspace of whatever organisation, also a removed one.
    pub(crate) fn workspace_anywhere(&self, id: WorkspaceId) -> Result<Option<WorkspaceRow>, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT * FROM workspaces WHERE id = ?")?
                .query_row([id], WorkspaceRow::read)
                .optional()
        })
    }

    /// The workspaces of `org`, or of all, that are not removed, oldest first.
    pub(crate) fn workspaces(&self, org: Option<OrgId>) -> Result<Vec<WorkspaceRow>, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT * FROM workspaces WHERE (?1 IS NULL OR org_id = ?1) AND status <> 'removed'
                     ORDER BY sequence",
                )?
                .query_map([org], WorkspaceRow::read)?
                .collect()
        })
    }

    /// The workspaces below `id` that are not removed, parents before their children.
    pub(crate) fn descendants(&self, id: WorkspaceId) -> Result<Vec<WorkspaceRow>, DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "WITH RECURSIVE below (id, depth) AS (
                         SELECT id, 1 FROM workspaces WHERE parent_id = ?
                         UNION SELECT workspaces.id, depth + 1 FROM workspaces JOIN below
                         ON workspaces.parent_id = below.id WHERE depth < 32)
                     SELECT workspaces.* FROM workspaces JOIN below USING (id)
                     WHERE status <> 'removed' ORDER BY depth, sequence",
                )?
                .query_map([id], WorkspaceRow::read)?
                .collect()
        })
    }

    /// Writes what a heartbeat reported.
    pub(crate) fn write_vitals(&self, id: WorkspaceId, vitals: &Vitals) -> Result<(), DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "UPDATE workspaces SET last_error_rate = ?, last_sample_error = ?, active_tasks = ?,
                         uptime_seconds = ?, current_task = ?, monthly_spend = coalesce(?, monthly_spend),
                         native_session = coalesce(?, native_session)
                     WHERE id = ? AND status <> 'removed'",
                )?
                .execute(params![
                    vitals.error_rate,
                    vitals.sample_error,
                    vitals.active_tasks,
                    vitals.uptime_seconds,
                    vitals.current_task,
                    vitals.monthly_spend,
                    vitals.native_session,
                    id
                ])
                .map(drop)
        })
    }

    /// Notes that a workspace has something to do.
    pub(crate) fn write_active(&self, id: WorkspaceId) -> Result<(), DatabaseError> {
        self.with(|connection| {
            let now = clocks::milliseconds_of(connection, id)?;
            connection
                .prepare_cached("UPDATE workspaces SET active_at = ? WHERE id = ?")?
                .execute(params![now, id])
                .map(drop)
        })
    }

    /// Writes what an agent registered about itself.
    pub(crate) fn write_card(
        &self,
        id: WorkspaceId,
        card: &Value,
        delivery: &str,
    ) -> Result<(), DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("UPDATE workspaces SET agent_card = ?, delivery_mode = ? WHERE id = ?")?
                .execute(params![card.to_string(), delivery, id])
                .map(drop)
        })
    }

    /// Replaces the url of a workspace whose agent listens again after a restart of the platform.
    pub(crate) fn rewrite_url(&self, id: WorkspaceId, url: &str) -> Result<(), DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("UPDATE workspaces SET url = ? WHERE id = ?")?
                .execute(params![url, id])
                .map(drop)
        })
    }
}
