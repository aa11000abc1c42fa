//! Transport: the ways in which an exchange ends without a reply, as a closed list.
//!
//! Does not: look at an error. The engine derives one of these from what its client says, in one place.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What became of an exchange that brought no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// The host is there and nobody listens.
    Refused,
    /// No way leads to the host.
    Unreachable,
    /// The host's name has no address.
    Dns,
    /// The other side cannot show who it is.
    Tls,
    /// The other side tore the connection down.
    Reset,
    /// The connection ended before the reply did.
    ClosedEarly,
    /// Time was up.
    TimedOut,
    /// What came is not HTTP.
    Protocol,
}

/// How much of a request may have arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// Not one byte.
    Nothing,
    /// Nobody knows.
    Perhaps,
}

impl Transport {
    /// Whether the same send may go better a moment later. A certificate and a wrong protocol do not heal.
    pub fn may_heal(self) -> bool {
        match self {
            Self::Refused
            | Self::Unreachable
            | Self::Dns
            | Self::Reset
            | Self::ClosedEarly
            | Self::TimedOut => true,
            Self::Tls | Self::Protocol => false,
        }
    }

    /// The words of messages: what the peers of a storm have in common.
    pub fn words(self) -> &'static str {
        match self {
            Self::Refused => "connection refused",
            Self::Unreachable => "no route",
            Self::Dns => "no address for its name",
            Self::Tls => "no trustworthy TLS",
            Self::Reset => "connection reset",
            Self::ClosedEarly => "connection closed early",
            Self::TimedOut => "no reply in time",
            Self::Protocol => "no HTTP",
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.words())
    }
}
