//! Environments: where the system under test lives.
//!
//! Does not: say where the cases run, or know a particular platform.

mod live;

pub use live::Live;

use crate::net::redact::Secret;
use async_trait::async_trait;
use harness_model::name::{EnvironmentName, SecretName};
use std::collections::BTreeMap;

/// A place where the system under test lives.
#[async_trait]
pub trait Environment: Send + Sync {
    /// Brings the system up, or finds it up.
    ///
    /// *Errors*: [`EnvironmentError`] when it does not come up; nothing is left behind then.
    async fn start(&self) -> Result<Facts, EnvironmentError>;

    /// Takes down what `start` brought up.
    async fn stop(&self) -> Result<(), EnvironmentError>;
}

/// What an environment tells a run.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The environment that tells.
    pub environment: EnvironmentName,
    /// Values of declared variables.
    pub variables: BTreeMap<String, String>,
    /// The secrets.
    pub secrets: BTreeMap<SecretName, Secret>,
}

/// Why an environment is not there.
#[derive(Debug, thiserror::Error)]
pub enum EnvironmentError {
    /// It did not come up.
    #[error("the {environment} environment did not start: {reason}")]
    Start {
        /// Which one.
        environment: EnvironmentName,
        /// Why.
        reason: String,
    },
    /// It did not go down cleanly.
    #[error("the {environment} environment did not stop: {reason}")]
    Stop {
        /// Which one.
        environment: EnvironmentName,
        /// Why.
        reason: String,
    },
}
