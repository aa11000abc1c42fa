//! Whatever a log holds and wherever it was cut: no view disagrees with the verdicts, the counts and the exit code.

use crate::support::{CLOSING, HOSTILE, leaked, planned, started};
use harness_model::demand::{Ceiling, Demands, Floor};
use harness_model::event::{Event, LogError, Record, Scope, VERSION, Writer, read};
use harness_model::exit::{ExitCode, FlakyPolicy, Policy, SkipPolicy};
use harness_model::gates::Gate;
use harness_model::name::{CaseId, FixtureName, LaneName, MilestoneName, ResourceKind, StepName};
use harness_model::pass::Pass;
use harness_model::reading::{Depth, Reading};
use harness_model::report::RunReport;
use harness_model::verdict::{Ending, Verdict};
use harness_report::{Account, Format};
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use quick_junit::{Report, TestCase, TestCaseStatus};
use std::time::Duration;

fn id() -> impl Strategy<Value = String> {
    prop_oneof![
        9 => (0_u8..12).prop_map(|number| format!("provision::n{number}")),
        1 => Just(format!("hostile::{}", HOSTILE.replace('\n', " "))),
    ]
}

fn cause() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), Just(HOSTILE.to_owned()), "\\PC{0,40}", any::<String>()]
}

fn gate() -> impl Strategy<Value = Gate> {
    prop_oneof![Just(Gate::Required), Just(Gate::Advisory)]
}

fn end() -> impl Strategy<Value = Event> {
    let verdict = proptest::sample::select(Verdict::ALL.to_vec());
    (id(), verdict, cause(), 0_u32..3, any::<bool>()).prop_map(|(id, verdict, cause, retries, stepped)| {
        let mut ending = Ending { retries, ..Ending::new(verdict, cause) };
        if stepped {
            ending.step = Some(StepName::new("online"));
            ending.place = Some("scenarios/staging/provision.toml:41".to_owned());
        }
        crate::support::ended(&id, ending)
    })
}

fn attempt() -> impl Strategy<Value = (Verdict, String)> {
    (proptest::sample::select(Verdict::ALL.to_vec()), cause())
}

fn milestone() -> impl Strategy<Value = MilestoneName> {
    (0_u8..3).prop_map(|number| MilestoneName::new(format!("reached-{number}")))
}

fn demands() -> impl Strategy<Value = Event> {
    let off = proptest::option::weighted(0.2, cause());
    let skipped = prop_oneof![Just(Ceiling::Cases(1)), Just(Ceiling::Percent(40))];
    let floor = (1_usize..3, vec(id(), 1..4)).prop_map(|(least, ids)| {
        let cases = ids.into_iter().map(CaseId::new).collect();
        Floor { axis: "runtime".to_owned(), least, values: [("co|dex".to_owned(), cases)].into() }
    });
    let parts = (vec(milestone(), 0..3), proptest::option::of(skipped), vec(floor, 0..2), off);
    parts.prop_map(|(milestones, max_skipped, floors, off)| {
        let (lane, waived) =
            (LaneName::new("full"), [(MilestoneName::new("given"), HOSTILE.to_owned())].into());
        let demands = Demands { lane, milestones, waived, max_skipped, floors, off };
        Event::Demanded { demands: Box::new(demands) }
    })
}

/// Anything that a run may write between its beginning and its end, in any order.
fn event() -> impl Strategy<Value = Event> {
    let key = (0_u8..4).prop_map(|number| format!("e2e-{number}"));
    let kind = || ResourceKind::new("org");
    let until: Timestamp = "2026-11-21T13:00:00Z".parse().unwrap();
    let process = Writer { pid: 1, started: None };
    prop_oneof![
        4 => (id(), gate()).prop_map(|(id, gate)| planned(&id, gate)),
        8 => end(),
        2 => (id(), cause()).prop_map(|(id, cause)| Event::Retried {
            scope: Scope::Case(CaseId::new(id)),
            step: StepName::new("online"),
            cause,
            pause: Duration::from_secs(1),
        }),
        2 => key.clone().prop_map(move |key| Event::OwnershipIntended {
            scope: Scope::Run,
            kind: kind(),
            key,
            bindings: serde_json::Map::new(),
        }),
        2 => key.clone().prop_map(move |key| Event::Released { kind: kind(), key }),
        1 => key.clone().prop_map(move |key| Event::Kept { kind: kind(), key, until }),
        1 => (key, cause()).prop_map(|(key, cause)| leaked(&key, &cause)),
        1 => cause().prop_map(|cause| Event::FixtureFailed { fixture: FixtureName::new("org"), cause }),
        1 => cause().prop_map(|cause| Event::Contradiction { cause }),
        1 => Just(Event::NeverBit { faults: vec!["a2a-echo".to_owned()] }),
        1 => demands(),
        1 => (id(), milestone()).prop_map(|(id, milestone)| Event::Reached {
            scope: Scope::Case(CaseId::new(id)),
            step: StepName::new("online"),
            milestone,
        }),
        2 => (id(), attempt()).prop_map(|(id, (verdict, cause))| Event::Attempted {
            case: CaseId::new(id),
            number: 1,
            pass: Pass { of: 5, at_least: 4 },
            ending: Ending::new(verdict, cause),
            elapsed: Duration::from_secs(1),
        }),
        1 => id().prop_map(|id| Event::CaseStarted { case: CaseId::new(id) }),
        1 => Just(Event::Swept { version: VERSION, process, because: "it is gone".to_owned() }),
    ]
}

