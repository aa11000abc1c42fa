//! Monitors: what happens to workspaces by itself. They run in rounds, on the clock of their organisation.
//!
//! A round first lets every living agent report, then looks at each workspace once; the first monitor that finds
//! something moves it. An advance of the clock stops at every round, so nothing is skipped however far it goes.
//!
//! A kimi agent that falls silent is not noticed by the staleness sweep, which looks for the runtime `external` exactly;
//! the liveness key is what ends it. The contract has it so.
//!
//! Does not: judge a move; that is `state`.

use std::sync::Arc;
use std::time::Duration;

use crate::catalogue;
use crate::database::{Address, DatabaseError, Vitals, WorkspaceRow};
use crate::fault::Fault;
use crate::id::OrgId;
use crate::lifecycle;
use crate::org_clock::{OrgClock, whole};
use crate::queue;
use crate::state::{Health, Status, Trigger};
use crate::system::System;

/// The time from one round to the next: the shortest period of a monitor.
pub(crate) const ROUND: Duration = Duration::from_secs(15);

/// Agents report, and the provision sweep looks, in every such round: each 30 s.
const HALF_MINUTE: u64 = 2;

/// The idle monitor looks in every such round: each 2 min.
const TWO_MINUTES: u64 = 8;

/// How long a runtime may be in `provisioning` when its manifest does not say.
const PROVISION_TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// How long a first boot may take before the watcher gives it up.
const BOOT_TIMEOUT: Duration = Duration::from_secs(5 * 60);

/// For how long an external agent may be silent.
const STALE_AFTER: Duration = Duration::from_secs(90);

/// How long a liveness key lives.
const KEY_LIFE: Duration = Duration::from_secs(180);

/// Runs the monitors of `org` in the background until it ends.
pub(crate) fn begin(system: &Arc<System>, org: OrgId) {
    let shared = Arc::clone(system);
    system.spawn::<DatabaseError>(async move {
        let clock = shared.clock(org)?;
        while shared.clocks.knows(org) {
            let due = clock.next_round.lock().await.moment;
            clock.until(due).await;
            let mut round = clock.next_round.lock().await;
            while round.moment <= clock.now() && shared.clocks.knows(org) {
                run(&shared, org, (&clock, round.number)).await?;
                round.number += 1;
                round.moment += whole(ROUND);
            }
        }
        Ok(())
    });
}

/// Advances the clock of `org`, and returns when everything that fell due meanwhile has happened, in order.
pub(crate) async fn advance(system: &Arc<System>, org: OrgId, by: Duration) -> Result<(), DatabaseError> {
    let clock = system.clock(org)?;
    let mut round = clock.next_round.lock().await;
    let mut left = whole(by);
    loop {
        let step = left.min(round.moment - clock.now());
        if step > 0 {
            left -= step;
            let advanced = system.database.advanced(org)? + step;
            system.database.set_advanced(org, advanced)?;
            clock.set_advanced(advanced);
        }
        clock.settled().await;
        if round.moment > clock.now() {
            return Ok(());
        }
        run(system, org, (&clock, round.number)).await?;
        round.number += 1;
        round.moment += whole(ROUND);
    }
}

/// One round: reports, then one look at each workspace.
async fn run(
    system: &Arc<System>,
    org: OrgId,
    (clock, number): (&OrgClock, u64),
) -> Result<(), DatabaseError> {
    if number.is_multiple_of(HALF_MINUTE) {
        for workspace in system.database.workspaces(Some(org))? {
            if workspace.status.is_callable() && workspace.is_managed() && system.agents.has(workspace.id) {
                report(system, &workspace, clock.now())?;
            }
        }
    }
    for workspace in system.database.workspaces(Some(org))? {
        let heard = workspace.heard_at.unwrap_or(workspace.entered_at);
        let looks_dead = workspace.status == Status::Paused && clock.now() - heard > whole(KEY_LIFE);
        if looks_dead && system.faults.has(Fault::PausedSweptOffline) {
            system.database.force(workspace.id, Status::Offline, Address::Clear)?;
            continue;
        }
        let has_agent = system.agents.has(workspace.id);
        let trigger = due(&workspace, clock.now(), number, has_agent);
        if trigger == Some(Trigger::Stale) && system.faults.has(Fault::StaleGoesOffline) {
            system.database.force(workspace.id, Status::Offline, Address::Keep)?;
        } else if let Some(trigger) = trigger.filter(|trigger| !is_spared(system, *trigger)) {
            pull(system, &workspace, trigger).await?;
        }
    }
    Ok(())
}

