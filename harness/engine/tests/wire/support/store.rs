//! A stub's memory: things that are created, listed and removed by name.

use super::{Answer, Seen};
use std::sync::{Arc, Mutex, PoisonError};

/// The resource of a suite that keeps things, as its `suite.toml` says it.
pub(crate) const RESOURCE: &str = r#"
[resource.thing]
key     = "name"
find    = "flows/find-thing"
release = "flows/delete-thing"
gone    = "flows/thing-gone"
"#;

pub(crate) const FIND: &str = r#"
[flow]
inputs  = ["key"]
outputs = ["found"]
[[step]]
name     = "find"
run.http = { on = "api", path = "/things" }
expect   = ["status == 200"]
capture  = { found = "key in body" }
"#;

pub(crate) const DELETE: &str = r#"
[flow]
inputs = ["key"]
[[step]]
name     = "delete"
run.http = { on = "api", method = "DELETE", path = "/things/{{ key }}" }
expect   = ["status == 204"]
"#;

pub(crate) const GONE: &str = r#"
[flow]
inputs = ["key"]
[[step]]
name     = "gone"
run.http = { on = "api", path = "/things" }
poll     = { until = "key not in body", every = "5ms", within = "1s" }
"#;

/// What there is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Store(Arc<Mutex<Vec<String>>>);

impl Store {
    /// Creates, lists and removes; anything else is `{}`.
    pub(crate) fn answer(&self, seen: &Seen) -> Answer {
        let mut things = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match (seen.method.as_str(), seen.path.strip_prefix("/things/")) {
            ("POST", Some(name)) => {
                things.push(name.to_owned());
                Answer::new(201, "{}")
            }
            ("DELETE", Some(name)) => {
                things.retain(|thing| thing != name);
                Answer::new(204, "")
            }
            _ if seen.path == "/things" => Answer::new(200, serde_json::to_string(&*things).expect("a list")),
            _ => Answer::new(200, "{}"),
        }
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
