//! The proxy: what no fault touches passes as it is, and what one touches is wrong as it says.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod support;

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shakedown_platform::{Defect, Faults, Proxy};
use tokio::net::{TcpListener, TcpSocket};

use support::{World, client, former, managed, read_to};

fn faults(texts: &[&str]) -> Faults {
    texts.iter().map(|text| text.parse::<Defect>().unwrap()).collect()
}

/// A server that answers with what it was asked; it ends with its test.
async fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let own = url.clone();
    let router = Router::new().fallback(move |request: Request| answer(own, request));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn answer(own: String, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if parts.uri.path() == "/cut" {
        let broken = futures_util::stream::once(async { Err::<Bytes, _>(std::io::Error::other("cut")) });
        return Body::from_stream(broken).into_response();
    }
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let mut names: Vec<String> = parts.headers.keys().map(|name| name.as_str().to_owned()).collect();
    names.sort();
    let seen = json!({
        "method": parts.method.as_str(),
        "path": parts.uri.path_and_query().unwrap().as_str(),
        "host_is_own": parts.headers["host"] == own.trim_start_matches("http://"),
        "names": names,
        "body": String::from_utf8_lossy(&body),
    });
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("set-cookie", "a=1".to_owned()),
        ("set-cookie", "b=2".to_owned()),
        ("location", format!("{own}/base/next?x=1")),
        ("connection", "x-hop".to_owned()),
        ("x-hop", "1".to_owned()),
        ("keep-alive", "timeout=5".to_owned()),
    ] {
        headers.append(name, HeaderValue::try_from(value).unwrap());
    }
    (StatusCode::CREATED, headers, Json(seen)).into_response()
}

#[tokio::test]
async fn what_no_fault_touches_passes_as_it_is() {
    let target = echo().await;
    let proxy = Proxy::start(&format!("{target}/base/"), &Faults::none()).await.unwrap();
    let request = client()
        .put(format!("{}/a%2Fb/%20c?q=1&q=2", proxy.url()))
        .header("connection", "x-mine")
        .header("x-mine", "1")
        .header("te", "trailers")
        .header("x-kept", "1")
        .body("text");
    let reply = request.send().await.unwrap();
    assert_eq!(reply.status(), 201);
    let headers = reply.headers().clone();
    let cookies: Vec<&HeaderValue> = headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies, ["a=1", "b=2"]);
    assert_eq!(headers["location"], format!("{}/next?x=1", proxy.url()));
    assert_eq!((headers.get("x-hop"), headers.get("keep-alive")), (None, None));
    let seen: Value = serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap();
    let expected = json!({
        "method": "PUT",
        "path": "/base/a%2Fb/%20c?q=1&q=2",
        "host_is_own": true,
        "names": ["accept", "content-length", "host", "x-kept"],
        "body": "text",
    });
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_platform_behind_it_has_the_faults_of_the_wire_and_each_is_counted() {
    let world = World::new().await;
    let texts =
        ["status:on=GET /workspaces,is=503,nth=2", "json:on=GET /workspaces/*,at=/status,to=\"failed\""];
    let proxy = Proxy::start(&world.tenant, &faults(&texts)).await.unwrap();
    let through = World { tenant: proxy.url().to_owned(), ..world };
    let id = through.create(&managed("a")).await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(through.ask(Method::GET, "/workspaces", None).await.status.as_u16());
    }
    assert_eq!(seen, [200, 503, 200]);
    assert_eq!(through.reaches(&id, "failed").await["id"], id.as_str());
    let answered = support::eventually("an answer", async || {
        Some(through.message(&id, &former("What is 2 + 3?")).await).filter(|answer| answer.status == 200)
    });
    assert_eq!(answered.await.body["result"]["parts"][0]["text"], "The sum is 5.");
    let bites = proxy.bitten();
    assert_eq!((bites[0].fault.as_str(), bites[0].bites, bites[0].chances), (texts[0], 1, 3));
    assert_eq!((bites[1].fault.as_str(), bites[1].bites, bites[1].chances), (texts[1], 1, 1));
}

