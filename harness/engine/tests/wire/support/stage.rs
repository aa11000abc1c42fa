//! A small suite from text, and a run of it.

use super::chronicle::{Chronicle, Memory, Trouble};
use super::store::{DELETE, FIND, GONE, RESOURCE, Store};
use super::{Answer, Seen, Stub};
use futures_util::future::join_all;
use harness_engine::case;
use harness_engine::environment::{Facts, StandIn};
use harness_engine::journal::Journal;
use harness_engine::machine::Machine;
use harness_engine::net::redact::{Redactor, Secret};
use harness_engine::run::{RunContext, RunIdentity, Unmet};
use harness_model::gate::{Availability, LiveRequirement};
use harness_model::name::{EnvironmentName, SecretName};
use harness_model::plan::{Circumstances, Plan};
use harness_model::selection::Selection;
use harness_model::source::{Source, SuiteText};
use harness_model::validate::compile;
use harness_model::verdict::{Ending, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

const HEAD: &str = r#"
[suite]
name            = "small"
request-timeout = "10s"
[environment.here]
[variable.BASE]
[service.api]
base = "{{ env.BASE }}"
"#;

/// A suite that is being written, with the stub that it will meet.
pub(crate) struct Stage {
    pub(crate) chronicle: Chronicle,
    pub(crate) cancel: CancellationToken,
    head: String,
    text: SuiteText,
    variables: BTreeMap<String, String>,
    secrets: BTreeMap<SecretName, Secret>,
    trouble: Trouble,
    unmet: Unmet,
    stand_in: Option<StandIn>,
}

/// What became of it.
pub(crate) struct Played {
    pub(crate) endings: Vec<Ending>,
    pub(crate) chronicle: Chronicle,
    pub(crate) journal: Journal,
}

impl Played {
    /// The end of the only case.
    pub(crate) fn ending(&self) -> &Ending {
        assert_eq!(self.endings.len(), 1, "one case was planned");
        &self.endings[0]
    }

    /// The verdict of the only case; a surprise shows its cause.
    pub(crate) fn assert(&self, expected: Verdict) {
        assert_eq!(self.ending().verdict, expected, "{}", self.ending().cause);
    }

    /// The only case ended so, with every one of these words in its cause.
    pub(crate) fn assert_cause(&self, expected: Verdict, words: &[&str]) {
        self.assert(expected);
        let cause = &self.ending().cause;
        for word in words {
            assert!(cause.contains(word), "`{word}` is not in: {cause}");
        }
    }
}

impl Stage {
    /// A stage whose service `api` is a stub with this script.
    pub(crate) async fn with(script: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        let chronicle = Chronicle::default();
        let stub = Stub::start(&chronicle, script).await;
        Self { chronicle, ..Self::at(&stub.base) }
    }

    /// A stage whose service `api` is a store of things.
    pub(crate) async fn store(store: &Store) -> Self {
        let store = store.clone();
        Self::with(move |seen| store.answer(seen)).await.things()
    }

    /// A stage whose service `api` is wherever this base leads.
    pub(crate) fn at(base: &str) -> Self {
        Self {
            chronicle: Chronicle::default(),
            cancel: CancellationToken::new(),
            head: HEAD.to_owned(),
            text: SuiteText::default(),
            variables: BTreeMap::from([("BASE".to_owned(), base.to_owned())]),
            secrets: BTreeMap::new(),
            trouble: Trouble::Nothing,
            unmet: Unmet::Skips,
            stand_in: None,
        }
    }

    /// Declares the resource `thing`.
    pub(crate) fn things(self) -> Self {
        self.declare(RESOURCE)
            .flow("flows/find-thing", FIND)
            .flow("flows/delete-thing", DELETE)
            .flow("flows/thing-gone", GONE)
    }

    /// Adds tables to `suite.toml`.
    pub(crate) fn declare(mut self, tables: &str) -> Self {
        self.head.push_str(tables);
        self
    }

    /// Says something in `suite.toml` in another way.
    pub(crate) fn amend(mut self, from: &str, to: &str) -> Self {
        assert!(self.head.contains(from), "`{from}` is not in suite.toml");
        self.head = self.head.replace(from, to);
        self
    }

    /// Gives an exchange this long instead of the ten seconds that no machine is too busy for.
    pub(crate) fn patience(self, request_timeout: &str) -> Self {
        self.amend("request-timeout = \"10s\"", &format!("request-timeout = \"{request_timeout}\""))
    }

    /// The scenario `small`: what follows its name.
    pub(crate) fn scenario(self, text: &str) -> Self {
        self.another("small", text)
    }

    /// A scenario of another name.
    pub(crate) fn another(mut self, name: &str, text: &str) -> Self {
        let text = format!("[scenario]\nname = \"{name}\"\n{text}");
        self.text.scenarios.push(Source::new(format!("{name}.toml"), text));
        self
    }

    pub(crate) fn flow(mut self, name: &str, text: &str) -> Self {
        self.text.flows.insert(name.to_owned(), Source::new(format!("{name}.toml"), text));
        self
    }

    /// Says what reds are known as.
    pub(crate) fn known_failures(mut self, text: &str) -> Self {
        self.text.failures = Some(Source::new("known-failures.toml", text));
        self
    }

    pub(crate) fn template(mut self, name: &str, text: &str) -> Self {
        self.text.templates.insert(name.to_owned(), Source::new(format!("templates/{name}"), text));
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self.declare(&format!("\n[variable.{name}]\n"))
    }

    /// A secret, and the credential `key` that sends it to the service `api`.
    pub(crate) fn secret(mut self, value: &str) -> Self {
        self.secrets.insert(SecretName::new("TOKEN"), Secret::new(value));
        self.declare("\n[secret.TOKEN]\n[credential.key]\nbearer = \"{{ secret.TOKEN }}\"\non = [\"api\"]\n")
    }

    /// The stub only stands in for this target.
    pub(crate) fn in_place_of(mut self, target: &str) -> Self {
        let base = self.variables["BASE"].clone();
        self.stand_in = Some(StandIn { base, target: target.to_owned(), variables: BTreeMap::new() });
        self
    }

    /// What becomes of a case when the target cannot do what it needs.
    pub(crate) fn unmet(mut self, unmet: Unmet) -> Self {
        self.unmet = unmet;
        self
    }

    pub(crate) fn trouble(mut self, trouble: Trouble) -> Self {
        self.trouble = trouble;
        self
    }

    /// Plans, runs every case at once, and releases what the run owns.
    pub(crate) async fn play(mut self) -> Played {
        self.text.suite = Some(Source::new("suite.toml", self.head.as_str()));
        let suite = Arc::new(compile(&self.text).unwrap_or_else(|findings| panic!("{findings:#?}")));
        let environment = EnvironmentName::new("here");
        let available = Availability {
            secrets: self.secrets.keys().cloned().collect::<BTreeSet<_>>(),
            tools: BTreeSet::new(),
            lacks_live: Vec::new(),
            live: LiveRequirement::Optional,
            today: jiff::civil::date(2026, 11, 21),
        };
        let circumstances = Circumstances {
            environment: environment.clone(),
            lane: None,
            variables: BTreeMap::new(),
            available,
        };
        let plan = Plan::new(Arc::clone(&suite), &Selection::default(), &circumstances)
            .unwrap_or_else(|findings| panic!("{findings:#?}"));
        let facts =
            Facts { environment, variables: self.variables, secrets: self.secrets, stand_in: self.stand_in };
        let identity = RunIdentity {
            id: "20261121-040312-9f86d081".to_owned(),
            name: "20261121-040312-9f86d081".to_owned(),
            token: "9f86d081".to_owned(),
            date: "20261121".to_owned(),
        };
        let recorder = Memory { chronicle: self.chronicle.clone(), trouble: self.trouble };
        let journal = Journal::new(Arc::new(recorder), Redactor::default());
        let context =
            RunContext::new(suite, identity, &facts, journal.clone(), self.cancel).expect("a client");
        let context = Arc::new(context.unmet(self.unmet).on(machine()));
        let endings = join_all(plan.cases.iter().map(|planned| case::run(&context, planned))).await;
        context.release().await;
        Played { endings, chronicle: self.chronicle, journal }
    }
}

/// A machine whose root is the folder of these tests.
fn machine() -> Machine {
    let environment = [("PATH", "/usr/bin:/bin"), ("HOME", "/nowhere")];
    Machine {
        root: concat!(env!("CARGO_MANIFEST_DIR"), "/tests").into(),
        environment: environment.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
    }
}
