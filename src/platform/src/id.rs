//! Identifiers: one type per kind of thing, so that an organisation's id never lands where a workspace's belongs.
//!
//! Does not: look anything up.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

macro_rules! identifier {
    ($(#[$documentation:meta])* $name:ident) => {
        $(#[$documentation])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) struct $name(Uuid);

        impl $name {
            /// A fresh random identifier.
            pub(crate) fn mint() -> Self {
                Self(Uuid::new_v4())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

identifier! {
    /// The identity of an organisation.
    OrgId
}
identifier! {
    /// The identity of a workspace.
    WorkspaceId
}
identifier! {
    /// The identity of a queued message.
    QueueId
}
identifier! {
    /// The identity of a delegation.
    DelegationId
}