#[tokio::test]
async fn a_stream_of_events_comes_as_it_is_sent() {
    let world = World::new().await;
    let (id, _) = world.online(&managed("a")).await;
    let proxy = Proxy::start(&world.tenant, &Faults::none()).await.unwrap();
    let through = World { tenant: proxy.url().to_owned(), ..world };
    let mut stream = through.stream(&id, &through.token).await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    assert_eq!(read_to(&mut stream, "ping\n\n").await, ": ping\n\n");
    through.verb(&id, "pause").await;
    assert!(read_to(&mut stream, "\n\n").await.contains("WORKSPACE_PAUSED"));
}

#[tokio::test]
async fn an_upgrade_is_refused_and_a_connection_that_is_cut_is_cut_here_too() {
    let target = echo().await;
    let proxy = Proxy::start(&target, &Faults::none()).await.unwrap();
    let upgrade = client().get(proxy.url()).header("connection", "upgrade").header("upgrade", "websocket");
    let refused = upgrade.send().await.unwrap();
    assert_eq!(refused.status(), 501);
    let told = refused.text().await.unwrap();
    assert!(told.contains("passes no upgrade of a connection on"), "{told}");
    let cut = client().get(format!("{}/cut", proxy.url())).send().await.unwrap_err();
    assert!(cut.is_request() && !cut.is_connect(), "{cut:?}");
}

#[tokio::test]
async fn a_target_that_nobody_listens_at_is_named() {
    // It has the port for as long as the test lasts, and nobody listens there.
    let held = TcpSocket::new_v4().unwrap();
    held.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let target = format!("http://{}", held.local_addr().unwrap());
    let proxy = Proxy::start(&target, &Faults::none()).await.unwrap();
    let reply = client().get(proxy.url()).send().await.unwrap();
    assert_eq!(reply.status(), 502);
    assert_eq!(
        reply.text().await.unwrap(),
        format!("{{\"error\":\"the proxy cannot connect to {target}\"}}")
    );
}

#[tokio::test]
async fn what_is_no_target_and_what_is_no_fault_of_the_wire_is_refused() {
    let refusal = async |target: &str, texts: &[&str]| {
        Proxy::start(target, &faults(texts)).await.err().unwrap().to_string()
    };
    for (target, told) in [
        (
            "staging.example.org",
            "cannot stand in front of `staging.example.org`: it is no url, such as `https://",
        ),
        (
            "ftp://a",
            "cannot stand in front of `ftp://a`: it must begin with http:// or https:// and have a host",
        ),
        ("http://a?b=c", "cannot stand in front of `http://a?b=c`: the part from `?` or `#` on"),
        (
            "https://me:hidden@a/b",
            "cannot stand in front of `https://a/b`: a credential belongs into a header",
        ),
    ] {
        let error = refusal(target, &[]).await;
        assert!(error.starts_with(told), "{error}");
    }
    let inside = refusal("http://127.0.0.1:9", &["hang:on=GET /a", "create-500:nth=2"]).await;
    let told = "the fault `create-500:nth=2` is inside the embedded platform; a proxy can have those on the wire only: \
        answer, drop-request, ";
    assert!(inside.starts_with(told), "{inside}");
}

#[tokio::test]
async fn it_ends_when_it_is_dropped() {
    let target = echo().await;
    let proxy = Proxy::start(&target, &Faults::none()).await.unwrap();
    let url = proxy.url().to_owned();
    assert_eq!(client().get(&url).send().await.unwrap().status(), 201);
    drop(proxy);
    let gone = support::eventually("nobody listens", async || client().get(&url).send().await.err());
    assert!(tokio::time::timeout(Duration::from_secs(5), gone).await.unwrap().is_connect());
}
