//! What is known only during a run: it stands in templates under its own name, `<org.id>`.
//!
//! Does not: guess. A condition that reads it is open, and a filter that needs a number says that it cannot.

use crate::context::{Bindings, display};
use minijinja::Value;
use minijinja::value::{Object, ObjectRepr};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// Around a name while it is rendered: no text of ours holds them, so what is unknown can be told from what looks so.
const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';

/// The same as a path escapes them.
const ESCAPED: [(&str, &str); 2] = [("%EE%80%80", "<"), ("%EE%80%81", ">")];

/// A value that only the run has: any part of it is unknown too.
#[derive(Debug)]
struct Unknown(String);

impl Object for Unknown {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        Some(unknown(&format!("{}.{key}", self.0)))
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{OPEN}{}{CLOSE}", self.0)
    }
}

/// The value that stands for a path.
pub(super) fn unknown(path: &str) -> Value {
    Value::from_object(Unknown(path.to_owned()))
}

/// Whether a value, or a part of its text, is known only during a run.
pub(super) fn is_unknown(value: &Value) -> bool {
    value.downcast_object_ref::<Unknown>().is_some() || value.as_str().is_some_and(|text| text.contains(OPEN))
}

/// Those of the paths that are known only during a run.
pub(super) fn unknown_of(paths: &BTreeSet<String>, scope: &Bindings) -> Vec<String> {
    let open = paths.iter().filter(|path| scope.resolve(path).is_some_and(|value| is_unknown(&value)));
    open.cloned().collect()
}

/// A rendered text for people: what is unknown in angle brackets.
pub(super) fn finished(text: &str) -> String {
    let mut text = text.replace(OPEN, "<").replace(CLOSE, ">");
    for (escaped, plain) in ESCAPED {
        text = text.replace(escaped, plain);
    }
    text
}

/// A value for people, in one line.
pub(super) fn shown(value: &Value) -> String {
    // Text is finished first: in quotes, what stands for the unknown would be escaped.
    value.as_str().map_or_else(|| finished(&display(value)), |text| display(&Value::from(finished(text))))
}
