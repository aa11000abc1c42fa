//! What happens by itself, on clocks that the tests advance.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod support;

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use shakedown_platform::{Fault, Options, Platform, Timings};

use support::{World, managed};

const CLOCK: &str = "/__platform/orgs/acme/clock";

/// The monitors that moved a workspace, in order.
async fn sources(world: &World, id: &str) -> Vec<String> {
    let events = world.ask(Method::GET, &format!("/events/{id}"), None).await.body;
    let sources = events.as_array().unwrap().iter().filter_map(|event| event["payload"]["source"].as_str());
    sources.map(str::to_owned).collect()
}

async fn status(world: &World, id: &str) -> String {
    world.row(id).await["status"].as_str().unwrap().to_owned()
}

async fn last_event(world: &World, id: &str) -> jiff::Timestamp {
    let events = world.ask(Method::GET, &format!("/events/{id}"), None).await.body;
    events.as_array().unwrap().last().unwrap()["created_at"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn an_advanced_clock_dates_what_happens_after_it_and_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options { data: Some(directory.path().to_owned()), ..Options::default() };
    let world = World::with(options.clone()).await;
    let (id, _) = world.online(&managed("one")).await;
    let before = last_event(&world, &id).await;
    world.advance("90s").await;
    world.advance("1h 30m").await;
    world.verb(&id, "pause").await;
    let apart = last_event(&world, &id).await.as_second() - before.as_second();
    assert!((5490..5550).contains(&apart), "{apart} s apart");
    world.platform.stop().await;
    let world = World::find(Platform::start(options).await.unwrap()).await;
    let clock = world.control(Method::GET, CLOCK, None).await;
    assert_eq!((&clock.body["slug"], &clock.body["advanced_ms"]), (&json!("acme"), &json!(5_490_000)));
    world.platform.stop().await;
}

#[tokio::test]
async fn a_clock_is_advanced_only_by_a_duration_and_only_for_an_organisation() {
    let world = World::new().await;
    for body in
        [json!({}), json!({ "advance": 90 }), json!({ "advance": "soon" }), json!({ "advance": "25h" })]
    {
        let answer = world.control(Method::POST, CLOCK, Some(&body)).await;
        assert_eq!(answer.status, 400, "{body} {answer:?}");
    }
    let backwards = world.control(Method::POST, CLOCK, Some(&json!({ "advance": "-90s" }))).await;
    assert_eq!(backwards.status, 400, "{backwards:?}");
    let nobody = world.control(Method::GET, "/__platform/orgs/nobody/clock", None).await;
    assert_eq!(nobody.body, json!({ "error": "org not found", "slug": "nobody" }));
    let clock = world.control(Method::GET, CLOCK, None).await;
    assert_eq!(clock.body["advanced_ms"], 0);
    world.platform.stop().await;
}

#[tokio::test]
async fn an_external_agent_that_falls_silent_is_awaited_until_it_registers_again() {
    let world = World::new().await;
    let (id, token) = world.registered("mine", "external").await;
    world.advance("90s").await;
    assert_eq!(status(&world, &id).await, "online");
    world.advance("15s").await;
    assert_eq!(status(&world, &id).await, "awaiting_agent");
    world.advance("10m").await;
    assert_eq!(status(&world, &id).await, "awaiting_agent");
    world.register(&id, &token).await;
    assert_eq!(status(&world, &id).await, "online");
    assert_eq!(sources(&world, &id).await, ["external_staleness_sweep"]);
    world.platform.stop().await;
}

#[tokio::test]
async fn a_heartbeat_keeps_an_external_agent_online() {
    let world = World::new().await;
    let (id, token) = world.registered("mine", "external").await;
    let bearer = format!("Bearer {token}");
    for _ in 0..4 {
        world.advance("80s").await;
        let (headers, body) = ([("authorization", bearer.as_str())], json!({ "workspace_id": id }));
        world.ask_with(Method::POST, "/registry/heartbeat", &headers, Some(&body)).await;
    }
    assert_eq!(status(&world, &id).await, "online");
    assert_eq!(sources(&world, &id).await, [""; 0]);
    world.platform.stop().await;
}

/// The gap that the contract documents: the staleness sweep looks for the runtime `external` exactly.
#[tokio::test]
async fn a_silent_kimi_agent_is_not_noticed_by_the_staleness_sweep() {
    let world = World::new().await;
    let (id, _) = world.registered("mine", "kimi").await;
    world.advance("170s").await;
    assert_eq!(status(&world, &id).await, "online");
    world.advance("30s").await;
    assert_eq!(status(&world, &id).await, "offline");
    assert_eq!(sources(&world, &id).await, ["liveness_monitor"]);
    world.platform.stop().await;
}

#[tokio::test]
async fn a_managed_agent_reports_by_itself() {
    let world = World::new().await;
    let (id, url) = world.online(&managed("one")).await;
    world.advance("2h").await;
    let row = world.row(&id).await;
    assert_eq!((&row["status"], &row["url"]), (&json!("online"), &json!(url)));
    let uptime = row["uptime_seconds"].as_i64().unwrap();
    assert!((7170..=7200).contains(&uptime), "{uptime}");
    world.platform.stop().await;
}

#[tokio::test]
async fn paused_and_hibernated_workspaces_survive_every_sweep() {
    let world = World::new().await;
    let (paused, _) = world.online(&managed("one")).await;
    let (asleep, _) = world.online(&managed("two")).await;
    world.advance("1m").await;
    world.verb(&paused, "pause").await;
    world.verb(&asleep, "hibernate").await;
    world.advance("1h").await;
    assert_eq!(status(&world, &paused).await, "paused");
    assert_eq!(status(&world, &asleep).await, "hibernated");
    assert_eq!(world.verb(&paused, "resume").await.status, 200);
    world.reaches(&paused, "online").await;
    world.platform.stop().await;
}

#[tokio::test]
async fn a_first_boot_is_given_up_after_five_minutes() {
    let world = World::faulty(Fault::StuckProvisioning).await;
    let id = world.create(&managed("one")).await;
    world.advance("4m 45s").await;
    assert_eq!(status(&world, &id).await, "provisioning");
    world.advance("30s").await;
    assert_eq!(status(&world, &id).await, "failed");
    assert_eq!(sources(&world, &id).await, ["bootstrap_watcher"]);
    world.platform.stop().await;
}

#[tokio::test]
async fn a_later_boot_times_out_after_ten_minutes_and_hermes_after_thirty() {
    let world = World::faulty(Fault::StuckProvisioning).await;
    let claude = world.create(&managed("claude")).await;
    let hermes = json!({ "name": "hermes", "runtime": "hermes", "model": "moonshot/kimi-k2.6" });
    let hermes = world.create(&hermes).await;
    let list = world.ask(Method::GET, "/workspaces", None).await.body;
    assert_eq!(
        (&list[0]["provision_timeout_ms"], &list[1]["provision_timeout_ms"]),
        (&Value::Null, &json!(1_800_000))
    );
    for id in [&claude, &hermes] {
        assert_eq!(world.verb(id, "restart").await.status, 200);
    }
    world.advance("9m 30s").await;
    assert_eq!(status(&world, &claude).await, "provisioning");
    world.advance("1m").await;
    assert_eq!(status(&world, &claude).await, "failed");
    world.advance("19m").await;
    assert_eq!(status(&world, &hermes).await, "provisioning");
    world.advance("1m").await;
    assert_eq!(status(&world, &hermes).await, "failed");
    assert_eq!(sources(&world, &hermes).await, ["provision_timeout_sweep"]);
    let agent = json!({ "id": claude, "url": "http://127.0.0.1:9", "agent_card": {} });
    world.ask(Method::POST, "/registry/register", Some(&agent)).await;
    assert_eq!(status(&world, &claude).await, "online");
    world.platform.stop().await;
}

#[tokio::test]
async fn a_slow_boot_is_failed_for_a_while_and_then_online() {
    let timings = Timings { workspace_boot: Duration::from_secs(20 * 60), ..Timings::default() };
    let world = World::with(Options { timings, ..Options::default() }).await;
    let id = world.create(&managed("slow")).await;
    world.advance("6m").await;
    assert_eq!(status(&world, &id).await, "failed");
    world.advance("15m").await;
    let row = world.row(&id).await;
    assert_eq!(row["status"], "online");
    assert_ne!(row["url"], "");
    let expected = ["WORKSPACE_PROVISIONING", "WORKSPACE_PROVISION_FAILED", "WORKSPACE_ONLINE"];
    assert_eq!(world.event_types(&id).await, expected);
    world.platform.stop().await;
}

#[tokio::test]
async fn an_idle_workspace_is_put_to_sleep_when_it_asked_for_that() {
    let world = World::new().await;
    let mut draft = managed("one");
    draft["hibernation_idle_minutes"] = json!(5);
    let (id, _) = world.online(&draft).await;
    let (other, _) = world.online(&managed("two")).await;
    world.advance("4m 30s").await;
    assert_eq!(status(&world, &id).await, "online");
    world.advance("2m").await;
    assert_eq!(status(&world, &id).await, "hibernated");
    assert_eq!(status(&world, &other).await, "online");
    assert_eq!(sources(&world, &id).await, [""; 0]);
    world.platform.stop().await;
}
