//! Every format on one rich run, hostile texts in every format, and what each reader of a format makes of it.

#![expect(clippy::unwrap_used, reason = "what does not parse here fails its test")]

mod agreement;
#[path = "support/lines.rs"]
mod lines;
mod metrics;
mod page;
mod support;
mod tried;

use harness_model::event::{Event, Record};
use harness_model::exit::{ExitCode, FlakyPolicy, Policy, SkipPolicy};
use harness_model::gates::Gate;
use harness_model::report::RunReport;
use harness_model::suite::Moment;
use harness_model::verdict::{Ending, Verdict};
use harness_report::{
    Account, Chatter, Closing, Comparison, Delivered, Format, Paint, Plain, Repetitions, Reporter, Retained,
    Written, report_schema,
};
use jiff::Timestamp;
use lines::Lines;
use pulldown_cmark::{Event as Piece, Options, Parser, Tag, TagEnd};
use quick_junit::{NonSuccessKind, Report, TestCaseStatus};
use support::{CLOSING, HOSTILE, LENIENT, ended, hostile, many_reds, plan, planned, rich, started};

fn rendered(format: Format, events: &[Event]) -> String {
    let (report, plans) = (RunReport::fold(events), [plan(events)]);
    let began = "2026-11-21T04:03:12Z".parse().unwrap();
    format.render(&Account::new(&report, CLOSING).began(Some(began)).planned(&plans))
}

fn junit(text: &str) -> Report {
    Report::deserialize_from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

#[test]
fn every_format_tells_one_rich_run() {
    for (format, word, _) in Format::all() {
        insta::assert_snapshot!(word, page::bare(&rendered(format, &rich())));
    }
}

/// What the plain reporter prints of a run, as it goes and when it is over.
fn plain(events: &[Event], closing: Closing<'_>) -> String {
    let lines = Lines::default();
    let mut plain = Plain::new(Box::new(lines.clone()), Chatter::EveryCase, Paint::Never);
    for event in events {
        plain.event(&Record { at: Timestamp::UNIX_EPOCH, event: event.clone() });
    }
    plain.finished(&RunReport::fold(events), closing);
    lines.take()
}

#[test]
fn nothing_of_a_run_steers_a_terminal_or_a_page_of_metrics() {
    let evil = HOSTILE.replace('\n', " ");
    let views = [Written { format: Format::Junit, path: evil.clone().into(), failure: Some(evil.clone()) }];
    let sinks = [None, Some(evil.clone())].map(|failure| Delivered {
        sink: "pages".to_owned(),
        to: evil.clone(),
        moment: Moment::End,
        failure,
    });
    let retained = Retained::Failed(evil.clone());
    let closing = Closing {
        recording: &evil,
        views: &views,
        forgotten: Some(&evil),
        retained: Some(&retained),
        sinks: &sinks,
        ..CLOSING
    };
    let mut events = hostile();
    events.push(Event::NeverUp { cause: HOSTILE.to_owned() });
    events.push(Event::Contradiction { cause: HOSTILE.to_owned() });
    let report = RunReport::fold(&events);
    let account = Account::new(&report, closing);
    let mut repeated = Repetitions::default();
    repeated.add(&report, report.exit(), CLOSING.elapsed);
    let before = RunReport { run: evil.clone(), ..RunReport::fold(&[started(LENIENT)]) };
    let compared = Comparison::new(&before, &report).unwrap();
    let texts = [
        plain(&events, closing),
        Format::Text.render(&account),
        Format::Prometheus.render(&account),
        repeated.render(report.exit(), Paint::Never),
        compared.text(Paint::Never),
        compared.markdown(),
    ];
    for text in texts {
        assert!(text.contains("\\u{1b}"), "{text}");
        let steers = |letter: char| letter.is_control() && letter != '\n' || letter == '\u{202e}';
        assert!(!text.contains(steers), "{text:?}");
    }
}

#[test]
fn what_a_format_wrote_it_knows_again_and_no_other_does() {
    for (format, word, _) in Format::all() {
        let text = rendered(format, &rich());
        for (other, ..) in Format::all() {
            assert_eq!(other.wrote(&text), other == format, "{word} for {other}");
        }
    }
}

#[test]
fn a_document_for_programs_is_right_by_its_schema() {
    let validator = jsonschema::validator_for(&report_schema()).unwrap();
    for events in [rich(), hostile(), Vec::new()] {
        let document = serde_json::from_str(&rendered(Format::Json, &events)).unwrap();
        let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new());
    }
    let mut other: serde_json::Value = serde_json::from_str(&rendered(Format::Json, &rich())).unwrap();
    other["cases"][0]["verdict"] = "pass".into();
    assert!(!validator.is_valid(&other), "a verdict that there is not");
}

#[test]
fn hostile_text_is_legal_xml_and_reads_as_what_it_was() {
    let report = junit(&rendered(Format::Junit, &hostile()));
    let case = &report.test_suites[0].test_cases[0];
    let TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, description: Some(seen), .. } =
        &case.status
    else {
        panic!("{case:?}");
    };
    for text in
        ["]]>", "<script>alert(1)</script>", "&amp;", "\\u{1b}[31m", "\\u{0}", "\\u{ffff}", "größer 🦀"]
    {
        assert!(seen.contains(text), "{text} in {seen:?}");
        assert!(case.system_out.as_ref().unwrap().contains(text), "{text}");
    }
}

/// A page as a reader of Markdown sees it.
#[derive(Default)]
struct Page {
    /// The texts of code, in which nothing is looked for.
    code: String,
    /// All other texts.
    plain: String,
    /// What only a mark can make.
    marks: Vec<String>,
}

