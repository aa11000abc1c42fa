//! Rows side by side, so many at once.
//!
//! Does not: begin a row once somebody has interrupted us.

use super::Progress;
use super::bench::Bench;
use harness_runner::front::Interruption;
use harness_runner::model::suite::FaultRow;
use harness_runner::report::Row;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// The rows of a proof, and whoever follows them.
pub(super) struct Work<'a> {
    pub(super) bench: &'a Bench<'a>,
    pub(super) rows: &'a [FaultRow],
    pub(super) interruption: &'a Interruption,
    pub(super) observe: &'a (dyn Fn(Progress<'_>) + Sync),
}

impl Work<'_> {
    /// Runs all of them; gives those that came to an end, in the order in which they are written.
    pub(super) fn run(&self, jobs: NonZeroUsize) -> Vec<Row> {
        let (next, ended) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(self.rows.len())));
        let worker = || {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(row) = self.rows.get(number).filter(|_| !self.interruption.is_raised()) else {
                    break;
                };
                let Some(row) = self.bench.row(row) else { continue };
                let mut ended = ended.lock().unwrap_or_else(PoisonError::into_inner);
                let (done, of) = (ended.len() + 1, self.rows.len());
                (self.observe)(Progress::Row { row: &row, done, of });
                ended.push((number, row));
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..jobs.get().min(self.rows.len()) {
                scope.spawn(worker);
            }
        });
        let mut ended = ended.into_inner().unwrap_or_else(PoisonError::into_inner);
        ended.sort_by_key(|(number, _)| *number);
        ended.into_iter().map(|(_, row)| row).collect()
    }
}
