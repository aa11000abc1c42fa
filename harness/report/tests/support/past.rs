//! Runs of the past: twelve days of a suite, as the README shows them, and one whose every text is hostile.

use harness_model::exit::ExitCode;
use harness_model::gates::Gate;
use harness_model::history::{PastCase, PastRun, Weather};
use harness_model::name::{ArmName, CaseId, StepName};
use harness_model::provenance::Provenance;
use harness_model::verdict::Verdict;
use jiff::Timestamp;
use std::time::Duration;

/// An id, an arm, signs and times.
type Row = (&'static str, Option<&'static str>, &'static str, (u64, u64));

/// A case, its arm, a sign for each run, and how long it takes at first and by how much more each day.
///
/// *Units*: seconds.
const CASES: [Row; 7] = [
    ("provision::claude-code::steady", Some("claude-code/minimax"), "++++!+~+++++", (38, 0)),
    ("provision::claude-code::pause-resume", Some("claude-code/minimax"), "++++!+++++++", (52, 0)),
    ("provision::codex::steady", Some("codex"), "++++!++++xxx", (31, 2)),
    ("provision::codex::pause-resume", Some("codex"), "+++x!++++x+x", (44, 2)),
    ("provision::google-adk::steady", Some("google-adk/ai-studio"), "kkkk!kkkkkkk", (3, 0)),
    ("provision::hermes::steady", Some("hermes"), "..++!+++~+++", (24, 0)),
    ("external::kimi", None, "++++!+++++++", (9, 0)),
];

/// One for each day; the third was run twice.
const COMMITS: [&str; 12] = [
    "3f1c2a90b",
    "8d20e4417",
    "c77b01f3e",
    "c77b01f3e",
    "51aa9d6c8",
    "e90b3f725",
    "0c4d8812f",
    "b6f2e17a4",
    "7e5590cd1",
    "1f3a58a9c",
    "9a6e04b7d",
    "5bd4cb51a",
];

/// What was red in `codex`.
pub(crate) const CAUSE: &str = "not within 15m, last seen 'provisioning'";

/// Twelve runs of `staging` on `live`, one a day.
pub(crate) fn sample() -> Vec<PastRun> {
    (0..COMMITS.len()).map(run).collect()
}

fn run(number: usize) -> PastRun {
    let day = 10 + number;
    let cases: Vec<PastCase> = CASES.iter().filter_map(|row| case(row, number)).collect();
    let is_red = cases.iter().any(|case| matches!(case.verdict, Verdict::Failed | Verdict::Errored));
    let mut run = PastRun {
        id: format!("202611{day}-070212-42c6ff{number:02x}"),
        suite: "staging".to_owned(),
        environment: "live".to_owned(),
        lane: Some("full".to_owned()),
        provenance: Provenance {
            commit: Some(COMMITS[number].to_owned()),
            branch: Some("main".to_owned()),
            apart: Vec::new(),
        },
        began: format!("2026-11-{day}T07:02:12Z").parse().expect("a time"),
        elapsed: Duration::from_secs(190 + 7 * number as u64),
        exit: if is_red { ExitCode::Failure } else { ExitCode::Success },
        weather: Weather::Calm,
        cases,
    };
    run.look_at_the_sky();
    run
}

fn case((id, arm, signs, (seconds, more)): &Row, number: usize) -> Option<PastCase> {
    let verdict = match signs.chars().nth(number)? {
        '+' => Verdict::Passed,
        '~' => Verdict::Flaky,
        'x' => Verdict::Failed,
        '!' => Verdict::Errored,
        'k' => Verdict::KnownRed,
        _ => return None,
    };
    let days = number as u64;
    Some(PastCase {
        id: CaseId::new(*id),
        arms: arm.map(ArmName::new).into_iter().collect(),
        gate: Gate::Required,
        verdict,
        step: (verdict == Verdict::Failed).then(|| StepName::new("online")),
        cause: if verdict == Verdict::Failed { CAUSE.to_owned() } else { String::new() },
        elapsed: Duration::from_secs(seconds + more * days + days * 7 % 5),
        attempts: if verdict == Verdict::Flaky { 2 } else { 1 },
    })
}

/// Two runs in which every text wants to be markup.
pub(crate) fn hostile(evil: &str) -> Vec<PastRun> {
    [Verdict::Passed, Verdict::Failed].map(|verdict| spoiled(evil, verdict)).into()
}

fn spoiled(evil: &str, verdict: Verdict) -> PastRun {
    let hour = if verdict == Verdict::Passed { 5 } else { 6 };
    let began: Timestamp = format!("2026-11-21T0{hour}:00:00Z").parse().expect("a time");
    PastRun {
        id: format!("{hour}{evil}"),
        suite: evil.to_owned(),
        environment: evil.to_owned(),
        lane: Some(evil.to_owned()),
        provenance: Provenance {
            commit: Some(evil.to_owned()),
            branch: Some(evil.to_owned()),
            apart: vec![evil.to_owned()],
        },
        began,
        cases: vec![PastCase {
            id: CaseId::new(format!("hostile::{evil}")),
            arms: vec![ArmName::new(evil)],
            gate: Gate::Required,
            verdict,
            step: Some(StepName::new(evil)),
            cause: evil.to_owned(),
            elapsed: Duration::from_secs(1),
            attempts: 1,
        }],
        ..run(0)
    }
}
