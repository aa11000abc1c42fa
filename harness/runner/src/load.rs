//! Loading: the files of a suite, each read once.
//!
//! Does not: understand them.

use harness_model::source::{Source, SuiteText};
use indexmap::IndexMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A file of the language is longer than anyone writes.
const LONGEST: u64 = 4 * 1024 * 1024;
/// More files than anyone looks through; a folder that links to its parent has no end.
const MOST_FILES: usize = 10_000;

/// Why the files of a suite cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// There is no such suite.
    #[error("there is no suite `{suite}` in {folder}", folder = folder.display())]
    NoSuite {
        /// Its name.
        suite: String,
        /// Where it should be.
        folder: PathBuf,
        /// The suites that are there.
        known: Vec<String>,
    },
    /// A file or folder cannot be read.
    #[error("cannot read {path}", path = path.display())]
    Read {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file is too long to be meant.
    #[error("{path} has {length} bytes, {LONGEST} at most", path = path.display())]
    TooLong {
        /// Which one.
        path: PathBuf,
        /// Its length.
        length: u64,
    },
    /// What is called like a file is none.
    #[error("{path} is no file: it cannot be read once and be done", path = path.display())]
    NoFile {
        /// Which one.
        path: PathBuf,
    },
    /// A file is not text.
    #[error("{path} is not text: byte {at} is not UTF-8", path = path.display())]
    NotText {
        /// Which one.
        path: PathBuf,
        /// Where it stops to be text, counted from zero.
        at: usize,
    },
    /// A file of the language stands where nobody reads it.
    #[error("{path} is read by nobody: scenarios stand beside suite.toml, flows below flows/", path = path.display())]
    Stray {
        /// Which one.
        path: PathBuf,
    },
    /// A folder has more files than anyone writes, or no end.
    #[error("{folder} has more than {MOST_FILES} files: does a link in it lead back?", folder = folder.display())]
    TooMany {
        /// The folder.
        folder: PathBuf,
    },
}

/// Reads `scenarios/<suite>/` and `templates/` below a root.
///
/// *Errors*: [`LoadError`].
pub fn suite(root: &Path, suite: &str) -> Result<SuiteText, LoadError> {
    let scenarios = root.join("scenarios");
    let folder = scenarios.join(suite);
    if !folder.join("suite.toml").is_file() {
        let known = suites(root);
        return Err(LoadError::NoSuite { suite: suite.to_owned(), folder: scenarios, known });
    }
    let mut text = SuiteText::default();
    for path in files(&folder)? {
        if path.is_dir() && path.file_name().is_none_or(|name| name != "flows") {
            refuse_strays(&path)?;
        }
        let extension = path.extension().and_then(|extension| extension.to_str());
        if !matches!(extension, Some("toml" | "json")) {
            continue;
        }
        let source = read(root, &path)?;
        if extension == Some("json") {
            text.matrices.insert(relative(&folder, &path), source);
            continue;
        }
        match path.file_name().and_then(|name| name.to_str()) {
            Some("suite.toml") => text.suite = Some(source),
            Some("gates.toml") => text.gates = Some(source),
            Some("choices.toml") => text.choices = Some(source),
            Some("known-failures.toml") => text.failures = Some(source),
            Some("faults.toml") => text.faults = Some(source),
            Some(_) | None => text.scenarios.push(source),
        }
    }
    text.flows = tree(root, &folder, &folder.join("flows"), "toml")?;
    text.flows = text
        .flows
        .into_iter()
        .map(|(name, source)| (name.trim_end_matches(".toml").to_owned(), source))
        .collect();
    text.templates = tree(root, &root.join("templates"), &root.join("templates"), "j2")?;
    Ok(text)
}

