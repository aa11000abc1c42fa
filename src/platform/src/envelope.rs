//! The JSON-RPC envelope around a message, completed where callers left parts of it out.
//!
//! Does not: translate between dialects.

use serde_json::{Map, Value, json};
use uuid::Uuid;

/// A complete request for an agent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Envelope {
    pub(crate) method: String,
    pub(crate) message_id: Option<String>,
    pub(crate) body: Value,
}

/// Completes `body`: wraps bare parameters, and mints the ids that are missing. `None` when it is no object.
pub(crate) fn normalise(body: Value) -> Option<Envelope> {
    let Value::Object(mut request) = body else { return None };
    if !request.contains_key("jsonrpc") {
        request = match request.remove("method") {
            Some(method) => {
                let parameters = request.remove("params").unwrap_or_else(|| Value::Object(Map::new()));
                wrapped(request.remove("id"), &method, &parameters)
            }
            None => wrapped(None, &Value::from("message/send"), &Value::Object(request)),
        };
    }
    let method = request.get("method").and_then(Value::as_str).unwrap_or_default().to_owned();
    let message = request.get_mut("params").and_then(|parameters| parameters.get_mut("message"));
    let mut message_id = None;
    if let Some(Value::Object(message)) = message {
        let id = message.entry("messageId").or_insert_with(|| Value::String(Uuid::new_v4().to_string()));
        message_id = id.as_str().map(str::to_owned);
    }
    Some(Envelope { method, message_id, body: Value::Object(request) })
}

fn wrapped(id: Option<Value>, method: &Value, parameters: &Value) -> Map<String, Value> {
    let id = id.unwrap_or_else(|| Value::String(Uuid::new_v4().to_string()));
    let mut request = Map::new();
    request.insert("jsonrpc".to_owned(), json!("2.0"));
    request.insert("id".to_owned(), id);
    request.insert("method".to_owned(), method.clone());
    request.insert("params".to_owned(), parameters.clone());
    request
}

#[cfg(test)]
mod tests {
    use super::normalise;
    use serde_json::json;

    #[test]
    fn a_complete_envelope_stays_as_it_is() {
        let body = json!({"jsonrpc": "2.0", "id": 7, "method": "SendMessage", "params": {"message": {"messageId": "m"}}});
        let envelope = normalise(body.clone()).unwrap();
        assert_eq!((envelope.method.as_str(), envelope.message_id.as_deref()), ("SendMessage", Some("m")));
        assert_eq!(envelope.body, body);
    }

    #[test]
    fn bare_parameters_are_wrapped_and_get_their_ids() {
        let envelope = normalise(json!({"message": {"role": "user", "parts": []}})).unwrap();
        assert_eq!(envelope.method, "message/send");
        assert_eq!(envelope.body["jsonrpc"], "2.0");
        assert!(envelope.body["id"].is_string());
        assert_eq!(envelope.body["params"]["message"]["messageId"], envelope.message_id.unwrap());
    }

    #[test]
    fn what_is_no_object_is_no_envelope() {
        assert_eq!(normalise(json!([1])), None);
    }
}
