//! A view that somebody wants in a file: `junit=target/junit.xml`.
//!
//! Does not: write it.

use crate::Format;
use std::path::PathBuf;
use std::str::FromStr;

/// A view that somebody wants in a file.
///
/// *Shape*: `junit=target/junit.xml`; `{suite}` and `{run}` in the path stand for their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// In what format.
    pub format: Format,
    path: String,
}

/// What became of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// In what format.
    pub format: Format,
    /// Where.
    pub path: PathBuf,
    /// Why it is not there, if it is not.
    pub failure: Option<String>,
}

/// A wish that cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ViewError {
    /// It has no `=`, or nothing on one side of it.
    #[error("`{0}` is not FORMAT=FILE, as in junit=target/junit.xml")]
    Shape(String),
    /// It names no format.
    #[error(transparent)]
    Format(#[from] crate::format::UnknownFormat),
}

impl View {
    /// Reads a list of views with commas between them.
    ///
    /// *Errors*: one of them cannot be meant.
    pub fn list(text: &str) -> Result<Vec<Self>, ViewError> {
        text.split(',').map(str::trim).filter(|view| !view.is_empty()).map(str::parse).collect()
    }

    /// The file, for a run of a suite.
    pub fn path(&self, suite: &str, run: &str) -> PathBuf {
        PathBuf::from(self.path.replace("{suite}", suite).replace("{run}", run))
    }
}

impl FromStr for View {
    type Err = ViewError;

    fn from_str(text: &str) -> Result<Self, ViewError> {
        let parts = text.split_once('=').map(|(format, path)| (format.trim(), path.trim()));
        match parts {
            Some((format, path)) if !format.is_empty() && !path.is_empty() => {
                Ok(Self { format: format.parse()?, path: path.to_owned() })
            }
            Some(_) | None => Err(ViewError::Shape(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::View;
    use crate::Format;
    use std::path::Path;

    #[test]
    fn views_are_listed_with_commas_and_know_the_suite_and_the_run() {
        let views = View::list("junit=out/{suite}-{run}.xml, markdown=summary.md").unwrap();
        let shown: Vec<_> = views.iter().map(|view| (view.format, view.path("staging", "r1"))).collect();
        let expected = [(Format::Junit, "out/staging-r1.xml"), (Format::Markdown, "summary.md")];
        assert_eq!(shown, expected.map(|(format, path)| (format, Path::new(path).to_owned())));
        assert_eq!(View::list("").unwrap(), []);
    }

    #[test]
    fn what_is_no_view_is_named_with_what_was_meant() {
        for (text, words) in [
            ("junit", "`junit` is not FORMAT=FILE"),
            ("=x.xml", "`=x.xml` is not FORMAT=FILE"),
            ("junt=x.xml", "there is no format `junt`: did you mean `junit`?"),
            (
                "pdf=x",
                "there is no format `pdf`: say text, json, junit, markdown, annotations, html or prometheus",
            ),
        ] {
            let error = View::list(text).unwrap_err().to_string();
            assert!(error.starts_with(words), "{error}");
        }
    }
}
