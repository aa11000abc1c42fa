//! The variables that workflows of the scripts before us set keep their meaning: setting one changes what the plan says.

use crate::support::{Ended, Root, shakedown};
use std::fs;
use std::path::Path;

const LIVE: [(&str, &str); 2] =
    [("MOLECULE_CP_URL", "https://staging-api.example.com"), ("MOLECULE_ADMIN_TOKEN", "not-a-real-token")];

fn plan(root: &Root, variables: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let mut command = shakedown();
    command.args(["plan", "staging"]).args(arguments).arg("--root").arg(root.path());
    command.envs(variables.iter().copied()).output().expect("it starts").into()
}

/// A variable, a value, what the plan is asked, and what it says because of the variable.
const EFFECTS: &[(&str, &str, &[&str], &str)] = &[
    ("E2E_RUNTIME", "hermes", &["--json"], "\"selection\": \"E2E_RUNTIME=hermes\""),
    ("E2E_MODE", "full", &[], "lane       full (E2E_MODE is set), within 2h"),
    ("E2E_MODE", "canary", &[], "lane       canary (E2E_MODE is set), within 25m"),
    ("E2E_MODE", "smoke", &[], "lane       canary (E2E_MODE is set to smoke), within 25m"),
    ("E2E_LIFECYCLE", "off", &["--json"], "\"selection\": \"E2E_LIFECYCLE=off\""),
    ("E2E_PROVISION_TIMEOUT_SECS", "60", &["--json"], "\"provision_timeout_secs\": 60"),
    ("E2E_WORKSPACE_ONLINE_TIMEOUT_SECS", "300", &["--why", "steady::hermes"], "(not 5m)"),
    (
        "E2E_INTENTIONAL_FAILURE",
        "1",
        &["--why", "steady::mock"],
        "= true (E2E_INTENTIONAL_FAILURE, over false of suite)",
    ),
    (
        "E2E_MODEL_SLUG",
        "openai/gpt-5",
        &["--why", "dispatch::hermes::default"],
        "\"model\": \"openai/gpt-5\",",
    ),
    (
        "E2E_MODEL_SLUG",
        "openai/gpt-5",
        &["--why", "dispatch::hermes::default"],
        "\"MODEL_PROVIDER\": \"openai:gpt-5\",",
    ),
    (
        "E2E_LLM_PATH",
        "platform",
        &["--why", "dispatch::codex::default"],
        "choices   model platform/codex (scenarios/staging/choices.toml",
    ),
    ("E2E_LLM_PATH", "platform", &["--why", "dispatch::codex::default"], "\"secrets\": {}"),
    ("E2E_TRANSIENT_RETRIES", "3", &["--json"], "\"retries\": 3"),
    ("E2E_CHILD_ACTIVITY_TIMEOUT_SECS", "45", &["--json"], "\"child_activity_timeout_secs\": 45"),
    ("E2E_STALE_WAIT_SECS", "181", &["--json"], "\"stale_wait_secs\": 181"),
    ("E2E_STALE_POLL_DEADLINE_SECS", "241", &["--json"], "\"stale_poll_deadline_secs\": 241"),
    ("E2E_TENANT_TIMEOUT_SECS", "61", &["--json"], "\"tenant_timeout_secs\": 61"),
    ("E2E_WORKSPACE_AGAIN_TIMEOUT_SECS", "62", &["--json"], "\"workspace_again_timeout_secs\": 62"),
];

#[test]
fn every_variable_of_the_older_scripts_changes_what_the_plan_says() {
    let root = Root::like_ours();
    for (name, value, arguments, words) in EFFECTS {
        let (without, with) = (plan(&root, &[], arguments), plan(&root, &[(name, value)], arguments));
        assert!(with.stdout.contains(words), "{name}={value}: {words}\n{}", with.said());
        assert!(!without.stdout.contains(words), "{name}: the plan says {words} without it");
    }
}