/// Whether a monitor does not see what it should: only a fault does that.
fn is_spared(system: &System, trigger: Trigger) -> bool {
    match trigger {
        Trigger::Stale => system.faults.has(Fault::StaleNeverNoticed),
        Trigger::BootGivenUp | Trigger::ProvisionTimeout => system.faults.has(Fault::BootsNeverGivenUp),
        _ => false,
    }
}

/// What the agent of a managed workspace says of itself.
fn report(system: &Arc<System>, workspace: &WorkspaceRow, now: i64) -> Result<(), DatabaseError> {
    let vitals = Vitals {
        error_rate: 0.0,
        sample_error: None,
        active_tasks: 0,
        uptime_seconds: (now - workspace.entered_at) / 1000,
        current_task: None,
        monthly_spend: None,
        native_session: None,
    };
    system.database.write_vitals(workspace.id, &vitals)?;
    // Refused when somebody removed it in between.
    system.database.advance(workspace.id, Trigger::Heartbeat(Health::Good), Address::Keep)?.ok();
    let row = system.database.workspace(workspace.org_id, workspace.id)?;
    row.map_or(Ok(()), |row| queue::drain(system, &row))
}

/// The trigger that is due for a workspace in the round of this number.
fn due(workspace: &WorkspaceRow, now: i64, number: u64, has_agent: bool) -> Option<Trigger> {
    let managed = workspace.is_managed();
    let entered_before = |limit: Duration| now - workspace.entered_at >= whole(limit);
    match workspace.status {
        // The watcher sees first boots only; the sweep sees all.
        Status::Provisioning if managed && workspace.boot == 1 && entered_before(BOOT_TIMEOUT) => {
            return Some(Trigger::BootGivenUp);
        }
        Status::Provisioning if number.is_multiple_of(HALF_MINUTE) => {
            let limit = catalogue::provision_timeout(&workspace.runtime).unwrap_or(PROVISION_TIMEOUT);
            return entered_before(limit).then_some(Trigger::ProvisionTimeout);
        }
        Status::Online | Status::Degraded if managed && !has_agent => return Some(Trigger::AgentGone),
        Status::Online if workspace.runtime == catalogue::EXTERNAL => {
            let heard = workspace.heard_at.unwrap_or(workspace.entered_at);
            if now - heard > whole(STALE_AFTER) {
                return Some(Trigger::Stale);
            }
        }
        _ => {}
    }
    if key_expired(workspace, now) {
        return Some(Trigger::KeyExpired);
    }
    is_idle(workspace, now, number).then_some(Trigger::Idle)
}

/// Whether its liveness key ran out. It has one since its agent was heard, until the platform moved it on.
fn key_expired(workspace: &WorkspaceRow, now: i64) -> bool {
    let exempt = matches!(workspace.status, Status::Removed | Status::Paused | Status::Hibernated);
    let Some(heard) = workspace.heard_at.filter(|heard| *heard >= workspace.entered_at) else { return false };
    !exempt && workspace.status != Status::Offline && now - heard > whole(KEY_LIFE)
}

/// Whether it has been idle for as long as it asked for, and the monitor looks in this round.
fn is_idle(workspace: &WorkspaceRow, now: i64, number: u64) -> bool {
    let Some(minutes) = workspace.hibernation_idle_minutes else { return false };
    number.is_multiple_of(TWO_MINUTES)
        && !workspace.external
        && workspace.status.is_callable()
        && workspace.active_tasks == 0
        && now - workspace.active_at >= minutes.saturating_mul(60_000)
}

/// Moves a workspace by what a monitor found.
async fn pull(system: &Arc<System>, workspace: &WorkspaceRow, trigger: Trigger) -> Result<(), DatabaseError> {
    let address = if workspace.external { Address::Keep } else { Address::Clear };
    // Every refusal means that somebody else moved it first.
    if trigger == Trigger::Idle {
        lifecycle::hibernate(system, workspace.id, trigger).await?.ok();
    } else if system.database.advance(workspace.id, trigger, address)?.is_ok()
        && trigger == Trigger::AgentGone
    {
        lifecycle::reboot(system, workspace, Trigger::Restart).await?.ok();
    }
    Ok(())
}
