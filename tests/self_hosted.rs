//! A platform of somebody's own: one tenant, its URL, its admin token, and no control plane.

use crate::support::served::{QUICK, Served};
use crate::support::stub::Stub;
use crate::support::tenant::{LOOKS, Tenant};
use crate::support::{Ended, Root, signal};

fn exit(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code, Some(code), "{}", ended.said());
    for words in words {
        assert!(ended.said().contains(words), "{words}\n{}", ended.said());
    }
}

#[test]
fn the_whole_suite_is_green_on_a_tenant_without_a_control_plane_and_leaves_nothing() {
    let tenant = Tenant::of(Served::start(&[]));
    let ended = tenant.run(&["run", "staging", "--tag", QUICK]);
    exit(
        &ended,
        0,
        &["staging on self-hosted (E2E_ENVIRONMENT is set)", " 0 leaked of ", "exit 0: nothing is red\n"],
    );
    let passed = ended.stderr.lines().filter(|line| line.contains("] passed")).count();
    assert!(passed >= 26, "{passed} passed\n{}", ended.said());
    assert_eq!(tenant.nobody.seen(), Vec::<String>::new());
    assert_eq!(tenant.workspaces(), 0);
    let recorded = tenant.served.root.recordings();
    assert!(
        !recorded.contains("\"kind\":\"org\"") && !recorded.contains("/cp/"),
        "no org was created or released"
    );
    assert!(!recorded.contains(&tenant.token), "the token of a tenant is a secret as well");
    assert_eq!(tenant.served.census(), (1, 0));
}

#[test]
fn what_lets_minutes_pass_on_a_live_target_says_so_by_its_tag() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/staging");
    let texts = |folder: &std::path::Path| -> Vec<(String, String)> {
        let files = std::fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path());
        // Fault rows may name a step so.
        let files = files.filter(|file| file.is_file() && !file.ends_with("faults.toml"));
        files
            .map(|file| (file.display().to_string(), std::fs::read_to_string(file).expect("a text")))
            .collect()
    };
    let (scenarios, flows) = (texts(&folder), texts(&folder.join("flows")));
    assert!(flows.iter().all(|(_, text)| !text.contains("run.elapse")), "a flow has no tag");
    let of = |word| scenarios.iter().filter(move |(_, text)| text.contains(word)).map(|(file, _)| file);
    let waiting: Vec<_> = of("\nrun.elapse").collect();
    assert!(waiting.len() >= 4, "{waiting:?}");
    assert_eq!(waiting, of("\"waits\"").collect::<Vec<_>>());
}

#[test]
fn only_what_such_a_tenant_needs_must_be_set_and_what_is_missing_is_named() {
    let root = Root::like_ours();
    let url = ("MOLECULE_TENANT_URL", "http://127.0.0.1:1");
    let ended = root.native(&[url], &[]);
    let said =
        "the self-hosted environment was chosen without its credential: set MOLECULE_TENANT_ADMIN_TOKEN\n";
    exit(&ended, 2, &[said]);
    let ended = root.native(&[], &["--environment", "self-hosted"]);
    exit(&ended, 2, &["set MOLECULE_TENANT_URL, MOLECULE_TENANT_ADMIN_TOKEN\n"]);
    // Live is required: of two ways to be live, the nearer one says what it lacks.
    let ended = root.native(&[("REQUIRE_LIVE", "1"), ("MOLECULE_TENANT_ADMIN_TOKEN", "0123456789")], &[]);
    exit(&ended, 5, &["live is required, missing MOLECULE_TENANT_URL\n"]);
}

#[test]
fn a_case_that_needs_the_control_plane_is_blocked_there_and_says_why() {
    let tenant = Tenant::of(Served::start(&[]));
    tenant.served.root.write(
        "roster.toml",
        r#"
[scenario]
name     = "roster"
fixtures = ["org"]
[[step]]
name     = "ours is listed"
run.http = { on = "cp", as = "cp_admin", path = "/cp/admin/orgs" }
expect   = ["status == 200"]
"#,
    );
    tenant.served.root.unproved();
    let why = "needs service `cp` in step `ours is listed`, and the self-hosted environment has none (";
    exit(&tenant.run(&["run", "staging", "roster"]), 0, &["1 blocked", why, "nothing was checked either"]);
    exit(&tenant.run(&["plan", "staging", "--why", "roster"]), 0, &[why, "given"]);
    assert_eq!(tenant.nobody.seen(), Vec::<String>::new());
    tenant.served.stop();
}

#[test]
fn a_run_that_was_killed_there_is_swept_and_the_tenant_stays() {
    let tenant = Tenant::of(Served::start(&["stuck-provisioning"]));
    let mut run = tenant.command(&["run", "staging", "steady::codex"]);
    run.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut run = run.spawn().expect("it starts");
    assert!((0..LOOKS).any(|_| tenant.workspaces() == 1), "no workspace was created");
    signal(&run, "KILL");
    run.wait().expect("it ends");
    exit(&tenant.run(&["sweep"]), 0, &["gone   workspace e2e-", "1 shown gone, 0 left"]);
    assert_eq!((tenant.workspaces(), tenant.nobody.seen()), (0, Vec::new()));
    assert_eq!(tenant.served.census(), (1, 0));
}

const SUITE: &str = r#"
[suite]
name = "staging"
[environment.alone]
when = "HOME_URL"
[environment.alone.fixture.home]
url = "{{ env.HOME_URL }}"
id  = "{{ env.HOME_ID }}"
[variable.HOME_ID]
default = ""
[service.home]
base    = "{{ home.url }}"
hosts   = ["*.example"]
headers = { X-Home = "{{ home.id }}" }
[fixture.home]
scope = "case"
use   = "flows/home"
"#;

const FLOW: &str = r#"
[flow]
outputs = ["url", "id"]
[[step]]
name     = "home"
run.http = { on = "home", method = "POST", path = "/homes" }
expect   = ["status == 201"]
capture  = { url = "body.url", id = "body.id" }
"#;

const SCENARIO: &str = r#"
[scenario]
name     = "one"
fixtures = ["home"]
[[step]]
name     = "look"
run.http = { on = "home", path = "/things" }
expect   = ["status == 200"]
"#;

#[test]
fn a_header_that_says_nothing_is_left_out_and_the_host_of_settings_is_the_one_that_was_meant() {
    let stub = Stub::start();
    let flow = FLOW.replace("on = \"home\"", "on = \"maker\"");
    let suite = format!("{SUITE}[service.maker]\nbase = \"http://127.0.0.1:1\"\n");
    let root = || Root::new(&[("suite.toml", &suite), ("one.toml", SCENARIO), ("flows/home.toml", &flow)]);
    let (without, with) = (root(), root());
    exit(&without.native(&[("HOME_URL", &stub.url)], &[]), 0, &["1 passed"]);
    assert!(!without.recordings().contains("X-Home"), "{}", without.recordings());
    exit(&with.native(&[("HOME_URL", &stub.url), ("HOME_ID", "seven")], &[]), 0, &["1 passed"]);
    assert!(with.recordings().contains(r#"["X-Home","seven"]"#), "{}", with.recordings());
    assert_eq!(stub.seen(), ["GET /things", "GET /things"]);
}
