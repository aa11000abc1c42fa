//! What a target may be unable to do.
//!
//! Does not: act, like every list of faults.

macro_rules! lacking {
    ([$next:ident $($later:ident)*] $($before:tt)*) => {
        $next! { [$($later)*] $($before)*
            "lacking" {
                /// There is no provisioner: verbs that boot a workspace answer 503.
                NoProvisioner => "no-provisioner" at "every route that boots a workspace",
                /// There is no queue: the route of its items does not exist.
                NoPollQueue => "no-poll-queue" at "GET /workspaces/:id/a2a/queue/:queue_id",
                /// Nobody says who pays for a model: `GET /admin/workspaces/:id/llm-billing-mode` does not exist.
                NoBillingMode => "no-billing-mode" at "GET /admin/workspaces/:id/llm-billing-mode",
                /// There is no stream of events: `GET /workspaces/:id/events/stream` does not exist.
                NoEventStream => "no-event-stream" at "GET /workspaces/:id/events/stream",
            }
        }
    };
}

pub(super) use lacking;
