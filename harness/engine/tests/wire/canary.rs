//! Random secrets through every path that the engine knows: no piece of one is in any event or ending.

use crate::support::{Answer, HostilePeer, Hostility, Nose, Played, Seen, Stage, Store, canary, written};
use harness_model::verdict::Verdict;
use std::sync::Arc;

const LOOK: &str = r#"
[[step]]
name     = "look"
run.http = { on = "api", as = "key", path = "/look" }
expect   = ["status == 201", "body.here == text"]
"#;

/// Everything that was written down.
fn assert_clean(played: &Played, secrets: &[&str]) {
    let nose = Nose::new(secrets);
    let mut count = 0;
    for event in played.chronicle.events() {
        for text in [format!("{event:?}"), serde_json::to_string(&event).expect("an event is JSON")] {
            assert_eq!(nose.smells(&text), None, "in {text}");
            count += 1;
        }
    }
    for ending in &played.endings {
        assert_eq!(nose.smells(&ending.cause), None, "in {}", ending.cause);
    }
    assert!(count > 4, "only {count} texts were looked at");
}

/// A canary that can be sent in a header.
fn sendable() -> String {
    canary("key")
}

#[tokio::test]
async fn however_a_server_writes_a_secret_down_it_is_in_no_event() {
    let secret = sendable();
    for form in written(&secret) {
        let said = form.clone();
        let stage = Stage::with(move |_| Answer::new(200, said.clone()).with("x-echo", said.clone())).await;
        let played = stage.secret(&secret).scenario(LOOK).play().await;
        played.assert_cause(Verdict::Failed, &["status = 200"]);
        assert_clean(&played, &[&secret]);
    }
}

#[tokio::test]
async fn a_secret_in_json_in_json_in_html_is_in_no_event() {
    let secret = sendable();
    let json = serde_json::Value::from(secret.as_str()).to_string();
    let twice = serde_json::Value::from(format!("{{\"error\": {json}}}")).to_string();
    let body =
        format!("<pre>{}</pre>", twice.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;"));
    let stage = Stage::with(move |_| Answer::new(200, body.clone())).await;
    let played = stage.secret(&secret).scenario(LOOK).play().await;
    played.assert(Verdict::Failed);
    assert_clean(&played, &[&secret]);
}

#[tokio::test]
async fn reason_phrases_redirects_and_chunks_hide_no_secret() {
    let secret = sendable();
    let (first, last) = secret.split_at(20);
    let chunk = |part: &str| format!("{:x}\r\n{part}\r\n", part.len());
    let escaped = secret.replace('%', "%25").replace(' ', "%20");
    for reply in [
        format!("HTTP/1.1 200 {secret}\r\nContent-Length: 2\r\n\r\n{{}}"),
        format!(
            "HTTP/1.1 302 Found\r\nLocation: https://x.example/?token={escaped}\r\nContent-Length: 0\r\n\r\n"
        ),
        format!(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}{}0\r\n\r\n",
            chunk(first),
            chunk(last)
        ),
        format!("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{secret}"),
        format!("{secret}\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\nX-Set: {secret}\r\nX-Set: {secret}\r\nContent-Length: -1\r\n\r\n"),
        // A block of gzip that is stored as it is.
        format!(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n{secret}",
            secret.len()
        ),
    ] {
        let peer = HostilePeer::start(Hostility::Says(reply.into_bytes())).await;
        let played = Stage::at(&peer.base).secret(&secret).scenario(LOOK).play().await;
        assert!(played.ending().verdict.is_red());
        assert_clean(&played, &[&secret]);
    }
}

const ORG: &str = r#"
[flow]
outputs = ["token", "session"]
[[step]]
name     = "org"
run.http = { on = "api", as = "key", method = "POST", path = "/org", body = "org.json.j2" }
secret   = ["body.token", "body.nested", "headers.x_session"]
expect   = ["status == 200"]
capture  = { token = "body.token", session = "headers.x_session" }
"#;
const SPREAD: &str = r#"
fixtures = ["org"]
[[step]]
name     = "spread"
run.http = { on = "api", as = "org_key", path = "/p/{{ org.token }}?q={{ org.session }}", headers = { x-session = "{{ org.session }}" } }
expect   = ["status == 200"]
capture  = { echo = "body.echo" }
[[step]]
name     = "own"
run.http = { on = "api", method = "POST", path = "/things/own?{{ echo }}" }
owns     = { thing = "own" }
expect   = ["status == 201"]
[[step]]
name     = "ask"
run.a2a  = { on = "api", path = "/a2a", prompt = "ask.txt.j2" }
expect   = ["text == org.token"]
"#;

