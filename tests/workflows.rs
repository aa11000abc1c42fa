//! The workflows of both dialects: what they may say, and what every live job has.

use crate::support::workflow::{Access, InputKind, Job, Permissions, Scalar, Step, Workflow, all, read};
use harness_runner::load;
use harness_runner::model::exit::ExitCode;
use harness_runner::model::name::LaneName;
use harness_runner::model::suite::Suite;
use harness_runner::model::validate::compile;
use std::fs;
use std::path::Path;

const DIALECTS: [&str; 2] = [".github", ".gitea"];
/// Every action that a dialect may use.
const ACTIONS: [(&str, [&str; 3]); 2] = [
    (".github", ["actions/checkout@v4", "actions/upload-artifact@v4", "actions/download-artifact@v4"]),
    (".gitea", ["actions/checkout@v4", "actions/upload-artifact@v3", "actions/download-artifact@v3"]),
];
/// What expressions may read and call: both dialects know these.
const WORDS: [&str; 17] = [
    "always",
    "contains",
    "fromJSON",
    "secrets",
    "vars",
    "inputs",
    "github.event_name",
    "github.event.before",
    "github.server_url",
    "github.repository",
    "github.run_id",
    "steps",
    "needs",
    "true",
    "false",
    "schedule",
    "push",
];

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn suite() -> Suite {
    compile(&load::suite(here(), "staging").expect("the suite"))
        .unwrap_or_else(|findings| panic!("{findings:?}"))
}

/// Every job of both dialects, with the file that it stands in.
fn jobs() -> Vec<(String, String, Job)> {
    let workflows = DIALECTS.into_iter().flat_map(|dialect| {
        all(dialect).into_iter().map(move |(file, workflow, _)| (format!("{dialect}/{file}"), workflow))
    });
    workflows
        .flat_map(|(file, workflow)| {
            workflow.jobs.into_iter().map(move |(name, job)| (file.clone(), name, job))
        })
        .collect()
}

/// The expressions of a text.
fn expressions(text: &str) -> Vec<&str> {
    text.split("${{").skip(1).map(|rest| rest.split("}}").next().unwrap_or(rest).trim()).collect()
}

/// Every expression of a job: `${{ … }}`, and the conditions, which need none.
fn all_expressions(job: &Job) -> Vec<&str> {
    let conditions = job.condition.iter().chain(job.steps.iter().filter_map(|step| step.condition.as_ref()));
    let texts = job
        .env
        .values()
        .chain(job.outputs.values())
        .chain(job.steps.iter().flat_map(|step| step.env.values()));
    let written = texts.flat_map(|text| expressions(text));
    conditions.map(String::as_str).chain(written).collect()
}

/// The words of an expression: names with their dots, without texts in quotes.
fn words(expression: &str) -> Vec<&str> {
    let outside = expression.split('\'').step_by(2);
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || ".-_".contains(letter);
    outside
        .flat_map(|text| text.split(move |letter| !is_part(letter)))
        .filter(|word| !word.is_empty())
        .collect()
}

#[test]
fn a_word_that_a_dialect_may_not_know_is_an_error() {
    let right = "name: x\non:\n  push:\n    branches: [main]\npermissions:\n  contents: read\njobs:\n  a:\n    runs-on: b\n    \
                 timeout-minutes: 5\n    steps:\n      - run: ci/setup\n";
    assert_eq!(read(right).map(|workflow| workflow.name), Ok("x".to_owned()));
    for (from, to) in [
        ("timeout-minutes: 5", "timeout-minuts: 5"),
        ("    timeout-minutes: 5\n", ""),
        ("runs-on: b", "runs-on: { group: b }"),
        ("permissions:\n  contents: read\n", ""),
        ("contents: read", "contents: write-all"),
        ("contents: read", "packages: write"),
        ("- run: ci/setup", "- runs: ci/setup"),
        ("  push:", "  workflow_run:"),
        ("jobs:\n", "jobs:\n  a:\n    runs-on: c\n    timeout-minutes: 5\n    steps: []\n"),
    ] {
        let wrong = right.replace(from, to);
        assert_ne!(wrong, right, "{from}");
        assert!(read(&wrong).is_err(), "{wrong}");
    }
}

