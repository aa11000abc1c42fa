//! What would become of the selected cases, counted by reason.
//!
//! Does not: decide. The plan has, and the target has said what it cannot do.

use super::{Finding, State, Topic};
use crate::exit::SkipPolicy;
use crate::name::CapabilityName;
use crate::plan::{Forecast, Plan, Planned};
use crate::units::count;
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The cases that share a forecast.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Tally {
    /// What is expected of them.
    pub forecast: Forecast,
    /// How many they are.
    pub count: usize,
    /// Why, where they do not simply run, and how many of them for that reason.
    pub reasons: Vec<Because>,
}

/// A reason, and the cases that have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Because {
    /// The reason.
    pub reason: String,
    /// How many cases have it.
    pub count: usize,
}

/// Counts the cases of a plan whose target lacks some capabilities; gives what of it keeps a run from being good.
pub fn tally(plan: &Plan, unable: &[CapabilityName]) -> (Vec<Tally>, Vec<Finding>) {
    let mut counted: IndexMap<Forecast, IndexMap<Option<String>, usize>> = IndexMap::new();
    for planned in &plan.cases {
        let (forecast, reason) = expected(plan, planned, unable);
        *counted.entry(forecast).or_default().entry(reason).or_default() += 1;
    }
    let in_order = Forecast::ALL.into_iter().filter_map(|forecast| Some((forecast, counted.get(&forecast)?)));
    let tallies = in_order.map(|(forecast, reasons)| {
        let because = |(reason, count): (&Option<String>, &usize)| {
            reason.clone().map(|reason| Because { reason, count: *count })
        };
        Tally {
            forecast,
            count: reasons.values().sum(),
            reasons: reasons.iter().filter_map(because).collect(),
        }
    });
    let tallies: Vec<Tally> = tallies.collect();
    let findings = findings(&tallies);
    (tallies, findings)
}

fn expected(plan: &Plan, planned: &Planned, unable: &[CapabilityName]) -> (Forecast, Option<String>) {
    let forecast = planned.forecast();
    let runs = matches!(forecast, Forecast::Run | Forecast::KnownRed);
    match planned.probes.iter().find(|name| runs && unable.contains(name)) {
        Some(lacking) => {
            let reason = format!("the target lacks capability {lacking}");
            let forecast = match plan.policy.skips {
                SkipPolicy::Tolerated => Forecast::Skipped,
                SkipPolicy::Forbidden => Forecast::Refused,
            };
            (forecast, Some(reason))
        }
        None => (forecast, if forecast == Forecast::Run { None } else { planned.standing() }),
    }
}

/// What would not run although it is asked for.
fn findings(tallies: &[Tally]) -> Vec<Finding> {
    let of = |forecast| tallies.iter().find(|tally| tally.forecast == forecast);
    let wrong = |said: String| Finding::new(Topic::Run, "cases", State::Misconfigured, said);
    let refused = of(Forecast::Refused)
        .map(|tally| wrong(format!("{} would be refused: live is required", count(tally.count, "case"))));
    let runs = of(Forecast::Run).or_else(|| of(Forecast::KnownRed)).is_some();
    let skipped = of(Forecast::Skipped).filter(|_| !runs && refused.is_none());
    let nothing = skipped.map(|_| wrong("none of the selected cases would run".to_owned()));
    refused.into_iter().chain(nothing).collect()
}
