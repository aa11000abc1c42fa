//! The metrics of a run, read by the rules of the text format, each as strict as a server that scrapes them.

use crate::support::{CLOSING, hostile, rich};
use harness_model::name::CaseId;
use harness_report::{Account, Format};
use std::collections::{BTreeMap, BTreeSet};

/// A sample: its metric, its labels, its value.
type Sample = (String, BTreeMap<String, String>, f64);

/// Reads a text, or says what no server takes.
fn read(text: &str) -> Result<Vec<Sample>, String> {
    if !text.ends_with('\n') {
        return Err("the last line has no end".to_owned());
    }
    let (mut samples, mut seen, mut done, mut typed) = (Vec::new(), BTreeSet::new(), BTreeSet::new(), None);
    for line in text.lines() {
        let wrong = |what: &str| Err(format!("{what}: {line}"));
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let name = rest.split(' ').next().unwrap_or_default();
            if !is_name(name) || !done.insert(name.to_owned()) {
                return wrong("a metric is described once, by a name of letters, digits and `_`");
            }
            continue;
        }
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let Some((name, "gauge")) = rest.split_once(' ') else { return wrong("no type") };
            typed = Some(name.to_owned());
            continue;
        }
        let Some((name, rest)) = line.split_once('{') else { return wrong("no labels") };
        let (labels, value) = labels(rest).ok_or_else(|| format!("labels: {line}"))?;
        let Ok(value) = value.trim_start().parse::<f64>() else { return wrong("no number") };
        if typed.as_deref() != Some(name) {
            return wrong("not below its own type");
        }
        if !seen.insert((name.to_owned(), labels.clone())) {
            return wrong("the same series twice");
        }
        samples.push((name.to_owned(), labels, value));
    }
    Ok(samples)
}

fn is_name(name: &str) -> bool {
    let is_first = |letter: char| letter.is_ascii_alphabetic() || letter == '_';
    name.starts_with(is_first) && name.chars().all(|letter| is_first(letter) || letter.is_ascii_digit())
}

/// Labels up to the closing brace, and what follows it. A backslash escapes a backslash, a quote or a line feed.
fn labels(text: &str) -> Option<(BTreeMap<String, String>, &str)> {
    let (mut labels, mut rest) = (BTreeMap::new(), text);
    loop {
        let (name, value) = rest.split_once("=\"")?;
        let mut plain = String::new();
        let mut letters = value.char_indices();
        let end = loop {
            match letters.next()? {
                (at, '"') => break at,
                (_, '\\') => match letters.next()?.1 {
                    'n' => plain.push('\n'),
                    letter @ ('\\' | '"') => plain.push(letter),
                    _ => return None,
                },
                (_, letter) => plain.push(letter),
            }
        };
        if !is_name(name) || labels.insert(name.to_owned(), plain).is_some() {
            return None;
        }
        rest = &value[end + 1..];
        match rest.strip_prefix(',') {
            Some(more) => rest = more,
            None => return Some((labels, rest.strip_prefix('}')?)),
        }
    }
}

fn rendered(events: &[harness_model::event::Event]) -> String {
    let report = harness_model::report::RunReport::fold(events);
    Format::Prometheus.render(&Account::new(&report, CLOSING))
}

#[test]
fn every_verdict_is_counted_and_every_case_has_its_series() {
    let samples = read(&rendered(&rich())).unwrap();
    let report = harness_model::report::RunReport::fold(&rich());
    let of = |metric: &str| -> Vec<&Sample> { samples.iter().filter(|(name, ..)| name == metric).collect() };
    let counted: f64 = of("shakedown_run_cases").iter().map(|(.., count)| count).sum();
    assert_eq!(counted.to_string(), report.cases.len().to_string());
    assert_eq!(of("shakedown_run_cases").len(), 12);
    assert_eq!(of("shakedown_case_duration_seconds").len(), report.cases.len());
    let red = of("shakedown_case_red").iter().filter(|(.., red)| *red > 0.0).count();
    assert_eq!(red, report.cases.values().filter(|case| case.ending.verdict.is_red()).count());
    assert_eq!(of("shakedown_run_exit_code")[0].2.to_string(), report.exit().code().to_string());
    assert_eq!(of("shakedown_run_duration_seconds")[0].2.to_string(), "75");
}

#[test]
fn no_text_of_a_run_breaks_out_of_its_label() {
    let samples = read(&rendered(&hostile())).unwrap();
    let report = harness_model::report::RunReport::fold(&hostile());
    let cases = samples.iter().filter(|(name, ..)| name == "shakedown_case_red");
    let told: Vec<&str> = cases.map(|(_, labels, _)| labels["case"].as_str()).collect();
    // What cannot be seen is spelled out, as in every view.
    let seen = |id: &CaseId| {
        let unseen = |letter: &char| letter.is_control() || "\u{202e}\u{ffff}".contains(*letter);
        let spelt = |letter: char| match Some(letter).filter(unseen) {
            Some(letter) => letter.escape_unicode().to_string(),
            None => letter.to_string(),
        };
        id.as_str().chars().map(spelt).collect::<String>()
    };
    assert_eq!(told, report.cases.keys().map(seen).collect::<Vec<_>>());
}

#[test]
fn the_reader_of_this_test_takes_no_nonsense() {
    let good = "# HELP a b\n# TYPE a gauge\na{x=\"1\"} 1\n";
    assert!(read(good).is_ok());
    for (from, to) in
        [("} 1", "} one"), ("x=\"1\"", "x=\"\\q\""), ("a{x", "b{x"), ("} 1\n", "} 1"), ("1\"}", "1}")]
    {
        assert!(read(&good.replace(from, to)).is_err(), "{to}");
    }
    assert!(read(&(good.to_owned() + "a{x=\"1\"} 1\n")).is_err(), "a series twice");
}
