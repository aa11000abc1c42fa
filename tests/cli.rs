//! Whole commands as a user types them: what they print, and how they end.

use crate::support::served::Served;
use crate::support::stub::Stub;
use crate::support::{Ended, Root, cargo, shakedown, staging};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

const HERE: &str = env!("CARGO_MANIFEST_DIR");

fn run(arguments: &[&str]) -> Ended {
    shakedown().args(arguments).args(["--root", HERE]).output().expect("it starts").into()
}

#[test]
fn check_finds_nothing_wrong_with_our_own_suites() {
    let ended = run(&["check"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    assert!(ended.stdout.starts_with("staging: right, "), "{}", ended.said());
}

#[test]
fn warnings_are_shown_and_fail_only_where_they_are_denied() {
    let root = Root::new(&[
        (
            "suite.toml",
            "[suite]\nname = \"staging\"\n[environment.embedded]\nprovides = \"secrets\"\n[service.api]\nbase = \"https://api.example\"\n[bind]\nspare = \"x\"\n",
        ),
        (
            "one.toml",
            "[scenario]\nname = \"one\"\n[[step]]\nname = \"look\"\nrun.http = { on = \"api\", path = \"/\" }\nexpect = [\"status == 200\"]\n",
        ),
    ]);
    let check = |arguments: &[&str]| -> Ended {
        shakedown()
            .arg("check")
            .args(arguments)
            .arg("--root")
            .arg(root.path())
            .output()
            .expect("it starts")
            .into()
    };
    let warned = check(&[]);
    assert_eq!(warned.code, Some(0), "{}", warned.said());
    assert!(warned.stderr.contains("nothing uses binding `spare`"), "{}", warned.said());
    let denied = check(&["--deny-warnings"]);
    assert_eq!(denied.code, Some(2), "{}", denied.said());
    let ours = run(&["check", "--deny-warnings"]);
    assert_eq!(ours.code, Some(0), "{}", ours.said());
}

#[test]
fn a_file_of_the_wrong_shape_says_that_more_may_follow_and_shows_what_nobody_sees() {
    let head = "[suite]\nname = \"staging\"\n[environment.embedded]\nprovides = \"secrets\"\n";
    let one = "[scenario]\nname = \"sam\u{202e}elp\"\n";
    let root = Root::new(&[("suite.toml", head), ("one.toml", one), ("two.toml", "[scenaro]\n")]);
    let check = || -> Ended {
        shakedown().arg("check").arg("--root").arg(root.path()).output().expect("it starts").into()
    };
    let ended = check();
    let more = "\na file with E0101 was read no further, and of the others only the shape: more may follow\n";
    assert!(ended.code == Some(2) && ended.stderr.contains(more), "{}", ended.said());
    assert!(
        ended.stderr.contains("sam\\u{202e}elp") && !ended.stderr.contains('\u{202e}'),
        "{}",
        ended.said()
    );
    root.write("two.toml", "");
    std::fs::remove_file(root.path().join("scenarios/staging/two.toml")).expect("it was written");
    assert!(!check().stderr.contains("more may follow"), "{}", check().said());
}

#[test]
fn help_and_usage_go_to_their_streams() {
    let help = run(&["--help"]);
    assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(help.stdout);
    let usage = run(&["rum"]);
    assert_eq!((usage.code, usage.stdout.as_str()), (Some(2), ""));
    assert!(usage.stderr.contains("a similar subcommand exists: 'run'"), "{}", usage.said());
}

#[test]
fn one_arm_of_the_whole_suite_is_green_with_known_red_and_blocked() {
    let ended: Ended = staging()
        .env("E2E_RUNTIME", "google-adk")
        .env("SHAKEDOWN_ROOT", HERE)
        .output()
        .expect("it starts")
        .into();
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    assert!(ended.stderr.contains("4 known red, 3 blocked; 0 leaked of 1 created"), "{}", ended.said());
}

#[test]
fn a_filter_lists_only_what_it_names_and_the_listing_is_what_nextest_reads() {
    let mut command = staging();
    let ended: Ended = command
        .args(["pause-resume", "--list"])
        .env("SHAKEDOWN_ROOT", HERE)
        .output()
        .expect("it starts")
        .into();
    assert_eq!(
        (ended.code, ended.stdout.lines().next()),
        (Some(0), Some("provision::pause-resume::claude-code::MiniMax-M2.7: test"))
    );
    assert_eq!(
        ended.stdout.lines().filter(|line| line.contains("pause-resume") && line.ends_with(": test")).count(),
        10
    );
    let listed = |arguments: &[&str]| {
        let mut command = staging();
        command.args(["--list", "--format", "terse"]).args(arguments);
        let ended: Ended = command
            .env("SHAKEDOWN_ROOT", HERE)
            .env("NEXTEST_RUN_ID", "r")
            .output()
            .expect("it starts")
            .into();
        assert!(ended.stdout.lines().all(|line| line.ends_with(": test")), "{}", ended.said());
        ended.stdout.lines().count()
    };
    let planned: Ended =
        shakedown().args(["plan", "staging", "--json", "--root", HERE]).output().expect("it starts").into();
    let planned = planned.stdout.matches("\"id\": \"").count();
    assert!(planned > 32, "{planned}");
    assert_eq!((listed(&[]), listed(&["--ignored"])), (planned, 3));
}

#[test]
fn a_mistake_is_shown_with_file_line_caret_and_help() {
    let root = Root::new(&[
        (
            "suite.toml",
            "[suite]\nname = \"staging\"\n[environment.embedded]\nprovides = \"secrets\"\n[service.cp]\nbase = \"http://x\"\n",
        ),
        (
            "one.toml",
            "[scenario]\nname = \"one\"\n[[step]]\nname = \"a\"\nrun.http = { on = \"pc\", path = \"/\" }\n",
        ),
        ("two.toml", "[scenario]\nname = \"two\"\nsumary = \"x\"\n"),
    ]);
    let ended = root.native(&[], &[]);
    assert_eq!(ended.code, Some(2), "{}", ended.said());
    insta::assert_snapshot!(ended.stderr);
    root.write("two.toml", "[scenario]\nname = \"two\"\n[[step]]\nname = \"b\"\nrun.http = { on = \"cp\", path = \"/{{ nowhere\" }\nexpect = [\"status = 1\"]\n");
    let ended = root.native(&[], &[]);
    insta::assert_snapshot!(ended.stderr);
}

#[test]
fn a_suite_that_is_not_there_names_those_that_are() {
    let ended = run(&["run", "stagging"]);
    assert_eq!(ended.code, Some(2), "{}", ended.said());
    assert!(ended.stderr.contains("known here: staging"), "{}", ended.said());
    let nowhere: Ended = shakedown().args(["check", "--root", "/"]).output().expect("it starts").into();
    assert_eq!(nowhere.code, Some(2));
    assert!(nowhere.stderr.contains("there is no folder `scenarios`"), "{}", nowhere.said());
    assert!(
        nowhere.stderr.contains("`shakedown new suite NAME` with this root begins one"),
        "{}",
        nowhere.said()
    );
    let nowhere: Ended = staging().args(["--root", "/"]).current_dir("/").output().expect("it starts").into();
    assert_eq!(nowhere.code, Some(2));
    let named = "and SHAKEDOWN_ROOT (on the command line also --root) names";
    assert!(nowhere.stderr.contains(named), "{}", nowhere.said());
}

#[test]
fn every_fault_is_listed_with_what_is_wrong_then_and_where_it_bites() {
    let ended = run(&["serve", "--list-faults"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    for listed in [
        "creating\n  create-500\n      `POST /workspaces` answers 500; nothing is created.\n      at POST /workspaces\n",
        "\nwire\n  answer:on=POST /workspaces,is=500,body=text\n      The request is answered with this status; the ",
    ] {
        assert!(ended.stdout.contains(listed), "{}", ended.said());
    }
}

#[test]
fn a_fault_that_is_written_wrong_is_a_usage_error_that_says_how_to_write_it() {
    let ended = run(&["run", "staging", "--fault", "status:is=503"]);
    assert_eq!(ended.code, Some(2), "{}", ended.said());
    let told = "fault `status` lacks `on=…`; it is written like `status:on=GET /workspaces/*,is=503,nth=1`";
    assert!(ended.stderr.contains(told), "{}", ended.said());
}

#[test]
fn an_unknown_fault_is_a_usage_error_that_suggests_one() {
    let ended = run(&["run", "staging", "--fault", "create-50"]);
    assert_eq!(ended.code, Some(2), "{}", ended.said());
    assert!(ended.stderr.contains("create-500"), "{}", ended.said());
    let stub = Stub::start();
    let mut live = shakedown();
    live.args(["run", "staging", "--fault", "create-500", "--root", HERE]);
    let ended: Ended = live
        .env("MOLECULE_CP_URL", &stub.url)
        .env("MOLECULE_ADMIN_TOKEN", "not-a-real-token")
        .output()
        .expect("it starts")
        .into();
    assert_eq!(ended.code, Some(2), "{}", ended.said());
    assert_eq!(stub.seen(), Vec::<String>::new());
}

#[test]
fn serve_is_a_platform_of_its_own_that_a_live_run_uses_and_leaves_clean() {
    let served = Served::start(&[]);
    let live = served.run(&["run", "staging"], &[("REQUIRE_LIVE", "1"), ("E2E_ARM", "codex")]);
    assert_eq!(live.code, Some(0), "{}", live.said());
    assert!(live.stderr.contains("staging on live (MOLECULE_CP_URL is set)"), "{}", live.said());
    assert!(live.stderr.contains("3 passed; 0 leaked of 4 created"), "{}", live.said());
    assert!(!served.root.recordings().contains(served.variable("MOLECULE_ADMIN_TOKEN")));
    served.stop();
}

#[test]
fn a_platform_that_others_can_reach_says_so_loudly() {
    for (listen, is_open) in [("0.0.0.0:0", true), ("[::]:0", true), ("127.0.0.1:0", false)] {
        let mut serve = shakedown();
        let serve = serve.args(["serve", "--listen", listen]).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut platform = serve.spawn().expect("it starts");
        let lines = BufReader::new(platform.stdout.take().expect("a stream")).lines().take(3);
        assert_eq!(lines.count(), 3, "{listen}");
        platform.kill().expect("it ends");
        let said = Ended::from(platform.wait_with_output().expect("its streams")).stderr;
        let warning = format!("WARNING: --listen {listen} is open to others: whoever reaches this machine, ");
        assert_eq!(said.starts_with(&warning), is_open, "{said}");
        assert_eq!(said.is_empty(), !is_open, "{said}");
    }
}

#[test]
fn a_platform_that_leaks_an_org_or_a_workspace_is_caught_with_4() {
    for (fault, kind) in
        [("org-delete-leaves-instance", "org"), ("workspace-delete-does-nothing", "workspace")]
    {
        let mut command = shakedown();
        command
            .args(["run", "staging", "steady::codex", "--fault", fault, "--root", HERE])
            .env("E2E_RUNTIME", "codex");
        let ended: Ended = command.output().expect("it starts").into();
        assert_eq!(ended.code, Some(4), "{fault} {}", ended.said());
        assert!(ended.stderr.contains(&format!("LEAKED {kind} e2e-")), "{fault} {}", ended.said());
    }
}

#[test]
fn the_readme_names_the_commands_that_work() {
    let readme = std::fs::read_to_string(Path::new(HERE).join("README.md")).expect("a README");
    for command in ["cargo test --test staging", "ci/check.sh"] {
        assert!(readme.contains(command), "{command}");
    }
    let ended: Ended =
        cargo(&["run", "--quiet", "--", "plan", "staging"]).output().expect("cargo runs").into();
    assert_eq!(ended.code, Some(0), "{}", ended.said());
}
