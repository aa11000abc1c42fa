//! Faults on the wire: what a client sees of each, and how often it bites.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod support;

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use shakedown_platform::{Defect, Faults, Options};

use support::{World, call, client, managed};

/// A platform with faults as they are written.
async fn world(faults: &[&str]) -> World {
    let faults: Faults = faults.iter().map(|text| text.parse::<Defect>().unwrap()).collect();
    World::with(Options { faults, ..Options::default() }).await
}

async fn roster(world: &World) -> support::Answer {
    world.ask(Method::GET, "/workspaces", None).await
}

/// How often the fault in this place has bitten, of how many chances.
fn bitten(world: &World, place: usize) -> (u64, u64) {
    let bites = world.platform.bitten();
    (bites[place].bites, bites[place].chances)
}

async fn refused(world: &World, path: &str) -> reqwest::Error {
    let headers = [("x-molecule-org-id", world.org.as_str())];
    call(Method::GET, &format!("{}{path}", world.tenant), &headers, None).await.unwrap_err()
}

#[tokio::test]
async fn a_right_reply_comes_with_another_status_as_often_as_it_is_limited_to() {
    let world = world(&["status:on=GET /workspaces,is=503,nth=2"]).await;
    let id = world.create(&managed("a")).await;
    for status in [200, 503, 200] {
        let answer = roster(&world).await;
        assert_eq!((answer.status.as_u16(), answer.body[0]["id"].as_str()), (status, Some(id.as_str())));
    }
    assert_eq!(bitten(&world, 0), (1, 3));
}

#[tokio::test]
async fn a_fault_after_a_request_counts_its_chances_from_the_next_on() {
    let world = world(&[
        "status:on=GET /workspaces,after=POST /workspaces,is=503,nth=2",
        "status:on=GET /workspaces,after=DELETE /workspaces/*,is=503",
        "status:on=POST /workspaces,after=POST /workspaces,is=207",
    ])
    .await;
    let mut seen = vec![roster(&world).await.status.as_u16()];
    seen.push(world.ask(Method::POST, "/workspaces", Some(&managed("a"))).await.status.as_u16());
    for _ in 0..3 {
        seen.push(roster(&world).await.status.as_u16());
    }
    seen.push(world.ask(Method::POST, "/workspaces", Some(&managed("b"))).await.status.as_u16());
    assert_eq!(seen, [200, 201, 200, 503, 200, 207]);
    let counted: Vec<(u64, u64)> = (0..3).map(|place| bitten(&world, place)).collect();
    assert_eq!(counted, [(1, 3), (0, 0), (1, 1)]);
}

#[tokio::test]
async fn an_answer_in_place_of_the_platforms_leaves_the_platform_unasked() {
    let world = world(&[
        "answer:on=POST /workspaces,is=500,nth=1",
        "answer:on=POST /workspaces,is=502,body=html,nth=1",
        "answer:on=POST /workspaces,is=418,body=text,nth=1",
        "drop-request:on=POST /workspaces,nth=1",
        "storm-429:on=POST /workspaces,retry-after=7,first=1",
    ])
    .await;
    let mut seen = Vec::new();
    for _ in 0..5 {
        let answer = world.ask(Method::POST, "/workspaces", Some(&managed("a"))).await;
        let kind = answer.headers["content-type"].to_str().unwrap().to_owned();
        let pause = answer.headers.get("retry-after").map_or("", |pause| pause.to_str().unwrap()).to_owned();
        seen.push((answer.status.as_u16(), kind, pause, answer.text));
    }
    let page = "<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>";
    let json = "application/json";
    let expected = [
        (500, json, "", "{\"error\":\"internal server error\"}"),
        (502, "text/html; charset=utf-8", "", page),
        (418, "text/plain; charset=utf-8", "", "I'm a teapot"),
        (200, json, "", "{}"),
        (429, json, "7", "{\"error\":\"rate limit exceeded\",\"retry_after\":7}"),
    ];
    let expected = expected
        .map(|(status, kind, pause, text)| (status, kind.to_owned(), pause.to_owned(), text.to_owned()));
    assert_eq!(seen, expected);
    assert_eq!(roster(&world).await.body, json!([]));
}

