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

#[cfg(test)]
mod tests {
    use super::Profile;
    use crate::fault::Fault;
    use std::collections::BTreeSet;

    /// By section of the contract. Some hide behind others: nothing that does not hibernate can be woken.
    const BEFORE: [(&str, Fault); 10] = [
        ("A3", Fault::CreateUnresolved),
        ("A5", Fault::LabelCoerced),
        ("A6", Fault::NoPollQueue),
        ("A7", Fault::NoBillingMode),
        ("B2", Fault::StaleGoesOffline),
        ("B5.1", Fault::HibernateDoesNothing),
        ("B5.2", Fault::ForceNeverClaims),
        ("B5.3", Fault::InstanceKeepsRunning),
        ("B5.4", Fault::RestartReturnsEarly),
        ("B5.5", Fault::NoAutoWake),
    ];

    #[test]
    fn the_version_before_has_every_defect_of_the_contract_and_the_contract_has_none() {
        let names = |faults: &[Fault]| -> BTreeSet<String> {
            faults.iter().map(|fault| format!("{fault:?}")).collect()
        };
        assert_eq!(names(Profile::S.faults()), names(&BEFORE.map(|(_, fault)| fault)));
        assert_eq!(Profile::S.faults().len(), BEFORE.len());
        assert!(Profile::P.faults().is_empty());
    }
}
