//! Verbs: pause, resume, hibernate, wake, restart and delete.
//!
//! Does not: act, like every list of faults.

macro_rules! lifecycle {
    ([$next:ident $($later:ident)*] $($before:tt)*) => {
        $next! { [$($later)*] $($before)*
            "lifecycle" {
                /// Pause answers 200; the row and the agent stay as they are.
                PauseDoesNothing => "pause-does-nothing" at "POST /workspaces/:id/pause",
                /// Resume goes straight to `online`; no provisioning event is written.
                ResumeSkipsProvisioning => "resume-skips-provisioning" at "POST /workspaces/:id/resume",
                /// Hibernate answers 200; the row and the agent stay as they are.
                HibernateDoesNothing => "hibernate-does-nothing" at "POST /workspaces/:id/hibernate",
                /// A message to a hibernated workspace says that it wakes; it does not.
                NoAutoWake => "no-auto-wake" at "POST /workspaces/:id/a2a",
                /// `DELETE /workspaces/:id` answers 200; the row and the agent stay.
                WorkspaceDeleteDoesNothing => "workspace-delete-does-nothing" at "DELETE /workspaces/:id",
                /// `DELETE /cp/admin/tenants/:slug` answers 200; the organisation stays.
                OrgDeleteLeavesInstance => "org-delete-leaves-instance" at "DELETE /cp/admin/tenants/:slug",
                /// `DELETE /cp/admin/tenants/:slug` ends the organisation for the control plane; its machine runs on.
                InstanceOutlivesOrg => "instance-outlives-org" at "DELETE /cp/admin/tenants/:slug",
                /// A written secret does not restart the workspace, so its agent never gets it.
                SecretWriteKeepsRunning => "secret-write-keeps-running" at "the restart after a write to /workspaces/:id/secrets",
                /// The tokens of a removed workspace stay valid.
                TokensOutliveWorkspace => "tokens-outlive-workspace" at "DELETE /workspaces/:id",
                /// `?cascade=true` pauses the workspace itself; those below it stay online.
                CascadeIgnored => "cascade-ignored" at "POST /workspaces/:id/pause",
                /// A workspace is resumed below a paused one.
                ResumeBelowPaused => "resume-below-paused" at "POST /workspaces/:id/resume, and restart",
                /// A workspace that is paused is paused again, with a 200.
                PauseTwice => "pause-twice" at "POST /workspaces/:id/pause",
                /// A workspace with children is removed with all of them, unasked.
                DeleteUnconfirmed => "delete-unconfirmed" at "DELETE /workspaces/:id",
                /// A workspace is removed, and those below it are counted as removed; they stay.
                DeleteLeavesChildren => "delete-leaves-children" at "DELETE /workspaces/:id",
                /// Hibernate takes a workspace with active tasks, also without force.
                HibernateIgnoresTasks => "hibernate-ignores-tasks" at "POST /workspaces/:id/hibernate",
                /// Hibernate by force answers 200 when there are active tasks; the row and the agent stay as they are.
                ForceNeverClaims => "force-never-claims" at "POST /workspaces/:id/hibernate?force=true",
                /// Pause and hibernate write the row and answer; the agent runs on.
                InstanceKeepsRunning => "instance-keeps-running" at "POST /workspaces/:id/pause, and hibernate",
                /// `POST /workspaces/:id/restart` answers 200; nothing is restarted.
                RestartReturnsEarly => "restart-returns-early" at "POST /workspaces/:id/restart",
                /// `PATCH /workspaces/:id` answers 200; nothing is changed.
                PatchLost => "patch-lost" at "PATCH /workspaces/:id",
                /// A removed workspace is gone; its agent runs on.
                AgentOutlivesWorkspace => "agent-outlives-workspace" at "DELETE /workspaces/:id",
                /// `DELETE /cp/admin/tenants/:slug` needs no confirmation.
                PurgeUnconfirmed => "purge-unconfirmed" at "DELETE /cp/admin/tenants/:slug",
            }
        }
    };
}

pub(super) use lifecycle;
