//! What is told of one case: its policy, its bindings, and what each step will send.

use crate::sample::{plan, plan_of, text};
use harness_model::action::Method;
use harness_model::gates::Gate;
use harness_model::name::{ArmName, EnvironmentName};
use harness_model::plan::{Forecast, Plan};
use harness_model::source::Source;
use harness_model::why::{
    BodyShown, Explanation, GateSource, Holds, Needing, Presence, Rendered, RunShown, Says, Standing,
    StepShown, explain,
};
use std::time::Duration;

const ALL: [&str; 3] = ["API_KEY", "E2E_MODEL_KEY", "E2E_OTHER_KEY"];

fn told(plan: &Plan, id: &str) -> Explanation {
    let planned = plan.cases.iter().find(|planned| planned.case.id.as_str() == id);
    explain(plan, planned.unwrap_or_else(|| panic!("{id}")))
}

/// Every step that takes place, flows taken apart.
fn runs(steps: &[StepShown]) -> Vec<(&str, &RunShown)> {
    let runs = steps.iter().flat_map(|step| match &step.body {
        BodyShown::Nothing | BodyShown::Elapse(_) | BodyShown::Exec(_) => Vec::new(),
        BodyShown::Flow(steps) => runs(steps),
        BodyShown::Run(run) => vec![(step.name.as_str(), run.as_ref())],
    });
    runs.collect()
}

fn text_of(rendered: &Rendered) -> &str {
    match rendered {
        Rendered::Text(text) => text,
        Rendered::Source { source, why } => panic!("{source}: {why}"),
    }
}

fn body<'a>(told: &'a Explanation, step: &str) -> &'a str {
    let runs = runs(&told.steps);
    let (_, run) = runs.into_iter().find(|(name, _)| *name == step).unwrap();
    text_of(&run.payload.as_ref().unwrap().text)
}

