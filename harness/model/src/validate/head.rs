//! `suite.toml`.
//!
//! Does not: look at scenarios or flows.

use super::{below, capabilities, drift, environments, resources, retention, sinks, words};
use crate::context::from_toml;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::exit::FlakyPolicy;
use crate::gates::Gates;
use crate::host::AllowedHost;
use crate::name::{CredentialName, FixtureName, FlowName, LaneName, SecretName, ServiceName};
use crate::raw::{RawAxis, RawCredential, RawFixture, RawScope, RawService, RawSuite, Spanned, Table, Text};
use crate::retry::RetryBudget;
use crate::source::{At, Source};
use crate::suite::{Alias, Credential, Fixture, Places, Scope, Service, Suite};
use crate::template::{Escape, Template, Templates};
use indexmap::{IndexMap, IndexSet};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

const RUN_TIMEOUT: Duration = Duration::from_secs(60 * 60);
/// A delete of an org takes up to ninety seconds.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(2 * 60);
const CONCURRENCY: u32 = 64;
const RETRIES: u32 = 2;

/// Whether the suite file demands fault rows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Prove {
    Required,
    Optional,
}

/// A name that `suite.toml` declares.
pub(super) struct Declaration {
    pub(super) kind: Kind,
    pub(super) name: At<String>,
}

/// What a declaration declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Service,
    Credential,
    Secret,
    Variable,
    Fixture,
    Resource,
    Capability,
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Service => "service",
            Self::Credential => "credential",
            Self::Secret => "secret",
            Self::Variable => "variable",
            Self::Fixture => "fixture",
            Self::Resource => "resource",
            Self::Capability => "capability",
        })
    }
}

/// Everything that `suite.toml` declares by name.
pub(super) fn declarations(source: &Source, raw: &RawSuite) -> Vec<Declaration> {
    fn names<T>(kind: Kind, table: &Table<T>) -> impl Iterator<Item = (Kind, &Text)> {
        table.keys().map(move |name| (kind, name))
    }
    names(Kind::Service, &raw.service)
        .chain(names(Kind::Credential, &raw.credential))
        .chain(names(Kind::Secret, &raw.secret))
        .chain(names(Kind::Variable, &raw.variable))
        .chain(names(Kind::Fixture, &raw.fixture))
        .chain(names(Kind::Resource, &raw.resource))
        .chain(names(Kind::Capability, &raw.capability))
        .map(|(kind, name)| Declaration { kind, name: source.spanned(name.clone()) })
        .collect()
}

/// Reads everything that `suite.toml` says; scenarios, flows and gates are still missing.
pub(super) fn read(
    source: &Source,
    mut raw: RawSuite,
    templates: Templates,
    findings: &mut Diagnostics,
) -> Option<Suite> {
    let timeout = findings.keep(words::optional_duration(source, raw.suite.timeout, RUN_TIMEOUT));
    let flaky = raw.suite.flaky.map_or(Some(FlakyPolicy::Pass), |word| findings.keep(flaky(source, &word)));
    let prove = raw.suite.prove.map_or(Some(Prove::Optional), |word| {
        let known = [("required", Prove::Required), ("optional", Prove::Optional)];
        findings.keep(words::one_of(source, &word, &known))
    });
    let concurrency = raw.suite.concurrency.map_or(CONCURRENCY, |count| {
        if *count.get_ref() == 0 {
            let zero = Diagnostic::error("E0203", "a suite that runs no case at once never ends");
            findings.push(zero.at(&source.at(count.span()), "at least 1"));
        }
        *count.get_ref()
    });
    let retry_budget = raw
        .suite
        .retry_budget
        .map_or(Some(RetryBudget::DEFAULT), |share| findings.keep(retry_budget(source, &share)));
    let default_lane = raw.suite.lane.as_ref().map(|name| LaneName::new(name.get_ref()));
    let secrets: IndexSet<SecretName> =
        raw.secret.keys().map(|name| SecretName::new(name.get_ref().clone())).collect();
    let mut variables: IndexMap<String, Option<String>> = raw
        .variable
        .iter()
        .map(|(name, variable)| (name.get_ref().clone(), variable.default.clone()))
        .collect();
    let derived = environments::derived(source, &raw.variable, findings);
    let services = services(source, raw.service, findings);
    let environments = environments::read(source, raw.environment, &services, findings);
    for when in environments.values().filter_map(|environment| environment.when.clone()) {
        variables.entry(when).or_insert(None);
    }
    let credentials = credentials(source, raw.credential, &services, findings);
    let (bind, bind_at) = bind(source, &raw.bind, findings);
    let (beneath, told) = (below::written(&mut raw.resource), std::mem::take(&mut raw.sink));
    let mut suite = Suite {
        name: raw.suite.name.get_ref().clone(),
        concurrency: concurrency as usize,
        timeout: timeout?,
        flaky: flaky?,
        retries: raw.suite.retries.map_or(RETRIES, |count| *count.get_ref()),
        default_lane,
        prove: prove? == Prove::Required,
        case_timeout: findings.keep(words::optional_duration(
            source,
            raw.suite.case_timeout,
            RUN_TIMEOUT / 2,
        ))?,
        request_timeout: findings.keep(words::optional_duration(
            source,
            raw.suite.request_timeout,
            REQUEST_TIMEOUT,
        ))?,
        retry_budget: retry_budget?,
        environments,
        variables,
        derived,
        services,
        secrets,
        credentials,
        fixtures: fixtures(source, raw.fixture, findings),
        resources: resources::read(source, raw.resource, findings),
        capabilities: capabilities::read(source, raw.capability),
        supported: raw
            .axis
            .iter()
            .filter_map(|(axis, spec)| drift::read(source, axis, spec, findings))
            .collect(),
        choices: IndexMap::new(),
        aliases: aliases(raw.axis),
        lanes: IndexMap::new(),
        sinks: IndexMap::new(),
        retention: retention::read(source, raw.retention, findings),
        bind,
        bind_at,
        meanings: meanings(source, raw.meaning),
        scenarios: Vec::new(),
        flows: IndexMap::new(),
        templates,
        gates: Gates::default(),
        faults: Vec::new(),
        gaps: Vec::new(),
        failures: Vec::new(),
        warnings: Vec::new(),
    };
    below::read(source, beneath, &mut suite, findings);
    suite.sinks = sinks::read(source, told, &suite, findings);
    let when = suite.sinks.values().filter_map(|sink| sink.when.clone());
    let secrets = &suite.secrets;
    let when: Vec<String> = when.filter(|name| !secrets.contains(name.as_str())).collect();
    for name in when {
        suite.variables.entry(name).or_insert(None);
    }
    Some(suite)
}

