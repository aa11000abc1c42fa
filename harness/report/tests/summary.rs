//! Every kind of ending in one report, and what each view makes of it.

#[path = "support/lines.rs"]
mod lines;

use harness_model::cause::CauseClass;
use harness_model::event::{Event, Record, Scope, VERSION};
use harness_model::exit::{FlakyPolicy, Policy, SkipPolicy};
use harness_model::gate::Decision;
use harness_model::gates::Gate;
use harness_model::known::{FailureClass, Known};
use harness_model::name::{ArmName, CaseId, EnvironmentName, ResourceKind, StepName};
use harness_model::report::RunReport;
use harness_model::signs::Halt;
use harness_model::verdict::{Ending, Verdict};
use harness_report::{
    Chatter, Closing, Comparison, Forecast, Paint, Plain, Reporter, Screen, Size, Terminal, render_summary,
};
use jiff::Timestamp;
use lines::Lines;
use std::sync::Arc;
use std::time::Duration;

fn started() -> Event {
    started_with(SkipPolicy::Tolerated)
}

fn started_with(skips: SkipPolicy) -> Event {
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
        policy: Policy { skips, flaky: FlakyPolicy::Pass },
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

#[test]
fn the_plain_reporter_prints_a_line_for_each_case_where_libtest_does_not() {
    let printed = |chatter| {
        let lines = Lines::default();
        let mut plain = Plain::new(Box::new(lines.clone()), chatter, Paint::Never);
        for event in rich() {
            plain.event(&Record { at: Timestamp::UNIX_EPOCH, event });
        }
        drop(plain);
        lines.take()
    };
    insta::assert_snapshot!(printed(Chatter::EveryCase));
    assert_eq!(printed(Chatter::RunOnly).lines().count(), 2);
}

/// Two reds that ended alike; the evidence of one is known to be about its agent.
fn told_by_evidence() -> Vec<Event> {
    let known = |about| Known {
        cause: "it is known".to_owned(),
        class: FailureClass::Product,
        about: Some(about),
        hint: None,
        owner: None,
    };
    let evidence = |about| Event::Evidence {
        scope: Scope::Evidence(CaseId::new("p::one")),
        kind: ResourceKind::new("workspace"),
        key: "e2e-1".to_owned(),
        found: Vec::new(),
        trouble: Vec::new(),
        known: Some(known(about)),
    };
    let planned = |id: &str| Event::CasePlanned {
        case: CaseId::new(id),
        arms: Vec::new(),
        gate: Gate::Required,
        decision: Decision::Run,
        chosen: Vec::new(),
    };
    let ended = |id: &str| Event::CaseEnded {
        case: CaseId::new(id),
        ending: Ending {
            step: Some(StepName::new("online")),
            ..Ending::new(Verdict::Failed, "not within 15m").stopped_by(Halt::RanOut)
        },
        elapsed: Duration::from_secs(9),
    };
    let (agent, model) = (evidence(CauseClass::Agent), evidence(CauseClass::Model));
    vec![started(), planned("p::one"), planned("p::two"), agent, model, ended("p::one"), ended("p::two")]
}

/// A terminal that is so wide.
fn terminal(lines: &Lines, columns: usize) -> Terminal {
    let screen = Screen {
        out: Box::new(lines.clone()),
        size: Arc::new(move || Size { columns, rows: 24 }),
        paint: Paint::Never,
        clock: Arc::new(|| Timestamp::UNIX_EPOCH),
    };
    Terminal::new(screen, Forecast::default())
}

/// The same run, had everything passed.
fn calm(events: &[Event]) -> RunReport {
    let green = |event: &Event| match event.clone() {
        Event::CaseEnded { case, elapsed, .. } => {
            Event::CaseEnded { case, ending: Ending::new(Verdict::Passed, ""), elapsed }
        }
        other => other,
    };
    RunReport::fold(&events.iter().map(green).collect::<Vec<_>>())
}

#[test]
fn a_red_that_counts_because_nothing_is_required_is_nowhere_called_advisory() {
    for (skips, word) in [(SkipPolicy::Forbidden, false), (SkipPolicy::Tolerated, true)] {
        let mut events = told_by_evidence();
        events[0] = started_with(skips);
        for event in &mut events {
            if let Event::CasePlanned { gate, .. } = event {
                *gate = Gate::Advisory;
            }
        }
        let (report, lines) = (RunReport::fold(&events), Lines::default());
        let mut terminal = terminal(&lines, 120);
        for event in &events {
            terminal.event(&Record { at: Timestamp::UNIX_EPOCH, event: event.clone() });
        }
        terminal.finished(&report, CLOSING);
        let compared = Comparison::new(&calm(&events), &report).expect("one suite");
        let (text, code) = (lines.take() + &compared.text(Paint::Never), report.exit().code());
        assert_eq!((text.contains("advisory"), code), (word, u8::from(!word)), "{text}");
    }
}

#[test]
fn a_red_has_the_class_in_its_line_that_every_view_of_the_whole_gives_it() {
    let events = told_by_evidence();
    let report = RunReport::fold(&events);
    let class = |id: &str| report.cases[&CaseId::new(id)].cause().unwrap().class.word();
    assert_eq!((class("p::one"), class("p::two")), ("agent", "provision"));
    let said = |reporter: &mut dyn Reporter, lines: &Lines| {
        for event in &events {
            reporter.event(&Record { at: Timestamp::UNIX_EPOCH, event: event.clone() });
        }
        reporter.finished(&report, CLOSING);
        lines.take()
    };
    let lines = Lines::default();
    let mut plain = Plain::new(Box::new(lines.clone()), Chatter::EveryCase, Paint::Never);
    let text = said(&mut plain, &lines);
    for line in [
        "[1/2] failed              9.0s p::one  [agent]  in `online`  not within 15m\n",
        "[2/2] failed              9.0s p::two  [provision]  in `online`  not within 15m\n",
        "  class   agent, by rule evidence\n",
        "  class   provision, by rule never-came\n",
    ] {
        assert!(text.contains(line), "{line}{text}");
    }
    for columns in [60, 80, 200] {
        let lines = Lines::default();
        let text = said(&mut terminal(&lines, columns), &lines);
        for row in ["✗ failed [agent]  p::one", "✗ failed [provision]  p::two"] {
            assert_eq!(text.matches(&format!("{row}  9.0s")).count(), 1, "at once, {columns}: {text}");
            assert_eq!(text.matches(row).count(), 2, "and in the summary, {columns}: {text}");
        }
    }
}
