//! The expression language: minijinja, strict, and every condition a boolean.
//!
//! Does not: decide what a missing path means. In `until` it is "no match yet", in `expect` a failure; the caller knows.

use crate::connectives::{Sides, sides};
use crate::context::{Bindings, display};
use crate::diagnostic::Diagnostic;
use crate::source::At;
use crate::template::{FUEL, excessive, meter, refuse_long, thrift};
use minijinja::value::ValueKind;
use minijinja::{Environment, ErrorKind, UndefinedBehavior, Value};
use std::collections::BTreeSet;
use std::sync::LazyLock;

static LANGUAGE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    meter::install(&mut environment);
    environment
});

/// What [`Expression::actual`] says of a path that is not there; a text that says so stands in quotes.
pub const MISSING: &str = "missing";

/// An expression with the place where it was written.
#[derive(Debug, Clone)]
pub struct Expression {
    text: At<String>,
    reads: BTreeSet<String>,
}

/// Why an expression has no value.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum EvaluationError {
    /// A path is not there.
    #[error("{} is missing", paths.join(", "))]
    Missing {
        /// The paths.
        paths: Vec<String>,
    },
    /// A condition gave something other than true or false.
    #[error("a condition must be true or false, this is {found}")]
    NotBoolean {
        /// What it gave.
        found: String,
    },
    /// It cannot be evaluated at all.
    #[error("{message}")]
    Broken {
        /// What the language says.
        message: String,
    },
}

impl Expression {
    /// Takes an expression.
    ///
    /// *Errors*: `E0301` when it does not parse.
    pub fn parse(text: At<String>) -> Result<Self, Diagnostic> {
        refuse_long(&text)?;
        thrift::expression(&text.value).map_err(|excess| excessive(&excess, &text.location))?;
        let reads = match LANGUAGE.compile_expression(&text.value) {
            Ok(_) if has_slice(&text.value) => {
                return Err(Diagnostic::error("E0300", "a slice hides what it reads")
                    .at(&text.location, "here")
                    .help("use first, last, or text: states | join(' ') is endingwith 'paused provisioning online'"));
            }
            Ok(compiled) => compiled.undeclared_variables(true).into_iter().collect(),
            Err(error) => {
                let detail = error.detail().unwrap_or("it does not parse").to_owned();
                return Err(Diagnostic::error("E0301", format!("this is not an expression: {detail}"))
                    .at(&text.location, "here")
                    .help("compare with ==, join with and, or, not, quote text: status == 200 and body.code == 'X'"));
            }
        };
        Ok(Self { text, reads })
    }

    /// The expression as written.
    pub fn text(&self) -> &str {
        &self.text.value
    }

    /// Where it was written.
    pub fn at(&self) -> &At<String> {
        &self.text
    }

    /// The dotted paths that it reads.
    pub fn reads(&self) -> &BTreeSet<String> {
        &self.reads
    }

    /// Its value.
    ///
    /// *Errors*: a path that is missing and not guarded by `default` or `is defined`, or what the language says.
    pub fn evaluate(&self, scope: &Bindings) -> Result<Value, EvaluationError> {
        let paths: Vec<String> = self
            .reads
            .iter()
            .filter(|path| !self.guards(path) && scope.resolve(path).is_none())
            .cloned()
            .collect();
        if !paths.is_empty() {
            return Err(EvaluationError::Missing { paths });
        }
        let broken = |error: minijinja::Error| match error.kind() {
            ErrorKind::UndefinedError => {
                EvaluationError::Missing { paths: self.reads.iter().cloned().collect() }
            }
            _ => EvaluationError::Broken { message: error.to_string() },
        };
        let compiled = LANGUAGE.compile_expression(&self.text.value).map_err(broken)?;
        meter::reset();
        let value = compiled.eval(scope.to_value()).map_err(broken)?;
        if value.is_undefined() {
            return Err(EvaluationError::Missing { paths: self.reads.iter().cloned().collect() });
        }
        Ok(value)
    }

