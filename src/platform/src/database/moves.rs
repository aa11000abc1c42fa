//! Moves of workspaces: status, url and event in one transaction.
//!
//! Does not: decide what is legal; that is `state`.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Database, DatabaseError, clocks, events};
use crate::id::WorkspaceId;
use crate::state::{self, Refusal, Status, Trigger};

/// What a move does to the url.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Address<'a> {
    /// It stays.
    Keep,
    /// It is cleared.
    Clear,
    /// It is replaced in the same update as the status.
    Set(&'a str),
}

/// What a removal does to the tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tokens {
    /// They are revoked.
    Revoke,
    /// They stay valid: only a fault does that.
    Keep,
}

/// A move that happened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    /// The number of the boot that this move began, or of the latest one.
    pub(crate) boot: i64,
}

impl Database {
    /// Moves a workspace by `trigger`, if the state machine lets it.
    pub(crate) fn advance(
        &self,
        id: WorkspaceId,
        trigger: Trigger,
        address: Address<'_>,
    ) -> Result<Result<Step, Refusal>, DatabaseError> {
        self.moving(id, |connection| advance(connection, id, (trigger, None), address))
    }

    /// Ends the boot numbered `boot`; refused when another has begun since.
    pub(crate) fn end_boot(
        &self,
        id: WorkspaceId,
        boot: i64,
        url: Option<&str>,
    ) -> Result<Result<Step, Refusal>, DatabaseError> {
        let address = url.map_or(Address::Clear, Address::Set);
        self.moving(id, |connection| advance(connection, id, (Trigger::Booted, Some(boot)), address))
    }

    /// Ends the boot numbered `boot` without an agent.
    pub(crate) fn fail_boot(
        &self,
        id: WorkspaceId,
        boot: i64,
        reason: &str,
    ) -> Result<Result<Step, Refusal>, DatabaseError> {
        self.moving(id, |connection| {
            let result = advance(connection, id, (Trigger::BootFailed, Some(boot)), Address::Clear)?;
            if result.is_ok() {
                connection
                    .prepare_cached("UPDATE workspaces SET last_sample_error = ? WHERE id = ?")?
                    .execute(params![reason, id])?;
            }
            Ok(result)
        })
    }

    /// Removes a workspace and does with its tokens what `tokens` says.
    pub(crate) fn remove(
        &self,
        id: WorkspaceId,
        tokens: Tokens,
    ) -> Result<Result<Step, Refusal>, DatabaseError> {
        self.moving(id, |connection| {
            let result = advance(connection, id, (Trigger::Remove, None), Address::Clear)?;
            if tokens == Tokens::Keep {
                return Ok(result);
            }
            connection
                .prepare_cached(
                    "UPDATE tokens SET revoked_at = ? WHERE workspace_id = ? AND revoked_at IS NULL",
                )?
                .execute(params![clocks::timestamp_of(connection, id)?, id])?;
            Ok(result)
        })
    }

    /// Puts a workspace into a status past the state machine: only a fault does that.
    pub(crate) fn force(
        &self,
        id: WorkspaceId,
        to: Status,
        address: Address<'_>,
    ) -> Result<(), DatabaseError> {
        self.moving(id, |connection| {
            let from = status(connection, id)?.map(|(status, _)| status);
            write(connection, id, to, address)?;
            events::append(connection, id, from, to, None)
        })
    }
}

fn status(connection: &Connection, id: WorkspaceId) -> rusqlite::Result<Option<(Status, i64)>> {
    connection
        .prepare_cached("SELECT status, boot FROM workspaces WHERE id = ?")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}

fn advance(
    connection: &Connection,
    id: WorkspaceId,
    (trigger, expected_boot): (Trigger, Option<i64>),
    address: Address<'_>,
) -> rusqlite::Result<Result<Step, Refusal>> {
    let Some((from, mut boot)) = status(connection, id)? else { return Ok(Err(Refusal::Missing)) };
    if expected_boot.is_some_and(|expected| expected != boot) {
        return Ok(Err(Refusal::Superseded));
    }
    let to = match state::transition(from, trigger) {
        Ok(to) => to,
        Err(refusal) => return Ok(Err(refusal)),
    };
    write(connection, id, to, address)?;
    let now = clocks::milliseconds_of(connection, id)?;
    if trigger.is_from_agent() {
        connection
            .prepare_cached("UPDATE workspaces SET heard_at = ? WHERE id = ?")?
            .execute(params![now, id])?;
    }
    if to == Status::Provisioning {
        boot += 1;
        connection
            .prepare_cached("UPDATE workspaces SET boot = ? WHERE id = ?")?
            .execute(params![boot, id])?;
    }
    // A restart of a provisioning workspace begins a new boot without changing the word.
    if from != to || trigger == Trigger::Restart {
        connection
            .prepare_cached("UPDATE workspaces SET entered_at = ?1, active_at = ?1 WHERE id = ?2")?
            .execute(params![now, id])?;
        events::append(connection, id, Some(from), to, trigger.source())?;
    }
    Ok(Ok(Step { boot }))
}

fn write(connection: &Connection, id: WorkspaceId, to: Status, address: Address<'_>) -> rusqlite::Result<()> {
    let (keep, url) = match address {
        Address::Keep => (true, None),
        Address::Clear => (false, None),
        Address::Set(url) => (false, Some(url)),
    };
    connection
        .prepare_cached(
            "UPDATE workspaces SET status = ?1, url = CASE WHEN ?2 THEN url ELSE ?3 END WHERE id = ?4",
        )?
        .execute(params![to, keep, url, id])
        .map(drop)
}
