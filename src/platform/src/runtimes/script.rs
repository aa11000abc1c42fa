//! Scripts: how an agent takes its next messages, and how boots of an organisation end.
//!
//! Does not: outlive the process. A platform that goes on from its data has agents that answer.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::tasks::Tasks;
use crate::id::{OrgId, WorkspaceId};

/// How an agent takes one message.
///
/// *Source*: the staging contract, section A9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Line {
    /// It answers.
    Answer,
    /// It answers with an empty text.
    Empty,
    /// It answers with the text of an error.
    ErrorAsText,
    /// It hangs up before it says anything: somebody else has its attention.
    Busy,
    /// It breaks off in the middle of its answer.
    Reset,
    /// It answers after a minute, on the clock of its organisation.
    Slow,
    /// It answers with a 500.
    #[serde(rename = "500")]
    Broken,
    /// It takes a task for it, which is done when somebody asks the second time.
    WorkingTask,
    /// It answers with more than 10 MB.
    Huge,
}

/// How boots end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    /// Online.
    #[default]
    Ok,
    /// Failed.
    Fail,
    /// Failed, and online half a minute later.
    FailThenRecover,
    /// Not at all.
    Never,
}

/// How the next boots of an organisation go.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Boot {
    pub(crate) outcome: Outcome,
    /// How long they take; `None` for as long as the platform's timings say.
    pub(crate) takes: Option<Duration>,
}

/// What an agent has heard, and what it does next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Role {
    pub(crate) script: VecDeque<Line>,
    pub(crate) heard: u64,
}

/// Everybody's role.
#[derive(Default)]
pub(crate) struct Stage {
    pub(super) tasks: Tasks,
    roles: Mutex<HashMap<WorkspaceId, Role>>,
    boots: Mutex<HashMap<OrgId, Boot>>,
}

impl Stage {
    /// Gives an agent its next lines, in place of those that it had.
    pub(crate) fn direct(&self, workspace: WorkspaceId, script: Vec<Line>) {
        self.roles().entry(workspace).or_default().script = script.into();
    }

    /// The role of an agent.
    pub(crate) fn role(&self, workspace: WorkspaceId) -> Role {
        self.roles().get(&workspace).cloned().unwrap_or_default()
    }

    /// A message reached an agent: how it takes it. An agent at the end of its script answers.
    pub(crate) fn cue(&self, workspace: WorkspaceId) -> Line {
        let mut roles = self.roles();
        let role = roles.entry(workspace).or_default();
        role.heard += 1;
        role.script.pop_front().unwrap_or(Line::Answer)
    }

    /// Says how the next boots of an organisation go.
    pub(crate) fn plan(&self, org: OrgId, boot: Boot) {
        self.boots().insert(org, boot);
    }

    /// How the next boot of an organisation goes.
    pub(crate) fn boot(&self, org: OrgId) -> Boot {
        self.boots().get(&org).copied().unwrap_or_default()
    }

    /// Forgets what ended with its organisation.
    pub(crate) fn forget(&self, org: OrgId) {
        self.boots().remove(&org);
    }

    fn roles(&self) -> MutexGuard<'_, HashMap<WorkspaceId, Role>> {
        self.roles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn boots(&self) -> MutexGuard<'_, HashMap<OrgId, Boot>> {
        self.boots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
