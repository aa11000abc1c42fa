//! Sweeping by label: what is on the target, carries our label, is old, and belongs to no run that lives here.
//!
//! Does not: touch anything whose age nobody tells, or more than a cap.

use super::release::{Outcome, outcome};
use super::{Found, Refusal, Stage, SweepError, Target};
use crate::identity;
use crate::recording::Recording;
use harness_engine::journal::Recorder;
use harness_engine::sweep::{Labelled, labelled, release_labelled};
use harness_model::estate::Standing;
use harness_model::event::{Event, VERSION};
use harness_model::exit::{FlakyPolicy, Policy, SkipPolicy};
use jiff::Timestamp;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A sweep by label under way: it has a log of its own, like a run, so that another sweep can finish it.
pub struct Labels {
    stage: Stage,
    recording: Arc<Recording>,
}

/// What carries our label, by what is to become of it.
#[derive(Debug, Clone, Default)]
pub struct Sorted {
    /// Old enough, and nobody's.
    pub due: Vec<Labelled>,
    /// Younger than was asked for.
    pub young: Vec<Labelled>,
    /// Of a run that lives here, or kept on purpose.
    pub held: Vec<Labelled>,
    /// Without a time of creation.
    pub undated: Vec<Labelled>,
}

/// Who sweeps by label, and what for.
#[derive(Debug)]
pub struct Errand<'a> {
    /// The target.
    pub target: Target<'a>,
    /// Why it was chosen.
    pub because: String,
}

impl Labels {
    /// Begins one.
    ///
    /// *Errors*: [`SweepError`].
    pub fn begin(errand: &Errand<'_>, recordings: &Path) -> Result<Self, SweepError> {
        let identity = identity::new(None).map_err(SweepError::Identity)?;
        let cancel = CancellationToken::new();
        let folder = recordings.join(&identity.id);
        let recording = Recording::begin(&folder, "events.jsonl", Vec::new(), cancel.clone());
        let recording = Arc::new(recording.map_err(SweepError::Recording)?);
        let process = identity::writer();
        recording.record(Event::RunStarted {
            version: VERSION,
            run: identity.id.clone(),
            suite: errand.target.suite.name.clone(),
            lane: None,
            lane_because: None,
            expects: None,
            notes: Vec::new(),
            environment: errand.target.facts.environment.clone(),
            because: errand.because.clone(),
            selection: "what carries our label".to_owned(),
            policy: Policy { skips: SkipPolicy::Tolerated, flaky: FlakyPolicy::Pass },
            provenance: Box::default(),
            process: Some(process.clone()),
            plan: None,
            again: Box::default(),
            shard: None,
        });
        let because = "nobody's any more: by label and age".to_owned();
        recording.record(Event::Swept { version: VERSION, process, because });
        let variables = super::whereabouts(errand.target.suite, errand.target.facts);
        recording.record(Event::TargetUp { variables });
        let stage = Stage::new(errand.target, identity, Arc::clone(&recording), &cancel)?;
        Ok(Self { stage, recording })
    }

    /// Everything on the target that carries our label.
    ///
    /// *Errors*: it cannot be listed.
    pub fn list(&self) -> Result<Vec<Labelled>, SweepError> {
        self.stage.runtime.block_on(labelled(&self.stage.context)).map_err(SweepError::Label)
    }

    /// Takes things over and releases them; gives what came of it.
    ///
    /// *Errors*: the log cannot be written; nothing was released.
    pub fn release(&self, due: &[Labelled]) -> Result<Outcome, SweepError> {
        let released = self.stage.runtime.block_on(release_labelled(&self.stage.context, due));
        released.map_err(SweepError::Label)?;
        let names: Vec<_> = due.iter().map(|found| (found.kind.clone(), found.key.clone())).collect();
        let report = self.recording.report();
        self.recording.record(Event::RunEnded { exit: report.exit(), lines: None });
        Ok(outcome(&report, &names))
    }
}

/// Sorts what carries our label. What a log here holds and nobody may touch yet is left alone, however old it is.
pub fn sort(found: Vec<Labelled>, older_than: Duration, logs: &[Found]) -> Sorted {
    let now = identity::now();
    let held = held(logs, now);
    let mut sorted = Sorted::default();
    for labelled in found {
        let is_held = held.iter().any(|(kind, key)| labelled.kind.as_str() == kind && labelled.key == *key);
        let pile = match labelled.created {
            _ if is_held => &mut sorted.held,
            None => &mut sorted.undated,
            // A clock that runs ahead makes things younger, never older.
            Some(created) if now.duration_since(created).unsigned_abs() < older_than || created > now => {
                &mut sorted.young
            }
            Some(_) => &mut sorted.due,
        };
        pile.push(labelled);
    }
    sorted
}

fn held(logs: &[Found], now: Timestamp) -> Vec<(String, String)> {
    let mut held = Vec::new();
    for found in logs {
        match found {
            Found::Refused {
                refusal: Refusal::Lives { holds, .. } | Refusal::Swept { holds } | Refusal::Taken { holds },
                ..
            } => {
                held.extend(holds.iter().cloned());
            }
            Found::Refused { refusal: Refusal::Unreadable { .. }, .. } => {}
            Found::Over(log) => held.extend(log.all().into_iter().filter_map(|leftover| {
                let is_kept = matches!(leftover.holding.standing, Standing::Kept(until) if until > now);
                is_kept.then(|| (leftover.kind.to_string(), leftover.key.to_owned()))
            })),
        }
    }
    held
}
