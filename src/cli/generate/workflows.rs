//! Workflows: `ci/*.yml`, byte for byte where GitHub looks for them, and where Gitea does with the changes of
//! `ci/gitea.toml`, when there is one.
//!
//! Does not: understand them; `tests/workflows.rs` does.

use super::{Derived, unusable};
use crate::start::StartError;
use serde::Deserialize;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// `ci/gitea.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Dialect {
    replace: Vec<Replacement>,
}

/// A text that Gitea wants otherwise.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Replacement {
    github: String,
    gitea: String,
    /// For people.
    #[serde(rename = "why")]
    _why: String,
}

/// The copies; none when there is no `ci/`.
pub(super) fn copies(root: &Path) -> Result<Vec<Derived>, StartError> {
    let folder = root.join("ci");
    let sources = match workflows(&folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        sources => sources.map_err(|error| unusable(&folder, &error))?,
    };
    let read = |source: PathBuf| {
        let text = fs::read_to_string(&source).map_err(|error| unusable(&source, &error))?;
        Ok((source.file_name().unwrap_or_default().to_string_lossy().into_owned(), text))
    };
    let texts = sources.into_iter().map(read).collect::<Result<Vec<_>, StartError>>()?;
    let mut copies: Vec<Derived> = texts
        .iter()
        .map(|(name, text)| Derived { path: format!(".github/workflows/{name}"), text: text.clone() })
        .collect();
    if let Some(dialect) = dialect(&folder.join("gitea.toml"))? {
        refuse_unused(&dialect, &texts)?;
        copies.extend(texts.iter().map(|(name, text)| {
            let change = |text: String, change: &Replacement| text.replace(&change.github, &change.gitea);
            let text = dialect.replace.iter().fold(text.clone(), change);
            Derived { path: format!(".gitea/workflows/{name}"), text }
        }));
    }
    Ok(copies)
}

fn workflows(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = entries.collect::<std::io::Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yml"));
    paths.sort();
    Ok(paths)
}

fn dialect(path: &Path) -> Result<Option<Dialect>, StartError> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        text => text.map_err(|error| unusable(path, &error))?,
    };
    let dialect = toml::from_str(&text);
    dialect.map(Some).map_err(|error| StartError::Usage(format!("{}: {error}", path.display())))
}

/// A change that changes nothing was forgotten, or is misspelt.
fn refuse_unused(dialect: &Dialect, texts: &[(String, String)]) -> Result<(), StartError> {
    let unused = dialect.replace.iter().find(|change| {
        change.github.is_empty() || !texts.iter().any(|(_, text)| text.contains(&change.github))
    });
    match unused {
        None => Ok(()),
        Some(change) => Err(StartError::Usage(format!(
            "ci/gitea.toml: no workflow of ci/ has `{}`: take the change out, or mend its text",
            change.github
        ))),
    }
}
