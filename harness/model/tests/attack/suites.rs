//! Attacks by bindings and by whole suites, and what comes of each.
//!
//! Does not: measure them.

use super::{Attack, attack};
use harness_model::case::open;
use harness_model::context::Bindings;
use harness_model::diagnostic::Diagnostic;
use harness_model::source::{Source, SuiteText};
use harness_model::validate::compile;
use std::fmt::Write as _;

pub(crate) const ATTACKS: &[Attack] = &[
    // Bindings.
    attack("a billion laughs", laughs, "too long"),
    attack("bindings in the worst order", backwards, "bound"),
    // The compiler.
    attack(
        "many keys",
        || {
            suite_with(&(0..100_000).fold(String::new(), |mut text, number| {
                writeln!(text, "k{number} = {number}").unwrap();
                text
            }))
        },
        "E0101",
    ),
    attack(
        "many bindings",
        || {
            suite_with(&(0..20_000).fold("[bind]\n".to_owned(), |mut text, number| {
                writeln!(text, "k{number} = {number}").unwrap();
                text
            }))
        },
        "fine",
    ),
    attack(
        "deep lists in bindings",
        || suite_with(&format!("[bind]\na = {}{}", "[".repeat(10_000), "]".repeat(10_000))),
        "E0101",
    ),
    attack("deep tables", || suite_with(&format!("[{}]\n", vec!["a"; 10_000].join("."))), "E0101"),
    attack(
        "deep lists in a matrix",
        || scenario_with(&format!("[matrix]\na = {}{}", "[".repeat(10_000), "]".repeat(10_000))),
        "E0101",
    ),
    attack("a huge number", || suite_with(&format!("[bind]\na = {}\n", "9".repeat(100_000))), "E0101"),
    attack(
        "a huge year",
        || {
            scenario_with(
                "[[arm]]\nname = \"a\"\nmatch = { a = 1 }\nblocked = { needs = \"x\", owner = \"y\", expires = 9999999-01-01 }",
            )
        },
        "E0101",
    ),
    attack(
        "a day that is none",
        || {
            scenario_with(
                "[[arm]]\nname = \"a\"\nmatch = { a = 1 }\nblocked = { needs = \"x\", owner = \"y\", expires = 2027-02-31 }",
            )
        },
        "E0101",
    ),
    attack("a flow cycle", || flows(10, 1, 10), "E0330"),
    attack("a chain of flows", || flows(10_000, 1, 0), "E0337"),
    attack("flows that double", || flows(30, 2, 0), "E0337"),
    attack(
        "a thousand axes",
        || {
            scenario_with(&(0..1000).fold("[matrix]\n".to_owned(), |mut text, number| {
                writeln!(text, "a{number} = [1]").unwrap();
                text
            }))
        },
        "fine",
    ),
    attack(
        "a billion billion cells",
        || {
            scenario_with(&(0..60).fold("[matrix]\n".to_owned(), |mut text, number| {
                writeln!(text, "a{number} = [1, 2, 3]").unwrap();
                text
            }))
        },
        "E0407",
    ),
    attack("includes against rows", || scenario_with(&rows("include", 10_000)), "E0427"),
    attack("excludes against rows", || scenario_with(&rows("exclude", 10_000)), "E0427"),
    attack("arms against cases", arms, "fine"),
    attack(
        "a name of a megabyte",
        || scenario_with(&format!("[matrix]\n{} = [1]\n", "a".repeat(1_000_000))),
        "E0210",
    ),
    attack(
        "a value of a megabyte",
        || scenario_with(&format!("[matrix]\na = [\"{}\"]\n", "a".repeat(1_000_000))),
        "E0402",
    ),
    attack("a guess among many", guess, "E0311"),
];
fn laughs() -> String {
    let bindings = (1..30).fold(Bindings::default().with("b0", "ha{{ run }}"), |bindings, number| {
        let before = number - 1;
        bindings.with(format!("b{number}"), format!("{{{{ b{before} }}}}{{{{ b{before} }}}}"))
    });
    let opened = open(bindings, &Bindings::default().with("run", "ha"));
    if opened.get("b29").is_some() { "bound".to_owned() } else { "too long".to_owned() }
}

