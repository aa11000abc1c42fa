//! Reading stories: of each line only what a story is made of. Most of a log are exchanges that nobody asks for, so they are
//! skipped without being taken apart.
//!
//! Does not: check the log. Whoever reads a report from it has done that.

use super::{Said, Stories, Story, Told, Traced, What};
use crate::event::{Event, Exchange, ProgramRun, Record, Scope, StepOutcome};
use jiff::Timestamp;
use serde::Deserialize;
use std::borrow::Cow;
use std::time::Duration;

/// What every line begins with.
#[derive(Deserialize)]
struct Head<'a> {
    at: Timestamp,
    #[serde(borrow)]
    event: Cow<'a, str>,
    scope: Option<Scope>,
}

/// The end of a step.
#[derive(Deserialize)]
pub(super) struct StepLine<'a> {
    #[serde(borrow)]
    step: Cow<'a, str>,
    pub(super) outcome: StepOutcome,
    #[serde(with = "crate::event::seconds")]
    pub(super) elapsed: Duration,
    pub(super) attempts: u32,
}

/// Something that was sent or run.
#[derive(Deserialize)]
struct SaidLine<'a> {
    #[serde(borrow)]
    step: Cow<'a, str>,
    exchange: Option<Box<Exchange>>,
    program: Option<Box<ProgramRun>>,
}

impl Stories {
    /// Takes one whole line in.
    ///
    /// *Errors*: it is none of a log.
    pub fn line(&mut self, line: &[u8]) -> Result<(), serde_json::Error> {
        let Head { at, event, scope } = serde_json::from_slice(line)?;
        let began = *self.began.get_or_insert(at);
        let at = Duration::try_from(at.duration_since(began)).unwrap_or_default();
        match (event.as_ref(), scope) {
            ("step-ended", Some(scope @ (Scope::Case(_) | Scope::Run))) => {
                let ended: StepLine<'_> = serde_json::from_slice(line)?;
                let step = self.name(&ended.step);
                self.of(&scope).take(step, at, &ended);
            }
            ("exchange" | "ran", Some(scope)) if self.is_wanted(&scope) => {
                let SaidLine { step, exchange, program } = serde_json::from_slice(line)?;
                let what = exchange.map(What::Exchange).or(program.map(What::Program));
                let (step, is_evidence) = (self.name(&step), matches!(scope, Scope::Evidence(_)));
                if let Some(what) = what {
                    self.of(&scope).say(Said { step, at, is_evidence, what, left_out: 0 });
                }
            }
            ("case-started" | "traced" | "evidence" | "attempted", _) => self.event(at, line)?,
            _ => {}
        }
        Ok(())
    }

    fn is_wanted(&self, scope: &Scope) -> bool {
        match scope {
            Scope::Case(case) | Scope::Evidence(case) => self.wanted.contains(case),
            Scope::Run => false,
        }
    }

    fn of(&mut self, scope: &Scope) -> &mut Story {
        match scope {
            Scope::Case(case) | Scope::Evidence(case) => self.cases.entry(case.clone()).or_default(),
            Scope::Run => &mut self.shared,
        }
    }

    /// What is rare is read in full.
    fn event(&mut self, at: Duration, line: &[u8]) -> Result<(), serde_json::Error> {
        let Record { event, .. } = serde_json::from_slice(line)?;
        match event {
            Event::CaseStarted { case } => {
                self.of(&Scope::Case(case)).began.get_or_insert(at);
            }
            Event::Attempted { case, .. } => self.of(&Scope::Case(case)).attempted(),
            Event::Evidence { scope, kind, key, found, trouble, .. } => {
                self.of(&scope).evidence.push(Told { kind, key, found, trouble });
            }
            Event::Traced { case, kind, key, states, entered, tolerated, budgets } => {
                let traced = Traced { kind, key, states, entered, tolerated, budgets };
                self.of(&Scope::Case(case)).trace(traced);
            }
            _ => {}
        }
        Ok(())
    }
}
