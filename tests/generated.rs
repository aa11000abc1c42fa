//! Files that are derived from others are current.

use crate::support::{Ended, Root, shakedown};
use harness_runner::model::{event, log_schema};
use std::fs;
use std::path::Path;

fn generate(root: &Path, arguments: &[&str]) -> Ended {
    shakedown().arg("generate").args(arguments).arg("--root").arg(root).output().expect("it starts").into()
}

#[test]
fn schemas_reference_diagnostics_variables_faults_and_workflows_are_current() {
    let ended = generate(Path::new(env!("CARGO_MANIFEST_DIR")), &["--check"]);
    assert_eq!(ended.code, Some(0), "run `cargo run -- generate`\n{}", ended.said());
}

#[test]
fn what_is_stale_is_named_with_the_command_that_mends_it_and_then_written() {
    let root = Root::new(&[
        (
            "suite.toml",
            "[suite]\nname = \"staging\"\n[service.api]\nbase = \"https://api.example\"\n[environment.here]\nprovides = \"secrets\"\n",
        ),
        ("ci/x.yml", "on: push\n"),
        (".github/workflows/x.yml", "on: pull\n"),
    ]);
    let stale = generate(root.path(), &["--check"]);
    let files = [
        ".github/workflows/x.yml",
        "shakedown.schema.json",
        "docs/event.schema.json",
        "docs/recording.md",
        "docs/report.schema.json",
        "docs/comparison.schema.json",
        "docs/history.schema.json",
        "docs/gate.schema.json",
        "docs/proof.schema.json",
        "docs/plan.schema.json",
        "docs/checkup.schema.json",
        "docs/detection.schema.json",
        "docs/alert.schema.json",
        "docs/alert-policy.schema.json",
        "docs/matrix.schema.json",
        "docs/reference.md",
        "docs/faults.md",
        "docs/diagnostics.md",
        "docs/variables.md",
    ];
    let named: String = files.map(|file| format!("stale: {file}\n")).concat();
    assert_eq!((stale.code, stale.stdout.as_str()), (Some(1), named.as_str()));
    assert!(stale.stderr.contains("cargo run -- generate"), "{}", stale.said());
    assert!(!root.path().join("docs").exists(), "--check writes nothing");
    assert_eq!(generate(root.path(), &[]).code, Some(0));
    let copy = fs::read_to_string(root.path().join(".github/workflows/x.yml")).expect("a copy");
    assert_eq!(copy, "on: push\n");
    let again = generate(root.path(), &["--check"]);
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), ""));
    fs::write(root.path().join("docs/variables.md"), "old").expect("a file");
    assert_eq!(generate(root.path(), &["--check"]).stdout, "stale: docs/variables.md\n");
}

#[test]
fn what_each_fault_is_noticed_by_is_a_page_of_its_own_that_goes_stale_with_a_row() {
    let root = Root::like_ours();
    let page = || fs::read_to_string(root.path().join("scenarios/FAULTS.md")).expect("a page");
    assert!(page().contains("| `pause-does-nothing` | "), "{}", page());
    let path = root.path().join("scenarios/staging/faults.toml");
    let rows = fs::read_to_string(&path).expect("rows");
    let row = "\n[[fault]]\nfault = \"a2a-echo\"\nscenario = \"restart\"\nstep = \"round trip\"\ncause = \"model\"\n";
    fs::write(&path, rows + row).expect("a row");
    assert!(generate(root.path(), &["--check"]).stdout.contains("stale: scenarios/FAULTS.md\n"));
    assert_eq!(generate(root.path(), &[]).code, Some(0));
    assert!(page().contains("<br>restart in `round trip`, model |"), "{}", page());
}

