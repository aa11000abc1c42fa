//! Environments: where a suite runs, what it has there, and what is given there instead of being made.
//!
//! Does not: start one, or choose one.

use super::{Step, Suite};
use crate::name::{EnvironmentName, FixtureName, FlowName, SecretName, ServiceName};
use crate::source::{At, Location};
use crate::template::Template;
use indexmap::{IndexMap, IndexSet};
use std::time::Duration;

/// `[environment.X]`.
#[derive(Debug, Clone)]
pub struct EnvironmentSpec {
    /// Whether it mints a placeholder for every secret.
    pub secrets: SecretSupply,
    /// The variable that chooses it.
    pub when: Option<String>,
    /// An upper bound for every poll's interval there.
    pub poll_every: Option<Duration>,
    /// An upper bound for every poll's deadline there.
    pub poll_within: Option<Duration>,
    /// The flow that lets time pass there; without one, whoever wants it to pass waits.
    pub elapse: Option<At<FlowName>>,
    /// The services that it does not have.
    pub lacks: Vec<At<ServiceName>>,
    /// The fixtures that are given there.
    pub given: IndexMap<FixtureName, Given>,
}

/// Where an environment's secrets come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretSupply {
    /// From the settings of whoever starts the run.
    Settings,
    /// Minted at random, so that no real one can leak.
    Minted,
}

/// A fixture that is given: nothing is created for it, and nothing released.
///
/// *Shape*: `[environment.self-hosted.fixture.org]` with `tenant_url = "{{ env.MOLECULE_TENANT_URL }}"`
#[derive(Debug, Clone)]
pub struct Given {
    /// Where it was written.
    pub location: Location,
    /// Every output of the fixture.
    pub outputs: IndexMap<String, Template>,
}

impl Given {
    /// What its outputs read of a table: `env` or `secret`.
    pub fn reads<'a>(&'a self, table: &'a str) -> impl Iterator<Item = &'a str> {
        let paths = self.outputs.values().flat_map(Template::reads);
        paths.filter_map(move |path| path.strip_prefix(table)?.strip_prefix('.'))
    }
}

/// `[variable.X] host-of = "Y"`: a variable that is the host of the URL in another one.
///
/// *Source*: the tenants of a control plane at `api.X` live below `X`, those of `staging-api.X` below `staging.X`.
#[derive(Debug, Clone)]
pub struct HostOf {
    /// The other variable.
    pub variable: At<String>,
    /// How a host begins, and what that becomes; the first that fits.
    pub prefixes: Vec<(String, String)>,
}

impl HostOf {
    /// The host of a URL, renamed; none when the text names no host.
    pub fn host(&self, url: &str) -> Option<String> {
        let (_, rest) = url.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        let place = authority.rsplit('@').next().unwrap_or(authority);
        // An address in brackets has colons of its own.
        let host = match place.rfind(']') {
            Some(end) => &place[..=end],
            None => place.split(':').next().unwrap_or(place),
        };
        let host = host.to_lowercase();
        let renamed =
            self.prefixes.iter().find_map(|(old, new)| Some(format!("{new}{}", host.strip_prefix(old)?)));
        Some(renamed.unwrap_or(host)).filter(|host| !host.is_empty())
    }
}

