//! Every fault bites, in the way that its documentation says.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

#[path = "support/family_faults.rs"]
mod family;
#[path = "support/resource_faults.rs"]
mod resources;
#[path = "support/shown_faults.rs"]
mod shown;
mod support;
#[path = "support/time_faults.rs"]
mod time;

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use shakedown_platform::{Fault, Faults, Options, Platform};

use support::{World, call, eventually, former, managed};

/// What an agent says whose provider has not been paid.
const QUOTA: &str = "200 Agent error: 429 You exceeded your current quota, please check your plan and billing details \
    (insufficient_quota)";

/// Whether a create is answered in good time.
async fn hangs(world: &World) -> String {
    let answered = tokio::time::timeout(Duration::from_millis(200), create(world, &managed("a"))).await;
    format!("answered: {}", answered.is_ok())
}
/// A workspace that nobody has.
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// What is left of an org that was deleted: for its control plane, and in the cloud.
async fn after_purge(world: &World, fault: Fault) -> (String, &'static str) {
    let confirm = json!({ "confirm": "acme" });
    let deleted = world.control(Method::DELETE, "/cp/admin/tenants/acme", Some(&confirm)).await;
    let still = world.control(Method::GET, "/cp/admin/tenants/acme/boot-events", None).await;
    let cloud = world.control(Method::GET, "/__platform/instances", None).await;
    let machine = text(&cloud.body["instances"][0]["name"]);
    let expected = match fault {
        Fault::InstanceOutlivesOrg => "200 404 tenant-acme",
        _ => "200 200 tenant-acme",
    };
    (format!("{} {} {machine}", deleted.status.as_u16(), still.status.as_u16()), expected)
}