#[test]
fn what_chooses_the_target_and_what_makes_it_count_changes_the_plan() {
    let root = Root::like_ours();
    let live = plan(&root, &LIVE, &["steady::codex"]);
    assert!(live.stdout.starts_with("staging on live (MOLECULE_CP_URL is set)\n"), "{}", live.said());
    assert!(live.stdout.contains("1 skipped"), "{}", live.said());
    let key = [LIVE[0], LIVE[1], ("E2E_OPENAI_API_KEY", "not-a-real-key")];
    assert!(plan(&root, &key, &["steady::codex"]).stdout.contains("1 run"));
    let required = [LIVE[0], LIVE[1], ("E2E_REQUIRE_LIVE", "1")];
    assert!(plan(&root, &required, &["steady::codex"]).stdout.contains("1 refused"));
    let without_token = plan(&root, &[LIVE[0]], &[]);
    assert_eq!(without_token.code, Some(2), "{}", without_token.said());
    assert!(without_token.stderr.contains("set MOLECULE_ADMIN_TOKEN"), "{}", without_token.said());
}

#[test]
fn what_cannot_be_meant_is_refused_and_never_taken_for_something_else() {
    let root = Root::like_ours();
    for (name, value, code, words) in [
        ("E2E_MODE", "canry", 5, "no lane `canry` (E2E_MODE is set; did you mean `canary`?)"),
        ("E2E_RUNTIME", "hermse", 5, "did you mean `hermes`?"),
        ("E2E_PROVISION_TIMEOUT_SECS", "15m", 2, "E2E_PROVISION_TIMEOUT_SECS is not a number"),
        (
            "E2E_WORKSPACE_ONLINE_TIMEOUT_SECS",
            "7200",
            2,
            "step `online` may wait 2h, a case of `provision` may take 1h 50m",
        ),
        ("E2E_INTENTIONAL_FAILURE", "perhaps", 2, "E2E_INTENTIONAL_FAILURE is not a yes or no"),
        ("E2E_TRANSIENT_RETRIES", "many", 2, "E2E_TRANSIENT_RETRIES=many is not a number from 0 to 20"),
        ("E2E_RUN_ID", "--", 2, "has no letter or digit"),
    ] {
        let ended = plan(&root, &[(name, value)], &[]);
        assert_eq!(ended.code, Some(code), "{name}={value} {}", ended.said());
        assert!(ended.stderr.contains(words), "{name}={value}: {words}\n{}", ended.said());
    }
}

#[test]
fn a_run_that_is_broken_on_purpose_cannot_end_with_0_because_no_red_of_it_counts() {
    let root = Root::like_ours();
    let broken = [LIVE[0], LIVE[1], ("E2E_INTENTIONAL_FAILURE", "1")];
    let words = |why: &str| {
        format!(
            "E2E_INTENTIONAL_FAILURE breaks the run on purpose, and {why}: it could end with 0 all the same. Run lane \
             sanity, or one whose `gate` is required\n"
        )
    };
    let key = ("E2E_OPENAI_API_KEY", "not-a-real-key");
    for (variables, why) in [
        (&[("E2E_MODE", "full"), ("E2E_RUNTIME", "codex"), key][..], "no red of its cases would count"),
        (&[("E2E_MODE", "canary")], "no case would run"),
    ] {
        let ended = plan(&root, &[&broken[..], variables].concat(), &[]);
        assert_eq!(ended.code, Some(2), "{}", ended.said());
        assert!(ended.stderr.contains(&words(why)), "{why}\n{}", ended.said());
    }
    // What a filter leaves is what counts.
    assert_eq!(plan(&root, &[&broken[..], &[key]].concat(), &[]).code, Some(0));
    let ended = root.native(&[&broken[..], &[key]].concat(), &["steady::codex"]);
    assert_eq!(ended.code, Some(2), "{}", ended.said());
    assert!(ended.stderr.contains(&words("no red of its cases would count")), "{}", ended.said());
    // On our own platform every red counts; what is known to be red does not.
    let known = [("E2E_INTENTIONAL_FAILURE", "1"), ("E2E_RUNTIME", "google-adk")];
    let ended = root.native(&known, &["steady"]);
    assert_eq!(ended.code, Some(2), "{}", ended.said());
    let no = [LIVE[0], LIVE[1], ("E2E_INTENTIONAL_FAILURE", "0"), ("E2E_MODE", "full")];
    assert_eq!(plan(&root, &no, &[]).code, Some(0));
}