/// A share of the run's requests.
fn retry_budget(source: &Source, share: &Spanned<f64>) -> Result<RetryBudget, Diagnostic> {
    RetryBudget::new(*share.get_ref()).ok_or_else(|| {
        Diagnostic::error("E0209", format!("`{}` is not a share of the run's requests", share.get_ref()))
            .at(&source.at(share.span()), "between 0 and 1")
            .help("0.1 lets a run repeat one send for every ten requests, 0 lets it repeat none")
    })
}

/// What a pass after a retry means, in suites and lanes.
pub(super) fn flaky(source: &Source, word: &Text) -> Result<FlakyPolicy, Diagnostic> {
    words::one_of(source, word, &[("pass", FlakyPolicy::Pass), ("fail", FlakyPolicy::Fail)])
}

/// A table of bindings, in suites, lanes and arms.
pub(super) fn bind(
    source: &Source,
    raw: &Table<toml::Value>,
    findings: &mut Diagnostics,
) -> (Map<String, Value>, Places) {
    let (mut bindings, mut places) = (Map::new(), Places::new());
    for (name, value) in raw {
        let value = from_toml(value);
        if let Some(text) = value.as_str() {
            let at = At { value: text.to_owned(), location: source.at(name.span()) };
            findings.keep(Template::parse(at, Escape::Plain));
        }
        if let Some(text) = findings.keep(words::variable(source, name)) {
            places.insert(text.clone(), source.at(name.span()));
            bindings.insert(text, value);
        }
    }
    (bindings, places)
}

/// What names mean, each where its name stands.
fn meanings(source: &Source, raw: Table<Text>) -> IndexMap<String, At<String>> {
    let meanings = raw.into_iter().map(|(name, text)| {
        let location = source.at(name.span());
        (name.into_inner(), At { value: text.into_inner(), location })
    });
    meanings.collect()
}

/// A meaning is of something that somebody can set.
pub(super) fn check_meanings(suite: &Suite, findings: &mut Diagnostics) {
    let arms = suite.scenarios.iter().flat_map(|scenario| &scenario.arms);
    let bound = suite.bind.keys().chain(arms.flat_map(|arm| arm.bind.keys()));
    let chosen = suite.choices.values().flat_map(|choice| &choice.alternatives);
    let known: IndexSet<&str> = bound
        .chain(chosen.flat_map(|alternative| alternative.bind.keys()))
        .chain(suite.variables.keys())
        .map(String::as_str)
        .chain(suite.secrets.iter().map(SecretName::as_str))
        .collect();
    for (name, meaning) in &suite.meanings {
        let at = At { value: name.clone(), location: meaning.location.clone() };
        let what = "binding, variable or secret";
        findings.keep(words::declared(&at, what, "E0339", known.iter().copied()));
    }
}

/// A table of headers, in services and actions.
pub(super) fn headers(
    source: &Source,
    raw: Table<Text>,
    findings: &mut Diagnostics,
) -> Vec<(String, Template)> {
    let parsed = raw.into_iter().filter_map(|(name, value)| {
        let template = findings.keep(Template::parse(source.spanned(value), Escape::Plain))?;
        Some((name.into_inner(), template))
    });
    parsed.collect()
}

