//! `shakedown report --compare`: what has changed from one run to another.
//!
//! Does not: judge either run.

use super::report::found;
use super::{print, report};
use crate::job;
use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::archive::{self, Archived, Newest};
use harness_runner::model::exit::ExitCode;
use harness_runner::model::name::EnvironmentName;
use harness_runner::report::{Comparison, Format, Paint};
use harness_runner::views;
use std::path::{Path, PathBuf};

/// Shows what has changed since an earlier run.
pub(super) fn call(
    before: &str,
    arguments: &report::Arguments,
    settings: impl Fn() -> Result<Settings, StartError>,
) -> Result<ExitCode, StartError> {
    let before = archive::open(&found(Some(before), Newest::OfAll, &settings)?)?;
    let after = match arguments.run() {
        Some(after) => found(Some(after), Newest::OfAll, &settings)?,
        None => newest_other(&before, &settings()?)?,
    };
    let after = archive::open(&after)?;
    let comparison = Comparison::new(&before.report, &after.report)
        .map_err(|error| StartError::Usage(error.to_string()))?;
    let (text, mark) = match arguments.format() {
        Format::Text => (comparison.text(Paint::Never), ""),
        Format::Json => (comparison.json(), Comparison::JSON_MARK),
        Format::Markdown => (comparison.markdown(), Comparison::MARKDOWN_MARK),
        other => {
            let message = format!("a comparison has no format {other}: say text, json or markdown");
            return Err(StartError::Usage(message));
        }
    };
    match arguments.output() {
        None => print(&text),
        Some(path) => write(path, &text, mark)?,
    }
    let has_failed = arguments.judges() && comparison.has_new_reds();
    Ok(if has_failed { ExitCode::Failure } else { ExitCode::Success })
}

fn write(path: &Path, text: &str, mark: &str) -> Result<(), StartError> {
    let written =
        views::write_marked(path, text, |beginning| !mark.is_empty() && beginning.starts_with(mark));
    written.map_err(|error| StartError::Usage(format!("{}: {error}", path.display())))
}

/// The newest run of the same suite and environment that is another.
fn newest_other(before: &Archived, settings: &Settings) -> Result<PathBuf, StartError> {
    let report = &before.report;
    let folder = job::recordings(settings);
    let environment = EnvironmentName::new(&report.environment);
    let other = archive::newest_of(&folder, &report.suite, &environment, Some(&report.run));
    other.ok_or_else(|| {
        let (suite, folder) = (&report.suite, folder.display());
        StartError::Usage(format!("there is no other run of {suite} on {environment} in {folder}: name one"))
    })
}
