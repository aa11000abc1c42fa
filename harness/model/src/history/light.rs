//! Lights: how an arm stood in a run, as one sign of a row.
//!
//! Does not: say what follows for its gate.

use crate::verdict::Verdict;
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt;

/// How some cases stood in a run. Of several, the later one in this list counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Light {
    /// All of them passed.
    Green,
    /// All of them passed, one after a counted retry.
    Soft,
    /// One was left out, cut short, or red as it was declared: that is no green, and no red either.
    Void,
    /// One was red.
    Red,
    /// Almost the whole run was red: that is the target's fault, and says nothing about them.
    Storm,
}

impl Light {
    /// All lights, with their signs and what these stand for.
    pub const ALL: [(Self, char, &'static str); 5] = [
        (Self::Green, '+', "passed"),
        (Self::Soft, '~', "flaky"),
        (Self::Red, 'x', "red"),
        (Self::Void, '-', "left out"),
        (Self::Storm, '!', "storm"),
    ];

    /// The light of one case.
    pub fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Passed => Self::Green,
            Verdict::Flaky => Self::Soft,
            Verdict::Failed | Verdict::Errored | Verdict::UnexpectedPass => Self::Red,
            Verdict::Operator
            | Verdict::KnownRed
            | Verdict::Skipped
            | Verdict::Blocked
            | Verdict::Refused
            | Verdict::Cancelled
            | Verdict::Lost => Self::Void,
        }
    }

    /// Its sign, legible without colour.
    pub fn sign(self) -> char {
        Self::ALL.iter().find(|row| row.0 == self).map_or('?', |row| row.1)
    }

    /// What it stands for.
    pub fn words(self) -> &'static str {
        Self::ALL.iter().find(|row| row.0 == self).map_or("unknown", |row| row.2)
    }

    /// Whether everything passed.
    pub fn is_green(self) -> bool {
        matches!(self, Self::Green | Self::Soft)
    }
}

impl fmt::Display for Light {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.words())
    }
}

#[cfg(test)]
mod tests {
    use super::Light;
    use crate::verdict::Verdict;

    #[test]
    fn every_light_has_a_sign_of_its_own_and_every_verdict_a_light() {
        let signs: std::collections::BTreeSet<char> = Light::ALL.iter().map(|row| row.1).collect();
        assert_eq!(signs.len(), Light::ALL.len());
        let row: String = Verdict::ALL.into_iter().map(|verdict| Light::of(verdict).sign()).collect();
        assert_eq!(row, "+~xx--x-----");
    }

    #[test]
    fn a_red_among_greens_is_a_red_and_a_skip_among_greens_is_no_green() {
        let worst = |lights: &[Light]| lights.iter().max().copied();
        assert_eq!(worst(&[Light::Green, Light::Red, Light::Void]), Some(Light::Red));
        assert_eq!(worst(&[Light::Green, Light::Soft, Light::Void]), Some(Light::Void));
        assert_eq!(worst(&[Light::Green, Light::Soft]), Some(Light::Soft));
    }
}
