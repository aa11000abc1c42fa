//! Credentials go to the service that they are bound to, and nowhere else.

use crate::support::{Answer, Chronicle, Stage, Stub};
use harness_engine::net::http::{HttpClient, HttpError, Request};
use harness_engine::net::reach::{Footing, Reach};
use harness_engine::net::redact::{Redactor, Secret};
use harness_model::verdict::Verdict;
use std::time::Duration;

const WITH_KEY: &str = r#"
[[step]]
name     = "with the key"
run.http = { on = "api", as = "key", path = "/mine" }
expect   = ["status == 200"]
"#;

fn reach(hosts: &[&str], footing: Footing) -> Reach {
    Reach { hosts: hosts.iter().map(ToString::to_string).collect(), footing }
}

/// A listener that should never hear anything.
async fn elsewhere() -> (Chronicle, Stub) {
    let chronicle = Chronicle::default();
    let stub = Stub::start(&chronicle, |_| Answer::new(200, "{}")).await;
    (chronicle, stub)
}

#[tokio::test]
async fn a_credential_is_sent_to_its_service_alone() {
    let (heard, other) = elsewhere().await;
    let steps = format!(
        "{WITH_KEY}\n[[step]]\nname = \"without\"\nrun.http = {{ on = \"other\", path = \"/\" }}\nexpect = [\"status == 200\"]"
    );
    let stage = Stage::with(|_| Answer::new(200, "{}")).await.secret("hunter2").scenario(&steps);
    let stage = stage.variable("OTHER", &other.base).declare("[service.other]\nbase = \"{{ env.OTHER }}\"\n");
    let played = stage.play().await;
    played.assert(Verdict::Passed);
    let mine = played.chronicle.requests();
    assert_eq!(mine.len(), 1);
    assert_eq!(mine[0].header("authorization"), Some("Bearer hunter2"));
    let names: Vec<_> = played.chronicle.exchanges().into_iter().map(|one| one.credential).collect();
    assert_eq!(names, [Some("TOKEN".to_owned()), None], "who repeats it learns the name, and not the token");
    let theirs = heard.requests();
    assert_eq!(theirs.len(), 1);
    assert!(theirs[0].headers.iter().all(|(_, value)| !value.contains("hunter2")), "{theirs:?}");
}

#[tokio::test]
async fn a_base_with_another_host_behind_an_at_sign_is_refused_with_nothing_sent() {
    let (heard, other) = elsewhere().await;
    let stage = Stage::with(|_| Answer::new(200, "{}")).await.secret("hunter2").scenario(WITH_KEY);
    let stage = stage
        .amend("base = \"{{ env.BASE }}\"", "base = \"{{ env.BASE }}@{{ env.OTHER }}\"")
        .variable("OTHER", other.authority());
    let played = stage.play().await;
    played.assert_cause(Verdict::Errored, &["leads away from", "nothing was sent"]);
    assert_eq!(played.chronicle.lines(), Vec::<String>::new());
    assert_eq!(heard.lines(), Vec::<String>::new());
}

#[tokio::test]
async fn no_path_leads_away_from_its_base() {
    let (heard, other) = elsewhere().await;
    let (home, stub) = elsewhere().await;
    let client = HttpClient::new(Redactor::default(), Duration::from_secs(2)).expect("a client");
    let port = other.authority().rsplit(':').next().expect("a port");
    let away = [
        (stub.base.as_str(), format!("@{}/x", other.authority())),
        (stub.base.as_str(), format!(":x@{}/x", other.authority())),
        ("http://127.0.0.1", format!(":{port}/x")),
        ("http://127", format!(".0.0.1:{port}/x")),
        ("ftp://127.0.0.1", "/x".to_owned()),
    ];
    for (base, path) in away {
        let request = Request {
            method: "GET",
            base: base.to_owned(),
            reach: Reach::anywhere(),
            path: path.clone(),
            headers: Vec::new(),
            bearer: Some(Secret::new("hunter2")),
            credential: None,
            body: None,
        };
        let (exchange, outcome) = client.send(&request, &[]).await;
        let refused = matches!(outcome, Err(HttpError::Elsewhere { .. } | HttpError::Url { .. }));
        assert!(refused, "{base}{path}: {outcome:?}");
        assert_eq!(exchange.status, None);
    }
    assert_eq!(client.requests(), 0);
    assert_eq!(heard.lines(), Vec::<String>::new());
    assert_eq!(home.lines(), Vec::<String>::new());
}

