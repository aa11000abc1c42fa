//! Detection: the lanes that a change calls for, by the paths that they claim.
//!
//! Does not: ask git what changed, or know lanes without `paths`; those run by the clock alone.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

use crate::name::LaneName;
use crate::suite::Suite;
use globset::{GlobBuilder, GlobMatcher};
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

/// The version of the written format.
pub const DETECTION_VERSION: u32 = 1;

/// A glob over the paths of a repository, with `/` between folders.
///
/// *Shape*: `templates/**`
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    matcher: GlobMatcher,
}

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// No path of a repository looks like that, so it could never match.
    #[error("no changed file is ever called `{0}`")]
    NeverMatches(String),
    /// It is not a glob.
    #[error("`{text}` is no glob: {reason}")]
    NoGlob {
        /// The text.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl Pattern {
    /// Understands a text.
    ///
    /// *Errors*: [`PatternError`].
    pub fn new(text: &str) -> Result<Self, PatternError> {
        let odd = |part: &str| matches!(part, "" | "." | "..");
        if text.contains('\\') || text.split('/').any(odd) {
            return Err(PatternError::NeverMatches(text.to_owned()));
        }
        let glob = GlobBuilder::new(text).literal_separator(true).build();
        let glob = glob.map_err(|error| PatternError::NoGlob {
            text: text.to_owned(),
            reason: error.kind().to_string(),
        })?;
        Ok(Self { text: text.to_owned(), matcher: glob.compile_matcher() })
    }

    /// The glob as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a path is meant.
    pub fn matches(&self, path: &str) -> bool {
        self.matcher.is_match(path)
    }
}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.text)
    }
}

/// What a change calls for.
///
/// *Shape*: `{"version": 1, "suite": "staging", "changed": 2, "lanes": [{"lane": "canary", "because": [{"path": "src/lib.rs",
/// "pattern": "src/**"}]}], "unclaimed": ["README.md"]}`
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Detection {
    /// The version of this document.
    pub version: u32,
    /// The suite.
    pub suite: String,
    /// How many files changed.
    pub changed: usize,
    /// The lanes that are affected, in the order of the suite.
    pub lanes: Vec<Affected>,
    /// Changed files that no lane claims: they affect nothing.
    pub unclaimed: Vec<String>,
}

/// A lane that a change calls for.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Affected {
    /// The lane.
    pub lane: LaneName,
    /// Every changed file that it claims, in the order in which they came.
    pub because: Vec<Claim>,
}

/// A changed file that a lane claims.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Claim {
    /// The file.
    pub path: String,
    /// The first pattern of the lane that means it.
    #[schemars(with = "String")]
    pub pattern: Pattern,
}

/// The lanes that changed files call for; a file that was renamed comes under both of its names.
pub fn affected(suite: &Suite, changed: &[String]) -> Detection {
    let lanes = suite.lanes.iter().filter_map(|(name, lane)| {
        let claim = |path: &String| {
            let pattern = lane.paths.iter().find(|pattern| pattern.matches(path))?;
            Some(Claim { path: path.clone(), pattern: pattern.clone() })
        };
        let because: Vec<Claim> = changed.iter().filter_map(claim).collect();
        (!because.is_empty()).then(|| Affected { lane: name.clone(), because })
    });
    let claimed = |path: &&String| {
        !suite.lanes.values().flat_map(|lane| &lane.paths).any(|pattern| pattern.matches(path))
    };
    Detection {
        version: DETECTION_VERSION,
        suite: suite.name.clone(),
        changed: changed.len(),
        lanes: lanes.collect(),
        unclaimed: changed.iter().filter(claimed).cloned().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Pattern, PatternError};

    #[test]
    fn stars_stay_in_a_folder_and_double_stars_do_not() {
        for (pattern, path, expected) in [
            ("src/**", "src/lib.rs", true),
            ("src/**", "src/cli/new/mod.rs", true),
            ("src/**", "harness/src/lib.rs", false),
            ("src/**", "srcs/lib.rs", false),
            ("src/*", "src/cli/mod.rs", false),
            ("**/*.toml", "Cargo.toml", true),
            ("**/*.toml", "scenarios/staging/suite.toml", true),
            ("*.toml", "scenarios/staging/suite.toml", false),
            ("Cargo.{toml,lock}", "Cargo.lock", true),
            ("ci/staging.yml", "ci/staging.yml", true),
            ("ci/staging.yml", "ci/stagingxyml", false),
            ("templates/**", "templates/é/\u{1f980}.j2", true),
        ] {
            let compiled = Pattern::new(pattern).expect("a pattern");
            assert_eq!(compiled.matches(path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn what_can_never_match_is_no_pattern() {
        for text in ["", "/src/**", "src//lib.rs", "./src/**", "../other/**", "src\\**", "src/"] {
            assert_eq!(Pattern::new(text).err(), Some(PatternError::NeverMatches(text.to_owned())), "{text}");
        }
        assert!(matches!(Pattern::new("src/[a"), Err(PatternError::NoGlob { .. })));
    }
}
