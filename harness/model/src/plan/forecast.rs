//! What a plan expects of its cases, in one word each, and how often.
//!
//! Does not: decide. `gate` has, and marks have.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

use super::{Plan, Planned};
use crate::gate::Decision;
use crate::name::CapabilityName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is expected of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Forecast {
    /// It runs.
    Run,
    /// It runs, and fails in the declared way.
    KnownRed,
    /// It is declared to need what does not exist yet.
    Blocked,
    /// Something is missing, so it is left out.
    Skipped,
    /// Something is missing, and live is required.
    Refused,
}

impl Forecast {
    /// All of them, in the order in which they are counted for people.
    pub const ALL: [Self; 5] = [Self::Run, Self::KnownRed, Self::Blocked, Self::Skipped, Self::Refused];

    /// The words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::KnownRed => "known red",
            Self::Blocked => "blocked",
            Self::Skipped => "skipped",
            Self::Refused => "refused",
        }
    }
}

/// How many cases of a plan have each forecast.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Counts {
    /// Those that run.
    pub run: usize,
    /// Those that run and are expected to fail.
    pub known_red: usize,
    /// Those that need what does not exist yet.
    pub blocked: usize,
    /// Those that lack something.
    pub skipped: usize,
    /// Those that lack something although live is required.
    pub refused: usize,
}

impl Counts {
    /// How many have this one.
    pub fn of(self, forecast: Forecast) -> usize {
        match forecast {
            Forecast::Run => self.run,
            Forecast::KnownRed => self.known_red,
            Forecast::Blocked => self.blocked,
            Forecast::Skipped => self.skipped,
            Forecast::Refused => self.refused,
        }
    }
}

impl FromIterator<Forecast> for Counts {
    fn from_iter<I: IntoIterator<Item = Forecast>>(forecasts: I) -> Self {
        let mut counts = Self::default();
        for forecast in forecasts {
            *match forecast {
                Forecast::Run => &mut counts.run,
                Forecast::KnownRed => &mut counts.known_red,
                Forecast::Blocked => &mut counts.blocked,
                Forecast::Skipped => &mut counts.skipped,
                Forecast::Refused => &mut counts.refused,
            } += 1;
        }
        counts
    }
}

impl Planned {
    /// What is expected of it.
    pub fn forecast(&self) -> Forecast {
        match &self.decision {
            Decision::Run if self.known_red.is_some() => Forecast::KnownRed,
            Decision::Run => Forecast::Run,
            Decision::Block { .. } => Forecast::Blocked,
            Decision::Skip { .. } => Forecast::Skipped,
            Decision::Refuse { .. } => Forecast::Refused,
        }
    }

    /// Why, in one line; nothing for a case that simply runs.
    pub fn reason(&self) -> Option<String> {
        match (self.standing(), self.probed().filter(|_| self.decision == Decision::Run)) {
            (Some(standing), Some(probed)) => Some(format!("{standing}; {probed}")),
            (standing, probed) => standing.or(probed),
        }
    }

    /// The same without what the target is still asked.
    pub fn standing(&self) -> Option<String> {
        match (&self.decision, &self.known_red) {
            (Decision::Run, None) => None,
            (Decision::Run, Some(mark)) => Some(format!("until {} (expires {})", mark.until, mark.expires)),
            (Decision::Block { why }, _) => Some(why.clone()),
            (Decision::Skip { missing } | Decision::Refuse { missing }, _) => {
                Some(format!("missing {}", missing.join(", ")))
            }
        }
    }
}

impl Planned {
    /// What the run still has to find out before the case begins.
    fn probed(&self) -> Option<String> {
        let names: Vec<&str> = self.probes.iter().map(CapabilityName::as_str).collect();
        let what = if names.len() == 1 { "capability" } else { "capabilities" };
        (!names.is_empty()).then(|| format!("needs {what} {}, probed at start", names.join(" and ")))
    }
}

impl Plan {
    /// How many of its cases have each forecast.
    pub fn counts(&self) -> Counts {
        self.cases.iter().map(Planned::forecast).collect()
    }
}
