//! Workspaces from creation to removal, over the wire.

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use shakedown_platform::{Census, Options, Platform};

use support::{World, call, current, eventually, former, managed};

const SUM: &str = "Please answer.\nWhat is 417 + 286?";

#[tokio::test]
async fn a_workspace_goes_through_its_whole_life() {
    let world = World::new().await;
    let (id, url) = world.online(&managed("one")).await;
    assert!(url.starts_with("http://127.0.0.1:"));

    let paused = world.verb(&id, "pause").await;
    assert_eq!(paused.body, json!({ "status": "paused", "paused_count": 1 }));
    assert_eq!(world.row(&id).await["url"], "");
    assert!(call(Method::GET, &url, &[], None).await.unwrap_err().is_connect());
    assert_eq!(world.verb(&id, "pause").await.status, 404);

    let resumed = world.verb(&id, "resume").await;
    assert_eq!(resumed.body, json!({ "status": "provisioning", "resumed_count": 1 }));
    let row = world.reaches(&id, "online").await;
    assert_ne!(row["url"], "");
    assert_eq!(world.verb(&id, "resume").await.status, 404);

    let asleep = world.verb(&id, "hibernate?force=true").await;
    assert_eq!(asleep.body, json!({ "status": "hibernated" }));
    assert_eq!(world.row(&id).await["status"], "hibernated");
    let path = format!("/workspaces/{id}/a2a");
    let waking = world.ask(Method::POST, &path, Some(&former(SUM))).await;
    assert_eq!(waking.status, 503);
    assert_eq!(waking.headers["retry-after"], "15");
    assert_eq!(waking.body["waking"], true);
    world.reaches(&id, "online").await;

    let removed = world.ask(Method::DELETE, &format!("/workspaces/{id}"), None).await;
    assert_eq!(removed.body, json!({ "status": "removed", "cascade_deleted": 0 }));
    assert_eq!(world.row(&id).await["status"], "removed");
    let expected = [
        "WORKSPACE_PROVISIONING",
        "WORKSPACE_ONLINE",
        "WORKSPACE_PAUSED",
        "WORKSPACE_PROVISIONING",
        "WORKSPACE_ONLINE",
        "WORKSPACE_HIBERNATED",
        "WORKSPACE_PROVISIONING",
        "WORKSPACE_ONLINE",
        "WORKSPACE_REMOVED",
    ];
    assert_eq!(world.event_types(&id).await, expected);
    world.platform.stop().await;
}

#[tokio::test]
async fn agents_solve_the_challenge_in_both_dialects() {
    let world = World::new().await;
    let (claude, _) = world.online(&managed("claude")).await;
    let hermes = json!({ "name": "hermes", "runtime": "hermes", "model": "moonshot/kimi-k2.6" });
    let (hermes, _) = world.online(&hermes).await;
    let mock = world.create(&json!({ "name": "mock", "runtime": "mock" })).await;
    let version = [("a2a-version", "1.0")];
    for id in [&claude, &hermes, &mock] {
        let path = format!("/workspaces/{id}/a2a");
        let answer = world.ask_with(Method::POST, &path, &[], Some(&former(SUM))).await;
        assert_eq!(answer.body["result"]["kind"], "message", "{answer:?}");
        assert_eq!(answer.body["result"]["parts"][0]["text"], "The sum is 703.");
        let answer = world.ask_with(Method::POST, &path, &version, Some(&current(SUM))).await;
        let result = &answer.body["result"];
        if *id == hermes {
            assert_eq!(result["task"]["status"]["state"], "TASK_STATE_COMPLETED", "{answer:?}");
            assert_eq!(result["task"]["artifacts"][0]["parts"][0]["text"], "The sum is 703.");
            let get = json!({ "jsonrpc": "2.0", "id": 2, "method": "GetTask", "params": { "id": result["task"]["id"] } });
            let task = world.ask_with(Method::POST, &path, &version, Some(&get)).await;
            assert_eq!(task.body["result"]["status"]["state"], "TASK_STATE_COMPLETED", "{task:?}");
        } else {
            assert_eq!(result["message"]["parts"][0]["text"], "The sum is 703.", "{answer:?}");
        }
    }
    world.platform.stop().await;
}

