//! The report of a run: the log folded, and the exit code that follows from it.
//!
//! Does not: render. Every view is a function of this in `harness-report`.

use crate::cause::Cause;
use crate::demand::Demands;
use crate::event::{Again, Event, Scope, seconds};
use crate::exit::{ExitCode, FlakyPolicy, Policy, SkipPolicy, of_breach, of_case};
use crate::gate::Decision;
use crate::gates::{Gate, Running};
use crate::known::Known;
use crate::name::{ArmName, CaseId, MilestoneName, ResourceKind, StepName};
use crate::pass::{Pass, Tally};
use crate::provenance::Provenance;
use crate::shard::{Divided, Merged};
use crate::verdict::{Ending, Verdict};
use indexmap::IndexMap;
use jiff::Timestamp;
use std::time::Duration;

/// How a note begins that says what breaks a run on purpose; its last line says it, too.
pub const BROKEN: &str = "broken on purpose: ";

/// How a note begins that says that a run was made to prove something through a proxy, where the target may be broken.
pub const BEHIND: &str = "through a proxy in front of ";

/// A run, as far as its log tells.
#[derive(Debug, Clone)]
pub struct RunReport {
    /// The run.
    pub run: String,
    /// The suite.
    pub suite: String,
    /// The lane, when one was chosen.
    pub lane: Option<String>,
    /// The exit code that its lane expects; none for success.
    pub expects: Option<ExitCode>,
    /// The environment.
    pub environment: String,
    /// Why it was chosen.
    pub because: String,
    /// How the selection was written; empty for everything.
    pub selection: String,
    /// What people were told in its header.
    pub notes: Vec<String>,
    /// Where it comes from, and what sets it apart.
    pub provenance: Provenance,
    /// What the run makes of skips and retries.
    pub policy: Policy,
    /// How its cases are run again, and what it repeats.
    pub again: Again,
    /// Every planned case, in order.
    pub cases: IndexMap<CaseId, CaseReport>,
    /// The gates of those that would run, counted while they come in.
    pub running: Running,
    /// What its lane demands of a whole run, if it demands anything.
    pub demands: Option<Demands>,
    /// How often each milestone was reached that was, the first first.
    pub reached: IndexMap<MilestoneName, usize>,
    /// Everything that was to be created, by kind and key.
    pub owned: IndexMap<(ResourceKind, String), Ownership>,
    /// Fixtures of run scope, and a target, that never came up.
    pub never_up: Vec<String>,
    /// Whether the target itself never came up, so that no case has begun.
    pub never_began: bool,
    /// Where the harness contradicted itself.
    pub contradictions: Vec<String>,
    /// Faults that the target was to have and that never bit; of a merged run once for each shard that says so.
    pub never_bit: Vec<String>,
    /// Whether somebody stopped it.
    pub interrupted: bool,
    /// How often somebody released, after its end, what it had left.
    pub swept: usize,
    /// What it is a shard of, when it is one.
    pub shard: Option<Divided>,
    /// The shards that it was put together from; none for a run that took place as one.
    pub merged: Vec<Merged>,
}

/// A case in a report.
#[derive(Debug, Clone)]
pub struct CaseReport {
    /// The arms that picked it.
    pub arms: Vec<ArmName>,
    /// Whether a red counts, as its arms and its lane say; [`RunReport::gate`] knows what the run makes of it.
    pub gate: Gate,
    /// Whether it was planned to run.
    pub would_run: bool,
    /// How it ended; lost until its end is read.
    pub ending: Ending,
    /// How long it took.
    pub elapsed: Duration,
    /// Sends that were repeated, the first first.
    pub repeated: Vec<Repetition>,
    /// How many of several attempts must pass, once one of them has ended.
    pub pass: Option<Pass>,
    /// Its attempts, where it was to be tried several times, the first first.
    pub attempts: Vec<Attempt>,
    /// What the suite knows the evidence of its things as, the first that it knows.
    pub evidence: Option<Known>,
}

/// One of several attempts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// How it ended.
    pub ending: Ending,
    /// How long it took.
    pub elapsed: Duration,
}

/// A send that was repeated, because no reply came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repetition {
    /// The step.
    pub step: StepName,
    /// Why no reply came.
    pub cause: String,
}

/// What became of something that was to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ownership {
    /// Nobody released it.
    Held,
    /// It is shown gone.
    Released,
    /// It could not be shown gone.
    Leaked(String),
    /// It was left standing on purpose, until then.
    Kept(Timestamp),
}

