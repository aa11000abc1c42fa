//! The cast: a platform with two organisations and a workspace in every state that a row of the table needs.
//!
//! Does not: know the table's rows.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use shakedown_platform::{Options, Server, Timings};

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{Refusal, Request, Row};
use crate::support::{Answer, World, call, client, eventually, managed};

/// Everybody who plays.
pub(crate) struct Cast {
    world: World,
    /// What stands for a name in braces.
    names: BTreeMap<String, String>,
    /// The bearer of each who can ask.
    bearers: BTreeMap<String, String>,
    takes: usize,
    silent: Option<JoinHandle<()>>,
}

impl Cast {
    pub(crate) async fn assemble() -> Self {
        let timings = Timings {
            org_boot: Duration::ZERO,
            workspace_boot: Duration::ZERO,
            activity_lag: Duration::ZERO,
            hibernation: Duration::ZERO,
            delegation_retry: Duration::ZERO,
        };
        let world = World::with(Options { timings, ..Options::default() }).await;
        let (names, bearers) = (BTreeMap::new(), BTreeMap::new());
        let mut cast = Self { world, names, bearers, takes: 0, silent: None };
        cast.name("slug", "acme");
        cast.name("key", "K");
        for name in ["token", "memory", "approval"] {
            cast.name(name, "none");
        }
        cast.name("fax", "00000000-0000-4000-8000-000000000000");
        for (who, bearer) in [
            ("stranger", "no-token-of-anybody".to_owned()),
            ("control", cast.world.platform.admin_token().to_owned()),
            ("admin", cast.world.token.clone()),
        ] {
            cast.bearers.insert(who.to_owned(), bearer);
        }
        cast.second_organisation().await;
        cast.workspaces().await;
        cast.waiting_message().await;
        cast
    }

    async fn second_organisation(&mut self) {
        let body = json!({ "slug": "beta", "name": "Beta" });
        let created = self.world.control(Method::POST, "/cp/admin/orgs", Some(&body)).await;
        let id = created.body["id"].as_str().unwrap().to_owned();
        eventually("the second organisation runs", async || {
            let roster = self.world.control(Method::GET, "/cp/admin/orgs", None).await;
            (roster.body["orgs"][1]["instance_status"] == "running").then_some(())
        })
        .await;
        let token = self.world.control(Method::GET, "/cp/admin/orgs/beta/admin-token", None).await;
        self.bearers.insert("beta-admin".to_owned(), token.body["admin_token"].as_str().unwrap().to_owned());
        self.name("beta", "beta");
        let machines = self.world.control(Method::GET, "/__platform/instances", None).await;
        self.name("instance", machines.body["instances"][1]["id"].as_str().unwrap());
        self.name("beta id", &id);
    }

    async fn workspaces(&mut self) {
        for name in ["other", "busy", "paused", "hibernated", "removed", "parent", "paused parent"] {
            self.managed(name, name, None).await;
        }
        self.managed("child", "child", Some("parent")).await;
        self.managed("paused child", "paused child", Some("paused parent")).await;
        let mut spent = managed("spent");
        spent["budget_limit"] = json!(0);
        let (id, _) = self.world.online(&spent).await;
        self.name("spent", &id);
        let awaiting = json!({ "name": "awaiting", "external": true });
        let created = self.world.ask(Method::POST, "/workspaces", Some(&awaiting)).await.body;
        self.name("awaiting", created["id"].as_str().unwrap());
        let bearer = created["connection"]["auth_token"].as_str().unwrap();
        self.bearers.insert("awaiting".to_owned(), bearer.to_owned());

        let beat = json!({ "workspace_id": self.names["busy"], "active_tasks": 2 });
        let busy = format!("Bearer {}", self.bearers["busy"]);
        let headers = [("authorization", busy.as_str())];
        self.world.ask_with(Method::POST, "/registry/heartbeat", &headers, Some(&beat)).await;
        for (name, verb, status) in [
            ("paused", "pause", "paused"),
            ("hibernated", "hibernate", "hibernated"),
            ("paused_parent", "pause?cascade=true", "paused"),
        ] {
            assert_eq!(self.world.verb(&self.names[name], verb).await.status, 200, "{verb}");
            self.world.reaches(&self.names[name], status).await;
        }
        let removed = format!("/workspaces/{}", self.names["removed"]);
        assert_eq!(self.world.ask(Method::DELETE, &removed, None).await.status, 200);
    }

    /// A message that waits, because its agent hangs up on whoever calls.
    async fn waiting_message(&mut self) {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", socket.local_addr().unwrap());
        self.silent = Some(tokio::spawn(async move { while socket.accept().await.is_ok() {} }));
        self.managed("deaf", "deaf", None).await;
        let card = json!({ "id": self.names["deaf"], "url": url, "agent_card": { "name": "deaf" } });
        let bearer = format!("Bearer {}", self.bearers["deaf"]);
        let headers = [("authorization", bearer.as_str())];
        let registered = self.world.ask_with(Method::POST, "/registry/register", &headers, Some(&card)).await;
        assert_eq!(registered.status, 200, "{registered:?}");
        let path = format!("/workspaces/{}/a2a", self.names["deaf"]);
        let message = json!({ "message": { "role": "user", "parts": [] } });
        let kept = self.world.ask(Method::POST, &path, Some(&message)).await;
        assert_eq!(kept.status, 202, "{kept:?}");
        self.name("item", kept.body["queue_id"].as_str().unwrap());
    }