    /// Whether it holds. A side of `and` or `or` that reads a missing path leaves the decision to the others.
    ///
    /// *Errors*: those of [`Expression::evaluate`], and a value that is neither true nor false.
    pub fn holds(&self, scope: &Bindings) -> Result<bool, EvaluationError> {
        match self.evaluate(scope) {
            Ok(value) if value.kind() == ValueKind::Bool => Ok(value.is_true()),
            Ok(value) => Err(EvaluationError::NotBoolean { found: display(&value) }),
            Err(EvaluationError::Missing { paths }) => match sides(&self.text.value) {
                Sides::Any(sides) => {
                    self.decided(&sides, scope, true).ok_or(EvaluationError::Missing { paths })
                }
                Sides::All(sides) => {
                    self.decided(&sides, scope, false).ok_or(EvaluationError::Missing { paths })
                }
                Sides::One => Err(EvaluationError::Missing { paths }),
            },
            Err(error) => Err(error),
        }
    }

    /// The value of `and` or `or`, when one side alone decides it: true decides `or`, false decides `and`.
    fn decided(&self, sides: &[&str], scope: &Bindings, decisive: bool) -> Option<bool> {
        let holds = |side: &&str| {
            let at = At { value: (*side).to_owned(), location: self.text.location.clone() };
            Self::parse(at).ok()?.holds(scope).ok()
        };
        let values: Vec<Option<bool>> = sides.iter().map(holds).collect();
        if values.contains(&Some(decisive)) {
            return Some(decisive);
        }
        values.iter().all(Option::is_some).then_some(!decisive)
    }

    /// What each path that it reads holds at the moment, for people.
    pub fn actual(&self, scope: &Bindings) -> Vec<(String, String)> {
        self.reads
            .iter()
            .map(|path| {
                (
                    path.clone(),
                    scope.resolve(path).map_or_else(|| MISSING.to_owned(), |value| display(&value)),
                )
            })
            .collect()
    }

    fn guards(&self, path: &str) -> bool {
        guards(&self.text.value, path)
    }
}

/// Whether a text, an expression or a template, says what holds when a path, or a parent of it, is missing.
pub(crate) fn guards(text: &str, path: &str) -> bool {
    let mut parent = path;
    loop {
        let guarded = text.match_indices(parent).any(|(start, found)| {
            let rest = text[start + found.len()..].trim_start();
            rest.strip_prefix('|').map(str::trim_start).is_some_and(|filter| filter.starts_with("default"))
                || ["is defined", "is undefined", "is not defined"].iter().any(|test| rest.starts_with(test))
        });
        match (guarded, parent.rsplit_once('.')) {
            (true, _) => return true,
            (false, Some((shorter, _))) => parent = shorter,
            (false, None) => return false,
        }
    }
}

/// Whether a text has a slice such as `states[-3:]`. minijinja does not tell what a slice reads, so neither the dataflow
/// check nor the guard against missing paths would see it.
fn has_slice(text: &str) -> bool {
    let (mut open, mut quote, mut before) = (Vec::new(), None, ' ');
    for letter in text.chars() {
        match (quote, letter) {
            (Some(end), _) if letter == end => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            // A bracket behind a value is a subscript, any other one begins a list.
            (None, '[') => {
                open.push(before.is_alphanumeric() || matches!(before, '_' | ')' | ']' | '"' | '\''));
            }
            (None, '{' | '(') => open.push(false),
            (None, ']' | '}' | ')') => {
                open.pop();
            }
            (None, ':') if open.last() == Some(&true) => return true,
            (Some(_) | None, _) => {}
        }
        if !letter.is_whitespace() {
            before = letter;
        }
    }
    false
}

#[cfg(test)]
#[expect(clippy::disallowed_macros, reason = "the values of tests are literals")]
mod tests {
    use super::{EvaluationError, Expression};
    use crate::context::Bindings;
    use crate::source::{At, Source};