impl Default for RunReport {
    fn default() -> Self {
        Self {
            run: String::new(),
            suite: String::new(),
            lane: None,
            expects: None,
            environment: String::new(),
            because: String::new(),
            selection: String::new(),
            notes: Vec::new(),
            provenance: Provenance::default(),
            policy: Policy { skips: SkipPolicy::Tolerated, flaky: FlakyPolicy::Pass },
            again: Again::default(),
            cases: IndexMap::new(),
            running: Running::default(),
            demands: None,
            reached: IndexMap::new(),
            owned: IndexMap::new(),
            never_up: Vec::new(),
            never_began: false,
            contradictions: Vec::new(),
            never_bit: Vec::new(),
            interrupted: false,
            swept: 0,
            shard: None,
            merged: Vec::new(),
        }
    }
}

impl CaseReport {
    /// A case of which nothing is known yet but that it was planned.
    fn planned(arms: Vec<ArmName>, gate: Gate, decision: &Decision) -> Self {
        Self {
            arms,
            gate,
            would_run: *decision == Decision::Run,
            ending: Ending::new(Verdict::Lost, "it was planned, and the log has no end of it"),
            elapsed: Duration::ZERO,
            repeated: Vec::new(),
            pass: None,
            attempts: Vec::new(),
            evidence: None,
        }
    }

    /// What a red is about, and which rule says so; none of what is not red.
    pub fn cause(&self) -> Option<Cause> {
        Cause::of(&self.ending, self.evidence.as_ref())
    }

    /// What its attempts came to, where it was to be tried several times.
    pub fn tally(&self) -> Option<Tally> {
        (!self.attempts.is_empty())
            .then(|| Tally::of(self.attempts.iter().map(|attempt| attempt.ending.verdict)))
    }
}