impl Suite {
    /// The value of a declared variable: as it is set, else the host of another, else its default.
    pub fn variable<'a>(&self, name: &str, set: impl Fn(&str) -> Option<&'a String>) -> Option<String> {
        let given = |name: &str| set(name).filter(|value| !value.is_empty());
        let derived = || {
            let from = self.derived.get(name)?;
            from.host(given(&from.variable.value)?)
        };
        let set = given(name).cloned().or_else(derived);
        set.or_else(|| self.variables.get(name)?.clone())
    }

    /// A fixture that an environment gives.
    pub fn given(&self, environment: &EnvironmentName, fixture: &str) -> Option<&Given> {
        self.environments.get(environment)?.given.get(fixture)
    }

    /// Whether the base of a service comes from the settings there by way of what is given, where elsewhere a reply names
    /// it: then its host is the one that was meant, and the service's `hosts` speak of elsewhere.
    pub fn has_given_base(&self, environment: &EnvironmentName, service: &ServiceName) -> bool {
        let Some(service) = self.services.get(service) else { return false };
        let of_settings = |template: &Template| template.reads().iter().all(|path| path.starts_with("env."));
        let output = |path: &str| {
            let (root, output) = path.split_once('.')?;
            self.given(environment, root)?.outputs.get(output)
        };
        let mut given = 0;
        service.base.reads().iter().all(|path| {
            let output = output(path);
            given += usize::from(output.is_some());
            path.starts_with("env.") || output.is_some_and(of_settings)
        }) && given > 0
    }

    /// The secrets without which no request there can be authorised: those of the credentials of its services, and those of
    /// what is given.
    pub fn credential_secrets(&self, environment: &EnvironmentName) -> Vec<SecretName> {
        let spec = self.environments.get(environment);
        let lacks = |service: &ServiceName| {
            spec.is_some_and(|spec| spec.lacks.iter().any(|lacked| lacked.value == *service))
        };
        let used = self.credentials.values().filter(|credential| !credential.on.iter().all(lacks));
        let reads = used.flat_map(|credential| credential.bearer.reads());
        let secrets = reads.filter_map(|path| path.strip_prefix("secret."));
        let given =
            spec.into_iter().flat_map(|spec| spec.given.values()).flat_map(|given| given.reads("secret"));
        secrets.chain(given).map(SecretName::new).collect::<IndexSet<_>>().into_iter().collect()
    }

    /// The variables without which nothing can be sent there: the one that chooses it, and those that what is given reads
    /// and that have no default.
    pub fn credential_variables(&self, environment: &EnvironmentName) -> Vec<String> {
        let Some(spec) = self.environments.get(environment) else { return Vec::new() };
        let given = spec.given.values().flat_map(|given| given.reads("env"));
        let bare = given.filter(|name| !matches!(self.variables.get(*name), Some(Some(_))));
        let needed = spec.when.as_deref().into_iter().chain(bare);
        needed.map(str::to_owned).collect::<IndexSet<_>>().into_iter().collect()
    }

    /// The first of some steps, or of the flows that they use, that needs a service which an environment lacks.
    pub fn out_of_reach<'a>(
        &'a self,
        environment: &EnvironmentName,
        steps: impl IntoIterator<Item = &'a Step>,
    ) -> Option<(&'a Step, &'a ServiceName)> {
        let lacks = &self.environments.get(environment)?.lacks;
        steps.into_iter().find_map(|step| {
            let service = &step.run()?.action.target()?.service;
            lacks.iter().any(|lacked| lacked.value == *service).then_some((step, service))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::HostOf;
    use crate::source::{At, Source};

    /// The derivation of the contract, A0.
    #[test]
    fn the_domain_of_tenants_follows_from_the_host_of_the_control_plane() {
        let variable = At { value: "CP".to_owned(), location: Source::new("t", "").at(0..0) };
        let prefixes = [("staging-api.", "staging."), ("api.", "")];
        let prefixes = prefixes.map(|(old, new)| (old.to_owned(), new.to_owned())).into();
        let rule = HostOf { variable, prefixes };
        let table = [
            ("https://api.moleculesai.app", Some("moleculesai.app")),
            ("https://staging-api.moleculesai.app/", Some("staging.moleculesai.app")),
            ("https://API.Example.com:8443/cp?x#y", Some("example.com")),
            ("http://cp.example.com", Some("cp.example.com")),
            ("http://127.0.0.1:4010", Some("127.0.0.1")),
            ("http://[::1]:4010/x", Some("[::1]")),
            ("https://user:word@api.example.com", Some("example.com")),
            ("https://api.api.example.com", Some("api.example.com")),
            ("no url", None),
            ("https:///x", None),
        ];
        for (url, expected) in table {
            assert_eq!(rule.host(url).as_deref(), expected, "{url}");
        }
    }
}
