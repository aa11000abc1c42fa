//! Signals: the first stops the run, which then releases; the second leaves at once.
//!
//! Does not: release anything.

use harness_model::exit::ExitCode;
use std::io::Write;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Listens for SIGINT, SIGTERM and SIGHUP until the runtime ends.
///
/// *Errors*: the system does not let us listen.
pub(crate) fn listen(cancel: &CancellationToken) -> std::io::Result<()> {
    let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
    let signals = kinds.into_iter().map(signal).collect::<std::io::Result<Vec<Signal>>>()?;
    for mut received in signals {
        let cancel = cancel.clone();
        tokio::spawn(async move {
            while received.recv().await.is_some() {
                if cancel.is_cancelled() {
                    leave();
                }
                say("stopping: what was created is being released; a second signal leaves it behind");
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
fn leave() {
    say("left at once: what was created may still be there, `shakedown sweep` releases it");
    std::process::exit(i32::from(ExitCode::Interrupted.code()));
}

/// A closed stream is no reason not to go on.
pub(crate) fn say(line: &str) {
    writeln!(std::io::stderr(), "\n{line}").ok();
}