/// What a platform with the fault shows, and what it must show.
async fn bite(fault: Fault) -> (String, &'static str) {
    let prompt = former("What is 2 + 3?");
    match fault {
        Fault::OrgNeverRuns => return (org_after_a_while(fault).await, "provisioning"),
        Fault::OrgFails => return (org_after_a_while(fault).await, "failed"),
        Fault::OrgHidden => return (org_after_a_while(fault).await, ""),
        _ => {}
    }
    let world = World::faulty(fault).await;
    let found = match fault {
        Fault::Create500 => (create(&world, &managed("a")).await, "500 failed to create workspace"),
        Fault::CreateHangs => (hangs(&world).await, "answered: false"),
        Fault::LabelCoerced => {
            let id = world.create(&json!({ "name": "a", "external": true, "runtime": "kimi" })).await;
            (text(&world.row(&id).await["runtime"]), "external")
        }
        Fault::OnlineWithoutUrl => (world.online(&managed("a")).await.1, ""),
        Fault::StuckProvisioning => {
            let id = world.create(&managed("a")).await;
            // A later workspace of a healthy platform would be online by then; this one never gets there.
            let online = tokio::time::timeout(Duration::from_millis(600), world.reaches(&id, "online"));
            (format!("online: {}", online.await.is_ok()), "online: false")
        }
        Fault::BootFails => {
            let id = world.create(&managed("a")).await;
            (text(&world.reaches(&id, "failed").await["status"]), "failed")
        }
        Fault::PauseDoesNothing | Fault::HibernateDoesNothing | Fault::WorkspaceDeleteDoesNothing => {
            (after_nothing(&world, fault).await, "200 online true")
        }
        Fault::ResumeSkipsProvisioning => {
            let (id, _) = world.online(&managed("a")).await;
            world.verb(&id, "pause").await;
            world.verb(&id, "resume").await;
            let events = world.event_types(&id).await;
            (events[2..].join(" "), "WORKSPACE_PAUSED WORKSPACE_ONLINE")
        }
        Fault::NoProvisioner | Fault::NoPollQueue | Fault::NoBillingMode | Fault::NoEventStream => {
            of_nobody(&world, fault).await
        }
        Fault::NoAutoWake => {
            let (id, _) = world.online(&managed("a")).await;
            world.verb(&id, "hibernate").await;
            let answer = world.ask(Method::POST, &format!("/workspaces/{id}/a2a"), Some(&prompt)).await;
            (
                format!("{} {}", answer.body["waking"], text(&world.row(&id).await["status"])),
                "true hibernated",
            )
        }
        Fault::A2aEcho => (reply(&world).await, "200 What is 2 + 3?"),
        Fault::A2aWrongSometimes => (asked(&world, "What is 2 + 4?").await, "200 The sum is 7."),
        Fault::A2aEmptyReply => (reply(&world).await, "200 "),
        Fault::A2aErrorText => (reply(&world).await, "200 Agent error: the model returned an error result"),
        Fault::A2aQuotaText => (reply(&world).await, QUOTA),
        Fault::A2aHtml => (reply(&world).await, "502 html"),
        Fault::ActivityLost => {
            let (id, _) = world.online(&managed("a")).await;
            world.ask(Method::POST, &format!("/workspaces/{id}/a2a"), Some(&prompt)).await;
            let path = format!("/workspaces/{id}/activity");
            let row = async || world.ask(Method::GET, &path, None).await.body.get(0).cloned();
            let seen = tokio::time::timeout(Duration::from_millis(400), eventually("a row", row)).await;
            (format!("seen: {}", seen.is_ok()), "seen: false")
        }
        Fault::PollAnswers404 | Fault::PollEnvelopeExtraKey => {
            let id = world.create(&json!({ "name": "a", "external": true })).await;
            let answer = world.ask(Method::POST, &format!("/workspaces/{id}/a2a"), Some(&prompt)).await;
            let keys = answer.body.as_object().unwrap().len();
            let expected = if fault == Fault::PollAnswers404 { "404 1" } else { "200 4" };
            (format!("{} {keys}", answer.status.as_u16()), expected)
        }
        Fault::TemplateRuntimeRaw => {
            let body = json!({ "name": "a", "template": "seo-agent", "model": "moonshot/kimi-k2.6" });
            (text(&world.row(&world.create(&body).await).await["runtime"]), "seo-agent")
        }
        Fault::GoogleAdkAccepted => {
            let body = json!({ "name": "a", "runtime": "google-adk", "model": "platform:gemini-2.5-pro" });
            let (id, _) = world.online(&body).await;
            (text(&world.row(&id).await["runtime"]), "google-adk")
        }
        Fault::OrgDeleteLeavesInstance | Fault::InstanceOutlivesOrg => after_purge(&world, fault).await,
        Fault::RegisterIgnored => {
            let created = json!({ "name": "a", "external": true });
            let created = world.ask(Method::POST, "/workspaces", Some(&created)).await.body;
            let bearer = format!("Bearer {}", text(&created["connection"]["auth_token"]));
            let body = json!({ "id": created["id"], "agent_card": {} });
            let headers = [("authorization", bearer.as_str())];
            let answer = world.ask_with(Method::POST, "/registry/register", &headers, Some(&body)).await;
            let status = text(&world.row(created["id"].as_str().unwrap()).await["status"]);
            (format!("{} {status}", answer.status.as_u16()), "200 awaiting_agent")
        }
        Fault::SseSilent => (stream(&world).await, "200 silent: true"),
        other => elsewhere(&world, other).await,
    };
    world.platform.stop().await;
    found
}

/// A fault of which another file tells.
async fn elsewhere(world: &World, fault: Fault) -> (String, &'static str) {
    if let Some(found) = time::bite(world, fault).await {
        return found;
    }
    if let Some(found) = shown::bite(world, fault).await {
        return found;
    }
    match family::bite(world, fault).await {
        Some(found) => found,
        None => resources::bite(world, fault).await,
    }
}

async fn org_after_a_while(fault: Fault) -> String {
    let options = Options { faults: Faults::from(fault), ..Options::default() };
    let platform = Platform::start(options).await.unwrap();
    let bearer = format!("Bearer {}", platform.admin_token());
    let headers = [("authorization", bearer.as_str())];
    let url = format!("{}/cp/admin/orgs", platform.url());
    call(Method::POST, &url, &headers, Some(&json!({ "slug": "acme" }))).await.unwrap();
    let status = async || {
        let roster = call(Method::GET, &url, &headers, None).await.unwrap().body;
        text(&roster["orgs"][0]["instance_status"])
    };
    let runs = eventually("running", async || (status().await == "running").then_some(()));
    assert!(tokio::time::timeout(Duration::from_millis(500), runs).await.is_err());
    let found = status().await;
    platform.stop().await;
    found
}

