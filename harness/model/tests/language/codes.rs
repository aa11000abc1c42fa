//! Every code is explained by an example that gives it, and a mended one that does not.

use super::fixture::Fixture;
use super::plan;
use harness_model::codes::{Example, all};
use harness_model::diagnostic::{Diagnostic, Weight};

/// How often a suite gives a code, and the codes of all its errors.
fn given(text: &str, code: &str) -> (usize, Vec<&'static str>) {
    let plan = plan(&Fixture::parse(text));
    let findings: Vec<&Diagnostic> = match &plan {
        Ok(plan) => plan.suite.warnings.iter().collect(),
        Err(findings) => findings.iter().collect(),
    };
    let errors = findings.iter().filter(|finding| finding.weight() == Weight::Error);
    let times = findings.iter().filter(|finding| finding.stable_code() == code).count();
    (times, errors.map(|error| error.stable_code()).collect())
}

#[test]
fn every_code_in_the_sources_is_explained() {
    let explained: Vec<String> = all().map(|code| code.code.to_owned()).collect();
    let missing: Vec<String> =
        super::codes_in_sources().into_iter().filter(|code| !explained.contains(code)).collect();
    let advice = "add an entry to harness/model/src/codes, in the file of its hundred";
    assert_eq!(missing, Vec::<String>::new(), "{advice}");
}

#[test]
fn every_code_that_is_explained_can_still_be_given() {
    let known = super::codes_in_sources();
    let gone: Vec<&str> = all().map(|code| code.code).filter(|code| !known.contains(*code)).collect();
    assert_eq!(gone, Vec::<&str>::new(), "remove what no source gives any more");
}

#[test]
fn the_wrong_example_of_every_code_gives_it_and_the_mended_one_compiles() {
    let mut findings = Vec::new();
    for code in all() {
        let Example::Files { wrong, mend } = code.example else { continue };
        let (times, errors) = given(wrong, code.code);
        let expected = if code.code.starts_with('E') { vec![code.code] } else { Vec::new() };
        if times == 0 || errors != expected {
            findings
                .push(format!("{}: its example gives it {times} times, and errors {errors:?}", code.code));
        }
        let unused = mend.iter().filter(|(from, _)| !wrong.contains(from)).map(|(from, _)| from);
        findings.extend(unused.map(|from| format!("{}: `{from}` is not in its example", code.code)));
        let (left, errors) = given(&code.example.mended().unwrap(), code.code);
        if left >= times || !errors.is_empty() {
            findings.push(format!("{}: mended, it is given {left} times, and errors {errors:?}", code.code));
        }
    }
    assert_eq!(findings, Vec::<String>::new());
}

#[test]
fn every_explanation_shows_what_changes_in_a_few_lines() {
    for code in all().filter(|code| matches!(code.example, Example::Files { .. })) {
        let difference = code.example.difference();
        assert!(difference.lines().any(|line| line.starts_with(['-', '+'])), "{}", code.code);
        assert!(difference.lines().count() <= 24, "{}: {difference}", code.code);
    }
}
