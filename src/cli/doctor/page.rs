//! What was found, as a page for any width; it says the same without colour.
//!
//! Does not: know the terminal. It is told a width, or that lines may be as long as they like.

use crate::cli::page::Page;
use harness_runner::model::checkup::{Checkup, Finding, Readiness, State, Tally, Topic, left_out};
use harness_runner::model::plan::Forecast;
use harness_runner::model::units::count;
use harness_runner::report::Paint;
use std::collections::BTreeSet;

/// Draws what was found within so many columns.
pub(super) fn render(found: &Checkup, columns: Option<usize>, paint: Paint) -> String {
    let mut page = Page::new(columns, paint);
    let because = format!("({})", found.because);
    page.heading(0, &format!("{} on {}", found.suite, found.environment), &because);
    if let Some(lane) = &found.lane {
        let because = found.lane_because.iter().map(|because| format!(" ({because})"));
        page.labelled(0, "lane", &format!("{lane}{}", because.collect::<String>()));
    }
    if !found.selection.is_empty() {
        page.labelled(0, "selected", &found.selection);
    }
    page.list(0, "note", found.notes.iter().cloned());
    for topic in Topic::ALL {
        let of_topic: Vec<&Finding> =
            found.findings.iter().filter(|finding| finding.about == topic).collect();
        if !of_topic.is_empty() {
            page.gap();
            page.heading(0, topic.words(), "");
            let rows = rows(&of_topic);
            page.aligned(
                2,
                &rows.iter().map(|(label, text)| (label.as_str(), text.clone())).collect::<Vec<_>>(),
            );
        }
    }
    if !found.cases.is_empty() {
        page.gap();
        page.heading(0, "cases", "");
        let digits = found.cases.iter().map(|tally| tally.count.to_string().len()).max().unwrap_or(0);
        let rows: Vec<(String, String)> =
            found.cases.iter().flat_map(|tally| of_cases(tally, digits)).collect();
        page.aligned(2, &rows.iter().map(|(label, text)| (label.as_str(), text.clone())).collect::<Vec<_>>());
    }
    page.gap();
    page.flush(&format!("exit {}: {}", found.exit, closing(found)));
    painted(&page.finished(), paint)
}

/// A row for each finding, its details below; what says the same of several things says it once.
fn rows(findings: &[&Finding]) -> Vec<(String, String)> {
    let mut groups: Vec<((&str, State), Vec<&Finding>)> = Vec::new();
    for finding in findings {
        let alone = matches!(finding.state, State::Good | State::Misconfigured | State::Unreachable);
        let shared = if alone { &finding.name } else { &finding.said };
        // Of those that leave cases out, each its own, the reason is the same.
        let reason = if finding.left_out.is_empty() { shared.as_str() } else { reason(&finding.said) };
        let key = (reason, finding.state);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, group)) => group.push(finding),
            None => groups.push((key, vec![finding])),
        }
    }
    let mut rows = Vec::new();
    for ((said, state), findings) in groups {
        let mark = mark(state);
        if let [only] = findings.as_slice() {
            rows.push((format!("{mark} {}", only.name), only.said.clone()));
            rows.extend(only.details.iter().map(|line| (String::new(), line.clone())));
        } else {
            let names: Vec<&str> = findings.iter().map(|finding| finding.name.as_str()).collect();
            let cases: BTreeSet<_> = findings.iter().flat_map(|finding| &finding.left_out).collect();
            let out = if cases.is_empty() { String::new() } else { left_out(cases.len()) };
            let several = format!("{mark} {} {}", findings.len(), findings[0].about.words());
            rows.push((several, format!("{}: {said}{out}", names.join(", "))));
        }
    }
    rows
}

/// Why something is left out, without how much that is.
fn reason(said: &str) -> &str {
    said.split_once(", so ").map_or(said, |(reason, _)| reason)
}

fn mark(state: State) -> char {
    match state {
        State::Good => '✓',
        State::Later | State::Unasked | State::Absent => '·',
        State::Misconfigured | State::Unreachable => '✗',
    }
}

fn of_cases(tally: &Tally, digits: usize) -> Vec<(String, String)> {
    let label = format!("{:>digits$} {}", tally.count, tally.forecast.words());
    let told: usize = tally.reasons.iter().map(|because| because.count).sum();
    let texts = tally.reasons.iter().map(|because| match tally.count {
        all if because.count == all => because.reason.clone(),
        _ => format!("{}: {}", because.count, because.reason),
    });
    let mut rows: Vec<(String, String)> = texts.map(|text| (String::new(), text)).collect();
    match rows.first_mut() {
        Some(first) if told > 0 => first.0 = label,
        Some(_) | None => rows.push((label, String::new())),
    }
    rows
}

