//! What is known before a run: the settings, what the suite binds, and what the environment gives instead of making it.
//!
//! Does not: make a fixture.

use crate::endpoint::endpoint;
use crate::fixture;
use crate::net::http::{HttpError, Reply, Request};
use crate::run::RunContext;
use harness_model::checkup::State;
use harness_model::context::Bindings;
use harness_model::name::{CredentialName, FixtureName, ServiceName};
use harness_model::template::Template;
use std::collections::BTreeSet;

/// Everything that is bound before a run.
pub(super) struct Known<'a> {
    pub(super) run: &'a RunContext,
    bindings: Bindings,
    /// The same with the secrets.
    authority: Bindings,
}

/// Why something cannot be asked before a run, in words.
pub(super) struct Obstacle {
    pub(super) state: State,
    pub(super) said: String,
}

impl<'a> Known<'a> {
    pub(super) fn of(run: &'a RunContext) -> Self {
        let mut bindings = fixture::of_suite(run, &run.world);
        for name in run.suite.fixtures.keys() {
            if let Some(Ok(outputs)) = fixture::given(run, name) {
                bindings.set_value(name.as_str(), outputs.to_value());
            }
        }
        let mut authority = bindings.clone();
        authority.extend(&run.secrets);
        Self { run, bindings, authority }
    }

    /// Whether the environment says that it has no such service.
    pub(super) fn lacks(&self, service: &ServiceName) -> bool {
        let spec = self.run.suite.environments.get(&self.run.environment);
        spec.is_some_and(|spec| spec.lacks.iter().any(|lacked| lacked.value == *service))
    }

    /// What keeps a service from being asked.
    pub(super) fn obstacle(&self, service: &ServiceName) -> Option<Obstacle> {
        if self.lacks(service) {
            let said = format!("the {} environment has none", self.run.environment);
            return Some(Obstacle { state: State::Absent, said });
        }
        let spec = self.run.suite.services.get(service)?;
        let given = self.run.suite.has_given_base(&self.run.environment, service);
        let hosts = spec.hosts.iter().filter(|_| !given);
        let headers = spec.headers.iter().map(|(_, value)| value);
        // Where its base is known later, so are the settings that it needs.
        let base = self.unknown(std::iter::once(&spec.base));
        base.or_else(|| self.unknown(hosts.chain(headers)))
    }

    /// What of the paths that templates read is not known.
    pub(super) fn unknown<'t>(&self, templates: impl Iterator<Item = &'t Template>) -> Option<Obstacle> {
        let reads: BTreeSet<&str> =
            templates.flat_map(Template::reads).map(String::as_str).filter(|path| !self.has(path)).collect();
        let unset = |path: &&str| {
            path.strip_prefix("env.").or_else(|| path.strip_prefix("secret.")).map(str::to_owned)
        };
        // What a fixture gives there is unset when the settings that it reads are.
        let given = |path: &&str| {
            let (name, output) = path.split_once('.')?;
            let output = self.run.suite.given(&self.run.environment, name)?.outputs.get(output)?;
            let mut missing = output.reads().iter().map(String::as_str).filter(|path| !self.has(path));
            missing.find_map(|path| unset(&path))
        };
        let missing: BTreeSet<String> =
            reads.iter().filter_map(|path| unset(path).or_else(|| given(path))).collect();
        if !missing.is_empty() {
            let names = missing.into_iter().collect::<Vec<_>>().join(", ");
            return Some(Obstacle { state: State::Misconfigured, said: format!("not known: set {names}") });
        }
        let root = |path: &&str| FixtureName::new(path.split('.').next().unwrap_or(path));
        let fixture = |name: &FixtureName| self.run.suite.fixtures.contains_key(name);
        let said = match reads.iter().map(root).find(fixture) {
            Some(name) => format!("known when fixture `{name}` is there"),
            None if reads.is_empty() => return None,
            None => "known in the course of a run".to_owned(),
        };
        Some(Obstacle { state: State::Later, said })
    }

    fn has(&self, path: &str) -> bool {
        self.authority.resolve(path).is_some_and(|value| !value.is_undefined())
    }

    /// Asks a service for what changes nothing.
    pub(super) async fn get(
        &self,
        service: &ServiceName,
        credential: Option<&CredentialName>,
        path: &str,
    ) -> Result<Reply, Trouble> {
        let endpoint = endpoint(self.run, service, credential, &self.bindings, &self.authority);
        let endpoint = endpoint.map_err(|error| Trouble::Unrendered(error.to_string()))?;
        let request = Request {
            method: "GET",
            base: endpoint.base,
            reach: endpoint.reach,
            path: path.to_owned(),
            headers: endpoint.headers,
            bearer: endpoint.bearer,
            credential: endpoint.credential,
            body: None,
        };
        let (_exchange, reply) = self.run.net.send(&request, &[]).await;
        reply.map_err(Trouble::NoReply)
    }

    /// The headers of a service that were not sent because they are empty, with the variables that fill them; for whoever
    /// wonders about a reply.
    pub(super) fn left_out(&self, service: &ServiceName) -> String {
        let is_empty = |value: &Template| value.render(&self.bindings).is_ok_and(|value| value.is_empty());
        let headers = self.run.suite.services[service].headers.iter().filter(|(_, value)| is_empty(value));
        let said = headers.map(|(name, value)| {
            let variables: BTreeSet<&str> =
                value.reads().iter().flat_map(|path| self.variables(path)).collect();
            let filled = match variables.into_iter().collect::<Vec<_>>().join(", ") {
                empty if empty.is_empty() => String::new(),
                variables => format!("; {variables} fills it"),
            };
            format!(" (header {name} was left out, for it is empty{filled})")
        });
        said.collect()
    }

    /// The variables that a path comes from.
    fn variables<'t>(&'t self, path: &'t str) -> Vec<&'t str> {
        if let Some(variable) = path.strip_prefix("env.") {
            return vec![variable];
        }
        let output = path.split_once('.').and_then(|(fixture, output)| {
            self.run.suite.given(&self.run.environment, fixture)?.outputs.get(output)
        });
        let reads = output.into_iter().flat_map(Template::reads);
        reads.filter_map(|path| path.strip_prefix("env.")).collect()
    }

    /// The base of a service, without secrets.
    pub(super) fn base(&self, service: &ServiceName) -> String {
        let base = self.run.suite.services[service].base.render(&self.bindings);
        base.map(|base| self.run.journal.scrub(&base)).unwrap_or_default()
    }
}

/// Why there is no reply.
pub(super) enum Trouble {
    /// Something that is known cannot be put together.
    Unrendered(String),
    /// None came.
    NoReply(HttpError),
}

impl Trouble {
    /// What it means for whoever waits for a reply.
    pub(super) fn state(&self) -> State {
        match self {
            Self::Unrendered(_) => State::Misconfigured,
            // What was refused before anything was sent is no fault of the target.
            Self::NoReply(error) if error.transport().is_none() => State::Misconfigured,
            Self::NoReply(_) => State::Unreachable,
        }
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unrendered(error) => formatter.write_str(error),
            Self::NoReply(error) => error.fmt(formatter),
        }
    }
}
