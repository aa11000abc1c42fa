//! What is written down of workspaces, and what is shown of them.
//!
//! Does not: act, like every list of faults.

macro_rules! showing {
    ([$next:ident $($later:ident)*] $($before:tt)*) => {
        $next! { [$($later)*] $($before)*
            "showing" {
                /// Activity rows are never written.
                ActivityLost => "activity-lost" at "the record of POST /workspaces/:id/a2a",
                /// `GET /workspaces/:id/events/stream` opens; nothing is ever on it, no ping and no event.
                SseSilent => "sse-silent" at "GET /workspaces/:id/events/stream",
                /// Every row of a message names its own workspace as the source.
                ActivityMisattributed => "activity-misattributed" at "the record of POST /workspaces/:id/a2a",
                /// `POST /workspaces/:id/activity` writes its row twice.
                ActivityDuplicated => "activity-duplicated" at "POST /workspaces/:id/activity",
                /// `since_id` shows the row of the cursor too.
                SinceIdInclusive => "since-id-inclusive" at "GET /workspaces/:id/activity",
                /// An unknown cursor is answered like none.
                UnknownCursorAccepted => "unknown-cursor-accepted" at "GET /workspaces/:id/activity",
                /// `GET /activity`, which does not exist, answers with an empty list.
                ActivityAnywhere => "activity-anywhere" at "GET /activity",
                /// `GET /workspaces/:id/shared-context`, which was taken away, answers 200.
                SharedContextServed => "shared-context-served" at "GET /workspaces/:id/shared-context",
                /// `GET /workspaces/:id` shows the current task to everybody.
                CurrentTaskShown => "current-task-shown" at "GET /workspaces/:id",
                /// `POST /workspaces/:id/notify` answers 200; no row is written.
                NotifyLost => "notify-lost" at "POST /workspaces/:id/notify",
                /// The last step of the terminal's diagnosis fails.
                TerminalBroken => "terminal-broken" at "GET /workspaces/:id/terminal/diagnose",
                /// `GET /workspaces/:id` answers 429 however rarely one asks, until the workspace is removed.
                AlwaysThrottled => "always-throttled" at "GET /workspaces/:id",
                /// The list of workspaces lacks the newest one.
                WorkspaceHidden => "workspace-hidden" at "GET /workspaces",
                /// The list of organisations lacks the newest one.
                OrgHidden => "org-hidden" at "GET /cp/admin/orgs",
                /// The list of events of a workspace is empty.
                EventsLost => "events-lost" at "GET /events/:id",
                /// The clock of the events is an hour slow.
                EventsDatedEarly => "events-dated-early" at "GET /events/:id",
                /// Every two events of a stream come in the wrong order.
                SseOutOfOrder => "sse-out-of-order" at "GET /workspaces/:id/events/stream",
                /// Every route that looks for a workspace answers 503: its database is busy.
                DatabaseBusy => "database-busy" at "every route of a workspace",
            }
        }
    };
}

pub(super) use showing;
