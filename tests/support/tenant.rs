//! One tenant that somebody made by hand: a platform without a control plane.

use super::Ended;
use super::hand::Hand;
use super::served::Served;
use super::stub::Stub;

/// More looks than anything takes to appear; each is a request, so they are not for nothing.
pub(crate) const LOOKS: usize = 20_000;

/// A tenant that somebody made by hand, and what a run needs to reach it.
pub(crate) struct Tenant {
    pub(crate) served: Served,
    pub(crate) url: String,
    pub(crate) token: String,
    pub(crate) org: String,
    /// Where a control plane would be, and nobody may ask.
    pub(crate) nobody: Stub,
}

impl Tenant {
    pub(crate) fn of(served: Served) -> Self {
        let (cp, admin) = (
            served.variable("MOLECULE_CP_URL").to_owned(),
            served.variable("MOLECULE_ADMIN_TOKEN").to_owned(),
        );
        let cp = Hand { base: &cp, bearer: &admin, org: "" };
        let body = r#"{"slug": "by-hand", "name": "by hand", "owner_user_id": "somebody"}"#;
        let (status, made) = cp.ask("POST", "/cp/admin/orgs", body);
        assert!(matches!(status, 200 | 201), "{status} {made}");
        let mut rows = (0..LOOKS).map(|_| cp.ask("GET", "/cp/admin/orgs", "").1["orgs"][0].clone());
        let row = rows.find(|row| row["instance_status"] == "running").expect("it runs");
        let (_, token) = cp.ask("GET", "/cp/admin/orgs/by-hand/admin-token", "");
        let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
        let (url, token, org) = (text(&row["tenant_url"]), text(&token["admin_token"]), text(&row["id"]));
        Self { served, url, token, org, nobody: Stub::start() }
    }

    /// The keys of models, and what names this tenant; the control plane's own are not among them.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.command(arguments).output().expect("it starts").into()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = self.served.command(arguments);
        command.env_remove("MOLECULE_ADMIN_TOKEN").env_remove("MOLECULE_TENANT_DOMAIN");
        command.env("MOLECULE_CP_URL", &self.nobody.url).env("E2E_ENVIRONMENT", "self-hosted");
        command.env("MOLECULE_TENANT_URL", &self.url).env("MOLECULE_TENANT_ADMIN_TOKEN", &self.token);
        command.env("MOLECULE_TENANT_ORG_ID", &self.org);
        command
    }

    pub(crate) fn workspaces(&self) -> usize {
        let hand = Hand { base: &self.url, bearer: &self.token, org: &self.org };
        let (status, list) = hand.ask("GET", "/workspaces", "");
        assert_eq!(status, 200, "{list}");
        list.as_array().expect("a list").len()
    }
}