#[test]
fn what_gitea_wants_otherwise_is_listed_and_everything_else_stays_byte_for_byte() {
    let change =
        |github: &str| format!("[[replace]]\ngithub = \"{github}\"\ngitea = \"b@3\"\nwhy = \"it does\"\n");
    let root = Root::new(&[
        (
            "suite.toml",
            "[suite]\nname = \"staging\"\n[environment.here]\nprovides = \"secrets\"\n[service.api]\nbase = \"https://api.example\"\n",
        ),
        ("ci/x.yml", "uses: a@4 # a@4\n\tTab\n"),
        ("ci/y.yml", "run: true"),
        ("ci/gitea.toml", &change("a@4")),
    ]);
    assert_eq!(generate(root.path(), &[]).code, Some(0));
    let read = |path: &str| fs::read_to_string(root.path().join(path)).expect("a copy");
    assert_eq!(read(".gitea/workflows/x.yml"), "uses: b@3 # b@3\n\tTab\n");
    assert_eq!(read(".gitea/workflows/y.yml"), "run: true");
    assert_eq!(read(".github/workflows/x.yml"), "uses: a@4 # a@4\n\tTab\n");
    root.write("ci/gitea.toml", &change("a@5"));
    let forgotten = generate(root.path(), &["--check"]);
    assert_eq!(forgotten.code, Some(2));
    assert!(forgotten.stderr.contains("no workflow of ci/ has `a@5`"), "{}", forgotten.said());
    root.write("ci/gitea.toml", &(change("a@4") + "wyh = \"\"\n"));
    assert!(generate(root.path(), &[]).stderr.contains("unknown field `wyh`"));
}

#[test]
fn the_variables_of_a_suite_are_listed_with_their_origin() {
    let root = Root::new(&[
        (
            "suite.toml",
            "[suite]\nname = \"staging\"\n[environment.here]\nprovides = \"secrets\"\n[environment.live]\nwhen = \"API_URL\"\n\
             [variable.REGION]\ndefault = \"eu\"\n[service.api]\nbase = \"{{ env.API_URL }}\"\n[secret.API_KEY]\n\
             [credential.caller]\nbearer = \"{{ secret.API_KEY }}\"\non = [\"api\"]\n[bind]\nbudget = \"5m\"\n\
             [axis.color]\naliases = { warm = [\"red\"] }\n[lane.night]\nbind = { budget = \"9m\" }\n\
             [meaning]\nbudget = \"how long to wait\"\nAPI_KEY = \"what lets us in\"\nREGION = \"where\"\n",
        ),
        (
            "one.toml",
            "[scenario]\nname = \"one\"\n[matrix]\ncolor = [\"red\", \"blue\"]\n[[step]]\nname = \"a\"\n\
             run.http = { on = \"api\", path = \"/\" }\nexpect = [\"status == 200\"]\n",
        ),
    ]);
    assert_eq!(generate(root.path(), &[]).code, Some(0));
    let page = fs::read_to_string(root.path().join("docs/variables.md")).expect("a page");
    for row in [
        "| `live` | `API_URL` is set | the variables below |",
        "| `REGION` | where | `eu` | `[variable.REGION]` |",
        "| `API_URL` |  | must be set, or is supplied | `[environment.live] when` |",
        "| `API_KEY` | what lets us in | a credential: no run on `live` without it |",
        "| `E2E_COLOR` | `blue`, `red` | `warm`: `red` |",
        "| `E2E_LANE` | `night` |  |",
        "| `E2E_BUDGET` | how long to wait | `\"5m\"` | `\"9m\"` in `lane night` |",
    ] {
        assert!(page.contains(row), "{row}\n{page}");
    }
}

#[test]
fn the_shape_of_an_event_changes_only_together_with_its_version() {
    let name = format!("the-shape-of-an-event-in-version-{}", event::VERSION);
    let description = "When this fails, the written format of the log has changed. What an older reader may overlook, an \
                       optional field, can be accepted (INSTA_UPDATE=always). Anything else needs a new event::VERSION, \
                       and gets a snapshot of its own.";
    insta::with_settings!({ description => description, omit_expression => true }, {
        insta::assert_snapshot!(name, format!("{:#}", log_schema::shape()));
    });
}
