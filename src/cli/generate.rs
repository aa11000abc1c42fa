//! `shakedown generate`: files that are derived from others.
//!
//! Does not: write anything with `--check`.

use super::print;
use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::model::exit::ExitCode;
use std::fs;
use std::path::{Path, PathBuf};

/// Examples of `--help`.
pub(super) const EXAMPLES: &str = "\
Examples:
  shakedown generate                                     # write whatever is stale
  shakedown generate --check                             # only name it, and fail if anything is";

/// What `generate` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Only say what is stale, and fail if anything is
    #[arg(long)]
    check: bool,
}

/// Copies `ci/*.yml` into `.github/workflows/`, byte for byte.
pub(super) fn call(arguments: &Arguments, settings: &Settings) -> Result<ExitCode, StartError> {
    let usage =
        |path: &Path, error: std::io::Error| StartError::Usage(format!("{}: {error}", path.display()));
    let mut stale = Vec::new();
    for source in workflows(&settings.root).map_err(|error| usage(&settings.root.join("ci"), error))? {
        let text = fs::read(&source).map_err(|error| usage(&source, error))?;
        let target = settings.root.join(".github/workflows").join(source.file_name().unwrap_or_default());
        if fs::read(&target).is_ok_and(|current| current == text) {
            continue;
        }
        if !arguments.check {
            let written = fs::create_dir_all(settings.root.join(".github/workflows"));
            written.and_then(|()| fs::write(&target, &text)).map_err(|error| usage(&target, error))?;
        }
        stale.push(target);
    }
    let word = if arguments.check { "stale" } else { "written" };
    for target in &stale {
        print(&format!("{word}: {}\n", target.strip_prefix(&settings.root).unwrap_or(target).display()));
    }
    let failed = arguments.check && !stale.is_empty();
    Ok(if failed { ExitCode::Failure } else { ExitCode::Success })
}

fn workflows(root: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(root.join("ci"))?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = entries.collect::<std::io::Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yml"));
    paths.sort();
    Ok(paths)
}