impl RunReport {
    /// Folds a log.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut report = Self::default();
        for event in events {
            report.apply(event);
        }
        report
    }

    /// Takes one more event in.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::RunStarted {
                run,
                suite,
                environment,
                because,
                selection,
                policy,
                lane,
                expects,
                notes,
                again,
                provenance,
                shard,
                ..
            } => {
                self.provenance.clone_from(provenance);
                self.shard = shard.as_deref().cloned();
                self.expects = *expects;
                self.lane = lane.as_ref().map(ToString::to_string);
                self.run.clone_from(run);
                self.suite.clone_from(suite);
                self.environment = environment.to_string();
                self.because.clone_from(because);
                self.selection.clone_from(selection);
                self.notes.clone_from(notes);
                self.policy = *policy;
                self.again.clone_from(again.as_ref());
            }
            Event::CasePlanned { case, arms, gate, decision, chosen: _ } => {
                self.take(case.clone(), CaseReport::planned(arms.clone(), *gate, decision));
            }
            Event::Demanded { demands } => self.demands = Some((**demands).clone()),
            Event::Reached { milestone, .. } => *self.reached.entry(milestone.clone()).or_default() += 1,
            Event::Attempted { case, pass, ending, elapsed, .. } => {
                if let Some(planned) = self.cases.get_mut(case) {
                    planned.pass = Some(*pass);
                    planned
                        .attempts
                        .push(Attempt { ending: ending.clone(), elapsed: seconds::read_back(*elapsed) });
                }
            }
            Event::CaseEnded { case, ending, elapsed } => self.end(case, ending, *elapsed),
            Event::Retried { scope: Scope::Case(case), step, cause, .. } => {
                if let Some(planned) = self.cases.get_mut(case) {
                    planned.repeated.push(Repetition { step: step.clone(), cause: cause.clone() });
                }
            }
            Event::Evidence { scope: Scope::Evidence(case), known: Some(known), .. } => {
                if let Some(planned) = self.cases.get_mut(case) {
                    planned.evidence.get_or_insert_with(|| known.clone());
                }
            }
            Event::OwnershipIntended { kind, key, .. } => {
                self.owned.insert((kind.clone(), key.clone()), Ownership::Held);
            }
            Event::OwnershipDeclined { kind, key } => {
                self.owned.shift_remove(&(kind.clone(), key.clone()));
            }
            Event::Released { kind, key } => {
                self.owned.insert((kind.clone(), key.clone()), Ownership::Released);
            }
            Event::Kept { kind, key, until } => {
                self.owned.insert((kind.clone(), key.clone()), Ownership::Kept(*until));
            }
            Event::Leaked { kind, key, cause } => {
                self.owned.insert((kind.clone(), key.clone()), Ownership::Leaked(cause.clone()));
            }
            Event::FixtureFailed { fixture, cause } => {
                self.never_up.push(format!("fixture {fixture}: {cause}"));
            }
            Event::NeverUp { cause } => {
                self.never_up.push(cause.clone());
                self.never_began = true;
            }
            Event::Contradiction { cause } => self.contradictions.push(cause.clone()),
            Event::NeverBit { faults } => self.never_bit.extend(faults.iter().cloned()),
            Event::Interrupted => self.interrupted = true,
            Event::Swept { .. } => self.swept += 1,
            Event::Merged { shards } => self.merged.clone_from(shards),
            Event::TargetUp { .. }
            | Event::CaseStarted { .. }
            | Event::StepStarted { .. }
            | Event::Waiting { .. }
            | Event::StepEnded { .. }
            | Event::Exchange { .. }
            | Event::Ran { .. }
            | Event::OwnershipConfirmed { .. }
            | Event::Retried { scope: Scope::Run | Scope::Evidence(_), .. }
            | Event::Probed { .. }
            | Event::Evidence { .. }
            | Event::Examined { .. }
            | Event::Traced { .. }
            | Event::RunEnded { .. } => {}
        }
    }

    /// Takes a case in, in the place of what is known of it.
    pub(crate) fn take(&mut self, id: CaseId, case: CaseReport) {
        if case.would_run {
            self.running.add(case.gate);
        }
        if let Some(before) = self.cases.insert(id, case)
            && before.would_run
        {
            self.running.remove(before.gate);
        }
    }

    fn end(&mut self, case: &CaseId, ending: &Ending, elapsed: Duration) {
        match self.cases.get_mut(case) {
            Some(planned) if planned.ending.verdict == Verdict::Lost => {
                planned.ending = ending.clone();
                planned.elapsed = seconds::read_back(elapsed);
            }
            Some(_) => self.contradictions.push(format!("{case} ended twice")),
            None => self.contradictions.push(format!("{case} ended and was not planned")),
        }
    }

    /// What was left behind: kind, key and why.
    pub fn leaks(&self) -> Vec<(&ResourceKind, &str, &str)> {
        let left = self.owned.iter().filter_map(|((kind, key), ownership)| match ownership {
            Ownership::Held => Some((kind, key.as_str(), "nobody released it")),
            Ownership::Leaked(cause) => Some((kind, key.as_str(), cause.as_str())),
            Ownership::Released | Ownership::Kept(_) => None,
        });
        left.collect()
    }

    /// What was left standing on purpose: kind, key and until when.
    pub fn kept(&self) -> Vec<(&ResourceKind, &str, Timestamp)> {
        let kept = self.owned.iter().filter_map(|((kind, key), ownership)| match ownership {
            Ownership::Kept(until) => Some((kind, key.as_str(), *until)),
            Ownership::Held | Ownership::Released | Ownership::Leaked(_) => None,
        });
        kept.collect()
    }

    /// Whether any case was green, or red in the way that was declared: without one, nothing is known of the target.
    pub fn has_checked(&self) -> bool {
        let is_known = |verdict| matches!(verdict, Verdict::Passed | Verdict::Flaky | Verdict::KnownRed);
        self.cases.values().any(|case| is_known(case.ending.verdict))
    }

    /// Whether every red counts, whatever the gates say, because live is required and nothing else is.
    pub fn every_red_counts(&self) -> bool {
        self.running.every_red_counts(self.policy.skips)
    }

    /// Whether a red of a case counts in this run.
    pub fn gate(&self, case: &CaseReport) -> Gate {
        if self.every_red_counts() { Gate::Required } else { case.gate }
    }

    /// The exit code of the run.
    pub fn exit(&self) -> ExitCode {
        let mut exit = ExitCode::Success;
        let every = self.every_red_counts();
        for case in self.cases.values() {
            let gate = if every { Gate::Required } else { case.gate };
            exit = exit.merge(of_case(case.ending.verdict, gate, self.policy));
        }
        if self.cases.is_empty() && self.swept == 0 {
            exit = exit.merge(ExitCode::LiveRequired);
        }
        if !self.never_up.is_empty() {
            exit = exit.merge(ExitCode::NeverUp);
        }
        // What nobody broke, nobody can notice or miss: as with an empty selection, nothing was checked. Where a fixture of
        // the run could not be made, that says more.
        if !self.unbroken().is_empty() && self.never_up.is_empty() {
            exit = exit.merge(ExitCode::LiveRequired);
        }
        if !self.leaks().is_empty() {
            exit = exit.merge(ExitCode::Leak);
        }
        if self.interrupted {
            exit = exit.merge(ExitCode::Interrupted);
        }
        if !self.contradictions.is_empty() {
            exit = exit.merge(ExitCode::Internal);
        }
        let breaches = self.breaches();
        breaches.into_iter().fold(exit, |sum, breach| sum.merge(of_breach(breach, exit)))
    }
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
