//! The history: what comes back is what was added, whoever adds at the same time, and what is none of ours stays as it is.

#![expect(clippy::unwrap_used, reason = "what cannot be opened here fails its test")]

use harness_model::exit::ExitCode;
use harness_model::gates::Gate;
use harness_model::history::{PastCase, PastRun, Weather};
use harness_model::name::{ArmName, CaseId, StepName};
use harness_model::provenance::Provenance;
use harness_model::verdict::Verdict;
use harness_report::history::{Access, Added, Extent, History, HistoryError, Wanted};
use jiff::Timestamp;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::time::Duration;
use tempfile::TempDir;

fn case(id: &str, verdict: Verdict) -> PastCase {
    PastCase {
        id: CaseId::new(id),
        arms: vec![ArmName::new("codex"), ArmName::new("größer/🦀")],
        gate: Gate::Advisory,
        verdict,
        step: Some(StepName::new("online")),
        cause: "it said 'no'; DROP TABLE run --".to_owned(),
        elapsed: Duration::from_micros(1_250_001),
        attempts: 1,
    }
}

fn run(number: u32, verdicts: &[Verdict]) -> PastRun {
    let cases =
        verdicts.iter().enumerate().map(|(position, verdict)| case(&format!("s::{position}"), *verdict));
    PastRun {
        id: format!("r{number}"),
        suite: "sample".to_owned(),
        environment: "live".to_owned(),
        lane: Some("full".to_owned()),
        provenance: Provenance {
            commit: Some(format!("c{number}")),
            branch: Some("main".to_owned()),
            apart: vec!["broken on purpose: x".to_owned()],
        },
        began: Timestamp::from_second(1_800_000_000 + i64::from(number) * 60).unwrap(),
        elapsed: Duration::from_secs(75),
        exit: ExitCode::Failure,
        weather: Weather::Calm,
        cases: cases.collect(),
    }
}

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    (folder, path)
}

fn all(path: &Path) -> Vec<PastRun> {
    History::open(path, Access::Read).unwrap().runs(&Wanted::default()).unwrap()
}

#[test]
fn a_run_comes_back_as_it_was_added_and_is_added_once() {
    let (_folder, path) = folder();
    let (first, second) = (run(1, &[Verdict::Passed, Verdict::KnownRed]), run(2, &Verdict::ALL));
    let mut history = History::open(&path, Access::Write).unwrap();
    assert_eq!(history.add(&second, Extent::Whole).unwrap(), Added::New);
    assert_eq!(history.add(&first, Extent::Whole).unwrap(), Added::New);
    let changed = PastRun { exit: ExitCode::Success, cases: Vec::new(), ..first.clone() };
    assert_eq!(history.add(&changed, Extent::Whole).unwrap(), Added::Known);
    assert_eq!(all(&path), [first, second]);
}

#[test]
fn runs_are_asked_for_by_what_they_are_and_the_newest_come_first_into_a_limit() {
    let (_folder, path) = folder();
    let mut history = History::open(&path, Access::Write).unwrap();
    for number in 0..6 {
        let mut run = run(number, &[Verdict::Passed]);
        run.provenance.branch = Some(if number % 2 == 0 { "main" } else { "side" }.to_owned());
        history.add(&run, Extent::Whole).unwrap();
    }
    let ids = |wanted: &Wanted<'_>| -> Vec<String> {
        history.runs(wanted).unwrap().into_iter().map(|run| run.id).collect()
    };
    assert_eq!(ids(&Wanted { branch: Some("main"), limit: Some(2), ..Wanted::default() }), ["r2", "r4"]);
    assert_eq!(ids(&Wanted { lane: Some("canary"), ..Wanted::default() }), [""; 0]);
    let until = Some(run(1, &[]).began);
    assert_eq!(ids(&Wanted { until, suite: Some("sample"), ..Wanted::default() }), ["r0", "r1"]);
    assert_eq!(ids(&Wanted { before: until, environment: Some("live"), ..Wanted::default() }), ["r0"]);
    let held = history.holdings().unwrap();
    assert_eq!((held[0].suite.as_str(), held[0].runs, held[0].newest), ("sample", 6, run(5, &[]).began));
    assert_eq!(history.forget(&["r0".to_owned(), "nobody".to_owned()]).unwrap(), 1);
    assert!(!history.knows("r0").unwrap() && history.knows("r1").unwrap());
}

