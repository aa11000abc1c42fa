//! Things side by side, so many at once.
//!
//! Does not: begin one once somebody has interrupted us.

use harness_runner::front::Interruption;
use std::num::NonZeroUsize;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// How many come at once, until when, and who hears how many there have been.
pub(super) struct Side<'a> {
    pub(super) jobs: NonZeroUsize,
    pub(super) interruption: &'a Interruption,
}

impl Side<'_> {
    /// What comes of each thing, in their order; of one that was interrupted, nothing does. Whoever follows is told of each,
    /// and how many there have been.
    ///
    /// *Errors*: the first that ended in one; the others that have begun still come to their end.
    pub(super) fn run<T: Sync, C: Send, E: Send>(
        &self,
        things: &[T],
        one: impl Fn(&T) -> Result<Option<C>, E> + Sync,
        follow: impl Fn(&C, usize) + Sync,
    ) -> Result<Vec<C>, E> {
        let (next, ended) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(things.len())));
        let worker = || {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(thing) = things.get(number).filter(|_| !self.interruption.is_raised()) else {
                    return Ok(());
                };
                let came = one(thing).inspect_err(|_| next.store(things.len(), Ordering::Relaxed))?;
                let Some(came) = came else { continue };
                let mut ended = ended.lock().unwrap_or_else(PoisonError::into_inner);
                follow(&came, ended.len() + 1);
                ended.push((number, came));
            }
        };
        thread::scope(|scope| {
            let workers: Vec<_> =
                (0..self.jobs.get().min(things.len())).map(|_| scope.spawn(worker)).collect();
            let ends = workers
                .into_iter()
                .map(|worker| worker.join().unwrap_or_else(|why| panic::resume_unwind(why)));
            ends.collect::<Result<(), E>>()
        })?;
        let mut ended = ended.into_inner().unwrap_or_else(PoisonError::into_inner);
        ended.sort_by_key(|(number, _)| *number);
        Ok(ended.into_iter().map(|(_, came)| came).collect())
    }
}
