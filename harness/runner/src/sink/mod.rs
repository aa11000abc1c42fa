//! Sinks: who is told of a run, at which moments, and what became of it.
//!
//! A sink that fails changes nothing: what it says stands in the last lines of the run. One kind is one file, and one
//! arm where sinks are built.
//!
//! Does not: decide what is told. The templates of a suite do, from what `report` says of the run.

mod file;
mod told;
mod webhook;

pub(crate) use told::{Told, Watcher};

use harness_engine::net::redact::{Redactor, Secret};
use harness_model::context::Bindings;
use harness_model::name::SecretName;
use harness_model::suite::{Destination, Moment, Sink as Declared, Suite};
use harness_model::template::{RenderError, Template};
use harness_report::{Account, Format};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How long all sinks together have when a run is over, whatever they wait for.
pub(crate) const BUDGET: Duration = Duration::from_secs(10);

/// Somebody who is told of a run.
#[async_trait::async_trait]
pub trait Sink: Send + Sync {
    /// Hands the text over. The key is the same whenever the same is told again.
    ///
    /// *Errors*: it did not come through; without secrets, in words for people.
    async fn deliver(&self, text: String, key: &str) -> Result<(), SinkError>;
}

/// A sink that was not told.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// What it says does not render.
    #[error("its template does not render: {0}")]
    Render(RenderError),
    /// A secret that it needs is not set.
    #[error("{0} is not set")]
    Missing(SecretName),
    /// It could not be written.
    #[error("{0}")]
    File(String),
    /// It did not come through.
    #[error("{0}")]
    Webhook(String),
    /// Time was up for all of them.
    #[error("time was up: all sinks together have {}s", BUDGET.as_secs())]
    Late,
    /// We broke down over it.
    #[error("the harness panicked while telling it")]
    Panicked,
}

/// What sinks get of the settings: the values of declared variables and secrets that are set.
#[derive(Debug, Clone, Default)]
pub struct SinkSettings {
    /// The folder where relative paths begin.
    pub root: PathBuf,
    /// Variables, those that turn sinks on among them.
    pub variables: BTreeMap<String, String>,
    /// Secrets: the real ones, also where the environment mints its own.
    pub secrets: BTreeMap<SecretName, Secret>,
}

/// The sinks of a run that are on.
pub(crate) struct Sinks {
    told: Vec<(String, Declared)>,
    suite: Arc<Suite>,
    settings: SinkSettings,
    redactor: Redactor,
}

impl Sinks {
    /// Those of a suite that are on; their secrets are hidden from now on.
    pub(crate) fn new(suite: &Arc<Suite>, settings: SinkSettings, redactor: &Redactor) -> Self {
        let is_set = |name: &String| settings.variables.get(name).is_some_and(|value| !value.is_empty());
        let secret = |name: &String| settings.secrets.contains_key(&SecretName::new(name));
        let is_on = |sink: &Declared| sink.when.as_ref().is_none_or(|name| is_set(name) || secret(name));
        let sinks = suite.sinks.iter().filter(|(_, sink)| is_on(sink));
        let sinks: Vec<(String, Declared)> = sinks.map(|(name, sink)| (name.clone(), sink.clone())).collect();
        for (_, sink) in &sinks {
            for name in sink.reads("secret").map(SecretName::new).chain(sink.signed().cloned()) {
                if let Some(value) = settings.secrets.get(&name) {
                    redactor.learn(value);
                }
            }
        }
        Self { told: sinks, suite: Arc::clone(suite), settings, redactor: redactor.clone() }
    }

    /// None at all, as for a process that is one case of a run.
    pub(crate) fn none(suite: &Arc<Suite>) -> Self {
        let (settings, redactor) = (SinkSettings::default(), Redactor::default());
        Self { told: Vec::new(), suite: Arc::clone(suite), settings, redactor }
    }

    /// Whether any of them is told at this moment.
    pub(crate) fn wants(&self, moment: Moment) -> bool {
        self.told.iter().any(|(_, sink)| sink.on.contains(&moment))
    }

    /// What each of them is told at a moment, ready to go.
    pub(crate) fn parcels(&self, account: &Account<'_>, moment: Moment, said: &Bindings) -> Vec<Parcel> {
        let wanting = self.told.iter().filter(|(_, sink)| sink.on.contains(&moment));
        let parcels = wanting.map(|(name, sink)| {
            let key = format!("{}/{name}/{moment}", account.report.run);
            let (to, made) = self.parcel(name, sink, account, (moment, said, &key));
            Parcel { sink: name.clone(), to, moment, key, made }
        });
        parcels.collect()
    }

    fn parcel(
        &self,
        name: &str,
        sink: &Declared,
        account: &Account<'_>,
        (moment, said, key): (Moment, &Bindings, &str),
    ) -> (String, Result<Ready, SinkError>) {
        let told = BTreeMap::from([("name", name), ("key", key), ("moment", moment.word())]);
        let scope = said.clone().with("sink", told).with("env", self.variables(sink));
        let body = |body| self.suite.templates.render(body, &scope).map_err(SinkError::Render);
        let text = match &sink.to {
            Destination::File { body: template, .. } => body(template),
            Destination::Webhook(webhook) => body(&webhook.body),
            Destination::Prometheus { .. } => Ok(Format::Prometheus.render(account)),
        };
        let (to, built) = self.build(sink, &scope);
        let made = text.and_then(|text| Ok(Ready { sink: built?, text: self.redactor.scrub(&text) }));
        (self.redactor.scrub(&to), made)
    }

    /// A sink of its kind, and where it goes, for people.
    fn build(&self, sink: &Declared, scope: &Bindings) -> (String, Result<Box<dyn Sink>, SinkError>) {
        match &sink.to {
            Destination::File { path, .. } => file::build(self, path, scope, None),
            Destination::Prometheus { path } => file::build(self, path, scope, Some(Format::Prometheus)),
            Destination::Webhook(webhook) => webhook::build(self, webhook, scope),
        }
    }

    /// A template of where a sink goes. It alone reads secrets.
    ///
    /// *Errors*: one of them is not set, or it does not render.
    fn secretly(&self, template: &Template, scope: &Bindings) -> Result<String, SinkError> {
        let mut known = BTreeMap::new();
        for name in template.reads().iter().filter_map(|path| path.strip_prefix("secret.")) {
            let name = SecretName::new(name);
            let value = self.settings.secrets.get(&name).ok_or_else(|| SinkError::Missing(name.clone()))?;
            known.insert(name.to_string(), value.expose().trim().to_owned());
        }
        template.render(&scope.clone().with("secret", known)).map_err(SinkError::Render)
    }

    /// The variables that its templates may read: those of the suite, as they are set or by default.
    fn variables(&self, sink: &Declared) -> BTreeMap<String, String> {
        let declared = self.suite.variables.iter();
        let mut variables: BTreeMap<String, String> =
            declared.filter_map(|(name, default)| Some((name.clone(), default.clone()?))).collect();
        let names = self.suite.variables.keys().chain(&sink.when);
        let set = names.filter_map(|name| self.settings.variables.get_key_value(name));
        variables.extend(set.map(|(name, value)| (name.clone(), value.clone())));
        variables
    }
}

/// What a sink is told, or why it cannot be.
pub(crate) struct Parcel {
    sink: String,
    to: String,
    moment: Moment,
    key: String,
    made: Result<Ready, SinkError>,
}

struct Ready {
    sink: Box<dyn Sink>,
    text: String,
}
