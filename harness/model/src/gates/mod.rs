//! `gates.toml`: which arms a live run requires, and what has to be shown before that changes.
//!
//! Does not: run anything, or change the file by itself.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

mod edit;
mod evidence;
mod jobs;
mod judge;
mod running;

pub use edit::{EditError, edited};
pub use evidence::{Count, JobEvidence, Seen, Uncounted, evidence};
pub use jobs::jobs;
pub use judge::{ArmReview, Decision, Failure, Review, review};
pub use running::Running;

use crate::name::{ArmName, LaneName};
use crate::source::Location;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Whether a red of an arm counts against the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// It is shown and does not count: continue-on-error.
    Advisory,
    /// It counts.
    Required,
}

/// The words for what is so where live is required and nothing that would run is.
pub const EVERY_RED_COUNTS: &str = "nothing that is selected is required, so every red counts";

/// What `gates.toml` says of an arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Its reds do not count yet.
    Advisory,
    /// Its reds did count, and do not until somebody has mended it.
    Quarantined,
    /// Its reds count.
    Required,
}

/// A row of `gates.toml`.
#[derive(Debug, Clone)]
pub struct GateRow {
    /// What it says.
    pub standing: Standing,
    /// Where.
    pub location: Location,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Since when.
    pub since: Option<Date>,
    /// The last day of the mark: what does not count may not stay so without anybody looking.
    pub expires: Option<Date>,
    /// What the arm has to show, where that is not what every arm has to.
    pub window: Option<Window>,
}

/// What an arm has to show before its reds count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Window {
    /// So many greens in a row.
    pub greens: u32,
    /// From the first of them to the last, so many days.
    pub days: u32,
    /// How many of them may be flaky.
    pub soft_passes: u32,
}

/// What holds for every arm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct GatePolicy {
    /// The branch whose runs count.
    pub branch: String,
    /// The lanes whose runs count, each a job of its own; none for runs without a lane, in a suite that has none.
    pub lanes: Vec<LaneName>,
    /// What an arm has to show.
    pub window: Window,
    /// So many reds among the last counted runs take a required arm out again, as many runs as the window has greens.
    pub reds: u32,
    /// How long an arm may be out.
    ///
    /// *Units*: days.
    pub quarantine_days: u32,
    /// How many arms may be out at once; none when nobody says.
    pub most: Option<usize>,
}

/// The gate of every arm, on live environments.
#[derive(Debug, Clone, Default)]
pub struct Gates {
    /// What holds for every arm.
    pub policy: GatePolicy,
    rows: BTreeMap<ArmName, GateRow>,
}

impl Default for Window {
    fn default() -> Self {
        Self { greens: 10, days: 7, soft_passes: 0 }
    }
}

impl Default for GatePolicy {
    fn default() -> Self {
        Self {
            branch: "main".to_owned(),
            lanes: Vec::new(),
            window: Window::default(),
            reds: 2,
            quarantine_days: 14,
            most: None,
        }
    }
}

impl Standing {
    /// The words of the file.
    pub const WORDS: [(&'static str, Self); 3] =
        [("required", Self::Required), ("advisory", Self::Advisory), ("quarantined", Self::Quarantined)];

    /// The gate that it stands for.
    pub fn gate(self) -> Gate {
        match self {
            Self::Advisory | Self::Quarantined => Gate::Advisory,
            Self::Required => Gate::Required,
        }
    }

    /// The word of the file.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|row| row.1 == self).map_or("advisory", |row| row.0)
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

impl Gates {
    /// Takes what the file says.
    pub fn new(policy: GatePolicy, rows: BTreeMap<ArmName, GateRow>) -> Self {
        Self { policy, rows }
    }

    /// What the file says of an arm, and where.
    pub fn row(&self, arm: &ArmName) -> Option<&GateRow> {
        self.rows.get(arm)
    }

    /// Every row of the file.
    pub fn rows(&self) -> impl Iterator<Item = (&ArmName, &GateRow)> {
        self.rows.iter()
    }

    /// The gate of a case by its arms: required when every one of them is.
    ///
    /// An arm that the file does not name is advisory. A case without an arm has nothing that could be promoted, so it
    /// counts from the start.
    pub fn of<'a>(&self, arms: impl IntoIterator<Item = &'a ArmName>) -> Gate {
        arms.into_iter().map(|arm| self.standing(arm).gate()).min().unwrap_or(Gate::Required)
    }

    /// How an arm stands.
    pub fn standing(&self, arm: &ArmName) -> Standing {
        self.row(arm).map_or(Standing::Advisory, |row| row.standing)
    }

    /// What an arm has to show.
    pub fn window(&self, arm: &ArmName) -> Window {
        self.row(arm).and_then(|row| row.window).unwrap_or(self.policy.window)
    }
}
