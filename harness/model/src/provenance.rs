//! Where a run comes from: the sources that it was started from, and what sets it apart from an ordinary run of its lane.
//!
//! Does not: find it out. The roof does.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

use crate::report::{BEHIND, BROKEN};
use crate::shard::Shard;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a run comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Provenance {
    /// The commit that was checked out, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The branch, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// What sets the run apart from an ordinary one of its lane, for people: a fault, a variable that breaks it on purpose,
    /// cases that were not selected. A run with any of it says nothing about the gates of its arms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<String>,
}

impl Provenance {
    /// Whether nothing of it is known, and nothing sets the run apart.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it was broken on purpose, or made where it could be: its reds say how well somebody looks, and nothing of what
    /// was looked at.
    pub fn is_broken(&self) -> bool {
        self.apart.iter().any(|reason| reason.starts_with(BROKEN) || reason.starts_with(BEHIND))
    }

    /// Whether it ran a shard of its plan.
    pub fn is_of_shard(&self) -> bool {
        self.apart.iter().any(|reason| Shard::sets_apart(reason))
    }

    /// Where a run comes from that was put together from shards: being one sets it apart no more, and everything else does.
    pub fn of_shards<'a>(shards: impl Iterator<Item = (&'a Self, Shard)>) -> Self {
        let mut whole = Self::default();
        for (shard, which) in shards {
            whole.commit = whole.commit.or_else(|| shard.commit.clone());
            whole.branch = whole.branch.or_else(|| shard.branch.clone());
            for reason in &shard.apart {
                if *reason != which.apart() && !whole.apart.contains(reason) {
                    whole.apart.push(reason.clone());
                }
            }
        }
        whole
    }
}