#[test]
fn the_processes_of_a_run_add_their_cases_and_the_whole_replaces_them() {
    let (_folder, path) = folder();
    let mut history = History::open(&path, Access::Write).unwrap();
    let part = |id: &str, verdict, exit, after| PastRun {
        id: "shared".to_owned(),
        cases: vec![case(id, verdict)],
        began: run(after, &[]).began,
        exit,
        ..run(0, &[])
    };
    history.add(&part("s::a", Verdict::Failed, ExitCode::Failure, 1), Extent::Part).unwrap();
    history.add(&part("s::b", Verdict::Passed, ExitCode::Success, 0), Extent::Part).unwrap();
    history.add(&part("s::a", Verdict::Passed, ExitCode::Success, 2), Extent::Part).unwrap();
    let found = all(&path).remove(0);
    let cases: Vec<_> =
        found.cases.iter().map(|case| (case.id.as_str(), case.verdict, case.attempts)).collect();
    assert_eq!(cases, [("s::a", Verdict::Flaky, 2), ("s::b", Verdict::Passed, 1)]);
    assert_eq!((found.exit, found.began), (ExitCode::Failure, run(0, &[]).began));
    assert_eq!(found.elapsed, Duration::from_secs(75 + 120));
    let whole = PastRun { id: "shared".to_owned(), ..run(3, &[Verdict::Passed]) };
    assert_eq!(history.add(&whole, Extent::Whole).unwrap(), Added::New);
    assert_eq!(
        history.add(&part("s::z", Verdict::Failed, ExitCode::Failure, 1), Extent::Part).unwrap(),
        Added::Known
    );
    assert_eq!(all(&path), [whole]);
}

#[test]
fn only_all_parts_together_are_a_storm() {
    let (_folder, path) = folder();
    let mut history = History::open(&path, Access::Write).unwrap();
    for number in 0..6_u32 {
        let part = PastRun {
            id: "shared".to_owned(),
            cases: vec![case(&format!("s::{number}"), Verdict::Errored)],
            ..run(number, &[])
        };
        history.add(&part, Extent::Part).unwrap();
        let expected = if number < 4 { Weather::Calm } else { Weather::Storm };
        assert_eq!(all(&path)[0].weather, expected, "{number}");
    }
}

#[test]
fn many_writers_at_once_lose_nothing_and_the_file_is_made_once() {
    const WRITERS: u32 = 8;
    const RUNS: u32 = 12;
    let (_folder, path) = folder();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let path = &path;
            scope.spawn(move || {
                for number in 0..RUNS {
                    let run = run(writer * RUNS + number, &[Verdict::Passed; 20]);
                    let mut history = History::open(path, Access::Write).unwrap();
                    assert_eq!(history.add(&run, Extent::Whole).unwrap(), Added::New);
                }
            });
        }
    });
    let found = all(&path);
    assert_eq!(found.len(), (WRITERS * RUNS) as usize);
    assert!(found.iter().all(|run| run.cases.len() == 20));
}

#[test]
fn whoever_comes_while_the_tables_are_made_finds_them_all() {
    const WRITERS: usize = 8;
    for _round in 0..100 {
        let (_folder, path) = folder();
        let start = Barrier::new(WRITERS);
        std::thread::scope(|scope| {
            for _writer in 0..WRITERS {
                scope.spawn(|| {
                    start.wait();
                    History::open(&path, Access::Write).unwrap();
                });
            }
        });
    }
}

#[test]
fn what_is_no_history_of_ours_is_named_and_left_as_it_is() {
    let (folder, path) = folder();
    let error = |access| History::open(&path, access).unwrap_err();
    assert!(matches!(error(Access::Read), HistoryError::None { .. }));
    fs::write(&path, "{\"at\":\"2026-11-21T05:00:00Z\"}\n".repeat(100)).unwrap();
    for access in [Access::Read, Access::Write] {
        let before = fs::read(&path).unwrap();
        let said = error(access).to_string();
        assert!(said.ends_with("history.db cannot be opened as a history"), "{said}");
        assert_eq!(fs::read(&path).unwrap(), before);
    }
    fs::remove_file(&path).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE run (id TEXT); INSERT INTO run VALUES ('theirs');").unwrap();
    drop(other);
    let before = fs::read(&path).unwrap();
    for access in [Access::Read, Access::Write] {
        assert!(matches!(error(access), HistoryError::Foreign { .. }));
        assert_eq!(fs::read(&path).unwrap(), before);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_newer_history_is_refused_by_its_version() {
    let (_folder, path) = folder();
    drop(History::open(&path, Access::Write).unwrap());
    let newer = rusqlite::Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 7).unwrap();
    drop(newer);
    for access in [Access::Read, Access::Write] {
        let said = History::open(&path, access).unwrap_err().to_string();
        assert!(said.contains("is a history of version 7, this program reads up to 1"), "{said}");
    }
}

#[test]
fn a_row_that_no_version_of_ours_writes_is_named() {
    let (_folder, path) = folder();
    History::open(&path, Access::Write).unwrap().add(&run(1, &[Verdict::Passed]), Extent::Whole).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute("UPDATE result SET verdict = 'superb'", []).unwrap();
    let said = History::open(&path, Access::Read).unwrap().runs(&Wanted::default()).unwrap_err().to_string();
    assert!(said.ends_with("result.verdict is \"superb\", which this program never writes"), "{said}");
}
