//! Profiles: the versions of the platform that its contract tells apart.
//!
//! Does not: hold a defect that is no fault of its own; each can be had alone.

use std::str::FromStr;

use crate::fault::Fault;

/// A version of the platform, as the defects that it had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// The contract.
    #[default]
    P,
    /// The version before it, with its lifecycle defects, and without any resolution of runtimes and models,
    /// without the route of waiting messages, and without one that says who pays.
    ///
    /// *Source*: the staging contract, sections A3, A5, A6, A7 and B5.
    S,
}

impl Profile {
    /// Its defects.
    pub const fn faults(self) -> &'static [Fault] {
        match self {
            Self::P => &[],
            Self::S => &[
                Fault::HibernateDoesNothing,
                Fault::ForceNeverClaims,
                Fault::InstanceKeepsRunning,
                Fault::RestartReturnsEarly,
                Fault::NoAutoWake,
                Fault::StaleGoesOffline,
                Fault::LabelCoerced,
                Fault::CreateUnresolved,
                Fault::NoPollQueue,
                Fault::NoBillingMode,
            ],
        }
    }
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "p" => Ok(Self::P),
            "s" => Ok(Self::S),
            other => Err(UnknownProfile(other.to_owned())),
        }
    }
}

/// A name that no profile has.
#[derive(Debug, thiserror::Error)]
#[error("unknown profile `{0}`; known profiles: p, s")]
pub struct UnknownProfile(String);