/// The names of the suites below a root, sorted.
pub fn suites(root: &Path) -> Vec<String> {
    let folders = fs::read_dir(root.join("scenarios")).into_iter().flatten().flatten();
    let mut names: Vec<String> = folders
        .filter(|entry| entry.path().join("suite.toml").is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

fn tree(
    root: &Path,
    base: &Path,
    folder: &Path,
    extension: &str,
) -> Result<IndexMap<String, Source>, LoadError> {
    let wanted = |path: &PathBuf| path.extension().is_some_and(|found| found == extension);
    let read = |path: PathBuf| Ok((relative(base, &path), read(root, &path)?));
    let mut found: IndexMap<_, _> =
        paths(folder)?.into_iter().filter(wanted).map(read).collect::<Result<_, LoadError>>()?;
    found.sort_keys();
    Ok(found)
}

/// Everything below a folder that is none itself; nothing when there is no such folder.
fn paths(folder: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let mut found = Vec::new();
    let mut seen = 0;
    let mut ahead = if folder.is_dir() { vec![folder.to_owned()] } else { Vec::new() };
    while let Some(next) = ahead.pop() {
        for path in files(&next)? {
            seen += 1;
            if seen > MOST_FILES {
                return Err(LoadError::TooMany { folder: folder.to_owned() });
            }
            if path.is_dir() {
                ahead.push(path);
            } else {
                found.push(path);
            }
        }
    }
    Ok(found)
}

/// A scenario that is one folder too deep would never run, and nobody would miss it.
fn refuse_strays(folder: &Path) -> Result<(), LoadError> {
    let stray = |path: &PathBuf| path.extension().is_some_and(|found| found == "toml");
    paths(folder)?.into_iter().find(stray).map_or(Ok(()), |path| Err(LoadError::Stray { path }))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let wrong = |source| LoadError::Read { path: folder.to_owned(), source };
    let entries = fs::read_dir(folder).map_err(wrong)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = entries.collect::<Result<Vec<_>, _>>().map_err(wrong)?;
    paths.sort();
    Ok(paths)
}

fn read(root: &Path, path: &Path) -> Result<Source, LoadError> {
    let wrong = |source| LoadError::Read { path: path.to_owned(), source };
    // A pipe would be waited for, and a device has no end; both say so before they are opened.
    let known = fs::metadata(path).map_err(wrong)?;
    if !known.is_file() {
        return Err(LoadError::NoFile { path: path.to_owned() });
    }
    if known.len() > LONGEST {
        return Err(LoadError::TooLong { path: path.to_owned(), length: known.len() });
    }
    // It may grow while it is read.
    let mut bytes = Vec::new();
    fs::File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes)).map_err(wrong)?;
    let length = bytes.len() as u64;
    if length > LONGEST {
        return Err(LoadError::TooLong { path: path.to_owned(), length });
    }
    let text = String::from_utf8(bytes).map_err(|error| LoadError::NotText {
        path: path.to_owned(),
        at: error.utf8_error().valid_up_to(),
    })?;
    // Editors on Windows put a mark before the text; it is no part of it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Ok(Source::new(relative(root, path), text))
}

fn relative(base: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(base).unwrap_or(path).components();
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, LoadError, suite};
    use std::fs;
    use std::path::Path;

    fn write(root: &Path, name: &str, text: &str) {
        let path = root.join("scenarios/sample").join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    #[test]
    fn matrices_beside_the_scenarios_are_read_by_their_file_names() {
        let root = tempfile::TempDir::new().expect("a folder");
        write(root.path(), "suite.toml", "");
        write(root.path(), "agents.json", "{}");
        write(root.path(), "flows/other.json", "{}");
        let text = suite(root.path(), "sample").expect("a suite");
        let names: Vec<(&str, &str)> =
            text.matrices.iter().map(|(name, source)| (name.as_str(), source.name())).collect();
        assert_eq!(names, [("agents.json", "scenarios/sample/agents.json")]);
        assert_eq!(text.scenarios.len(), 0);
    }

    #[test]
    fn a_matrix_longer_than_anyone_writes_is_refused() {
        let root = tempfile::TempDir::new().expect("a folder");
        write(root.path(), "suite.toml", "");
        let length = LONGEST + 1;
        write(root.path(), "agents.json", &" ".repeat(usize::try_from(length).expect("small")));
        let refused = suite(root.path(), "sample").expect_err("too long");
        assert!(matches!(refused, LoadError::TooLong { length: found, .. } if found == length), "{refused}");
    }
}
