//! What `run` and `plan` take to run a part of a suite on each of several machines.
//!
//! Does not: divide a plan.

use crate::settings::{Origin, Settings, Sourced};
use harness_runner::model::shard::{Shard, ShardError};
use std::path::PathBuf;

/// Arguments that name a shard.
#[derive(Debug, clap::Args)]
pub(super) struct Sharing {
    /// One of several shards that take about as long, as in 2/4; put them together again with `shakedown merge`
    #[arg(long, value_name = "NUMBER/OF", value_parser = by_time)]
    shard: Option<Shard>,
    /// The same as nextest divides: slice:2/4, hash:2/4 or count:2/4
    #[arg(long, value_name = "HOW:NUMBER/OF", value_parser = partition, conflicts_with = "shard")]
    partition: Option<Shard>,
    /// How long cases take, the same for every shard: a plan that `shakedown plan SUITE --json` wrote
    #[arg(long, value_name = "FILE")]
    estimates: Option<PathBuf>,
}

impl Sharing {
    /// Adds them to the settings.
    pub(super) fn apply(self, settings: Settings) -> Settings {
        let sourced = |name| move |value| Sourced { value, origin: Origin::Argument(name) };
        let shard = self.shard.map(sourced("--shard"));
        let shard = shard.or_else(|| self.partition.map(sourced("--partition")));
        settings.with_sharing(shard, self.estimates)
    }
}

fn by_time(text: &str) -> Result<Shard, ShardError> {
    Shard::by_time(text)
}

fn partition(text: &str) -> Result<Shard, ShardError> {
    Shard::partition(text)
}
