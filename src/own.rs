//! A harness of another repository: environments of its own, beside those that come along.
//!
//! Does not: start them. A run does, when its suite chooses one.

use crate::cli;
use crate::settings::Settings;
use crate::start::StartError;
use async_trait::async_trait;
use harness_runner::engine::environment::{Environment, EnvironmentError, Facts};
use harness_runner::model::name::{EnvironmentName, closest};
use harness_runner::model::suite::Suite;
use std::collections::BTreeMap;
use std::fmt;
use std::process::ExitCode;
use std::sync::Arc;

/// A harness with environments of its own: what a test target or a command line of another repository begins with.
///
/// *Shape*: `Harness::default().environment("local", Shop::default()).suite("shop")`, for a `suite.toml` with
/// `[environment.local]`
#[derive(Debug, Default)]
pub struct Harness(Environments);

impl Harness {
    /// With an environment, under the name by which suites declare it. One that gives every secret is declared with
    /// `provides = "secrets"`.
    #[must_use]
    pub fn environment(mut self, name: &str, environment: impl Environment + 'static) -> Self {
        self.0.0.insert(EnvironmentName::new(name), Arc::new(environment));
        self
    }

    /// Runs a suite as a test target, with libtest's arguments; gives the exit code of the run.
    pub fn suite(self, name: &str) -> ExitCode {
        let exit = match Settings::from_process(None) {
            Ok(settings) => crate::libtest(name, &settings.with_environments(self.0)),
            Err(error) => Err(StartError::from(error)),
        };
        ExitCode::from(exit.unwrap_or_else(|error| error.show()).code())
    }

    /// The command line of `shakedown`, for a binary: every subcommand knows the environments.
    pub fn command_line(self) -> ExitCode {
        cli::with(&self.0)
    }
}

/// The environments that a program brings along, by name.
#[derive(Clone, Default)]
pub(crate) struct Environments(BTreeMap<EnvironmentName, Arc<dyn Environment>>);

impl Environments {
    /// One of them.
    pub(crate) fn get(&self, name: &EnvironmentName) -> Option<Arc<dyn Environment>> {
        self.0.get(name).cloned()
    }

    /// Refuses one that a suite does not declare: it could never be chosen.
    ///
    /// *Errors*: there is one.
    pub(crate) fn refuse_undeclared(&self, suite: &Suite) -> Result<(), StartError> {
        let Some(name) = self.0.keys().find(|name| !suite.environments.contains_key(*name)) else {
            return Ok(());
        };
        let declared = || suite.environments.keys().map(EnvironmentName::as_str);
        let hint = match closest(name.as_str(), declared()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("declare [environment.{name}] in scenarios/{}/suite.toml", suite.name),
        };
        let message = format!(
            "this program brings along an environment `{name}`, which suite `{}` does not have: {hint}",
            suite.name
        );
        Err(StartError::Usage(message))
    }
}

/// An environment whose secrets come from settings: what it tells goes over what they say.
pub(crate) struct Informed {
    /// The environment.
    pub(crate) own: Arc<dyn Environment>,
    /// What settings say.
    pub(crate) settings: Facts,
}

#[async_trait]
impl Environment for Informed {
    async fn start(&self) -> Result<Facts, EnvironmentError> {
        let told = self.own.start().await?;
        let mut facts = self.settings.clone();
        facts.variables.extend(told.variables);
        facts.secrets.extend(told.secrets);
        Ok(facts)
    }

    async fn stop(&self) -> Result<(), EnvironmentError> {
        self.own.stop().await
    }

    fn never_bit(&self) -> Vec<String> {
        self.own.never_bit()
    }
}

impl fmt::Debug for Environments {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{Environments, Harness};
    use async_trait::async_trait;
    use harness_runner::engine::environment::{Environment, EnvironmentError, Facts};
    use harness_runner::load;
    use harness_runner::model::suite::Suite;
    use harness_runner::model::validate::compile;
    use std::path::Path;

    struct Shop;

    #[async_trait]
    impl Environment for Shop {
        async fn start(&self) -> Result<Facts, EnvironmentError> {
            Err(EnvironmentError::start("local", "closed"))
        }

        async fn stop(&self) -> Result<(), EnvironmentError> {
            Ok(())
        }
    }

    fn shop() -> Suite {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/elsewhere");
        compile(&load::suite(&root, "shop").expect("the suite")).expect("it is right")
    }

    fn refused(own: &Environments) -> Option<String> {
        own.refuse_undeclared(&shop()).err().map(|error| error.to_string())
    }

    #[test]
    fn an_environment_that_the_suite_does_not_declare_is_refused_with_what_was_meant() {
        assert_eq!(refused(&Harness::default().environment("local", Shop).0), None);
        let slip = refused(&Harness::default().environment("locl", Shop).0).expect("a refusal");
        assert!(slip.ends_with("did you mean `local`?"), "{slip}");
        let other = refused(&Harness::default().environment("warehouse", Shop).0).expect("a refusal");
        assert!(other.contains("declare [environment.warehouse] in scenarios/shop/suite.toml"), "{other}");
    }
}
