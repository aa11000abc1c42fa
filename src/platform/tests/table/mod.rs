//! The table as data: what stands in `contract.toml`, and the requests that follow from it.
//!
//! Does not: send them; that is `cast`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

pub(crate) mod cast;

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::Value;
use shakedown_platform::{Route, Server};

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Tier {
    Open,
    Guarded,
    ControlAdmin,
    Admin,
    Workspace,
    Own,
    Registry,
    GuardedRegistry,
    Caller,
}

/// The whole table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contract {
    #[serde(rename = "route")]
    pub(crate) routes: Vec<Row>,
}

/// One route.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    server: String,
    method: String,
    path: String,
    pub(crate) tier: Tier,
    pub(crate) success: u16,
    #[serde(default)]
    pub(crate) given: Vec<Given>,
    #[serde(default)]
    send: Sent,
    #[serde(default)]
    pub(crate) ordered: bool,
    #[serde(default)]
    pub(crate) refusals: Vec<Refusal>,
}

/// What must be there before anything is asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Given {
    method: Option<String>,
    path: String,
    body: Option<Value>,
    text: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) at: String,
}

impl Given {
    pub(crate) fn method(&self) -> &str {
        self.method.as_deref().unwrap_or("POST")
    }

    pub(crate) fn request(&self) -> Request {
        let text = self.text.clone().or_else(|| self.body.as_ref().map(Value::to_string));
        Request { path: self.path.clone(), text, headers: self.headers.clone(), who: "admin".to_owned() }
    }
}

/// What is sent, where it differs.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sent {
    path: Option<String>,
    body: Option<Value>,
    text: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(rename = "as")]
    who: Option<String>,
}

/// One thing that is refused. It is sent like any other; serde cannot flatten and deny unknown keys at once.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refusal {
    pub(crate) when: String,
    #[serde(default)]
    pub(crate) alone: bool,
    path: Option<String>,
    body: Option<Value>,
    text: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(rename = "as")]
    who: Option<String>,
    pub(crate) status: u16,
    pub(crate) error: Option<String>,
    pub(crate) code: Option<String>,
    #[serde(default)]
    pub(crate) keys: Vec<String>,
}

/// A request, with the names of the cast in it.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) text: Option<String>,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) who: String,
}

impl Request {
    /// The same, asked by `who`.
    pub(crate) fn from(&self, who: &str) -> Self {
        Self { who: who.to_owned(), ..self.clone() }
    }

    /// The same, about another of the cast than `{id}`.
    pub(crate) fn of(&self, name: &str) -> Self {
        let other = format!("{{{name}}}");
        let mut path = self.path.replace("{id}", &other);
        // A path that names one of the cast already names another now.
        if let Some(rest) = path.strip_prefix("/workspaces/{").and_then(|rest| rest.split_once('}')) {
            path = format!("/workspaces/{other}{}", rest.1);
        }
        Self { path, ..self.clone() }
    }
}

impl Contract {
    pub(crate) fn read() -> Self {
        toml::from_str(include_str!("../contract.toml")).unwrap()
    }
}

impl Row {
    pub(crate) fn server(&self) -> Server {
        match self.server.as_str() {
            "control-plane" => Server::ControlPlane,
            "tenant" => Server::Tenant,
            other => panic!("no server `{other}`"),
        }
    }

    pub(crate) fn method(&self) -> &str {
        &self.method
    }

    pub(crate) fn name(&self) -> String {
        format!("{:?} {} {}", self.server(), self.method, self.path)
    }

    /// The request that is right; what a workspace may do is done with its own token.
    pub(crate) fn right(&self) -> Request {
        let who = self.send.who.as_deref().unwrap_or_else(|| self.holder("id"));
        self.with(&self.send, self.send.body.clone(), who)
    }

    /// The request that is refused; what a workspace may do is asked for by the admin, who may do it too.
    pub(crate) fn wrong(&self, refusal: &Refusal) -> Request {
        self.with(&refusal.sent(), self.mistaken([refusal].into_iter()), self.asks(refusal))
    }

    /// The request that makes mistake `number` and all later ones that go with it.
    pub(crate) fn wrong_from(&self, number: usize) -> Request {
        let all = self.refusals[number..].iter().filter(|refusal| !refusal.alone);
        let first = &self.refusals[number];
        self.with(&first.sent(), self.mistaken(all.rev()), self.asks(first))
    }

    fn asks<'a>(&'a self, refusal: &'a Refusal) -> &'a str {
        let usual = self.send.who.as_deref().filter(|_| self.tier != Tier::Workspace);
        refusal.who.as_deref().or(usual).unwrap_or_else(|| self.holder("admin"))
    }

    /// The body of the right request with these mistakes in it; a later one goes over an earlier one.
    fn mistaken<'a>(&self, refusals: impl Iterator<Item = &'a Refusal>) -> Option<Value> {
        let mut body = self.send.body.clone();
        for mistake in refusals.filter_map(|refusal| refusal.body.as_ref()) {
            let body = body.get_or_insert_with(|| Value::Object(serde_json::Map::new()));
            for (key, value) in mistake.as_object().unwrap() {
                body[key.as_str()] = value.clone();
            }
        }
        body
    }

    fn with(&self, sent: &Sent, body: Option<Value>, who: &str) -> Request {
        let mut headers = self.send.headers.clone();
        headers.extend(sent.headers.clone());
        Request {
            path: sent.path.as_ref().or(self.send.path.as_ref()).unwrap_or(&self.path).clone(),
            text: sent.text.clone().or_else(|| body.map(|body| body.to_string())),
            headers,
            who: who.to_owned(),
        }
    }

    /// Who may ask; `of_workspace` for the routes of a workspace, where two may.
    fn holder(&self, of_workspace: &'static str) -> &'static str {
        match self.tier {
            Tier::Open | Tier::Guarded | Tier::Caller => "nobody",
            Tier::ControlAdmin => "control",
            Tier::Admin => "admin",
            Tier::Workspace => of_workspace,
            Tier::Own | Tier::Registry | Tier::GuardedRegistry => "id",
        }
    }
}

impl Refusal {
    fn sent(&self) -> Sent {
        let (path, text, headers) = (self.path.clone(), self.text.clone(), self.headers.clone());
        Sent { path, body: None, text, headers, who: None }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name())
    }
}

/// The name of a route of the router, as [`Row::name`] has it.
pub(crate) fn name(route: Route) -> String {
    format!("{:?} {} {}", route.server, route.method, route.path)
}

/// Whether `known` answers to this method and path.
pub(crate) fn covers(known: Route, server: Server, method: &str, path: &str) -> bool {
    let (pattern, path): (Vec<&str>, Vec<&str>) =
        (known.path.split('/').collect(), path.split('/').collect());
    let fits = pattern.iter().zip(&path).all(|(part, found)| part.starts_with('{') || part == found);
    known.server == server && known.method == method && pattern.len() == path.len() && fits
}