#[tokio::test]
async fn a_path_with_two_slashes_stays_at_home() {
    let (heard, other) = elsewhere().await;
    let steps = WITH_KEY.replace("\"/mine\"", "\"//{{ env.OTHER }}/mine\"");
    let stage = Stage::with(|_| Answer::new(200, "{}")).await.secret("hunter2").scenario(&steps);
    let played = stage.variable("OTHER", other.authority()).play().await;
    played.assert(Verdict::Passed);
    assert_eq!(played.chronicle.requests().len(), 1);
    assert_eq!(heard.lines(), Vec::<String>::new());
}

#[tokio::test]
async fn a_redirect_to_another_host_is_shown_and_not_followed() {
    let (heard, other) = elsewhere().await;
    let target = format!("{}/mine", other.base);
    let stage = Stage::with(move |_| Answer::new(302, "").with("location", target.clone())).await;
    let played = stage.secret("hunter2").scenario(WITH_KEY).play().await;
    played.assert_cause(Verdict::Failed, &["status == 200", "status = 302"]);
    assert_eq!(played.chronicle.requests().len(), 1);
    assert_eq!(heard.lines(), Vec::<String>::new());
}

#[tokio::test]
async fn a_base_with_another_host_than_its_service_may_have_gets_nothing() {
    let (heard, other) = elsewhere().await;
    let client = HttpClient::new(Redactor::default(), Duration::from_secs(2)).expect("a client");
    let request = |hosts: &[&str]| Request {
        method: "GET",
        base: other.base.clone(),
        reach: reach(hosts, Footing::Local),
        path: "/x".to_owned(),
        headers: Vec::new(),
        bearer: Some(Secret::new("hunter2")),
        credential: None,
        body: None,
    };
    for hosts in [&["example.com"][..], &["*.0.0.1"], &["*.127.0.0.1"], &["127.0.0.10", "27.0.0.1"]] {
        let (_, outcome) = client.send(&request(hosts), &[]).await;
        let stays = hosts == ["*.0.0.1"];
        assert_eq!(matches!(outcome, Err(HttpError::Unbound { .. })), !stays, "{hosts:?}: {outcome:?}");
    }
    assert_eq!(heard.lines().len(), 1);
    let (_, outcome) = client.send(&request(&["127.0.0.1"]), &[]).await;
    assert!(outcome.is_ok(), "{outcome:?}");
}

/// What becomes of a request to a base that a reply has named, when nobody listens there.
async fn sent_to(base: &str, hosts: &[&str], footing: Footing) -> String {
    let client = HttpClient::new(Redactor::default(), Duration::from_secs(2)).expect("a client");
    let request = Request {
        method: "GET",
        base: base.to_owned(),
        reach: reach(hosts, footing),
        path: "/x".to_owned(),
        headers: Vec::new(),
        bearer: Some(Secret::new("hunter-22")),
        credential: None,
        body: None,
    };
    let (_, outcome) = client.send(&request, &[]).await;
    match outcome {
        Err(error @ (HttpError::Barred { .. } | HttpError::Unbound { .. })) => {
            assert_eq!(client.requests(), 0, "{error}");
            error.to_string()
        }
        _ => "sent".to_owned(),
    }
}