/// What it comes to, with the names of what keeps a run from beginning.
fn closing(found: &Checkup) -> String {
    let names = |state| {
        let findings = || found.findings.iter().filter(move |finding| finding.state == state);
        // What a run would say follows from the rest, where there is any.
        let names: Vec<&str> = findings()
            .filter(|finding| finding.about != Topic::Run)
            .map(|finding| finding.name.as_str())
            .collect();
        let said = || findings().map(|finding| finding.said.clone()).collect::<Vec<_>>().join("; ");
        if names.is_empty() { said() } else { names.join(", ") }
    };
    match found.verdict {
        Readiness::Ready => {
            let runs = |tally: &&Tally| matches!(tally.forecast, Forecast::Run | Forecast::KnownRed);
            let cases = found.cases.iter().filter(runs).map(|tally| tally.count).sum();
            format!("ready, {} would run; nothing was created", count(cases, "case"))
        }
        Readiness::Misconfigured => format!("misconfigured: {}", names(State::Misconfigured)),
        Readiness::Unreachable => format!("not reachable: {}", names(State::Unreachable)),
    }
}

/// The marks in their colours; behind them, everything is as it was.
fn painted(text: &str, paint: Paint) -> String {
    let colours = [('✓', Forecast::Run), ('·', Forecast::Skipped), ('✗', Forecast::Refused)];
    let line = |line: &str| {
        let found = colours.iter().find(|(mark, _)| line.trim_start().starts_with(*mark));
        let line = found.map_or_else(
            || line.to_owned(),
            |(mark, forecast)| line.replacen(*mark, &paint.forecast(&mark.to_string(), *forecast), 1),
        );
        line + "\n"
    };
    text.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::render;
    use harness_runner::model::checkup::{Because, Checkup, Finding, Readiness, State, Tally, Topic};
    use harness_runner::model::name::{EnvironmentName, LaneName};
    use harness_runner::model::plan::Forecast;
    use harness_runner::report::Paint;
    use textwrap::core::display_width;

    fn checkup() -> Checkup {
        let found = |about, name: &str, state, said: &str| Finding::new(about, name, state, said);
        let edge = "staging-api.example.com:443: 192.0.2.7:443 takes connections";
        let shown = "staging-api.example.com:443: TLSv1.3, certificate of CN=staging-api.example.com, signed by CN=R12, \
                     valid from 2026-10-01 00:00:00 to 2026-12-30 23:59:59; this machine trusts it";
        let later = "known when fixture `org` is there";
        let findings = vec![
            found(Topic::Variable, "MOLECULE_CP_URL", State::Good, "https://staging-api.example.com"),
            found(Topic::Secret, "MOLECULE_ADMIN_TOKEN", State::Good, "set"),
            found(
                Topic::Secret,
                "E2E_OPENAI_API_KEY",
                State::Misconfigured,
                "not set, so 6 cases are refused: live is required",
            ),
            found(
                Topic::Service,
                "cp",
                State::Good,
                "https://staging-api.example.com: GET /health is 200 in 31 ms",
            )
            .with(vec![edge.to_owned(), shown.to_owned()]),
            found(Topic::Service, "tenant", State::Later, later),
            found(Topic::Service, "outside", State::Later, later),
            found(
                Topic::Credential,
                "cp_admin",
                State::Unreachable,
                "is neither let in nor refused: GET /cp/admin/orgs?limit=1 on cp is 503 {\"error\":\"later\"}",
            ),
            found(Topic::Credential, "tenant_owner", State::Later, later),
            found(
                Topic::Capability,
                "poll_queue",
                State::Absent,
                "keeps messages for agents that ask for them: no",
            ),
        ];
        let because = |reason: &str, count| Because { reason: reason.to_owned(), count };
        let run = Tally { forecast: Forecast::Run, count: 112, reasons: Vec::new() };
        let reasons = vec![
            because("missing E2E_OPENAI_API_KEY", 6),
            because("the target lacks capability poll_queue", 3),
        ];
        let refused = Tally { forecast: Forecast::Refused, count: 9, reasons };
        Checkup {
            version: 1,
            suite: "staging".to_owned(),
            environment: EnvironmentName::new("live"),
            because: "MOLECULE_CP_URL is set".to_owned(),
            lane: Some(LaneName::new("full")),
            lane_because: Some("nothing else is selected".to_owned()),
            selection: String::new(),
            notes: vec!["E2E_RUNTME is no variable of suite `staging`; did you mean E2E_RUNTIME?".to_owned()],
            findings,
            cases: vec![run, refused],
            verdict: Readiness::Misconfigured,
            exit: 2,
        }
    }

    #[test]
    fn what_was_found_is_legible_in_60_80_110_and_200_columns_and_without_a_limit() {
        for columns in [Some(60), Some(80), Some(110), Some(200), None] {
            let text = render(&checkup(), columns, Paint::Never);
            let widest = text.lines().map(display_width).max();
            assert!(widest <= columns.or(widest), "{columns:?}: {widest:?}\n{text}");
            let name = columns.map_or("unlimited".to_owned(), |columns| columns.to_string());
            insta::assert_snapshot!(name, text);
        }
    }

    #[test]
    fn colour_changes_nothing_but_the_colour() {
        let painted = render(&checkup(), Some(110), Paint::Always);
        let mut parts = painted.split('\u{1b}');
        let first = parts.next().unwrap_or_default().to_owned();
        let rest = parts.map(|part| part.split_once('m').map_or(part, |(_, text)| text));
        let plain = rest.fold(first, |text, part| text + part);
        assert_ne!(plain, painted);
        assert_eq!(plain, render(&checkup(), Some(110), Paint::Never));
    }
}