#[tokio::test]
async fn activity_appears_after_the_answer() {
    let world = World::new().await;
    let (id, _) = world.online(&managed("one")).await;
    world.ask(Method::POST, &format!("/workspaces/{id}/a2a"), Some(&former(SUM))).await;
    let path = format!("/workspaces/{id}/activity?type=a2a_receive&limit=5");
    let row = eventually("the activity row", async || {
        let rows = world.ask(Method::GET, &path, None).await.body;
        rows.get(0).cloned()
    })
    .await;
    assert_eq!((&row["method"], &row["status"]), (&json!("message/send"), &json!("ok")));
    assert_eq!((&row["target_id"], &row["source_id"]), (&json!(id), &Value::Null));
    world.platform.stop().await;
}

#[tokio::test]
async fn an_external_workspace_registers_and_is_polled() {
    let world = World::new().await;
    let created = world
        .ask(
            Method::POST,
            "/workspaces",
            Some(&json!({ "name": "mine", "external": true, "runtime": "kimi" })),
        )
        .await;
    assert_eq!(created.body["status"], "awaiting_agent");
    let id = created.body["id"].as_str().unwrap().to_owned();
    let connection = &created.body["connection"];
    let bearer = format!("Bearer {}", connection["auth_token"].as_str().unwrap());
    let endpoint = connection["registry_endpoint"].as_str().unwrap();
    let registration = json!({ "id": id, "delivery_mode": "poll", "agent_card": { "name": "mine" } });
    let refused = call(Method::POST, endpoint, &[], Some(&registration)).await.unwrap();
    assert_eq!(
        (refused.status.as_u16(), &refused.body["error"]),
        (401, &json!("missing workspace auth token"))
    );
    let registered =
        call(Method::POST, endpoint, &[("authorization", &bearer)], Some(&registration)).await.unwrap();
    assert_eq!(registered.body, json!({ "status": "registered", "delivery_mode": "poll" }));
    let row = world.row(&id).await;
    assert_eq!((&row["status"], &row["runtime"]), (&json!("online"), &json!("kimi")));
    let queued = world.ask(Method::POST, &format!("/workspaces/{id}/a2a"), Some(&former(SUM))).await;
    assert_eq!(queued.status, 200);
    assert_eq!(queued.body, json!({ "status": "queued", "delivery_mode": "poll", "method": "message/send" }));
    assert_eq!(world.event_types(&id).await, ["WORKSPACE_AWAITING_AGENT", "WORKSPACE_ONLINE"]);
    world.platform.stop().await;
}

