//! A sink that is a file, replaced whole or not at all.
//!
//! Does not: write while a run goes on.

use super::{Sink, SinkError, Sinks};
use crate::{views, whole};
use harness_model::context::Bindings;
use harness_model::template::Template;
use harness_report::Format;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

struct File {
    path: PathBuf,
    /// What a file must have been to be replaced; none where its suite says what stands in it.
    format: Option<Format>,
}

pub(super) fn build(
    sinks: &Sinks,
    path: &Template,
    scope: &Bindings,
    format: Option<Format>,
) -> (String, Result<Box<dyn Sink>, SinkError>) {
    match sinks.secretly(path, scope) {
        Ok(path) => {
            let path = sinks.settings.root.join(path);
            let made: Result<Box<dyn Sink>, SinkError> = match taken(&sinks.settings.root, &path) {
                Some(folder) => Err(SinkError::File(format!(
                    "{folder}/ is read by us and written by nobody: name another place"
                ))),
                None => Ok(Box::new(File { path: path.clone(), format })),
            };
            (path.display().to_string(), made)
        }
        Err(error) => (path.text().value.clone(), Err(error)),
    }
}

/// The folder of ours that a path leads into, if it does: what is there, no sink may replace.
fn taken(root: &Path, path: &Path) -> Option<&'static str> {
    let there = |path: &Path| fs::canonicalize(path).ok();
    let into = path.ancestors().find_map(there)?;
    ["scenarios", "templates", ".shakedown"]
        .into_iter()
        .find(|folder| there(&root.join(folder)).is_some_and(|folder| into.starts_with(folder)))
}

#[async_trait::async_trait]
impl Sink for File {
    async fn deliver(&self, text: String, _key: &str) -> Result<(), SinkError> {
        let written = match self.format {
            Some(format) => views::write(format, &self.path, &text).map_err(|error| error.to_string()),
            None => write(&self.path, &text).map_err(|error| error.to_string()),
        };
        written.map_err(SinkError::File)
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    whole::write(path, text.as_bytes())
}