    /// A new workspace for the next route, with what the route needs.
    pub(crate) async fn renew(&mut self, row: Option<&Row>) {
        self.takes += 1;
        self.managed("id", &format!("take {}", self.takes), None).await;
        for given in row.iter().flat_map(|row| &row.given) {
            let answer = self.send(Server::Tenant, given.method(), &given.request()).await;
            assert!(answer.status.is_success(), "{given:?} {answer:?}");
            if let Some(name) = &given.name {
                let value = answer.body.pointer(&given.at).and_then(Value::as_str).unwrap();
                self.name(name, value.trim_start_matches("workspace:"));
            }
        }
        let id = self.names["id"].clone();
        self.world.reaches(&id, "online").await;
    }

    /// Creates a workspace that is online, and a token of it.
    async fn managed(&mut self, key: &str, name: &str, parent: Option<&str>) {
        let mut body = managed(name);
        if let Some(parent) = parent {
            body["parent_id"] = json!(self.names[&parent.replace(' ', "_")]);
        }
        let (id, _) = self.world.online(&body).await;
        let path = format!("/admin/workspaces/{id}/test-token");
        let token = self.world.ask(Method::GET, &path, None).await.body;
        let key = key.replace(' ', "_");
        self.bearers.insert(key.clone(), token["auth_token"].as_str().unwrap().to_owned());
        self.names.insert(key, id);
    }

    fn name(&mut self, name: &str, value: &str) {
        self.names.insert(name.to_owned(), value.to_owned());
    }

    /// The id of the second organisation.
    pub(crate) fn beta_id(&self) -> &str {
        &self.names["beta id"]
    }

    /// The text with what its names stand for.
    pub(crate) fn fill(&self, text: &str) -> String {
        let mut filled = text.to_owned();
        for (name, value) in &self.names {
            filled = filled.replace(&format!("{{{name}}}"), value);
        }
        filled.replace("{queue_id}", &self.names["item"])
    }

    /// Sends a request of the cast as the organisation that it means.
    pub(crate) async fn ask(&self, row: &Row, request: &Request) -> Answer {
        self.ask_as_org(row, request, Some(&self.world.org)).await
    }

    /// Sends a request of the cast under the name of any organisation, or of none.
    pub(crate) async fn ask_as_org(&self, row: &Row, request: &Request, org: Option<&str>) -> Answer {
        let org = org.filter(|_| row.server() == Server::Tenant);
        self.send_as_org(row.server(), row.method(), request, org).await
    }

    async fn send(&self, server: Server, method: &str, request: &Request) -> Answer {
        self.send_as_org(server, method, request, Some(&self.world.org)).await
    }

    async fn send_as_org(
        &self,
        server: Server,
        method: &str,
        request: &Request,
        org: Option<&str>,
    ) -> Answer {
        let method: Method = method.parse().unwrap();
        let mut all: Vec<(String, String)> =
            request.headers.iter().map(|(name, value)| (name.clone(), self.fill(value))).collect();
        all.extend(org.map(|org| ("x-molecule-org-id".to_owned(), org.to_owned())));
        if request.who != "nobody" {
            all.push(("authorization".to_owned(), format!("Bearer {}", self.bearers[&request.who])));
        }
        let mut sent = client().request(method, format!("{}{}", self.base(server), self.fill(&request.path)));
        for (name, value) in all {
            sent = sent.header(name, value);
        }
        if let Some(text) = &request.text {
            sent = sent.body(self.fill(text));
        }
        let response = sent.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        // A stream has no end to be waited for.
        let streams = headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let text = if streams { String::new() } else { response.text().await.unwrap() };
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status, headers, text, body }
    }

    pub(crate) async fn status(&self, row: &Row, request: &Request) -> u16 {
        self.ask(row, request).await.status.as_u16()
    }

    /// Sends what must be refused, and compares.
    pub(crate) async fn expect_refusal(&self, row: &Row, request: &Request, refusal: &Refusal) {
        let answer = self.ask(row, request).await;
        let place = format!("{row}: {}: {request:?}: {answer:?}", refusal.when);
        assert_eq!(answer.status, refusal.status, "{place}");
        if let Some(error) = &refusal.error {
            assert_eq!(answer.body["error"], *error, "{place}");
        }
        assert_eq!(answer.body.get("code").and_then(Value::as_str), refusal.code.as_deref(), "{place}");
        for key in &refusal.keys {
            assert!(answer.body.get(key).is_some(), "no `{key}`: {place}");
        }
    }

    /// Asks for what may not exist, with every right.
    pub(crate) async fn ask_unknown(&self, server: Server, method: &str, path: &str) -> Answer {
        let bearer = format!("Bearer {}", self.bearers["admin"]);
        let headers = [("x-molecule-org-id", self.world.org.as_str()), ("authorization", bearer.as_str())];
        call(method.parse().unwrap(), &format!("{}{path}", self.base(server)), &headers, None).await.unwrap()
    }

    fn base(&self, server: Server) -> &str {
        match server {
            Server::ControlPlane => self.world.platform.url(),
            Server::Tenant => &self.world.tenant,
        }
    }

    pub(crate) async fn leave(self) {
        if let Some(silent) = self.silent {
            silent.abort();
        }
        self.world.platform.stop().await;
    }
}
