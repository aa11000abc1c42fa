//! The checkup: what can be asked of a target before a run, asked once and side by side.
//!
//! Does not: create anything there. What needs a fixture that a run has to make is left to the run.

mod capability;
mod credential;
mod known;
mod service;

use crate::run::RunContext;
use futures_util::future::join_all;
use harness_model::checkup::Finding;
use harness_model::name::CapabilityName;
use known::Known;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What was asked, and what came of it.
#[derive(Debug, Default)]
pub struct Asked {
    /// What was found of services, credentials and capabilities, in the order of the suite.
    pub findings: Vec<Finding>,
    /// The capabilities that the target says it lacks.
    pub unable: Vec<CapabilityName>,
}

/// Asks the services and credentials of a suite that are known before a run, and of the wanted capabilities those whose
/// probe needs nothing that a run has to make.
pub async fn ask(run: &Arc<RunContext>, wanted: &BTreeSet<CapabilityName>) -> Asked {
    let known = Known::of(run);
    let services = join_all(run.suite.services.keys().map(|name| service::ask(&known, name)));
    let credentials = join_all(run.suite.credentials.keys().map(|name| credential::ask(&known, name)));
    let (services, credentials) = tokio::join!(services, credentials);
    let mut asked = Asked { findings: services, unable: Vec::new() };
    asked.findings.extend(credentials);
    for name in run.suite.capabilities.keys().filter(|name| wanted.contains(*name)) {
        let (finding, is_lacking) = capability::ask(run, &known, name).await;
        asked.findings.push(finding);
        asked.unable.extend(is_lacking.then(|| name.clone()));
    }
    asked
}
