//! The embedded environment: the platform in this process. It and `between` see both worlds, and nobody else.
//!
//! Does not: talk to the platform but over the wire, once it is up.

use crate::start::StartError;
use async_trait::async_trait;
use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Command};
use harness_runner::engine::environment::{Environment, EnvironmentError, Facts};
use harness_runner::engine::net::redact::Secret;
use harness_runner::model::name::{EnvironmentName, SecretName};
use harness_runner::model::suite::Suite;
use harness_runner::model::validate::unknown_faults;
use shakedown_platform::{Bites, Defect, FaultKind, FaultRow, Faults, Options, Platform};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::sync::OnceLock;
use tokio::sync::Mutex;

/// The variable under which suites know the control plane.
pub(crate) const CONTROL_PLANE: &str = "MOLECULE_CP_URL";
/// The variable under which suites know where tenants may live.
pub(crate) const TENANT_DOMAIN: &str = "MOLECULE_TENANT_DOMAIN";
/// Where the platform's tenants live.
pub(crate) const TENANT_HOST: &str = "127.0.0.1";
/// The secret under which suites know its admin token.
pub(crate) const ADMIN_TOKEN: &str = "MOLECULE_ADMIN_TOKEN";

/// The platform in this process.
pub(crate) struct Embedded {
    name: EnvironmentName,
    declared: Vec<SecretName>,
    faults: Faults,
    running: Mutex<Option<Platform>>,
    idle: Idle,
}

/// The faults that never bit, known when what has them has stopped.
#[derive(Default)]
pub(crate) struct Idle(OnceLock<Vec<String>>);

impl Idle {
    /// Learns how often each has bitten, for good.
    pub(crate) fn learn(&self, bitten: Vec<Bites>) {
        let never = bitten.into_iter().filter(|fault| fault.bites == 0);
        self.0.get_or_init(|| never.map(|fault| fault.fault).collect());
    }

    /// Which of these never bit: all of them, where nothing came up that could have them.
    pub(crate) fn of(&self, faults: &Faults) -> Vec<String> {
        self.0.get().cloned().unwrap_or_else(|| faults.iter().map(ToString::to_string).collect())
    }
}

impl Embedded {
    /// A platform that is not up yet, broken in the given ways.
    pub(crate) fn new(name: EnvironmentName, declared: Vec<SecretName>, faults: Faults) -> Self {
        Self { name, declared, faults, running: Mutex::new(None), idle: Idle::default() }
    }

    fn failed(&self, reason: &dyn std::fmt::Display) -> EnvironmentError {
        EnvironmentError::Start { environment: self.name.clone(), reason: reason.to_string() }
    }

    /// A placeholder for every declared secret: a real one is never forwarded to a platform that is not real.
    fn mint(&self, admin_token: &str) -> Result<BTreeMap<SecretName, Secret>, EnvironmentError> {
        let mut secrets = BTreeMap::new();
        for name in &self.declared {
            let secret = match name.as_str() {
                ADMIN_TOKEN => Secret::new(admin_token),
                _ => Secret::new(format!(
                    "placeholder-{:016x}",
                    getrandom::u64().map_err(|error| self.failed(&error))?
                )),
            };
            secrets.insert(name.clone(), secret);
        }
        Ok(secrets)
    }
}

#[async_trait]
impl Environment for Embedded {
    async fn start(&self) -> Result<Facts, EnvironmentError> {
        let options = Options { faults: self.faults.clone(), ..Options::default() };
        let platform = Platform::start(options).await.map_err(|error| self.failed(&error))?;
        let variables = BTreeMap::from([
            (CONTROL_PLANE.to_owned(), platform.url().to_owned()),
            (TENANT_DOMAIN.to_owned(), TENANT_HOST.to_owned()),
        ]);
        let secrets = self.mint(platform.admin_token())?;
        *self.running.lock().await = Some(platform);
        Ok(Facts { environment: self.name.clone(), variables, secrets, stand_in: None })
    }

    async fn stop(&self) -> Result<(), EnvironmentError> {
        if let Some(platform) = self.running.lock().await.take() {
            self.idle.learn(platform.bitten());
            platform.stop().await;
        }
        Ok(())
    }

    fn never_bit(&self) -> Vec<String> {
        self.idle.of(&self.faults)
    }
}

/// Reads faults as they are written.
///
/// *Errors*: the first text that is no fault of the platform.
pub(crate) fn faults(texts: &[String]) -> Result<Faults, shakedown_platform::FaultError> {
    texts.iter().map(|text| text.parse::<Defect>()).collect()
}

/// Whether a fault needs no inside knowledge of a platform.
pub(crate) fn is_on_wire(text: &str) -> bool {
    text.parse::<Defect>().is_ok_and(|defect| defect.is_on_wire())
}

/// What a command line takes as a fault; a shell can complete its name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FaultText;

impl TypedValueParser for FaultText {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        let text = StringValueParser::new().parse_ref(command, argument, value)?;
        match text.parse::<Defect>() {
            Ok(defect) => Ok(defect.to_string()),
            Err(error) => {
                Err(clap::Error::raw(ErrorKind::ValueValidation, format!("{error}\n")).with_cmd(command))
            }
        }
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(known_faults().map(|(name, _)| PossibleValue::new(name))))
    }
}

/// Every fault with what is wrong then, for people.
pub(crate) fn known_faults() -> impl Iterator<Item = (&'static str, &'static str)> {
    shakedown_platform::fault_rows().map(|row| (row.name, row.meaning))
}

/// Every fault, topic by topic, with what is wrong then and where it bites.
pub(crate) fn fault_list() -> String {
    let rows: Vec<FaultRow> = shakedown_platform::fault_rows().collect();
    let shown = |row: &FaultRow| match row.kind {
        FaultKind::Inside => format!("  {}\n      {}\n      at {}\n", row.name, row.meaning, row.place),
        FaultKind::Wire => format!("  {}\n      {}\n", row.example, row.meaning),
    };
    let topics = rows.chunk_by(|left, right| left.topic == right.topic);
    let topics =
        topics.map(|rows| format!("{}\n{}", rows[0].topic, rows.iter().map(shown).collect::<String>()));
    topics.collect::<Vec<_>>().join("\n")
}

/// Refuses a suite with fault rows that the platform cannot read: they would prove nothing.
///
/// *Errors*: a fault that it does not know, or that is not written as it reads it.
pub(crate) fn refuse_unknown(suite: Suite) -> Result<Suite, StartError> {
    let known: Vec<&str> = known_faults().map(|(name, _)| name).collect();
    let read = |text: &str| faults(&[text.to_owned()]).map(drop).map_err(|error| error.to_string());
    let findings = unknown_faults(&suite, &known, read);
    if findings.has_errors() { Err(StartError::Suite(findings)) } else { Ok(suite) }
}