fn page(markdown: &str) -> Page {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_GFM;
    let (mut page, mut depth) = (Page::default(), 0);
    for piece in Parser::new_ext(markdown, options) {
        match piece {
            Piece::Start(Tag::CodeBlock(_)) => depth += 1,
            Piece::End(TagEnd::CodeBlock) => depth -= 1,
            Piece::Text(text) | Piece::Code(text) if depth > 0 => page.code.push_str(&text),
            Piece::Text(text) | Piece::Code(text) => page.plain.push_str(&text),
            Piece::Html(html) | Piece::InlineHtml(html) => {
                depth += html.matches("<code>").count();
                depth -= html.matches("</code>").count();
                page.marks.push(html.trim().to_owned());
            }
            Piece::Start(
                tag @ (Tag::Link { .. } | Tag::Image { .. } | Tag::Emphasis | Tag::Strikethrough),
            ) => {
                page.marks.push(format!("{tag:?}"));
            }
            _ => {}
        }
    }
    page
}

#[test]
fn hostile_text_makes_no_mark_in_a_page_and_mentions_nobody() {
    let markdown = rendered(Format::Markdown, &hostile());
    let Page { code, plain, marks } = page(&markdown);
    let ours = [
        "<!-- shakedown report -->",
        "<code>",
        "</code>",
        "<details>",
        "<summary>",
        "</summary>",
        "</details>",
    ];
    for mark in marks {
        let is_ours =
            mark.split_inclusive('>').all(|tag| ours.iter().any(|known| tag.trim().ends_with(known)));
        assert!(is_ours, "{mark}\n{markdown}");
    }
    for text in ["a | b", "```", "@everyone", "![x](https://evil.example/x.png)", "<script>alert(1)</script>"]
    {
        assert!(code.contains(text), "{text}\n{code}");
        assert!(!plain.contains(text), "{text}\n{plain}");
    }
}

#[test]
fn every_row_of_a_table_has_its_cells_whatever_stands_in_them() {
    let markdown = rendered(Format::Markdown, &hostile());
    let rows: Vec<&str> = markdown.lines().filter(|line| line.starts_with("| ❌")).collect();
    let cells: Vec<usize> = rows.iter().map(|row| row.matches('|').count() - 1).collect();
    assert_eq!(cells, [2, 5], "{rows:#?}");
}

#[test]
fn ten_thousand_reds_stay_below_what_github_takes_and_the_worst_are_shown() {
    let events = many_reds(10_000);
    let markdown = rendered(Format::Markdown, &events);
    assert!(markdown.len() < 1024 * 1024, "{}", markdown.len());
    assert!(
        markdown.contains("| 🛑 lost | harness (no-end) | <code>wide::lost</code> |"),
        "the worst is among the first"
    );
    let rows = markdown.lines().filter(|line| line.starts_with("| ❌ failed")).count() - 1;
    let more = format!("… and {} more reds", 10_000 - rows);
    assert!(rows > 100 && markdown.contains(&more), "{rows} rows, {more}");
    let annotations = rendered(Format::Annotations, &events);
    assert_eq!(annotations.lines().count(), 10);
    assert!(annotations.lines().next().unwrap().starts_with("::error title=lost wide%3A%3Alost::"));
    assert!(annotations.contains("::error title=9992 more::"), "{annotations}");
}

#[test]
fn hostile_text_is_one_command_of_github() {
    let text = rendered(Format::Annotations, &hostile());
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.lines().all(|line| line.starts_with("::error ")), "{text}");
    assert!(text.contains("file=scenarios/a%2Cb%3Ac.toml,line=7,title="), "{text}");
    assert!(text.contains("100%25 %0A::stop-commands::x"), "{text}");
    assert!(HOSTILE.contains("100% \n::stop-commands::x"));
}

#[test]
fn a_run_that_is_red_for_no_case_is_red_in_every_view() {
    for events in support::red_without_a_red_case() {
        let report = RunReport::fold(&events);
        assert_ne!(report.exit(), ExitCode::Success);
        let exit = format!("exit {}", report.exit().code());
        let xml = junit(&rendered(Format::Junit, &events));
        assert_eq!(xml.errors + xml.failures, 1, "{exit}");
        assert!(rendered(Format::Annotations, &events).starts_with("::error "), "{exit}");
        assert!(rendered(Format::Markdown, &events).contains(&exit), "{exit}");
        assert!(rendered(Format::Text, &events).contains(&exit), "{exit}");
    }
}

#[test]
fn whether_a_red_counts_is_decided_once_for_twenty_thousand_advisory_cases() {
    let strict = Policy { skips: SkipPolicy::Forbidden, flaky: FlakyPolicy::Pass };
    let ids: Vec<String> = (0..20_000).map(|number| format!("wide::n{number:05}")).collect();
    let mut events = vec![started(strict)];
    events.extend(ids.iter().map(|id| planned(id, Gate::Advisory)));
    events.extend(ids.iter().map(|id| ended(id, Ending::new(Verdict::Failed, "no"))));
    let report = RunReport::fold(&events);
    // Who decided by a look at every case could not without them.
    let mut alone = report.clone();
    let (_, case) = alone.cases.pop().unwrap();
    alone.cases.clear();
    assert_eq!((alone.every_red_counts(), alone.gate(&case)), (true, Gate::Required));
    let account = Account::new(&report, CLOSING);
    for (format, word, _) in Format::all() {
        assert!(!format.render(&account).is_empty() || format == Format::Annotations, "{word}");
    }
    assert_eq!(report.exit(), ExitCode::Failure);
    assert_eq!(
        Format::Text.render(&account).lines().last(),
        Some("exit 1: live is required, and nothing that is selected is required, so every red counts")
    );
}
