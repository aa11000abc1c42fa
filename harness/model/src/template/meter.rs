//! The meter: filters, tests and functions that count what goes through them, in bytes.
//!
//! The evaluator's own fuel counts steps, and one filter is one step, however much it copies.
//!
//! Does not: bound what a text says; `thrift` does.

use minijinja::value::{Rest, ValueKind, ValueOrKwargs};
use minijinja::{Environment, Error, ErrorKind, State, Value, filters, functions, tests};
use std::cell::Cell;
use std::io;

/// What all filters of one evaluation may move; a reply has ten megabytes at most.
const MOST_BYTES: usize = 32 * 1024 * 1024;
/// What a value costs beside its text.
const VALUE_BYTES: usize = 32;
/// A width, an indentation or a number of columns is shorter; each is that many bytes a line.
const WIDEST: i64 = 1000;
/// A list that a template makes up is shorter.
const LONGEST_RANGE: i64 = 256;

thread_local! {
    /// What is left of the evaluation at hand. An evaluation never leaves its thread.
    static LEFT: Cell<usize> = const { Cell::new(MOST_BYTES) };
}

/// Begins an evaluation.
pub(crate) fn reset() {
    LEFT.set(MOST_BYTES);
}

/// Puts a meter before everything that a text of the language can call.
pub(crate) fn install(environment: &mut Environment<'static>) {
    macro_rules! metered {
        ($($name:literal => $function:expr),* $(,)?) => {
            $({
                let function = Value::from_function($function);
                environment.add_filter($name, move |state: &mut State<'_, '_>, arguments: Rest<ValueOrKwargs>| {
                    let arguments = values(arguments);
                    before($name, &arguments)?;
                    let value = function.call(state, &arguments)?;
                    charge(&value)?;
                    Ok::<Value, Error>(value)
                });
            })*
        };
    }
    metered!(
        "lower" => filters::lower, "upper" => filters::upper, "title" => filters::title,
        "capitalize" => filters::capitalize, "replace" => filters::replace, "trim" => filters::trim,
        "join" => filters::join, "split" => filters::split, "lines" => filters::lines,
        "list" => filters::list, "string" => filters::string, "batch" => filters::batch,
        "slice" => filters::slice, "sum" => filters::sum, "indent" => filters::indent,
        "map" => filters::map, "select" => filters::select, "reject" => filters::reject,
        "selectattr" => filters::selectattr, "rejectattr" => filters::rejectattr,
        "groupby" => filters::groupby, "unique" => filters::unique, "chain" => filters::chain,
        "zip" => filters::zip, "format" => filters::format,
        "tojson" => filters::tojson, "escape" => filters::escape, "e" => filters::escape,
        "sort" => filters::sort, "reverse" => filters::reverse, "items" => filters::items,
        "dictsort" => filters::dictsort, "min" => filters::min, "max" => filters::max,
    );
    macro_rules! metered_tests {
        ($($name:literal => $function:expr),* $(,)?) => {
            $({
                let function = Value::from_function($function);
                environment.add_test($name, move |state: &mut State<'_, '_>, arguments: Rest<ValueOrKwargs>| {
                    let arguments = values(arguments);
                    before($name, &arguments)?;
                    Ok::<bool, Error>(function.call(state, &arguments)?.is_true())
                });
            })*
        };
    }
    metered_tests!(
        "in" => tests::is_in, "eq" => tests::is_eq, "equalto" => tests::is_eq, "==" => tests::is_eq,
        "ne" => tests::is_ne, "!=" => tests::is_ne, "lt" => tests::is_lt, "lessthan" => tests::is_lt,
        "<" => tests::is_lt, "le" => tests::is_le, "<=" => tests::is_le, "gt" => tests::is_gt,
        "greaterthan" => tests::is_gt, ">" => tests::is_gt, "ge" => tests::is_ge, ">=" => tests::is_ge,
        "startingwith" => tests::is_startingwith, "endingwith" => tests::is_endingwith,
    );
    environment.add_function("range", |lower: i64, upper: Option<i64>, step: Option<i64>| {
        let (from, to) = upper.map_or((0, lower), |upper| (lower, upper));
        if from.abs_diff(to) > LONGEST_RANGE.unsigned_abs() {
            return Err(stopped(format!("a range of more than {LONGEST_RANGE} numbers")));
        }
        let fits = |number: i64| {
            isize::try_from(number)
                .map_err(|error| stopped("a number that is too large".to_owned()).with_source(error))
        };
        functions::range(fits(lower)?, upper.map(fits).transpose()?, step.map(fits).transpose()?)
    });
    // What a loop assigns to could grow with each turn, and what shows all bindings would show all secrets.
    environment.remove_global("namespace");
    // It costs the square of the depth, and nobody reads a payload.
    environment.remove_filter("pprint");
    environment.remove_global("debug");
}

