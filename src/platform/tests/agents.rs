//! Agents that play a part, and what the platform makes of it: queue, sessions, broken answers, boots.

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use shakedown_platform::{Options, Timings};

use support::{World, current, eventually, former, managed};

fn numbered(number: u32) -> Value {
    let mut message = former(&format!("What is {number} + 1?"));
    message["params"]["message"]["messageId"] = json!(format!("m-{number}"));
    message
}

fn text(body: &Value) -> &str {
    body["result"]["parts"][0]["text"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn an_agent_takes_each_message_as_its_script_says_and_answers_at_its_end() {
    let world = World::new().await;
    let (id, _) = world.online(&managed("one")).await;
    world.direct(&id, &["empty", "error-as-text", "500", "reset", "huge", "answer"]).await;
    let mut answers = Vec::new();
    for _ in 0..7 {
        let answer = world.message(&id, &former("What is 2 + 3?")).await;
        let said = answer.body["error"].as_str().unwrap_or_else(|| text(&answer.body));
        answers.push(format!("{} {said} {}", answer.status.as_u16(), answer.body["delivery_confirmed"]));
    }
    assert_eq!(
        answers,
        [
            "200  null",
            "200 Agent error: the model returned an error result null",
            "500 the agent broke null",
            "502 failed to reach workspace agent true",
            "502 failed to reach workspace agent true",
            "200 The sum is 5. null",
            "200 The sum is 5. null",
        ]
    );
    assert_eq!(world.heard(&id).await, 7);
    world.platform.stop().await;
}

#[tokio::test]
async fn a_script_holds_in_the_current_dialect_too() {
    let world = World::new().await;
    let (id, _) = world.online(&managed("one")).await;
    world.direct(&id, &["error-as-text", "answer"]).await;
    let bearer = format!("Bearer {}", world.token);
    let headers = [("authorization", bearer.as_str()), ("a2a-version", "1.0")];
    let path = format!("/workspaces/{id}/a2a");
    for expected in ["Agent error: the model returned an error result", "The sum is 5."] {
        let answer = world.ask_with(Method::POST, &path, &headers, Some(&current("What is 2 + 3?"))).await;
        assert_eq!(answer.body["result"]["message"]["parts"][0]["text"], expected);
    }
    world.platform.stop().await;
}

#[tokio::test]
async fn a_task_is_done_when_somebody_asks_for_it_the_second_time() {
    let world = World::new().await;
    let (id, _) = world.online(&managed("one")).await;
    world.direct(&id, &["working-task"]).await;
    let task = world.message(&id, &former("What is 2 + 3?")).await.body["result"].clone();
    assert_eq!((&task["kind"], &task["status"]["state"]), (&json!("task"), &json!("working")));
    let look = json!({ "jsonrpc": "2.0", "id": 1, "method": "tasks/get", "params": { "id": task["id"] } });
    assert_eq!(world.message(&id, &look).await.body["result"]["status"]["state"], "working");
    let done = world.message(&id, &look).await.body["result"].clone();
    assert_eq!(done["status"]["state"], "completed");
    assert_eq!(done["artifacts"][0]["parts"][0]["text"], "The sum is 5.");
    world.platform.stop().await;
}

#[tokio::test]
async fn a_slow_agent_answers_after_a_minute_on_the_clock_of_its_organisation() {
    let world = World::new().await;
    let (id, _) = world.online(&managed("one")).await;
    world.direct(&id, &["slow"]).await;
    let message = former("What is 2 + 3?");
    let (sent, prompt) = (world.message(&id, &message), async {
        eventually("it is heard", async || (world.heard(&id).await == 1).then_some(())).await;
        world.advance("61s").await;
    });
    let (answer, ()) = futures_util::future::join(sent, prompt).await;
    assert_eq!((answer.status.as_u16(), text(&answer.body)), (200, "The sum is 5."));
    world.platform.stop().await;
}

#[tokio::test]
async fn a_stream_is_proxied_and_read_to_its_end() {
    let world = World::new().await;
    let (id, _) = world.online(&managed("one")).await;
    let mut message = former("What is 2 + 3?");
    message["method"] = json!("message/stream");
    let answer = world.message(&id, &message).await;
    let event: Value = serde_json::from_str(answer.text.trim().strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!((answer.status.as_u16(), text(&event)), (200, "The sum is 5."));
    world.platform.stop().await;
}

#[tokio::test]
async fn a_busy_agent_gets_one_message_with_each_heartbeat_the_most_urgent_first() {
    let world = World::new().await;
    let (id, _) = world.online(&managed("one")).await;
    world.direct(&id, &["busy", "busy", "busy"]).await;
    let mut kept = Vec::new();
    for (number, priority) in [(1, json!(10)), (2, Value::Null), (3, json!(100))] {
        let mut message = numbered(number);
        message["params"]["message"]["metadata"] = json!({ "priority": priority });
        let answer = world.message(&id, &message).await;
        assert_eq!((answer.status.as_u16(), &answer.body["queue_depth"]), (202, &json!(number)));
        kept.push(answer);
    }
    let states = async || {
        let mut states = Vec::new();
        for answer in &kept {
            let item = world.item(&id, answer).await;
            states.push(format!(
                "{} {} {}",
                item["status"].as_str().unwrap(),
                item["priority"],
                item["attempts"]
            ));
        }
        states
    };
    assert_eq!(states().await, ["queued 10 0", "queued 50 0", "queued 100 0"]);
    world.beat(&id, &json!({ "active_tasks": 1 })).await;
    assert_eq!(states().await, ["queued 10 0", "queued 50 0", "queued 100 0"], "there is no room");
    world.advance("31s").await;
    assert_eq!(states().await, ["queued 10 0", "queued 50 0", "completed 100 1"]);
    world.advance("30s").await;
    assert_eq!(states().await, ["queued 10 0", "completed 50 1", "completed 100 1"]);
    world.advance("30s").await;
    assert_eq!(states().await, ["completed 10 1", "completed 50 1", "completed 100 1"]);
    let item = world.item(&id, &kept[2]).await;
    assert_eq!(text(&item["response_body"]), "The sum is 4.");
    assert!(item["dispatched_at"].is_string() && item["completed_at"].is_string(), "{item}");
    assert_eq!(world.heard(&id).await, 6);
    world.platform.stop().await;
}

#[tokio::test]
async fn a_message_that_waits_is_not_queued_twice_and_is_given_up_after_five_attempts() {
    let world = World::new().await;
    let (id, _) = world.online(&managed("one")).await;
    world.direct(&id, &["busy"; 7]).await;
    let first = world.message(&id, &numbered(1)).await;
    let again = world.message(&id, &numbered(1)).await;
    assert_eq!(first.body["queue_id"], again.body["queue_id"]);
    assert_eq!(again.body["queue_depth"], 1);
    for attempt in 1..=5 {
        let expected = if attempt < 5 { "queued" } else { "failed" };
        world.advance("30s").await;
        let item = world.item(&id, &first).await;
        assert_eq!((&item["status"], &item["attempts"]), (&json!(expected), &json!(attempt)));
        assert_eq!(item["last_error"], "the agent is busy or gone");
    }
    world.advance("10m").await;
    assert_eq!(world.item(&id, &first).await["attempts"], 5);
    assert_eq!(world.heard(&id).await, 7);
    world.platform.stop().await;
}

#[tokio::test]
async fn a_dropped_message_is_shown_as_dropped_and_never_delivered() {
    let world = World::new().await;
    let (id, _) = world.online(&managed("one")).await;
    world.direct(&id, &["busy"]).await;
    let kept = world.message(&id, &numbered(1)).await;
    let path = "/admin/a2a-queue/drop-stale?max_age_minutes=0";
    assert_eq!(world.ask(Method::POST, path, None).await.body["dropped"], 1);
    world.advance("1m").await;
    assert_eq!(world.item(&id, &kept).await["status"], "dropped");
    assert_eq!(world.heard(&id).await, 1);
    world.platform.stop().await;
}

#[tokio::test]
async fn an_agent_with_a_session_of_its_own_is_busy_and_nothing_waits_for_it() {
    let world = World::new().await;
    let (id, _) = world.online(&managed("one")).await;
    world.beat(&id, &json!({ "runtime_metadata": { "capabilities": { "session": true } } })).await;
    world.direct(&id, &["busy"]).await;
    let answer = world.message(&id, &numbered(1)).await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.headers["retry-after"], "30");
    let (busy, session, after) =
        (&answer.body["busy"], &answer.body["native_session"], &answer.body["retry_after"]);
    assert_eq!((busy, session, after), (&json!(true), &json!(true), &json!(30)));
    world.advance("1m").await;
    assert_eq!(world.heard(&id).await, 1);
    world.platform.stop().await;
}

#[tokio::test]
async fn an_agent_that_says_its_status_itself_is_not_degraded_by_its_errors() {
    let world = World::new().await;
    let (id, _) = world.online(&managed("one")).await;
    let own = json!({ "error_rate": 0.9, "runtime_metadata": { "capabilities": { "status": true } } });
    world.beat(&id, &own).await;
    assert_eq!(world.row(&id).await["status"], "online");
    world.beat(&id, &json!({ "error_rate": 0.9 })).await;
    assert_eq!(world.row(&id).await["status"], "degraded");
    world.platform.stop().await;
}

#[tokio::test]
async fn the_name_of_the_platforms_own_machine_is_registered_and_never_called() {
    let world = World::new().await;
    let external = json!({ "name": "a", "external": true, "url": "http://localhost:9/" });
    let id = world.create(&external).await;
    let answer = world.message(&id, &numbered(1)).await;
    let found = (answer.status.as_u16(), answer.body["error"].as_str().unwrap());
    assert_eq!(found, (502, "workspace URL is not publicly routable"));
    world.platform.stop().await;
}

#[tokio::test]
async fn a_request_of_more_than_a_megabyte_is_refused_and_one_of_less_is_not() {
    let world = World::new().await;
    let (id, _) = world.online(&managed("one")).await;
    for (length, status) in [(1000 * 1024, 200), (1024 * 1024, 413)] {
        let answer = world.message(&id, &former(&format!("{} 2 + 3", " ".repeat(length)))).await;
        assert_eq!(answer.status.as_u16(), status, "{length}");
    }
    world.platform.stop().await;
}

#[tokio::test]
async fn a_delegation_that_waits_completes_when_its_message_is_answered() {
    let world = World::new().await;
    let (source, _) = world.online(&managed("one")).await;
    let (target, _) = world.online(&managed("two")).await;
    world.direct(&target, &["busy"]).await;
    let task = json!({ "target_id": target, "task": "What is 20 + 3?" });
    world.ask(Method::POST, &format!("/workspaces/{source}/delegate"), Some(&task)).await;
    let path = format!("/workspaces/{source}/delegations");
    let status = async || world.ask(Method::GET, &path, None).await.body[0].clone();
    eventually("it waits", async || (status().await["status"] == "queued").then_some(())).await;
    world.advance("31s").await;
    let row = status().await;
    assert_eq!((&row["status"], &row["response"]), (&json!("completed"), &json!("The sum is 23.")), "{row}");
    world.platform.stop().await;
}

#[tokio::test]
async fn boots_end_and_last_as_they_were_told() {
    let timings = Timings { workspace_boot: std::time::Duration::ZERO, ..Timings::default() };
    let world = World::with(Options { timings, ..Options::default() }).await;
    let plan = async |plan: Value| {
        let planned = world.control(Method::POST, "/__platform/orgs/acme/agents", Some(&plan)).await;
        assert_eq!(planned.status, 200, "{planned:?}");
    };
    plan(json!({ "boot": "fail" })).await;
    let failing = world.create(&managed("one")).await;
    world.reaches(&failing, "failed").await;
    plan(json!({ "boot": "fail-then-recover" })).await;
    let recovering = world.create(&managed("two")).await;
    world.reaches(&recovering, "failed").await;
    world.advance("31s").await;
    assert_eq!(world.row(&recovering).await["status"], "online");
    assert_eq!(world.row(&failing).await["status"], "failed");
    plan(json!({ "boot": "never" })).await;
    let stuck = world.create(&managed("three")).await;
    plan(json!({ "boot": "ok", "boot_takes": "6m" })).await;
    let slow = world.create(&managed("four")).await;
    world.advance("5m 30s").await;
    assert_eq!(world.row(&slow).await["status"], "failed", "the watcher gives it up too early");
    world.advance("1m").await;
    assert_eq!(world.row(&slow).await["status"], "online");
    assert_eq!(world.row(&stuck).await["status"], "failed");
    world.platform.stop().await;
}
