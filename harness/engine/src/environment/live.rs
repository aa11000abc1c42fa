//! A live environment: the system is somebody else's and already up.
//!
//! Does not: start or stop anything.

use super::{Environment, EnvironmentError, Facts};
use async_trait::async_trait;

/// A system that is already up.
#[derive(Debug, Clone)]
pub struct Live(Facts);

impl Live {
    /// An environment known by what the settings say of it.
    pub fn new(facts: Facts) -> Self {
        Self(facts)
    }
}

#[async_trait]
impl Environment for Live {
    async fn start(&self) -> Result<Facts, EnvironmentError> {
        Ok(self.0.clone())
    }

    async fn stop(&self) -> Result<(), EnvironmentError> {
        Ok(())
    }
}
