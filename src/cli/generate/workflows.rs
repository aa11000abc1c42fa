//! Workflows: `ci/*.yml`, byte for byte where GitHub looks for them.
//!
//! Does not: change them.

use super::{Derived, unusable};
use crate::start::StartError;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The copies; none when there is no `ci/`.
pub(super) fn copies(root: &Path) -> Result<Vec<Derived>, StartError> {
    let folder = root.join("ci");
    let sources = match workflows(&folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        sources => sources.map_err(|error| unusable(&folder, &error))?,
    };
    let copies = sources.into_iter().map(|source| {
        let text = fs::read_to_string(&source).map_err(|error| unusable(&source, &error))?;
        let name = source.file_name().unwrap_or_default().to_string_lossy();
        Ok(Derived { path: format!(".github/workflows/{name}"), text })
    });
    copies.collect()
}

fn workflows(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = entries.collect::<std::io::Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yml"));
    paths.sort();
    Ok(paths)
}
