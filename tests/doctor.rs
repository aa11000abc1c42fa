//! `shakedown doctor`: what a run needs, asked before it; nothing is created on a target.

use crate::support::served::Served;
use crate::support::stub::Stub;
use crate::support::tenant::Tenant;
use crate::support::{Ended, Root, shakedown};
use serde_json::Value;

fn doctor(root: &Root, variables: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let mut command = shakedown();
    command.arg("doctor").args(arguments).arg("--root").arg(root.path());
    command.envs(variables.iter().copied()).output().expect("it starts").into()
}

/// How wide a column is depends on what else stands in it.
fn narrow(text: &str) -> String {
    let lines = text.split('\n').map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.collect::<Vec<_>>().join("\n")
}

fn exit(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code, Some(code), "{}", ended.said());
    for words in words {
        assert!(narrow(&ended.said()).contains(&narrow(words)), "{words}\n{}", ended.said());
    }
}

/// State and words of a finding.
fn found<'a>(document: &'a Value, about: &str, name: &str) -> (&'a str, &'a str) {
    let mut findings = document["findings"].as_array().expect("findings").iter();
    let finding = findings.find(|finding| finding["about"] == about && finding["name"] == name);
    let finding = finding.unwrap_or_else(|| panic!("no {about} {name} in {document:#}"));
    (finding["state"].as_str().expect("a state"), finding["said"].as_str().expect("words"))
}

#[test]
fn a_target_that_is_up_and_lets_us_in_is_ready_and_nothing_is_created_there() {
    let served = Served::start(&[]);
    let ended = served.run(&["doctor", "staging"], &[]);
    exit(
        &ended,
        0,
        &[
            "staging on live  (MOLECULE_CP_URL is set)\nlane      full (nothing else is selected)\n",
            ": GET /health is 200 in ",
            " takes connections\n",
            "✓ cp_admin works: GET /cp/admin/orgs?limit=1 on cp is 200\n",
            "tenant_owner: known when fixture `org` is there\n",
            "✓ E2E_OPENAI_API_KEY          set\n",
            "· provisioner boots workspaces, and boots them again: asked at the start of a run, with fixture `org`\n",
            "would run; nothing was created\n",
        ],
    );
    assert!(!ended.said().contains("not-a-real-key"), "{}", ended.said());
    assert!(!ended.said().contains(served.variable("MOLECULE_ADMIN_TOKEN")), "{}", ended.said());
    assert!(!served.root.path().join(".shakedown").exists(), "a checkup is no run");
    assert_eq!(served.census(), (0, 0));
}

#[test]
fn what_is_found_is_one_json_document_with_a_version() {
    let served = Served::start(&[]);
    let ended = served.run(&["doctor", "--json", "--lane", "canary"], &[]);
    exit(&ended, 0, &[]);
    let document = ended.document("checkup");
    assert_eq!((&document["version"], &document["verdict"]), (&1.into(), &"ready".into()));
    assert_eq!((&document["lane"], &document["exit"]), (&"canary".into(), &0.into()));
    assert_eq!(document["cases"][0]["count"], 1, "{document:#}");
    assert_eq!(found(&document, "credential", "cp_admin").0, "good");
    assert_eq!(found(&document, "service", "tenant"), ("later", "known when fixture `org` is there"));
    served.stop();
}

#[test]
fn a_token_that_is_wrong_is_a_setting_to_change() {
    let served = Served::start(&[]);
    let ended = served.run(&["doctor"], &[("MOLECULE_ADMIN_TOKEN", "not-the-token-of-anybody")]);
    let refused = "✗ cp_admin is refused: GET /cp/admin/orgs?limit=1 on cp is 401 ";
    exit(&ended, 2, &[refused, "✓ cp      http://127.0.0.1:", "\nexit 2: misconfigured: cp_admin\n"]);
    assert!(!ended.said().contains("not-the-token-of-anybody"), "{}", ended.said());
    served.stop();
}

#[test]
fn what_is_not_set_is_named_and_what_is_there_is_still_asked() {
    let stub = Stub::start();
    let root = Root::like_ours();
    let ended = doctor(&root, &[("MOLECULE_CP_URL", &stub.url)], &[]);
    exit(
        &ended,
        2,
        &[
            "✗ MOLECULE_ADMIN_TOKEN not set, and no run on live begins without it\n",
            "· cp_admin not known: set MOLECULE_ADMIN_TOKEN\n",
            "no run would begin: the live environment was chosen without its credential",
            "\nexit 2: misconfigured: MOLECULE_ADMIN_TOKEN\n",
        ],
    );
    // Whether anybody takes connections is tried without a word.
    let asked: Vec<String> = stub.seen().into_iter().filter(|request| !request.is_empty()).collect();
    assert_eq!(asked, ["GET /health"], "nothing is sent with a credential that is not there");
    let ended = doctor(&root, &[], &["--environment", "self-hosted"]);
    let closing =
        "\nexit 2: misconfigured: MOLECULE_TENANT_URL, MOLECULE_TENANT_ADMIN_TOKEN, tenant, outside\n";
    exit(&ended, 2, &["✗ MOLECULE_TENANT_URL    not set, and no run on self-hosted begins", closing]);
}

