//! Conditions that compare an axis with a value that it does not have: they are false whatever happens, or true.
//!
//! Does not: evaluate anything.

use crate::case::Case;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::expression::Expression;
use crate::source::Location;
use crate::suite::{Scenario, Step, StepBody, Suite};
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};

/// What an axis or bundle key can be, by name.
type Values = BTreeMap<String, BTreeSet<String>>;

/// A comparison of a name with a text, as a condition writes it.
#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Comparison<'a> {
    name: &'a str,
    text: &'a str,
}

/// Checks the conditions of every step that a scenario can come to. A flow that several use is right when its comparison
/// makes sense for one of them.
pub(super) fn check(suite: &Suite, expanded: &[(&Scenario, Vec<Case>)], findings: &mut Diagnostics) {
    let mut open: IndexMap<(String, usize, String), Option<Diagnostic>> = IndexMap::new();
    for (scenario, cases) in expanded {
        let values = values(scenario, cases);
        for expression in suite.reached(&scenario.steps).into_iter().flat_map(conditions) {
            let location = &expression.at().location;
            for comparison in comparisons(expression.text()) {
                if comparison.name == "status" {
                    let place = (location.source.name().to_owned(), location.span.start, String::new());
                    open.entry(place).or_insert_with(|| Some(is_a_number(&comparison, location)));
                }
                let Some(known) = values.get(comparison.name) else { continue };
                let place =
                    (location.source.name().to_owned(), location.span.start, comparison.text.to_owned());
                let found = (!known.contains(comparison.text)).then(|| lacks(&comparison, known, location));
                let before = open.entry(place).or_insert_with(|| found.clone());
                if found.is_none() {
                    *before = None;
                }
            }
        }
    }
    findings.extend(open.into_values().flatten());
}

fn is_a_number(comparison: &Comparison<'_>, location: &Location) -> Diagnostic {
    Diagnostic::error("E0327", format!("`status` is a number and never '{}'", comparison.text))
        .at(location, "compared with a text")
        .help("take the quotes off: status == 404; the word in a body is body.status")
}

fn lacks(comparison: &Comparison<'_>, known: &BTreeSet<String>, location: &Location) -> Diagnostic {
    Diagnostic::error("E0409", format!("`{}` is never `{}`", comparison.name, comparison.text))
        .at(location, "no row of the matrix has this value")
        .did_you_mean(comparison.text, known.iter().map(String::as_str))
}

/// The values of every axis and bundle key that all cases have as text.
fn values(scenario: &Scenario, cases: &[Case]) -> Values {
    let keys: BTreeSet<&str> = scenario.matrix.keys().into_iter().collect();
    let mut values = Values::new();
    for name in keys {
        let texts = cases.iter().map(|case| case.bindings.get(name)?.as_str().map(str::to_owned));
        if let Some(texts) = texts.collect::<Option<BTreeSet<String>>>() {
            values.insert(name.to_owned(), texts);
        }
    }
    values
}

fn conditions(step: &Step) -> Vec<&Expression> {
    let mut conditions: Vec<&Expression> = step.when.iter().collect();
    if let StepBody::Run(run) = &step.body {
        conditions.extend(&run.expect);
        conditions.extend(run.poll.iter().flat_map(|poll| std::iter::once(&poll.until).chain(&poll.fail_if)));
    }
    conditions
}

/// A word of an expression, as far as comparisons go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word<'a> {
    Name(&'a str),
    Text(&'a str),
    Equals,
    Sign(char),
}

/// `name == 'text'`, `'text' != name`, and `name in ['text', …]`.
fn comparisons(expression: &str) -> BTreeSet<Comparison<'_>> {
    let words = words(expression);
    let mut found = BTreeSet::new();
    for (position, window) in words.windows(3).enumerate() {
        match window {
            [Word::Name(name), Word::Equals, Word::Text(text)]
            | [Word::Text(text), Word::Equals, Word::Name(name)] => {
                found.insert(Comparison { name, text });
            }
            [Word::Name(name), Word::Name("in"), Word::Sign('[' | '(')] => {
                let list =
                    words[position + 3..].iter().take_while(|word| !matches!(word, Word::Sign(']' | ')')));
                found.extend(list.filter_map(|word| match word {
                    Word::Text(text) => Some(Comparison { name, text }),
                    Word::Name(_) | Word::Equals | Word::Sign(_) => None,
                }));
            }
            _ => {}
        }
    }
    found
}

fn words(expression: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut rest = expression.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.');
        let (word, length) = match first {
            '\'' | '"' => {
                let text = rest[1..].split(first).next().unwrap_or_default();
                (Word::Text(text), text.len() + 2)
            }
            _ if rest.starts_with("==") || rest.starts_with("!=") => (Word::Equals, 2),
            _ if is_name(first) => {
                let end = rest.find(|letter| !is_name(letter)).unwrap_or(rest.len());
                (Word::Name(&rest[..end]), end)
            }
            _ => (Word::Sign(first), first.len_utf8()),
        };
        words.push(word);
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    // `a not in b` asks about the same values as `a in b`.
    words.retain(|word| *word != Word::Name("not"));
    words
}

#[cfg(test)]
mod tests {
    use super::comparisons;

    #[test]
    fn finds_what_a_name_is_compared_with() {
        let found = |text: &str| -> Vec<String> {
            comparisons(text).iter().map(|pair| format!("{} {}", pair.name, pair.text)).collect()
        };
        assert_eq!(found("lifecycle == 'pause' and 'mock' != runtime"), ["lifecycle pause", "runtime mock"]);
        assert_eq!(
            found("runtime not in ['a', \"b c\"] or x in (1, 'd')"),
            ["runtime a", "runtime b c", "x d"]
        );
        assert_eq!(found("body.status == 'it''s' and runtime ~ 'x' == y"), ["body.status it", "y x"]);
        assert_eq!(found("runtime == 'unclosed"), ["runtime unclosed"]);
        assert!(found("status == 200 and runtime is defined").is_empty());
    }
}
