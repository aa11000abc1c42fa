//! What holds for every suite: small random scenarios, compiled and planned.
//!
//! Does not: attack. The other parts do.

use harness_model::gate::{Availability, Decision, LiveRequirement};
use harness_model::github::{MOST_ROWS, github};
use harness_model::name::{EnvironmentName, LaneName, SecretName};
use harness_model::plan::{Circumstances, Plan};
use harness_model::selection::{Asked, Selection};
use harness_model::source::{Source, SuiteText};
use harness_model::suite::Suite;
use harness_model::validate::compile;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

const SUITE: &str = include_str!("../language/default/suite.toml");
const STEP: &str =
    "[[step]]\nname = \"look\"\nrun.http = { on = \"api\", path = \"/x\" }\nexpect = [\"status == 200\"]\n";
const LANE: &str = "[secret.S0]\n[secret.S1]\n[secret.S2]\n[lane.some]\nselect = { a0 = [\"v0\"] }\n";

/// A scenario: how many values its axes have, what it excludes, what its arms need.
#[derive(Debug, Clone)]
struct Shape {
    axes: Vec<usize>,
    excluded: BTreeSet<(usize, usize)>,
    added: usize,
    arms: Vec<Needs>,
}

#[derive(Debug, Clone)]
enum Needs {
    Secret(usize),
    Any(usize, usize),
    Blocked,
}

fn shape() -> impl Strategy<Value = Shape> {
    let needs = prop_oneof![
        (0_usize..3).prop_map(Needs::Secret),
        (0_usize..3, 0_usize..3).prop_map(|(one, other)| Needs::Any(one, other)),
        Just(Needs::Blocked),
    ];
    let excluded = prop::collection::btree_set((0_usize..5, 0_usize..5), 0..3);
    (prop::collection::vec(3_usize..6, 2..4), excluded, 0_usize..3, prop::collection::vec(needs, 0..3))
        .prop_map(|(axes, excluded, added, arms)| Shape { axes, excluded, added, arms })
}