#[test]
fn a_setting_that_cannot_be_meant_is_a_finding_and_the_rest_is_asked() {
    let (stub, root) = (Stub::start(), Root::like_ours());
    let short = [("MOLECULE_CP_URL", stub.url.as_str()), ("MOLECULE_ADMIN_TOKEN", "token")];
    let said = "is 5 characters long: a secret has 8 at least, for hiding a shorter one would hide words of every view as well";
    let ended = doctor(&root, &short, &[]);
    exit(&ended, 2, &[&format!("✗ MOLECULE_ADMIN_TOKEN {said}\n"), "\nservices\n"]);
    let json = doctor(&root, &short, &["--json"]).document("checkup");
    assert_eq!(found(&json, "secret", "MOLECULE_ADMIN_TOKEN"), ("misconfigured", said));
    let ended = root.native(&short, &[]);
    exit(&ended, 2, &[&format!("error: MOLECULE_ADMIN_TOKEN {said}\n")]);
    let token = ("MOLECULE_ADMIN_TOKEN", "0123456789");
    let ended = doctor(&root, &[("MOLECULE_CP_URL", "htp:/nonsense"), token], &[]);
    let words = "✗ MOLECULE_CP_URL htp:/nonsense is no URL: a service begins with it, as in https://api.example.com\n";
    exit(&ended, 2, &[words, "misconfigured: MOLECULE_CP_URL"]);
    let both = [short[0], token, ("MOLECULE_TENANT_URL", "https://agents.example.com")];
    let words = "note MOLECULE_CP_URL and MOLECULE_TENANT_URL are set: MOLECULE_CP_URL comes first, MOLECULE_TENANT_URL is \
                 ignored (E2E_ENVIRONMENT=self-hosted takes it)\n";
    assert!(narrow(&doctor(&root, &both, &[]).stdout).replace('\n', " ").contains(words.trim()));
    let chosen = [both[0], both[1], both[2], ("E2E_ENVIRONMENT", "live")];
    assert!(!doctor(&root, &chosen, &[]).said().contains("ignored"));
}

#[test]
fn what_is_left_out_for_several_keys_is_counted_once() {
    let served = Served::start(&[]);
    let none = [("E2E_OPENAI_API_KEY", ""), ("E2E_GOOGLE_API_KEY", ""), ("E2E_MINIMAX_API_KEY", "")];
    let select = ["doctor", "--select", "scenario=provision", "--select", "lifecycle=steady"];
    let ended = served.run(&select, &none);
    let keys = "E2E_GOOGLE_API_KEY, E2E_MINIMAX_API_KEY, E2E_OPENAI_API_KEY";
    exit(
        &ended,
        0,
        &[&format!("· 3 secrets {keys}: not set, so 6 cases are left out\n"), "6 skipped 3: missing "],
    );
    served.stop();
}

#[test]
fn a_target_that_is_not_there_is_not_reachable_and_its_edge_says_why() {
    let root = Root::like_ours();
    let token = ("MOLECULE_ADMIN_TOKEN", "0123456789");
    let ended = doctor(&root, &[("MOLECULE_CP_URL", "http://127.0.0.1:1"), token], &[]);
    let refused = "127.0.0.1:1 takes none (Connection refused";
    exit(&ended, 3, &[refused, "\nexit 3: not reachable: cp, cp_admin\n"]);
    let ended = doctor(&root, &[("MOLECULE_CP_URL", "https://nothing.invalid"), token], &[]);
    exit(&ended, 3, &["nothing.invalid:443: its name has no address ("]);
}

#[test]
fn a_service_that_answers_with_something_else_says_whose_turn_it_is() {
    let stub = Stub::start();
    let root = Root::new(&[("one.toml", SCENARIO)]);
    for (path, code, words) in [
        ("/fails", 3, "GET /fails is 500 {\"error\":\"out of order\"}"),
        ("/busy", 3, "GET /busy is 503"),
        ("/refused", 2, "GET /refused is 422"),
        ("/elsewhere", 2, "it redirects to http://127.0.0.2:9/, and redirects are not followed"),
    ] {
        root.write("suite.toml", &SUITE.replace("/up", path));
        exit(&doctor(&root, &[("SHOP_URL", &stub.url)], &[]), code, &[words]);
    }
}

