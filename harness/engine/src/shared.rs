//! What a run finds out once, on first need, and every case shares: fixtures, and what the target can do.
//!
//! Does not: find it out twice, also not when the case that needed it first is gone.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch::{self, Receiver};
use tokio_util::sync::CancellationToken;

/// Values by name, each made by whoever asks first.
pub(crate) struct Shared<K, V>(Mutex<HashMap<K, Receiver<Option<V>>>>);

/// Why somebody who waited has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoValue {
    /// The wait was cancelled; the value may still come.
    Cancelled,
    /// Making it panicked.
    Panicked,
}

impl<K, V> Default for Shared<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Clone + Eq + Hash, V: Clone + Send + Sync + 'static> Shared<K, V> {
    /// The value of a name; made by a task of its own, which outlives whoever asked.
    pub(crate) async fn of<F>(
        &self,
        name: &K,
        cancel: &CancellationToken,
        make: impl FnOnce() -> F,
    ) -> Result<V, NoValue>
    where
        F: Future<Output = V> + Send + 'static,
    {
        let mut made = {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            known.entry(name.clone()).or_insert_with(|| start(make())).clone()
        };
        let waited = tokio::select! {
            waited = made.wait_for(Option::is_some) => waited.map(|value| (*value).clone()),
            () = cancel.cancelled() => return Err(NoValue::Cancelled),
        };
        // The sender lives until it has sent, so a closed channel means that making it panicked.
        waited.ok().flatten().ok_or(NoValue::Panicked)
    }

    /// Whether somebody asked for a name already.
    pub(crate) fn has(&self, name: &K) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(name)
    }

    /// Waits until nothing is being made any more.
    pub(crate) async fn settle(&self) {
        let started: Vec<_> = {
            let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            known.values().cloned().collect()
        };
        for mut made in started {
            // A closed channel has settled too.
            made.wait_for(Option::is_some).await.map(drop).ok();
        }
    }
}

fn start<V: Send + Sync + 'static>(making: impl Future<Output = V> + Send + 'static) -> Receiver<Option<V>> {
    let (sender, receiver) = watch::channel(None);
    tokio::spawn(async move { sender.send_replace(Some(making.await)) });
    receiver
}
