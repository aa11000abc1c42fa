//! A client for the tests: plain HTTP, and one way to wait.

#![expect(dead_code, reason = "each test file uses its own part")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use std::time::Duration;

use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};
use shakedown_platform::{Fault, Faults, Options, Platform};

/// How long anything may take on a busy machine.
const DEADLINE: Duration = Duration::from_secs(20);

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
    pub(crate) body: Value,
}

thread_local! {
    /// One for each test, which is a thread with a runtime of its own; to make one takes longer than most requests.
    static CLIENT: Client = new_client();
}

#[expect(clippy::disallowed_methods, reason = "the tests are clients from outside, with their own door")]
fn new_client() -> Client {
    rustls::crypto::ring::default_provider().install_default().ok();
    Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap()
}

pub(crate) fn client() -> Client {
    CLIENT.with(Clone::clone)
}

pub(crate) async fn call(
    method: Method,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Result<Answer, reqwest::Error> {
    let mut request = client().request(method, url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(body) = body {
        request = request.body(body.to_string());
    }
    let response = request.send().await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await?;
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Ok(Answer { status, headers, text, body })
}

/// Asks again and again until there is something.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut ask: impl FnMut() -> F,
) -> T {
    let mut pulse = tokio::time::interval(Duration::from_millis(5));
    let asking = async {
        loop {
            pulse.tick().await;
            if let Some(found) = ask().await {
                return found;
            }
        }
    };
    tokio::time::timeout(DEADLINE, asking).await.unwrap_or_else(|_| panic!("never: {what}"))
}

/// Reads a stream up to `end`, or to its own end.
pub(crate) async fn read_to(response: &mut Response, end: &str) -> String {
    let mut text = String::new();
    let reading = async {
        while !text.contains(end) {
            let Some(chunk) = response.chunk().await.unwrap() else { break };
            text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    };
    tokio::time::timeout(DEADLINE, reading).await.unwrap_or_else(|_| panic!("`{end}` never came"));
    text
}

/// A platform with one running organisation.
pub(crate) struct World {
    pub(crate) platform: Platform,
    pub(crate) org: String,
    pub(crate) tenant: String,
    pub(crate) token: String,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn faulty(fault: Fault) -> Self {
        Self::with(Options { faults: Faults::from(fault), ..Options::default() }).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let platform = Platform::start(options).await.unwrap();
        let created = control(
            &platform,
            Method::POST,
            "/cp/admin/orgs",
            Some(&json!({ "slug": "acme", "name": "Acme" })),
        )
        .await;
        assert_eq!(created.status, 201, "{created:?}");
        Self::find(platform).await
    }

    pub(crate) async fn find(platform: Platform) -> Self {
        let row = eventually("the organisation runs", async || {
            let roster = control(&platform, Method::GET, "/cp/admin/orgs", None).await;
            let row = roster.body["orgs"][0].clone();
            (row["instance_status"] == "running").then_some(row)
        })
        .await;
        let token = control(&platform, Method::GET, "/cp/admin/orgs/acme/admin-token", None).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            org: text(&row["id"]),
            tenant: text(&row["tenant_url"]),
            token: text(&token.body["admin_token"]),
            platform,
        }
    }

    pub(crate) async fn control(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        control(&self.platform, method, path, body).await
    }

    /// Asks the tenant as its admin.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        self.ask_with(method, path, &[("authorization", &bearer)], body).await
    }

    /// Asks the tenant with just the header of the organisation and these.
    pub(crate) async fn ask_with(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        let mut all = vec![("x-molecule-org-id", self.org.as_str())];
        all.extend_from_slice(headers);
        call(method, &format!("{}{path}", self.tenant), &all, body).await.unwrap()
    }

    pub(crate) async fn create(&self, body: &Value) -> String {
        let created = self.ask(Method::POST, "/workspaces", Some(body)).await;
        assert_eq!(created.status, 201, "{created:?}");
        created.body["id"].as_str().unwrap().to_owned()
    }

    /// A managed workspace that is online, with its id and url.
    pub(crate) async fn online(&self, body: &Value) -> (String, String) {
        let id = self.create(body).await;
        let row = self.reaches(&id, "online").await;
        (id, row["url"].as_str().unwrap().to_owned())
    }

    pub(crate) async fn row(&self, id: &str) -> Value {
        self.ask(Method::GET, &format!("/workspaces/{id}"), None).await.body
    }

    pub(crate) async fn reaches(&self, id: &str, status: &str) -> Value {
        eventually(status, async || {
            let row = self.row(id).await;
            (row["status"] == status).then_some(row)
        })
        .await
    }

    pub(crate) async fn verb(&self, id: &str, verb: &str) -> Answer {
        self.ask(Method::POST, &format!("/workspaces/{id}/{verb}"), Some(&json!({}))).await
    }

    /// Lets this much time pass for the organisation.
    pub(crate) async fn advance(&self, by: &str) {
        let path = "/__platform/orgs/acme/clock";
        let advanced = self.control(Method::POST, path, Some(&json!({ "advance": by }))).await;
        assert_eq!(advanced.status, 200, "{advanced:?}");
    }

    /// Gives the agent of a workspace its next lines.
    pub(crate) async fn direct(&self, id: &str, script: &[&str]) {
        let path = format!("/__platform/orgs/acme/workspaces/{id}/agent");
        let directed = self.control(Method::POST, &path, Some(&json!({ "script": script }))).await;
        assert_eq!(directed.status, 200, "{directed:?}");
    }

    /// How many messages reached the agent of a workspace.
    pub(crate) async fn heard(&self, id: &str) -> u64 {
        let path = format!("/__platform/orgs/acme/workspaces/{id}/agent");
        self.control(Method::GET, &path, None).await.body["heard"].as_u64().unwrap()
    }

    /// Sends a message to a workspace.
    pub(crate) async fn message(&self, id: &str, message: &Value) -> Answer {
        self.ask(Method::POST, &format!("/workspaces/{id}/a2a"), Some(message)).await
    }

    /// A waiting message.
    pub(crate) async fn item(&self, id: &str, queued: &Answer) -> Value {
        let item = queued.body["queue_id"].as_str().unwrap_or("none");
        self.ask(Method::GET, &format!("/workspaces/{id}/a2a/queue/{item}"), None).await.body
    }

    /// The agent of a workspace reports this.
    pub(crate) async fn beat(&self, id: &str, report: &Value) {
        let minted = self.ask(Method::GET, &format!("/admin/workspaces/{id}/test-token"), None).await;
        let bearer = format!("Bearer {}", minted.body["auth_token"].as_str().unwrap());
        let mut body = report.clone();
        body["workspace_id"] = json!(id);
        let headers = [("authorization", bearer.as_str())];
        let answer = self.ask_with(Method::POST, "/registry/heartbeat", &headers, Some(&body)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    /// An external workspace that has registered, with its id and token.
    pub(crate) async fn registered(&self, name: &str, runtime: &str) -> (String, String) {
        let draft = json!({ "name": name, "external": true, "runtime": runtime });
        let created = self.ask(Method::POST, "/workspaces", Some(&draft)).await;
        let id = created.body["id"].as_str().unwrap().to_owned();
        let token = created.body["connection"]["auth_token"].as_str().unwrap().to_owned();
        self.register(&id, &token).await;
        (id, token)
    }

    /// Registers the polling agent of an external workspace.
    pub(crate) async fn register(&self, id: &str, token: &str) {
        let body = json!({ "id": id, "delivery_mode": "poll", "agent_card": { "name": "mine" } });
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str())];
        let answer = self.ask_with(Method::POST, "/registry/register", &headers, Some(&body)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    /// Uploads files to the chat of a workspace: name, media type and bytes of each.
    pub(crate) async fn upload(&self, id: &str, files: &[(&str, &str, &[u8])]) -> Answer {
        let mut body = Vec::new();
        for (name, media_type, bytes) in files {
            let head = format!(
                "--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
                 Content-Type: {media_type}\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--b--\r\n");
        let request = client()
            .post(format!("{}/workspaces/{id}/chat/uploads", self.tenant))
            .header("x-molecule-org-id", &self.org)
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "multipart/form-data; boundary=b")
            .body(body);
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status, headers, text, body }
    }

    /// The bytes of a file of a workspace.
    pub(crate) async fn download(&self, id: &str, path: &str) -> Vec<u8> {
        let request = client()
            .get(format!("{}/workspaces/{id}/chat/download?path={path}", self.tenant))
            .header("x-molecule-org-id", &self.org)
            .header("authorization", format!("Bearer {}", self.token));
        request.send().await.unwrap().bytes().await.unwrap().to_vec()
    }

    /// Opens the stream of a workspace's events with this token.
    pub(crate) async fn stream(&self, id: &str, token: &str) -> Response {
        let url = format!("{}/workspaces/{id}/events/stream", self.tenant);
        let request = client().get(url).header("x-molecule-org-id", &self.org);
        request.header("authorization", format!("Bearer {token}")).send().await.unwrap()
    }

    pub(crate) async fn event_types(&self, id: &str) -> Vec<String> {
        let events = self.ask(Method::GET, &format!("/events/{id}"), None).await.body;
        events
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["event_type"].as_str().unwrap().to_owned())
            .collect()
    }
}

async fn control(platform: &Platform, method: Method, path: &str, body: Option<&Value>) -> Answer {
    let bearer = format!("Bearer {}", platform.admin_token());
    call(method, &format!("{}{path}", platform.url()), &[("authorization", &bearer)], body).await.unwrap()
}

/// A managed workspace that needs no key.
pub(crate) fn managed(name: &str) -> Value {
    json!({ "name": name, "runtime": "claude-code", "model": "moonshot/kimi-k2.6" })
}

/// A message in the former dialect.
pub(crate) fn former(text: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": "1", "method": "message/send", "params": { "message": {
        "role": "user", "messageId": "m-1", "parts": [{ "kind": "text", "text": text }] } } })
}

/// A message in the current dialect.
pub(crate) fn current(text: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": "1", "method": "SendMessage", "params": { "message": {
        "role": "ROLE_USER", "messageId": "m-1", "parts": [{ "text": text }] } } })
}
