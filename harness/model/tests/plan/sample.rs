//! A plan with something of everything.

use harness_model::gate::{Availability, LiveRequirement};
use harness_model::name::{EnvironmentName, LaneName, SecretName};
use harness_model::plan::{Circumstances, Plan};
use harness_model::selection::Selection;
use harness_model::source::{Source, SuiteText};
use harness_model::validate::compile;
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The suite of the samples: a live and an embedded environment, two secrets, a fixture, a flow.
pub(crate) fn text() -> SuiteText {
    let source = |name: &str, text: &str| Source::new(name.to_owned(), text.to_owned());
    SuiteText {
        suite: Some(source("suite.toml", include_str!("sample/suite.toml"))),
        scenarios: vec![source("sample.toml", include_str!("sample/sample.toml"))],
        gates: Some(source("gates.toml", include_str!("sample/gates.toml"))),
        flows: IndexMap::from([
            ("flows/org".to_owned(), source("flows/org.toml", include_str!("sample/org.toml"))),
            ("flows/ask".to_owned(), source("flows/ask.toml", include_str!("sample/ask.toml"))),
            ("flows/find".to_owned(), source("flows/find.toml", include_str!("sample/find.toml"))),
            ("flows/drop".to_owned(), source("flows/drop.toml", include_str!("sample/drop.toml"))),
        ]),
        templates: IndexMap::from([
            (
                "create.json.j2".to_owned(),
                source("templates/create.json.j2", include_str!("sample/create.json.j2")),
            ),
            ("ask.txt.j2".to_owned(), source("templates/ask.txt.j2", include_str!("sample/ask.txt.j2"))),
        ]),
        ..SuiteText::default()
    }
}

/// Its plan on an environment, with these secrets at hand and these variables set; `E2E_LANE` chooses a lane.
pub(crate) fn plan(environment: &str, secrets: &[&str], variables: &[(&str, &str)]) -> Plan {
    plan_of(&text(), environment, secrets, variables)
}

/// The plan of a suite that a test has changed.
pub(crate) fn plan_of(
    text: &SuiteText,
    environment: &str,
    secrets: &[&str],
    variables: &[(&str, &str)],
) -> Plan {
    let suite = Arc::new(compile(text).unwrap_or_else(|findings| {
        panic!("{:?}", findings.iter().map(ToString::to_string).collect::<Vec<_>>())
    }));
    let variables: BTreeMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let selection = Selection::new(&suite, &Selection::asked_by(&suite, &variables)).unwrap();
    let circumstances = Circumstances {
        environment: EnvironmentName::new(environment),
        lane: variables.get("E2E_LANE").map(LaneName::new),
        variables,
        available: Availability {
            secrets: secrets.iter().map(|name| SecretName::new(*name)).collect(),
            tools: BTreeSet::new(),
            lacks_live: Vec::new(),
            live: LiveRequirement::Optional,
            today: "2026-11-21".parse().unwrap(),
        },
    };
    Plan::new(suite, &selection, &circumstances).unwrap()
}