#[test]
fn a_body_is_rendered_with_what_is_known_and_names_for_the_rest_and_stays_json() {
    let told = told(&plan("live", &ALL, &[]), "sample::steady::slow::two/2");
    let body: serde_json::Value = serde_json::from_str(body(&told, "make")).unwrap();
    let expected = [
        ("name", "e2e-<case.token>"),
        ("runtime", "slow"),
        ("org", "<org.id>"),
        ("label", "slow <org.plan.name>"),
        ("key", "<secret.E2E_MODEL_KEY>"),
    ];
    let found: Vec<(&str, &str)> = body
        .as_object()
        .unwrap()
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str().unwrap()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_request_is_shown_with_base_path_headers_and_credential() {
    let told =
        told(&plan("live", &ALL, &[("API_URL", "https://api.example.com")]), "sample::restart::fast::one");
    let runs = runs(&told.steps);
    let (_, make) = runs[0];
    assert_eq!((make.method, make.url.each_ref().map(text_of)), (Method::Post, ["<org.url>", "/things"]));
    let headers: Vec<String> =
        make.headers.iter().map(|(name, value)| format!("{name}: {}", text_of(value))).collect();
    let expected =
        ["X-Org: <org.id>", "X-Case: sample::restart::fast::one", "Authorization: Bearer <org.token>"];
    assert_eq!(headers, expected);
    assert_eq!(text_of(&make.owns[0].key), "e2e-<case.token>");
    let (_, ready) = runs[1];
    assert_eq!(text_of(&ready.url[1]), "/things/<thing_id>?name=e2e-<case.token>");
    let (name, asked) = runs[2];
    let message = asked.payload.as_ref().unwrap();
    assert_eq!((name, message.dialect.as_ref().map(text_of)), ("asked", Some("1.0")));
    assert_eq!(text_of(&message.text), "What is <challenge.left> + <challenge.right>?");
    let fixture: Vec<&str> =
        self::runs(&told.fixtures[0].steps).iter().map(|(_, run)| text_of(&run.url[0])).collect();
    assert_eq!(fixture, ["https://api.example.com"; 2]);
    assert_eq!(text_of(&self::runs(&told.fixtures[0].steps)[0].1.headers[0].1), "Bearer <secret.API_KEY>");
}

#[test]
fn what_an_embedded_environment_gives_is_not_known_before_it_is_up() {
    let plan = plan("embedded", &ALL, &[("API_URL", "https://api.example.com")]);
    let told = told(&plan, "sample::steady::fast::one");
    assert_eq!(text_of(&runs(&told.fixtures[0].steps)[0].1.url[0]), "<env.API_URL>");
}

#[test]
fn a_condition_holds_or_does_not_or_only_the_run_knows() {
    let plan = plan("live", &ALL, &[]);
    let when = |id: &str| {
        let steps = told(&plan, id).steps;
        let [_, _, ask, quota] = steps.as_slice() else { panic!("{}", steps.len()) };
        [ask, quota].map(|step| step.when.as_ref().unwrap().1.clone())
    };
    let open = Holds::Open(vec!["org.plan".to_owned()]);
    assert_eq!(when("sample::restart::fast::one"), [Holds::Yes, open.clone()]);
    assert_eq!(when("sample::steady::fast::one"), [Holds::No, open]);
    assert_eq!(runs(&told(&plan, "sample::steady::fast::one").steps).len(), 3);
}

#[test]
fn deadlines_add_up_within_the_bounds_of_the_environment() {
    let waits = |environment, id| {
        let told = told(&plan(environment, &ALL, &[]), id);
        (told.waits.as_secs(), told.fixtures[0].waits.as_secs(), told.timeout)
    };
    let timeout = Duration::from_secs(30 * 60);
    assert_eq!(waits("live", "sample::restart::slow::two/2"), ((20 + 3) * 60, 5 * 60, timeout));
    assert_eq!(waits("live", "sample::steady::fast::one"), (2 * 60, 5 * 60, timeout));
    assert_eq!(waits("embedded", "sample::restart::slow::two/2"), (20, 10, timeout));
    let told = told(&plan("embedded", &ALL, &[]), "sample::steady::slow::two/2");
    let poll = runs(&told.steps)[1].1.poll.clone().unwrap();
    assert_eq!((poll.every.written, poll.every.counts), (Duration::from_secs(2), Duration::from_millis(50)));
    assert_eq!(poll.within.written, Duration::from_secs(20 * 60));
}

#[test]
fn a_gate_is_told_with_who_says_so() {
    let live = plan("live", &ALL, &[]);
    let gate = |plan: &Plan, id| {
        let told = told(plan, id);
        (told.gate, told.gate_sources)
    };
    let place = "gates.toml:2".to_owned();
    let line = GateSource::Line { arm: ArmName::new("slow"), gate: Gate::Required, place };
    assert_eq!(gate(&live, "sample::steady::slow::two/2"), (Gate::Required, vec![line]));
    let unnamed = GateSource::Unnamed(ArmName::new("fast"));
    assert_eq!(gate(&live, "sample::steady::fast::one"), (Gate::Advisory, vec![unnamed]));
    let ours = GateSource::Ours(EnvironmentName::new("embedded"));
    let embedded = plan("embedded", &ALL, &[]);
    assert_eq!(gate(&embedded, "sample::steady::fast::one"), (Gate::Required, vec![ours]));
}

#[test]
fn every_requirement_says_whether_it_is_met_and_where_from() {
    let needs = |environment, secrets: &[&str], id| {
        let told = told(&plan(environment, secrets, &[]), id);
        let needs = told.needs.into_iter().map(|need| {
            let any = need.any.into_iter().map(|means| (means.name, means.presence));
            (need.of, any.collect::<Vec<_>>())
        });
        (told.forecast, needs.collect::<Vec<_>>())
    };
    let of = |arm: &str| Needing::Arm(ArmName::new(arm));
    let means = |name: &str, presence| (name.to_owned(), presence);
    let one = vec![(of("fast"), vec![means("E2E_MODEL_KEY", Presence::Missing)])];
    assert_eq!(needs("live", &["API_KEY"], "sample::steady::fast::one"), (Forecast::Skipped, one));
    let any = vec![means("E2E_MODEL_KEY", Presence::Missing), means("E2E_OTHER_KEY", Presence::Set)];
    let any = vec![(of("slow"), any)];
    assert_eq!(needs("live", &["E2E_OTHER_KEY"], "sample::steady::slow::two/2"), (Forecast::Run, any));
    let minted = Presence::Minted(EnvironmentName::new("embedded"));
    let minted = vec![(of("fast"), vec![means("E2E_MODEL_KEY", minted)])];
    assert_eq!(needs("embedded", &ALL, "sample::steady::fast::one"), (Forecast::Run, minted));
}

#[test]
fn a_body_branches_on_the_secrets_that_there_are_or_would_have_to_be() {
    let key = |secrets: &[&str], id| {
        let told = told(&plan("live", secrets, &[]), id);
        serde_json::from_str::<serde_json::Value>(body(&told, "make")).unwrap()["key"].clone()
    };
    assert_eq!(key(&["E2E_OTHER_KEY"], "sample::steady::slow::two/2"), "<secret.E2E_OTHER_KEY>");
    assert_eq!(key(&[], "sample::steady::slow::two/2"), "<secret.E2E_MODEL_KEY>");
    assert_eq!(key(&["E2E_OTHER_KEY"], "sample::steady::fast::one"), "<secret.E2E_MODEL_KEY>");
}

#[test]
fn a_mark_is_told_with_its_last_day_also_when_that_is_over() {
    let marks = |text: &harness_model::source::SuiteText, id| {
        let told = told(&plan_of(text, "live", &ALL, &[]), id);
        (told.forecast, told.marks[0].standing, told.marks[0].says.clone())
    };
    let (forecast, standing, says) = marks(&text(), "sample::steady::new::three");
    assert_eq!((forecast, standing), (Forecast::KnownRed, Standing::Counts));
    let known_red = Says::KnownRed {
        step: "make".to_owned(),
        when: "status == 422".to_owned(),
        until: "the manifest lists new".to_owned(),
    };
    assert_eq!(says, known_red);
    let mut over = text();
    let scenario = over.scenarios[0].text().replace("2027-03-31", "2026-11-20");
    over.scenarios[0] = Source::new("sample.toml", scenario);
    let (forecast, standing, _) = marks(&over, "sample::restart::new::three");
    assert_eq!((forecast, standing), (Forecast::Run, Standing::Expired));
}

#[test]
fn a_binding_shows_its_value_who_set_it_and_what_that_replaced() {
    let plan = plan("live", &ALL, &[("E2E_BUDGET", "4m")]);
    let told = told(&plan, "sample::steady::slow::two/2");
    let bound = |name: &str| told.bindings.iter().find(|bound| bound.name == name).unwrap();
    let budget = bound("budget");
    assert_eq!((budget.value.as_str(), budget.origin.as_str()), ("\"4m\"", "E2E_BUDGET"));
    let over = [("\"20m\"".to_owned(), "arm slow".to_owned()), ("\"2m\"".to_owned(), "suite".to_owned())];
    assert_eq!(budget.over, over);
    let name = bound("thing_name");
    assert_eq!(name.renders_to.as_deref(), Some("\"e2e-<case.token>\""));
    assert_eq!((bound("size").value.as_str(), bound("size").origin.as_str()), ("\"large\"", "include"));
}

#[test]
fn a_lane_stands_between_the_suite_and_the_rest() {
    let plan = plan("live", &ALL, &[("E2E_LANE", "quick")]);
    let budget = |id| told(&plan, id).bindings.into_iter().find(|bound| bound.name == "budget").unwrap();
    let (suite, lane) = ("suite".to_owned(), "lane quick".to_owned());
    let fast = budget("sample::steady::fast::one");
    assert_eq!(
        (fast.value, &fast.origin, fast.over),
        ("\"1m\"".to_owned(), &lane, vec![("\"2m\"".to_owned(), suite)])
    );
    let slow = budget("sample::steady::slow::two/2");
    assert_eq!((slow.origin.as_str(), &slow.over[0]), ("arm slow", &("\"1m\"".to_owned(), lane)));
}

#[test]
fn a_binding_that_the_variable_of_a_secret_replaced_shows_no_value_anywhere() {
    let plan =
        plan("live", &ALL, &[("E2E_MODEL_KEY", "c4n4ry-of-a-secret"), ("API_URL", "https://x.example")]);
    for planned in &plan.cases {
        let told = explain(&plan, planned);
        assert!(!format!("{told:?}").contains("c4n4ry"), "{}", told.case);
        let bound = told.bindings.iter().find(|bound| bound.name == "model_key").unwrap();
        assert_eq!(bound.value, "<secret.E2E_MODEL_KEY>");
    }
}

#[test]
fn what_cannot_be_rendered_before_the_run_shows_its_source_and_says_why() {
    let mut text = text();
    let template = "{\n  \"name\": {{ thing_name }},\n  \"share\": {{ org.id | round }}\n}\n";
    text.templates["create.json.j2"] = Source::new("templates/create.json.j2", template);
    let told = told(&plan_of(&text, "live", &ALL, &[]), "sample::steady::fast::one");
    let runs = runs(&told.steps);
    let Rendered::Source { source, why } = &runs[0].1.payload.as_ref().unwrap().text else {
        panic!("rendered")
    };
    assert_eq!(source, "\"share\": {{ org.id | round }}");
    assert!(why.starts_with("templates/create.json.j2: "), "{why}");
}
