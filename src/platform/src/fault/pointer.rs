//! Pointers into JSON: the one field that a fault changes.
//!
//! Does not: search; a pointer that leads nowhere changes nothing.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

/// The places in a document that a fault changes.
///
/// *Shape*: a JSON Pointer (RFC 6901), such as `/orgs/0/status`; a `*` stands for every element of a list, and a `-`,
/// at the end, for the one behind its last.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pointer(Vec<String>);

/// What becomes of the places.
#[derive(Clone, Copy, Debug)]
enum Change<'v> {
    Replace(&'v Value),
    Add(&'v Value),
    Remove,
}

impl Pointer {
    /// Puts `to` in place of what is there; whether that changed anything.
    pub(crate) fn replace(&self, document: &mut Value, to: &Value) -> bool {
        change(document, &self.0, Change::Replace(to))
    }

    /// Puts `to` into an object that has no such field, or behind the last element of a list; whether there was one.
    pub(crate) fn add(&self, document: &mut Value, to: &Value) -> bool {
        change(document, &self.0, Change::Add(to))
    }

    /// Takes out what is there; whether anything was.
    pub(crate) fn remove(&self, document: &mut Value) -> bool {
        change(document, &self.0, Change::Remove)
    }

    /// Whether it is the whole document, which can neither be added nor taken out.
    pub(super) fn is_root(&self) -> bool {
        self.0.is_empty()
    }
}

fn change(value: &mut Value, path: &[String], what: Change<'_>) -> bool {
    let Some((step, rest)) = path.split_first() else { return write(value, what) };
    if rest.is_empty() && is_changed_in(value, step, what) {
        return true;
    }
    match value {
        Value::Array(elements) if step == "*" => {
            let mut is_changed = false;
            for element in elements {
                is_changed |= change(element, rest, what);
            }
            is_changed
        }
        Value::Array(elements) => {
            index(step).and_then(|index| elements.get_mut(index)).is_some_and(|next| change(next, rest, what))
        }
        Value::Object(fields) => fields.get_mut(step).is_some_and(|next| change(next, rest, what)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Changes what only the holder of a value can: that it is there at all.
fn is_changed_in(holder: &mut Value, step: &str, what: Change<'_>) -> bool {
    match (what, holder) {
        (Change::Add(to), Value::Object(fields)) if !fields.contains_key(step) => {
            fields.insert(step.to_owned(), to.clone());
            true
        }
        (Change::Add(to), Value::Array(elements)) if step == "-" => {
            elements.push(to.clone());
            true
        }
        (Change::Remove, Value::Object(fields)) => fields.shift_remove(step).is_some(),
        (Change::Remove, Value::Array(elements)) if step == "*" => {
            let was_any = !elements.is_empty();
            elements.clear();
            was_any
        }
        (Change::Remove, Value::Array(elements)) => {
            let there = index(step).filter(|index| *index < elements.len());
            there.map(|index| elements.remove(index)).is_some()
        }
        (Change::Replace(_) | Change::Add(_) | Change::Remove, _) => false,
    }
}

fn write(value: &mut Value, what: Change<'_>) -> bool {
    match what {
        Change::Replace(to) if value != to => {
            *value = to.clone();
            true
        }
        Change::Replace(_) | Change::Add(_) | Change::Remove => false,
    }
}

fn index(step: &str) -> Option<usize> {
    let is_canonical = step == "0" || !step.starts_with(['0', '+']);
    step.parse().ok().filter(|_| is_canonical)
}

impl FromStr for Pointer {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let steps =
            text.strip_prefix('/').ok_or("it is a JSON Pointer, such as `/status` or `/orgs/0/status`")?;
        Ok(Self(steps.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect()))
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|step| write!(formatter, "/{}", step.replace('~', "~0").replace('/', "~1")))
    }
}

#[cfg(test)]
mod tests {
    use super::Pointer;
    use serde_json::{Value, json};

    fn changed(at: &str, work: impl FnOnce(&Pointer, &mut Value) -> bool) -> Option<Value> {
        let mut document = json!({ "status": "online", "orgs": [{ "id": 1 }, { "id": 2 }], "a/b": 3 });
        work(&at.parse().unwrap(), &mut document).then_some(document)
    }

    #[test]
    fn what_is_there_is_replaced_and_nothing_else() {
        let replace = |at| changed(at, |pointer, document| pointer.replace(document, &json!("x")));
        assert_eq!(replace("/status").unwrap()["status"], "x");
        assert_eq!(replace("/orgs/1/id").unwrap()["orgs"], json!([{ "id": 1 }, { "id": "x" }]));
        assert_eq!(replace("/orgs/*/id").unwrap()["orgs"], json!([{ "id": "x" }, { "id": "x" }]));
        assert_eq!(replace("/a~1b").unwrap()["a/b"], "x");
        assert_eq!(replace(""), Some(json!("x")));
        for nowhere in ["/state", "/orgs/2/id", "/orgs/01/id", "/status/x"] {
            assert_eq!(replace(nowhere), None, "{nowhere}");
        }
        assert_eq!(changed("/status", |pointer, document| pointer.replace(document, &json!("online"))), None);
    }

    #[test]
    fn what_is_not_there_is_added_and_what_is_there_is_left() {
        let add = |at| changed(at, |pointer, document| pointer.add(document, &json!("x")));
        assert_eq!(add("/token").unwrap()["token"], "x");
        assert_eq!(add("/orgs/*/token").unwrap()["orgs"][1], json!({ "id": 2, "token": "x" }));
        assert_eq!(add("/orgs/-").unwrap()["orgs"], json!([{ "id": 1 }, { "id": 2 }, "x"]));
        assert_eq!(add("/status/-"), None);
        assert_eq!(add("/orgs/2"), None);
        assert_eq!(add("/status"), None);
        assert_eq!(add("/nowhere/token"), None);
    }

    #[test]
    fn what_is_there_is_taken_out() {
        let remove = |at| changed(at, Pointer::remove);
        assert_eq!(remove("/status").unwrap().get("status"), None);
        assert_eq!(remove("/orgs/0").unwrap()["orgs"], json!([{ "id": 2 }]));
        assert_eq!(remove("/orgs/*").unwrap()["orgs"], json!([]));
        assert_eq!(remove("/orgs/*/id").unwrap()["orgs"], json!([{}, {}]));
        assert_eq!(remove("/nowhere"), None);
    }
}
