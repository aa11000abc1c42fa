//! Keeping: what a run leaves standing on purpose, so that somebody can look at it.
//!
//! Does not: release it later. A sweep does.

use jiff::Timestamp;

/// When what was created is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keep {
    /// Never: everything is released.
    #[default]
    Never,
    /// When its case, or for what the run owns any case, is red.
    OnFailure,
    /// Always.
    Always,
}

/// A policy to keep, and until when somebody may expect to find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeping {
    /// When it applies.
    pub keep: Keep,
    /// A sweep leaves it alone until then.
    pub until: Timestamp,
}

/// How the cases that something belongs to ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// None is red.
    Green,
    /// One at least is red.
    Red,
}

impl Keep {
    /// The words that arguments and variables take.
    pub const WORDS: [(&'static str, Self); 3] =
        [("never", Self::Never), ("on-failure", Self::OnFailure), ("always", Self::Always)];

    /// Whether it applies to what belongs to such cases.
    pub fn applies(self, colour: Colour) -> bool {
        match (self, colour) {
            (Self::Always, _) | (Self::OnFailure, Colour::Red) => true,
            (Self::Never, _) | (Self::OnFailure, Colour::Green) => false,
        }
    }
}