#[tokio::test]
async fn heartbeats_degrade_recover_and_guard_active_tasks() {
    let world = World::new().await;
    let (id, _) = world.online(&managed("one")).await;
    let beat = async |rate: f64, tasks: i64| {
        let body = json!({ "workspace_id": id, "error_rate": rate, "active_tasks": tasks });
        world.ask(Method::POST, "/registry/heartbeat", Some(&body)).await;
        world.row(&id).await["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(beat(0.5, 0).await, "degraded");
    assert_eq!(beat(0.3, 0).await, "degraded");
    assert_eq!(beat(0.05, 2).await, "online");
    let refused = world.verb(&id, "hibernate").await;
    assert_eq!((refused.status.as_u16(), &refused.body["active_tasks"]), (409, &json!(2)));
    world.platform.stop().await;
}

#[tokio::test]
async fn families_are_paused_and_removed_together_only_when_asked() {
    let world = World::new().await;
    let (parent, _) = world.online(&managed("parent")).await;
    let mut child = managed("child");
    child["parent_id"] = json!(parent);
    let (child, _) = world.online(&child).await;
    let refused = world.verb(&parent, "pause").await;
    assert_eq!((refused.status.as_u16(), &refused.body["descendants"]), (409, &json!([child])));
    assert_eq!(world.verb(&parent, "pause?cascade=true").await.body["paused_count"], 2);
    assert_eq!(world.verb(&child, "resume").await.status, 409);
    assert_eq!(world.verb(&parent, "resume?cascade=true").await.body["resumed_count"], 2);
    let path = format!("/workspaces/{parent}");
    let refused = world.ask(Method::DELETE, &path, None).await;
    assert_eq!((refused.status.as_u16(), &refused.body["children_count"]), (409, &json!(1)));
    let removed = world.ask(Method::DELETE, &format!("{path}?confirm=true"), None).await;
    assert_eq!(removed.body["cascade_deleted"], 1);
    assert_eq!(world.row(&child).await["status"], "removed");
    world.platform.stop().await;
}

#[tokio::test]
async fn a_purged_organisation_leaves_nothing_but_its_proof() {
    let world = World::new().await;
    world.online(&managed("one")).await;
    let path = "/cp/admin/tenants/acme";
    let events = "/cp/admin/tenants/acme/boot-events?limit=1";
    assert_eq!(world.control(Method::GET, events, None).await.status, 200);
    assert_eq!(world.control(Method::DELETE, path, Some(&json!({}))).await.status, 400);
    let confirm = json!({ "confirm": "acme" });
    let first = world.control(Method::DELETE, path, Some(&confirm)).await;
    assert_eq!((&first.body["deleted"], &first.body["org_id"]), (&json!(true), &json!(world.org)));
    assert_eq!(world.control(Method::DELETE, path, Some(&confirm)).await.body, first.body);
    let absent = world.control(Method::GET, events, None).await;
    assert_eq!(absent.status, 404);
    assert_eq!(absent.body, json!({ "error": "org not found", "slug": "acme" }));
    assert!(call(Method::GET, &world.tenant, &[], None).await.unwrap_err().is_connect());
    assert_eq!(world.platform.census().await.unwrap(), Census::default());
    let purges = world.control(Method::GET, "/cp/admin/purges?limit=5", None).await.body;
    assert_eq!(purges["purges"][0]["id"], first.body["purge_id"]);
    world.platform.stop().await;
}

#[tokio::test]
async fn a_restart_on_the_same_directory_goes_on_where_it_ended() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options { data: Some(directory.path().to_owned()), ..Options::default() };
    let world = World::with(options.clone()).await;
    let (online, _) = world.online(&managed("one")).await;
    let unfinished = world.create(&managed("two")).await;
    let (admin, token) = (world.platform.admin_token().to_owned(), world.token.clone());
    world.platform.stop().await;

    let world = World::find(Platform::start(options).await.unwrap()).await;
    assert_eq!((world.platform.admin_token(), &world.token), (admin.as_str(), &token));
    world.reaches(&online, "online").await;
    let answer = world.ask(Method::POST, &format!("/workspaces/{online}/a2a"), Some(&former(SUM))).await;
    assert_eq!(answer.body["result"]["parts"][0]["text"], "The sum is 703.", "{answer:?}");
    world.reaches(&unfinished, "online").await;
    assert_eq!(world.platform.census().await.unwrap(), Census { orgs: 1, workspaces: 2, agents: 2 });
    world.platform.stop().await;
}

#[tokio::test]
async fn after_stop_nobody_listens() {
    let world = World::new().await;
    let (_, agent) = world.online(&managed("one")).await;
    let (control, tenant) = (world.platform.url().to_owned(), world.tenant.clone());
    assert!(world.platform.requests() > 0);
    world.platform.stop().await;
    for url in [control, tenant, agent] {
        assert!(call(Method::GET, &url, &[], None).await.unwrap_err().is_connect(), "{url}");
    }
}
