//! Stories: what a log tells of single cases, beside what the report of the run is made of: their steps, what was said and
//! heard, what their things went through, and what the target said of them.
//!
//! A story costs what its case is worth: everybody's steps are kept, and the exchanges of those cases that somebody asks for.
//!
//! Does not: decide a verdict, or open files.

pub mod compare;
pub mod curl;
mod reading;

use crate::event::{Exchange, Found, ProgramRun, StepOutcome};
use crate::name::{CaseId, ResourceKind};
use crate::trace::Budget;
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

/// How many exchanges of one case are kept.
const MOST: usize = 200;
/// Of a step that looked often: how many looks are kept from its beginning,
const FIRST: usize = 2;
/// and how many from its end.
const LAST: usize = 3;

/// The stories of a run.
#[derive(Debug, Default)]
pub struct Stories {
    /// When its first line was written: what times are counted from.
    pub began: Option<Timestamp>,
    /// Those of its cases.
    pub cases: HashMap<CaseId, Story>,
    /// That of its fixtures.
    pub shared: Story,
    /// The cases whose exchanges are kept.
    wanted: HashSet<CaseId>,
    names: HashSet<Arc<str>>,
}

/// What a log tells of one case.
#[derive(Debug, Default, Clone)]
pub struct Story {
    /// When it began, from the beginning of the run.
    pub began: Option<Duration>,
    /// The steps that were taken, in order.
    pub steps: Vec<Taken>,
    /// What was sent, what was run, and what came of it, in order.
    pub said: Vec<Said>,
    /// What its things went through.
    pub traces: Vec<Traced>,
    /// What the target said of them.
    pub evidence: Vec<Told>,
    /// How far it was when each of its attempts ended, where it was to be tried several times.
    pub attempts: Vec<Reached>,
    /// The status of the last reply since the last step ended.
    status: Option<u16>,
}

/// The last run in which a case was green, as far as it is told.
#[derive(Debug, Clone)]
pub struct Past {
    /// The run.
    pub run: String,
    /// When it began.
    pub began: Timestamp,
    /// What the case did there.
    pub story: Story,
}

/// A step that was taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// Its name.
    pub step: Arc<str>,
    /// When it ended, from the beginning of the run.
    pub ended: Duration,
    /// How long it took.
    pub elapsed: Duration,
    /// How often it looked.
    pub attempts: u32,
    /// How it ended, without its words.
    pub end: End,
    /// The status of the last reply, where exchanges are kept.
    pub status: Option<u16>,
}

/// How far a story was at the end of an attempt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reached {
    /// How many steps had been taken.
    pub steps: usize,
    /// How many things had gone through states.
    pub traces: usize,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Everything held.
    Passed,
    /// Its `when` did not hold.
    NotApplicable,
    /// It decided the case.
    Decided,
}

/// Something that was sent or run, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The step.
    pub step: Arc<str>,
    /// When it was over, from the beginning of the run.
    pub at: Duration,
    /// Whether it was asked for the sake of evidence.
    pub is_evidence: bool,
    /// What it was.
    pub what: What,
    /// How many looks of the same step before it were left out.
    pub left_out: usize,
}

/// What was sent or run.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A request.
    Exchange(Box<Exchange>),
    /// A program.
    Program(Box<ProgramRun>),
}

/// What one thing went through.
#[derive(Debug, Clone, PartialEq)]
pub struct Traced {
    /// Its kind.
    pub kind: ResourceKind,
    /// Its key, where the log has it.
    pub key: String,
    /// The states, oldest first.
    pub states: Vec<String>,
    /// When each was entered, where that is known.
    pub entered: Vec<Timestamp>,
    /// Those that were tolerated.
    pub tolerated: Vec<String>,
    /// What the ways between them may have taken.
    pub budgets: Vec<Budget>,
}

/// What the target said of one thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Its kind.
    pub kind: ResourceKind,
    /// Its key.
    pub key: String,
    /// What was found out.
    pub found: Vec<Found>,
    /// What could not be.
    pub trouble: Vec<String>,
}

impl Stories {
    /// Stories that keep the exchanges of these cases.
    pub fn with(wanted: impl IntoIterator<Item = CaseId>) -> Self {
        Self { wanted: wanted.into_iter().collect(), ..Self::default() }
    }

    /// A name that is kept once.
    fn name(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.names.get(name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = name.into();
        self.names.insert(Arc::clone(&name));
        name
    }
}

impl Story {
    fn say(&mut self, said: Said) {
        if let What::Exchange(exchange) = &said.what
            && !said.is_evidence
        {
            self.status = exchange.status;
        }
        let same = |other: &&Said| other.step == said.step && other.is_evidence == said.is_evidence;
        let looks = self.said.iter().rev().take_while(same).count();
        self.said.push(said);
        if looks >= FIRST + LAST || self.said.len() > MOST {
            let gone = self.said.len() - 1 - LAST;
            let left_out = self.said.remove(gone).left_out + 1;
            self.said[gone].left_out += left_out;
        }
    }

    fn take(&mut self, step: Arc<str>, ended: Duration, line: &reading::StepLine<'_>) {
        let end = match line.outcome {
            StepOutcome::Passed => End::Passed,
            StepOutcome::NotApplicable => End::NotApplicable,
            StepOutcome::Ended { .. } => End::Decided,
        };
        let (elapsed, attempts, status) = (line.elapsed, line.attempts, self.status.take());
        self.steps.push(Taken { step, ended, elapsed, attempts, end, status });
    }

    /// One of several attempts ended.
    fn attempted(&mut self) {
        self.attempts.push(Reached { steps: self.steps.len(), traces: self.traces.len() });
    }

    /// What its last attempt did: the steps, and what its things went through.
    fn last(&self) -> (&[Taken], &[Traced]) {
        let before = self.attempts.iter().nth_back(1).copied().unwrap_or_default();
        (&self.steps[before.steps..], &self.traces[before.traces..])
    }

    fn trace(&mut self, traced: Traced) {
        let is_same = |known: &Traced| known.kind == traced.kind && known.key == traced.key;
        match self.traces.iter_mut().find(|known| is_same(known)) {
            Some(known) => *known = traced,
            None => self.traces.push(traced),
        }
    }
}

#[cfg(test)]
#[path = "story_tests.rs"]
mod tests;
