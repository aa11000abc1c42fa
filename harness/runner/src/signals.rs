//! Signals: the first stops the run, which then releases; the second leaves at once.
//!
//! Does not: release anything.

use crate::recording::Recording;
use harness_model::exit::ExitCode;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Who is told of a signal: whoever follows the recording, once there is one, so that no line tears what they draw.
#[derive(Default)]
pub(crate) struct Audience {
    recording: OnceLock<Weak<Recording>>,
    was_interrupted: AtomicBool,
}

impl Audience {
    /// From now on the followers of this recording.
    pub(crate) fn follows(&self, recording: &Arc<Recording>) {
        // There is one recording to a run; a second one would change nothing.
        self.recording.set(Arc::downgrade(recording)).ok();
    }

    /// Whether there was a signal, also one that came when nothing was left to stop.
    pub(crate) fn was_interrupted(&self) -> bool {
        self.was_interrupted.load(Ordering::Relaxed)
    }

    fn tell(&self, line: &str) {
        let told = self.recording.get().and_then(Weak::upgrade).map(|recording| recording.notice(line));
        if !matches!(told, Some(Ok(()))) {
            say(line);
        }
    }
}

/// The signals that stop a run, as streams.
///
/// *Errors*: the system does not let us listen.
pub(crate) fn streams() -> std::io::Result<Vec<Signal>> {
    let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
    kinds.into_iter().map(signal).collect()
}

/// Listens for SIGINT, SIGTERM and SIGHUP until the runtime ends.
///
/// *Errors*: the system does not let us listen.
pub(crate) fn listen(cancel: &CancellationToken, audience: &Arc<Audience>) -> std::io::Result<()> {
    for mut received in streams()? {
        let (cancel, audience) = (cancel.clone(), Arc::clone(audience));
        tokio::spawn(async move {
            while received.recv().await.is_some() {
                if cancel.is_cancelled() {
                    leave(&audience);
                }
                audience
                    .tell("stopping: what was created is being released; a second signal leaves it behind");
                audience.was_interrupted.store(true, Ordering::Relaxed);
                cancel.cancel();
            }
        });
    }
    Ok(())
}

#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "somebody asked twice, and does not want to wait"
)]
fn leave(audience: &Audience) {
    audience.tell("left at once: what was created may still be there, `shakedown sweep` releases it");
    std::process::exit(i32::from(ExitCode::Interrupted.code()));
}

/// A closed stream is no reason not to go on.
pub(crate) fn say(line: &str) {
    writeln!(std::io::stderr(), "\n{line}").ok();
}
