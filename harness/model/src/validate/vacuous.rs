//! Whether a condition holds for every reply that there could be: it is asked of replies that are as unlike as can be, with
//! what the condition itself names among them.
//!
//! Does not: judge a condition that reads anything beside the result, or one for which that would take too many replies.

use crate::action::RESULT_WORDS;
use crate::context::Bindings;
use crate::expression::Expression;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// More replies than this are not tried, and nothing is said of the condition.
const MOST: usize = 4096;

/// A text of a length that the condition names is made up to here.
const LONGEST: usize = 10_000;

/// Statuses that conditions ask for, the likely ones first; alone, every other one is tried as well.
const STATUSES: [u16; 17] =
    [200, 500, 404, 201, 204, 100, 301, 400, 401, 403, 409, 422, 429, 502, 503, 504, 599];

/// A word, and what it may hold in a reply; nothing where a reply lacks it.
type Pool<'a> = (&'a str, Vec<Option<Value>>);

/// Whether every reply fulfils a condition that reads nothing but the reply.
pub(super) fn holds_for_every_reply(condition: &Expression) -> bool {
    let mut words: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for path in condition.reads() {
        let (word, rest) = path.split_once('.').unwrap_or((path, ""));
        if !RESULT_WORDS.contains(&word) {
            return false;
        }
        words.entry(word).or_default().push(rest);
    }
    let named = Named::of(condition.text());
    let alone = words.len() == 1;
    let pools: Option<Vec<Pool<'_>>> =
        words.iter().map(|(word, paths)| Some((*word, named.pool(word, paths, alone)?))).collect();
    let Some(pools) = pools.filter(|pools| !pools.is_empty()) else { return false };
    let replies = pools.iter().try_fold(1_usize, |product, (_, pool)| product.checked_mul(pool.len()));
    let Some(replies) = replies.filter(|replies| *replies <= MOST) else { return false };
    (0..replies).all(|reply| condition.holds(&scope(&pools, reply)) == Ok(true))
}