#[test]
fn both_dialects_have_every_workflow_and_differ_in_the_listed_texts_alone() {
    let (github, gitea) = (all(".github"), all(".gitea"));
    let names: Vec<&str> = github.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["canary.yml", "check.yml", "external.yml", "sanity.yml", "staging.yml", "sweep.yml"]);
    let mut changed = Vec::new();
    for ((name, _, one), (_, _, other)) in github.iter().zip(&gitea) {
        assert_eq!(one.lines().count(), other.lines().count(), "{name}");
        let lines = one.lines().zip(other.lines()).filter(|(one, other)| one != other);
        changed.extend(lines.map(|(one, other)| (one.trim().to_owned(), other.trim().to_owned())));
    }
    changed.sort();
    changed.dedup();
    let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
    assert_eq!(
        changed,
        [
            pair("ALERT_TRACKER: github", "ALERT_TRACKER: gitea"),
            pair("GATES_TRACKER: github", "GATES_TRACKER: gitea"),
            pair("uses: actions/download-artifact@v4", "uses: actions/download-artifact@v3"),
            pair("uses: actions/upload-artifact@v4", "uses: actions/upload-artifact@v3"),
        ]
    );
    for (dialect, actions) in ACTIONS {
        for (file, workflow, _) in all(dialect) {
            for step in workflow.jobs.values().flat_map(|job| &job.steps) {
                assert_ne!(
                    step.uses.is_some(),
                    step.run.is_some(),
                    "{file}: a step uses an action or runs a script"
                );
                if let Some(action) = &step.uses {
                    assert!(actions.contains(&action.as_str()), "{dialect}/{file}: {action}");
                }
            }
        }
    }
}

#[test]
fn the_clock_of_each_workflow_is_that_of_the_contract() {
    let crons: Vec<(String, Vec<String>)> = all(".gitea")
        .into_iter()
        .map(|(file, workflow, _)| {
            (file, workflow.on.schedule.into_iter().map(|schedule| schedule.cron).collect())
        })
        .collect();
    let expected = [
        ("canary.yml", "*/30 * * * *"),
        ("check.yml", ""),
        ("external.yml", "30 7 * * *"),
        ("sanity.yml", "0 6 * * 1"),
        ("staging.yml", "0 7 * * *"),
        ("sweep.yml", "17 * * * *"),
    ];
    let expected = expected.map(|(file, cron)| {
        (
            file.to_owned(),
            Some(cron.to_owned()).filter(|cron| !cron.is_empty()).into_iter().collect::<Vec<_>>(),
        )
    });
    assert_eq!(crons, expected);
}

#[test]
fn nothing_from_outside_reaches_a_shell_but_through_the_environment() {
    for (file, name, job) in jobs() {
        for step in &job.steps {
            let run = step.run.as_deref().unwrap_or_default();
            assert!(!run.contains("${{"), "{file} {name}: {run}");
            assert!(
                step.with.values().all(|value| !matches!(value, Scalar::Text(text) if text.contains("${{"))),
                "{file}"
            );
            // What a script gets stands in quotes, so that it is one word, whatever is in it.
            let bare = run.split('"').step_by(2).any(|outside| outside.contains('$'));
            assert!(!bare, "{file} {name}: {run}");
        }
        for expression in all_expressions(&job) {
            for word in words(expression) {
                let known = WORDS.contains(&word) || WORDS.contains(&word.split('.').next().unwrap_or(word));
                assert!(known, "{file} {name}: `{word}` in `{expression}`");
            }
        }
    }
}

