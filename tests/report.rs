//! Views of a run: what it writes itself, what is made of its recording later, and what is refused.

use crate::support::stub::Stub;
use crate::support::verdicts::{TABLE, root};
use crate::support::{Ended, Root, shakedown};
use harness_runner::model::event::VERSION;
use harness_runner::model::log_schema;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

const FORMATS: [&str; 7] = ["text", "json", "junit", "markdown", "annotations", "html", "prometheus"];

fn report(root: &Root, arguments: &[&str]) -> Ended {
    let mut command = shakedown();
    command.arg("report").args(arguments).arg("--root").arg(root.path());
    command.output().expect("it starts").into()
}

/// The one file of a root's recordings that is called like this.
fn recorded(root: &Root, name: &str) -> PathBuf {
    let runs = fs::read_dir(root.path().join(".shakedown/runs")).expect("runs");
    runs.flatten().map(|run| run.path().join(name)).find(|path| path.is_file()).expect("a recording")
}

/// A root with the recording of a run in which one case failed, and another was left out.
fn failed() -> (Root, Ended) {
    let (stub, root) = (Stub::start(), root("required"));
    let ended = root.native(&[("TRUTH_URL", &stub.url), ("E2E_VERDICT", "failed,skipped")], &[]);
    (root, ended)
}

#[test]
fn a_view_that_a_run_wrote_is_byte_for_byte_the_one_that_its_recording_gives() {
    let (stub, root) = (Stub::start(), root("required"));
    let paths = FORMATS.map(|format| (format, root.path().join(format!("views/{{suite}}.{format}"))));
    let wanted: Vec<String> =
        paths.iter().map(|(format, path)| format!("--report={format}={}", path.display())).collect();
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let ended = root.native(&[("TRUTH_URL", &stub.url), ("E2E_VERDICT", "failed,passed,skipped")], &wanted);
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    for (format, path) in paths {
        let path = PathBuf::from(path.display().to_string().replace("{suite}", "staging"));
        let written = fs::read_to_string(&path).expect("a view");
        let later = report(&root, &["--format", format]);
        assert_eq!((later.code, later.stdout.as_str()), (Some(0), written.as_str()), "{}", later.said());
        assert!(ended.stderr.contains(&format!("{format} {}", path.display())), "{}", ended.said());
    }
}

#[test]
fn a_report_ends_as_the_run_did_only_when_it_is_asked_to() {
    let stub = Stub::start();
    for gate in ["required", "advisory"] {
        for (verdict, required, advisory, _) in TABLE {
            let root = root(gate);
            root.native(&[("TRUTH_URL", &stub.url), ("E2E_VERDICT", verdict)], &[]);
            let expected = if gate == "required" { required } else { advisory };
            assert_eq!(report(&root, &["--exit-code"]).code, Some(expected), "{verdict} {gate}");
            let json = report(&root, &["--last", "--format", "json"]);
            assert_eq!(json.code, Some(0), "{}", json.said());
            let document: serde_json::Value = serde_json::from_str(&json.stdout).expect("JSON");
            assert_eq!(document["exit"]["code"], expected, "{verdict} {gate}");
        }
    }
}