#[tokio::test]
async fn what_a_fixture_keeps_secret_is_in_no_event_wherever_it_goes() {
    let (secret, token, nested) = (sendable(), canary("tok"), format!("{}\n\u{e9}\u{1f511}", canary("nest")));
    let session = canary("ses");
    let given = Arc::new((token.clone(), nested.clone(), session.clone()));
    let json = |text: &str| serde_json::Value::from(text).to_string();
    let script = move |seen: &Seen| {
        let (token, nested, session) = &*given;
        match seen.path.as_str() {
            "/org" => {
                let (token, nested) = (json(token), json(nested));
                let body = format!(
                    "{{\"token\": {token}, \"nested\": {{\"deep\": [{nested}]}}, \"seen\": {}}}",
                    seen.body
                );
                Answer::new(200, body).with("x-session", session.clone())
            }
            path if path.starts_with("/p/") => {
                let heard: Vec<String> = seen.headers.iter().map(|(_, value)| value.clone()).collect();
                let heard = heard.join("\n");
                let body = format!(
                    "{{\"echo\": {}, \"heard\": {}, \"path\": {}}}",
                    json(token),
                    json(&heard),
                    json(path)
                );
                Answer::new(200, body)
            }
            "/a2a" => {
                let said = json(&format!("no: {token} {nested} {}", seen.body));
                Answer::new(
                    200,
                    format!("{{\"jsonrpc\": \"2.0\", \"id\": {said}, \"error\": {{\"message\": {said}}}}}"),
                )
            }
            "/things" => Answer::new(200, format!("[{}, \"own\"]", json(token))),
            _ if seen.method == "DELETE" => Answer::new(409, format!("{token} is in use, says {session}")),
            _ => Answer::new(201, "{}"),
        }
    };
    let stage = Stage::with(script).await.things().secret(&secret).scenario(SPREAD).flow("flows/org", ORG);
    let stage = stage
        .template("org.json.j2", "{\"pw\": {{ secret.TOKEN }}}")
        .template("ask.txt.j2", "Is {{ org.token }} yours?")
        .declare("\n[fixture.org]\nscope = \"case\"\nuse = \"flows/org\"\n")
        .declare("[credential.org_key]\nbearer = \"{{ org.token }}\"\non = [\"api\"]\n");
    let played = stage.play().await;
    played.assert_cause(Verdict::Failed, &["text == org.token", "[secret]"]);
    assert_eq!(played.chronicle.leaked().len(), 1);
    let sent = played.chronicle.requests();
    assert_eq!(sent[0].json()["pw"], secret.as_str());
    assert_eq!(sent[1].header("authorization"), Some(format!("Bearer {token}").as_str()));
    assert_eq!(sent[1].header("x-session"), Some(session.as_str()));
    assert!(sent.iter().any(|seen| seen.body.contains("yours?")), "{sent:?}");
    assert_clean(&played, &[&secret, &token, &nested, &session]);
}

#[tokio::test]
async fn no_error_of_ours_shows_a_secret() {
    let secret = format!("{}\n", canary("bad"));
    // It cannot be sent in a header, so the error speaks of it.
    let played = Stage::with(|_| Answer::new(200, "{}")).await.secret(&secret).scenario(LOOK).play().await;
    played.assert_cause(Verdict::Errored, &["header `authorization`"]);
    assert_clean(&played, &[&secret]);
    // It is in a base that is no URL, in one that leads away, and in a name that has no address.
    let secret = uuid::Uuid::new_v4().simple().to_string().to_uppercase();
    for base in ["no url {}", "http://127.0.0.1:1@{}", "http://{}.invalid", "http://u:{}@127.0.0.1:1"] {
        let base = base.replace("{}", &secret);
        let played = Stage::at(&base).secret(&secret).scenario(LOOK).play().await;
        played.assert(Verdict::Errored);
        assert_clean(&played, &[&secret]);
    }
}

#[tokio::test]
async fn the_states_of_a_trace_show_no_secret() {
    let secret = sendable();
    let json = serde_json::Value::from(secret.as_str());
    let store = Store::default();
    let script = move |seen: &Seen| match seen.path.as_str() {
        "/states" => Answer::new(200, format!("[\"made\", {json}]")),
        _ => store.answer(seen),
    };
    let states = "[flow]\ninputs = [\"key\"]\noutputs = [\"states\"]\n[[step]]\nname = \"list\"\n\
                  run.http = { on = \"api\", as = \"key\", path = \"/states\" }\nexpect = [\"status == 200\"]\n\
                  capture = { states = \"body\" }\n";
    let steps = "[[step]]\nname = \"create\"\nrun.http = { on = \"api\", method = \"POST\", path = \"/things/one\" }\n\
                 owns = { thing = \"one\" }\nexpect = [\"status == 201\"]\n";
    let stage =
        Stage::with(script).await.things().secret(&secret).flow("flows/states", states).scenario(steps);
    let gone = "gone    = \"flows/thing-gone\"";
    let traced =
        format!("{gone}\ntrace = \"flows/states\"\nstates = {{ made = [\"online\"], online = [\"made\"] }}");
    let played = stage.amend(gone, &traced).play().await;
    played.assert_cause(Verdict::Failed, &["made", "[secret]"]);
    assert_clean(&played, &[&secret]);
}