    fn expression(text: &str) -> Expression {
        Expression::parse(At {
            value: text.to_owned(),
            location: Source::new("test", text).at(0..text.len()),
        })
        .expect("parses")
    }

    fn scope() -> Bindings {
        Bindings::default()
            .with("status", 200)
            .with("body", serde_json::json!({"status": "online", "n": {"x": 1}}))
    }

    #[test]
    fn a_condition_that_is_not_boolean_is_an_error_and_never_true() {
        assert!(matches!(expression("body.status").holds(&scope()), Err(EvaluationError::NotBoolean { .. })));
        assert!(matches!(expression("1").holds(&scope()), Err(EvaluationError::NotBoolean { .. })));
        assert_eq!(expression("status == 200").holds(&scope()), Ok(true));
    }

    #[test]
    fn a_missing_path_is_an_error_even_where_the_comparison_would_be_true() {
        let missing = |path: &str| Err(EvaluationError::Missing { paths: vec![path.to_owned()] });
        assert_eq!(expression("body.stauts != 'removed'").holds(&scope()), missing("body.stauts"));
        assert_eq!(expression("body.stauts != body.status").holds(&scope()), missing("body.stauts"));
        assert_eq!(expression("body.reslt.status == 1").holds(&scope()), missing("body.reslt.status"));
    }

    #[test]
    fn a_missing_path_leaves_the_decision_to_the_other_side() {
        let gone = || Bindings::default().with("status", 404).with("body", serde_json::json!({}));
        let holds = |text: &str| expression(text).holds(&gone());
        assert_eq!(holds("status == 404 or body.status == 'removed'"), Ok(true));
        assert_eq!(holds("body.status == 'removed' or status == 404"), Ok(true));
        assert_eq!(holds("status == 200 and body.status == 'removed'"), Ok(false));
        assert_eq!(holds("(status == 404 or body.x) and (status == 404)"), Ok(true));
        assert!(holds("status == 200 or body.status == 'removed'").is_err());
        assert!(holds("status == 404 and body.status == 'removed'").is_err());
        assert!(holds("body.status != 'removed'").is_err());
    }

    #[test]
    fn default_and_is_defined_guard_a_missing_path() {
        assert_eq!(expression("body.url | default('none') == 'none'").holds(&scope()), Ok(true));
        assert_eq!(expression("body.url is not defined").holds(&scope()), Ok(true));
        assert_eq!(expression("body.url is defined and body.url.host == 'x'").holds(&scope()), Ok(false));
    }

    #[test]
    fn shows_the_actual_value_of_every_path_it_reads() {
        let actual = expression("body.status == 'paused' and body.code == 1").actual(&scope());
        let texts: Vec<String> = actual.iter().map(|(path, value)| format!("{path} = {value}")).collect();
        assert_eq!(texts, ["body.code = missing", "body.status = \"online\""]);
    }

    #[test]
    fn a_slice_is_refused_because_it_hides_what_it_reads() {
        let parse = |text: &str| {
            let location = Source::new("test", text).at(0..text.len());
            Expression::parse(At { value: text.to_owned(), location })
        };
        for slice in ["states[-3:] == ['a']", "(body | list) [1:2]", "body['a'][:1] == 1"] {
            assert!(parse(slice).is_err(), "{slice}");
        }
        for fine in
            ["body[0] == {'a': 1}", "[{'a': 1}] == body", "body['a:b'] == ':'", "states[{'a': 0}['a']] == 1"]
        {
            assert!(parse(fine).is_ok(), "{fine}");
        }
    }

    #[test]
    fn an_endless_expression_is_stopped() {
        let endless = expression(
            "range(9999) | map('string') | join(',') | length > 0 and range(99999999) | length > 0",
        );
        assert!(endless.holds(&scope()).is_err());
    }
}
