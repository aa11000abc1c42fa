//! A real target: which of the settings lead to it, and the jobs that run against it through a proxy.
//!
//! Does not: say which rows there are, or what comes of one.

use crate::address::{Address, Lies};
use crate::again;
use crate::between::{Between, Running};
use crate::embedded;
use crate::job;
use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::Job;
use harness_runner::model::plan::{Plan, Reasons};
use harness_runner::model::report::{BEHIND, BROKEN};
use harness_runner::model::suite::{FaultRow, SecretSupply, Suite};
use harness_runner::report::Inside;
use harness_runner::sink::SinkSettings;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A target that is somebody's own and already up.
#[derive(Debug, Clone)]
pub(super) struct Target(Address);

impl Target {
    /// The target at a url, and settings in which a variable of the suite leads there.
    ///
    /// *Errors*: it is no url of a target, or nobody can tell which variable is meant.
    pub(super) fn at(url: &str, suite: &Suite, settings: Settings) -> Result<(Self, Settings), StartError> {
        let address = Address::read(url).map_err(|why| usage(format!("--through: {why}")))?;
        let mut settings = settings.proving();
        let leads = |name: &&String| {
            let value = suite.variable(name, |name| settings.variables.get(name));
            value.map_or(Lies::Elsewhere, |value| address.lies(&value))
        };
        let known: Vec<(&String, Lies)> = suite.variables.keys().map(|name| (name, leads(&name))).collect();
        if known.iter().any(|(_, lies)| matches!(lies, Lies::Below(_))) {
            return Ok((Self(address), settings));
        }
        if let Some((name, _)) = known.iter().find(|(_, lies)| *lies == Lies::Beside) {
            let origin = address.origin();
            return Err(usage(format!(
                "{name} leads to {origin}, and not below {address}: say --through {origin}"
            )));
        }
        let name = chooser(suite, &settings, &address)?.to_owned();
        settings.variables.insert(name, address.to_string());
        Ok((Self(address), settings))
    }

    /// The target, for people.
    pub(super) fn url(&self) -> &str {
        self.0.as_str()
    }

    /// Refuses a plan that is not about it.
    ///
    /// *Errors*: the environment of the plan comes and goes with a run.
    pub(super) fn refuse_other(&self, plan: &Plan) -> Result<(), StartError> {
        match plan.secrets_from() {
            SecretSupply::Settings => Ok(()),
            SecretSupply::Minted => Err(usage(format!(
                "the {} environment comes and goes with a run, and is not at {}: choose a live one (E2E_ENVIRONMENT)",
                plan.environment, self.0
            ))),
        }
    }

    /// A job whose environment is the target behind a proxy of its own.
    ///
    /// *Errors*: a fault that is not on the wire, or what keeps a run from beginning.
    pub(super) fn job(
        &self,
        plan: Plan,
        mut reasons: Reasons,
        settings: &Settings,
        faults: &[String],
    ) -> Result<Job, StartError> {
        again::by_proof(&mut reasons.again, &plan, settings, (self.url(), faults));
        let wrong = embedded::faults(faults).map_err(|error| usage(error.to_string()))?;
        let mut job = job::assemble(plan, reasons, settings, &[])?;
        job.environment = Box::new(Between {
            behind: job.environment,
            name: job.plan.environment.clone(),
            suite: Arc::clone(&job.plan.suite),
            target: self.0.clone(),
            faults: wrong,
            running: Running::default(),
        });
        let broken = faults.iter().map(|fault| format!("{BROKEN}{fault}"));
        let apart = std::iter::once(format!("{BEHIND}{}", self.0)).chain(broken);
        job.provenance.apart.splice(0..0, apart);
        // What is red on purpose is nobody's news.
        job.sinks = SinkSettings::default();
        Ok(job)
    }
}

/// The one variable that says where a live target of a suite is, when nobody has set it.
///
/// *Errors*: there is none, there are several, or it leads elsewhere.
fn chooser<'a>(suite: &'a Suite, settings: &Settings, address: &Address) -> Result<&'a str, StartError> {
    let addresses = addresses(suite);
    let choose = suite.environments.values().filter_map(|spec| spec.when.as_deref());
    let choose: BTreeSet<&str> = choose.filter(|name| addresses.contains(name)).collect();
    let set = |name: &str| suite.variable(name, |name| settings.variables.get(name));
    let told: Vec<String> = choose
        .iter()
        .map(|name| set(name).map_or_else(|| (*name).to_owned(), |value| format!("{name} ({value})")))
        .collect();
    match (choose.first(), choose.len()) {
        (Some(name), 1) if set(name).is_none() => Ok(name),
        (None, _) => {
            let known: Vec<&str> = addresses.into_iter().collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            Err(usage(format!(
                "no variable of suite `{}` leads to {address}, and no address chooses an environment of it (`when`): set \
                 the one that is meant to {address}; known: {known}",
                suite.name
            )))
        }
        (Some(_), 1) => Err(usage(format!(
            "no variable of suite `{}` leads to {address}: {} leads elsewhere, and its credentials are not for \
             everybody. Say --through with what it leads to, or set it to {address}",
            suite.name,
            told.concat()
        ))),
        (Some(_), _) => Err(usage(format!(
            "no variable of suite `{}` leads to {address}, and several may be meant: set one of {} to {address}",
            suite.name,
            told.join(", ")
        ))),
    }
}

/// The variables that the bases of services come from, also by way of what is given.
fn addresses(suite: &Suite) -> BTreeSet<&str> {
    let bases = suite.services.values().flat_map(|service| service.base.reads());
    let bases = bases.filter_map(|path| path.strip_prefix("env."));
    let given = suite.environments.values().flat_map(|spec| spec.given.values());
    bases.chain(given.flat_map(|given| given.reads("env"))).collect()
}

/// The rows that a proxy can run, and those that need the inside of a platform.
///
/// *Errors*: it can run none.
pub(super) fn divide(rows: Vec<FaultRow>) -> Result<(Vec<FaultRow>, Vec<Inside>), StartError> {
    let (wire, inside): (Vec<FaultRow>, Vec<FaultRow>) =
        rows.into_iter().partition(|row| row.texts().all(embedded::is_on_wire));
    let inside: Vec<Inside> = inside
        .into_iter()
        .map(|row| Inside {
            faults: row.texts().map(str::to_owned).collect(),
            place: row.location().map(ToString::to_string).unwrap_or_default(),
            scenario: row.scenario,
        })
        .collect();
    if wire.is_empty() {
        let faults: Vec<String> = inside.iter().map(|row| row.faults.join(" + ")).collect();
        return Err(StartError::Empty(format!(
            "no row is on the wire alone: {} the inside of the embedded platform, where no proxy reaches",
            faults.join(", ") + if faults.len() == 1 { " needs" } else { " need" }
        )));
    }
    Ok((wire, inside))
}

fn usage(message: String) -> StartError {
    StartError::Usage(message)
}
