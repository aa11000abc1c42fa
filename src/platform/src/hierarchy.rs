//! The hierarchy of an organisation's workspaces: who may reach whom, and who is near.
//!
//! *Source*: the staging contract, section A5.
//!
//! Does not: check a token; that is `tiers`.

use std::collections::HashMap;

use crate::database::{Database, DatabaseError, WorkspaceRow};
use crate::id::WorkspaceId;

/// How many parents are followed. A longer chain is no family, and a ring of parents has an end.
const DEEPEST: usize = 32;

/// The workspaces of one organisation that are not removed, by id.
pub(crate) struct Hierarchy(HashMap<WorkspaceId, WorkspaceRow>);

impl Hierarchy {
    /// The hierarchy around `workspace`.
    pub(crate) fn around(database: &Database, workspace: &WorkspaceRow) -> Result<Self, DatabaseError> {
        let rows = database.workspaces(Some(workspace.org_id))?;
        Ok(Self(rows.into_iter().map(|row| (row.id, row)).collect()))
    }

    /// Whether one may speak to the other: itself, a sibling (the root level counts), or anybody above or below it.
    pub(crate) fn reaches(&self, caller: &WorkspaceRow, target: &WorkspaceRow) -> bool {
        caller.id == target.id
            || caller.parent_id == target.parent_id
            || self.is_above(caller.id, target)
            || self.is_above(target.id, caller)
    }

    /// Whether `above` is an ancestor of `row`.
    pub(crate) fn is_above(&self, above: WorkspaceId, row: &WorkspaceRow) -> bool {
        self.ancestors(row).any(|ancestor| ancestor.id == above)
    }

    /// Siblings, children and the parent, in no order.
    pub(crate) fn peers(&self, of: &WorkspaceRow) -> impl Iterator<Item = &WorkspaceRow> {
        let (id, parent) = (of.id, of.parent_id);
        self.0.values().filter(move |row| {
            row.id != id && (row.parent_id == parent || row.parent_id == Some(id) || Some(row.id) == parent)
        })
    }

    /// The ancestors of `row`, the nearest first.
    fn ancestors(&self, row: &WorkspaceRow) -> impl Iterator<Item = &WorkspaceRow> {
        let parent = |row: &WorkspaceRow| row.parent_id.and_then(|id| self.0.get(&id));
        std::iter::successors(parent(row), move |row| parent(row)).take(DEEPEST)
    }
}
