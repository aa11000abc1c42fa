//! The estate of a run: what its log says was created, and what of that is still to be released.
//!
//! Does not: look at the target. What a log calls held may be long gone; whoever releases it finds that out.

use crate::event::{Event, Scope, Writer};
use crate::name::{CaseId, EnvironmentName, ResourceKind};
use indexmap::IndexMap;
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// What a run leaves to whoever comes after it.
#[derive(Debug, Clone, Default)]
pub struct Estate {
    /// The run.
    pub run: String,
    /// Its suite.
    pub suite: String,
    /// The environment that it ran against.
    pub environment: Option<EnvironmentName>,
    /// Who wrote its log.
    pub writer: Option<Writer>,
    /// Where its target was.
    pub target: BTreeMap<String, String>,
    /// Everything that may have been created, by kind and key, in the order of its creation.
    pub holdings: IndexMap<(ResourceKind, String), Holding>,
    /// How many attempts of a case have ended.
    attempted: HashMap<CaseId, u32>,
}

/// Something that was created, or may have been.
#[derive(Debug, Clone, PartialEq)]
pub struct Holding {
    /// Who owns it.
    pub scope: Scope,
    /// In which attempt of a case it was created, counted from one.
    pub attempt: u32,
    /// What was bound when it was created; nothing of it is secret.
    pub bindings: Map<String, Value>,
    /// Whether a reply said that it exists.
    pub existence: Existence,
    /// What became of it.
    pub standing: Standing,
}

/// Whether something exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existence {
    /// It was asked for, and nobody knows what came of it.
    Intended,
    /// The reply said so.
    Confirmed,
}

/// What became of something that was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has shown it gone.
    Held,
    /// It was left standing on purpose, until then.
    Kept(Timestamp),
    /// It is shown gone.
    Released,
}

/// Something that is still to be released.
#[derive(Debug, Clone, Copy)]
pub struct Leftover<'a> {
    /// Its kind.
    pub kind: &'a ResourceKind,
    /// Its key.
    pub key: &'a str,
    /// The rest of what is known.
    pub holding: &'a Holding,
}

impl Estate {
    /// Folds a log.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut estate = Self::default();
        for event in events {
            estate.apply(event);
        }
        estate
    }

    /// Takes one more event in.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::RunStarted { run, suite, environment, process, .. } => {
                self.run.clone_from(run);
                self.suite.clone_from(suite);
                self.environment = Some(environment.clone());
                self.writer.clone_from(process);
            }
            Event::TargetUp { variables } => self.target.clone_from(variables),
            Event::OwnershipIntended { scope, kind, key, bindings } => {
                let (scope, bindings) = (scope.clone(), bindings.clone());
                let (existence, standing) = (Existence::Intended, Standing::Held);
                let name = (kind.clone(), key.clone());
                // Created again, it is the last that was created.
                self.holdings.shift_remove(&name);
                let attempt = 1 + self.ended_attempts(&scope);
                self.holdings.insert(name, Holding { scope, attempt, bindings, existence, standing });
            }
            Event::Attempted { case, number, .. } => {
                self.attempted.insert(case.clone(), *number);
            }
            Event::OwnershipConfirmed { kind, key, bindings } => self.change(kind, key, |holding| {
                holding.existence = Existence::Confirmed;
                holding.bindings.extend(bindings.clone());
            }),
            Event::OwnershipDeclined { kind, key } => {
                self.holdings.shift_remove(&(kind.clone(), key.clone()));
            }
            Event::Released { kind, key } => {
                self.change(kind, key, |holding| holding.standing = Standing::Released);
            }
            Event::Kept { kind, key, until } => {
                self.change(kind, key, |holding| holding.standing = Standing::Kept(*until));
            }
            Event::Leaked { kind, key, .. } => {
                self.change(kind, key, |holding| holding.standing = Standing::Held);
            }
            Event::CasePlanned { .. }
            | Event::Merged { .. }
            | Event::Demanded { .. }
            | Event::Reached { .. }
            | Event::CaseStarted { .. }
            | Event::StepStarted { .. }
            | Event::Waiting { .. }
            | Event::StepEnded { .. }
            | Event::Exchange { .. }
            | Event::Ran { .. }
            | Event::FixtureFailed { .. }
            | Event::Retried { .. }
            | Event::Probed { .. }
            | Event::Evidence { .. }
            | Event::Examined { .. }
            | Event::Traced { .. }
            | Event::CaseEnded { .. }
            | Event::NeverUp { .. }
            | Event::Contradiction { .. }
            | Event::NeverBit { .. }
            | Event::Interrupted
            | Event::Swept { .. }
            | Event::RunEnded { .. } => {}
        }
    }

    /// What nobody has shown gone, the first created first.
    pub fn left(&self) -> impl DoubleEndedIterator<Item = Leftover<'_>> {
        let left = self.holdings.iter().filter(|(_, holding)| holding.standing != Standing::Released);
        left.map(|((kind, key), holding)| Leftover { kind, key, holding })
    }

    /// What a scope created of a kind, gone or not: the place in which other things of a run live.
    pub fn home(&self, kind: &ResourceKind, scope: &Scope) -> Option<Leftover<'_>> {
        let mut homes =
            self.holdings.iter().filter(|((of, _), holding)| of == kind && holding.scope == *scope);
        homes.next_back().map(|((kind, key), holding)| Leftover { kind, key, holding })
    }

    fn ended_attempts(&self, scope: &Scope) -> u32 {
        match scope {
            Scope::Run => 0,
            Scope::Case(case) | Scope::Evidence(case) => {
                self.attempted.get(case).copied().unwrap_or_default()
            }
        }
    }

    fn change(&mut self, kind: &ResourceKind, key: &str, change: impl FnOnce(&mut Holding)) {
        if let Some(holding) = self.holdings.get_mut(&(kind.clone(), key.to_owned())) {
            change(holding);
        }
    }
}
