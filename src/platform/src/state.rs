//! The workspace state machine: every legal move, and nothing else.
//!
//! Does not: touch the database, the clock or an agent.

use std::fmt;
use std::str::FromStr;

/// The lifecycle state of a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Status {
    /// Its agent is being started.
    Provisioning,
    /// It is external and nobody has registered for it yet.
    AwaitingAgent,
    /// Its agent answers.
    Online,
    /// Its agent answers, with many errors.
    Degraded,
    /// Its agent was found dead.
    Offline,
    /// It could not be started.
    Failed,
    /// It was stopped until somebody resumes it.
    Paused,
    /// It is being put to sleep.
    Hibernating,
    /// It sleeps until a message arrives.
    Hibernated,
    /// It is gone for good.
    Removed,
}

impl Status {
    /// Every status, in the order of declaration.
    pub(crate) const ALL: [Self; 10] = [
        Self::Provisioning,
        Self::AwaitingAgent,
        Self::Online,
        Self::Degraded,
        Self::Offline,
        Self::Failed,
        Self::Paused,
        Self::Hibernating,
        Self::Hibernated,
        Self::Removed,
    ];

    /// The word that the wire and the database use.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Provisioning => "provisioning",
            Self::AwaitingAgent => "awaiting_agent",
            Self::Online => "online",
            Self::Degraded => "degraded",
            Self::Offline => "offline",
            Self::Failed => "failed",
            Self::Paused => "paused",
            Self::Hibernating => "hibernating",
            Self::Hibernated => "hibernated",
            Self::Removed => "removed",
        }
    }

    /// The event that entering this status appends; `hibernating` has none.
    pub(crate) const fn event(self) -> Option<&'static str> {
        match self {
            Self::Provisioning => Some("WORKSPACE_PROVISIONING"),
            Self::AwaitingAgent => Some("WORKSPACE_AWAITING_AGENT"),
            Self::Online => Some("WORKSPACE_ONLINE"),
            Self::Degraded => Some("WORKSPACE_DEGRADED"),
            Self::Offline => Some("WORKSPACE_OFFLINE"),
            Self::Failed => Some("WORKSPACE_PROVISION_FAILED"),
            Self::Paused => Some("WORKSPACE_PAUSED"),
            Self::Hibernating => None,
            Self::Hibernated => Some("WORKSPACE_HIBERNATED"),
            Self::Removed => Some("WORKSPACE_REMOVED"),
        }
    }

    /// Whether an agent is expected to answer in this status.
    pub(crate) const fn is_callable(self) -> bool {
        matches!(self, Self::Online | Self::Degraded)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

/// A word that names no status.
#[derive(Debug, thiserror::Error)]
#[error("unknown workspace status `{0}`")]
pub(crate) struct UnknownStatus(String);

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|status| status.word() == word)
            .ok_or_else(|| UnknownStatus(word.to_owned()))
    }
}

/// How well an agent says it is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    /// Error rate below 0.1 and not wedged.
    Good,
    /// Between the two thresholds: neither degrades nor recovers.
    Fair,
    /// Error rate of at least 0.5, or wedged.
    Poor,
}

impl Health {
    /// The health that a heartbeat's error rate and wedged state stand for.
    pub(crate) fn of(error_rate: f64, wedged: bool) -> Self {
        if wedged || error_rate >= 0.5 {
            Self::Poor
        } else if error_rate < 0.1 {
            Self::Good
        } else {
            Self::Fair
        }
    }
}

/// What asks a workspace to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trigger {
    /// The boot ended with a listening agent.
    Booted,
    /// The boot ended without one.
    BootFailed,
    /// An agent registered.
    Register,
    /// An agent reported its health.
    Heartbeat(Health),
    /// A dispatch found the agent dead.
    Unreachable,
    /// The health sweep found no agent.
    AgentGone,
    /// The watcher of first boots gave one up.
    BootGivenUp,
    /// The provision sweep found it too long in `provisioning`.
    ProvisionTimeout,
    /// The staleness sweep has not heard of its external agent for too long.
    Stale,
    /// Its liveness key ran out.
    KeyExpired,
    /// The idle monitor claimed its way to sleep.
    Idle,
    /// Somebody paused it.
    Pause,
    /// Somebody resumed it.
    Resume,
    /// Somebody claimed its way to sleep.
    Hibernate,
    /// The way to sleep ended.
    FallAsleep,
    /// A message claimed its wake.
    Wake,
    /// Somebody restarted it, or its death did.
    Restart,
    /// Somebody deleted it.
    Remove,
}

