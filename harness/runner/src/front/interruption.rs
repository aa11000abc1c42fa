//! Whether somebody has interrupted us, over several runs: between two of them nobody else listens.
//!
//! Does not: stop a run. Each listens for itself while it lasts.

use crate::session::SessionError;
use crate::signals;
use futures_util::future::select_all;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::runtime::Builder;

/// Whether somebody has interrupted us since it was made.
#[derive(Debug)]
pub struct Interruption(Arc<AtomicBool>);

impl Interruption {
    /// Listens from now on, for as long as the process lives.
    ///
    /// *Errors*: the system does not let us listen.
    pub fn listen() -> Result<Self, SessionError> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(SessionError::Runtime)?;
        let mut streams = {
            let _context = runtime.enter();
            signals::streams().map_err(SessionError::Signals)?
        };
        let raised = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&raised);
        std::thread::spawn(move || {
            let received = streams.iter_mut().map(|stream| Box::pin(stream.recv()));
            runtime.block_on(select_all(received));
            flag.store(true, Ordering::Relaxed);
        });
        Ok(Self(raised))
    }

    /// Whether somebody has.
    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