#[test]
fn a_deadline_that_a_lane_makes_too_long_names_the_lane() {
    let root = Root::like_ours();
    let long = [("E2E_MODE", "canary"), ("E2E_WORKSPACE_ONLINE_TIMEOUT_SECS", "1500")];
    let ended = plan(&root, &long, &[]);
    assert_eq!(ended.code, Some(2), "{}", ended.said());
    let said: String = ended.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in ["may take 20m in lane `canary`", "or raise its `case-timeout`"] {
        assert!(said.contains(words), "{words}\n{}", ended.said());
    }
}

#[test]
fn a_variable_that_nobody_understands_is_in_the_header_and_the_recording_and_refused_when_live_is_required() {
    let root = Root::like_ours();
    let unknown = ("E2E_RUNTME", "codex");
    let words = "E2E_RUNTME is no variable of suite `staging`; did you mean E2E_RUNTIME?";
    let ended = root.native(&[unknown], &["steady::mock"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    let header: Vec<&str> = ended.stderr.lines().take(2).collect();
    assert_eq!(header[1], format!("note {words}"), "{}", ended.said());
    let run = fs::read_dir(root.path().join(".shakedown/runs")).expect("recordings").flatten().next();
    let log = fs::read_to_string(run.expect("a run").path().join("events.jsonl")).expect("a log");
    assert!(log.lines().next().expect("a line").contains(words), "{log}");
    for required in [("REQUIRE_LIVE", "1"), ("E2E_LANE", "external")] {
        let ended = root.native(&[LIVE[0], LIVE[1], unknown, required], &[]);
        assert_eq!(ended.code, Some(2), "{}", ended.said());
        assert!(ended.stderr.contains(words), "{}", ended.said());
    }
}

#[test]
fn a_run_id_is_in_the_names_of_what_the_run_creates_and_the_names_stay_short_enough() {
    let root = Root::like_ours();
    let ended = root.native(&[("E2E_RUN_ID", "17283946501-2")], &["steady::mock"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    let run = fs::read_dir(root.path().join(".shakedown/runs")).expect("recordings").flatten().next();
    let log = fs::read_to_string(run.expect("a run").path().join("events.jsonl")).expect("a log");
    let slug = log.split("\"key\":\"e2e-").nth(1).and_then(|rest| rest.split('"').next()).expect("a slug");
    assert!(slug.contains("-83946501-2-"), "{slug}");
    assert!(slug.len() + "e2e-".len() <= 32, "{slug}");
}

#[test]
fn every_variable_of_the_older_scripts_is_in_the_table() {
    let page =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/variables.md")).expect("a page");
    for name in [
        "MOLECULE_CP_URL",
        "MOLECULE_ADMIN_TOKEN",
        "E2E_RUNTIME",
        "E2E_MODE",
        "E2E_RUN_ID",
        "E2E_KEEP_ORG",
        "E2E_INTENTIONAL_FAILURE",
        "E2E_PROVISION_TIMEOUT_SECS",
        "E2E_WORKSPACE_ONLINE_TIMEOUT_SECS",
        "E2E_LIFECYCLE",
        "E2E_REQUIRE_LIVE",
        "E2E_OPENAI_API_KEY",
        "E2E_MINIMAX_API_KEY",
        "E2E_ANTHROPIC_API_KEY",
        "E2E_GOOGLE_API_KEY",
        "E2E_LLM_PATH",
        "E2E_MODEL_SLUG",
        "E2E_TRANSIENT_RETRIES",
        "E2E_CHILD_ACTIVITY_TIMEOUT_SECS",
        "E2E_AWS_LEAK_CHECK",
        "E2E_AWS_TERMINATE_LEAKS",
        "E2E_AWS_REGION",
        "E2E_STALE_WAIT_SECS",
        "E2E_STALE_POLL_DEADLINE_SECS",
        "E2E_LLM_PATH",
        "E2E_MODEL_SLUG",
    ] {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
        let meaning = row.and_then(|row| row.split(" | ").nth(1)).map(str::trim);
        assert!(meaning.is_some_and(|meaning| !meaning.is_empty()), "{name}: {row:?}");
    }
}