#[test]
fn a_push_counts_on_main_alone_every_job_runs_on_a_plain_runner_and_only_the_recording_may_be_missing() {
    for (file, workflow, _) in DIALECTS.into_iter().flat_map(all) {
        for branches in workflow.on.push.iter().chain(&workflow.on.pull_request) {
            assert_eq!(branches.branches, ["main"], "{file}");
        }
        // Whoever sends a pull request gets no secret: it starts the check alone.
        assert_eq!(workflow.on.pull_request.is_some(), workflow.name == "check", "{file}");
        for (name, job) in &workflow.jobs {
            assert_eq!(job.runs_on, "ubuntu-latest", "{file} {name}");
            let forgiven: Vec<_> = job
                .steps
                .iter()
                .filter(|step| step.continue_on_error)
                .map(|step| step.name.as_deref())
                .collect();
            let expected: &[Option<&str>] =
                if name == "alert" { &[Some("fetch the recording")] } else { &[] };
            assert_eq!(forgiven, expected, "{file} {name}");
        }
    }
}

#[test]
fn permissions_are_the_least_and_only_the_alert_writes() {
    let reads = Permissions { contents: Some(Access::Read), ..Permissions::default() };
    let gates = Permissions { actions: Some(Access::Read), ..reads };
    let alerts = Permissions { actions: Some(Access::Read), issues: Some(Access::Write), ..reads };
    for dialect in DIALECTS {
        for (file, workflow, _) in all(dialect) {
            assert_eq!(workflow.permissions, reads, "{file}");
            for (name, job) in &workflow.jobs {
                let expected = match name.as_str() {
                    "alert" => Some(alerts),
                    "gates" => Some(gates),
                    _ => None,
                };
                assert_eq!(job.permissions, expected, "{file} {name}");
                let token = all_expressions(job).into_iter().any(|text| text == "secrets.GITHUB_TOKEN");
                assert_eq!(token, expected.is_some(), "{file} {name}");
                let is_checkout = |step: &&Step| {
                    step.uses.as_deref().is_some_and(|uses| uses.starts_with("actions/checkout@"))
                };
                for checkout in job.steps.iter().filter(is_checkout) {
                    assert_eq!(checkout.with["persist-credentials"], Scalar::Bool(false), "{file} {name}");
                }
            }
        }
    }
}

fn position(job: &Job, step: &Step) -> usize {
    job.steps.iter().position(|other| std::ptr::eq(other, step)).expect("it is one of them")
}

#[test]
fn a_live_job_is_exclusive_looks_first_sweeps_always_and_keeps_its_recording() {
    let suite = suite();
    let mut lanes = Vec::new();
    for (file, name, job) in jobs() {
        let is_live = job.env.contains_key("MOLECULE_ADMIN_TOKEN");
        let Some((lane, good)) = job.lane() else {
            let secrets = all_expressions(&job).iter().any(|text| text.starts_with("secrets.MOLECULE"));
            assert_eq!(secrets, name == "sweep", "{file} {name}");
            continue;
        };
        assert!(is_live, "{file} {name}");
        let declared = &suite.lanes[lane];
        assert_eq!(good, declared.expects.map_or(0, ExitCode::code), "{file} {name}");
        assert_eq!(job.env["REQUIRE_LIVE"], "1", "{file} {name}");
        let concurrency = job.concurrency.as_ref().expect("a group");
        assert_eq!(
            (concurrency.group.starts_with("e2e-staging"), concurrency.cancel_in_progress),
            (true, false),
            "{file}"
        );
        let preflight = job.runs("ci/preflight").expect("a look before anything is done");
        assert_eq!(preflight.run.as_deref(), Some(format!("ci/preflight {lane}").as_str()));
        let run = job.runs("ci/lane").expect("it runs");
        assert_eq!(
            (run.id.as_deref(), job.outputs["exit"].as_str()),
            (Some("run"), "${{ steps.run.outputs.exit }}")
        );
        let is_sweep = |step: &&Step| step.run.as_deref() == Some("cargo run --locked -- sweep staging");
        let sweep = job.steps.iter().find(is_sweep).expect("a sweep of its own run");
        let is_upload = |step: &&Step| {
            step.uses.as_deref().is_some_and(|uses| uses.starts_with("actions/upload-artifact@"))
        };
        let upload = job.steps.iter().find(is_upload).expect("its recording is kept");
        for last in [sweep, upload] {
            assert_eq!(last.condition.as_deref(), Some("always()"), "{file} {name}");
        }
        assert_eq!(upload.with["include-hidden-files"], Scalar::Bool(true), "the folder begins with a dot");
        let order = [preflight, run, sweep, upload].map(|step| position(&job, step));
        assert!(order.is_sorted(), "{file} {name}: {order:?}");
        lanes.push(lane.to_owned());
    }
    lanes.sort();
    lanes.dedup();
    let mut declared: Vec<&str> = suite.lanes.keys().map(LaneName::as_str).collect();
    declared.sort_unstable();
    assert_eq!(lanes, declared, "every lane has its workflow");
}

