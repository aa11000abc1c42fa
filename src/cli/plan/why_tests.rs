use super::why::render;
use harness_runner::model::gate::{Availability, LiveRequirement};
use harness_runner::model::name::{EnvironmentName, SecretName};
use harness_runner::model::plan::{Circumstances, Plan};
use harness_runner::model::selection::Selection;
use harness_runner::model::source::{Source, SuiteText};
use harness_runner::model::validate::compile;
use harness_runner::model::why::explain;
use harness_runner::report::Paint;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const SUITE: &str = r#"
[suite]
name = "sample"
[environment.live]
when = "API_URL"
poll-within = "1m"
[service.api]
base = "{{ env.API_URL }}"
[secret.API_KEY]
[secret.MODEL_KEY]
[credential.admin]
bearer = "{{ secret.API_KEY }}"
on     = ["api"]
[bind]
thing_name = "e2e-{{ case.token }}"
budget     = "20m"
"#;

const SCENARIO: &str = r#"
[scenario]
name     = "sample"
summary  = "a thing is made, and waited for until it is ready to answer"
[matrix]
runtime = ["fast", "slow"]
[[arm]]
name     = "slow"
match    = { runtime = "slow" }
bind     = { budget = "25m" }
requires = { secret = "MODEL_KEY" }
known-red = { step = "make", when = "status == 422", until = "the manifest lists slow", expires = 2027-03-31 }
[[step]]
name     = "make"
run.http = { on = "api", as = "admin", method = "POST", path = "/things", body = "create.json.j2" }
expect   = ["status == 201", "body.name == thing_name"]
[step.capture]
thing_id = "body.id"
[[step]]
name     = "ready"
run.http = { on = "api", as = "admin", path = "/things/{{ thing_id }}" }
[step.poll]
until  = "body.status == 'ready'"
within = "{{ budget }}"
[[step]]
name     = "only fast"
when     = "runtime == 'fast'"
run.http = { on = "api", path = "/fast" }
expect   = ["status == 200"]
[[step]]
name     = "shared"
run.http = { on = "api", path = "/share", method = "POST", body = "share.json.j2" }
expect   = ["status == 200"]
"#;

fn told(columns: Option<usize>, paint: Paint) -> String {
    let template = |name: &str, text: &str| (name.to_owned(), Source::new(name.to_owned(), text.to_owned()));
    let text = SuiteText {
        suite: Some(Source::new("scenarios/sample/suite.toml", SUITE)),
        scenarios: vec![Source::new("scenarios/sample/sample.toml", SCENARIO)],
        templates: [
            template("create.json.j2", "{\"name\": {{ thing_name }}, \"key\": {{ secret.MODEL_KEY }}}"),
            template("share.json.j2", "{\n  \"share\": {{ thing_id | round }}\n}\n"),
        ]
        .into_iter()
        .collect(),
        ..SuiteText::default()
    };
    let suite = Arc::new(compile(&text).expect("it compiles"));
    let circumstances = Circumstances {
        environment: EnvironmentName::new("live"),
        lane: None,
        variables: BTreeMap::from([("API_URL".to_owned(), "https://api.example.com".to_owned())]),
        available: Availability {
            secrets: BTreeSet::from([SecretName::new("API_KEY")]),
            tools: BTreeSet::new(),
            lacks_live: Vec::new(),
            live: LiveRequirement::Optional,
            today: "2026-11-21".parse().expect("a day"),
        },
    };
    let plan = Plan::new(suite, &Selection::default(), &circumstances).expect("a plan");
    render(&explain(&plan, &plan.cases[1]), Some("predicted 3m 12s; starts as number 1 of 2"), columns, paint)
}

#[test]
fn a_case_is_explained_on_narrow_and_wide_terminals_and_without_a_limit() {
    for columns in [Some(60), Some(110), None] {
        let name = columns.map_or("unlimited".to_owned(), |columns| columns.to_string());
        insta::assert_snapshot!(format!("why-{name}"), told(columns, Paint::Never));
    }
}

#[test]
fn colour_changes_nothing_but_the_colour() {
    let painted = told(Some(60), Paint::Always);
    let plain: String = painted
        .split('\u{1b}')
        .enumerate()
        .map(|(position, part)| match part.split_once('m') {
            Some((_, text)) if position > 0 => text,
            _ => part,
        })
        .collect();
    assert_ne!(plain, painted);
    assert_eq!(plain, told(Some(60), Paint::Never));
}
