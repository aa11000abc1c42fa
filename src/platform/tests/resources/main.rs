//! What a workspace has: what each resource keeps and gives back. Who may ask, and what is refused, stands in
//! `contract.toml`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod activity;
mod machine;
mod memory;
mod secrets;
#[path = "../support/mod.rs"]
mod support;

use serde_json::{Value, json};

use support::{Answer, World};

/// One request to a workspace, and what must come back: a status, and the value behind a JSON pointer.
type Row = (&'static str, &'static str, Value, u16, &'static str, Value);

/// Asks in the order of the table; `{id}` in a path is the workspace.
async fn walk(world: &World, id: &str, rows: Vec<Row>) {
    for (method, path, body, status, pointer, expected) in rows {
        let (path, body) = (path.replace("{id}", id), (!body.is_null()).then_some(body));
        let answer = world.ask(method.parse().unwrap(), &path, body.as_ref()).await;
        assert_eq!(answer.status, status, "{method} {path} {answer:?}");
        let found = answer.body.pointer(pointer).unwrap_or(&Value::Null);
        assert_eq!(*found, expected, "{method} {path} {pointer} {answer:?}");
    }
}

async fn mock(world: &World, name: &str) -> String {
    world.create(&json!({ "name": name, "runtime": "mock" })).await
}

fn keys(answer: &Answer) -> Vec<String> {
    answer.body.as_array().unwrap().iter().map(|row| row["key"].as_str().unwrap().to_owned()).collect()
}
