//! The settings of a proof against a real target.
//!
//! Does not: choose the target.

use super::{Keep, Origin, Process, Settings, Sharing, Sourced};

impl Settings {
    /// The same settings, for proofs against a real target: what belongs to one run alone is left out.
    pub(crate) fn proving(self) -> Self {
        Self {
            keep: Sourced { value: Keep::Never, origin: Origin::Default },
            views: Vec::new(),
            rerun: None,
            process: Process::Whole,
            sharing: Sharing::default(),
            ..self
        }
    }
}