#[test]
fn every_secret_that_a_workflow_hands_over_is_declared_and_no_group_is_shared() {
    let suite = suite();
    let mut groups = Vec::new();
    for (file, name, job) in jobs() {
        for expression in all_expressions(&job) {
            if let Some(secret) = expression.strip_prefix("secrets.") {
                assert!(
                    secret == "GITHUB_TOKEN" || suite.secrets.contains(secret),
                    "{file} {name}: {secret}"
                );
            }
        }
        groups.extend(
            job.concurrency.filter(|_| file.starts_with(".github")).map(|concurrency| concurrency.group),
        );
    }
    let all = groups.len();
    groups.sort();
    groups.dedup();
    assert_eq!(groups.len(), all, "{groups:?}");
}

#[test]
fn what_a_workflow_refers_to_is_there() {
    for (file, workflow, text) in DIALECTS.into_iter().flat_map(all) {
        check_references(&file, &workflow);
        // Inputs are handed over by the names that they have.
        let inputs = workflow.on.workflow_dispatch.map(|dispatch| dispatch.inputs).unwrap_or_default();
        for (name, input) in &inputs {
            assert!(
                text.contains(&format!("${{{{ inputs.{name} }}}}")),
                "{file}: {name} is asked for and not used"
            );
            assert!(!input.description.is_empty());
            assert_eq!(
                input.kind == InputKind::Choice,
                input.options.contains(&input.default),
                "{file}: {name}"
            );
        }
        for expression in expressions(&text) {
            let name = expression.strip_prefix("inputs.");
            assert!(name.is_none_or(|name| inputs.contains_key(name)), "{file}: {expression}");
        }
    }
}

fn check_references(file: &str, workflow: &Workflow) {
    for (name, job) in &workflow.jobs {
        for needed in job.needs.names() {
            assert!(workflow.jobs.contains_key(needed), "{file} {name} needs {needed}");
        }
        for expression in all_expressions(job) {
            for word in words(expression) {
                match word.split('.').collect::<Vec<_>>().as_slice() {
                    ["needs", needed, "outputs", output] => {
                        assert!(job.needs.names().contains(needed), "{file} {name}: {word}");
                        assert!(
                            workflow.jobs[*needed].outputs.contains_key(*output),
                            "{file} {name}: {word}"
                        );
                    }
                    ["needs", needed, "result"] => {
                        assert!(job.needs.names().contains(needed), "{file} {name}: {word}");
                    }
                    ["steps", id, "outputs", _] => {
                        assert!(
                            job.steps.iter().any(|step| step.id.as_deref() == Some(id)),
                            "{file} {name}: {word}"
                        );
                    }
                    [first, ..] => assert!(!["needs", "steps"].contains(first), "{file} {name}: {word}"),
                    [] => {}
                }
            }
        }
        for script in job.steps.iter().filter_map(|step| step.run.as_ref()?.split_whitespace().next()) {
            let is_ours = script.starts_with("ci/") && is_executable(&here().join(script));
            assert!(is_ours || script == "cargo", "{file} {name}: {script}");
        }
        let runs_ours =
            job.steps.iter().any(|step| step.run.as_deref().is_some_and(|run| run.contains("cargo")));
        assert!(!runs_ours || job.runs("ci/setup").is_some(), "{file} {name}: Rust may be missing");
    }
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|known| known.is_file() && known.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}
