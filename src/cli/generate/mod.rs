//! `shakedown generate`: files that are derived from others.
//!
//! Does not: write anything with `--check`.

mod diagnostics;
mod faults;
mod markdown;
#[cfg(feature = "platform")]
mod noticed;
mod recording;
mod reference;
mod tables;
mod variables;
mod workflows;

use super::print;
use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::model::exit::ExitCode;
use harness_runner::model::{documents, log_schema, schema};
use harness_runner::report::history::history_schema;
use harness_runner::report::{comparison_schema, gate_schema, proof_schema, report_schema};
use std::fs;
use std::path::Path;

/// Examples of `--help`.
pub(super) const EXAMPLES: &str = "\
Examples:
  shakedown generate                                     # write whatever is stale
  shakedown generate --check                             # only name it, and fail if anything is";

/// The command that mends what is stale.
const MEND: &str = "shakedown generate (here: cargo run -- generate)";

/// What `generate` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Only say what is stale, and fail if anything is
    #[arg(long)]
    check: bool,
}

/// A file that is derived, by its path below the root.
struct Derived {
    path: String,
    text: String,
}

/// Writes what is stale, or names it.
pub(super) fn call(arguments: &Arguments, settings: &Settings) -> Result<ExitCode, StartError> {
    let mut stale = Vec::new();
    for derived in derived(settings)? {
        let target = settings.root.join(&derived.path);
        if fs::read(&target).is_ok_and(|current| current == derived.text.as_bytes()) {
            continue;
        }
        if !arguments.check {
            let folder = target.parent().unwrap_or(&settings.root);
            let written = fs::create_dir_all(folder).and_then(|()| fs::write(&target, &derived.text));
            written.map_err(|error| unusable(&target, &error))?;
        }
        stale.push(derived.path);
    }
    let word = if arguments.check { "stale" } else { "written" };
    for path in &stale {
        print(&format!("{word}: {path}\n"));
    }
    if arguments.check && !stale.is_empty() {
        crate::say(&format!("{} derived files are stale: {MEND} writes them", stale.len()));
        return Ok(ExitCode::Failure);
    }
    Ok(ExitCode::Success)
}

/// Every derived file of a root.
fn derived(settings: &Settings) -> Result<Vec<Derived>, StartError> {
    let file = |path: &str, text: String| Derived { path: path.to_owned(), text };
    let mut files = workflows::copies(&settings.root)?;
    files.push(file(schema::FILE, schema::text()));
    files.push(file(log_schema::FILE, format!("{:#}\n", log_schema::document())));
    files.push(file("docs/recording.md", recording::page()));
    let of_reports = [
        ("docs/report.schema.json", report_schema()),
        ("docs/comparison.schema.json", comparison_schema()),
        ("docs/history.schema.json", history_schema()),
        ("docs/gate.schema.json", gate_schema()),
        ("docs/proof.schema.json", proof_schema()),
    ];
    for (path, schema) in of_reports.into_iter().chain(documents::schemas()) {
        files.push(file(path, format!("{schema:#}\n")));
    }
    files.push(file("docs/reference.md", reference::page()));
    files.push(file("docs/faults.md", faults::page()));
    files.push(file("docs/diagnostics.md", diagnostics::page()));
    files.push(file("docs/variables.md", variables::page(settings)?));
    #[cfg(feature = "platform")]
    files.extend(noticed::page(settings)?.map(|page| file(noticed::FILE, page)));
    Ok(files)
}

fn unusable(path: &Path, error: &std::io::Error) -> StartError {
    StartError::Usage(format!("{}: {error}", path.display()))
}
