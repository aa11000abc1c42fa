//! The page for a browser, as a program reads it: its data, and that nothing of a recording is markup in it.

use crate::support::{CLOSING, HOSTILE, ended, hostile, planned, rich, started};
use harness_model::event::{Event, Exchange, Found, Record, Scope, StepOutcome};
use harness_model::gates::Gate;
use harness_model::name::{CaseId, ResourceKind, StepName};
use harness_model::report::RunReport;
use harness_model::story::{Past, Stories};
use harness_model::trace::Budget;
use harness_model::verdict::{Ending, Verdict};
use harness_report::{Account, Format, Told};
use jiff::Timestamp;
use serde_json::Value;
use std::time::Duration;

const RED: &str = "provision::codex";

/// What stands between two texts of a page.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    page.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map_or("", |(found, _)| found)
}

/// The data of a page.
pub(crate) fn data(page: &str) -> Value {
    serde_json::from_str(between(page, "<script type=\"application/json\" id=\"data\">", "</script>"))
        .unwrap()
}

/// A page without style and script, which are the same in every one; anything else as it is.
pub(crate) fn bare(page: &str) -> String {
    let (style, script) =
        (between(page, "<style>", "</style>"), between(page, "</script>\n<script>", "</script>"));
    let mut bare = page.to_owned();
    for (what, text) in
        [("style", style), ("script", script)].into_iter().filter(|(_, text)| !text.is_empty())
    {
        bare = bare.replace(text, &format!("(the {what})"));
    }
    match bare.split_once("'sha256-") {
        None => bare,
        Some((before, rest)) => {
            format!("{before}(hashes){}", rest.split_once("; img-src").map_or("", |(_, rest)| rest))
        }
    }
}

fn step(step: &str, millis: u64, outcome: StepOutcome) -> Event {
    let (scope, elapsed) = (Scope::Case(CaseId::new(RED)), Duration::from_millis(millis));
    Event::StepEnded { scope, step: StepName::new(step), outcome, elapsed, attempts: 3 }
}

fn said(scope: Scope, step: &str, status: Option<u16>, body: &str) -> Event {
    let exchange = Exchange {
        method: "POST".to_owned(),
        url: format!("http://tenant.example/{step}"),
        request_headers: vec![("authorization".to_owned(), "Bearer [secret]".to_owned())],
        request_body: Some(body.to_owned()),
        credential: Some("API_KEY".to_owned()),
        status,
        response_headers: Vec::new(),
        response_body: body.to_owned(),
        elapsed: Duration::from_millis(7),
    };
    Event::Exchange { scope, step: StepName::new(step), exchange: Box::new(exchange) }
}

/// A case of one failed step with everything that a dossier has.
fn story(online: u64, end: Verdict) -> Vec<Event> {
    let case = CaseId::new(RED);
    let outcome = match end {
        Verdict::Passed => StepOutcome::Passed,
        verdict => StepOutcome::Ended { verdict, cause: "no".to_owned() },
    };
    let (kind, key) = (ResourceKind::new("workspace"), "e2e-1".to_owned());
    let time = |text: &str| text.parse::<Timestamp>().unwrap();
    let found = vec![Found { name: "last_error".to_owned(), value: HOSTILE.to_owned() }];
    vec![
        Event::CaseStarted { case: case.clone() },
        said(Scope::Case(case.clone()), "create", Some(201), "{\"name\": \"it's\"}"),
        step("create", 40, StepOutcome::Passed),
        said(Scope::Case(case.clone()), "online", None, HOSTILE),
        step("online", online, outcome),
        Event::Evidence {
            scope: Scope::Evidence(case.clone()),
            kind: kind.clone(),
            key: key.clone(),
            found,
            trouble: Vec::new(),
            known: None,
        },
        Event::Traced {
            case: case.clone(),
            kind,
            states: vec!["provisioning".to_owned(), "online".to_owned()],
            entered: vec![time("2026-11-21T05:00:00Z"), time("2026-11-21T05:00:09Z")],
            tolerated: Vec::new(),
            key,
            budgets: vec![Budget {
                from: "provisioning".to_owned(),
                to: "online".to_owned(),
                within: Duration::from_secs(5),
            }],
        },
        said(Scope::Evidence(case), "row", Some(200), "{}"),
    ]
}

fn stories(events: &[Event]) -> Stories {
    let mut stories = Stories::with([CaseId::new(RED)]);
    let start: Timestamp = "2026-11-21T05:00:00Z".parse().unwrap();
    for (number, event) in events.iter().enumerate() {
        let at = start + Duration::from_millis(number as u64 * 250);
        stories.line(&serde_json::to_vec(&Record { at, event: event.clone() }).unwrap()).unwrap();
    }
    stories
}

#[test]
fn the_page_of_a_red_has_its_steps_its_states_its_evidence_and_what_was_different() {
    let mut events = vec![started(crate::support::LENIENT), planned(RED, Gate::Required)];
    events.extend(story(9000, Verdict::Failed));
    events.push(ended(
        RED,
        Ending { step: Some(StepName::new("online")), ..Ending::new(Verdict::Failed, "no") },
    ));
    let green = stories(&story(1000, Verdict::Passed)).cases.remove(&CaseId::new(RED)).unwrap();
    let began = "2026-11-20T05:00:00Z".parse().unwrap();
    let past = Past { run: "r0".to_owned(), began, story: green };
    let told = Told { stories: stories(&events), past: [(CaseId::new(RED), past)].into() };
    let report = RunReport::fold(&events);
    let page = Format::Html.render(&Account::new(&report, CLOSING).told(Some(&told)));
    let case = &data(&page)["cases"][0];
    insta::assert_snapshot!("html-case", serde_json::to_string_pretty(case).unwrap());
}

#[test]
fn no_text_of_a_recording_is_markup() {
    for events in [rich(), hostile()] {
        let report = RunReport::fold(&events);
        let page = Format::Html.render(&Account::new(&report, CLOSING));
        let block = between(&page, "id=\"data\">", "</script>");
        assert!(!block.contains('<'), "{block}");
        let markup = bare(&page).replace(block, "");
        // What begins a tag there is never the text of a run.
        assert!(!markup.contains("alert(1)<") && !markup.contains("|<"), "{markup}");
        assert!(!markup.contains(['\u{1b}', '\u{202e}']), "{markup}");
    }
    let told = data(&Format::Html.render(&Account::new(&RunReport::fold(&hostile()), CLOSING)));
    assert_eq!(told["cases"][0]["cause"], HOSTILE, "the script gets what was said, and shows it as text");
}

#[test]
fn a_page_connects_to_nothing_and_lets_no_other_script_run() {
    let page = Format::Html.render(&Account::new(&RunReport::fold(&rich()), CLOSING));
    let policy = between(&page, "Content-Security-Policy\" content=\"", "\"");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    assert!(!page.contains(" src=") && !page.contains(" style=\""), "everything is in the page itself");
}

#[test]
fn ten_thousand_reds_have_their_pages_and_the_first_hundred_have_all_of_it() {
    let report = RunReport::fold(&crate::support::many_reds(10_000));
    let page = Format::Html.render(&Account::new(&report, CLOSING));
    let cases = data(&page)["cases"].as_array().unwrap().len();
    assert_eq!(cases, 10_001);
    assert!(page.len() < 20 * 1024 * 1024, "{}", page.len());
    assert_eq!(Format::Html.opened(&report).unwrap().len(), 100);
    assert_eq!(Format::Html.opened(&report).unwrap()[0].as_str(), "wide::lost", "the worst is the first");
}