fn policy() -> impl Strategy<Value = Policy> {
    let skips = prop_oneof![Just(SkipPolicy::Tolerated), Just(SkipPolicy::Forbidden)];
    let flaky = prop_oneof![Just(FlakyPolicy::Pass), Just(FlakyPolicy::Fail)];
    (skips, flaky).prop_map(|(skips, flaky)| Policy { skips, flaky })
}

/// A run: mostly cases that were planned, then anything, sometimes with its last line.
fn run() -> impl Strategy<Value = Vec<Event>> {
    let plans = vec((id(), gate()).prop_map(|(id, gate)| planned(&id, gate)), 0..8);
    (policy(), plans, vec(event(), 0..24), any::<bool>()).prop_map(|(policy, plans, events, ends)| {
        let mut run: Vec<Event> = [vec![started(policy)], plans, events].concat();
        if ends {
            run.push(Event::RunEnded { exit: RunReport::fold(&run).exit(), lines: None });
        }
        run
    })
}

/// A line that no run writes.
fn foreign() -> impl Strategy<Value = String> {
    let jumped = "{\"at\":\"2026-11-21T05:00:00Z\",\"event\":\"jumped\"}";
    let known = proptest::sample::select(vec!["", "{}", "[1]", "null", jumped]).prop_map(str::to_owned);
    prop_oneof![known, "[a-z ]{1,30}"]
}

fn log(events: &[Event]) -> String {
    let at: Timestamp = "2026-11-21T05:00:00.25Z".parse().unwrap();
    let lines =
        events.iter().map(|event| serde_json::to_string(&Record { at, event: event.clone() }).unwrap());
    lines.map(|line| line + "\n").collect()
}

/// What the reader makes of a text that ends somewhere, and what its lines are.
fn reading(text: &[u8], depth: Depth) -> Result<RunReport, LogError> {
    let mut reading = Reading::default();
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if let Some((b'\n', whole)) = line.split_last() {
            reading.line(whole, depth)?;
        }
    }
    Ok(reading.into_report())
}

fn is_counted_red(case: &TestCase) -> bool {
    let counts = case.properties.iter().any(|one| &*one.name == "counts" && &*one.value == "yes");
    counts && matches!(case.status, TestCaseStatus::NonSuccess { .. })
}

