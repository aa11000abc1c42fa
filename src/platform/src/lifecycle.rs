//! What happens to organisations and workspaces over time: boots, sleeps, ends.
//!
//! Does not: answer requests.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use crate::clock;
use crate::database::{Address, DatabaseError, OrgRow, Step, Tokens, WorkspaceRow};
use crate::fault::Fault;
use crate::id::WorkspaceId;
use crate::listener::{self, Listener};
use crate::monitors;
use crate::platform::StartError;
use crate::routes;
use crate::runtimes::{self, Outcome};
use crate::state::{Refusal, Status, Trigger};
use crate::system::System;

/// From a boot that failed until the agent comes up after all, where it was asked to.
const RECOVERY: Duration = Duration::from_secs(30);

/// Why a background task failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LifecycleError {
    #[error("cannot write the lifecycle of an organisation or a workspace")]
    Database(#[from] DatabaseError),
    #[error("cannot listen for a tenant or an agent")]
    Listen(#[from] io::Error),
}

/// The address at which tenants and agents listen: a free port of the loopback interface.
pub(crate) fn any_port() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// Takes up what an earlier platform on the same database left.
pub(crate) async fn take_up(system: &Arc<System>) -> Result<(), StartError> {
    system.database.recall_messages()?;
    for workspace in system.database.workspaces(None)? {
        match workspace.status {
            Status::Provisioning if workspace.is_managed() => {
                begin_boot(system, &workspace, workspace.boot)?;
            }
            status if status.is_callable() && workspace.is_managed() => {
                let agent = runtimes::start(system, &workspace).await?;
                system.database.rewrite_url(workspace.id, &agent.url())?;
                system.agents.keep(workspace.id, agent);
            }
            Status::Hibernating => {
                // The move is legal from this very status; a refusal means that somebody was faster.
                system.database.advance(workspace.id, Trigger::FallAsleep, Address::Clear)?.ok();
            }
            _ => {}
        }
    }
    for org in system.database.orgs()? {
        if org.instance_status == "running" {
            open_tenant(system, &org).await?;
        } else if org.instance_status == "provisioning" {
            begin_org_boot(system, org);
        }
    }
    Ok(())
}

/// Boots the tenant of `org` in the background.
pub(crate) fn begin_org_boot(system: &Arc<System>, org: OrgRow) {
    let shared = Arc::clone(system);
    system.spawn::<DatabaseError>(async move {
        let turn = shared.clock(org.id)?.turn(shared.timings.org_boot);
        turn.comes().await;
        if shared.faults.has(Fault::OrgNeverRuns) {
            return Ok(());
        }
        if shared.faults.has(Fault::OrgFails) {
            return shared.database.org_failed(org.id, "the machine did not start");
        }
        match open_tenant(&shared, &org).await {
            Ok(()) => Ok(()),
            Err(StartError::Database(error)) => Err(error),
            Err(error) => shared.database.org_failed(org.id, &error.to_string()),
        }
    });
}

async fn open_tenant(system: &Arc<System>, org: &OrgRow) -> Result<(), StartError> {
    let tenant = Listener::open(any_port(), &system.stop, |address| {
        routes::tenant(system, org, listener::url(address))
    })
    .await?;
    // The row is written last, so that whoever reads the url can call it.
    let url = tenant.url();
    system.tenants.keep(org.id, tenant);
    monitors::begin(system, org.id);
    if !system.database.org_runs(org.id, &url)? {
        system.tenants.close(org.id).await;
        system.clocks.forget(org.id);
    }
    Ok(())
}

/// Ends an organisation: its tenant, its workspaces, its row. Returns the id of the purge.
pub(crate) async fn purge(system: &Arc<System>, org: &OrgRow) -> Result<String, DatabaseError> {
    system.tenants.close(org.id).await;
    for workspace in system.database.workspaces(Some(org.id))? {
        remove(system, workspace.id).await?;
    }
    let purge = system.database.purge_org(org.id, &org.slug)?;
    if !system.faults.has(Fault::InstanceOutlivesOrg) {
        system.database.end_instances(&org.slug)?;
    }
    // A boot that ended in between has put a listener there; its row is gone, and so must it be.
    system.tenants.close(org.id).await;
    system.clocks.forget(org.id);
    system.stage.forget(org.id);
    Ok(purge)
}

/// Boots a workspace in the background, as its boot numbered `boot`.
///
/// *Errors*: the clock of its organisation cannot be read.
pub(crate) fn begin_boot(
    system: &Arc<System>,
    workspace: &WorkspaceRow,
    boot: i64,
) -> Result<(), DatabaseError> {
    let (shared, workspace) = (Arc::clone(system), workspace.clone());
    let plan = system.stage.boot(workspace.org_id);
    let clock = system.clock(workspace.org_id)?;
    let pace = if system.faults.has(Fault::BootsTenTimesSlower) { 10 } else { 1 };
    let turn = clock.turn(plan.takes.unwrap_or(system.timings.workspace_boot) * pace);
    system.spawn(async move {
        turn.comes().await;
        match plan.outcome {
            Outcome::Never => Ok(()),
            Outcome::Ok => run_boot(&shared, &workspace, boot).await,
            Outcome::Fail => give_up(&shared, &workspace, boot, "the agent did not start"),
            Outcome::FailThenRecover => {
                give_up(&shared, &workspace, boot, "the agent did not start")?;
                drop(turn);
                let turn = clock.turn(RECOVERY);
                turn.comes().await;
                run_boot(&shared, &workspace, boot).await
            }
        }
    });
    Ok(())
}

async fn run_boot(system: &Arc<System>, workspace: &WorkspaceRow, boot: i64) -> Result<(), DatabaseError> {
    if system.faults.has(Fault::StuckProvisioning) {
        return Ok(());
    }
    if system.faults.has(Fault::BootSwept) {
        return remove(system, workspace.id).await;
    }
    if system.faults.has(Fault::BootFails) {
        return give_up(system, workspace, boot, "the agent did not start");
    }
    if system.faults.has(Fault::BootFailsFirst) {
        give_up(system, workspace, boot, "the agent did not start")?;
        clock::wait(system.timings.workspace_boot).await;
    }
    let agent = match runtimes::start(system, workspace).await {
        Ok(agent) => agent,
        Err(error) => return give_up(system, workspace, boot, &error.to_string()),
    };
    let url = agent.url();
    let written = (!system.faults.has(Fault::OnlineWithoutUrl)).then_some(url.as_str());
    let end = || system.database.end_boot(workspace.id, boot, written).map(|moved| moved.is_ok());
    if let Some(agent) = system.agents.keep_if(workspace.id, agent, end)? {
        agent.close().await;
        return Ok(());
    }
    if system.faults.has(Fault::FlappingBoot) {
        system.database.force(workspace.id, Status::Offline, Address::Keep)?;
        system.database.force(workspace.id, Status::Online, Address::Keep)?;
    }
    Ok(())
}

fn give_up(system: &System, workspace: &WorkspaceRow, boot: i64, why: &str) -> Result<(), DatabaseError> {
    // Refused when another boot has begun, whose end it is then.
    system.database.fail_boot(workspace.id, boot, why).map(drop)
}

/// Moves a workspace out of service and closes its agent: pause, and the end of a restart's former life.
pub(crate) async fn withdraw(
    system: &Arc<System>,
    id: WorkspaceId,
    trigger: Trigger,
) -> Result<Result<Step, Refusal>, DatabaseError> {
    let moved = system.database.advance(id, trigger, Address::Clear)?;
    let is_rest = matches!(trigger, Trigger::Pause | Trigger::Hibernate | Trigger::Idle);
    if moved.is_ok() && !(is_rest && system.faults.has(Fault::InstanceKeepsRunning)) {
        system.agents.close(id).await;
    }
    Ok(moved)
}

/// Begins a new boot of a workspace by `trigger`, which must lead to `provisioning`.
pub(crate) async fn reboot(
    system: &Arc<System>,
    workspace: &WorkspaceRow,
    trigger: Trigger,
) -> Result<Result<(), Refusal>, DatabaseError> {
    match withdraw(system, workspace.id, trigger).await? {
        Ok(step) => {
            begin_boot(system, workspace, step.boot)?;
            Ok(Ok(()))
        }
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// Puts a workspace to sleep by `trigger`, which claims the way there; refused unless it is in service.
pub(crate) async fn hibernate(
    system: &Arc<System>,
    id: WorkspaceId,
    trigger: Trigger,
) -> Result<Result<Step, Refusal>, DatabaseError> {
    let claim = withdraw(system, id, trigger).await?;
    if claim.is_err() {
        return Ok(claim);
    }
    clock::wait(system.timings.hibernation).await;
    system.database.advance(id, Trigger::FallAsleep, Address::Clear)
}

/// Brings a paused workspace online without a boot: only a fault does that.
pub(crate) async fn skip_boot(system: &Arc<System>, workspace: &WorkspaceRow) -> Result<(), LifecycleError> {
    let agent = runtimes::start(system, workspace).await?;
    let url = agent.url();
    system.agents.keep(workspace.id, agent);
    system.database.force(workspace.id, Status::Online, Address::Set(&url))?;
    Ok(())
}

/// Removes a workspace: the row first, then the agent, as the contract has it.
pub(crate) async fn remove(system: &Arc<System>, id: WorkspaceId) -> Result<(), DatabaseError> {
    // The only refusal is that it does not exist, and then it is as removed as can be.
    let is_kept = system.database.live_tokens(id)? > 0 && system.faults.has(Fault::TokensOutliveWorkspace);
    let tokens = if is_kept { Tokens::Keep } else { Tokens::Revoke };
    system.database.remove(id, tokens)?.ok();
    if !system.agents.has(id) || !system.faults.has(Fault::AgentOutlivesWorkspace) {
        system.agents.close(id).await;
    }
    Ok(())
}

/// Resumes a workspace that the platform runs no agent for: there is nothing to wait for, so it boots in one go.
pub(crate) fn revive(
    system: &Arc<System>,
    workspace: &WorkspaceRow,
) -> Result<Result<Step, Refusal>, DatabaseError> {
    let moved = system.database.advance(workspace.id, Trigger::Resume, Address::Clear)?;
    match moved {
        // An external agent comes back by registering or by its next heartbeat.
        Ok(step) if !workspace.external => system.database.end_boot(workspace.id, step.boot, None),
        other => Ok(other),
    }
}
