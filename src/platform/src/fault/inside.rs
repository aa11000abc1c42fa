//! Faults inside the platform: its defects, each biting in exactly one place.
//!
//! Does not: act. The place that misbehaves asks [`super::Armed::has`].

use std::fmt;
use std::str::FromStr;

use super::error::{FaultError, nearest};

macro_rules! faults {
    ($($(#[doc = $documentation:literal])+ $variant:ident => $name:literal,)+) => {
        /// A deliberate defect.
        ///
        /// *Shape*: its kebab-case name, such as `no-auto-wake`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fault {
            $($(#[doc = $documentation])+ $variant,)+
        }

        impl Fault {
            /// Every fault, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The kebab-case name.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The fault of this name.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|fault| fault.name() == name)
            }

            /// What is wrong, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($documentation),+).trim(),)+
                }
            }
        }
    };
}

faults! {
    /// `POST /workspaces` answers 500; nothing is created.
    Create500 => "create-500",
    /// `POST /workspaces` is accepted and never answered.
    CreateHangs => "create-hangs",
    /// The label of every external workspace becomes `external`.
    LabelCoerced => "label-coerced",
    /// A workspace comes online with no url in its row.
    OnlineWithoutUrl => "online-without-url",
    /// A boot never ends.
    StuckProvisioning => "stuck-provisioning",
    /// A boot ends in `failed`.
    BootFails => "boot-fails",
    /// Pause answers 200; the row and the agent stay as they are.
    PauseDoesNothing => "pause-does-nothing",
    /// Resume goes straight to `online`; no provisioning event is written.
    ResumeSkipsProvisioning => "resume-skips-provisioning",
    /// Hibernate answers 200; the row and the agent stay as they are.
    HibernateDoesNothing => "hibernate-does-nothing",
    /// A message to a hibernated workspace says that it wakes; it does not.
    NoAutoWake => "no-auto-wake",
    /// Agents answer with the prompt.
    A2aEcho => "a2a-echo",
    /// Agents answer with an empty text.
    A2aEmptyReply => "a2a-empty-reply",
    /// Agents answer with the text of an error, in a 200.
    A2aErrorText => "a2a-error-text",
    /// Agents answer with the text of a provider that refuses for its quota, in a 200.
    A2aQuotaText => "a2a-quota-text",
    /// The A2A route answers 502 with an HTML page.
    A2aHtml => "a2a-html",
    /// Activity rows are never written.
    ActivityLost => "activity-lost",
    /// A message to a poll target answers 404.
    PollAnswers404 => "poll-answers-404",
    /// The envelope of a poll target has one key too many.
    PollEnvelopeExtraKey => "poll-envelope-extra-key",
    /// A workspace made from a template keeps the template's name as its runtime.
    TemplateRuntimeRaw => "template-runtime-raw",
    /// The runtime `google-adk` is accepted and provisions like any other.
    GoogleAdkAccepted => "google-adk-accepted",
    /// `DELETE /workspaces/:id` answers 200; the row and the agent stay.
    WorkspaceDeleteDoesNothing => "workspace-delete-does-nothing",
    /// `DELETE /cp/admin/tenants/:slug` answers 200; the organisation stays.
    OrgDeleteLeavesInstance => "org-delete-leaves-instance",
    /// `DELETE /cp/admin/tenants/:slug` ends the organisation for the control plane; its machine runs on.
    InstanceOutlivesOrg => "instance-outlives-org",
    /// An organisation never leaves `provisioning`.
    OrgNeverRuns => "org-never-runs",
    /// `POST /registry/register` answers 200; the status stays.
    RegisterIgnored => "register-ignored",
    /// `GET /workspaces/:id/events/stream` opens; nothing is ever on it, no ping and no event.
    SseSilent => "sse-silent",
    // What a workspace has.
    /// `POST /workspaces/:id/memories` answers 201; nothing is remembered.
    MemoryLost => "memory-lost",
    /// Credentials in a memory are not taken out.
    MemoryKeepsSecrets => "memory-keeps-secrets",
    /// A write to the key-value memory does not look at `if_match_version`.
    KvIgnoresVersion => "kv-ignores-version",
    /// The 409 of the key-value memory does not say which version was expected, and which one is there.
    KvConflictWithoutVersions => "kv-conflict-without-versions",
    /// Every row of a message names its own workspace as the source.
    ActivityMisattributed => "activity-misattributed",
    /// `POST /workspaces/:id/activity` writes its row twice.
    ActivityDuplicated => "activity-duplicated",
    /// `since_id` shows the row of the cursor too.
    SinceIdInclusive => "since-id-inclusive",
    /// An unknown cursor is answered like none.
    UnknownCursorAccepted => "unknown-cursor-accepted",
    /// `GET /activity`, which does not exist, answers with an empty list.
    ActivityAnywhere => "activity-anywhere",
    /// `GET /workspaces/:id/shared-context`, which was taken away, answers 200.
    SharedContextServed => "shared-context-served",
    /// `GET /workspaces/:id` shows the current task to everybody.
    CurrentTaskShown => "current-task-shown",
    /// `POST /workspaces/:id/notify` answers 200; no row is written.
    NotifyLost => "notify-lost",
    /// Half of an uploaded file is kept, and the whole of it acknowledged.
    UploadTruncated => "upload-truncated",
    /// A file of any size is taken.
    UploadUnlimited => "upload-unlimited",
    /// A download gives the first file that the workspace was given, whichever is asked for.
    DownloadOfAnother => "download-of-another",
    /// The list of secrets shows their values.
    SecretValueShown => "secret-value-shown",
    /// The deletion of a secret answers 200; the secret stays.
    SecretDeleteDoesNothing => "secret-delete-does-nothing",
    /// A written secret does not restart the workspace, so its agent never gets it.
    SecretWriteKeepsRunning => "secret-write-keeps-running",
    /// The revocation of a workspace's token answers 200; the token works on.
    RevokedTokenWorks => "revoked-token-works",
    /// The decision of an approval answers 200; the approval stays pending.
    ApprovalDecidesNothing => "approval-decides-nothing",
    /// Every workspace is billed to the platform.
    BilledToPlatform => "billed-to-platform",
    /// The last step of the terminal's diagnosis fails.
    TerminalBroken => "terminal-broken",
    /// `PUT /workspaces/:id/files/config.yaml` answers 200; nothing is written.
    ConfigLost => "config-lost",

    // Which model, which provider, which key.
    /// The keys that come with a create are dropped.
    CreateLosesKeys => "create-loses-keys",
    /// A model is taken for one of a provider that it does not have.
    ProviderMisderived => "provider-misderived",

    // What the sanity lane must notice.
    /// A tenant takes every bearer token for its admin's.
    TenantTokenUnchecked => "tenant-token-unchecked",

    // Who may reach whom.
    /// The tenant guard lets everybody through, whatever organisation is named.
    TenantGuardOpen => "tenant-guard-open",
    /// The tenant guard answers 403, which tells that there is a tenant.
    TenantGuardForbids => "tenant-guard-forbids",
    /// The tenant guard answers 404 with a body, which tells that there is a tenant.
    TenantGuardSpeaks => "tenant-guard-speaks",
    /// The routes of a workspace take the token of any other workspace.
    ForeignTokenAccepted => "foreign-token-accepted",
    /// The admin's routes take the token of a workspace.
    WorkspaceTokenIsAdmin => "workspace-token-is-admin",
    /// The admin's routes take the admin token of another organisation.
    ForeignAdminAccepted => "foreign-admin-accepted",
    /// The tokens of a removed workspace stay valid.
    TokensOutliveWorkspace => "tokens-outlive-workspace",
    /// Messages pass between workspaces that the hierarchy keeps apart.
    HierarchyIgnored => "hierarchy-ignored",
    /// A workspace is told that it has no peers.
    PeersEmpty => "peers-empty",
    /// A delegation is sent to nobody and stays `dispatched`.
    DelegationNeverCompletes => "delegation-never-completes",
    /// A delegation completes; what was answered is lost.
    DelegationWithoutAnswer => "delegation-without-answer",

    // Families and their ends.
    /// `?cascade=true` pauses the workspace itself; those below it stay online.
    CascadeIgnored => "cascade-ignored",
    /// A workspace is resumed below a paused one.
    ResumeBelowPaused => "resume-below-paused",
    /// A workspace that is paused is paused again, with a 200.
    PauseTwice => "pause-twice",
    /// A workspace with children is removed with all of them, unasked.
    DeleteUnconfirmed => "delete-unconfirmed",
    /// A late heartbeat brings a removed workspace back online.
    RemovedRevives => "removed-revives",

    // What is not created.
    /// `POST /workspaces` takes any name, role, template, directory, access, delivery mode and url.
    CreateUnchecked => "create-unchecked",
    /// `POST /workspaces` takes any runtime and any model, with or without a key.
    CreateUnresolved => "create-unresolved",
    /// A 422 lacks its code.
    RefusalWithoutCode => "refusal-without-code",
    /// `POST /workspaces` refuses, and the row stays.
    RefusedIsCreated => "refused-is-created",
    // What a target may be unable to do.
    /// There is no provisioner: verbs that boot a workspace answer 503.
    NoProvisioner => "no-provisioner",
    /// There is no queue: the route of its items does not exist.
    NoPollQueue => "no-poll-queue",
    /// Nobody says who pays for a model: `GET /admin/workspaces/:id/llm-billing-mode` does not exist.
    NoBillingMode => "no-billing-mode",
    /// There is no stream of events: `GET /workspaces/:id/events/stream` does not exist.
    NoEventStream => "no-event-stream",

    // Time, and what happens by itself.
    /// `POST /__platform/orgs/:slug/clock` answers 200; no time passes.
    AdvanceDoesNothing => "advance-does-nothing",
    /// An external agent that falls silent stays online.
    StaleNeverNoticed => "stale-never-noticed",
    /// A heartbeat answers 200; the row stays as it is.
    HeartbeatsIgnored => "heartbeats-ignored",
    /// A degraded workspace recovers at any error rate below one half.
    RecoversTooEarly => "recovers-too-early",
    /// Hibernate takes a workspace with active tasks, also without force.
    HibernateIgnoresTasks => "hibernate-ignores-tasks",
    /// Hibernate by force answers 200 when there are active tasks; the row and the agent stay as they are.
    ForceNeverClaims => "force-never-claims",
    /// The liveness sweep takes a paused workspace for a dead one, and marks it offline.
    PausedSweptOffline => "paused-swept-offline",
    /// An external agent that falls silent is marked offline, and not awaited.
    StaleGoesOffline => "stale-goes-offline",
    /// A boot that never ends is never given up.
    BootsNeverGivenUp => "boots-never-given-up",
    /// A workspace that comes online falls offline at once, and comes online again.
    FlappingBoot => "flapping-boot",
    /// `GET /workspaces/:id` answers 429 however rarely one asks, until the workspace is removed.
    AlwaysThrottled => "always-throttled",
    /// Pause and hibernate write the row and answer; the agent runs on.
    InstanceKeepsRunning => "instance-keeps-running",
    /// `POST /workspaces/:id/restart` answers 200; nothing is restarted.
    RestartReturnsEarly => "restart-returns-early",
    /// Messages that wait are never delivered.
    QueueNeverDrains => "queue-never-drains",
    /// A message that waited is delivered; its item is gone then.
    QueueItemLost => "queue-item-lost",
    /// A message that waited is delivered twice.
    DeliveredTwice => "delivered-twice",
    /// The 202 of a busy agent does not say which item waits.
    QueuedWithoutId => "queued-without-id",
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::named(name).ok_or_else(|| {
            let known = Self::ALL.iter().map(|fault| fault.name());
            FaultError::Unknown { name: name.to_owned(), nearest: nearest(name, known) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Fault;

    #[test]
    fn every_name_reads_back() {
        for fault in Fault::ALL {
            assert_eq!(fault.to_string().parse::<Fault>().unwrap(), *fault);
        }
    }

    #[test]
    fn a_misspelt_name_is_answered_with_the_nearest_one() {
        let message = "no-auto-wke".parse::<Fault>().unwrap_err().to_string();
        assert!(message.starts_with(
            "unknown fault `no-auto-wke`, did you mean `no-auto-wake`?; known faults: create-500, "
        ));
    }
}