/// Every view of a report says what the report says.
fn agree(report: &RunReport) {
    let account = Account::new(report, CLOSING);
    let (exit, counts) = (report.exit(), report.counts());
    let of =
        |verdict: Verdict| counts.iter().find(|(known, _)| *known == verdict).map_or(0, |(_, count)| *count);

    let json: serde_json::Value = serde_json::from_str(&Format::Json.render(&account)).unwrap();
    assert_eq!(json["exit"]["code"], exit.code());
    for verdict in Verdict::ALL {
        let word = serde_json::to_value(verdict).unwrap();
        let cases = json["cases"].as_array().unwrap().iter().filter(|case| case["verdict"] == word).count();
        assert_eq!(cases, of(verdict), "{verdict}");
        assert_eq!(json["verdicts"][word.as_str().unwrap()].as_u64().unwrap_or(0), of(verdict) as u64);
    }
    assert_eq!(json["leaks"].as_array().unwrap().len(), report.leaks().len());
    let breaches = report.breaches().len();
    assert_eq!(json["demands"]["unmet"].as_array().map_or(0, Vec::len), breaches);

    let xml = Report::deserialize_from_str(&Format::Junit.render(&account)).unwrap();
    let cases: Vec<&TestCase> = xml.test_suites.iter().flat_map(|suite| &suite.test_cases).collect();
    for verdict in Verdict::ALL {
        let says = |case: &&&TestCase| {
            case.properties.iter().any(|one| &*one.name == "verdict" && &*one.value == verdict.words())
        };
        assert_eq!(cases.iter().filter(says).count(), of(verdict), "{verdict}");
    }
    assert_eq!(cases.iter().any(|case| is_counted_red(case)), exit != ExitCode::Success, "{exit:?}");
    let demanded = cases.iter().filter(|case| case.name.as_str() == "demanded by the lane").count();
    assert_eq!(demanded, breaches);

    let title = format!(": exit {}\n", exit.code());
    let markdown = Format::Markdown.render(&account);
    assert!(markdown.contains(&title), "{title}{markdown}");
    for (verdict, count) in &counts {
        assert!(markdown.contains(&format!(" {verdict} | {count} |\n")), "{verdict}\n{markdown}");
    }

    assert_eq!(markdown.matches("- **demanded by lane ").count(), breaches, "{markdown}");

    let text = Format::Text.render(&account);
    assert_eq!(text.lines().filter(|line| line.starts_with("demanded by lane ")).count(), breaches, "{text}");
    let commands = |line: &str| line.trim_start().starts_with("::") || line.contains("##[");
    assert!(!text.split(['\n', '\r']).any(commands), "{text}");
    let last = text.lines().last().unwrap();
    assert!(last.starts_with(&format!("exit {}: ", exit.code())), "{last}");

    let html = Format::Html.render(&account);
    let shown = crate::page::data(&html);
    assert_eq!(shown["exit"]["code"], exit.code());
    assert_eq!(shown["exit"]["good"], exit == ExitCode::Success);
    assert!(html.contains(&format!("<span class=\"code\">exit {}</span>", exit.code())), "{html}");
    for verdict in Verdict::ALL {
        let word = serde_json::to_value(verdict).unwrap();
        let cases = shown["cases"].as_array().unwrap().iter().filter(|case| case["verdict"] == word).count();
        let counted = shown["verdicts"].as_array().unwrap().iter().find(|count| count["verdict"] == word);
        assert_eq!(cases, of(verdict), "{verdict}");
        assert_eq!(counted.map_or(0, |count| count["cases"].as_u64().unwrap()), of(verdict) as u64);
    }
    assert_eq!(shown["leaks"].as_array().unwrap().len(), report.leaks().len());
    let demanded = shown["notes"].as_array().unwrap().iter();
    assert_eq!(demanded.filter(|note| note["what"] == "demanded by the lane").count(), breaches);

    let annotations = Format::Annotations.render(&account);
    assert!(annotations.lines().count() <= 10, "{annotations}");
    let is_red = annotations.lines().any(|line| line.starts_with("::error "));
    assert_eq!(is_red, exit != ExitCode::Success, "{exit:?}\n{annotations}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn every_view_agrees_with_the_report(run in run()) {
        agree(&RunReport::fold(&run));
    }

    #[test]
    fn a_log_that_is_cut_anywhere_is_the_run_up_to_there(run in run(), place in any::<prop::sample::Index>()) {
        let text = log(&run);
        let cut = &text.as_bytes()[..place.index(text.len() + 1)];
        let whole = String::from_utf8_lossy(cut).into_owned();
        match reading(cut, Depth::Report) {
            Ok(report) if cut.contains(&b'\n') => {
                let events: Vec<Event> = read(&whole).unwrap().into_iter().map(|record| record.event).collect();
                let folded = RunReport::fold(&events);
                prop_assert_eq!(format!("{folded:?}"), format!("{report:?}"));
                agree(&report);
            }
            Ok(report) => prop_assert!(report.run.is_empty(), "no line is whole"),
            Err(error) => prop_assert!(false, "{error}"),
        }
    }

    #[test]
    fn a_foreign_line_is_named_wherever_it_stands(
        run in run(),
        place in any::<prop::sample::Index>(),
        foreign in foreign(),
    ) {
        let mut lines: Vec<String> = log(&run).lines().map(str::to_owned).collect();
        let at = 1 + place.index(lines.len());
        lines.insert(at, foreign);
        let text = lines.join("\n") + "\n";
        for depth in [Depth::Report, Depth::Events] {
            let error = reading(text.as_bytes(), depth).expect_err("a foreign line");
            prop_assert!(matches!(error, LogError::Line { line, .. } if line == at + 1), "{error}");
        }
    }

    #[test]
    fn a_verdict_that_was_changed_is_noticed_wherever_it_matters(run in run(), place in any::<prop::sample::Index>()) {
        let mut run = run;
        run.retain(|event| !matches!(event, Event::RunEnded { .. }));
        let exit = RunReport::fold(&run).exit();
        run.push(Event::RunEnded { exit, lines: None });
        let ends: Vec<usize> = (0..run.len()).filter(|at| matches!(run[*at], Event::CaseEnded { .. })).collect();
        prop_assume!(!ends.is_empty());
        if let Event::CaseEnded { ending, .. } = &mut run[*place.get(&ends)] {
            ending.verdict = Verdict::Passed;
        }
        let gives = RunReport::fold(&run[..run.len() - 1]).exit();
        match reading(log(&run).as_bytes(), Depth::Report) {
            Ok(report) => prop_assert_eq!((report.exit(), gives), (exit, exit)),
            Err(error) => {
                let line = run.len();
                prop_assert!(matches!(error, LogError::Changed { line: at, .. } if at == line), "{error}");
                prop_assert_ne!(gives, exit);
            }
        }
    }

    #[test]
    fn an_end_that_is_written_twice_is_refused_with_its_line(run in run()) {
        let mut run = run;
        run.retain(|event| !matches!(event, Event::RunEnded { .. }));
        let end = Event::RunEnded { exit: RunReport::fold(&run).exit(), lines: None };
        run.extend([end.clone(), end]);
        let error = reading(log(&run).as_bytes(), Depth::Report).expect_err("two ends");
        let line = run.len();
        prop_assert!(matches!(error, LogError::AfterTheEnd { line: at } if at == line), "{error}");
    }
}