fn backwards() -> String {
    let bindings = (1..300).fold(Bindings::default().with("b000", "ha{{ run }}"), |bindings, number| {
        bindings.with(format!("b{:03}", 300 - number), format!("{{{{ b{:03} }}}}", (300 - number + 1) % 300))
    });
    let opened = open(bindings, &Bindings::default().with("run", "ha"));
    if opened.get("b001").is_some() { "bound".to_owned() } else { "unbound".to_owned() }
}

const SUITE: &str = include_str!("../language/default/suite.toml");
const SCENARIO: &str = include_str!("../language/default/scenario.toml");

fn text() -> SuiteText {
    SuiteText {
        suite: Some(Source::new("suite.toml", SUITE)),
        scenarios: vec![Source::new("scenario.toml", SCENARIO)],
        ..SuiteText::default()
    }
}

fn compiled(text: &SuiteText) -> String {
    let shown = |finding: &Diagnostic| {
        let mut rendered = String::new();
        let handler = miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::unicode_nocolor());
        handler.render_report(&mut rendered, finding).unwrap();
        assert!(rendered.len() < 1_000_000, "a finding of {} bytes", rendered.len());
        finding.stable_code().to_owned()
    };
    match compile(text) {
        Ok(suite) => suite
            .warnings
            .iter()
            .find(|found| found.stable_code() == "W0501")
            .map_or("fine".to_owned(), shown),
        Err(findings) => shown(findings.iter().next().unwrap()),
    }
}

fn suite_with(more: &str) -> String {
    compiled(&SuiteText { suite: Some(Source::new("suite.toml", format!("{SUITE}\n{more}"))), ..text() })
}

fn scenario_with(more: &str) -> String {
    let scenario = Source::new("scenario.toml", format!("{SCENARIO}\n{more}"));
    compiled(&SuiteText { scenarios: vec![scenario], ..text() })
}

/// Flows of which each uses the next one; the last one goes back to the first where there is a cycle.
fn flows(count: usize, times: usize, cycle: usize) -> String {
    let flows = (0..count).map(|number| {
        let next = if number + 1 == count { 0 } else { number + 1 };
        let body = if number + 1 == count && cycle == 0 {
            "[[step]]\nname = \"look\"\nrun.http = { on = \"api\", path = \"/things\" }\nexpect = [\"status == 200\"]\n".to_owned()
        } else {
            format!("[[step]]\nuse = \"flows/f{next}\"\n").repeat(times)
        };
        let name = format!("flows/f{number}");
        (name.clone(), Source::new(name, format!("[flow]\nsummary = \"f\"\n{body}")))
    });
    let scenario = Source::new("scenario.toml", format!("{SCENARIO}\n[[step]]\nuse = \"flows/f0\"\n"));
    compiled(&SuiteText { flows: flows.collect(), scenarios: vec![scenario], ..text() })
}

fn rows(list: &str, count: usize) -> String {
    let values: Vec<String> = (0..count).map(|number| number.to_string()).collect();
    let rows: Vec<String> = (0..count).map(|number| format!("{{ a = {number} }}")).collect();
    format!("[matrix]\na = [{}]\n{list} = [{}]\n", values.join(", "), rows.join(", "))
}

fn arms() -> String {
    let values: Vec<String> = (0..1000).map(|number| number.to_string()).collect();
    let arms: String = (0..1000).fold(String::new(), |mut text, number| {
        writeln!(text, "[[arm]]\nname = \"n{number}\"\nmatch = {{ a = {number} }}").unwrap();
        text
    });
    scenario_with(&format!("[matrix]\na = [{}]\n{arms}", values.join(", ")))
}

fn guess() -> String {
    let secrets = (0..50_000).fold(String::new(), |mut text, number| {
        writeln!(text, "[secret.NAME_{number}]").unwrap();
        text
    });
    suite_with(&format!("{secrets}\n[credential.x]\nbearer = \"{{{{ secret.NAME_X }}}}\"\non = [\"apj\"]\n"))
}