/// The suite of a shape; what it excludes are pairs of values of the first two axes.
fn suite(shape: &Shape) -> Arc<Suite> {
    let mut text = "[scenario]\nname = \"s\"\n[matrix]\n".to_owned();
    for (axis, count) in shape.axes.iter().enumerate() {
        let values: Vec<String> = (0..*count).map(|value| format!("\"v{value}\"")).collect();
        writeln!(text, "a{axis} = [{}]", values.join(", ")).unwrap();
    }
    let excluded: Vec<String> =
        excluded(shape).map(|(one, two)| format!("{{ a0 = \"v{one}\", a1 = \"v{two}\" }}")).collect();
    writeln!(text, "exclude = [{}]", excluded.join(", ")).unwrap();
    let axes = |value: usize| (0..shape.axes.len()).map(move |axis| format!("a{axis} = \"new{value}\""));
    let added: Vec<String> = (0..shape.added)
        .map(|value| format!("{{ {} }}", axes(value).collect::<Vec<_>>().join(", ")))
        .collect();
    writeln!(text, "include = [{}]", added.join(", ")).unwrap();
    for (position, needs) in shape.arms.iter().enumerate() {
        let policy = match needs {
            Needs::Secret(secret) => format!("requires = {{ secret = \"S{secret}\" }}"),
            Needs::Any(one, other) => format!("requires = {{ any-secret = [\"S{one}\", \"S{other}\"] }}"),
            Needs::Blocked => "blocked = { needs = \"x\", owner = \"y\", expires = 2027-03-31 }".to_owned(),
        };
        writeln!(text, "[[arm]]\nname = \"arm{position}\"\nmatch = {{ a0 = \"v{position}\" }}\n{policy}")
            .unwrap();
    }
    let text = SuiteText {
        suite: Some(Source::new("suite.toml", format!("{SUITE}\n{LANE}"))),
        scenarios: vec![Source::new("s.toml", text + STEP)],
        ..SuiteText::default()
    };
    let findings = |found: harness_model::diagnostic::Diagnostics| {
        found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    Arc::new(compile(&text).map_err(findings).unwrap())
}

fn excluded(shape: &Shape) -> impl Iterator<Item = &(usize, usize)> {
    shape.excluded.iter().filter(|(one, two)| *one < shape.axes[0] && *two < shape.axes[1])
}

fn plan(suite: &Arc<Suite>, asked: &[(&str, &str)], secrets: &[usize], lane: Option<&str>) -> Plan {
    let asked: Vec<Asked> = asked
        .iter()
        .map(|(key, value)| Asked {
            written: format!("{key}={value}"),
            key: (*key).to_owned(),
            values: vec![(*value).to_owned()],
        })
        .collect();
    let circumstances = Circumstances {
        environment: EnvironmentName::new("live"),
        lane: lane.map(LaneName::new),
        variables: BTreeMap::new(),
        available: Availability {
            secrets: secrets.iter().map(|secret| SecretName::new(format!("S{secret}"))).collect(),
            tools: BTreeSet::new(),
            lacks_live: Vec::new(),
            live: LiveRequirement::Optional,
            today: "2026-11-21".parse().unwrap(),
        },
    };
    Plan::new(Arc::clone(suite), &Selection::new(suite, &asked).unwrap(), &circumstances).unwrap()
}

fn ids(plan: &Plan) -> Vec<String> {
    plan.cases.iter().map(|planned| planned.case.id.to_string()).collect()
}

fn running(plan: &Plan) -> Vec<String> {
    let running = plan.cases.iter().filter(|planned| planned.decision == Decision::Run);
    running.map(|planned| planned.case.id.to_string()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn cases_are_the_product_without_the_excluded_with_the_added(shape in shape()) {
        let others: usize = shape.axes[2..].iter().product();
        let product = shape.axes[0] * shape.axes[1] - excluded(&shape).count();
        let ids = ids(&plan(&suite(&shape), &[], &[], None));
        prop_assert_eq!(ids.len(), product * others + shape.added);
        prop_assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }

    #[test]
    fn compiled_again_the_cases_are_the_same_in_the_same_order(shape in shape()) {
        prop_assert_eq!(ids(&plan(&suite(&shape), &[], &[], None)), ids(&plan(&suite(&shape), &[], &[], None)));
    }

    #[test]
    fn with_one_more_secret_every_case_that_ran_still_runs(
        shape in shape(), some in prop::sample::subsequence(vec![0_usize, 1, 2], 0..3), more in 0_usize..3,
    ) {
        let suite = suite(&shape);
        let before = running(&plan(&suite, &[], &some, None));
        let all: Vec<usize> = some.into_iter().chain([more]).collect();
        let after: BTreeSet<String> = running(&plan(&suite, &[], &all, None)).into_iter().collect();
        prop_assert!(before.iter().all(|id| after.contains(id)), "{:?} against {:?}", before, after);
    }

    #[test]
    fn a_selection_and_its_negation_share_out_the_cases(shape in shape(), value in 0_usize..2) {
        let suite = suite(&shape);
        let all = ids(&plan(&suite, &[], &[], None));
        let (picked, negated) = (format!("v{value}"), format!("!v{value}"));
        let mut both = ids(&plan(&suite, &[("a1", &picked)], &[], None));
        both.extend(ids(&plan(&suite, &[("a1", &negated)], &[], None)));
        prop_assert_eq!(both.len(), all.len());
        prop_assert_eq!(both.into_iter().collect::<BTreeSet<_>>(), all.into_iter().collect::<BTreeSet<_>>());
    }

    #[test]
    fn a_selection_within_a_lane_adds_nothing_to_it(shape in shape(), value in 0_usize..2) {
        let suite = suite(&shape);
        let lane: BTreeSet<String> = ids(&plan(&suite, &[], &[], Some("some"))).into_iter().collect();
        let picked = format!("v{value}");
        let within = ids(&plan(&suite, &[("a1", &picked)], &[], Some("some")));
        let expected: Vec<String> = ids(&plan(&suite, &[("a1", &picked)], &[], None));
        let expected: Vec<String> = expected.into_iter().filter(|id| lane.contains(id)).collect();
        prop_assert_eq!(within, expected);
    }

    #[test]
    fn the_matrices_for_github_have_exactly_the_cases_that_run(shape in shape(), secret in 0_usize..3) {
        let plan = plan(&suite(&shape), &[], &[secret], None);
        let chunks = github(&plan);
        prop_assert!(chunks.iter().all(|chunk| (1..=MOST_ROWS).contains(&chunk.jobs.len())));
        let jobs: Vec<String> =
            chunks.iter().flat_map(|chunk| &chunk.jobs).map(|job| job.case.to_string()).collect();
        prop_assert_eq!(jobs, running(&plan));
    }
}