async fn stream(world: &World) -> String {
    let (id, _) = world.online(&managed("a")).await;
    let mut stream = world.stream(&id, &world.token).await;
    world.verb(&id, "pause").await;
    let silent = tokio::time::timeout(Duration::from_millis(200), stream.chunk()).await;
    format!("{} silent: {}", stream.status().as_u16(), silent.is_err())
}

/// The answer, the status and whether the agent lives, after a request that should have stopped it.
async fn after_nothing(world: &World, fault: Fault) -> String {
    let (id, url) = world.online(&managed("a")).await;
    let answer = match fault {
        Fault::PauseDoesNothing => world.verb(&id, "pause").await,
        Fault::HibernateDoesNothing => world.verb(&id, "hibernate").await,
        _ => world.ask(Method::DELETE, &format!("/workspaces/{id}"), None).await,
    };
    let lives = call(Method::GET, &format!("{url}/.well-known/agent-card.json"), &[], None).await.is_ok();
    format!("{} {} {lives}", answer.status.as_u16(), text(&world.row(&id).await["status"]))
}

/// What a route that a target may lack says of a workspace that nobody has.
async fn of_nobody(world: &World, fault: Fault) -> (String, &'static str) {
    let (method, route, expected) = match fault {
        Fault::NoProvisioner => {
            (Method::POST, format!("/workspaces/{NOBODY}/restart"), "503 provisioner not available")
        }
        Fault::NoBillingMode => {
            (Method::GET, format!("/admin/workspaces/{NOBODY}/llm-billing-mode"), "404 404 page not found")
        }
        Fault::NoEventStream => {
            (Method::GET, format!("/workspaces/{NOBODY}/events/stream"), "404 404 page not found")
        }
        _ => (Method::GET, format!("/workspaces/{NOBODY}/a2a/queue/{NOBODY}"), "404 404 page not found"),
    };
    let answer = world.ask(method, &route, None).await;
    (format!("{} {}", answer.status.as_u16(), text(&answer.body["error"])), expected)
}

async fn create(world: &World, body: &Value) -> String {
    let answer = world.ask(Method::POST, "/workspaces", Some(body)).await;
    format!("{} {}", answer.status.as_u16(), text(&answer.body["error"]))
}

async fn reply(world: &World) -> String {
    asked(world, "What is 2 + 3?").await
}

async fn asked(world: &World, prompt: &str) -> String {
    let (id, _) = world.online(&managed("a")).await;
    let answer = world.ask(Method::POST, &format!("/workspaces/{id}/a2a"), Some(&former(prompt))).await;
    let shown = if answer.text.starts_with("<html>") {
        "html".to_owned()
    } else {
        text(&answer.body["result"]["parts"][0]["text"])
    };
    format!("{} {shown}", answer.status.as_u16())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn each_fault_bites() {
    // Most of it is waiting, so all of them wait at once.
    let bites = futures_util::future::join_all(Fault::ALL.iter().map(|fault| bite(*fault))).await;
    for (fault, (found, expected)) in Fault::ALL.iter().zip(bites) {
        assert_eq!(found, expected, "{fault}");
    }
}

#[test]
fn a_place_that_is_a_route_is_a_route_of_the_platform() {
    // Scripts have asked there all the same, so only a fault answers.
    let absent = ["GET /activity", "GET /workspaces/:id/shared-context"];
    let named =
        |segment: &str| if segment.starts_with([':', '{']) { "*".to_owned() } else { segment.to_owned() };
    let plain = |route: &str| route.split('/').map(named).collect::<Vec<_>>().join("/");
    let routes: Vec<String> = shakedown_platform::routes()
        .map(|route| plain(&format!("{} {}", route.method, route.path)))
        .chain(absent.map(plain))
        .collect();
    let mut found = 0;
    for fault in Fault::ALL {
        let route = fault.place().split([',', '?']).next().unwrap();
        if route.starts_with(char::is_uppercase) {
            found += 1;
            assert!(routes.contains(&plain(route)), "{fault}: {route}");
        }
    }
    assert!(found > Fault::ALL.len() / 2, "{found} of {}", Fault::ALL.len());
}

#[test]
fn each_fault_is_asked_for_in_exactly_one_place() {
    let mut sources = String::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(path).unwrap();
                sources.push_str(text.split("#[cfg(test)]").next().unwrap());
            }
        }
    }
    for fault in Fault::ALL {
        assert_eq!(sources.matches(&format!("has(Fault::{fault:?})")).count(), 1, "{fault}");
    }
}
