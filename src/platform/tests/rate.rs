//! The rate limit, where it is asked for.

mod support;

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use shakedown_platform::{Options, RateLimit};

use support::{Answer, World, eventually};

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).map_or("", |value| value.to_str().unwrap_or_default())
}

#[tokio::test]
async fn whoever_asks_too_often_is_told_when_to_come_back() {
    let limit = RateLimit { requests: 40, window: Duration::from_secs(2) };
    let world = World::with(Options { rate_limit: Some(limit), ..Options::default() }).await;
    let ask = async || world.ask(Method::GET, "/workspaces", None).await;
    let first = ask().await;
    assert_eq!((header(&first, "x-ratelimit-limit"), header(&first, "x-ratelimit-remaining")), ("40", "39"));
    let refused =
        eventually("a refusal", async || Some(ask().await).filter(|answer| answer.status == 429)).await;
    let after = refused.body["retry_after"].as_u64().unwrap();
    assert!((1..=2).contains(&after), "{after}");
    assert_eq!(refused.body, json!({ "error": "rate limit exceeded", "retry_after": after }));
    assert_eq!(header(&refused, "retry-after"), after.to_string());
    assert_eq!(header(&refused, "x-ratelimit-remaining"), "0");
    let again =
        eventually("the window ends", async || Some(ask().await).filter(|answer| answer.status == 200)).await;
    assert_eq!(header(&again, "x-ratelimit-remaining"), "39");
    world.platform.stop().await;
}

#[tokio::test]
async fn a_platform_of_which_none_was_asked_has_no_limit() {
    let world = World::new().await;
    let answer = world.ask(Method::GET, "/workspaces", None).await;
    assert_eq!((answer.status.as_u16(), header(&answer, "x-ratelimit-limit")), (200, ""));
    world.platform.stop().await;
}