/// One reply of all that the pools give, by its number.
fn scope(pools: &[Pool<'_>], mut number: usize) -> Bindings {
    let mut scope = Bindings::default();
    for (word, pool) in pools {
        if let Some(value) = &pool[number % pool.len()] {
            scope.set(*word, value);
        }
        number /= pool.len();
    }
    scope
}

/// What a condition names: the texts in quotes and the numbers, for a reply may be just that.
struct Named {
    texts: Vec<String>,
    numbers: Vec<i64>,
}

impl Named {
    fn of(condition: &str) -> Self {
        let (mut texts, mut plain, mut rest) = (Vec::new(), String::new(), condition);
        while let Some(start) = rest.find(['\'', '"']) {
            let (before, quoted) = rest.split_at(start);
            plain.push_str(before);
            plain.push(' ');
            let quote = if quoted.starts_with('"') { '"' } else { '\'' };
            let (text, after) = quoted[1..].split_once(quote).unwrap_or((&quoted[1..], ""));
            texts.push(text.to_owned());
            rest = after;
        }
        plain.push_str(rest);
        let numbers = plain.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
        let numbers = numbers.filter_map(|word| word.parse::<i64>().ok());
        let numbers = numbers.flat_map(|number| [number, number.saturating_sub(1), number.saturating_add(1)]);
        let numbers = numbers.collect();
        if texts.len() > 1 {
            texts.push(texts.concat());
        }
        Self { texts, numbers }
    }

    /// What a word of the result can be, or that it is not there; none where that is too much to try.
    fn pool(&self, word: &str, paths: &[&str], alone: bool) -> Option<Vec<Option<Value>>> {
        let counted = |least: i64| self.numbers().filter(move |number| *number >= least).map(Value::from);
        let pool: Vec<Value> = match word {
            "status" => {
                let likely = STATUSES.into_iter().map(i64::from);
                let named = self.numbers().filter(|number| (100..600).contains(number));
                let all = (100..600).filter(|_| alone);
                likely.chain(named).chain(all).map(Value::from).collect()
            }
            "exit" | "bytes" => counted(0).collect(),
            "elapsed" => counted(0).chain([Value::from(0.25)]).collect(),
            "headers" => objects(paths, &self.texts())?,
            "body" | "task" | "json" | "upload" => {
                let mut any = self.anything();
                let objects = objects(paths, &any)?;
                any.extend(objects);
                any
            }
            _ => self.texts(),
        };
        // The output of a program may be no JSON, and an answer has no error.
        let absent = matches!(word, "json" | "error").then_some(None);
        Some(absent.into_iter().chain(pool.into_iter().map(Some)).collect())
    }

    fn numbers(&self) -> impl Iterator<Item = i64> {
        self.numbers.iter().copied().chain([0, 1, 2, 9_999_999])
    }

    fn texts(&self) -> Vec<Value> {
        let mut texts: Vec<String> =
            ["", "x", " \n", "<html>\u{1F600}"].into_iter().map(str::to_owned).collect();
        texts.extend(self.texts.iter().cloned());
        let lengths = self.numbers.iter().filter_map(|number| usize::try_from(*number).ok());
        texts.extend(lengths.filter(|length| *length <= LONGEST).map(|length| "x".repeat(length)));
        texts.into_iter().map(Value::from).collect()
    }

    /// A value of each kind of JSON.
    fn anything(&self) -> Vec<Value> {
        let mut any = vec![Value::Null, Value::Bool(false), Value::Bool(true), Value::Array(Vec::new())];
        any.push(Value::Object(Map::new()));
        any.extend(self.numbers().chain([-1]).map(Value::from));
        let texts = self.texts();
        any.push(Value::Array(texts.clone()));
        any.extend(texts);
        any
    }
}

/// An object for every way in which the paths below a word can be there, with these values, or missing.
fn objects(paths: &[&str], values: &[Value]) -> Option<Vec<Value>> {
    let mut objects = vec![Value::Object(Map::new())];
    for path in paths.iter().filter(|path| !path.is_empty()) {
        if objects.len() * (values.len() + 1) > MOST {
            return None;
        }
        let with = |object: &Value| -> Vec<Value> {
            let put = values.iter().map(|value| put(object.clone(), path, value));
            std::iter::once(object.clone()).chain(put).collect()
        };
        objects = objects.iter().flat_map(with).collect();
    }
    Some(objects)
}

/// An object with a value at a dotted path; what stands in the way of it gives way.
fn put(mut object: Value, path: &str, value: &Value) -> Value {
    let mut place = &mut object;
    for key in path.split('.') {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        place = &mut place[key];
    }
    *place = value.clone();
    object
}

#[cfg(test)]
mod tests {
    use super::holds_for_every_reply;
    use crate::expression::Expression;
    use crate::source::{At, Source};

    fn is_vacuous(text: &str) -> bool {
        let location = Source::new("test", text).at(0..text.len());
        holds_for_every_reply(&Expression::parse(At { value: text.to_owned(), location }).expect("parses"))
    }

    #[test]
    fn a_condition_that_every_reply_fulfils_is_noticed() {
        for text in [
            "status == status",
            "status > 0",
            "elapsed >= 0",
            "text is string",
            "'' in text",
            "text | lower != 'ABC'",
            "status == 200 or true",
            "status == 200 or status != 200",
            "body is defined",
            "body.x is defined or body.x is not defined",
            "headers is mapping",
            "exit >= 0",
            "not (outcome == 'a' and outcome == 'b')",
        ] {
            assert!(is_vacuous(text), "{text}");
        }
    }

    #[test]
    fn a_condition_that_some_reply_breaks_is_not() {
        for text in [
            "status == 200",
            "status != 503",
            "status != 412",
            "status < 500",
            "elapsed < 30",
            "elapsed < 30.5",
            "text != 'gone'",
            "'error' not in text",
            "'a' not in text or 'b' not in text",
            "text | length < 400",
            "text | length != 36",
            "body.error is not defined",
            "body.url | default('') != 'x'",
            "body.items | default([]) | length <= 3",
            "'a' not in (body.list | default([]))",
            "headers.location is defined",
            "headers.server | default('') != 'x'",
            "status != 500 or body.code != 'X'",
            "body.a != 'x' or body.b != 'y' or body.c != 'z'",
            "not (body.busy | default(false))",
            "body.usage.tokens | default(0) >= 0",
            "runtime == runtime",
            "status == 200 or runtime == runtime",
            "outcome == 'answer'",
            "exit == 0",
            "json is defined",
            "error is not defined",
        ] {
            assert!(!is_vacuous(text), "{text}");
        }
    }
}
