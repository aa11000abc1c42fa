//! A plan of which only a shard runs: what is left of it, and what it was a part of.
//!
//! Does not: hash; whoever divides says what names the plan.

use super::{Plan, PlanDocument};
use crate::demand::Demands;
use crate::gate::Decision;
use crate::shard::{Divided, Division, Listed, Part, Position, Predictions, Shard, balance, partition};
use crate::units;
use std::time::Duration;

/// What a plan was before all but a shard of it was taken away.
#[derive(Debug, Clone)]
pub(crate) struct OfWhole {
    part: Part,
    pub(super) demands: Option<Demands>,
}

/// A shard without a case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{shard} has no case: the plan has {}{hint}", units::count(*.cases, "case"))]
pub struct EmptyShard {
    shard: Shard,
    cases: usize,
    hint: &'static str,
}

impl Plan {
    /// Keeps the cases of one shard. Demands are those of the whole, for whoever puts the shards together.
    ///
    /// *Errors*: the shard has no case.
    pub fn divide(&mut self, divided: Divided, predictions: &Predictions) -> Result<(), EmptyShard> {
        let shard = divided.shard;
        let (shards, totals) = self.shards(shard, predictions);
        if !shards.contains(&(shard.number - 1)) {
            let hint = match shard.by {
                Division::Time | Division::Slice | Division::Count => ": divide it by fewer",
                Division::Hash => ": that is how hashes fall, divide it by fewer or by slices",
            };
            return Err(EmptyShard { shard, cases: self.cases.len(), hint });
        }
        let demands = self.demands();
        let cases = self.cases.iter().map(|planned| planned.case.id.clone()).collect();
        let mut shards = shards.into_iter();
        self.cases.retain(|_| shards.next() == Some(shard.number - 1));
        self.part = Some(OfWhole { part: Part { divided, cases, totals }, demands });
        Ok(())
    }

    /// The shard of each case, counted from zero, and how long each shard takes where that is predicted.
    pub fn shards(&self, shard: Shard, predictions: &Predictions) -> (Vec<usize>, Vec<Duration>) {
        if shard.by != Division::Time {
            return (partition(&self.positions(), shard.by, shard.of), Vec::new());
        }
        let weights = predictions.weights();
        let shards = balance(&weights, shard.of);
        let mut totals = vec![Duration::ZERO; shard.of];
        for ((weight, _), of) in weights.iter().zip(&shards) {
            totals[*of] += *weight;
        }
        let (known, _) = predictions.known();
        (shards, if known == 0 { Vec::new() } else { totals })
    }

    /// What it is a shard of, when it is one.
    pub fn part(&self) -> Option<&Part> {
        self.part.as_ref().map(|of| &of.part)
    }

    /// How many cases it had before it was divided.
    pub(super) fn undivided(&self) -> usize {
        self.part().map_or(self.cases.len(), |part| part.cases.len())
    }

    /// Where nextest has each case in its lists: what is left out is listed as ignored there.
    fn positions(&self) -> Vec<Position<'_>> {
        let listed = |decision: &Decision| match decision {
            Decision::Skip { .. } | Decision::Block { .. } => Listed::Ignored,
            Decision::Run | Decision::Refuse { .. } => Listed::Runs,
        };
        let cases = self.cases.iter();
        let position =
            cases.map(|planned| Position { list: listed(&planned.decision), name: planned.case.id.as_str() });
        position.collect()
    }
}

impl PlanDocument {
    /// What of a plan is the same on every machine that makes it, as text: not why, and not what earlier runs took.
    pub fn common(&self) -> String {
        let mut common = self.clone();
        common.because.clear();
        common.lane_because = None;
        common.notes.clear();
        common.counts = super::Counts::default();
        common.estimated_from = 0;
        common.estimate = None;
        common.shard = None;
        for case in &mut common.cases {
            case.estimate = None;
            case.predicted = None;
            case.starts = None;
        }
        // Every key of a plan is text, so it always is JSON.
        serde_json::to_string(&common).unwrap_or_default()
    }
}
