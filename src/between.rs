//! An environment with a reverse proxy in front of it: what of its variables is at the target leads through the proxy.
//!
//! Does not: choose a target, or break anything that is not on the wire.

use crate::address::Address;
use crate::embedded::Idle;
use async_trait::async_trait;
use harness_runner::engine::environment::{Environment, EnvironmentError, Facts};
use harness_runner::model::name::EnvironmentName;
use harness_runner::model::suite::Suite;
use shakedown_platform::{Faults, Proxy};
use std::fmt::Display;
use std::sync::Arc;
use tokio::sync::Mutex;

/// A target behind a proxy.
pub(crate) struct Between {
    /// Who tells where the target is.
    pub(crate) behind: Box<dyn Environment>,
    /// Its name.
    pub(crate) name: EnvironmentName,
    /// The suite, which says what its variables are.
    pub(crate) suite: Arc<Suite>,
    /// The target.
    pub(crate) target: Address,
    /// What is wrong on the wire.
    pub(crate) faults: Faults,
    /// The proxy, while it is up, and what is known when it has stopped.
    pub(crate) running: Running,
}

/// What there is while an environment is up.
#[derive(Default)]
pub(crate) struct Running {
    proxy: Mutex<Option<Proxy>>,
    idle: Idle,
}

impl Between {
    fn failed(&self, reason: &dyn Display) -> EnvironmentError {
        EnvironmentError::Start { environment: self.name.clone(), reason: reason.to_string() }
    }

    /// A proxy in front of a target that is there.
    async fn proxy(&self) -> Result<Proxy, EnvironmentError> {
        let started = Proxy::start(self.target.as_str(), &self.faults).await;
        let proxy = started.map_err(|error| self.failed(&error))?;
        match proxy.knock().await {
            Ok(()) => Ok(proxy),
            Err(error) => {
                proxy.stop().await;
                Err(self.failed(&error))
            }
        }
    }
}

#[async_trait]
impl Environment for Between {
    async fn start(&self) -> Result<Facts, EnvironmentError> {
        let told = self.behind.start().await?;
        let proxy = match self.proxy().await {
            Ok(proxy) => proxy,
            Err(error) => {
                // Why the target is not there says more than what its end comes to.
                self.behind.stop().await.ok();
                return Err(error);
            }
        };
        let facts = self.target.moved(&self.suite, &told, proxy.url());
        *self.running.proxy.lock().await = Some(proxy);
        Ok(facts)
    }

    async fn stop(&self) -> Result<(), EnvironmentError> {
        if let Some(proxy) = self.running.proxy.lock().await.take() {
            self.running.idle.learn(proxy.bitten());
            proxy.stop().await;
        }
        self.behind.stop().await
    }

    fn never_bit(&self) -> Vec<String> {
        self.running.idle.of(&self.faults)
    }
}