#[tokio::test]
async fn one_field_of_a_reply_is_replaced_added_or_taken_out() {
    let world = world(&[
        "json:on=GET /workspaces,at=/*/name,to=\"b, c\"",
        "json:on=GET /workspaces,at=/0/nowhere,to=1",
        "with:on=GET /workspaces,at=/0/token,to={\"a\":[1,2]},first=1",
        "without:on=GET /workspaces,at=/0/url",
        "json:on=GET /health,at=/status,to=\"ok\"",
        "with:on=GET /workspaces,nth=2,at=/-,to=7",
    ])
    .await;
    world.create(&managed("a")).await;
    let first = roster(&world).await;
    let row = &first.body[0];
    assert_eq!((&row["name"], &row["token"]), (&json!("b, c"), &json!({ "a": [1, 2] })));
    assert_eq!((row.get("url"), row["tier"].is_null()), (None, false));
    let second = roster(&world).await.body;
    assert_eq!((second[0].get("token"), first.body.get(1), &second[1]), (None, None, &json!(7)));
    world.ask(Method::GET, "/health", None).await;
    // What would change nothing is no chance.
    let counted: Vec<(u64, u64)> = (0..6).map(|place| bitten(&world, place)).collect();
    assert_eq!(counted, [(2, 2), (0, 0), (1, 2), (2, 2), (0, 0), (1, 2)]);
}

#[tokio::test]
async fn headers_are_set_and_taken_out() {
    let world = world(&[
        "header:on=GET /health,name=Retry-After,to=3, or 4",
        "without-header:on=GET /health,name=content-type",
    ])
    .await;
    let answer = world.ask(Method::GET, "/health", None).await;
    assert_eq!(answer.headers["retry-after"], "3, or 4");
    assert_eq!(answer.headers.get("content-type"), None);
    assert_eq!(answer.text, "{\"status\":\"ok\"}");
}

#[tokio::test]
async fn bodies_are_empty_pages_or_endless() {
    // A page is a body too, and so a chance for whatever comes after it.
    let world = world(&[
        "body-empty:on=GET /health,nth=1",
        "body-html:on=GET /health,nth=1",
        "body-huge:on=GET /health,bytes=300000,nth=2",
        "body-slow:on=GET /health,by=100ms,nth=3",
    ])
    .await;
    let mut sizes = Vec::new();
    for _ in 0..5 {
        let answer = world.ask(Method::GET, "/health", None).await;
        let kind = answer.headers["content-type"].to_str().unwrap().to_owned();
        sizes.push((answer.status.as_u16(), kind, answer.text.len(), answer.body["status"] == "ok"));
    }
    let json = "application/json";
    let expected = [
        (json, 0, false),
        ("text/html", 85, false),
        (json, 300_000, true),
        (json, 15, true),
        (json, 15, true),
    ];
    assert_eq!(sizes, expected.map(|(kind, size, is_right)| (200, kind.to_owned(), size, is_right)));
}

#[tokio::test]
async fn a_connection_is_closed_before_the_answer_or_in_the_middle_of_it() {
    let world = world(&[
        "reset:on=GET /health,nth=1",
        "body-truncated:on=GET /health,nth=1",
        "reset-mid-body:on=GET /health,nth=2",
    ])
    .await;
    let before = refused(&world, "/health").await;
    assert!(before.is_request() && !before.is_connect(), "{before:?}");
    let url = format!("{}/health", world.tenant);
    let mut seen = Vec::new();
    for _ in 0..2 {
        let mut response = client().get(&url).send().await.unwrap();
        let length = response.content_length();
        let begun = response.chunk().await.unwrap().unwrap();
        let broken = response.chunk().await.is_err();
        seen.push((response.status().as_u16(), length, begun.len(), broken));
    }
    assert_eq!(seen, [(200, Some(15), 7, true), (200, None, 8, true)]);
    assert_eq!(world.ask(Method::GET, "/health", None).await.body, json!({ "status": "ok" }));
}

