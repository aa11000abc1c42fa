//! What settings say of shards.
//!
//! Does not: divide a plan.

use super::{Origin, Settings, SettingsError, Sourced, variables};
use harness_runner::model::shard::Shard;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Which of several shards is to run, and what they are balanced by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sharing {
    /// The shard; none for all of it.
    pub(crate) shard: Option<Sourced<Shard>>,
    /// A plan with estimates, the same on every machine.
    pub(crate) estimates: Option<PathBuf>,
}

impl Sharing {
    /// What variables say.
    ///
    /// *Errors*: a shard that is none.
    pub(super) fn read(settings: &BTreeMap<String, String>) -> Result<Self, SettingsError> {
        let set = |name: &str| settings.get(name).filter(|value| !value.is_empty());
        let shard = set(variables::E2E_SHARD).map(|text| text.parse()).transpose();
        let shard = shard.map_err(|source| SettingsError::Shard { source })?;
        let origin = Origin::Variable(variables::E2E_SHARD);
        Ok(Self {
            shard: shard.map(|value| Sourced { value, origin }),
            estimates: set(variables::E2E_ESTIMATES).map(PathBuf::from),
        })
    }
}

impl Settings {
    /// The same, with what was said of shards.
    pub(crate) fn with_sharing(mut self, shard: Option<Sourced<Shard>>, estimates: Option<PathBuf>) -> Self {
        self.sharing.shard = shard.or(self.sharing.shard);
        self.sharing.estimates = estimates.or(self.sharing.estimates);
        self
    }
}
