//! Environments: where the system under test lives.
//!
//! Does not: say where the cases run, or know a particular platform.

mod live;

pub use live::Live;

use crate::net::redact::Secret;
use async_trait::async_trait;
use harness_model::name::{EnvironmentName, SecretName};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A place where the system under test lives.
#[async_trait]
pub trait Environment: Send + Sync {
    /// Brings the system up, or finds it up.
    ///
    /// *Errors*: [`EnvironmentError`] when it does not come up; nothing is left behind then.
    async fn start(&self) -> Result<Facts, EnvironmentError>;

    /// Takes down what `start` brought up.
    async fn stop(&self) -> Result<(), EnvironmentError>;

    /// What of the system was to be broken on purpose and never was, as it was asked for; known when it has stopped.
    fn never_bit(&self) -> Vec<String> {
        Vec::new()
    }
}

#[async_trait]
impl<E: Environment + ?Sized> Environment for Arc<E> {
    async fn start(&self) -> Result<Facts, EnvironmentError> {
        (**self).start().await
    }

    async fn stop(&self) -> Result<(), EnvironmentError> {
        (**self).stop().await
    }

    fn never_bit(&self) -> Vec<String> {
        (**self).never_bit()
    }
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
    /// What stands between the run and its target; nothing, as a rule.
    pub stand_in: Option<StandIn>,
}

/// A server on this machine that stands in for a target, such as a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandIn {
    /// Its base, to which variables lead: `http://127.0.0.1:40001`.
    pub base: String,
    /// The base of the target, by which is measured how far a reply is trusted: `https://staging.example.org`.
    pub target: String,
    /// The variables as they are without it: a sweep meets the target, when this process is gone.
    pub variables: BTreeMap<String, String>,
}

impl StandIn {
    /// The base that was meant by one that leads here.
    pub(crate) fn meant(&self, base: String) -> String {
        match base.strip_prefix(&self.base) {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("{}{rest}", self.target),
            Some(_) | None => base,
        }
    }
}

impl Facts {
    /// Nothing yet, of an environment.
    pub fn of(environment: &str) -> Self {
        let environment = EnvironmentName::new(environment);
        Self { environment, variables: BTreeMap::new(), secrets: BTreeMap::new(), stand_in: None }
    }

    /// The variables that still hold when this process is gone.
    pub fn lasting(&self) -> &BTreeMap<String, String> {
        self.stand_in.as_ref().map_or(&self.variables, |stand_in| &stand_in.variables)
    }

    /// With the value of a declared variable, for `env.X`.
    #[must_use]
    pub fn variable(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.insert(name.to_owned(), value.into());
        self
    }

    /// With a declared secret, for `secret.X`; it is hidden wherever it would be seen.
    #[must_use]
    pub fn secret(mut self, name: &str, value: impl Into<String>) -> Self {
        self.secrets.insert(SecretName::new(name), Secret::new(value));
        self
    }
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

impl EnvironmentError {
    /// It did not come up.
    pub fn start(environment: &str, reason: impl std::fmt::Display) -> Self {
        Self::Start { environment: EnvironmentName::new(environment), reason: reason.to_string() }
    }

    /// It did not go down cleanly.
    pub fn stop(environment: &str, reason: impl std::fmt::Display) -> Self {
        Self::Stop { environment: EnvironmentName::new(environment), reason: reason.to_string() }
    }
}