/// The arguments as the function itself takes them, those that have names among them.
fn values(arguments: Rest<ValueOrKwargs>) -> Vec<Value> {
    arguments.0.into_iter().map(ValueOrKwargs::into_value).collect()
}

/// Charges what a filter takes, and what it will make of it where that is more.
fn before(name: &str, arguments: &[Value]) -> Result<(), Error> {
    for argument in arguments {
        charge(argument)?;
    }
    let Some((first, options)) = arguments.split_first() else { return Ok(()) };
    let text = |position: usize| options.get(position).and_then(Value::as_str).unwrap_or_default();
    let length = first.len().unwrap_or_default();
    match name {
        "replace" => {
            let (whole, from) = (first.as_str().unwrap_or_default(), text(0));
            let found = if from.is_empty() { whole.len() + 1 } else { whole.matches(from).count() };
            spend(found.saturating_mul(text(1).len()))
        }
        "join" => spend(length.saturating_mul(text(0).len())),
        // Each sum copies everything before it.
        "sum"
            if first.try_iter().is_ok_and(|mut items| items.any(|item| item.kind() != ValueKind::Number)) =>
        {
            spend(length.saturating_mul(length))
        }
        "split" | "lines" | "list" if first.as_str().is_some() => spend(length.saturating_mul(VALUE_BYTES)),
        "indent" | "tojson" | "batch" | "slice" => {
            let lines = first.as_str().map_or(length, |text| text.lines().count());
            let widest = widths(options)?;
            spend(lines.saturating_add(1).saturating_mul(widest))
        }
        "format" => {
            widths(options)?;
            let pattern = first.as_str().unwrap_or_default();
            let mut numbers = pattern.split(|letter: char| !letter.is_ascii_digit());
            if numbers.any(|digits| digits.len() > 3) {
                return Err(stopped(format!("a width of more than {WIDEST}")));
            }
            let uses = pattern.matches(['%', '{', '*']).count();
            let longest = options.iter().map(size).max().unwrap_or_default();
            spend(uses.saturating_mul(longest.saturating_add(1000)))
        }
        _ => Ok(()),
    }
}

/// The widest of the numbers among the options of a filter, also of those that have a name.
fn widths(options: &[Value]) -> Result<usize, Error> {
    let named = options.iter().filter(|option| option.kind() == ValueKind::Map);
    let named = named.filter_map(|map| Some((map.clone(), map.try_iter().ok()?)));
    let named =
        named.flat_map(|(map, keys)| keys.filter_map(move |key| map.get_item(&key).ok()).collect::<Vec<_>>());
    let numbers = options.iter().cloned().chain(named).filter_map(|option| option.as_i64());
    let widest = numbers.max().unwrap_or(4);
    match usize::try_from(widest) {
        Ok(width) if widest <= WIDEST => Ok(width),
        Ok(_) => Err(stopped(format!("a width of more than {WIDEST}"))),
        Err(_) => Ok(0),
    }
}

fn charge(value: &Value) -> Result<(), Error> {
    spend(size(value))
}

fn spend(bytes: usize) -> Result<(), Error> {
    let left = LEFT
        .get()
        .checked_sub(bytes)
        .ok_or_else(|| stopped(format!("it moves more than {} MB", MOST_BYTES / 1024 / 1024)))?;
    LEFT.set(left);
    Ok(())
}

/// What a value holds, counted no further than an evaluation may go.
fn size(value: &Value) -> usize {
    let (mut bytes, mut ahead) = (0_usize, vec![value.clone()]);
    while let Some(next) = ahead.pop() {
        bytes = bytes.saturating_add(VALUE_BYTES + next.as_str().map_or(0, str::len));
        if bytes > MOST_BYTES {
            return bytes;
        }
        if !matches!(next.kind(), ValueKind::Seq | ValueKind::Map | ValueKind::Iterable) {
            continue;
        }
        for item in next.try_iter().into_iter().flatten() {
            if next.kind() == ValueKind::Map {
                ahead.extend(next.get_item(&item).ok());
            }
            ahead.push(item);
            if ahead.len().saturating_mul(VALUE_BYTES) > MOST_BYTES {
                return usize::MAX;
            }
        }
    }
    bytes
}

fn stopped(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

/// What is rendered, up to a length.
pub(super) struct Page {
    /// What was written.
    pub(super) bytes: Vec<u8>,
    /// How long it may be.
    pub(super) longest: usize,
}

impl io::Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.longest {
            return Err(io::Error::other(format!("it renders to more than {} bytes", self.longest)));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
