//! `[lane.X.alert]`.
//!
//! Does not: decide when an issue opens. `alert` does.

use super::{Spanned, Text};
use schemars::JsonSchema;
use serde::Deserialize;

/// `[lane.X.alert]`: the issue that tells people of a lane that stays red. `shakedown alert` plans it: opened after some
/// reds in a row, commented while it stays red, closed by the next green.
///
/// ```toml
/// [lane.canary.alert]
/// title      = "The staging canary is red"
/// label      = "canary-staging"
/// open-after = 3
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawAlert {
    /// The exact title of the issue; with `label` it is the key by which the open one is found again.
    ///
    /// *Shape*: `title = "The staging canary is red"`
    pub title: Text,
    /// The label by which the issue is found again; no other lane has the same title and label.
    ///
    /// *Shape*: `label = "canary-staging"`
    pub label: Text,
    /// More labels that the issue gets when it opens.
    ///
    /// *Default*: none. *Shape*: `labels = ["priority-high"]`
    #[serde(default)]
    pub labels: Vec<Text>,
    /// How many reds in a row open it; 1 opens it at once.
    ///
    /// *Default*: 3. *Shape*: `open-after = 1`
    #[schemars(range(min = 1, max = 50))]
    pub open_after: Option<Spanned<u32>>,
}
