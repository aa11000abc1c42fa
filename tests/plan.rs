//! `shakedown plan` as a user types it.

use crate::support::stub::Stub;
use crate::support::{Ended, Root, shakedown};

/// Plans a suite of a root.
fn plan(root: &Root, variables: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let mut command = shakedown();
    command.args(["plan", "staging"]).args(arguments).arg("--root").arg(root.path());
    command.envs(variables.iter().copied()).output().expect("it starts").into()
}

fn json(ended: &Ended) -> serde_json::Value {
    serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}\n{}", ended.said()))
}

#[test]
fn plan_shows_every_case_with_gate_and_decision_and_starts_nothing() {
    let root = Root::like_ours();
    let ended = plan(&root, &[], &[]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(ended.stdout);
    assert!(!root.path().join(".shakedown").exists());
}

#[test]
fn a_plan_of_a_live_environment_says_what_is_missing_and_sends_nothing() {
    let (stub, root) = (Stub::start(), Root::like_ours());
    let live = [("MOLECULE_CP_URL", stub.url.as_str()), ("MOLECULE_ADMIN_TOKEN", "not-a-real-token")];
    let ended = plan(&root, &live, &["steady::codex"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    assert!(ended.stdout.starts_with("staging on live (MOLECULE_CP_URL is set)\n"), "{}", ended.said());
    assert!(ended.stdout.contains("skipped: missing E2E_OPENAI_API_KEY\n"), "{}", ended.said());
    let (_, left_out) = ended.stdout.split_once("1 skipped\n").expect("a last line about what runs");
    assert!(left_out.ends_with(" cases left out by the selection\n"), "{}", ended.said());
    let required: Vec<(&str, &str)> = live.into_iter().chain([("REQUIRE_LIVE", "1")]).collect();
    let ended = plan(&root, &required, &["steady::codex"]);
    assert!(ended.stdout.contains("refused: missing E2E_OPENAI_API_KEY\n"), "{}", ended.said());
    assert_eq!(stub.seen(), Vec::<String>::new());
}

#[test]
fn a_plan_for_programs_is_one_document_with_a_version() {
    let root = Root::like_ours();
    let ended = plan(&root, &[("E2E_ARM", "google-adk/ai-studio,google-adk/vertex")], &["--json"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    let document = ended.document("plan");
    let asked = "E2E_ARM=google-adk/ai-studio,google-adk/vertex";
    assert_eq!((&document["version"], &document["selection"]), (&1.into(), &asked.into()));
    let whole = plan(&root, &[], &["--json"]).document("plan")["cases"].as_array().map_or(0, Vec::len);
    assert_eq!(
        (&document["counts"]["known-red"], &document["left-out"]["selection"]),
        (&3.into(), &(whole - 6).into())
    );
    assert_eq!(document["cases"].as_array().map(Vec::len), Some(6));
    let vertex = &document["cases"][1];
    assert_eq!((&vertex["decision"], &vertex["timeout"]), (&"blocked".into(), &6600.0.into()));
    assert_eq!(vertex["keys"]["model"], "platform:gemini-2.5-pro");
}

#[test]
fn an_estimate_is_what_earlier_runs_on_the_same_environment_took() {
    let root = Root::like_ours();
    assert_eq!(root.native(&[], &["steady::mock"]).code, Some(0));
    let document = plan(&root, &[], &["provision", "--select", "runtime=mock", "--json"]).document("plan");
    assert_eq!(document["estimated-from"], 1);
    let estimate = document["cases"][0]["estimate"].as_f64().expect("an estimate");
    assert!(estimate > 0.0 && estimate < 10.0, "{estimate}");
    assert_eq!((&document["cases"][1]["estimate"], &document["estimate"]), (&().into(), &().into()));
    let one = plan(&root, &[], &["steady::mock"]);
    assert!(one.stdout.contains("estimates  from one earlier run on embedded\n"), "{}", one.said());
    assert!(one.stdout.contains("\nabout "), "{}", one.said());
}

#[test]
fn a_plan_of_nothing_is_5_and_a_selection_that_nothing_lists_is_too() {
    let root = Root::like_ours();
    let nothing = plan(&root, &[], &["no-such-case"]);
    let unknown = plan(&root, &[("E2E_RUNTIME", "codec")], &[]);
    assert_eq!((nothing.code, unknown.code), (Some(5), Some(5)), "{} {}", nothing.said(), unknown.said());
    assert!(
        nothing.stderr.contains("no case of suite `staging` contains `no-such-case`"),
        "{}",
        nothing.said()
    );
    assert!(unknown.stderr.contains("did you mean `codex`?"), "{}", unknown.said());
}

#[test]
fn a_case_is_explained_with_everything_that_is_known_and_nothing_sent() {
    let (stub, root) = (Stub::start(), Root::like_ours());
    let live = [
        ("MOLECULE_CP_URL", stub.url.as_str()),
        ("MOLECULE_ADMIN_TOKEN", "not-a-real-token"),
        ("E2E_OPENAI_API_KEY", "not-a-real-key-either"),
        ("E2E_WORKSPACE_ONLINE_TIMEOUT_SECS", "300"),
    ];
    let ended = plan(&root, &live, &["--why", "steady::hermes"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    for words in [
        "provision::steady::hermes::openai/gpt-4o\n",
        "needs     E2E_OPENAI_API_KEY: its variable is set (choice provider)\n",
        "gate      advisory: gates.toml does not name arm hermes/openai\n",
        "= 300 (E2E_WORKSPACE_ONLINE_TIMEOUT_SECS, over 3600 of suite)\n",
        &format!("send      POST {}/cp/admin/orgs  on cp as cp_admin\n", stub.url),
        "headers   Authorization: Bearer <secret.MOLECULE_ADMIN_TOKEN>\n",
        "\"HERMES_CUSTOM_API_KEY\": \"<secret.E2E_OPENAI_API_KEY>\",\n",
        "poll      every 10.0s, within 5m\n",
        "wake      at each event of GET /workspaces/<workspace_id>/events/stream\n",
        "when      lifecycle == 'pause-resume': does not hold, so this step does not take place\n",
    ] {
        assert!(ended.stdout.contains(words), "{words}\n{}", ended.said());
    }
    assert!(!ended.stdout.contains("not-a-real"), "{}", ended.said());
    assert_eq!(stub.seen(), Vec::<String>::new());
}

#[test]
fn no_secret_that_is_set_is_in_any_plan_however_it_came_there() {
    let root = Root::like_ours();
    let canary = "c4n4ry-0123456789";
    // As the value of an override, and in a variable that expressions read.
    let variables = [
        ("MOLECULE_CP_URL", "https://staging.example.com/c4n4ry-0123456789"),
        ("MOLECULE_ADMIN_TOKEN", canary),
        ("E2E_DIALECT", canary),
    ];
    for arguments in [&["--why", "steady::hermes"][..], &["--json"], &["--github"], &[]] {
        let ended = plan(&root, &variables, arguments);
        assert!(!ended.said().contains(canary), "{arguments:?} {}", ended.said());
    }
    let ended = plan(&root, &variables, &["--why", "steady::hermes"]);
    assert!(ended.stdout.contains("GET https://staging.example.com/[secret]/health"), "{}", ended.said());
}

#[test]
fn a_case_that_is_none_or_several_is_not_explained_and_a_mistyped_part_is_recognised() {
    let root = Root::like_ours();
    let several = plan(&root, &[], &["--why", "codex::gpt-5.4"]);
    assert_eq!((several.code, several.stdout.as_str()), (Some(2), ""));
    assert!(
        several.stderr.contains("3 cases contain `codex::gpt-5.4`, say which:\n  provision::steady::codex::"),
        "{}",
        several.said()
    );
    let unknown = plan(&root, &[], &["--why", "steady::codec"]);
    assert_eq!((unknown.code, unknown.stdout.as_str()), (Some(5), ""));
    assert!(unknown.stderr.contains("did you mean `steady::codex`?"), "{}", unknown.said());
    let elsewhere = plan(&root, &[("E2E_RUNTIME", "mock")], &["--why", "steady::codex"]);
    assert_eq!(elsewhere.code, Some(5));
    assert!(elsewhere.stderr.contains("within E2E_RUNTIME=mock"), "{}", elsewhere.said());
    let exact = plan(&root, &[], &["--why", "external::kimi"]);
    assert!(exact.stdout.starts_with("external::kimi\n"), "{}", exact.said());
}

#[test]
fn a_matrix_for_github_is_one_line_with_the_cases_that_would_run() {
    let root = Root::like_ours();
    let ended = plan(&root, &[("E2E_ARM", "google-adk/ai-studio,codex")], &["--github"]);
    assert_eq!((ended.code, ended.stdout.lines().count()), (Some(0), 1), "{}", ended.said());
    let rows = &ended.document("matrix")["include"];
    assert_eq!(rows.as_array().map(Vec::len), Some(6));
    assert_eq!(
        (&rows[0]["case"], &rows[0]["continue-on-error"]),
        (&"provision::steady::codex::gpt-5.4-mini".into(), &false.into())
    );
    let nothing = plan(&root, &[("E2E_MODEL", "platform:gemini-2.5-pro")], &["--github"]);
    assert_eq!((nothing.code, nothing.stdout.as_str()), (Some(5), ""));
    let beyond = plan(&root, &[], &["--github", "--chunk", "2"]);
    assert_eq!(beyond.code, Some(2));
    assert!(beyond.stderr.contains("there is no chunk 2: there are 1 to 1"), "{}", beyond.said());
}

#[test]
fn more_cases_than_a_matrix_may_have_are_chunks_that_somebody_chooses() {
    let root = Root::like_ours();
    let numbers: Vec<String> = (0..300).map(|number| number.to_string()).collect();
    let scenario =
        std::fs::read_to_string(root.path().join("scenarios/staging/external.toml")).expect("a scenario");
    let scenario = scenario.replace("[matrix]\n", &format!("[matrix]\nn = [{}]\n", numbers.join(", ")));
    root.write("external.toml", &scenario);
    let several = plan(&root, &[("E2E_RUNTIME", "kimi")], &["--github"]);
    assert_eq!((several.code, several.stdout.as_str()), (Some(2), ""));
    assert!(
        several
            .stderr
            .contains("300 cases would run, a matrix has 256 jobs at most: say --chunk 1 to --chunk 2"),
        "{}",
        several.said()
    );
    let second = plan(&root, &[("E2E_RUNTIME", "kimi")], &["--github", "--chunk", "2"]);
    assert_eq!(json(&second)["include"].as_array().map(Vec::len), Some(44));
}

#[test]
fn every_case_of_our_own_suite_can_be_shown_before_the_run() {
    let root = Root::like_ours();
    let cases = plan(&root, &[], &["--json"]).document("plan")["cases"].clone();
    let ids: Vec<&str> =
        cases.as_array().into_iter().flatten().filter_map(|case| case["id"].as_str()).collect();
    assert!(ids.len() > 32, "{ids:?}");
    for id in ids {
        let ended = plan(&root, &[], &["--why", id]);
        assert_eq!(ended.code, Some(0), "{}", ended.said());
        assert!(!ended.stdout.contains("cannot be rendered"), "{}", ended.said());
        let bodies = ended.stdout.split("    body  ").skip(1).map(|body| {
            let lines = body.lines().skip(1).take_while(|line| line.starts_with("              "));
            lines.collect::<Vec<_>>().join("\n")
        });
        for body in bodies {
            assert!(serde_json::from_str::<serde_json::Value>(&body).is_ok(), "{id}\n{body}");
        }
    }
}

#[test]
fn what_cover_leaves_out_is_counted_listed_and_recognised() {
    let suite = "[suite]\nname = \"staging\"\n[environment.embedded]\nprovides = \"secrets\"\n\
        [service.api]\nbase = \"http://127.0.0.1:1\"\n";
    let scenario = "[scenario]\nname = \"pairs\"\n[matrix]\ncover = 2\na = [1, 2]\nb = [1, 2]\nc = [1, 2]\n\
        [[step]]\nname = \"look\"\nrun.http = { on = \"api\", path = \"/{{ a }}/{{ b }}/{{ c }}\" }\nexpect = [\"status == 200\"]\n";
    let root = Root::new(&[("suite.toml", suite), ("pairs.toml", scenario)]);
    let ended = plan(&root, &[], &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    let (table, below) = ended.stdout.split_once("4 of 8 cases left out by cover\n").expect("it says so");
    let left: Vec<&str> = below.lines().map(str::trim).collect();
    assert_eq!(left.len(), 4, "{}", ended.said());
    assert!(left.iter().all(|id| id.starts_with("pairs::") && !table.contains(id)), "{}", ended.said());
    let document = plan(&root, &[], &["--json"]).document("plan");
    assert_eq!(document["left-out"]["cover"][0], left[0]);
    let why = plan(&root, &[], &["--why", left[0]]);
    assert_eq!(why.code, Some(5));
    assert!(why.stderr.contains(&format!("`cover` leaves {} out of suite", left[0])), "{}", why.said());
}