fn services(
    source: &Source,
    raw: Table<RawService>,
    findings: &mut Diagnostics,
) -> IndexMap<ServiceName, Service> {
    let mut services = IndexMap::new();
    for (name, service) in raw {
        let mut template = |text: Text| findings.keep(Template::parse(source.spanned(text), Escape::Plain));
        let base = template(service.base);
        let hosts: Vec<Template> = service
            .hosts
            .map(|hosts| hosts.0)
            .unwrap_or_default()
            .into_iter()
            .filter_map(&mut template)
            .collect();
        for host in &hosts {
            check_host(host, findings);
        }
        let headers = headers(source, service.headers, findings);
        let Some(base) = base else { continue };
        if hosts.is_empty() && base.reads().iter().any(|path| !path.starts_with("env.")) {
            let message = format!("the base of service `{}` comes from a reply", name.get_ref());
            let diagnostic =
                Diagnostic::error("E0206", message).at(&base.text().location, "it could name any host");
            findings
                .push(diagnostic.help("say where credentials and keys may go: hosts = [\"*.example.com\"]"));
        }
        let health = service.health.and_then(|path| findings.keep(words::plain_path(source, &path)));
        services.insert(ServiceName::new(name.into_inner()), Service { base, hosts, headers, health });
    }
    services
}

/// An entry that stands there as it is must be one that a host can match; what templates give is seen when it is used.
fn check_host(host: &Template, findings: &mut Diagnostics) {
    let text = host.text();
    if host.reads().is_empty() && !text.value.contains("{{") && AllowedHost::parse(&text.value).is_none() {
        let message = format!("`{}` is no host", text.value);
        let diagnostic = Diagnostic::error("E0212", message).at(&text.location, "no base has it");
        let help = "a host, or *. and what it is below, with a scheme before and a port behind where they are others than \
                    usual: \"*.example.com\", \"api.example.com:8443\", \"http://10.0.0.5:*\"";
        findings.push(diagnostic.help(help));
    }
}

fn credentials(
    source: &Source,
    raw: Table<RawCredential>,
    services: &IndexMap<ServiceName, Service>,
    findings: &mut Diagnostics,
) -> IndexMap<CredentialName, Credential> {
    let mut credentials = IndexMap::new();
    for (name, credential) in raw {
        let mut on = Vec::new();
        if credential.on.0.is_empty() {
            let nowhere = Diagnostic::error("E0205", format!("credential `{}` goes nowhere", name.get_ref()));
            findings.push(
                nowhere.at(&source.at(name.span()), "`on` is empty").help("name its services: on = [\"cp\"]"),
            );
        }
        for service in credential.on.0 {
            let at = source.spanned(service);
            let known = services.keys().map(ServiceName::as_str);
            if findings.keep(words::declared(&at, "service", "E0311", known)).is_some() {
                on.push(ServiceName::new(at.value));
            }
        }
        let check = credential.check.and_then(|path| findings.keep(words::plain_path(source, &path)));
        if let Some(bearer) = findings.keep(Template::parse(source.spanned(credential.bearer), Escape::Plain))
        {
            credentials.insert(CredentialName::new(name.into_inner()), Credential { bearer, on, check });
        }
    }
    credentials
}

fn fixtures(
    source: &Source,
    raw: Table<RawFixture>,
    findings: &mut Diagnostics,
) -> IndexMap<FixtureName, Fixture> {
    let mut fixtures = IndexMap::new();
    for (name, fixture) in raw {
        let scope = match fixture.scope {
            RawScope::Run => Scope::Run,
            RawScope::Case => Scope::Case,
        };
        if let Some(name) = findings.keep(words::binding(source, &name)) {
            let (flow, recover) = (flow_name(source, fixture.flow), fixture.recover);
            let recover = recover.map(|flow| flow_name(source, flow));
            fixtures.insert(FixtureName::new(name), Fixture { scope, flow, recover });
        }
    }
    fixtures
}

/// The name of a flow with its place.
pub(super) fn flow_name(source: &Source, text: Text) -> At<FlowName> {
    At { location: source.at(text.span()), value: FlowName::new(text.into_inner()) }
}

fn aliases(raw: Table<RawAxis>) -> IndexMap<String, BTreeMap<String, Alias>> {
    let axes = raw.into_iter().map(|(axis, spec)| {
        let aliases = spec.aliases.into_iter().map(|(word, values)| {
            let values: Vec<String> = values.0.0.into_iter().map(Text::into_inner).collect();
            let alias = if values == ["*"] { Alias::Every } else { Alias::These(values) };
            (word, alias)
        });
        (axis.into_inner(), aliases.collect())
    });
    axes.collect()
}
