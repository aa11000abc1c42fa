//! Walking steps: in order, through flows, with bindings that only grow.
//!
//! Does not: act. `step` does.

use crate::ownership::OwnedStack;
use crate::run::RunContext;
use harness_model::choose::Chosen;
use harness_model::context::Bindings;
use harness_model::event::{Event, Scope, StepOutcome};
use harness_model::known::Known;
use harness_model::name::{ArmName, FlowName, StepName};
use harness_model::plan::Planned;
use harness_model::signs::{Halt, Signs};
use harness_model::source::At;
use harness_model::suite::{Run, Step, StepBody};
use harness_model::verdict::Verdict;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// What an interruption says wherever it is met.
pub(crate) const INTERRUPTED: &str = "the run was interrupted";

/// Why a walk ended early.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    /// What it means for the case.
    pub(crate) verdict: Verdict,
    /// The step.
    pub(crate) step: StepName,
    /// Where that step was written.
    pub(crate) place: String,
    /// The cause, for people.
    pub(crate) cause: String,
    /// Everything that was bound and seen there, for marks that speak of it.
    pub(crate) seen: Box<Bindings>,
    /// What the suite knows it as.
    pub(crate) known: Option<Box<Known>>,
    /// What was to be seen there.
    pub(crate) signs: Signs,
}

impl Stop {
    /// The walk was interrupted before this step.
    fn cancelled(step: &Step, seen: Box<Bindings>) -> Self {
        let (step, place) = (step.name.clone(), step.location.to_string());
        let (cause, signs) = (INTERRUPTED.to_owned(), Signs::of(Halt::Unknown));
        Self { verdict: Verdict::Cancelled, step, place, cause, seen, known: None, signs }
    }
}

/// Whether a milestone on the way of a walk is one of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Milestones {
    /// It is: the walk is what the run is about.
    Count,
    /// It is not: a release, a probe or a look into something shows nothing of the kind.
    Ignored,
}

/// A walk on behalf of a case, a fixture or a release.
pub(crate) struct Walk<'a> {
    pub(crate) run: &'a RunContext,
    pub(crate) scope: Scope,
    pub(crate) owned: &'a OwnedStack,
    pub(crate) cancel: CancellationToken,
    /// The arms of its case.
    pub(crate) arms: Vec<ArmName>,
    milestones: Milestones,
    /// What was chosen for its case.
    pub(crate) chosen: Vec<Chosen>,
    retries: AtomicU32,
    taken: AtomicU32,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(
        run: &'a RunContext,
        scope: Scope,
        owned: &'a OwnedStack,
        cancel: CancellationToken,
    ) -> Self {
        let (arms, chosen) = (Vec::new(), Vec::new());
        let (retries, taken) = (AtomicU32::new(0), AtomicU32::new(0));
        Self { run, scope, owned, cancel, arms, milestones: Milestones::Ignored, chosen, retries, taken }
    }

    /// The same on behalf of a case.
    #[must_use]
    pub(crate) fn of_case(self, planned: &Planned) -> Self {
        Self { arms: planned.arms.clone(), chosen: planned.case.chosen.clone(), ..self }
    }

    /// The same as what the run is about: the steps of a case, or of what makes its fixtures.
    #[must_use]
    pub(crate) fn counted(self) -> Self {
        Self { milestones: Milestones::Count, ..self }
    }

    /// Sends that were repeated so far.
    pub(crate) fn retries(&self) -> u32 {
        self.retries.load(Ordering::Relaxed)
    }

    /// Steps that were taken so far; what did not apply and the flows around them do not count.
    pub(crate) fn taken(&self) -> u32 {
        self.taken.load(Ordering::Relaxed)
    }

    pub(crate) fn count_retry(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    /// Walks a flow; gives its outputs.
    pub(crate) async fn flow(&self, name: &FlowName, bindings: &Bindings) -> Result<Bindings, Stop> {
        let flow = &self.run.suite.flows[name];
        let after = self.steps(&flow.steps, bindings.clone()).await?;
        let mut outputs = Bindings::default();
        for output in &flow.outputs {
            if let Some(value) = after.get(&output.value) {
                outputs.set_value(&output.value, value.clone());
            }
        }
        Ok(outputs)
    }

    /// Walks steps; gives everything that is bound after them.
    pub(crate) fn steps<'s>(
        &'s self,
        steps: &'s [Step],
        mut bindings: Bindings,
    ) -> Pin<Box<dyn Future<Output = Result<Bindings, Stop>> + Send + 's>> {
        Box::pin(async move {
            for step in steps {
                if self.cancel.is_cancelled() {
                    return Err(Stop::cancelled(step, Box::new(bindings)));
                }
                if !self.applies(step, &bindings)? {
                    self.ended(step, StepOutcome::NotApplicable, Duration::ZERO, 0);
                    continue;
                }
                let outputs = match &step.body {
                    StepBody::Use(flow) => self.flow(&flow.value, &bindings).await?,
                    StepBody::Run(run) => {
                        self.taken.fetch_add(1, Ordering::Relaxed);
                        self.act(step, run, &bindings).await?
                    }
                };
                bindings.extend(&outputs);
            }
            Ok(bindings)
        })
    }

    fn applies(&self, step: &Step, bindings: &Bindings) -> Result<bool, Stop> {
        let Some(when) = &step.when else { return Ok(true) };
        when.holds(bindings).map_err(|error| {
            let stop = Stop {
                verdict: Verdict::Errored,
                step: step.name.clone(),
                place: step.location.to_string(),
                cause: format!("`when` cannot be decided: {error}"),
                seen: Box::new(bindings.clone()),
                known: None,
                signs: Signs::of(Halt::Unknown),
            };
            let outcome = StepOutcome::Ended { verdict: stop.verdict, cause: stop.cause.clone() };
            self.ended(step, outcome, Duration::ZERO, 0);
            stop
        })
    }

    /// Writes down the milestone of a step that has held.
    pub(crate) fn reached(&self, step: &Step, run: &Run) {
        let milestone = run.milestone.as_ref().filter(|_| self.milestones == Milestones::Count);
        if let Some(At { value, .. }) = milestone {
            let (scope, step, milestone) = (self.scope.clone(), step.name.clone(), value.clone());
            self.run.journal.record(Event::Reached { scope, step, milestone });
        }
    }

    /// Writes down the end of a step.
    pub(crate) fn ended(&self, step: &Step, outcome: StepOutcome, elapsed: Duration, attempts: u32) {
        let (scope, step) = (self.scope.clone(), step.name.clone());
        self.run.journal.record(Event::StepEnded { scope, step, outcome, elapsed, attempts });
    }
}