#[test]
fn when_live_is_required_what_would_be_refused_is_a_setting_to_change() {
    let served = Served::start(&[]);
    let required = [("REQUIRE_LIVE", "1"), ("E2E_OPENAI_API_KEY", "")];
    let ended = served.run(&["doctor", "--select", "arm=codex,mock"], &required);
    let key = "✗ E2E_OPENAI_API_KEY          not set, so 3 cases are refused: live is required\n";
    exit(
        &ended,
        2,
        &[key, "3 refused missing E2E_OPENAI_API_KEY\n", "exit 2: misconfigured: E2E_OPENAI_API_KEY\n"],
    );
    let ended = served.run(&["doctor", "--select", "arm=codex"], &[("E2E_OPENAI_API_KEY", "")]);
    exit(&ended, 2, &["exit 2: misconfigured: none of the selected cases would run\n"]);
    let ended = served.run(&["doctor", "--select", "arm=codex,mock"], &[("E2E_OPENAI_API_KEY", "")]);
    exit(&ended, 0, &["· E2E_OPENAI_API_KEY          not set, so 3 cases are left out\n"]);
    let ended = served.run(&["doctor"], &[("REQUIRE_LIVE", "1"), ("E2E_RUNTME", "codex")]);
    let unknown =
        "no run would begin: E2E_RUNTME is no variable of suite `staging`; did you mean E2E_RUNTIME?";
    exit(&ended, 2, &[unknown]);
    served.stop();
}

#[test]
fn a_tenant_without_a_control_plane_is_asked_what_it_can_do_and_keeps_nothing() {
    let tenant = Tenant::of(Served::start(&["no-poll-queue"]));
    let ended = tenant.run(&["doctor"]);
    exit(
        &ended,
        0,
        &[
            "· 2 services cp, platform: the self-hosted environment has none\n",
            "✓ tenant_owner works: GET /workspaces on tenant is 200\n",
            "✓ provisioner boots workspaces, and boots them again: yes\n",
            "· poll_queue  keeps messages for agents that ask for them: no\n",
            " the target lacks capability poll_queue\n",
        ],
    );
    let mut required = tenant.command(&["doctor", "--lane", "external"]);
    let ended: Ended = required.env("REQUIRE_LIVE", "1").output().expect("it starts").into();
    exit(&ended, 2, &["cases would be refused: live is required"]);
    let mut wrong = tenant.command(&["doctor"]);
    let ended: Ended = wrong.env("MOLECULE_TENANT_ORG_ID", "another").output().expect("it starts").into();
    exit(
        &ended,
        2,
        &[
            "✗ tenant_owner is neither let in nor refused: GET /workspaces on tenant is 404 with an empty body\n",
        ],
    );
    let mut nameless = tenant.command(&["doctor"]);
    let ended: Ended = nameless.env("MOLECULE_TENANT_ORG_ID", "").output().expect("it starts").into();
    let header = "404 with an empty body (header X-Molecule-Org-Id was left out, for it is empty; MOLECULE_TENANT_ORG_ID \
                  fills it)\n";
    exit(&ended, 2, &[header]);
    assert_eq!((tenant.workspaces(), tenant.nobody.seen()), (0, Vec::new()));
    assert_eq!(tenant.served.census(), (1, 0));
}

#[test]
fn the_embedded_platform_is_started_and_asked_as_well() {
    let root = Root::like_ours();
    let ended = doctor(&root, &[], &["staging", "--select", "runtime=mock"]);
    let placeholders = "✓ all every secret is a placeholder, and a real one is never forwarded\n";
    exit(&ended, 0, &[placeholders, "✓ cp_admin works: GET /cp/admin/orgs?limit=1 on cp is 200\n"]);
}

#[test]
fn a_tool_that_is_not_there_is_named_with_what_becomes_of_its_cases() {
    let stub = Stub::start();
    let needs = |tool: &str| {
        SCENARIO.replace("name = \"one\"", &format!("name = \"one\"\nrequires = {{ tool = \"{tool}\" }}"))
    };
    let root = Root::new(&[("suite.toml", SUITE), ("one.toml", &needs("sh"))]);
    let other = needs("no-such-tool").replace("\"one\"", "\"other\"");
    root.write("other.toml", &other);
    let url = ("SHOP_URL", stub.url.as_str());
    let there = [
        "tools\n",
        "✓ sh there\n",
        "· no-such-tool not there, so 1 case is left out\n",
        "1 skipped missing tool no-such-tool\n",
    ];
    exit(&doctor(&root, &[url], &[]), 0, &there);
    let ended = doctor(&root, &[url, ("REQUIRE_LIVE", "1")], &[]);
    exit(
        &ended,
        2,
        &[
            "✗ no-such-tool not there, so 1 case is refused: live is required\n",
            "misconfigured: no-such-tool\n",
        ],
    );
}

#[test]
fn a_suite_that_is_not_named_must_be_the_only_one() {
    let root = Root::new(&[("suite.toml", SUITE), ("one.toml", SCENARIO)]);
    std::fs::create_dir_all(root.path().join("scenarios/other")).expect("a folder");
    std::fs::write(root.path().join("scenarios/other/suite.toml"), SUITE).expect("a file");
    exit(&doctor(&root, &[], &[]), 2, &["there are several suites, say which: other, staging\n"]);
}

const SUITE: &str = r#"
[suite]
name = "staging"
[environment.live]
when = "SHOP_URL"
[service.shop]
base   = "{{ env.SHOP_URL }}"
health = "/up"
"#;

const SCENARIO: &str = r#"
[scenario]
name = "one"
[[step]]
name     = "look"
run.http = { on = "shop", path = "/things" }
expect   = ["status == 200"]
"#;