impl Trigger {
    /// Whether it shows that the workspace has a living agent.
    pub(crate) const fn is_from_agent(self) -> bool {
        matches!(self, Self::Booted | Self::Register | Self::Heartbeat(_))
    }

    /// The monitor that pulls it, as the events name it.
    pub(crate) const fn source(self) -> Option<&'static str> {
        match self {
            Self::AgentGone => Some("health_sweep"),
            Self::BootGivenUp => Some("bootstrap_watcher"),
            Self::ProvisionTimeout => Some("provision_timeout_sweep"),
            Self::Stale => Some("external_staleness_sweep"),
            Self::KeyExpired => Some("liveness_monitor"),
            Self::Idle => Some("hibernation_monitor"),
            Self::Booted
            | Self::BootFailed
            | Self::Register
            | Self::Heartbeat(_)
            | Self::Unreachable
            | Self::Pause
            | Self::Resume
            | Self::Hibernate
            | Self::FallAsleep
            | Self::Wake
            | Self::Restart
            | Self::Remove => None,
        }
    }
}

/// Why a workspace did not move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// There is no such workspace.
    #[error("workspace not found")]
    Missing,
    /// It is gone for good.
    #[error("workspace is removed")]
    Removed,
    /// It is paused already.
    #[error("workspace is paused already")]
    Paused,
    /// It is not in a status from which this trigger leads anywhere.
    #[error("workspace is not in a status for that")]
    WrongStatus,
    /// The boot that reports has been superseded by a later one.
    #[error("a later boot has taken over")]
    Superseded,
}

/// The status that `trigger` leads to from `from`; the same status where the trigger is heard without effect.
///
/// *Errors*: a [`Refusal`] where the contract forbids the move.
/// *Source*: the staging contract, sections B2 and B3.
pub(crate) fn transition(from: Status, trigger: Trigger) -> Result<Status, Refusal> {
    use Status::{
        AwaitingAgent, Degraded, Failed, Hibernated, Hibernating, Offline, Online, Paused, Provisioning,
        Removed,
    };
    match (trigger, from) {
        (Trigger::Remove, _) => Ok(Removed),
        (_, Removed) => Err(Refusal::Removed),
        // Who gave a slow boot up was too early: it ends in service all the same.
        (Trigger::Booted, Provisioning | Failed)
        | (Trigger::Register, _)
        | (Trigger::Heartbeat(_), Provisioning | Offline | AwaitingAgent | Failed)
        | (Trigger::Heartbeat(Health::Good), Degraded) => Ok(Online),
        (Trigger::BootFailed | Trigger::BootGivenUp | Trigger::ProvisionTimeout, Provisioning) => Ok(Failed),
        (Trigger::Heartbeat(Health::Poor), Online) => Ok(Degraded),
        (Trigger::Heartbeat(_), unchanged) => Ok(unchanged),
        (Trigger::Stale, Online) => Ok(AwaitingAgent),
        (Trigger::KeyExpired, Paused | Hibernated) => Err(Refusal::WrongStatus),
        (Trigger::Unreachable | Trigger::AgentGone, Online | Degraded) | (Trigger::KeyExpired, _) => {
            Ok(Offline)
        }
        (Trigger::Pause, Paused) => Err(Refusal::Paused),
        (Trigger::Pause, _) => Ok(Paused),
        (Trigger::Resume, Paused) | (Trigger::Wake, Hibernated) | (Trigger::Restart, _) => Ok(Provisioning),
        (Trigger::Hibernate | Trigger::Idle, Online | Degraded) => Ok(Hibernating),
        (Trigger::FallAsleep, Hibernating) => Ok(Hibernated),
        (
            Trigger::Booted
            | Trigger::BootFailed
            | Trigger::BootGivenUp
            | Trigger::ProvisionTimeout
            | Trigger::Unreachable
            | Trigger::AgentGone
            | Trigger::Stale
            | Trigger::Resume
            | Trigger::Hibernate
            | Trigger::Idle
            | Trigger::FallAsleep
            | Trigger::Wake,
            _,
        ) => Err(Refusal::WrongStatus),
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
