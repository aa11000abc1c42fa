//! `shakedown merge`: the recordings of shards as the recording of one run.
//!
//! Does not: run anything, or change the recordings of the shards.

use super::print;
use super::report::found;
use crate::job;
use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::archive::Newest;
use harness_runner::merge::{self, Folder, Repeated};
use harness_runner::model::exit::ExitCode;
use harness_runner::past;
use harness_runner::report::Format;
use std::path::PathBuf;

/// Examples of `--help`.
pub(super) const EXAMPLES: &str = "\
Every machine makes the same plan and runs its shard; merge proves that nothing is missing. It refuses unless the shards
have every case of that plan exactly once, and names those that are missing, that are there twice, and that belong to
another plan. What a lane demands of a whole run is judged here, and in no shard.

Examples:
  shakedown plan staging --json > plan.json                        # once; what it estimates balances the shards
  shakedown run staging --shard 2/4 --estimates plan.json          # on each of four machines
  shakedown merge artifacts/                                       # all recordings in a folder
  shakedown merge artifacts/1 artifacts/2 --output merged          # a recording as any other, in a folder of its own
  shakedown merge --latest artifacts/                              # of a shard that ran again the newest counts
  shakedown report merged --format markdown                        # any view of the whole

Exit codes: that of the merged run, by the same precedence as of any run · 2 the shards are not the plan, or cannot be read.";

/// What `merge` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The recordings of the shards: ids of runs, paths, or folders with recordings in them
    #[arg(required = true, value_name = "RECORDING")]
    recordings: Vec<String>,
    /// Where the merged recording goes, a folder that is not there yet [default: beside the other runs, and into their history]
    #[arg(long, value_name = "FOLDER")]
    output: Option<PathBuf>,
    /// Of a shard that ran more than once, the newest counts
    #[arg(long)]
    latest: bool,
}

/// Merges, and shows what came of it.
pub(super) fn call(
    arguments: &Arguments,
    settings: impl Fn() -> Result<Settings, StartError>,
) -> Result<ExitCode, StartError> {
    let mut paths = Vec::new();
    for recording in &arguments.recordings {
        let path = PathBuf::from(recording);
        paths.push(if path.exists() { path } else { found(Some(recording), Newest::OfAll, &settings)? });
    }
    let repeated = if arguments.latest { Repeated::Newest } else { Repeated::Refused };
    let archived = if let Some(folder) = &arguments.output {
        merge::merge(&paths, repeated, Folder::Named(folder))?
    } else {
        let recordings = job::recordings(&settings()?);
        let archived = merge::merge(&paths, repeated, Folder::Below(&recordings))?;
        past::remember_whole(&past::file(&recordings), &archived)?;
        archived
    };
    print(&Format::Text.render(&archived.account()));
    Ok(archived.report.exit())
}
