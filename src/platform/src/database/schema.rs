//! The tables.
//!
//! Does not: migrate. A data directory of an older layout is not read.

/// Creates what is missing.
pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS incidents (sequence INTEGER PRIMARY KEY, text TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS orgs (
    sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, slug TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    owner_user_id TEXT, instance_status TEXT NOT NULL, last_error TEXT, tenant_url TEXT,
    admin_token TEXT NOT NULL, advanced_ms INTEGER NOT NULL DEFAULT 0, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS instances (
    sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, slug TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'running',
    created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS purges (
    sequence INTEGER PRIMARY KEY, id TEXT NOT NULL, org_slug TEXT NOT NULL, org_id TEXT NOT NULL,
    status TEXT NOT NULL, last_step TEXT NOT NULL, completed_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS workspaces (
    sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, org_id TEXT NOT NULL, name TEXT NOT NULL, role TEXT,
    tier INTEGER NOT NULL, status TEXT NOT NULL, url TEXT, parent_id TEXT, runtime TEXT NOT NULL, model TEXT,
    provider TEXT, external INTEGER NOT NULL, delivery_mode TEXT NOT NULL, boot INTEGER NOT NULL,
    active_tasks INTEGER NOT NULL DEFAULT 0, max_concurrent_tasks INTEGER NOT NULL DEFAULT 1,
    last_error_rate REAL NOT NULL DEFAULT 0, last_sample_error TEXT, uptime_seconds INTEGER NOT NULL DEFAULT 0,
    current_task TEXT, workspace_dir TEXT, workspace_access TEXT NOT NULL, monthly_spend INTEGER NOT NULL DEFAULT 0,
    budget_limit INTEGER, x REAL NOT NULL DEFAULT 0, y REAL NOT NULL DEFAULT 0,
    collapsed INTEGER NOT NULL DEFAULT 0, agent_card TEXT, last_outbound_at TEXT, hibernation_idle_minutes INTEGER,
    native_session INTEGER NOT NULL DEFAULT 0,
    entered_at INTEGER NOT NULL DEFAULT 0, heard_at INTEGER, active_at INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS workspaces_of_org ON workspaces (org_id, status);
CREATE INDEX IF NOT EXISTS workspaces_of_parent ON workspaces (parent_id);
CREATE TABLE IF NOT EXISTS tokens (
    sequence INTEGER PRIMARY KEY, workspace_id TEXT NOT NULL, digest TEXT NOT NULL UNIQUE, prefix TEXT NOT NULL,
    created_at TEXT NOT NULL, revoked_at TEXT);
CREATE INDEX IF NOT EXISTS tokens_of_workspace ON tokens (workspace_id);
CREATE TABLE IF NOT EXISTS events (
    sequence INTEGER PRIMARY KEY, org_id TEXT NOT NULL, workspace_id TEXT NOT NULL, event_type TEXT NOT NULL,
    payload TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS events_of_org ON events (org_id);
CREATE INDEX IF NOT EXISTS events_of_workspace ON events (workspace_id);
CREATE TABLE IF NOT EXISTS activity (
    sequence INTEGER PRIMARY KEY, id TEXT NOT NULL, workspace_id TEXT NOT NULL, activity_type TEXT NOT NULL,
    method TEXT, summary TEXT, target_id TEXT, source_id TEXT, status TEXT NOT NULL, error_detail TEXT,
    duration_ms INTEGER, request_body TEXT, response_body TEXT, metadata TEXT, created_at TEXT NOT NULL,
    created_ns INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS activity_of_workspace ON activity (workspace_id);
CREATE TABLE IF NOT EXISTS queue (
    sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, workspace_id TEXT NOT NULL, message_id TEXT,
    body TEXT NOT NULL, state TEXT NOT NULL, priority INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    last_error TEXT, enqueued_at TEXT NOT NULL, dispatched_at TEXT, completed_at TEXT, response TEXT);
CREATE INDEX IF NOT EXISTS queue_of_workspace ON queue (workspace_id, message_id);
-- What a workspace has.
CREATE TABLE IF NOT EXISTS secrets (
    owner TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, seal TEXT NOT NULL, created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL, PRIMARY KEY (owner, key));
CREATE TABLE IF NOT EXISTS org_tokens (
    sequence INTEGER PRIMARY KEY, org_id TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL UNIQUE,
    prefix TEXT NOT NULL, created_at TEXT NOT NULL, created_ns INTEGER NOT NULL, revoked_at TEXT);
CREATE TABLE IF NOT EXISTS memories (
    sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, org_id TEXT NOT NULL, workspace_id TEXT NOT NULL,
    scope TEXT NOT NULL, namespace TEXT NOT NULL, content TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS memories_of_org ON memories (org_id, scope);
CREATE TABLE IF NOT EXISTS pairs (
    workspace_id TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, version INTEGER NOT NULL,
    expires_ns INTEGER, updated_at TEXT NOT NULL, PRIMARY KEY (workspace_id, key));
CREATE TABLE IF NOT EXISTS approvals (
    sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, org_id TEXT NOT NULL, workspace_id TEXT NOT NULL,
    action TEXT NOT NULL, reason TEXT, status TEXT NOT NULL, decided_by TEXT, decided_at TEXT,
    created_at TEXT NOT NULL, expires_ns INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS approvals_of_org ON approvals (org_id, status);
CREATE TABLE IF NOT EXISTS files (
    workspace_id TEXT NOT NULL, path TEXT NOT NULL, media_type TEXT NOT NULL, bytes BLOB NOT NULL,
    created_at TEXT NOT NULL, PRIMARY KEY (workspace_id, path));
CREATE TABLE IF NOT EXISTS delegations (
    sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source_id TEXT NOT NULL, target_id TEXT NOT NULL,
    task TEXT NOT NULL, idempotency_key TEXT, progress TEXT NOT NULL, response TEXT, error TEXT,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, UNIQUE (source_id, idempotency_key));
";
