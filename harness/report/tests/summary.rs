//! Every kind of ending in one report, and what each view makes of it.

use harness_model::event::{Event, Record, VERSION};
use harness_model::exit::{FlakyPolicy, Policy, SkipPolicy};
use harness_model::gate::Decision;
use harness_model::gates::Gate;
use harness_model::known::{FailureClass, Known};
use harness_model::name::{ArmName, CaseId, EnvironmentName, ResourceKind, StepName};
use harness_model::report::RunReport;
use harness_model::verdict::{Ending, Verdict};
use harness_report::{Chatter, Closing, Paint, Plain, Reporter, render_summary};
use jiff::Timestamp;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn started() -> Event {
    Event::RunStarted {
        version: VERSION,
        run: "r1".to_owned(),
        suite: "staging".to_owned(),
        lane: None,
        lane_because: None,
        expects: None,
        notes: Vec::new(),
        environment: EnvironmentName::new("live"),
        because: "MOLECULE_CP_URL is set".to_owned(),
        selection: "E2E_RUNTIME=codex".to_owned(),
        provenance: Box::default(),
        process: None,
        plan: None,
        again: Box::default(),
        shard: None,
        policy: Policy { skips: SkipPolicy::Tolerated, flaky: FlakyPolicy::Pass },
    }
}

/// A case for each verdict, a red that is advisory, and two of one reason.
fn rich() -> Vec<Event> {
    let cause = |verdict: Verdict| match verdict {
        Verdict::Passed => String::new(),
        Verdict::Failed => {
            "expect  body.status == 'paused'\n  actual  body.status = \"online\"\n  reply   200 {}".to_owned()
        }
        Verdict::KnownRed => "known red: until the manifest lists it (expires 2027-03-31)".to_owned(),
        other => format!("because it is {other}"),
    };
    let rows = Verdict::ALL
        .map(|verdict| (format!("p::{}", verdict.words().replace(' ', "-")), verdict, Gate::Required));
    let more = [
        ("p::advisory".to_owned(), Verdict::Failed, Gate::Advisory),
        ("p::skipped-too".to_owned(), Verdict::Skipped, Gate::Required),
    ];
    let rows: Vec<_> = rows.into_iter().chain(more).collect();
    let mut events = vec![started()];
    for (id, _, gate) in &rows {
        let arms = vec![ArmName::new("a")];
        events.push(Event::CasePlanned {
            case: CaseId::new(id),
            arms,
            gate: *gate,
            decision: Decision::Run,
            chosen: Vec::new(),
        });
    }
    for (id, verdict, _) in rows.iter().filter(|(_, verdict, _)| *verdict != Verdict::Lost) {
        let mut ending = Ending::new(*verdict, cause(*verdict));
        if *verdict == Verdict::Failed {
            ending.step = Some(StepName::new("paused"));
            ending.place = Some("scenarios/staging/flows/pause-resume.toml:11".to_owned());
        }
        ending.known = known(*verdict);
        events.push(Event::CaseEnded { case: CaseId::new(id), ending, elapsed: Duration::from_millis(1250) });
    }
    let (kind, key) = (ResourceKind::new("org"), "e2e-1".to_owned());
    events.push(Event::Leaked { kind, key, cause: "in step `org gone`: still there".to_owned() });
    events
}

const CLOSING: Closing<'_> = Closing {
    elapsed: Duration::from_secs(75),
    recording: ".shakedown/runs/r1/events.jsonl",
    views: &[],
    forgotten: None,
    retained: None,
    sinks: &[],
};

/// What reds are known as: a failure of the product, and one that only an operator can mend.
fn known(verdict: Verdict) -> Option<Known> {
    let known = |cause: &str, class, hint: &str| Known {
        about: None,
        cause: cause.to_owned(),
        class,
        hint: Some(hint.to_owned()),
        owner: Some("platform".to_owned()),
    };
    match verdict {
        Verdict::Failed => Some(known("the pause was lost", FailureClass::Product, "see PAUSE-7")),
        Verdict::Operator => Some(known("the quota is spent", FailureClass::Operator, "top it up")),
        _ => None,
    }
}

#[test]
fn the_summary_names_every_red_groups_the_rest_and_ends_with_the_exit_code() {
    let report = RunReport::fold(&rich());
    insta::assert_snapshot!(render_summary(&report, CLOSING, Paint::Never));
}

#[test]
fn colour_adds_nothing_but_colour() {
    let report = RunReport::fold(&rich());
    let coloured = render_summary(&report, CLOSING, Paint::Always);
    assert!(coloured.contains("\u{1b}["));
    let mut plain = String::new();
    for (position, part) in coloured.split("\u{1b}[").enumerate() {
        plain.push_str(if position == 0 { part } else { part.split_once('m').map_or("", |(_, rest)| rest) });
    }
    assert_eq!(plain, render_summary(&report, CLOSING, Paint::Never));
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().map_err(|_poisoned| std::io::ErrorKind::Other)?.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_plain_reporter_prints_a_line_for_each_case_where_libtest_does_not() {
    let printed = |chatter| {
        let lines = Lines::default();
        let mut plain = Plain::new(Box::new(lines.clone()), chatter, Paint::Never);
        for event in rich() {
            plain.event(&Record { at: Timestamp::UNIX_EPOCH, event });
        }
        drop(plain);
        String::from_utf8(std::mem::take(&mut *lines.0.lock().unwrap())).unwrap()
    };
    insta::assert_snapshot!(printed(Chatter::EveryCase));
    assert_eq!(printed(Chatter::RunOnly).lines().count(), 2);
}
