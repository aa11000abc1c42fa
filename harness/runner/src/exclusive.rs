//! Exclusive groups: of the runs of a group, one at a time is under way on a machine.
//!
//! Does not: cancel the one that is under way. Whoever comes second waits.

use harness_engine::net::wait::{self, Pace, Probe, WaitError};
use harness_model::units;
use std::cell::Cell;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const LOOK_EVERY: Duration = Duration::from_millis(250);

/// A place in a group, given back when it is dropped, or when the process ends in whatever way.
#[derive(Debug)]
pub(crate) struct Place {
    _file: File,
}

/// Why there is no place.
#[derive(Debug, thiserror::Error)]
pub enum ExclusiveError {
    /// The file of the group cannot be locked.
    #[error("cannot lock {path}", path = path.display())]
    Lock {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The run was stopped while it waited.
    #[error("stopped while another run of group `{group}` was under way")]
    Stopped {
        /// The group.
        group: String,
    },
    /// Another run did not end in time.
    #[error("another run of group `{group}` is still under way after {}", units::display(*waited))]
    Taken {
        /// The group.
        group: String,
        /// How long was waited.
        waited: Duration,
    },
}

/// Takes the place of a group, as soon as it is free.
///
/// `told` is called once when somebody else has it.
///
/// *Errors*: [`ExclusiveError`].
pub(crate) async fn enter(
    folder: &Path,
    group: &str,
    within: Duration,
    cancel: &CancellationToken,
    told: impl Fn(&str),
) -> Result<Place, ExclusiveError> {
    let path = folder.join(format!("{group}.lock"));
    let wrong = |source| ExclusiveError::Lock { path: path.clone(), source };
    fs::create_dir_all(folder).map_err(wrong)?;
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(wrong)?;
    let is_told = Cell::new(false);
    let pace = Pace { every: LOOK_EVERY, within, at_most: None };
    let probe = || {
        let look = match file.try_lock() {
            Ok(()) => Probe::Ready(()),
            Err(TryLockError::WouldBlock) => {
                if !is_told.replace(true) {
                    told(&format!("waiting for another run of group `{group}` to end"));
                }
                Probe::NotYet { status: "taken".to_owned().into(), after: None }
            }
            Err(TryLockError::Error(source)) => Probe::Failed(source),
        };
        std::future::ready(look)
    };
    match wait::until(pace, cancel, probe).await {
        Ok(_) => Ok(Place { _file: file }),
        Err(WaitError::Failed(source)) => Err(wrong(source)),
        Err(WaitError::Cancelled) => Err(ExclusiveError::Stopped { group: group.to_owned() }),
        Err(WaitError::TimedOut { .. }) => {
            Err(ExclusiveError::Taken { group: group.to_owned(), waited: within })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ExclusiveError, enter};
    use std::time::Duration;
    use tokio_util::sync::CancellationToken;

    #[tokio::test]
    async fn a_group_has_one_place_and_gives_it_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let cancel = CancellationToken::new();
        let enter = |within| enter(folder.path(), "g", Duration::from_millis(within), &cancel, |_| ());
        let first = enter(1).await.expect("nobody is there");
        assert!(matches!(enter(1).await, Err(ExclusiveError::Taken { .. })));
        drop(first);
        drop(enter(1).await.expect("it was given back"));
        let _held = enter(1).await.expect("nobody is there");
        cancel.cancel();
        assert!(matches!(enter(60_000).await, Err(ExclusiveError::Stopped { .. })));
    }
}