#[tokio::test]
async fn a_reply_chooses_neither_a_weaker_scheme_nor_another_port() {
    let (plain, tls) = ("http://127.0.0.1", "https://127.0.0.1");
    // A label of more than 63 letters is refused by the system itself: nobody's name server is asked.
    let tenant = format!("{}.staging.invalid:8080", "t".repeat(70));
    let explicit = format!("http://{tenant}");
    let barred = [
        (format!("{plain}:1"), "127.0.0.1", Footing::Secure, "http://127.0.0.1:1"),
        (plain.to_owned(), "127.0.0.1", Footing::Secure, "http://127.0.0.1"),
        (plain.to_owned(), "https://127.0.0.1", Footing::Local, "127.0.0.1"),
        (format!("{tls}:1"), "127.0.0.1", Footing::Secure, "127.0.0.1:1"),
        (format!("{tls}:1"), "127.0.0.1:2", Footing::Secure, "127.0.0.1:1"),
        (format!("{plain}:1"), "127.0.0.1", Footing::Plain, "127.0.0.1:1"),
        (explicit.clone(), "*.staging.invalid", Footing::Secure, &explicit),
        (explicit.clone(), "*.staging.invalid", Footing::Local, &tenant),
    ];
    for (base, hosts, footing, entry) in barred {
        let said = sent_to(&base, &[hosts], footing).await;
        let words =
            [format!("{base} is none of the places"), format!("({hosts}; "), format!("add \"{entry}\" to")];
        assert!(words.iter().all(|words| said.contains(words)), "{base} {hosts} {footing:?}: {said}");
        let more = sent_to(&base, &[hosts, entry], footing).await;
        assert_eq!(more, "sent", "{base} {entry} {footing:?}");
    }
    let open = [
        (format!("{plain}:1"), "127.0.0.1", Footing::Local),
        (format!("{plain}:1"), "127.0.0.1", Footing::Meant),
        (format!("{plain}:1"), "http://127.0.0.1:*", Footing::Secure),
        (format!("{tls}:1"), "127.0.0.1:*", Footing::Secure),
        (tls.to_owned(), "127.0.0.1:443", Footing::Plain),
        (tls.to_owned(), "127.0.0.1", Footing::Secure),
    ];
    for (base, hosts, footing) in open {
        assert_eq!(sent_to(&base, &[hosts], footing).await, "sent", "{base} {hosts} {footing:?}");
    }
}

/// A login that names another base, and what goes there.
const NAMED: &str = r#"
[[step]]
name     = "log in"
run.http = { on = "api", path = "/login" }
expect   = ["status == 200"]
capture  = { home = "body.home" }
[[step]]
name     = "with the key"
run.http = { on = "named", as = "guest", path = "/mine" }
expect   = ["status == 200"]
"#;

#[tokio::test]
async fn a_control_plane_on_https_has_no_tenants_on_plain_http() {
    let barred = Some("is none of the places that the service may have (127.0.0.1; ");
    for (also, behind, words) in [
        ("", None, None),
        ("", Some("http://127.0.0.1:1"), None),
        ("https://cp.invalid", None, barred),
        ("", Some("https://cp.invalid"), barred),
        ("", Some("http://cp.invalid"), barred),
    ] {
        let (heard, other) = elsewhere().await;
        let home = other.base.clone();
        let stage = Stage::with(move |_| Answer::new(200, format!("{{\"home\": \"{home}\"}}"))).await;
        let stage = stage.secret("hunter-22").variable("OTHER", also).declare(
            "[service.other]\nbase = \"{{ env.OTHER }}\"\n[service.named]\nbase = \"{{ home }}\"\nhosts = [\"127.0.0.1\"]\n\
             [credential.guest]\nbearer = \"{{ secret.TOKEN }}\"\non = [\"named\"]\n",
        );
        let stage = behind.into_iter().fold(stage, Stage::in_place_of);
        let played = stage.scenario(NAMED).play().await;
        if let Some(words) = words {
            played.assert_cause(Verdict::Errored, &[words]);
            assert_eq!(heard.lines(), Vec::<String>::new());
        } else {
            played.assert(Verdict::Passed);
            assert_eq!(heard.requests().len(), 1);
        }
    }
}