#[tokio::test]
async fn a_request_is_held_back_or_never_answered() {
    let world = world(&["delay:on=GET /health,by=1m,nth=1", "hang:on=GET /workspaces"]).await;
    let answers = async |within: Duration| {
        tokio::time::timeout(within, world.ask(Method::GET, "/health", None)).await.is_ok()
    };
    assert!(!answers(Duration::from_millis(150)).await, "the first is held back");
    assert!(answers(Duration::from_secs(20)).await, "the second is not");
    let hangs = tokio::time::timeout(Duration::from_millis(150), roster(&world)).await;
    assert!(hangs.is_err());
    // A request that hangs does not keep the platform from stopping.
    tokio::time::timeout(Duration::from_secs(5), world.platform.stop()).await.unwrap();
}

#[tokio::test]
async fn a_request_is_passed_on_twice_and_the_second_answer_is_seen() {
    let world = world(&["duplicate:on=POST /workspaces"]).await;
    let answer = world.ask(Method::POST, "/workspaces", Some(&managed("a"))).await;
    let rows = roster(&world).await.body;
    let ids: Vec<&Value> = rows.as_array().unwrap().iter().map(|row| &row["id"]).collect();
    assert_eq!((answer.status.as_u16(), ids.len(), ids[1]), (201, 2, &answer.body["id"]));
}

#[tokio::test]
async fn a_stream_of_events_is_cut_and_never_read_to_its_end() {
    let cut = world(&[
        "body-truncated:on=GET /workspaces/*/events/stream",
        "json:on=GET /workspaces/*/events/stream,at=,to=1",
        "reset-mid-body:on=GET /workspaces/*/events/stream,nth=2",
    ])
    .await;
    let (id, _) = cut.online(&managed("a")).await;
    let open = async || {
        // A stream that is read to its end never begins.
        let opened = tokio::time::timeout(Duration::from_secs(5), cut.stream(&id, &cut.token));
        opened.await.expect("the stream begins")
    };
    let mut whole = open().await;
    assert_eq!(support::read_to(&mut whole, "ping\n\n").await, ": ping\n\n");
    let mut broken = open().await;
    assert_eq!(broken.chunk().await.unwrap().unwrap(), ": pi");
    assert!(broken.chunk().await.is_err());
    assert_eq!((0..3).map(|place| bitten(&cut, place)).collect::<Vec<_>>(), [(0, 0), (0, 0), (1, 2)]);
}

#[tokio::test]
async fn the_instruments_of_the_platform_are_out_of_reach_and_tell_what_has_bitten() {
    let world = world(&["status:on=DELETE /**,is=500", "create-500:nth=2", "a2a-echo"]).await;
    for status in [201, 500, 201] {
        let answer = world.ask(Method::POST, "/workspaces", Some(&managed("a"))).await;
        assert_eq!(answer.status.as_u16(), status);
    }
    let gone = world.control(Method::DELETE, "/__platform/instances/nobody", None).await;
    assert_ne!(gone.status, 500);
    let told = world.control(Method::GET, "/__platform/faults", None).await;
    let row = |fault: &str, chances: u64, bites: u64| -> Value {
        json!({ "fault": fault, "chances": chances, "bites": bites })
    };
    let rows =
        [row("status:on=DELETE /**,is=500", 0, 0), row("create-500:nth=2", 3, 1), row("a2a-echo", 0, 0)];
    assert_eq!(told.body, json!({ "faults": rows }));
}

#[tokio::test]
async fn a_share_of_requests_is_the_same_for_the_same_seed() {
    let mut seen = Vec::new();
    for _ in 0..2 {
        let world = world(&["status:on=GET /health,is=503,share=0.5,seed=7"]).await;
        let mut statuses = Vec::new();
        for _ in 0..20 {
            statuses.push(world.ask(Method::GET, "/health", None).await.status.as_u16());
        }
        seen.push(statuses);
    }
    assert_eq!(seen[0], seen[1]);
    let failures = seen[0].iter().filter(|status| **status == 503).count();
    assert!((5..=15).contains(&failures), "{failures}");
}
