//! Messages to agents, what waits, and delegations.
//!
//! Does not: act, like every list of faults.

macro_rules! messages {
    ([$next:ident $($later:ident)*] $($before:tt)*) => {
        $next! { [$($later)*] $($before)*
            "messages" {
                /// Agents answer with the prompt.
                A2aEcho => "a2a-echo" at "the agent",
                /// Agents get an addition wrong whenever its sum can be divided by three.
                A2aWrongSometimes => "a2a-wrong-sometimes" at "the agent",
                /// Agents answer with an empty text.
                A2aEmptyReply => "a2a-empty-reply" at "the agent",
                /// Agents answer with the text of an error, in a 200.
                A2aErrorText => "a2a-error-text" at "the agent",
                /// Agents answer with the text of a provider that refuses for its quota, in a 200.
                A2aQuotaText => "a2a-quota-text" at "the agent",
                /// The A2A route answers 502 with an HTML page.
                A2aHtml => "a2a-html" at "POST /workspaces/:id/a2a",
                /// A message to a poll target answers 404.
                PollAnswers404 => "poll-answers-404" at "POST /workspaces/:id/a2a",
                /// The envelope of a poll target has one key too many.
                PollEnvelopeExtraKey => "poll-envelope-extra-key" at "POST /workspaces/:id/a2a",
                /// A delegation is sent to nobody and stays `dispatched`.
                DelegationNeverCompletes => "delegation-never-completes" at "POST /workspaces/:id/delegate",
                /// A delegation completes; what was answered is lost.
                DelegationWithoutAnswer => "delegation-without-answer" at "POST /workspaces/:id/delegate",
                /// Messages that wait are never delivered.
                QueueNeverDrains => "queue-never-drains" at "the delivery of what waits",
                /// A message that waited is delivered; its item is gone then.
                QueueItemLost => "queue-item-lost" at "the delivery of what waits",
                /// A message that waited is delivered twice.
                DeliveredTwice => "delivered-twice" at "the delivery of what waits",
                /// The 202 of a busy agent does not say which item waits.
                QueuedWithoutId => "queued-without-id" at "POST /workspaces/:id/a2a",
                /// A message to a hibernated workspace is taken for later with a 202 and wakes it; nobody gets the message.
                WakeLosesMessage => "wake-loses-message" at "POST /workspaces/:id/a2a",
                /// A message goes to the agent of another workspace that is online, if there is one.
                WrongWorkspaceAnswers => "wrong-workspace-answers" at "POST /workspaces/:id/a2a",
                /// A workspace that has spent its budget takes messages.
                BudgetIgnored => "budget-ignored" at "POST /workspaces/:id/a2a",
                /// A delegation with the key of an earlier one is begun once more.
                DelegatedTwice => "delegated-twice" at "POST /workspaces/:id/delegate",
                /// The list of delegations has each of them twice.
                DelegationListedTwice => "delegation-listed-twice" at "GET /workspaces/:id/delegations",
            }
        }
    };
}

pub(super) use messages;
