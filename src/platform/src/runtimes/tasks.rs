//! Tasks: what an agent has begun and not answered yet, in both dialects.
//!
//! Does not: work. A task is done when somebody asks for it the second time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use uuid::Uuid;

/// How often somebody must ask.
const LOOKS: u32 = 2;

/// A task and how often it was asked for.
struct Task {
    reply: String,
    looks: u32,
}

/// The tasks of one agent.
#[derive(Default)]
pub(super) struct Tasks(Mutex<HashMap<String, Task>>);

impl Tasks {
    /// Begins a task that will end with `reply`; the answer to `request` that says so.
    pub(super) fn begin(&self, request: &Value, reply: String) -> Value {
        let id = Uuid::new_v4().to_string();
        let task = Task { reply, looks: 0 };
        let shown = shown(request, &id, None);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, task);
        let result = if is_current(request) { json!({ "task": shown }) } else { shown };
        json!({ "jsonrpc": "2.0", "id": request["id"], "result": result })
    }

    /// The answer to a request for a task, if it is one of these.
    pub(super) fn look(&self, request: &Value) -> Option<Value> {
        if !matches!(request["method"].as_str(), Some("tasks/get" | "GetTask")) {
            return None;
        }
        let id = request["params"]["id"].as_str()?;
        let mut tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let task = tasks.get_mut(id)?;
        task.looks += 1;
        let reply = (task.looks >= LOOKS).then_some(task.reply.as_str());
        Some(json!({ "jsonrpc": "2.0", "id": request["id"], "result": shown(request, id, reply) }))
    }
}

fn is_current(request: &Value) -> bool {
    request["method"].as_str().is_some_and(|method| method.starts_with(char::is_uppercase))
}

fn shown(request: &Value, id: &str, reply: Option<&str>) -> Value {
    let current = is_current(request);
    let state = match (current, reply.is_some()) {
        (true, true) => "TASK_STATE_COMPLETED",
        (true, false) => "TASK_STATE_WORKING",
        (false, true) => "completed",
        (false, false) => "working",
    };
    let mut task = json!({ "id": id, "contextId": id, "status": { "state": state } });
    if !current {
        task["kind"] = json!("task");
    }
    if let Some(text) = reply {
        let part = if current { json!({ "text": text }) } else { json!({ "kind": "text", "text": text }) };
        task["artifacts"] = json!([{ "artifactId": "reply", "parts": [part] }]);
    }
    task
}
