//! The recorder: activity rows are written behind the answer, as the contract has it.
//!
//! Does not: lose rows on its own; only a fault does.

use std::sync::Arc;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::time::Instant;

use crate::clock;
use crate::database::{ActivityRow, DatabaseError};
use crate::fault::Fault;
use crate::system::System;

/// A row and the moment at which it becomes visible.
pub(crate) type Due = (Instant, ActivityRow);

/// Where routes leave rows.
pub(crate) type Ledger = UnboundedSender<Due>;

/// Writes rows as they fall due. The lag is the same for all, so the first in is the first due.
pub(crate) async fn run(system: Arc<System>, mut rows: UnboundedReceiver<Due>) -> Result<(), DatabaseError> {
    while let Some((due, mut row)) = rows.recv().await {
        clock::wait_until(due).await;
        if row.source != Some(row.workspace) && system.faults.has(Fault::ActivityMisattributed) {
            row.source = Some(row.workspace);
        }
        if !system.faults.has(Fault::ActivityLost) {
            system.database.insert_activity(&row)?;
        }
    }
    Ok(())
}
