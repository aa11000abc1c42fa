//! When a case starts, how long it is predicted to take and why, and which shard has it.
//!
//! Does not: predict or divide; the model does.

use harness_runner::model::gate::Decision;
use harness_runner::model::plan::{Plan, PlanDocument, Planned, PlannedCase};
use harness_runner::model::shard::{Basis, Division, Predicted, Predictions, Shard};
use harness_runner::model::units;
use std::time::Duration;

/// How many cases the header of a plan names of those that start first.
const NAMED: usize = 3;

/// The schedule of one case.
pub(super) fn of_case(
    plan: &Plan,
    planned: &Planned,
    predictions: &Predictions,
    shard: Option<Shard>,
) -> Option<String> {
    let position = plan.cases.iter().position(|other| other.case.id == planned.case.id)?;
    let predicted = predictions.of(&planned.case.id);
    let takes = predicted.map_or_else(|| "nothing tells how long it takes".to_owned(), told);
    let runs = planned.decision == Decision::Run;
    if let Some(shard) = shard {
        let (shards, totals) = plan.shards(shard, predictions);
        let found = Shard { number: shards.get(position)? + 1, ..shard };
        let why = match (shard.by, runs) {
            (Division::Slice | Division::Count | Division::Hash, _) => "as nextest divides".to_owned(),
            (Division::Time, false) => "it does not run, so it takes no time".to_owned(),
            (Division::Time, true) => takes,
        };
        return Some(format!("{found}: {why}{}", shard_totals(&totals)));
    }
    let rank = predictions.longest_first().into_iter().position(|other| other == position)? + 1;
    let (_, of) = predictions.known();
    let order = if predicted.is_some() { "the longest first" } else { "what nobody knows first" };
    runs.then(|| format!("{takes}; starts as number {rank} of {of}, {order}"))
}

fn told(predicted: Predicted) -> String {
    let basis = match predicted.basis {
        Basis::Case => "the median of its earlier runs",
        Basis::Arm => "the median of its arm: it never ran itself",
        Basis::Scenario => "the median of its scenario: it never ran itself",
        Basis::Declared => "`takes` of its scenario: nothing like it ever ran",
    };
    format!("predicted {} ({basis})", units::display(predicted.takes))
}

fn shard_totals(totals: &[Duration]) -> String {
    let shown: Vec<String> = totals.iter().map(|total| units::display(*total)).collect();
    if shown.is_empty() { String::new() } else { format!("; shard totals {}", shown.join(", ")) }
}

/// Which shard a plan shows, and how long the others take.
pub(super) fn shard(plan: &PlanDocument) -> Option<String> {
    let part = plan.shard.as_ref()?;
    let (shard, of) = (part.divided.shard, units::count(part.cases.len(), "case"));
    let own = part.totals.get(shard.number - 1).map(|own| format!(", predicted {}", units::display(*own)));
    let own = own.unwrap_or_default();
    let totals = shard_totals(&part.totals);
    let (number, many, because) = (shard.number, plan.cases.len(), &part.divided.because);
    let by = match shard.by {
        Division::Time => "",
        Division::Slice => "slice ",
        Division::Count => "count ",
        Division::Hash => "hash ",
    };
    Some(format!("{by}{number} of {}, {many} of {of}, {because}{own}{totals}", shard.of))
}

/// What starts first, when anything is known of how long cases take.
pub(super) fn order(plan: &PlanDocument) -> Option<String> {
    let mut starting: Vec<(usize, &PlannedCase)> =
        plan.cases.iter().filter_map(|case| Some((case.starts?, case))).collect();
    starting.sort_unstable_by_key(|(starts, _)| *starts);
    let known = starting.iter().filter(|(_, case)| case.predicted.is_some()).count();
    if known == 0 || starting.len() < 2 {
        return None;
    }
    let named = starting.iter().take(NAMED).map(|(_, case)| match case.predicted {
        Some(takes) => format!("{} {}", case.id, units::display(takes)),
        None => format!("{} of which nothing is known", case.id),
    });
    let more = if starting.len() > NAMED { ", …" } else { "" };
    Some(format!("the longest first: {}{more}", named.collect::<Vec<_>>().join(", ")))
}