#[test]
fn the_test_target_writes_the_views_that_its_variable_names() {
    let (stub, root) = (Stub::start(), root("required"));
    let xml = root.path().join("junit.xml");
    let wanted = format!("junit={}", xml.display());
    let variables = [("TRUTH_URL", stub.url.as_str()), ("E2E_VERDICT", "failed"), ("E2E_REPORT", &wanted)];
    let ended = root.libtest(&variables, &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    let text = fs::read_to_string(&xml).expect("a view");
    assert!(text.contains("<testcase name=\"truth::failed\" classname=\"staging.truth\""), "{text}");
    assert!(text.contains("name=\"axis.verdict\" value=\"failed\""), "{text}");
    let wrong = root.libtest(&[("TRUTH_URL", &stub.url), ("E2E_REPORT", "junt=x.xml")], &[]);
    assert_eq!(wrong.code, Some(2), "{}", wrong.said());
    assert!(
        wrong.stderr.contains("E2E_REPORT: there is no format `junt`: did you mean `junit`?"),
        "{}",
        wrong.said()
    );
}

#[test]
fn a_view_that_cannot_be_written_is_named_in_the_last_lines_and_changes_no_verdict() {
    let (stub, root) = (Stub::start(), root("required"));
    let taken = root.path().join("taken.xml");
    fs::write(&taken, "<html>").expect("a file");
    let wanted = format!("--report=junit={}", taken.display());
    let ended = root.native(&[("TRUTH_URL", &stub.url), ("E2E_VERDICT", "passed")], &[&wanted]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    let last: Vec<&str> = ended.stderr.trim_end().lines().rev().take(2).collect();
    let named = format!("NOT WRITTEN junit {}: it is there already and is no junit of ours", taken.display());
    assert!(last[1].starts_with(&named), "{}", ended.said());
    assert_eq!(last[0], "exit 0: nothing is red");
    assert_eq!(fs::read_to_string(&taken).expect("it is still there"), "<html>");
}

#[test]
fn a_run_is_shown_again_as_it_went() {
    let (root, ran) = failed();
    let mut command = shakedown();
    let ended: Ended =
        command.args(["replay", "--root"]).arg(root.path()).output().expect("it starts").into();
    assert_eq!((ended.code, &ended.stdout), (Some(0), &ran.stderr), "{}", ended.said());
}

#[test]
fn a_replay_at_the_pace_of_the_run_says_the_same() {
    let (root, ran) = failed();
    let replay = |arguments: &[&str]| {
        let mut command = shakedown();
        command.arg("replay").args(arguments).arg("--root").arg(root.path());
        Ended::from(command.output().expect("it starts"))
    };
    let fast = replay(&["--speed", "1e6"]);
    assert_eq!((fast.code, &fast.stdout), (Some(0), &ran.stderr), "{}", fast.said());
    for nonsense in ["0", "-1", "inf", "fast"] {
        let refused = replay(&[&format!("--speed={nonsense}")]);
        assert_eq!(refused.code, Some(2), "{}", refused.said());
        assert!(refused.stderr.contains("say how many times as fast"), "{}", refused.said());
    }
}

#[test]
fn a_recording_is_found_by_its_id_and_by_its_path_and_a_slip_is_answered() {
    let (root, _) = failed();
    let log = recorded(&root, "events.jsonl");
    let folder = log.parent().expect("a folder");
    let id = folder.file_name().expect("a name").to_string_lossy().into_owned();
    let newest = report(&root, &[]).stdout;
    for run in [&id, &folder.display().to_string(), &log.display().to_string()] {
        assert_eq!(report(&root, &[run]).stdout, newest, "{run}");
    }
    let slip = report(&root, &[&id[..id.len() - 1]]);
    assert_eq!(slip.code, Some(2), "{}", slip.said());
    assert!(slip.stderr.contains(&format!("did you mean `{id}`?")), "{}", slip.said());
    let none = report(&crate::support::Root::new(&[]), &[]);
    assert!(none.stderr.contains("there is no recording in "), "{}", none.said());
}

fn version(number: u32) -> String {
    format!("\"version\":{number}")
}

/// What somebody did to a log.
type Change = fn(&str) -> String;

/// What `report` says of a recording that was changed like this.
fn said_of(change: Change) -> Ended {
    let (root, _) = failed();
    let log = recorded(&root, "events.jsonl");
    let text = fs::read_to_string(&log).expect("a log");
    fs::write(&log, change(&text)).expect("a log");
    report(&root, &["--output", &root.path().join("out.txt").display().to_string()])
}

#[test]
fn a_recording_that_is_not_what_was_written_is_refused_with_its_line() {
    let longer = |text: &str| {
        let ended = text.lines().find(|line| line.contains("\"case-ended\"")).expect("an end");
        format!("{text}{ended}\n")
    };
    let newer = format!("the log has version {}, this program reads up to {VERSION}", VERSION + 1);
    let table: [(Change, &str); 7] = [
        (
            |text| text.replace("\"verdict\":\"failed\"", "\"verdict\":\"passed\""),
            "says that the run ended with exit 1, and the lines before it come to 0",
        ),
        (|text| text.replacen('\n', "\n{\"level\":\"info\"}\n", 1), "line 2 is not an event of this format"),
        (|text| text.replacen(&version(VERSION), &version(VERSION + 1), 1), &newer),
        (|text| text.repeat(2), "starts a run within a run"),
        (longer, "plans or ends something after the run has ended"),
        (|text| text.split_once('\n').expect("lines").1.to_owned(), "the log does not begin with a run"),
        (|_| "a text\n".to_owned(), "the log does not begin with a run"),
    ];
    for (change, words) in table {
        let ended = said_of(change);
        assert_eq!(ended.code, Some(2), "{words}\n{}", ended.said());
        assert!(ended.stderr.contains(words), "{words}\n{}", ended.said());
        assert!(ended.stderr.contains("events.jsonl: "), "{}", ended.said());
    }
}

#[test]
fn a_recording_that_was_cut_tells_of_cases_without_an_end_wherever_it_was_cut() {
    let (root, _) = failed();
    let log = recorded(&root, "events.jsonl");
    let text = fs::read_to_string(&log).expect("a log");
    let first = text.find('\n').expect("a line") + 1;
    for end in (first..text.len()).step_by(97) {
        fs::write(&log, &text.as_bytes()[..end]).expect("a log");
        let ended = report(&root, &["--exit-code"]);
        assert_eq!(ended.code, Some(70), "cut at {end}\n{}", ended.said());
        assert!(ended.stdout.contains("the recording has no last line"), "cut at {end}\n{}", ended.said());
    }
}

#[test]
fn a_recording_of_which_any_line_is_missing_is_refused() {
    let (root, _) = failed();
    let log = recorded(&root, "events.jsonl");
    let text = fs::read_to_string(&log).expect("a log");
    let lines: Vec<&str> = text.lines().collect();
    for missing in 1..lines.len() - 1 {
        let mut rest = lines.clone();
        rest.remove(missing);
        fs::write(&log, rest.join("\n") + "\n").expect("a log");
        let ended = report(&root, &["--exit-code"]);
        assert_eq!(ended.code, Some(2), "without line {missing}\n{}", ended.said());
    }
}

#[test]
fn a_plan_that_was_changed_after_the_run_began_is_named() {
    let (root, _) = failed();
    let plan = recorded(&root, "plan.json");
    let text = fs::read_to_string(&plan).expect("a plan");
    fs::write(&plan, text.replace("truth::skipped", "truth::left-out")).expect("a plan");
    let ended = report(&root, &[]);
    assert_eq!(ended.code, Some(2), "{}", ended.said());
    assert!(
        ended.stderr.contains("plan.json is not the plan that line 1 of the log names"),
        "{}",
        ended.said()
    );
}

#[test]
fn a_run_of_nextest_is_judged_as_a_whole() {
    let (stub, root) = (Stub::start(), root("required"));
    let process = |verdict: &str, expected: i32| {
        let xml = root.path().join("junit.xml").display().to_string();
        let wanted = format!("junit={xml}");
        let variables =
            [("TRUTH_URL", stub.url.as_str()), ("NEXTEST_RUN_ID", "a-run"), ("E2E_REPORT", &wanted)];
        let case = format!("truth::{verdict}");
        let ended = root.libtest(&variables, &["--exact", &case, "--nocapture"]);
        assert_eq!(ended.code, Some(expected), "{}", ended.said());
        assert!(ended.stderr.contains("shakedown report --nextest a-run --format junit"), "{}", ended.said());
        assert!(!root.path().join("junit.xml").exists(), "no process may write the view of all");
    };
    let other = failed().0;
    let none = report(&other, &["--nextest"]);
    assert_eq!(none.code, Some(2), "{}", none.said());
    assert!(none.stderr.contains("is one of nextest, whose cases are processes"), "{}", none.said());
    process("passed", 0);
    process("flaky", 0);
    let green = report(&root, &["--nextest", "--format", "json"]);
    assert_eq!(green.code, Some(0), "{}", green.said());
    process("failed", 1);
    let red = report(&root, &["--nextest", "a-run", "--format", "json"]);
    assert_eq!(red.code, Some(1), "{}", red.said());
    let document: serde_json::Value = serde_json::from_str(&red.stdout).expect("JSON");
    let verdicts = document["verdicts"].to_string();
    assert_eq!(verdicts, r#"{"passed":1,"flaky":1,"failed":1}"#);
    assert_eq!(document["cases"][2]["axes"]["verdict"], "failed", "each process has a plan of its own");
}

#[test]
fn every_line_of_a_real_run_is_right_by_the_schema_and_the_schema_refuses_others() {
    let validator = jsonschema::validator_for(&log_schema::document()).expect("a schema");
    let (ours, (damaged, _)) = (Root::like_ours(), failed());
    assert_eq!(ours.native(&[], &[]).code, Some(0));
    let (text, other) = (ours.log(), damaged.log());
    let mut kinds = BTreeSet::new();
    for line in text.lines().chain(other.lines()) {
        let event: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let errors: Vec<String> = validator.iter_errors(&event).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new(), "{line}");
        kinds.insert(event["event"].as_str().expect("a kind").to_owned());
    }
    assert!(kinds.len() >= 13, "{kinds:?}");
    let first: serde_json::Value = serde_json::from_str(text.lines().next().expect("a line")).expect("JSON");
    for (field, value) in [("event", "run-jumped"), ("policy", "strict"), ("version", "one")] {
        let mut wrong = first.clone();
        wrong[field] = value.into();
        assert!(!validator.is_valid(&wrong), "{field}={value}");
    }
}

#[test]
fn a_recording_whose_first_line_says_otherwise_than_its_plan_or_names_no_run_of_ours_is_refused() {
    let (root, _) = failed();
    let log =
        fs::read_dir(root.path().join(".shakedown/runs")).expect("runs").flatten().next().expect("a run");
    let log = log.path().join("events.jsonl");
    let text = fs::read_to_string(&log).expect("a log");
    let run: serde_json::Value = serde_json::from_str(text.lines().next().expect("a line")).expect("JSON");
    let run = run["run"].as_str().expect("a run");
    let changes = [
        (
            "\"environment\":\"live\"",
            "\"environment\":\"embedded\"",
            "its line 1 has the environment embedded, and its plan has live",
        ),
        (run, "\\u001b[31mred", "line 1 names the run \"\\u{1b}[31mred\", which no run of ours is called"),
        (run, "../../elsewhere", "line 1 names the run \"../../elsewhere\""),
    ];
    for (from, to, words) in changes {
        assert!(text.contains(from), "{from}");
        fs::write(&log, text.replacen(from, to, 1)).expect("a file");
        let refused = report(&root, &[&log.display().to_string()]);
        assert_eq!(refused.code, Some(2), "{}", refused.said());
        assert!(refused.stderr.contains(words), "{}", refused.said());
    }
}
